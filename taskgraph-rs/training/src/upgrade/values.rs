//! Values of the wrong type with one possible meaning: numbers without quotes, a list of arguments.

use crate::upgrade::changes::Upgrade;
use crate::upgrade::edit::Draft;
use taskgraph::schema::suggestion::{Instead, thousands};
use taskgraph::schema::{Field, Schema, What};
use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;

/// Writes what was meant.
pub(crate) fn correct(draft: &mut Draft, schema: &Schema, upgrade: &mut Upgrade) {
    for violation in schema.check(draft.config()) {
        let What::Wrong { instead, .. } = &violation.what else { continue };
        let path = &violation.path;
        let text = match instead {
            Some(Instead::Quoted) => draft.spelled(path).map(|spelled| format!("\"{spelled}\"")),
            Some(Instead::Text(text)) if !text.contains('<') => Some(text.clone()),
            // `32.000` may be meant as 32 or as 32000: a person knows.
            Some(Instead::Whole(text)) => Some(text.clone()).filter(|text| {
                !text.is_empty() && draft.spelled(path).is_none_or(|it| thousands(it).is_none())
            }),
            _ if is_text(schema, path) => draft.get(path).and_then(words),
            _ => None,
        };
        if let Some(text) = text
            && draft.replace(path, &text)
        {
            upgrade.done(path, format!("write {text}"));
        }
    }
}

/// Whether a text is asked for at a path.
fn is_text(schema: &Schema, path: &KeyPath) -> bool {
    let found = path.0.iter().try_fold(schema, |schema, step| match (schema, step) {
        (Schema::Map(fields) | Schema::Open(fields, _), taskgraph_compat::value::path::Step::Key(key)) => {
            let fields: &'static [Field] = fields;
            fields.iter().find(|field| field.name == &**key).map(|field| &field.schema)
        }
        (Schema::MapOf(inner) | Schema::List(inner), _) => Some(*inner),
        _ => None,
    });
    matches!(found, Some(Schema::Str))
}

/// The items of a list as one text, as a command line has them.
fn words(value: &Value) -> Option<String> {
    let words = value.as_list()?.iter().map(|item| match item {
        Value::Str(text) => Some(text.to_string()),
        Value::Int(_) | Value::Float(_) => Some(taskgraph_compat::python::str(item).to_string()),
        _ => None,
    });
    let words: Vec<String> = words.collect::<Option<_>>()?;
    Some(format!("{:?}", words.join(" "))).filter(|_| !words.is_empty())
}
