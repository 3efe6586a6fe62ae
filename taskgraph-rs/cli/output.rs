//! Output of results: to stdout, or to a file that is written under another name and renamed. Other targets, such as
//! `/dev/null` or a named pipe, are written to directly, and a link stays a link.

use std::fmt::Display;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::{Error, OrMachine as _, Result};

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

/// Standard output without its buffer for lines, which would write the last line of each piece of a graph apart.
#[cfg(unix)]
fn unbuffered(out: &mut io::StdoutLock<'_>) -> io::Result<impl Write> {
    use std::os::fd::AsFd as _;
    out.flush()?;
    out.as_fd().try_clone_to_owned().map(File::from)
}

#[cfg(not(unix))]
fn unbuffered<'o>(out: &'o mut io::StdoutLock<'_>) -> io::Result<impl Write + 'o> {
    Ok(out)
}

const UNWRITABLE: &str = "standard output cannot be written";

fn to_stdout(fill: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    let mut lock = io::stdout().lock();
    let mut out = ResultWriter::new(unbuffered(&mut lock).or_machine(|| UNWRITABLE)?);
    match fill(&mut out).and_then(|()| Ok(out.flush()?)) {
        // Whoever reads has seen enough: `taskgraph-rs full | head`.
        Err(_) if out.fault == Some(io::ErrorKind::BrokenPipe) => {
            IS_READER_GONE.store(true, Ordering::Relaxed);
            Ok(())
        }
        result => out.attributed(result, || UNWRITABLE),
    }
}

/// Writes what is left in the buffer after something was printed to stdout.
pub(crate) fn flush(printed: io::Result<()>) -> Result<()> {
    match printed.and_then(|()| io::stdout().flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.or_machine(|| UNWRITABLE),
    }
}

/// A buffer before the output. Remembers the error of a write, because a disk that is full is the fault of the machine,
/// and a graph that cannot be written is not.
struct ResultWriter<W: Write> {
    out: BufWriter<W>,
    fault: Option<io::ErrorKind>,
}

impl<W: Write> ResultWriter<W> {
    fn new(out: W) -> Self {
        ResultWriter { out: BufWriter::with_capacity(1 << 16, out), fault: None }
    }

    fn noted<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        if let Err(error) = &result {
            self.fault = Some(error.kind());
        }
        result
    }

    /// Attributes the error to the machine if a write has failed.
    fn attributed<M>(&self, result: Result<()>, message: impl FnOnce() -> M) -> Result<()>
    where
        M: Display + Send + Sync + 'static,
    {
        if self.fault.is_some() { result.or_machine(message) } else { result }
    }
}

impl<W: Write> Write for ResultWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let result = self.out.write(bytes);
        self.noted(result)
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let result = self.out.write_all(bytes);
        self.noted(result)
    }

    fn flush(&mut self) -> io::Result<()> {
        let result = self.out.flush();
        self.noted(result)
    }
}

fn to_file(path: &Path, fill: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    let failed = || format!("`{}` cannot be written", path.display());
    let there = fs::metadata(path).ok();
    if there.as_ref().is_some_and(|there| !there.is_file() && !there.is_dir()) {
        let file = OpenOptions::new().write(true).open(path).or_machine(failed)?;
        return fill_file(file, fill, failed);
    }
    let path = &there.and_then(|_| fs::canonicalize(path).ok()).unwrap_or_else(|| path.to_owned());
    let name = path.file_name().ok_or_else(|| Error::machine(failed()))?;
    let mut beside = name.to_os_string();
    beside.push(format!(".{}.tmp", std::process::id()));
    let beside = path.with_file_name(beside);
    let written = (|| {
        fill_file(File::create(&beside).or_machine(failed)?, fill, failed)?;
        fs::rename(&beside, path).or_machine(failed)
    })();
    if written.is_err() {
        // Nothing half written stays behind; if it cannot be removed, the first error says why.
        let _ = fs::remove_file(&beside);
    }
    written
}

fn fill_file(
    file: File,
    fill: impl FnOnce(&mut dyn Write) -> Result<()>,
    failed: impl Fn() -> String,
) -> Result<()> {
    let mut out = ResultWriter::new(file);
    let filled = fill(&mut out);
    out.attributed(filled, &failed)?;
    out.flush().or_machine(failed)
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
        write(Some(&link), |_| Err(Error::refused("no"))).unwrap_err();
        assert_eq!(fs::read_to_string(&file).unwrap(), "after");
    }
}
