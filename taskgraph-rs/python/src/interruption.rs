//! Ctrl-C and SIGTERM while something goes on that must not simply end: it is told, tidies up, and then ends.
//!
//! Signals are for the whole process, so that this is, too. The command line registers the flags with a handler.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

static FLAGS: LazyLock<Flags> =
    LazyLock::new(|| Flags { ends_at_once: Arc::new(AtomicBool::new(true)), is_interrupted: Arc::default() });

/// How many wait for something that they would have to tidy up.
static HELD: Mutex<usize> = Mutex::new(0);

/// What a handler of signals looks at, and sets.
#[derive(Clone)]
pub struct Flags {
    /// Whether a signal is to end the process as it would without a handler.
    pub ends_at_once: Arc<AtomicBool>,
    /// To be set by a signal. A second one ends the process in any case.
    pub is_interrupted: Arc<AtomicBool>,
}

/// The flags of this process.
pub fn flags() -> Flags {
    FLAGS.clone()
}

/// Whether a signal has come that did not end the process.
pub fn is_interrupted() -> bool {
    FLAGS.is_interrupted.load(Ordering::Relaxed)
}

/// The root of the error of a call that was interrupted.
#[derive(Debug)]
pub struct Interrupted;

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("somebody has interrupted it")
    }
}

impl std::error::Error for Interrupted {}

/// As long as this lives, a signal does not end the process: whoever has it looks at [`is_interrupted`].
#[derive(Debug)]
pub struct Held(());

/// Lets signals wait.
pub fn hold() -> Held {
    count(|held| held + 1);
    Held(())
}

impl Drop for Held {
    fn drop(&mut self) {
        count(|held| held - 1);
    }
}

fn count(change: impl FnOnce(usize) -> usize) {
    let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
    *held = change(*held);
    FLAGS.ends_at_once.store(*held == 0, Ordering::Relaxed);
}
