//! What the services keep.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::answer::Refusal;

/// A task.
#[derive(Clone, Debug)]
pub struct Stored {
    pub definition: Value,
    pub state: String,
    /// Whether the program has created it; all others were there before.
    pub is_created: bool,
    /// How many times it was asked for, answers that were lost among them.
    pub times: usize,
}

/// Everything.
#[derive(Debug, Default)]
pub struct Store {
    pub tasks: IndexMap<String, Stored>,
    /// Index path to task and expiry.
    pub index: BTreeMap<String, (String, String)>,
    /// Task and name to content.
    pub artifacts: BTreeMap<(String, String), Vec<u8>>,
    /// Task groups, and their scheduler.
    pub groups: BTreeMap<String, String>,
    pub sealed: BTreeSet<String>,
    /// Names of tasks that are refused, with the answer.
    pub refused: BTreeMap<String, Refusal>,
    /// Files at other paths.
    pub files: BTreeMap<String, Vec<u8>>,
    pub page: usize,
}

/// When what was made up for a test expires.
pub const FAR: &str = "2099-01-01T00:00:00.000Z";

impl Store {
    /// A task that is just there.
    pub fn put(&mut self, id: &str, state: &str, expires: &str) -> &mut Stored {
        let definition = json!({
            "taskQueueId": "somewhere/worker", "provisionerId": "somewhere", "workerType": "worker",
            "schedulerId": "somebody", "projectId": "none", "taskGroupId": id,
            "dependencies": [], "requires": "all-completed", "routes": [], "priority": "lowest", "retries": 5,
            "created": "2026-01-01T00:00:00.000Z", "deadline": "2026-01-02T00:00:00.000Z", "expires": expires,
            "scopes": [], "payload": {}, "tags": {}, "extra": {},
            "metadata": { "name": "was there", "description": "", "owner": "a@example.org", "source": "https://example.org" },
        });
        let stored = Stored { definition, state: state.into(), is_created: false, times: 0 };
        self.tasks.insert(id.into(), stored);
        self.tasks.get_mut(id).unwrap()
    }

    pub fn task(&self, id: &str) -> Result<&Stored, Refusal> {
        let missing =
            || Refusal::not_found(format!("Task `{id}` was not found. Are you sure it was created?"));
        self.tasks.get(id).ok_or_else(missing)
    }

    pub fn status(&self, id: &str) -> Result<Value, Refusal> {
        let Stored { definition, state, .. } = self.task(id)?;
        let mut status = json!({ "taskId": id, "retriesLeft": 5, "state": state });
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
        let run = json!({ "runId": 0, "state": state, "reasonCreated": "scheduled", "scheduled": definition["created"] });
        status["runs"] = if state == "unscheduled" { json!([]) } else { json!([run]) };
        Ok(status)
    }

    /// One page of a list, and the token of the next one. A token says how many have been told.
    pub fn page<'i, T>(
        &self,
        items: &'i [T],
        token: Option<String>,
    ) -> Result<(&'i [T], Option<String>), Refusal> {
        let told = token.map_or(Some(0), |token| token.strip_prefix("after-")?.parse::<usize>().ok());
        let told = told.ok_or_else(|| Refusal::input("Invalid continuation token"))?.min(items.len());
        let end = (told + self.page).min(items.len());
        Ok((&items[told..end], (end < items.len()).then(|| format!("after-{end}"))))
    }
}

/// A list with the token of its next page.
pub fn with_token(mut answer: Value, token: Option<String>) -> Value {
    if let Some(token) = token {
        answer["continuationToken"] = token.into();
    }
    answer
}
