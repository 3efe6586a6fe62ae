//! The task descriptions of a kind: those in `kind.yml`, and those in the files that it names.

use crate::diagnostics::document::load;
use crate::diagnostics::origin::{Location, Origin};
use crate::diagnostics::{Problem, place_of_key, place_of_value};
use crate::error::{Error, Result};
use crate::loader::kind_file::Loading;
use crate::schema::fields::Fields;
use crate::transform::TaskDescription;
use crate::transform::substitute::merge;
use crate::type_map::TypeMap;
use std::sync::Arc;
use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::yaml::Document;

impl Loading<'_> {
    /// Python: `taskgraph.loader.transform.loader`.
    pub(super) fn descriptions(&mut self, folder: &str) -> Result<Vec<TaskDescription>> {
        let config = self.config.clone();
        let own = self.document.clone();
        let defaults = self.defaults(&own, config.get("task-defaults"));
        let defaults = defaults.as_ref();
        let default_spot = Location { document: self.document.clone(), path: "task-defaults".into() };
        let mut out = Vec::new();
        if let Some(tasks) = config.get("tasks") {
            let document = self.document.clone();
            let locations = Vec::from_iter(defaults.map(|_| default_spot.clone()));
            self.add_stubs(&document, "tasks".into(), tasks, defaults, &locations, "kind.yml", &mut out);
        }
        for (index, file) in self.strings("tasks-from").into_iter().enumerate() {
            if !self.tree.has(&format!("{folder}/{file}")) {
                let message = format!("there is no `{file}` in `{}`", self.tree.from_top(folder));
                self.wrong(KeyPath::dotted("tasks-from").join(index), message, "no such file".into());
                continue;
            }
            let read = self.tree.read(&format!("{folder}/{file}")).map_err(Error::from);
            let (document, value) = match read.and_then(load) {
                Ok(project) => project,
                Err(error) => {
                    self.problems.extend(error.into_problems()?);
                    continue;
                }
            };
            let Value::Map(mut tasks) = value else {
                let place = Some(place_of_key(&document, &KeyPath::default()));
                let message = format!("`{file}` must be a map of tasks");
                self.problems.push(Problem::error("wrong-value", message).in_place(place));
                continue;
            };
            let own = Arc::make_mut(&mut tasks).take("task-defaults");
            let own = self.defaults(&document, own.as_ref());
            let mut locations = Vec::new();
            if own.is_some() {
                locations.push(Location { document: document.clone(), path: "task-defaults".into() });
            }
            let merged = match (defaults, own) {
                (Some(defaults), Some(own)) => Some(merge(defaults, &own)),
                (Some(defaults), None) => Some(defaults.clone()),
                (None, own) => own,
            };
            locations.extend(defaults.map(|_| default_spot.clone()));
            let tasks = Value::Map(tasks);
            self.add_stubs(
                &document,
                KeyPath::default(),
                &tasks,
                merged.as_ref(),
                &locations,
                &file,
                &mut out,
            );
        }
        Ok(out)
    }

    /// The defaults of a file, which have to be a map. Python: what is empty counts as absent, whatever it is.
    fn defaults(&mut self, document: &Arc<Document>, written: Option<&Value>) -> Option<Value> {
        let defaults = written.filter(|defaults| defaults.truthy())?;
        if defaults.as_map().is_none() {
            let path = KeyPath::dotted("task-defaults");
            let place = Some(place_of_value(document, &path));
            let problem = Problem::error("wrong-value", "`task-defaults` must be a map");
            self.problems.push(problem.at(path, format!("found {}", defaults.sort())).in_place(place));
            return None;
        }
        Some(defaults.clone())
    }

    #[expect(clippy::too_many_arguments, reason = "the two callers differ in each of them")]
    fn add_stubs(
        &mut self,
        document: &Arc<Document>,
        path: KeyPath,
        tasks: &Value,
        defaults: Option<&Value>,
        default_spots: &[Location],
        file: &str,
        out: &mut Vec<TaskDescription>,
    ) {
        let wrong = |path: KeyPath, message: String, found: &Value| {
            let place = Some(place_of_value(document, &path));
            Problem::error("wrong-value", message).at(path, format!("found {}", found.sort())).in_place(place)
        };
        let Some(tasks) = tasks.as_map() else {
            self.problems.push(wrong(path, "`tasks` must be a map".into(), tasks));
            return;
        };
        for (name, task) in tasks {
            let path = path.join(name);
            if task.as_map().is_none() {
                self.problems.push(wrong(path, format!("task `{name}` must be a map"), task));
                continue;
            }
            let task = defaults.map_or_else(|| task.clone(), |defaults| merge(defaults, task));
            let mut fields = task.as_map().cloned().unwrap_or_default();
            fields.put("task-from", file);
            fields.put("name", name);
            let own = Location { document: document.clone(), path };
            let locations = std::iter::once(own).chain(default_spots.iter().cloned()).collect();
            let origin = Arc::new(Origin { kind: self.name.clone(), name: name.clone(), locations });
            out.push(TaskDescription { fields, origin, extensions: TypeMap::default(), trail: None });
        }
    }
}
