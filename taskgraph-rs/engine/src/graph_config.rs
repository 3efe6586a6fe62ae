//! The graph config: `config.yml` at the root of a tree.

use std::sync::Arc;

use anyhow::{Result, bail};

use crate::diagnostics::document::load;
use crate::diagnostics::origin::problem_of;
use crate::diagnostics::{Problem, Problems, place_of_value};
use crate::keyed_by::{choose, evaluate};
use crate::mozilla_taskgraph_version::MozillaVersion;
use crate::schema::{Field, STRINGS, Schema, Violation, optional, required};
use crate::taskgraph_version::TaskgraphVersion;
use crate::tree::Tree;
use taskgraph_compat::python::format;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Value};
use taskgraph_compat::yaml::Document;
use taskgraph_compat::{map, python, suggest};

/// The priorities that Taskcluster knows, highest first.
pub const PRIORITIES: &[&str] = &["highest", "very-high", "high", "medium", "low", "very-low", "lowest"];

/// The caches that `run.use-caches` may name.
pub const CACHES: &[&str] = &["cargo", "checkout", "npm", "pip", "uv"];

/// The names of actions that a tree does not offer. Only newer versions of Taskgraph look there.
pub const DISABLED_ACTIONS: &str = "disabled-actions";

const KEYED_BY_LEVEL: Schema = Schema::KeyedBy(&["level"], &Schema::Str);

const ALIAS: Schema = Schema::Open(
    &[
        required("provisioner", KEYED_BY_LEVEL),
        required("implementation", Schema::Str),
        required("os", Schema::Str),
        required("worker-type", KEYED_BY_LEVEL),
    ],
    &Schema::Any,
);

const TASKGRAPH: &[Field] = &[
    optional("register", Schema::Str),
    optional("decision-parameters", Schema::Str),
    optional("cached-task-prefix", Schema::Str),
    optional("cache-pull-requests", Schema::Bool),
    optional("index-path-regexes", STRINGS),
    optional(DISABLED_ACTIONS, STRINGS),
    optional(
        "run",
        Schema::Open(
            &[optional(
                "use-caches",
                Schema::Either(
                    &[Schema::Bool, Schema::List(&Schema::Word(CACHES))],
                    "true, false or a list of caches",
                ),
            )],
            &Schema::Any,
        ),
    ),
    required(
        "repositories",
        Schema::MapOf(&Schema::Open(
            &[
                required("name", Schema::Str),
                optional("project-regex", Schema::Str),
                optional("ssh-secret-name", Schema::Str),
            ],
            &Schema::Str,
        )),
    ),
];

/// The schema of config.yml; trees may add keys of their own everywhere.
pub const SCHEMA: Schema = Schema::Open(
    &[
        required("trust-domain", Schema::Str),
        optional("docker-image-kind", Schema::Str),
        required("task-priority", Schema::KeyedBy(&["project", "level"], &Schema::Word(PRIORITIES))),
        optional("task-deadline-after", Schema::KeyedBy(&["project"], &Schema::Str)),
        optional("task-expires-after", Schema::Str),
        required("workers", Schema::Open(&[required("aliases", Schema::MapOf(&ALIAS))], &Schema::Any)),
        required("taskgraph", Schema::Open(TASKGRAPH, &Schema::Any)),
    ],
    &Schema::Any,
);

/// Sections that Taskgraph lets unknown keys pass in until 19.1.
const CLOSED_LATER: &[(&[&str], Schema)] = &[
    (&["workers"], Schema::Open(&[required("aliases", Schema::MapOf(&ALIAS))], &Schema::Any)),
    (&["taskgraph"], Schema::Open(TASKGRAPH, &Schema::Any)),
];

/// Unknown keys of those sections.
fn closed_later(config: &Value) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (path, schema) in CLOSED_LATER {
        let section = path.iter().try_fold(config, |value, key| value.get(key));
        let unknown = section.map(|section| schema.unknown_keys(section)).unwrap_or_default();
        let path = KeyPath::dotted(&path.join("."));
        violations.extend(
            unknown
                .into_iter()
                .map(|violation| Violation { path: path.concat(&violation.path), ..violation }),
        );
    }
    violations
}

/// The worker that an alias stands for.
#[derive(Debug, PartialEq, Eq)]
pub struct Worker<'c> {
    /// `docker-worker`, `generic-worker`, …
    pub implementation: &'c str,
    /// The operating system; the built-in workers have none.
    pub os: Option<&'c str>,
}

/// The graph config.
pub struct GraphConfig {
    values: Map,
    /// The version of Taskgraph that the tree is for.
    pub version: TaskgraphVersion,
    /// The version of mozilla-taskgraph that the tree is for, if it uses it.
    pub mozilla: MozillaVersion,
    /// The file it was read from.
    pub document: Arc<Document>,
}

impl GraphConfig {
    /// Reads and checks the config of a tree for a version of Taskgraph.
    pub fn load(tree: &Tree, version: TaskgraphVersion) -> Result<Self> {
        let (document, value) = load(tree.read("config.yml")?)?;
        let mut violations = SCHEMA.check(&value);
        if version.refuses_unknown_keys_of_sections() {
            violations.extend(closed_later(&value));
        }
        let mut problems: Vec<_> = violations
            .iter()
            .map(|violation| problem_of(violation, violation.path.clone(), Some(&document)))
            .collect();
        let repositories = value.get("taskgraph").and_then(|taskgraph| taskgraph.get("repositories"));
        if repositories.and_then(Value::as_map).is_some_and(Map::is_empty) {
            let path = "taskgraph.repositories".into();
            let place = Some(place_of_value(&document, &path));
            problems.push(
                Problem::error("wrong-value", "`repositories` must have at least one entry")
                    .at(path, "found none")
                    .in_place(place),
            );
        }
        Problems(problems).check()?;
        let values = value.as_map().cloned().unwrap_or_default();
        Ok(GraphConfig { values, version, mozilla: MozillaVersion::default(), document })
    }

    /// Keys that the Taskgraph of the tree lets pass, and one from 19.1 on refuses.
    pub fn keys_refused_later(&self) -> Vec<Violation> {
        match self.version.refuses_unknown_keys_of_sections() {
            true => Vec::new(),
            false => closed_later(&self.values.clone().into()),
        }
    }

    /// All of it.
    pub fn values(&self) -> &Map {
        &self.values
    }

    /// A top-level value.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.values.get(key)
    }

    /// A value of the section `taskgraph`.
    pub fn taskgraph(&self, key: &str) -> Option<&Value> {
        self.values.get("taskgraph")?.get(key)
    }

    /// The trust domain.
    pub fn trust_domain(&self) -> &str {
        self.values.get("trust-domain").and_then(Value::as_str).unwrap_or_default()
    }

    /// Returns the scheduler of the tasks of this tree at an SCM level.
    pub fn scheduler_id(&self, level: &str) -> String {
        format!("{}-level-{level}", self.trust_domain())
    }

    /// `task-expires-after`, or what the reference takes without it.
    pub fn expires_after(&self) -> &str {
        self.values.get("task-expires-after").and_then(Value::as_str).unwrap_or("28 days")
    }

    /// A top-level value, resolved by project. Python: `get_default_priority`, `get_default_deadline`.
    pub fn by_project(&self, key: &str, project: &str) -> Result<Option<Value>> {
        let Some(value) = self.values.get(key) else { return Ok(None) };
        evaluate(value, &format!("`{key}` in config.yml"), |name| (name == "project").then(|| project.into()))
            .map(Some)
    }

    /// Implementation and operating system of a worker alias.
    pub fn worker(&self, alias: &str) -> Result<Worker<'_>> {
        if let Some((_, implementation)) = built_in(alias) {
            return Ok(Worker { implementation, os: None });
        }
        let worker = self.alias(alias)?;
        let text = |key: &str| worker.get(key).and_then(Value::as_str);
        Ok(Worker { implementation: text("implementation").unwrap_or_default(), os: text("os") })
    }

    /// Provisioner and worker type of a worker alias at a level.
    pub fn worker_type(&self, alias: &str, level: &str) -> Result<(String, String)> {
        if let Some((provisioner, worker_type)) = built_in(alias) {
            return Ok((provisioner.into(), worker_type.into()));
        }
        let worker = self.alias(alias)?;
        let resolve = |key: &str| -> Result<String> {
            let value = worker.get(key).unwrap_or(&Value::Null);
            let value = evaluate(value, &format!("`{key}` of worker alias `{alias}`"), |name| {
                (name == "level").then(|| level.into())
            })?;
            let names = map! { "alias" => alias, "level" => level, "trust-domain" => self.trust_domain() };
            Ok(format(value.as_str().unwrap_or_default(), |name| names.get(name))?.into_owned())
        };
        Ok((resolve("provisioner")?, resolve("worker-type")?))
    }

    fn alias(&self, alias: &str) -> Result<&Value> {
        let aliases = self.values.get("workers").and_then(|workers| workers.get("aliases"));
        let Some(aliases) = aliases.and_then(Value::as_map) else {
            bail!("config.yml has no worker aliases")
        };
        choose(aliases, alias, "alias", "the worker aliases in config.yml").map_err(|error| {
            match suggest::nearest(alias, aliases.keys().map(|key| &**key)) {
                Some(nearest) => {
                    error.context(format!("unknown worker `{alias}`; did you mean `{nearest}`?"))
                }
                None => error.context(format!("unknown worker {}", python::repr(&alias.into()))),
            }
        })
    }
}

/// Provisioner and worker type of the workers that are not machines.
fn built_in(alias: &str) -> Option<(&'static str, &'static str)> {
    match alias {
        "always-optimized" => Some(("invalid", "always-optimized")),
        "succeed" => Some(("built-in", "succeed")),
        _ => None,
    }
}
