//! Values of the wrong sort of which only one thing can have been meant: numbers without quotes, a list of arguments.

use crate::upgrade::edit::Draft;
use crate::upgrade::run::Upgrade;
use taskgraph::schema::suggestion::{Instead, thousands};
use taskgraph::schema::{Field, Shape, What};
use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;

/// Writes what was meant.
pub fn correct(draft: &mut Draft, shape: &Shape, upgrade: &mut Upgrade) {
    for misfit in shape.check(draft.config()) {
        let What::Wrong { instead, .. } = &misfit.what else { continue };
        let path = &misfit.path;
        let text = match instead {
            Some(Instead::Quoted) => draft.spelled(path).map(|spelled| format!("\"{spelled}\"")),
            Some(Instead::Text(text)) if !text.contains('<') => Some(text.clone()),
            // `32.000` may be meant as 32 or as 32000: a person knows.
            Some(Instead::Whole(text)) => Some(text.clone()).filter(|text| {
                !text.is_empty() && draft.spelled(path).is_none_or(|it| thousands(it).is_none())
            }),
            _ if is_text(shape, path) => draft.get(path).and_then(words),
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
fn is_text(shape: &Shape, path: &KeyPath) -> bool {
    let found = path.0.iter().try_fold(shape, |shape, step| match (shape, step) {
        (Shape::Map(fields) | Shape::Open(fields, _), taskgraph_compat::value::path::Step::Key(key)) => {
            let fields: &'static [Field] = fields;
            fields.iter().find(|field| field.name == &**key).map(|field| &field.shape)
        }
        (Shape::MapOf(inner) | Shape::List(inner), _) => Some(*inner),
        _ => None,
    });
    matches!(found, Some(Shape::Str))
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
