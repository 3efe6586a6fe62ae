//! Constructs in task descriptions that a newer Taskgraph refuses or ignores.

use crate::{chunking, from_deps, notify, task_context};
use taskgraph::generator::Project;
use taskgraph::generator::verify::has_bad_index_path;
use taskgraph::graph_config::GraphConfig;
use taskgraph::newer_taskgraph::{Change, Effect};
use taskgraph::schema::Schema;
use taskgraph::schema::fields::Fields;
use taskgraph::taskgraph_version::{TaskgraphVersion, since};
use taskgraph::transform::TaskDescription;
use taskgraph::transform::kind::Kind;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Value};

/// Sections whose unknown keys are refused later: the transform that reads each, its key and its newest schema.
const SECTIONS: &[(&str, &str, &Schema)] = &[
    ("taskgraph.transforms.task_context", "task-context", &task_context::WITH_CUSTOM),
    ("taskgraph.transforms.from_deps", "from-deps", &from_deps::FROM_DEPS),
    ("taskgraph.transforms.chunking", "chunk", &chunking::CHUNK),
    (NOTIFY, "notify", &notify::NOTIFY),
    (NOTIFY, "notifications", &notify::NOTIFICATIONS),
];

const NOTIFY: &str = "taskgraph.transforms.notify";

/// Features that docker-worker no longer has.
const REMOVED: &[(&str, TaskgraphVersion)] = &[
    ("docker-in-docker", since::NO_PRIVILEGED),
    ("loopback-audio", since::NO_PRIVILEGED),
    ("privileged", since::NO_PRIVILEGED),
    ("relengapi-proxy", since::NO_RELENGAPI),
];

/// Differences in the tasks of all kinds. Additions by a transform of the tree are not part of them yet.
pub fn changes(project: &Project) -> Vec<Change> {
    let mut changes = Vec::new();
    for kind in project.kinds.values() {
        for description in &kind.descriptions {
            Task { kind, description, config: &project.config, changes: &mut changes }.look();
        }
    }
    changes
}

/// A task as it is written.
struct Task<'t> {
    kind: &'t Kind,
    description: &'t TaskDescription,
    config: &'t GraphConfig,
    changes: &'t mut Vec<Change>,
}

impl Task<'_> {
    fn look(&mut self) {
        for (transform, key, schema) in SECTIONS {
            let section = self.description.fields.get(*key).filter(|_| self.has(transform));
            let Some(section) = section else { continue };
            match section {
                Value::Map(section) if *key == "notify" => self.notify(schema, section),
                _ => self.unknown_keys(schema, section, &KeyPath::dotted(key)),
            }
        }
        if self.has("taskgraph.transforms.run") {
            self.sparse_profile();
        }
        if self.has("taskgraph.transforms.run") || self.has("taskgraph.transforms.task") {
            self.docker_features();
            self.index_paths();
        }
    }

    /// Whether the kind has a transform of Taskgraph.
    fn has(&self, transform: &str) -> bool {
        let names = |name: &str| name.strip_suffix(":transforms").unwrap_or(name) == transform;
        self.kind.transforms.iter().any(|(name, _)| names(name))
    }

    fn add(&mut self, since: TaskgraphVersion, effect: Effect, message: String, path: &KeyPath) {
        let place = self.description.origin.place(path);
        self.changes.extend(place.map(|place| Change::new(since, effect, message, &place)));
    }

    fn unknown_keys(&mut self, schema: &Schema, section: &Value, path: &KeyPath) {
        for violation in schema.unknown_keys(section) {
            let path = path.concat(&violation.path);
            self.add(since::CLOSED_SECTIONS, Effect::Refused, format!("unknown key `{path}`"), &path);
        }
    }

    /// The types of recipients have a schema each.
    fn notify(&mut self, schema: &Schema, notify: &Map) {
        let mut rest = notify.clone();
        let recipients = rest.take("recipients").unwrap_or(Value::Null);
        self.unknown_keys(schema, &rest.into(), &KeyPath::dotted("notify"));
        let recipients = recipients.as_list().unwrap_or_default();
        for (index, recipient) in recipients.iter().enumerate() {
            let of = recipient.get("type").and_then(Value::as_str);
            let known = notify::RECIPIENTS.iter().find(|(name, ..)| Some(*name) == of);
            if let Some((_, _, schema)) = known {
                self.unknown_keys(schema, recipient, &KeyPath::dotted("notify.recipients").join(index));
            }
        }
    }

    fn sparse_profile(&mut self) {
        let run = self.description.fields.get("run");
        let using = run.and_then(|run| run.get("using")?.as_str());
        let is_read = matches!(using, Some("run-task" | "toolchain-script"));
        if is_read && run.and_then(|run| run.get("sparse-profile")).is_some_and(Value::truthy) {
            let path = KeyPath::dotted("run.sparse-profile");
            let message = format!("`{path}` is refused, and from {} on ignored", since::CLOSED_SECTIONS);
            self.add(since::NO_SPARSE_PROFILES, Effect::Refused, message, &path);
        }
    }

    fn docker_features(&mut self) {
        let Some(worker) = self.description.fields.get("worker") else { return };
        if !self.may_be_docker(worker) {
            return;
        }
        for (flag, since) in REMOVED.iter().filter(|(flag, _)| worker.get(flag).is_some_and(Value::truthy)) {
            let path = KeyPath::dotted("worker").join(*flag);
            self.add(*since, Effect::Ignored, format!("`{path}` of docker-worker is gone"), &path);
        }
    }

    /// Whether docker-worker may run it. A `worker-type` may be chosen later.
    fn may_be_docker(&self, worker: &Value) -> bool {
        let written = worker.get("implementation").and_then(Value::as_str);
        let alias = self.description.fields.get("worker-type").and_then(Value::as_str);
        let found =
            alias.and_then(|alias| self.config.worker(alias).ok()).map(|worker| worker.implementation);
        written.or(found).is_none_or(|implementation| implementation == "docker-worker")
    }

    /// Index paths that are written out. What is filled into others is not known yet.
    fn index_paths(&mut self) {
        let refused = |path: &str| !path.contains('{') && has_bad_index_path(path);
        let mut found = Vec::new();
        let routes = self.description.fields.get("routes").and_then(Value::as_list).unwrap_or_default();
        for (position, route) in routes.iter().enumerate() {
            let path = KeyPath::dotted("routes").join(position);
            found.extend(route.as_str().filter(|route| refused(route)).map(|route| (path, route)));
        }
        let index = self.description.fields.get("index");
        for key in ["product", "job-name"] {
            let part = index.and_then(|index| index.get(key)?.as_str());
            let part = part.filter(|part| refused(&format!("index.{part}")));
            found.extend(part.map(|part| (KeyPath::dotted("index").join(key), part)));
        }
        for (path, text) in found {
            let message =
                format!("`{text}` has an empty part, or characters that an index path may not have");
            self.add(since::INDEX_PATHS, Effect::Refused, message, &path);
        }
    }
}
