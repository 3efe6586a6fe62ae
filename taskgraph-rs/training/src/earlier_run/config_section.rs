//! Writes the section of a config that provides the products: as text of its own, or into a config whose comments
//! and order stay.

use std::sync::Arc;

use crate::earlier_run::find::Continuation;
use crate::upgrade::Draft;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::Result;
use taskgraph::schema::fields::Fields as _;
use taskgraph_compat::source::Source;
use taskgraph_compat::value::path::{KeyPath, Step};
use taskgraph_compat::value::{Map, Value};
use taskgraph_compat::yaml;

/// A config with the section in it.
#[derive(Debug)]
pub struct Section {
    /// The text.
    pub text: String,
    /// The keys that were written.
    pub keys: Vec<KeyPath>,
}

/// The section alone, as YAML.
pub fn section(found: &Continuation) -> String {
    let mut root = Map::default();
    for (item, value) in &found.sections {
        put(&mut root, &item.product.path.0, value.clone());
    }
    yaml::write(&root.into())
}

fn put(map: &mut Map, path: &[Step], value: Map) {
    let [Step::Key(key), rest @ ..] = path else { return };
    if rest.is_empty() {
        return map.put(key, value);
    }
    let mut inside = map.get(key).and_then(Value::as_map).cloned().unwrap_or_default();
    put(&mut inside, rest, value);
    map.put(key, inside);
}

/// Writes the section into a config. `parameter` is the key that a config stands under in a whole set of parameters.
pub fn write(source: Arc<Source>, parameter: &str, found: &Continuation) -> Result<Section> {
    let mut draft = Draft::read(source, parameter)?;
    let mut keys = Vec::new();
    let mut problems = Vec::new();
    for (item, value) in &found.sections {
        let elsewhere = item.product.elsewhere.as_ref();
        let stands_elsewhere = elsewhere.filter(|path| draft.get(&path.parent()).is_some_and(Value::truthy));
        let path = stands_elsewhere.unwrap_or(&item.product.path).clone();
        match set(&mut draft, &path, value) {
            true => keys.push(path),
            false => {
                let message = format!("`{path}` cannot be written where it stands");
                let problem = Problem::error("not-written", message)
                    .help(format!("write it by hand:\n{}", yaml::write(&Value::from(value.clone()))));
                problems.push(problem.in_place(Some(draft.place(&path))));
            }
        }
    }
    Problems(problems).check()?;
    Ok(Section { text: draft.text().to_owned(), keys })
}

/// Sets the entries at a path, and leaves what else stands there. True if the text says so afterwards.
fn set(draft: &mut Draft, path: &KeyPath, value: &Map) -> bool {
    let is_there = draft.get(path).is_some_and(|there| there.as_map().is_some_and(|map| !map.is_empty()));
    if is_there {
        for (key, entry) in value {
            let inside = path.join(key);
            let is_right = draft.get(&inside) == Some(entry)
                // What kind of model it is only its owner knows.
                || &**key == "type" && draft.get(&inside).is_some();
            let line = flow(entry);
            if !is_right && !draft.replace(&inside, &line) && !draft.add(path, key, &line) {
                return false;
            }
        }
    } else {
        let block = yaml::write(&Value::from(value.clone()));
        let line = flow(&Value::from(value.clone()));
        let Some(key) = path.last_key().map(str::to_owned) else { return false };
        let is_empty = draft.get(path).is_some();
        let done = is_empty && draft.replace(path, &line)
            || draft.add(&path.parent(), &key, block.trim_end())
            || draft.add(&path.parent(), &key, &line);
        if !done {
            return false;
        }
    }
    let there = draft.get(path);
    value.iter().all(|(key, entry)| {
        there.and_then(|map| map.get(key)).is_some_and(|there| there == entry || &**key == "type")
    })
}

/// A value in one line. JSON is YAML.
fn flow(value: &Value) -> String {
    match value {
        Value::Map(map) => {
            let entries: Vec<String> =
                map.iter().map(|(key, value)| format!("{key}: {}", flow(value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(flow).collect();
            format!("[{}]", items.join(", "))
        }
        other => yaml::write(other).trim_end().to_owned(),
    }
}
