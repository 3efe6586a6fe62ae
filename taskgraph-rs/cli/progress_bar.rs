//! Progress bar on stderr, if that is a terminal.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::progress::StatusLine;

/// The length of the bar.
const WIDTH: usize = 30;

/// A bar. Nothing is drawn where stderr is not a terminal, and nothing of it stays.
pub(crate) struct ProgressBar {
    total: usize,
    things: &'static str,
    done: AtomicUsize,
    /// Nothing is worth a bar that is done in one step.
    line: Option<StatusLine>,
}

impl ProgressBar {
    /// A bar for so many things of a sort: `configs`.
    pub(crate) fn new(total: usize, things: &'static str) -> Self {
        ProgressBar { total, things, done: AtomicUsize::new(0), line: (total > 1).then(StatusLine::new) }
    }

    /// One more is done.
    pub(crate) fn step(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        let filled = |done: usize| done * WIDTH / self.total.max(1);
        if let Some(line) = &self.line
            && filled(done) > filled(done - 1)
        {
            let bar = format!("{}{}", "━".repeat(filled(done)), " ".repeat(WIDTH - filled(done).min(WIDTH)));
            line.show(&format!("{bar} {done} of {} {}", self.total, self.things));
        }
    }
}

impl Drop for ProgressBar {
    fn drop(&mut self) {
        if let Some(line) = &self.line {
            line.show("");
        }
    }
}
