//! The one rule of what may be used again, whoever asks: index look-ups, `existing_tasks`, groups that a training goes on
//! from, actions.
//!
//! A task may stand in for one of the graph only if its state lets others wait for it, if it has not expired, and if it
//! expires after the deadline of every task that would depend on it: the queue refuses the creation of what depends on any
//! other one, or never starts it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::optimize::index::TaskState;
use crate::optimize::outcome::RejectionReason;
use crate::optimize::strategy::Deadline;
use taskgraph_compat::time::parse_json_date;

/// The longest time from a decision to the creation of its last task: deadlines count from the creation.
pub const CREATION: Duration = Duration::from_secs(15 * 60);

/// The states that let no other task begin, ever. A task that runs once more after a worker was lost, or because of its
/// exit status (`onExitStatus`), is `pending` again: its state is that of its latest run.
const ENDED_BADLY: [&str; 2] = ["failed", "exception"];

/// Returns the reason why a task cannot be used again; `None` if it can. `state` is that of the queue, `None` if the
/// queue does not know the task.
/// `deadline` is the last one of what would depend on the task.
pub(super) fn objection(
    state: Option<&TaskState>,
    deadline: Option<&Deadline>,
    now: SystemTime,
) -> Option<RejectionReason> {
    let Some(found) = state else { return Some(RejectionReason::Unknown) };
    if ENDED_BADLY.contains(&&*found.state) {
        return Some(RejectionReason::State(found.state.clone(), found.reason.clone()));
    }
    // What cannot be read is taken for gone: to run a task again is better than to miss it.
    let expires = parse_json_date(&found.expires);
    let lasts_until = |micros: i64| expires.is_some_and(|expires| expires >= micros);
    if let Some(deadline) = deadline.filter(|deadline| !lasts_until(deadline.micros)) {
        return Some(RejectionReason::Expires {
            expires: found.expires.clone(),
            deadline: deadline.text().into(),
            dependent: deadline.dependent.clone(),
        });
    }
    let now = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_micros());
    let now = i64::try_from(now).unwrap_or(i64::MAX);
    (!lasts_until(now.saturating_add(1))).then(|| RejectionReason::Expired(found.expires.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::Label;

    const NOW: i64 = 1_700_000_000_000;

    fn reported(state: &str, expires: &str, deadline: Option<i64>) -> Option<String> {
        let dependent = Label::parse(&"next".into()).unwrap();
        let deadline = deadline.map(|after| Deadline { micros: (NOW + after) * 1_000, dependent });
        let state = TaskState { state: state.into(), expires: expires.into(), reason: None, took: None };
        let now = UNIX_EPOCH + Duration::from_millis(NOW as u64);
        objection(Some(&state), deadline.as_ref(), now).map(|why| why.to_string())
    }

    #[test]
    fn a_task_has_to_be_there_as_long_as_anything_waits_for_it() {
        let at = |after: i64| taskgraph_compat::time::json_date(NOW + after);
        for state in ["completed", "running", "pending", "unscheduled"] {
            assert_eq!(reported(state, &at(1_000), Some(1_000)), None);
            assert_eq!(reported(state, &at(1), None), None);
        }
        assert_eq!(reported("failed", &at(1_000), None).unwrap(), "its state is failed");
        assert_eq!(reported("completed", &at(0), None).unwrap(), format!("it expired at {}", at(0)));
        assert_eq!(
            reported("completed", &at(999), Some(1_000)).unwrap(),
            format!("it expires at {}, before the deadline of next at {}", at(999), at(1_000))
        );
        // An earlier deadline than now is none: what has expired stays of no use.
        assert_eq!(reported("completed", &at(-5), Some(-10)).unwrap(), format!("it expired at {}", at(-5)));
        assert_eq!(reported("completed", "soon", None).unwrap(), "it expired at soon");
        assert_eq!(objection(None, None, UNIX_EPOCH), Some(RejectionReason::Unknown));
    }
}
