//! Tasks, artifacts and index of the services.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{SystemTime, UNIX_EPOCH};

use indexmap::IndexMap;
use serde_json::{Value, json};
use taskgraph_compat::time::{json_date, parse_json_date};

use super::answer::Refusal;
use super::run::Run;

/// A task.
#[derive(Clone, Debug)]
pub(super) struct StoredTask {
    pub definition: Value,
    pub runs: Vec<Run>,
    pub retries_left: u64,
    /// The tasks that have to come to their end before it begins.
    pub waits_for: BTreeSet<String>,
    /// Whether the program has created it; all others were there before.
    pub is_created: bool,
    /// Number of requests for it, with those whose answers were lost.
    pub times: usize,
}

/// Everything.
#[derive(Debug, Default)]
pub(super) struct Store {
    pub tasks: IndexMap<String, StoredTask>,
    /// Index path to task and expiry.
    pub index: BTreeMap<String, (String, String)>,
    /// Task and name to content.
    pub artifacts: BTreeMap<(String, String), Vec<u8>>,
    /// When artifacts expire that do not so far from now.
    pub artifact_expires: BTreeMap<(String, String), String>,
    /// Task groups, and their scheduler.
    pub groups: BTreeMap<String, String>,
    pub sealed: BTreeSet<String>,
    /// Names of tasks that are refused, with the answer.
    pub refused: BTreeMap<String, Refusal>,
    /// Files at other paths.
    pub files: BTreeMap<String, Vec<u8>>,
    pub page: usize,
    /// Milliseconds after 1970; the clock of this machine if nobody has set another.
    pub now: Option<i64>,
}

/// When what was made up for a test expires.
pub(super) const FAR: &str = "2099-01-01T00:00:00.000Z";

/// Until when it may take.
const LATE: &str = "2098-01-01T00:00:00.000Z";

impl Store {
    /// A task that is just there.
    pub(super) fn put(&mut self, id: &str, state: &str, expires: &str) -> &mut StoredTask {
        let definition = json!({
            "taskQueueId": "somewhere/worker", "provisionerId": "somewhere", "workerType": "worker",
            "schedulerId": "somebody", "projectId": "none", "taskGroupId": id,
            "dependencies": [], "requires": "all-completed", "routes": [], "priority": "lowest", "retries": 5,
            "created": "2026-01-01T00:00:00.000Z", "deadline": LATE, "expires": expires,
            "scopes": [], "payload": {}, "tags": {}, "extra": {},
            "metadata": { "name": "was there", "description": "", "owner": "a@example.org", "source": "https://example.org" },
        });
        let runs = if state == "unscheduled" { Vec::new() } else { vec![Run::new(state, "scheduled")] };
        let stored = StoredTask {
            definition,
            runs,
            retries_left: 5,
            waits_for: BTreeSet::new(),
            is_created: false,
            times: 0,
        };
        self.tasks.insert(id.into(), stored);
        self.tasks.get_mut(id).unwrap()
    }

    pub(super) fn task(&self, id: &str) -> Result<&StoredTask, Refusal> {
        let missing =
            || Refusal::not_found(format!("Task `{id}` was not found. Are you sure it was created?"));
        self.tasks.get(id).ok_or_else(missing)
    }

    pub(super) fn status(&self, id: &str) -> Result<Value, Refusal> {
        let task @ StoredTask { definition, .. } = self.task(id)?;
        let mut status = json!({ "taskId": id, "retriesLeft": task.retries_left, "state": task.state() });
        for key in [
            "provisionerId",
            "workerType",
            "taskQueueId",
            "schedulerId",
            "projectId",
            "taskGroupId",
            "deadline",
            "expires",
        ] {
            status[key] = definition[key].clone();
        }
        let runs = task.runs.iter().enumerate().map(|(number, run)| {
            let since = &definition["created"];
            let mut reported = json!({
                "runId": number, "state": run.state, "reasonCreated": run.created, "scheduled": since,
            });
            if let Some(reason) = &run.resolved {
                // No worker has ever begun with what was cancelled while it waited.
                if reason != "canceled" {
                    reported["started"] = since.clone();
                }
                let micros = parse_json_date(since.as_str().unwrap()).unwrap();
                reported["resolved"] = json_date(micros / 1_000 + run.seconds * 1_000).into();
                reported["reasonResolved"] = reason.as_str().into();
            }
            reported
        });
        status["runs"] = runs.collect();
        Ok(status)
    }

    /// Now, as the services write it.
    pub(super) fn now(&self) -> String {
        json_date(self.millis())
    }

    /// Now, some minutes on or back.
    pub(super) fn in_minutes(&self, minutes: i64) -> String {
        json_date(self.millis() + minutes * 60_000)
    }

    fn millis(&self) -> i64 {
        let since = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
        self.now.unwrap_or_else(|| since().try_into().unwrap())
    }

    /// Whether a point in time is over. Dates of the same form are in the order of their texts.
    pub(super) fn is_past(&self, date: &Value) -> bool {
        date.as_str().unwrap_or_default() < &*self.now()
    }

    /// One page of a list, and the token of the next one. A token has the number of items before it.
    pub(super) fn page<'i, T>(
        &self,
        items: &'i [T],
        token: Option<String>,
    ) -> Result<(&'i [T], Option<String>), Refusal> {
        let start = token.map_or(Some(0), |token| token.strip_prefix("after-")?.parse::<usize>().ok());
        let start = start.ok_or_else(|| Refusal::input("Invalid continuation token"))?.min(items.len());
        let end = (start + self.page).min(items.len());
        Ok((&items[start..end], (end < items.len()).then(|| format!("after-{end}"))))
    }
}

/// A list with the token of its next page.
pub(super) fn with_token(mut answer: Value, token: Option<String>) -> Value {
    if let Some(token) = token {
        answer["continuationToken"] = token.into();
    }
    answer
}
