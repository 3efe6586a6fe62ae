//! Scopes of a caller.

use serde_json::Value;

use super::answer::Refusal;

/// The scopes of a caller; one that ends with `*` stands for all that start so.
#[derive(Clone, Debug)]
pub(super) struct Scopes(pub Vec<String>);

impl Scopes {
    fn has(&self, wanted: &str) -> bool {
        self.0.iter().any(|held| match held.strip_suffix('*') {
            Some(start) => wanted.starts_with(start),
            None => held == wanted,
        })
    }

    /// Refuses what is not covered.
    pub(super) fn require(&self, wanted: impl IntoIterator<Item = String>) -> Result<(), Refusal> {
        let wanted: Vec<String> = wanted.into_iter().collect();
        let missing: Vec<&str> = wanted.iter().filter(|scope| !self.has(scope)).map(String::as_str).collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(Refusal::forbidden(format!(
            "Client ID somebody does not have sufficient scopes and is missing the following scopes:\n\n```\n{}\n```\n\n\
             This request requires the client to satisfy the following scope expression:\n\n```\n{}\n```",
            missing.join("\n"),
            wanted.join("\n")
        )))
    }
}

/// Returns the scopes that createTask needs for a definition.
pub(super) fn of_definition(definition: &Value) -> Vec<String> {
    let texts = |key: &str| -> Vec<String> {
        let items = definition[key].as_array().cloned().unwrap_or_default();
        items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
    };
    let text = |key: &str, default: &str| definition[key].as_str().unwrap_or(default).to_owned();
    let mut needed = texts("scopes");
    needed.extend(texts("routes").iter().map(|route| format!("queue:route:{route}")));
    needed.push(format!("queue:create-task:project:{}", text("projectId", "none")));
    needed.push(format!("queue:scheduler-id:{}", text("schedulerId", "-")));
    needed.push(format!(
        "queue:create-task:{}:{}/{}",
        text("priority", "lowest"),
        text("provisionerId", ""),
        text("workerType", "")
    ));
    needed
}
