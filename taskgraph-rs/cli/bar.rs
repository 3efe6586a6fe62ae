//! How far a call has come with many things: a bar on stderr, where somebody looks at it.

use std::io::{IsTerminal as _, Write as _, stderr};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The length of the bar.
const WIDTH: usize = 30;

/// A bar. Nothing is drawn where stderr is no terminal, and nothing of it stays.
pub struct Bar {
    total: usize,
    things: &'static str,
    done: AtomicUsize,
    is_seen: bool,
}

impl Bar {
    /// A bar for so many things of a sort: `configs`.
    pub fn new(total: usize, things: &'static str) -> Self {
        Bar { total, things, done: AtomicUsize::new(0), is_seen: total > 1 && stderr().is_terminal() }
    }

    /// One more is done.
    pub fn step(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        let filled = |done: usize| done * WIDTH / self.total.max(1);
        if self.is_seen && filled(done) > filled(done - 1) {
            let bar = format!("{}{}", "━".repeat(filled(done)), " ".repeat(WIDTH - filled(done).min(WIDTH)));
            // Nobody is told if the terminal is gone.
            let _ = write!(stderr(), "\r\x1b[K{bar} {done} of {} {}", self.total, self.things)
                .and_then(|()| stderr().flush());
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if self.is_seen {
            let _ = write!(stderr(), "\r\x1b[K").and_then(|()| stderr().flush());
        }
    }
}
