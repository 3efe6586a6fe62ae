//! How far a call has come, on a terminal only.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar on stderr. Nothing is drawn where stderr is no terminal.
pub struct Progress(ProgressBar);

impl Progress {
    /// A bar for so many things of a sort: `configs`.
    pub fn new(total: usize, things: &'static str) -> Self {
        let bar = ProgressBar::new(total as u64).with_message(things);
        let style = ProgressStyle::with_template("{bar:30} {pos} of {len} {msg}");
        Progress(style.map_or(bar.clone(), |style| bar.with_style(style)))
    }

    /// One more is done.
    pub fn step(&self) {
        self.0.inc(1);
    }
}

/// Nothing of it stays on the terminal.
impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
