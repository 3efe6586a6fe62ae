//! Context that files are judged in.

use crate::model::Variant;
use crate::remote_files::file::RemoteFile;
use taskgraph::diagnostics::Problem;
use taskgraph::parameters::Params;

/// Context that files are judged in.
pub(super) struct CheckContext<'j> {
    pub(super) params: &'j Params,
    pub(super) reads: Option<fn(Variant, &str) -> bool>,
    pub(super) now: i64,
    pub(super) until: i64,
}

impl CheckContext<'_> {
    /// The problem at the key that asks for a file.
    pub(super) fn at(&self, problem: Problem, remote: &RemoteFile, label: impl Into<String>) -> Problem {
        let place = self.params.place_of_value(&remote.path);
        problem.at(self.params.path_in_file(&remote.path), label).in_place(place)
    }

    /// Whether the run reads a file.
    pub(super) fn is_read(&self, remote: &RemoteFile) -> bool {
        remote.variant.is_none_or(|variant| self.reads.is_none_or(|reads| reads(variant, &remote.file)))
    }

    /// Describes the consequence of missing files. A worker mounts everything before it starts.
    pub(super) fn needed(&self, absent: &[&RemoteFile]) -> String {
        let Some(variant) = absent.first().and_then(|first| first.variant) else {
            return "the task that reads it will fail".into();
        };
        let mode = variant.words();
        match absent.iter().find(|remote| self.is_read(remote)) {
            Some(_) if absent.len() == 1 => format!("needed for {mode}: the run reads it"),
            Some(read) => format!("needed for {mode}: the run reads `{}`", read.file),
            None => format!(
                "nothing reads {} for {mode}, but a worker refuses to start without: any file of this name will do",
                if absent.len() == 1 { "it" } else { "them" }
            ),
        }
    }
}

/// The day of a point in time.
pub(super) fn day(time: &str) -> &str {
    time.split('T').next().unwrap_or(time)
}
