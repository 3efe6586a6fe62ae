//! Keys of the training config that nothing reads. Known only after a graph was generated, from the record of
//! reads.

use std::collections::BTreeSet;

use crate::config::is_empty;
use crate::pipeline::Training;
use taskgraph::diagnostics::{Problem, Severity};
use taskgraph::generator::Project;
use taskgraph::parameters::Params;
use taskgraph::schema::{Field, Schema};
use taskgraph_compat::suggest;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Value};

/// Largest number of names that a message lists.
const NAMED: usize = 6;

/// Keys of the training config `own` that have no effect on the full graph that was made with `params`, all as
/// warnings: whoever asks for a graph alone gets it.
pub fn unread(project: &Project, params: &Params, own: &Value) -> Vec<Problem> {
    let Some(training) = crate::pipeline::of(&project.extension) else { return Vec::new() };
    let mut problems = other_keys(training, params);
    let known: Vec<KeyPath> = problems.iter().map(|problem| problem.path.clone()).collect();
    let unread = without_effect(project, training, params, own);
    problems.extend(unread.into_iter().filter(|problem| !known.contains(&problem.path)));
    problems.iter_mut().for_each(|problem| problem.severity = Severity::Warning);
    problems
}

/// Keys of another layout, which are refused before a graph is made; the answer says what to write in this tree.
pub fn other_keys(training: &Training, params: &Params) -> Vec<Problem> {
    let keys = training.other_keys.iter().map(|(path, instead)| (KeyPath::dotted(path), instead));
    keys.filter(|(path, _)| params.find(path).is_some())
        .map(|(path, instead)| {
            let key = path.last_key().unwrap_or_default();
            let mut problem = Problem::error("no-effect", format!("`{key}` has no effect in this tree"));
            if params.find(&path).is_some_and(is_empty) {
                problem.severity = Severity::Warning;
            }
            at_key(problem, params, &path, "no kind of this tree reads it").help(*instead)
        })
        .collect()
}

/// Keys of the training config `own` that had no effect on the graph that was made with `params`.
pub fn without_effect(project: &Project, training: &Training, params: &Params, own: &Value) -> Vec<Problem> {
    // What Python reads is not noted: a key that only it reads must not be called one without effect.
    if project.uses_python() {
        return Vec::new();
    }
    let path = KeyPath::dotted(training.parameter);
    let field = project.extension.parameters.iter().find(|field| field.name == training.parameter);
    let mut walk = Walk { project, training, params, problems: Vec::new() };
    walk.map(field.map(|field| &field.schema), own, &path);
    walk.problems
}

/// The providers of datasets that kinds take; none if the kinds do not say it.
pub fn providers(project: &Project) -> BTreeSet<&str> {
    let descriptions = project.kinds.values().flat_map(|kind| &kind.descriptions);
    descriptions
        .filter_map(|description| description.fields.get("dataset-config")?.get("provider")?.as_str())
        .collect()
}

/// Datasets of providers that no kind takes.
pub fn unknown_providers(project: &Project, training: &Training, params: &Params) -> Vec<Problem> {
    let providers = providers(project);
    let path = KeyPath::dotted(training.datasets);
    let categories = params.find(&path).and_then(Value::as_map).filter(|_| !providers.is_empty());
    let mut problems = Vec::new();
    for (category, list) in categories.into_iter().flatten() {
        for (index, name) in list.as_list().unwrap_or_default().iter().enumerate() {
            let Some((provider, _)) = name.as_str().and_then(|name| name.split_once('_')) else { continue };
            if providers.contains(provider) {
                continue;
            }
            let path = path.join(category).join(index);
            let label = match suggest::nearest(provider, providers.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("they take {}", suggest::list(&providers).replace(" or ", " and ")),
            };
            problems.push(
                Problem::warning("no-provider", format!("no kind takes datasets of `{provider}`"))
                    .at(params.path_in_file(&path), label)
                    .in_place(params.place_of_value(&path)),
            );
        }
    }
    problems
}

/// Keys that only the `train` action reads.
pub fn for_the_action<'t>(training: &'t Training, params: &Params) -> Vec<&'t str> {
    let keys = training.action_keys.iter().map(|path| (*path, KeyPath::dotted(path)));
    let there = keys.filter(|(_, path)| params.find(path).is_some_and(Value::truthy));
    there.map(|(path, _)| path.rsplit('.').next().unwrap_or(path)).collect()
}

struct Walk<'w> {
    project: &'w Project,
    training: &'w Training,
    params: &'w Params,
    problems: Vec<Problem>,
}

impl Walk<'_> {
    fn map(&mut self, schema: Option<&Schema>, value: &Value, path: &KeyPath) {
        let Some(map) = value.as_map() else { return };
        for (key, value) in map {
            let path = path.join(key);
            let (field, inner) = within(schema, key);
            // A section that is read as a whole, for a digest say, has no use for keys that nothing knows.
            let is_known = field.is_some() || !matches!(schema, Some(Schema::Map(_)));
            let is_read = match is_known {
                true => self.params.was_read(&path),
                false => self.params.was_read_by_name(&path),
            };
            // Where names were looked up, and none of them is there, each entry is reported with the name that was meant.
            let is_free =
                matches!(inner, Some(Schema::MapOf(_) | Schema::Open(..))) && value.as_map().is_some();
            if is_read || is_known && is_free && !self.params.looked_up(&path).is_empty() {
                self.map(inner, value, &path);
            } else if field.is_some_and(|field| field.required) {
                // It cannot be left out; what nothing knows in it can.
                self.unknown(inner, value, &path);
            } else if !self.is_excused(value, &path) {
                let problem = self.unread(schema, inner.is_some() && field.is_none(), map, key, &path);
                self.problems.push(problem);
            }
        }
    }

    /// Keys that nothing knows, in a section that nothing reads and that has to be there.
    fn unknown(&mut self, schema: Option<&Schema>, value: &Value, path: &KeyPath) {
        let (Some(Schema::Map(_)), Some(map)) = (schema, value.as_map()) else { return };
        for (key, value) in map {
            let path = path.join(key);
            match within(schema, key) {
                (Some(_), inner) => self.unknown(inner, value, &path),
                (None, _) if is_empty(value) => {}
                (None, _) => {
                    let problem = self.unread(schema, false, map, key, &path);
                    self.problems.push(problem);
                }
            }
        }
    }

    /// Whether a value needs no effect: it is empty, or its key is for the action.
    fn is_excused(&self, value: &Value, path: &KeyPath) -> bool {
        is_empty(value) || self.training.action_keys.contains(&path.to_string().as_str())
    }

    fn unread(
        &self,
        schema: Option<&Schema>,
        is_entry: bool,
        map: &Map,
        key: &str,
        path: &KeyPath,
    ) -> Problem {
        let problem = Problem::warning("no-effect", format!("`{key}` has no effect"));
        let label = match self.near(schema, is_entry, map, key, path) {
            Some(near) => format!("did you mean `{near}`?"),
            None if is_entry && key.contains('.') => "a name with a dot in it is never found".into(),
            None if self.params.were_entries_read(&path.parent()) => {
                "tasks are made for what it lists, and nothing uses them: no kind asks for this name".into()
            }
            None if is_entry && names_kinds(schema) => "there is no kind of this name".into(),
            None if is_entry => self.not_looked_up(path),
            None => "nothing reads it".into(),
        };
        let mut problem = at_key(problem, self.params, path, &label);
        if is_entry && key.contains('.') {
            problem =
                problem.help("the pipeline looks names up by dotted paths, and every dot parts two keys");
        }
        let models = KeyPath::dotted(self.training.models);
        if path.0.starts_with(&models.0) {
            problem.severity = Severity::Error;
        }
        problem
    }

    /// In which list nobody looks for a name, and what is looked for there.
    fn not_looked_up(&self, path: &KeyPath) -> String {
        let parent = path.parent();
        let list = self.params.path_in_file(&parent);
        let names: Vec<String> =
            self.params.looked_up(&parent).iter().map(|name| format!("`{name}`")).collect();
        let more = names.len().saturating_sub(NAMED);
        match names.is_empty() {
            true => format!("no task looks for a name in `{list}`"),
            false if more > 1 => {
                let shown = names[..NAMED].join(", ");
                format!(
                    "no task looks for this name in `{list}`: what is looked for there is {shown} and {more} more"
                )
            }
            false => {
                let all = suggest::list(names).replace(" or ", " and ");
                format!("no task looks for this name in `{list}`: what is looked for there is {all}")
            }
        }
    }

    /// The key that may have been meant, and is not there: one that the schema names, a kind where kinds are keys, or
    /// a name that was looked up.
    fn near(
        &self,
        schema: Option<&Schema>,
        is_entry: bool,
        map: &Map,
        key: &str,
        path: &KeyPath,
    ) -> Option<String> {
        let named: &[Field] = match schema {
            Some(Schema::Map(fields) | Schema::Open(fields, _)) => fields,
            _ => &[],
        };
        let kinds = self.project.kinds.keys().map(|kind| &**kind).filter(|_| is_entry && names_kinds(schema));
        let looked_up = self.params.looked_up(&path.parent());
        let names = named.iter().map(|field| field.name).chain(kinds);
        let names = names.chain(looked_up.iter().map(String::as_str));
        suggest::nearest(key, names).filter(|name| !map.contains_key(*name)).map(str::to_owned)
    }
}

/// Whether the free keys of a map are kinds: `worker-classes`, which names a default besides.
fn names_kinds(schema: Option<&Schema>) -> bool {
    matches!(schema, Some(Schema::Open(..)))
}

/// The field that names `key`, and the schema of what stands there.
fn within<'s>(schema: Option<&'s Schema>, key: &str) -> (Option<&'s Field>, Option<&'s Schema>) {
    match schema {
        Some(Schema::Map(fields)) => {
            let field = fields.iter().find(|field| field.name == key);
            (field, field.map(|field| &field.schema))
        }
        Some(Schema::Open(fields, rest)) => {
            let field = fields.iter().find(|field| field.name == key);
            (field, Some(field.map_or(*rest, |field| &field.schema)))
        }
        Some(Schema::MapOf(inner)) => (None, Some(inner)),
        _ => (None, None),
    }
}

fn at_key(problem: Problem, params: &Params, path: &KeyPath, label: &str) -> Problem {
    problem.at(params.path_in_file(path), label).in_place(params.place_of_key(path))
}
