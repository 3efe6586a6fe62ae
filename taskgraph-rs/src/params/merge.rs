//! Keys that a config leaves out, from the default config of its tree.

use super::{Layer, Params};
use crate::extension::Extension;
use crate::fields::Fields;
use crate::keypath::KeyPath;
use crate::shape::{Field, Shape};
use crate::value::{Map, Value};

/// A key that was filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled {
    /// Its path among the parameters.
    pub path: KeyPath,
    /// Whether the key has to be there.
    pub required: bool,
}

/// Fills the keys of a parameter that its shape names and that are missing. Maps whose keys are free, and lists,
/// are filled as a whole or not at all: datasets of two configs are never mixed.
pub fn fill_missing(
    params: &mut Params,
    extension: &Extension,
    name: &str,
    default: &Value,
    layer: Layer,
) -> Vec<Filled> {
    let mut filled = Vec::new();
    let fields: Vec<&Field> = extension.parameters.iter().filter(|field| field.name == name).collect();
    // The models of a default config are nobody's wish.
    let mut default = default.clone();
    if let Some(models) = extension.training.map(|training| KeyPath::dotted(training.models)) {
        leave_out(&mut default, models.0.strip_prefix(&[name.into()]).unwrap_or_default());
    }
    let map = Map::from_iter([(name.into(), default)]);
    let mut whole = Vec::new();
    fill_map(&fields, params.values_mut(), &map, &KeyPath::default(), &mut filled, &mut whole);
    // Only what was filled in stands in the default config; of what is missing the config itself is told.
    for mount in whole {
        let rest = KeyPath(mount.0.get(layer.mount.0.len()..).unwrap_or_default().to_vec());
        params.add_layer(Layer {
            document: layer.document.clone(),
            inside: layer.inside.concat(&rest),
            mount,
        });
    }
    filled
}

fn leave_out(value: &mut Value, path: &[crate::keypath::Step]) {
    let (Some(map), Some((crate::keypath::Step::Key(key), rest))) = (value.as_map_mut(), path.split_first())
    else {
        return;
    };
    match (rest.is_empty(), map.get_mut(&**key)) {
        (true, _) => drop(map.take(key)),
        (false, Some(inner)) => leave_out(inner, rest),
        (false, None) => {}
    }
}

fn fill_map(
    fields: &[&Field],
    value: &mut Map,
    default: &Map,
    path: &KeyPath,
    filled: &mut Vec<Filled>,
    whole: &mut Vec<KeyPath>,
) {
    for field in fields {
        let Some(theirs) = default.get(field.name) else { continue };
        let path = path.join(field.name);
        match (value.get_mut(field.name), named(&field.shape), theirs) {
            (None, _, _) => {
                whole.push(path.clone());
                note(field, theirs, path, filled);
                value.put(field.name, theirs.clone());
            }
            (Some(Value::Map(_)), None, _) => {}
            (Some(ours @ Value::Map(_)), Some(inner), Value::Map(theirs)) => {
                if let Some(ours) = ours.as_map_mut() {
                    fill_map(&inner.iter().collect::<Vec<_>>(), ours, theirs, &path, filled, whole);
                }
            }
            _ => {}
        }
    }
}

/// Notes a key, or the keys in it, as far as the shape names them.
fn note(field: &Field, theirs: &Value, path: KeyPath, filled: &mut Vec<Filled>) {
    match (named(&field.shape), theirs) {
        (Some(inner), Value::Map(map)) => {
            for (field, value) in inner.iter().filter_map(|field| Some((field, map.get(field.name)?))) {
                note(field, value, path.join(field.name), filled);
            }
        }
        _ => filled.push(Filled { path, required: field.required }),
    }
}

fn named(shape: &Shape) -> Option<&'static [Field]> {
    match shape {
        Shape::Map(fields) | Shape::Open(fields, _) => Some(fields),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Given;
    use super::*;
    use crate::shape::{STRINGS, optional, required};
    use crate::source::Source;

    const CONFIG: &[Field] = &[required(
        "t",
        Shape::Map(&[
            required("stage", Shape::Str),
            required(
                "inner",
                Shape::Map(&[required("a", Shape::Int), optional("b", Shape::MapOf(&Shape::Str))]),
            ),
            optional("datasets", Shape::MapOf(&STRINGS)),
        ]),
    )];

    #[test]
    fn named_keys_are_filled_one_by_one_and_free_maps_as_a_whole() {
        let given = |text: &str| Given::read(Source::new("p.yml", text), false).unwrap();
        let ours = given("t: {inner: {b: {x: '1'}}, datasets: {train: [a]}}");
        let theirs = given(
            "stage: all\ninner: {a: 1, b: {x: '2', y: '3'}, c: 4}\ndatasets: {train: [b], test: [c]}\n",
        );
        let mut params = Params::new(ours.values, vec![ours.layer]);
        let extension = Extension { parameters: CONFIG, ..Extension::default() };
        let layer = Layer { mount: "t".into(), ..theirs.layer };
        let filled = fill_missing(&mut params, &extension, "t", &theirs.values.into(), layer);
        let paths: Vec<_> = filled.iter().map(|filled| filled.path.to_string()).collect();
        assert_eq!(paths, ["t.stage", "t.inner.a"]);
        assert_eq!(
            format!("{:?}", params.get("t").unwrap()),
            r#"{"inner": {"b": {"x": "1"}, "a": 1}, "datasets": {"train": ["a"]}, "stage": "all"}"#
        );
        assert_eq!(params.place_of_value(&KeyPath::dotted("t.stage")).unwrap().to_string(), "p.yml:1:8");
    }
}
