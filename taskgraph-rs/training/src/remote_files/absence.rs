//! Files that are missing, not readable, or expired: one problem for one cause. A wrong URL has as many missing
//! files as the folder should have, and is one mistake.

use indexmap::IndexMap;

use crate::remote_files::answers::RemoteAnswers;
use crate::remote_files::context::{CheckContext, day};
use crate::remote_files::file::RemoteFile;
use taskgraph::diagnostics::Problem;
use taskgraph::known_urls::Answer;
use taskgraph_compat::redact::redact;
use taskgraph_compat::suggest;
use taskgraph_compat::time::parse_json_date;

/// Largest number of files that a message names.
const NAMED: usize = 4;

/// Reason for which a file cannot be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Absence {
    /// It is not there, with the status of the answer.
    Missing(Option<u16>),
    /// It is not for everybody, with the status of the answer.
    Refused(u16),
    /// It is unknown whether the file exists.
    Unknown(String),
    /// It was deleted that day.
    Expired(String),
}

/// Returns a problem for each folder with files that cannot be fetched.
pub(super) fn absences(
    context: &CheckContext<'_>,
    remotes: &[RemoteFile],
    answers: &RemoteAnswers,
) -> Vec<Problem> {
    let mut folders: IndexMap<(String, &str), Vec<&RemoteFile>> = IndexMap::new();
    for remote in remotes {
        // What is handed in file by file has no folder that could be wrong.
        let folder = if remote.task.is_some() { remote.folder() } else { &remote.url };
        let files = folders.entry((remote.path.to_string(), folder)).or_default();
        // Several tasks may mount one file.
        if files.iter().all(|other| other.url != remote.url) {
            files.push(remote);
        }
    }
    let mut problems = Vec::new();
    for files in folders.values() {
        let mut alike: Vec<(Absence, Vec<&RemoteFile>)> = Vec::new();
        for remote in files {
            let Some(absence) = absence(context, remote, answers) else { continue };
            match alike.iter_mut().find(|(known, _)| *known == absence) {
                Some((_, all)) => all.push(remote),
                None => alike.push((absence, vec![remote])),
            }
        }
        problems.extend(
            alike.iter().filter_map(|(absence, absent)| problem_of(context, absence, absent, files.len())),
        );
    }
    problems
}

fn absence(context: &CheckContext<'_>, remote: &RemoteFile, answers: &RemoteAnswers) -> Option<Absence> {
    match answers.heads.get(&remote.url).map(|head| &head.answer) {
        Some(Answer::Missing(Some(status @ (401 | 403)))) => return Some(Absence::Refused(*status)),
        Some(Answer::Missing(status)) => return Some(Absence::Missing(*status)),
        Some(Answer::Failed(why)) => return Some(Absence::Unknown(redact(why))),
        Some(Answer::Found | Answer::Unasked) | None => {}
    }
    let expires = answers.expires(&remote.url)?;
    let is_gone = parse_json_date(expires)? / 1000 <= context.now;
    is_gone.then(|| Absence::Expired(day(expires).to_owned()))
}

fn problem_of(
    context: &CheckContext<'_>,
    absence: &Absence,
    absent: &[&RemoteFile],
    all: usize,
) -> Option<Problem> {
    let first = absent.first()?;
    let (number, is_all) = (absent.len(), absent.len() == all);
    let status = |status: u16| format!(" (status {status})");
    // Which files: `model.npz`, none of all, or how many of them and which.
    let negated = |one: &str, several: &str, status: String| match number {
        1 => format!("`{}` {one}{status}", first.file),
        _ if is_all => format!("none of the {all} files {}{status}", one.replacen(" not", "", 1)),
        _ => format!("{number} of {all} files {several}{status}: {}", names(absent)),
    };
    let (code, message) = match absence {
        Absence::Missing(code) => {
            let status = code.map(status).unwrap_or_default();
            ("no-such-file", negated("is not there", "are not there", status))
        }
        Absence::Refused(code) => {
            ("no-such-file", negated("may not be read", "may not be read", status(*code)))
        }
        Absence::Unknown(why) => {
            let which = match number {
                1 => format!("`{}` is", first.file),
                _ if is_all => format!("any of the {all} files is"),
                _ => format!("{number} of {all} files ({}) are", names(absent)),
            };
            ("probe", format!("cannot tell whether {which} there: {why}"))
        }
        Absence::Expired(day) => {
            let which = match number {
                1 => format!("`{}`", first.file),
                _ if is_all => format!("all {all} files"),
                _ => format!("{number} of {all} files ({})", names(absent)),
            };
            ("expired", format!("{which} expired on {day}"))
        }
    };
    let problem = match absence {
        Absence::Unknown(_) => Problem::warning(code, message),
        _ => Problem::error(code, message),
    };
    let label = redact(if number == 1 { &first.url } else { first.folder() });
    let problem = context.at(problem, first, label);
    Some(match absence {
        Absence::Missing(_) if is_all && number > 1 => problem.help(format!(
            "is the address right? it is that of a folder, and a worker fetches each file from it, as `{}`",
            redact(&first.url)
        )),
        Absence::Missing(_) => problem.help(context.needed(absent)),
        Absence::Refused(_) => {
            problem.help("a worker fetches files without credentials: everybody has to be able to read them")
        }
        Absence::Unknown(_) | Absence::Expired(_) => problem,
    })
}

/// The names of files, the first ones of many.
fn names(absent: &[&RemoteFile]) -> String {
    let name = |remote: &&RemoteFile| format!("`{}`", remote.file);
    let more = absent.len().saturating_sub(NAMED);
    let shown = if more == 1 { absent.len() } else { absent.len() - more };
    let mut names: Vec<String> = absent.iter().take(shown).map(name).collect();
    if more > 1 {
        names.push(format!("{more} more"));
    }
    suggest::list(names).replace(" or ", " and ")
}
