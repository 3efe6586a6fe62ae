//! `graph preview --watch`: previews a config again whenever it is saved.
//!
//! Asking the file system two hundred times a second costs next to nothing, works on every file system, and sees the
//! file that an editor puts in the place of the old one.

use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use crate::Status;
use crate::output::is_reader_gone;
use crate::output_medium::one_line;
use crate::report::Reporter;
use anstream::eprintln;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::Result;

/// Interval between two looks at the files.
const PAUSE: Duration = Duration::from_millis(5);

/// Looks once, and again after each save, until somebody ends the program.
pub(super) fn watch(
    config: &Path,
    reporter: &Reporter,
    mut look: impl FnMut() -> Result<Status>,
) -> Result<Status> {
    if config == Path::new("-") {
        let problem = Problem::error("watch", "standard input cannot be watched").help("name a file");
        return Err(Problems::from(problem).into());
    }
    loop {
        // Taken before the file is read: what is saved meanwhile is another save.
        let seen = stamp(config);
        let started = Instant::now();
        if let Err(error) = look()
            && crate::report_error(error, reporter) == Status::Interrupted
        {
            return Ok(Status::Interrupted);
        }
        let name = one_line(&config.display().to_string());
        if is_reader_gone() {
            return Ok(Status::Fine);
        }
        eprintln!("previewed in {:.0?}; waiting for `{name}` to be saved, Ctrl-C ends", started.elapsed());
        while stamp(config) == seen {
            std::thread::sleep(PAUSE);
            // As in `--watch --json | head`.
            if is_reader_gone() {
                return Ok(Status::Fine);
            }
        }
    }
}

/// Returns the fingerprint of a file, which changes with each save. `None` while the file does not exist.
fn stamp(path: &Path) -> Option<(SystemTime, u64)> {
    let found = path.metadata().ok()?;
    Some((found.modified().ok()?, found.len()))
}
