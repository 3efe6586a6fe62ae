//! Products that are to be found, and the tasks and artifacts in which they are looked for.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::product::Product;
use taskgraph::task::id::TaskId;
use taskgraph_compat::time::parse_json_date;
use taskgraph_taskcluster::{Artifact, GroupTask};

/// The artifacts of tasks; `None` for a task that the queue knows no longer.
pub type Artifacts = BTreeMap<TaskId, Option<Vec<Artifact>>>;

/// Products to find.
#[derive(Clone, Debug)]
pub struct Request {
    /// The languages of the config, if there is one.
    pub languages: Option<(String, String)>,
    /// Number of members of the config's ensemble.
    pub members: Option<usize>,
    /// The mode of all models.
    pub mode: Option<String>,
    /// The paths of the config, of those that something is handed in in place of, that are not empty.
    pub present: Vec<&'static str>,
    /// The names of what is to be taken; all that is there if there are none.
    pub take: Vec<String>,
    /// The task that was named, if it was not a group.
    pub task: Option<TaskId>,
    /// The type of a model that has none in the config.
    pub model_type: String,
    /// The address of the instance.
    pub root_url: String,
    /// The time.
    pub now: SystemTime,
}

/// Something to hand in, and the tasks that have made it: a model has one for each member, files have one each.
#[derive(Clone, Debug)]
pub struct FoundKey {
    /// The product.
    pub product: Product,
    /// The languages.
    pub languages: (String, String),
    /// The tasks, in the order of the members or of the keys; files that are optional may have none.
    pub tasks: Vec<Option<GroupTask>>,
}

/// Whether a point in time is over at another one, in milliseconds after 1970. A text that is not a time is reported
/// elsewhere.
pub(super) fn is_before(time: &str, millis: i64) -> bool {
    parse_json_date(time).is_some_and(|micros| micros / 1_000 <= millis)
}

pub(super) fn millis(now: SystemTime) -> i64 {
    now.duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
