//! Comparison of a definition with the one that the queue keeps.

use serde_json::{Value, json};

use taskgraph::task::id::TaskId;

/// A definition as the queue keeps it: with what it adds to one that it gets.
pub(super) fn complete(mut definition: Value, task_id: &TaskId) -> Value {
    let text = |key: &str| definition[key].as_str().unwrap_or_default().to_owned();
    let pool = format!("{}/{}", text("provisionerId"), text("workerType"));
    let defaults = json!({
        "taskQueueId": pool, "schedulerId": "-", "projectId": "none", "taskGroupId": task_id.as_str(),
        "dependencies": [], "requires": "all-completed", "routes": [], "priority": "lowest", "retries": 5,
        "scopes": [], "tags": {}, "extra": {},
    });
    if let (Some(definition), Value::Object(defaults)) = (definition.as_object_mut(), defaults) {
        for (key, value) in defaults {
            definition.entry(key).or_insert(value);
        }
    }
    definition
}

/// Whether two values are the same to the queue: it knows one sort of number only, and no order of keys.
pub(super) fn is_same(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Number(ours), Value::Number(theirs)) => ours == theirs || ours.as_f64() == theirs.as_f64(),
        (Value::Array(ours), Value::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| is_same(ours, theirs))
        }
        (Value::Object(ours), Value::Object(theirs)) => {
            let is_there = |(key, ours)| theirs.get(key).is_some_and(|theirs| is_same(ours, theirs));
            ours.len() == theirs.len() && ours.iter().all(is_there)
        }
        _ => ours == theirs,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_queue_adds_is_no_difference() {
        let id = TaskId::parse("vLbaYNyfFziQ1WZW1EAhcg").unwrap();
        let ours = json!({"provisionerId": "p", "workerType": "w", "payload": {"a": 1.0, "b": [1, 2]}});
        let kept = json!({
            "workerType": "w", "provisionerId": "p", "taskQueueId": "p/w", "schedulerId": "-", "projectId": "none",
            "taskGroupId": id.as_str(), "dependencies": [], "requires": "all-completed", "routes": [],
            "priority": "lowest", "retries": 5, "scopes": [], "tags": {}, "extra": {},
            "payload": {"b": [1, 2], "a": 1},
        });
        assert!(is_same(&complete(ours.clone(), &id), &kept));
        for (key, value) in [("retries", json!(4)), ("scopes", json!(["s"])), ("more", json!(null))] {
            let mut other = kept.clone();
            other[key] = value;
            assert!(!is_same(&complete(ours.clone(), &id), &other), "{key}");
        }
        let mut other = kept;
        other["payload"]["b"] = json!([2, 1]);
        assert!(!is_same(&complete(ours, &id), &other));
    }
}
