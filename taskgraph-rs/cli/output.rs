//! Where results go: stdout, or a file that is written beside and renamed.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, Result};
use taskgraph::problem::Machine;

/// Writes a result to `path`, or to stdout.
pub fn write(path: Option<&Path>, fill: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    match path {
        None => to_stdout(fill),
        Some(path) => to_file(path, fill),
    }
}

/// Whether a write has found that nobody reads standard output any more.
static IS_READER_GONE: AtomicBool = AtomicBool::new(false);

/// Whether nobody reads standard output any more. A pipe tells it before anything is written, too.
pub fn is_reader_gone() -> bool {
    IS_READER_GONE.load(Ordering::Relaxed) || is_closed(&io::stdout())
}

#[cfg(unix)]
fn is_closed(out: &io::Stdout) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    // No events are waited for: an error is always told.
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
    let result = fill(&mut out).and_then(|()| Ok(out.flush()?));
    match result {
        // Whoever reads has seen enough: `taskgraph-rs full | head`.
        Err(error) if io_fault(&error) == Some(io::ErrorKind::BrokenPipe) => {
            IS_READER_GONE.store(true, Ordering::Relaxed);
            Ok(())
        }
        other => blame(other, || Machine("standard output cannot be written".into())),
    }
}

/// What went wrong with the place that is written to, if it is at fault.
fn io_fault(error: &anyhow::Error) -> Option<io::ErrorKind> {
    error.chain().find_map(|cause| match cause.downcast_ref::<io::Error>() {
        Some(error) => Some(error.kind()),
        None => cause.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind),
    })
}

/// A disk that is full is the machine's fault; what is wrong with the graph that is written is not.
fn blame(result: Result<()>, machine: impl FnOnce() -> Machine) -> Result<()> {
    result.map_err(|error| match io_fault(&error) {
        Some(_) => error.context(machine()),
        None => error,
    })
}

fn to_file(path: &Path, fill: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    let failed = || Machine(format!("`{}` cannot be written", path.display()));
    let name = path.file_name().with_context(failed)?;
    let mut beside = name.to_os_string();
    beside.push(format!(".{}.tmp", std::process::id()));
    let beside = path.with_file_name(beside);
    let written = (|| {
        let mut out = BufWriter::with_capacity(1 << 16, File::create(&beside).with_context(failed)?);
        blame(fill(&mut out), failed)?;
        out.flush().with_context(failed)?;
        fs::rename(&beside, path).with_context(failed)
    })();
    if written.is_err() {
        // Nothing half written stays behind; if it cannot be removed, the first error says why.
        let _ = fs::remove_file(&beside);
    }
    written
}
