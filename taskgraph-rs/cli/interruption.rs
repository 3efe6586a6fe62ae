//! Ctrl-C and SIGTERM: they end the process at once, or, if something is to be tidied up, as soon as that is done.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use signal_hook::low_level::emulate_default_handler;
use taskgraph_python::interruption::flags;

/// Exit status of a process that is interrupted a second time, as in a shell.
pub(crate) const INTERRUPTED: u8 = 130;

/// The signal that has interrupted the process, if one has.
pub(crate) struct Interruption(Arc<AtomicUsize>);

impl Interruption {
    /// From now on signals are noticed.
    pub(crate) fn watch() -> io::Result<Self> {
        let (flags, last) = (flags(), Arc::new(AtomicUsize::new(0)));
        for signal in [SIGINT, SIGTERM] {
            flag::register_conditional_default(signal, flags.ends_at_once.clone())
                .and_then(|_| {
                    let status = INTERRUPTED.into();
                    flag::register_conditional_shutdown(signal, status, flags.is_interrupted.clone())
                })
                .and_then(|_| flag::register_usize(signal, last.clone(), signal.unsigned_abs() as usize))
                .and_then(|_| flag::register(signal, flags.is_interrupted.clone()))?;
        }
        Ok(Interruption(last))
    }

    /// Ends the process as the signal would have done, if there was one: whoever called it looks at that.
    pub(crate) fn end(&self) {
        if let Ok(signal @ 1..) = i32::try_from(self.0.load(Ordering::Relaxed)) {
            // If that is not possible, the status of the call shows that it failed.
            let _ = emulate_default_handler(signal);
        }
    }
}
