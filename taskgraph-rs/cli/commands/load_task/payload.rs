//! Payload of a worker, reduced to the parts that a container on this machine supports.

use crate::commands::load_task::definition::Task;
use crate::commands::load_task::generic_worker;
use crate::commands::load_task::generic_worker::{FOLDER, Mount, is_generic};
use crate::commands::load_task::plain_path::is_plain;
use crate::images::ARTIFACT;
use indexmap::IndexMap;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::Result;
use taskgraph::task::id::TaskId;
use taskgraph_compat::value::{Map, Value};

/// The variable that says what a task fetches.
pub(super) const FETCHES: &str = "MOZ_FETCHES";

/// The image that a payload names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Image {
    /// One that a registry has.
    Name(String),
    /// One that a task has left.
    Task(TaskId, String),
    /// One that a task has left that the index knows.
    Index(String, String),
}

/// A file or folder that a task leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Artifact {
    /// Name: `public/build`.
    pub name: String,
    /// Path in the container.
    pub path: String,
    /// Whether it is a folder.
    pub is_folder: bool,
}

/// Work of a container.
#[derive(Debug)]
pub(super) struct Payload {
    /// The image, if it names one.
    pub image: Option<Image>,
    /// The command, if it is not that of the image.
    pub command: Vec<String>,
    /// The environment.
    pub env: IndexMap<String, String>,
    /// Files for the folder that the command runs in, if it has one of its own, as with generic-worker.
    pub mounts: Option<Vec<Mount>>,
    /// Caches: their names, and the folders that they are.
    pub caches: IndexMap<String, String>,
    /// Artifacts.
    pub artifacts: Vec<Artifact>,
    /// Requirements that a container here cannot fulfil.
    pub lacking: Vec<String>,
}

/// Features of docker-worker that are about what becomes of a task, and not about what it finds.
const OUTSIDE: &[&str] = &["chainOfTrust", "backingLog", "liveLog", "bulkLog", "artifacts"];

impl Payload {
    /// Reads the payload of a task; all that is wrong at once. One without an image is refused, unless somebody names one.
    pub(super) fn read(task: &Task, has_image: bool) -> Result<Self> {
        let nothing = Map::default();
        let payload = task.definition.get("payload").and_then(Value::as_map).unwrap_or(&nothing);
        let mut problems = Vec::new();
        let mut wrong = |what: String| {
            problems.push(Problem::error("payload", format!("the payload of `{}` {what}", task.name)));
        };
        let by_label = task.by_label.get("payload").and_then(Value::as_map).unwrap_or(&nothing);
        let image = match by_label.get("image") {
            None | Some(Value::Null) if has_image && is_generic(payload) => {
                return Payload::read_generic(task, by_label);
            }
            None | Some(Value::Null) => return Err(no_image(task, payload).into()),
            Some(image) => image_of(image),
        };
        if image.is_none() {
            wrong(
                "has an `image` that is neither a name nor a task-image, indexed-image or docker-image"
                    .into(),
            );
        }
        let mut command = Vec::new();
        for word in payload.get("command").and_then(Value::as_list).unwrap_or_default() {
            match text(word) {
                Some(word) => command.push(word),
                None => wrong("has a `command` that is not a list of strings".into()),
            }
        }
        let mut texts = |key: &str| texts(payload, key, &mut wrong);
        let (mut env, caches) = (texts("env"), texts("cache"));
        // What is fetched is looked for by label.
        if let Some(Value::Str(fetches)) = by_label.get("env").and_then(|env| env.get(FETCHES)) {
            env.insert(FETCHES.to_owned(), fetches.to_string());
        }
        let artifacts = artifacts(payload.get("artifacts"));
        for artifact in &artifacts {
            if !is_plain(&artifact.name) {
                wrong(format!(
                    "has an artifact that is called `{}`, which is not a path below a folder",
                    artifact.name
                ));
            }
        }
        Problems(problems).check()?;
        let lacking = lacking(payload);
        Ok(Payload { image, command, env, mounts: None, caches, artifacts, lacking })
    }

    /// Reads the payload of a task for generic-worker. What is fetched and mounted from other tasks is looked for by label.
    fn read_generic(task: &Task, by_label: &Map) -> Result<Self> {
        let nothing = Map::default();
        let payload = task.definition.get("payload").and_then(Value::as_map).unwrap_or(&nothing);
        let mut problems = Vec::new();
        let mut messages = Vec::new();
        let mut env = texts(payload, "env", &mut |what| messages.push(what));
        if let Some(Value::Str(fetches)) = by_label.get("env").and_then(|env| env.get(FETCHES)) {
            env.insert(FETCHES.to_owned(), fetches.to_string());
        }
        let command = generic_worker::command(payload).unwrap_or_else(|what| {
            messages.push(what);
            Vec::new()
        });
        let mounts = generic_worker::mounts(&task.name, by_label).unwrap_or_else(|mut found| {
            problems.append(&mut found);
            Vec::new()
        });
        let mut artifacts = artifacts(payload.get("artifacts"));
        for artifact in &mut artifacts {
            if !is_plain(&artifact.name) {
                messages.push(format!(
                    "has an artifact that is called `{}`, which is not a path below a folder",
                    artifact.name
                ));
            }
            if !artifact.path.starts_with('/') {
                artifact.path = format!("{FOLDER}/{}", artifact.path.trim_start_matches("./"));
            }
        }
        let messages = messages.iter().map(|what| format!("the payload of `{}` {what}", task.name));
        problems.extend(messages.map(|message| Problem::error("payload", message)));
        Problems(problems).check()?;
        let caches = mounts.iter().filter_map(|mount| match &mount.content {
            generic_worker::Content::Cache(name) => Some((name.clone(), format!("{FOLDER}/{}", mount.path))),
            _ => None,
        });
        let caches = caches.collect();
        let lacking = lacking(payload);
        Ok(Payload { image: None, command, env, mounts: Some(mounts), caches, artifacts, lacking })
    }
}

/// The texts of a section by their names.
fn texts(payload: &Map, key: &str, wrong: &mut dyn FnMut(String)) -> IndexMap<String, String> {
    let mut texts = IndexMap::new();
    for (name, value) in payload.get(key).and_then(Value::as_map).into_iter().flat_map(Map::iter) {
        match text(value) {
            Some(value) => {
                texts.insert(name.to_string(), value);
            }
            None => wrong(format!("has no text at `{key}.{name}`")),
        }
    }
    texts
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Str(text) => Some(text.to_string()),
        Value::Int(number) => Some(number.to_string()),
        Value::Bool(word) => Some(word.to_string()),
        _ => None,
    }
}

fn image_of(image: &Value) -> Option<Image> {
    let at = |key: &str| image.get(key).and_then(Value::as_str).map(str::to_owned);
    let artifact = || at("path").unwrap_or_else(|| ARTIFACT.to_owned());
    match (image, at("type").as_deref()) {
        (Value::Str(name), _) => Some(Image::Name(name.to_string())),
        (_, Some("docker-image")) => at("name").map(Image::Name),
        (_, Some("task-image")) => Some(Image::Task(TaskId::parse(&at("taskId")?).ok()?, artifact())),
        (_, Some("indexed-image")) => Some(Image::Index(at("namespace")?, artifact())),
        _ => None,
    }
}

fn artifacts(value: Option<&Value>) -> Vec<Artifact> {
    let one = |name: &str, artifact: &Value| {
        let at = |key: &str| artifact.get(key).and_then(Value::as_str);
        let is_folder = at("type") == Some("directory");
        // A `volume` is a folder that is mounted from elsewhere: nothing of it is left.
        (is_folder || at("type") == Some("file"))
            .then(|| Some(Artifact { name: name.to_owned(), path: at("path")?.to_owned(), is_folder }))
            .flatten()
    };
    match value {
        Some(Value::Map(map)) => map.iter().filter_map(|(name, artifact)| one(name, artifact)).collect(),
        Some(Value::List(list)) => {
            let name = |artifact: &Value| artifact.get("name").and_then(Value::as_str).map(str::to_owned);
            list.iter().filter_map(|artifact| one(&name(artifact)?, artifact)).collect()
        }
        _ => Vec::new(),
    }
}

fn lacking(payload: &Map) -> Vec<String> {
    let section = |key: &'static str| {
        let entries = payload.get(key).and_then(Value::as_map).into_iter().flat_map(Map::iter);
        entries.filter(|(_, value)| value.truthy()).map(move |(name, _)| (key, name))
    };
    section("features")
        .filter(|(_, name)| !OUTSIDE.contains(&&***name))
        .chain(section("capabilities"))
        .map(|(key, name)| format!("{key}.{name}"))
        .collect()
}

/// Builds the problem of a task without an image.
fn no_image(task: &Task, payload: &Map) -> Problems {
    let at = |key: &str| task.definition.get(key).and_then(Value::as_str).unwrap_or("?");
    let worker = format!("{}/{}", at("provisionerId"), at("workerType"));
    let is_generic = is_generic(payload);
    let (label, help) = match (is_generic, payload.is_empty()) {
        (true, _) => (
            format!("it is for generic-worker, on {worker}"),
            "--image names an image that it can run in: one with bash, python3 and whatever its commands call",
        ),
        (false, true) => {
            (format!("nothing runs for it: it is for {worker}"), "name a task that has a command")
        }
        (false, false) => (
            format!("its payload names no image; it is for {worker}"),
            "what runs here are tasks for docker-worker, whose payload names an image",
        ),
    };
    let message = format!("`{}` does not run in a container", task.name);
    Problem::error("no-docker-worker", message).at(Default::default(), label).help(help).into()
}
