//! The threads that generate graphs.

use std::num::NonZeroUsize;

use rayon::ThreadPoolBuilder;
use taskgraph::error::{Error, Result};

/// Starts them: so many, or one for each core. The thread that calls this is one of them: it would only wait for the
/// others, and each thread has memory of its own.
pub(crate) fn start(count: Option<NonZeroUsize>) -> Result<()> {
    let pool = ThreadPoolBuilder::new().use_current_thread().num_threads(count.map_or(0, NonZeroUsize::get));
    match pool.build_global() {
        // They were started before: by a program with transforms of its own, for one.
        Err(error) if count.is_some() => Err(Error::refused(error.to_string())),
        _ => Ok(()),
    }
}
