//! The queue, but for createTask.

use serde_json::{Value, json};

use super::answer::Refusal;
use super::run;
use super::store::{FAR, Store, with_token};

pub(super) fn task(store: &Store, id: &str) -> Result<Value, Refusal> {
    store.task(id).map(|task| task.definition.clone())
}

pub(super) fn status(store: &Store, id: &str) -> Result<Value, Refusal> {
    Ok(json!({ "status": store.status(id)? }))
}

/// Only of tasks that are there.
pub(super) fn statuses(store: &Store, body: &Value, token: Option<String>) -> Result<Value, Refusal> {
    let wanted = body["taskIds"].as_array().unwrap().iter().filter_map(Value::as_str);
    let found: Vec<Value> =
        wanted.filter_map(|id| Some(json!({ "taskId": id, "status": store.status(id).ok()? }))).collect();
    let (page, token) = store.page(&found, token)?;
    Ok(with_token(json!({ "statuses": page }), token))
}

pub(super) fn list_task_group(store: &Store, group: &str, token: Option<String>) -> Result<Value, Refusal> {
    // What was made up for a test heads a group of its own.
    let made_up =
        store.tasks.get(group).map(|task| task.definition["schedulerId"].as_str().unwrap_or_default());
    let Some(scheduler) = store.groups.get(group).map(String::as_str).or(made_up) else {
        return Err(Refusal::not_found(format!("No task-group with taskGroupId: `{group}`")));
    };
    let (page, token) = members(store, token, |task| task["taskGroupId"] == group)?;
    let answer = json!({ "taskGroupId": group, "schedulerId": scheduler, "expires": FAR, "tasks": page });
    Ok(with_token(answer, token))
}

pub(super) fn list_dependent_tasks(store: &Store, id: &str, token: Option<String>) -> Result<Value, Refusal> {
    store.task(id)?;
    let depends = |task: &Value| task["dependencies"].as_array().is_some_and(|all| all.contains(&id.into()));
    let (page, token) = members(store, token, depends)?;
    Ok(with_token(json!({ "taskId": id, "tasks": page }), token))
}

fn members(
    store: &Store,
    token: Option<String>,
    keep: impl Fn(&Value) -> bool,
) -> Result<(Vec<Value>, Option<String>), Refusal> {
    let kept: Vec<&String> =
        store.tasks.iter().filter(|(_, task)| keep(&task.definition)).map(|(id, _)| id).collect();
    let (page, token) = store.page(&kept, token)?;
    let member = |id: &&String| Ok(json!({ "status": store.status(id)?, "task": task(store, id)? }));
    Ok((page.iter().map(member).collect::<Result<_, Refusal>>()?, token))
}

pub(super) fn cancel_task(store: &mut Store, id: &str) -> Result<Value, Refusal> {
    run::cancel(store, id)?;
    status(store, id)
}

pub(super) fn rerun_task(store: &mut Store, id: &str) -> Result<Value, Refusal> {
    run::rerun(store, id)?;
    status(store, id)
}

pub(super) fn list_artifacts(store: &Store, id: &str, token: Option<String>) -> Result<Value, Refusal> {
    store.task(id)?;
    let of_task = store.artifacts.keys().filter(|(task, _)| task == id);
    let found: Vec<Value> = of_task
        .map(|key @ (_, name)| {
            let expires = store.artifact_expires.get(key).map_or(FAR, String::as_str);
            json!({ "storageType": "s3", "name": name, "expires": expires, "contentType": "text/plain" })
        })
        .collect();
    let (page, token) = store.page(&found, token)?;
    Ok(with_token(json!({ "artifacts": page }), token))
}
