//! Faults on the way: of the n-th answer of a call, or of one in so many by a seed.

use std::collections::VecDeque;
use std::time::Duration;

/// One thing that goes wrong with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Another status; nothing was done.
    Status(u16),
    /// Status 429 with so many seconds in `Retry-After`; nothing was done.
    Busy(u64),
    /// The answer comes so late.
    Stall(Duration),
    /// It was done; the answer stops in the middle, and the connection stays open for so long.
    Halt(Duration),
    /// The answer is at another path, where the next request for the call is answered; nothing was done.
    Moved,
    /// The connection ends; nothing was done.
    DropBefore,
    /// It was done, and the connection ends without an answer.
    DropAfter,
    /// It was done, and the answer is garbled.
    Garble,
    /// It was done, and the answer ends in the middle.
    Cut,
    /// It was done, and the answer is longer than it says.
    Lie,
}

impl Fault {
    /// Each kind but those that take long.
    pub(crate) const QUICK: [Fault; 8] = [
        Fault::Status(500),
        Fault::Status(503),
        Fault::Busy(0),
        Fault::DropBefore,
        Fault::DropAfter,
        Fault::Garble,
        Fault::Cut,
        Fault::Lie,
    ];
}

/// Faults of the answers to come.
#[derive(Debug, Default)]
pub(super) struct Faults {
    /// The next answers of a call, in order; `None` for one that is right.
    planned: Vec<(String, VecDeque<Option<Fault>>)>,
    /// One answer in so many is wrong; the state of the chance.
    chance: Option<(u64, u64)>,
}

impl Faults {
    pub(super) fn plan(&mut self, call: &str, faults: impl IntoIterator<Item = Option<Fault>>) {
        self.planned.push((call.into(), faults.into_iter().collect()));
    }

    pub(super) fn one_in(&mut self, many: u64, seed: u64) {
        self.chance = Some((many, seed));
    }

    /// Returns the fault of the next answer.
    pub(super) fn next(&mut self, call: &str) -> Option<Fault> {
        for (planned, faults) in &mut self.planned {
            if planned == call
                && let Some(fault) = faults.pop_front()
            {
                return fault;
            }
        }
        let (many, state) = self.chance.as_mut()?;
        // A step of splitmix64.
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = *state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        let kinds = Fault::QUICK.len() as u64;
        mixed.is_multiple_of(*many).then(|| Fault::QUICK[(mixed / *many % kinds) as usize])
    }
}
