//! Ctrl-C and SIGTERM during work that must not simply end: the work is notified, tidies up, and then ends.
//!
//! Signals are for the whole process, so that this is, too. The command line registers the flags with a handler.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

static FLAGS: LazyLock<SignalFlags> = LazyLock::new(|| SignalFlags {
    ends_at_once: Arc::new(AtomicBool::new(true)),
    is_interrupted: Arc::default(),
});

/// Number of live [`SignalGuard`]s: while there is one, a signal does not end the process.
static HELD: Mutex<usize> = Mutex::new(0);

/// State that is shared with the signal handler.
#[derive(Clone)]
pub struct SignalFlags {
    /// Whether a signal is to end the process as it would without a handler.
    pub ends_at_once: Arc<AtomicBool>,
    /// To be set by a signal. A second one ends the process in any case.
    pub is_interrupted: Arc<AtomicBool>,
}

/// The flags of this process.
pub fn flags() -> SignalFlags {
    FLAGS.clone()
}

/// Whether a signal has come that did not end the process.
pub fn is_interrupted() -> bool {
    FLAGS.is_interrupted.load(Ordering::Relaxed)
}

/// As long as this lives, a signal does not end the process: whoever has it looks at [`is_interrupted`].
#[derive(Debug)]
pub struct SignalGuard(());

/// Lets signals wait.
pub fn hold() -> SignalGuard {
    count(|held| held + 1);
    SignalGuard(())
}

impl Drop for SignalGuard {
    fn drop(&mut self) {
        count(|held| held - 1);
    }
}

fn count(change: impl FnOnce(usize) -> usize) {
    let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
    *held = change(*held);
    FLAGS.ends_at_once.store(*held == 0, Ordering::Relaxed);
}
