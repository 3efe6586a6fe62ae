//! Retries: time limits of answers, and pauses between attempts.

use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

/// The longest wait that a service may order.
const LONGEST_ORDER: Duration = Duration::from_secs(300);

/// Limits of time and of attempts.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Time limit of a request to a service. A download may take longer, but may not pause for longer.
    pub timeout: Duration,
    /// Number of attempts at a call that gets a status from 500, 429, or no answer that can be read.
    pub attempts: u32,
    /// Pause before the second attempt; it doubles with each one.
    pub pause: Duration,
    /// The same where the service says that it is asked too often, and does not say for how long.
    pub busy_pause: Duration,
    /// No pause is longer, unless the service says so.
    pub longest_pause: Duration,
    /// Largest size of an answer in bytes, unpacked. The graph of a large config has a tenth of it.
    pub most_bytes: usize,
    /// Whether a pause is shortened by chance, by up to a half, so that many callers do not come back at once.
    pub spread: bool,
}

impl Default for Patience {
    fn default() -> Self {
        Patience {
            timeout: Duration::from_secs(30),
            attempts: 10,
            pause: Duration::from_millis(300),
            busy_pause: Duration::from_secs(2),
            longest_pause: Duration::from_secs(30),
            most_bytes: 256 << 20,
            spread: true,
        }
    }
}

/// Reason for a repeated call, as far as the pause depends on it.
#[derive(Clone, Copy, Debug)]
pub(super) enum RetryCause {
    /// No answer, or none that can be read, or a fault of the service.
    Fault,
    /// Asked too often.
    Busy,
    /// The service says how long to wait.
    Ordered(Duration),
}

impl Patience {
    /// Returns the pause after `attempt`, which counts from 1.
    pub(super) fn wait(&self, cause: RetryCause, attempt: u32) -> Duration {
        let first = match cause {
            RetryCause::Fault => self.pause,
            RetryCause::Busy => self.busy_pause,
            RetryCause::Ordered(wait) => return wait.min(LONGEST_ORDER),
        };
        let doubled = first.saturating_mul(1_u32.checked_shl(attempt - 1).unwrap_or(u32::MAX));
        let pause = doubled.min(self.longest_pause);
        if self.spread { pause.mul_f64(1.0 - chance() / 2.0) } else { pause }
    }
}

/// A number from 0 to 1: the hasher of the standard library is seeded anew each time.
fn chance() -> f64 {
    let bits = u32::try_from(RandomState::new().hash_one(0) >> 32).unwrap_or(0);
    f64::from(bits) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest() {
        let patience = Patience { spread: false, ..Patience::default() };
        let waits: Vec<u128> =
            [1, 2, 3, 7, 8, 99].map(|n| patience.wait(RetryCause::Fault, n).as_millis()).to_vec();
        assert_eq!(waits, [300, 600, 1_200, 19_200, 30_000, 30_000]);
        assert_eq!(patience.wait(RetryCause::Busy, 2), Duration::from_secs(4));
    }

    #[test]
    fn a_spread_pause_is_at_least_half_as_long() {
        let patience = Patience::default();
        for _ in 0..100 {
            let wait = patience.wait(RetryCause::Fault, 1);
            assert!((150..=300).contains(&wait.as_millis()), "{wait:?}");
        }
    }

    #[test]
    fn the_service_orders_a_wait_within_reason() {
        let patience = Patience::default();
        assert_eq!(patience.wait(RetryCause::Ordered(Duration::from_secs(90)), 1), Duration::from_secs(90));
        assert_eq!(patience.wait(RetryCause::Ordered(Duration::from_secs(90_000)), 1), LONGEST_ORDER);
    }
}
