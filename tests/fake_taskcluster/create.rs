//! createTask.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::answer::Refusal;
use super::run;
use super::schemas::Schemas;
use super::scopes::{self, Scopes};
use super::store::{Store, StoredTask};

/// Largest difference of the clocks, in minutes.
const DRIFT: i64 = 15;

/// Keeps a task, if it may be there.
pub(super) fn create_task(
    store: &mut Store,
    id: &str,
    body: &Value,
    scopes: &Scopes,
) -> Result<Value, Refusal> {
    let name = body["metadata"]["name"].as_str().unwrap_or_default();
    if let Some(refusal) = store.refused.get(name) {
        return Err(refusal.clone());
    }
    scopes.require(scopes::of_definition(body))?;
    let problems = payload_problems(body);
    if !problems.is_empty() {
        // The queue does not look into payloads; the worker would end the task.
        return Err(Refusal::schema(format!("the worker refuses the payload:\n{}", problems.join("\n"))));
    }
    let definition = complete(id, body);
    dates(store, &definition)?;
    group(store, &definition)?;
    if let Some(known) = store.tasks.get_mut(id) {
        known.times += 1;
        if known.definition != definition {
            return Err(Refusal::conflict(format!(
                "taskId `{id}` already used by another task.\nThis could be the result of faulty idempotency!"
            )));
        }
        return Ok(json!({ "status": store.status(id)? }));
    }
    dependencies(store, &definition)?;
    let retries_left = definition["retries"].as_u64().unwrap();
    let (runs, waits_for) = (Vec::new(), BTreeSet::new());
    let stored = StoredTask { definition, runs, retries_left, waits_for, is_created: true, times: 1 };
    store.tasks.insert(id.into(), stored);
    run::track(store, id);
    Ok(json!({ "status": store.status(id)? }))
}

/// Returns the worker's objections to the payload, by the implementation that the tags name.
fn payload_problems(body: &Value) -> Vec<String> {
    let Some(schemas) = Schemas::get() else { return Vec::new() };
    let tag = |name: &str| body["tags"][name].as_str().unwrap_or_default();
    let payload = &body["payload"];
    let schema = match (tag("worker-implementation"), tag("os")) {
        ("docker-worker", _) => "docker-worker/v1/payload.json",
        ("generic-worker", "windows") => "generic-worker/multiuser_windows.json",
        ("generic-worker", _) => "generic-worker/multiuser_posix.json",
        // Docker images are made by a worker that no tag names.
        ("", "") if payload.get("image").is_some() => "docker-worker/v1/payload.json",
        _ => return Vec::new(),
    };
    schemas.check(schema, payload)
}

/// The definition as the queue keeps it.
fn complete(id: &str, body: &Value) -> Value {
    let mut definition = body.clone();
    let queue = format!(
        "{}/{}",
        body["provisionerId"].as_str().unwrap_or_default(),
        body["workerType"].as_str().unwrap_or_default()
    );
    let defaults = json!({
        "taskQueueId": queue, "schedulerId": "-", "projectId": "none", "taskGroupId": id, "dependencies": [],
        "requires": "all-completed", "routes": [], "priority": "lowest", "retries": 5, "scopes": [], "tags": {},
        "extra": {}, "expires": year_after(&body["deadline"]),
    });
    for (key, value) in defaults.as_object().unwrap() {
        if definition.get(key).is_none() {
            definition[key] = value.clone();
        }
    }
    definition
}

/// A year after a point in time.
fn year_after(date: &Value) -> Value {
    let date = date.as_str().unwrap_or_default();
    let (year, rest) = date.split_at(date.len().min(4));
    format!("{}{rest}", year.parse::<u32>().unwrap_or_default() + 1).into()
}

/// The points in time have to follow each other. Those of the same form are in the order of their texts.
fn dates(store: &Store, definition: &Value) -> Result<(), Refusal> {
    let date = |key: &str| definition[key].as_str().unwrap_or_default();
    if date("created") < &*store.in_minutes(-DRIFT) {
        return Err(Refusal::input("`created` cannot be in the past (max 15min drift)"));
    }
    if date("created") > &*store.in_minutes(DRIFT) {
        return Err(Refusal::input("`created` cannot be in the future (max 15min drift)"));
    }
    if store.is_past(&definition["deadline"]) {
        return Err(Refusal::input("`deadline` cannot be in the past"));
    }
    if date("created") > date("deadline") {
        return Err(Refusal::input("`deadline` cannot be later than `created`"));
    }
    if date("deadline") > date("expires") {
        return Err(Refusal::input("`expires` cannot be before `deadline`"));
    }
    Ok(())
}

fn group(store: &mut Store, definition: &Value) -> Result<(), Refusal> {
    let text = |key: &str| definition[key].as_str().unwrap_or_default().to_owned();
    let (group, scheduler) = (text("taskGroupId"), text("schedulerId"));
    if store.sealed.contains(&group) {
        return Err(Refusal::conflict(format!(
            "Task group `{group}` is sealed and does not accept new tasks."
        )));
    }
    let known = store.groups.entry(group.clone()).or_insert_with(|| scheduler.clone());
    if *known != scheduler {
        return Err(Refusal::conflict(format!(
            "Task group `{group}` contains tasks with a schedulerId other\nthan `{scheduler}`. All tasks in the \
             same task-group must have\nthe same schedulerId."
        )));
    }
    Ok(())
}

/// Refuses dependencies that do not exist, or that expire before the deadline.
fn dependencies(store: &Store, definition: &Value) -> Result<(), Refusal> {
    let ids: Vec<&str> =
        definition["dependencies"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let missing: Vec<String> =
        ids.iter().filter(|id| !store.tasks.contains_key(**id)).map(|id| format!(" * {id}")).collect();
    if !missing.is_empty() {
        return Err(Refusal::input(format!(
            "`task.dependencies` references non-existing tasks: \n{}\nAll taskIds in `task.dependencies` **must** \
             exist\nbefore the task is created.\n",
            missing.join("\n")
        )));
    }
    let deadline = definition["deadline"].as_str();
    let expiring = |id: &&&str| store.tasks[**id].definition["expires"].as_str() < deadline;
    let expiring: Vec<String> = ids.iter().filter(expiring).map(|id| format!(" * {id},")).collect();
    if !expiring.is_empty() {
        return Err(Refusal::input(format!(
            "`task.dependencies` references tasks that expires\nbefore `task.deadline` this is not allowed, see \
             tasks: \n{}",
            expiring.join("\n")
        )));
    }
    Ok(())
}
