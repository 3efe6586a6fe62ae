//! What must not be shown: users and passwords in urls.

use std::sync::Arc;

use crate::source::{Place, Source};
use crate::value::{Map, Value};

/// The text with `***` for every user and password in its urls.
pub fn redact(text: &str) -> String {
    masked(text, |_| "***".into())
}

/// The value with `***` for every user and password in the urls of its texts.
pub fn redacted(value: &Value) -> Value {
    match value {
        Value::Str(text) if text.contains("://") => redact(text).into(),
        Value::List(items) => items.iter().map(redacted).collect::<Vec<_>>().into(),
        Value::Map(map) => {
            map.iter().map(|(key, value)| (key.clone(), redacted(value))).collect::<Map>().into()
        }
        other => other.clone(),
    }
}

/// The same place in a text that has stars for users and passwords: what is drawn around a problem must not show
/// them either. Every byte keeps its position.
pub fn hide(place: Place) -> Place {
    let text = masked(&place.source.text, |secret| "*".repeat(secret.len()));
    if text == place.source.text {
        return place;
    }
    Place { source: Arc::new(Source { name: place.source.name.clone(), text }), span: place.span }
}

fn masked(text: &str, mask: impl Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        out.push_str(before);
        // Up to the end of the host: a password may hold anything but these.
        let end = after
            .find(|one: char| {
                one.is_whitespace() || matches!(one, '/' | '?' | '#' | '"' | '\'' | '`' | '<' | '>')
            })
            .unwrap_or(after.len());
        rest = match after[..end].rfind('@') {
            Some(secret) => {
                out.push_str(&mask(&after[..secret]));
                &after[secret..]
            }
            None => after,
        };
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_and_passwords_become_stars() {
        assert_eq!(redact("see https://me:x@h/a and http://h/b@c"), "see https://***@h/a and http://h/b@c");
    }

    #[test]
    fn what_is_hidden_keeps_its_length() {
        let source =
            Arc::new(Source { name: "x".into(), text: "a: [\"https://me:ß@h/a\", https://b]".into() });
        let place = hide(Place { source: source.clone(), span: Default::default() });
        assert_eq!(place.source.text.len(), source.text.len());
        assert!(place.source.text.contains("https://*****@h/a"));
    }
}
