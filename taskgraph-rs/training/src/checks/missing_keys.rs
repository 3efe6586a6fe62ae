//! Missing keys of a config, with the values of the tree's default config. Filled-in values are never shown, and no
//! run uses them.

use taskgraph::schema::fields::Fields;
use taskgraph::schema::{Field, Schema};
use taskgraph_compat::value::{Map, Value};

/// Fills the keys that `fields` name and that are missing. Maps whose keys are free, and lists, are filled as a whole or
/// not at all: datasets of two configs are never mixed.
pub(crate) fn fill_missing(fields: &[Field], value: &mut Map, default: &Map) {
    for field in fields {
        let Some(theirs) = default.get(field.name) else { continue };
        match (value.get_mut(field.name), &field.schema, theirs) {
            (None, ..) => value.put(field.name, theirs.clone()),
            (Some(ours @ Value::Map(_)), Schema::Map(inner) | Schema::Open(inner, _), Value::Map(theirs)) => {
                if let Some(ours) = ours.as_map_mut() {
                    fill_missing(inner, ours, theirs);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use taskgraph::diagnostics::document::load;
    use taskgraph::schema::{STRINGS, optional, required};
    use taskgraph_compat::source::Source;

    const FIELDS: &[Field] = &[
        required("stage", Schema::Str),
        required(
            "inner",
            Schema::Map(&[required("a", Schema::Int), optional("b", Schema::MapOf(&Schema::Str))]),
        ),
        optional("datasets", Schema::MapOf(&STRINGS)),
    ];

    #[test]
    fn named_keys_are_filled_one_by_one_and_free_maps_as_a_whole() {
        let map = |text: &str| load(Source::new("p.yml", text)).unwrap().1.as_map().unwrap().clone();
        let mut ours = map("{inner: {b: {x: '1'}}, datasets: {train: [a]}}");
        let theirs =
            map("{stage: all, inner: {a: 1, b: {x: '2', y: '3'}, c: 4}, datasets: {train: [b], test: [c]}}");
        fill_missing(FIELDS, &mut ours, &theirs);
        assert_eq!(
            format!("{:?}", Value::from(ours)),
            r#"{"inner": {"b": {"x": "1"}, "a": 1}, "datasets": {"train": ["a"]}, "stage": "all"}"#
        );
    }
}
