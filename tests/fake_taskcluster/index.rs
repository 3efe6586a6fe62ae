//! The index.

use serde_json::{Value, json};

use super::answer::Refusal;
use super::store::{Store, with_token};

fn entry(path: &str, (task, expires): &(String, String)) -> Value {
    json!({ "namespace": path, "taskId": task, "rank": 0, "data": {}, "expires": expires })
}

pub(super) fn find_task(store: &Store, path: &str) -> Result<Value, Refusal> {
    let found = store.index.get(path).map(|found| entry(path, found));
    found.ok_or_else(|| Refusal::not_found("Indexed task not found"))
}

/// Only what is there, exactly these paths.
pub(super) fn find_tasks_at_index(
    store: &Store,
    body: &Value,
    token: Option<String>,
) -> Result<Value, Refusal> {
    let wanted: Vec<&str> = body["indexes"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let found = store.index.iter().filter(|(path, _)| wanted.contains(&path.as_str()));
    let found: Vec<Value> = found.map(|(path, found)| entry(path, found)).collect();
    let (page, token) = store.page(&found, token)?;
    Ok(with_token(json!({ "tasks": page }), token))
}

/// The tasks right below a namespace.
pub(super) fn list_tasks(store: &Store, namespace: &str, token: Option<String>) -> Result<Value, Refusal> {
    let found = store
        .index
        .iter()
        .filter(|(path, _)| path.rsplit_once('.').map_or("", |(above, _)| above) == namespace);
    let found: Vec<Value> = found.map(|(path, found)| entry(path, found)).collect();
    let (page, token) = store.page(&found, token)?;
    Ok(with_token(json!({ "tasks": page }), token))
}

/// The namespaces right below a namespace.
pub(super) fn list_namespaces(
    store: &Store,
    namespace: &str,
    token: Option<String>,
) -> Result<Value, Refusal> {
    let mut found: Vec<Value> = Vec::new();
    for (path, (_, expires)) in &store.index {
        let Some(rest) = path.strip_prefix(namespace).map(|rest| rest.trim_start_matches('.')) else {
            continue;
        };
        let Some((name, _)) = rest.split_once('.') else { continue };
        let full = if namespace.is_empty() { name.to_owned() } else { format!("{namespace}.{name}") };
        let one = json!({ "namespace": full, "name": name, "expires": expires });
        if !found.contains(&one) {
            found.push(one);
        }
    }
    let (page, token) = store.page(&found, token)?;
    Ok(with_token(json!({ "namespaces": page }), token))
}
