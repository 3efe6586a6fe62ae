//! Replaces wrong values of parameters by defaults. The graph of the result is never shown, but reveals which other
//! keys have no effect, so that all problems are reported at once.

use crate::checks::missing_keys::fill_missing;
use crate::checks::unused_keys::providers;
use crate::pipeline::Training;
use taskgraph::generator::Project;
use taskgraph::parameters::Params;
use taskgraph::schema::{Schema, What};
use taskgraph_compat::suggest;
use taskgraph_compat::value::path::{KeyPath, Step};
use taskgraph_compat::value::{Map, Value};

/// Repair of datasets that may be wrong, and of keys that may be left out, from the least to the most.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Datasets {
    /// They stay, and so do gaps where a key may be left out.
    Kept,
    /// They stay, but for those of providers that no kind takes: these get the provider that was meant, or are left out.
    /// Categories without any, and other keys that are missing, have the default ones.
    Completed,
    /// All are the default ones.
    Replaced,
}

/// The same parameters with default values for what does not have its schema, and without what it reuses.
pub(crate) fn repaired(
    project: &Project,
    training: &Training,
    params: &Params,
    datasets: Datasets,
) -> Option<Params> {
    let (_, file) = project.extension.defaults.iter().find(|(name, _)| *name == training.parameter)?;
    let (_, defaults) = project.default_file(file).ok()?;
    let field = project.extension.parameters.iter().find(|field| field.name == training.parameter)?;
    let mut config = params.get(training.parameter)?.clone();
    if !matches!(config, Value::Map(_)) {
        return None;
    }
    for violation in field.schema.check(&config) {
        if !matches!(violation.what, What::Unknown(_)) {
            put(&mut config, &violation.path.0, violation.path.find(&defaults));
        }
    }
    if let (true, Schema::Map(fields), Some(config), Some(defaults)) =
        (datasets != Datasets::Kept, &field.schema, config.as_map_mut(), defaults.as_map())
    {
        fill_missing(fields, config, defaults);
    }
    let providers = providers(project);
    // A misspelt provider becomes the one that was meant, so that what is said of the dataset elsewhere has its effect.
    let meant = |item: &Value| match item.as_str().and_then(|item| item.split_once('_')) {
        Some((provider, name)) if !providers.is_empty() && !providers.contains(provider) => {
            let near = suggest::nearest(provider, providers.iter().copied())?;
            Some(format!("{near}_{name}").into())
        }
        _ => Some(item.clone()),
    };
    let path = KeyPath(KeyPath::dotted(training.datasets).0.get(1..).unwrap_or_default().to_vec());
    match datasets {
        Datasets::Kept => {}
        Datasets::Completed => {
            for (category, list) in path.find(&defaults).and_then(Value::as_map).into_iter().flatten() {
                let path = path.join(category);
                let items = path.find(&config).and_then(Value::as_list);
                let known: Vec<Value> = items.into_iter().flatten().filter_map(meant).collect();
                let list = match items.is_some_and(|items| items.is_empty() || !known.is_empty()) {
                    true => &known.into(),
                    false => list,
                };
                put(&mut config, &path.0, Some(list));
            }
        }
        Datasets::Replaced => put(&mut config, &path.0, path.find(&defaults)),
    }
    let mut params = params.clone();
    params.values_mut().insert(training.parameter.into(), config);
    let values = params.values_mut();
    for reused in training.reuse {
        if let Some((Step::Key(first), rest)) = KeyPath::dotted(reused).0.split_first()
            && let Some(value) = values.get_mut(&**first)
        {
            put(value, rest, None);
        }
    }
    Some(params)
}

/// Puts a value at a path, or takes it away; where the path leads nowhere nothing happens.
fn put(value: &mut Value, path: &[Step], new: Option<&Value>) {
    match (value, path) {
        (Value::Map(map), [Step::Key(key)]) => {
            let map: &mut Map = std::sync::Arc::make_mut(map);
            match new {
                Some(new) => drop(map.insert(key.clone(), new.clone())),
                None => drop(map.shift_remove(key)),
            }
        }
        (Value::Map(map), [Step::Key(key), rest @ ..]) => {
            if let Some(inner) = std::sync::Arc::make_mut(map).get_mut(&**key) {
                put(inner, rest, new);
            }
        }
        (Value::List(items), [Step::Index(index), rest @ ..]) => {
            match (std::sync::Arc::make_mut(items).get_mut(*index), rest) {
                // What stands for an item of a list is no matter: only keys are looked at.
                (Some(item), []) => *item = new.cloned().unwrap_or_else(|| "repaired_item".into()),
                (Some(item), rest) => put(item, rest, new),
                (None, _) => {}
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use taskgraph_compat::map;

    #[test]
    fn values_are_put_and_taken_where_their_path_leads() {
        let mut value = Value::from(map! { "a" => map! { "b" => 1, "c" => 2 }, "l" => vec![Value::Null] });
        put(&mut value, &KeyPath::dotted("a.b").0, Some(&7.into()));
        put(&mut value, &KeyPath::dotted("a.c").0, None);
        put(&mut value, &KeyPath::dotted("x.y").0, Some(&7.into()));
        put(&mut value, &KeyPath::dotted("l").join(0).0, None);
        assert_eq!(format!("{value:?}"), r#"{"a": {"b": 7}, "l": ["repaired_item"]}"#);
    }
}
