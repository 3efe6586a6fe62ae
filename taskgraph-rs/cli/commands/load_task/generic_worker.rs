//! Payloads for generic-worker on Linux, which a container can do as well if somebody names an image: commands one after the
//! other in a folder of their own, with files that are put there before.

use crate::commands::load_task::plain_path::is_plain;
use taskgraph::diagnostics::Problem;
use taskgraph::task::id::TaskId;
use taskgraph_compat::python::shell::quote;
use taskgraph_compat::value::{Map, Value};

/// Path of the task's folder in the container.
pub(super) const FOLDER: &str = "/taskgraph-task";

/// File or folder to put into the folder of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mount {
    /// Its path below the folder.
    pub path: String,
    /// Content of the mount.
    pub content: Content,
    /// Expected digest of the content, if given.
    pub sha256: Option<String>,
}

/// Content of a mount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// A folder that is kept from task to task under a name.
    Cache(String),
    /// A script of Taskgraph.
    RunTask(&'static str),
    /// The file at a url.
    Url(String),
    /// An artifact of a task.
    Artifact(TaskId, String),
    /// A text.
    Raw(String),
}

/// The scripts of Taskgraph that tasks mount from their decision.
const SCRIPTS: [&str; 2] = ["run-task", "fetch-content"];

/// Whether a payload is one for generic-worker.
pub(super) fn is_generic(payload: &Map) -> bool {
    let command = payload.get("command").and_then(Value::as_list).unwrap_or_default();
    payload.contains_key("mounts") || command.iter().any(|word| word.as_list().is_some())
}

/// The command of a payload: all its commands, as long as none fails.
pub(super) fn command(payload: &Map) -> Result<Vec<String>, String> {
    let mut commands = Vec::new();
    for command in payload.get("command").and_then(Value::as_list).unwrap_or_default() {
        let words: Option<Vec<&str>> =
            command.as_list().and_then(|words| words.iter().map(Value::as_str).collect());
        match words {
            Some(words) => commands.push(quote(words)),
            None => {
                return Err(
                    "has commands that are not lists of words: it is for a worker without Linux".into()
                );
            }
        }
    }
    match commands.is_empty() {
        true => Err("has no command".into()),
        false => Ok(["bash", "-c", &*commands.join(" &&\n")].map(str::to_owned).to_vec()),
    }
}

/// Returns the mounts of a payload, or everything that cannot be mounted here.
pub(super) fn mounts(task: &str, payload: &Map) -> Result<Vec<Mount>, Vec<Problem>> {
    let (mut mounts, mut problems) = (Vec::new(), Vec::new());
    for mount in payload.get("mounts").and_then(Value::as_list).unwrap_or_default() {
        match read(mount) {
            Ok(mount) => mounts.push(mount),
            Err(why) => problems.push(Problem::error("payload", format!("the payload of `{task}` {why}"))),
        }
    }
    if problems.is_empty() { Ok(mounts) } else { Err(problems) }
}

fn read(mount: &Value) -> Result<Mount, String> {
    let at = |key: &str| mount.get(key).and_then(Value::as_str);
    let (file, directory) = (at("file"), at("directory"));
    let given = file.or(directory).unwrap_or_default();
    let path = given.trim_start_matches("./").trim_end_matches('/').to_owned();
    if !is_plain(&path) {
        return Err(format!("mounts `{given}`, which is not a path below the folder of the task"));
    }
    let content = mount.get("content");
    let inside = |key: &str| content.and_then(|content| content.get(key)).and_then(Value::as_str);
    let sha256 = inside("sha256").map(str::to_owned);
    if let (Some(cache), None) = (at("cacheName"), content) {
        return Ok(Mount { path, content: Content::Cache(cache.to_owned()), sha256 });
    }
    if file.is_none() {
        return Err(format!("mounts an archive at `{given}`: archives are not unpacked here"));
    }
    let content = if let Some(url) = inside("url") {
        let script = SCRIPTS.into_iter().find(|name| url.ends_with(&format!("/artifacts/public/{name}")));
        script.map_or_else(|| Content::Url(url.to_owned()), Content::RunTask)
    } else if let (Some(id), Some(artifact)) = (inside("taskId"), inside("artifact")) {
        match (SCRIPTS.into_iter().find(|name| artifact == format!("public/{name}")), TaskId::parse(id)) {
            (Some(script), _) => Content::RunTask(script),
            (None, Ok(id)) if is_plain(artifact) => Content::Artifact(id, artifact.to_owned()),
            _ => {
                return Err(format!(
                    "mounts `{artifact}` of `{id}` at `{given}`, which is not an artifact of a task"
                ));
            }
        }
    } else if let Some(raw) = inside("raw") {
        Content::Raw(raw.to_owned())
    } else {
        return Err(format!("mounts something at `{given}` that is not a url, artifact or text"));
    };
    Ok(Mount { path, content, sha256 })
}

#[cfg(test)]
mod tests {
    use taskgraph_compat::json;

    use super::*;

    fn payload(text: &str) -> Map {
        json::read(text).unwrap().as_map().unwrap().clone()
    }

    #[test]
    fn commands_follow_each_other_as_long_as_none_fails() {
        let linux = payload(
            r#"{"command": [["chmod", "+x", "run-task"], ["./run-task", "--", "bash", "-c", "a b"]]}"#,
        );
        assert!(is_generic(&linux));
        assert_eq!(
            command(&linux).unwrap(),
            ["bash", "-c", "chmod +x run-task &&\n./run-task -- bash -c 'a b'"].map(str::to_owned)
        );
        assert!(command(&payload(r#"{"mounts": [], "command": ["dir"]}"#)).is_err());
        assert!(!is_generic(&payload(r#"{"command": ["ls"]}"#)));
    }

    #[test]
    fn scripts_of_the_decision_are_reported_from_other_files() {
        let mounted = mounts(
            "t",
            &payload(
                r#"{"mounts": [
                    {"file": "./run-task", "content": {"url": "https://tc/api/queue/v1/task/<TASK_ID>/artifacts/public/run-task"}},
                    {"file": "artifacts/model.npz", "content": {"url": "https://models/model.npz", "sha256": "00"}},
                    {"directory": "checkouts", "cacheName": "c"}]}"#,
            ),
        )
        .unwrap();
        let contents: Vec<&Content> = mounted.iter().map(|mount| &mount.content).collect();
        assert_eq!(contents[0], &Content::RunTask("run-task"));
        assert_eq!(contents[1], &Content::Url("https://models/model.npz".into()));
        assert_eq!(contents[2], &Content::Cache("c".into()));
        let paths: Vec<&str> = mounted.iter().map(|mount| &*mount.path).collect();
        assert_eq!(paths, ["run-task", "artifacts/model.npz", "checkouts"]);
    }

    #[test]
    fn what_cannot_be_mounted_is_reported_together() {
        let messages = mounts(
            "t",
            &payload(
                r#"{"mounts": [{"file": "../x", "content": {"raw": ""}}, {"directory": "d", "format": "zip", "content": {"url": "x"}},
                    {"file": "f", "content": {"base64": ""}}]}"#,
            ),
        )
        .unwrap_err();
        assert_eq!(messages.len(), 3, "{messages:?}");
    }
}
