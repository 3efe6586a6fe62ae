//! Output of results: to stdout, or to a file that is written under another name and renamed. Other targets, such as
//! `/dev/null` or a named pipe, are written to directly, and a link stays a link.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, Result};
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph_compat::error::Machine;

/// Writes a result to `path`, or to stdout.
pub(crate) fn write(path: Option<&Path>, fill: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    match path {
        None => to_stdout(fill),
        Some(path) => to_file(path, fill),
    }
}

/// Refuses to write a result over a file that it is made of.
pub(crate) fn keep_inputs<'p>(
    path: Option<&Path>,
    inputs: impl IntoIterator<Item = &'p Path>,
) -> Result<(), Problems> {
    let Some(written) = path.filter(|path| path.is_file()).and_then(|path| fs::canonicalize(path).ok())
    else {
        return Ok(());
    };
    let is_written = |input: &&Path| fs::canonicalize(input).is_ok_and(|input| input == written);
    match inputs.into_iter().find(is_written) {
        None => Ok(()),
        Some(input) => {
            let message = format!("`{}` is read: what is written there would replace it", input.display());
            Err(Problem::error("output", message).help("name another file with -o").into())
        }
    }
}

/// Whether a write has found that nobody reads standard output any more.
static IS_READER_GONE: AtomicBool = AtomicBool::new(false);

/// Whether nobody reads standard output any more. A pipe shows it before anything is written, too.
pub(crate) fn is_reader_gone() -> bool {
    IS_READER_GONE.load(Ordering::Relaxed) || is_closed(&io::stdout())
}

#[cfg(unix)]
fn is_closed(out: &io::Stdout) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    // No events are waited for: an error is always reported.
    let mut asked = [PollFd::new(out, PollFlags::empty())];
    let found = poll(&mut asked, Some(&Timespec::default()));
    found.is_ok() && asked[0].revents().contains(PollFlags::ERR)
}

#[cfg(not(unix))]
fn is_closed(_: &io::Stdout) -> bool {
    false
}

fn to_stdout(fill: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    told(fill(&mut out).and_then(|()| Ok(out.flush()?)))
}

/// Writes what is left of something that was printed to stdout, and returns what went wrong with it.
pub(crate) fn flushed(printed: io::Result<()>) -> Result<()> {
    told(printed.and_then(|()| io::stdout().flush()).map_err(anyhow::Error::from))
}

/// The result of a write to stdout, where it is no error that nobody reads any more.
fn told(written: Result<()>) -> Result<()> {
    match written {
        // Whoever reads has seen enough: `taskgraph-rs full | head`.
        Err(error) if io_fault(&error) == Some(io::ErrorKind::BrokenPipe) => {
            IS_READER_GONE.store(true, Ordering::Relaxed);
            Ok(())
        }
        other => locate(other, || Machine("standard output cannot be written".into())),
    }
}

/// Returns the error of the output file, if that is the cause.
fn io_fault(error: &anyhow::Error) -> Option<io::ErrorKind> {
    error.chain().find_map(|cause| match cause.downcast_ref::<io::Error>() {
        Some(error) => Some(error.kind()),
        None => cause.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind),
    })
}

/// A disk that is full is the machine's fault; what is wrong with the graph that is written is not.
fn locate(result: Result<()>, machine: impl FnOnce() -> Machine) -> Result<()> {
    result.map_err(|error| match io_fault(&error) {
        Some(_) => error.context(machine()),
        None => error,
    })
}

fn to_file(path: &Path, fill: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    let failed = || Machine(format!("`{}` cannot be written", path.display()));
    let there = fs::metadata(path).ok();
    if there.as_ref().is_some_and(|there| !there.is_file() && !there.is_dir()) {
        let file = OpenOptions::new().write(true).open(path).with_context(failed)?;
        let mut out = BufWriter::with_capacity(1 << 16, file);
        return locate(fill(&mut out), failed).and_then(|()| out.flush().with_context(failed));
    }
    let path = &there.and_then(|_| fs::canonicalize(path).ok()).unwrap_or_else(|| path.to_owned());
    let name = path.file_name().with_context(failed)?;
    let mut beside = name.to_os_string();
    beside.push(format!(".{}.tmp", std::process::id()));
    let beside = path.with_file_name(beside);
    let written = (|| {
        let mut out = BufWriter::with_capacity(1 << 16, File::create(&beside).with_context(failed)?);
        locate(fill(&mut out), failed)?;
        out.flush().with_context(failed)?;
        fs::rename(&beside, path).with_context(failed)
    })();
    if written.is_err() {
        // Nothing half written stays behind; if it cannot be removed, the first error says why.
        let _ = fs::remove_file(&beside);
    }
    written
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{FileTypeExt as _, symlink};
    use std::process::Command;

    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a test starts a program")]
    fn what_is_no_file_is_written_to_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || fs::read_to_string(pipe).unwrap()
        });
        write(Some(&pipe), |out| Ok(out.write_all(b"all of it")?)).unwrap();
        assert_eq!(reader.join().unwrap(), "all of it");
        assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_link_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "before").unwrap();
        symlink("file", &link).unwrap();
        write(Some(&link), |out| Ok(out.write_all(b"after")?)).unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read_to_string(&file).unwrap(), "after");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
        write(Some(&link), |_| anyhow::bail!("no")).unwrap_err();
        assert_eq!(fs::read_to_string(&file).unwrap(), "after");
    }
}
