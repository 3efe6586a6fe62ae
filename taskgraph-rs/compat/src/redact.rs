//! Removes users and passwords from URLs in everything that is shown.

use crate::value::{Map, Value};

/// The text with `***` for every user and password in its urls.
pub fn redact(text: &str) -> String {
    masked(text, |_| "***".into())
}

/// The text with stars for users and passwords in its urls: what is drawn around a problem must not show them either.
/// Every byte keeps its position.
pub fn hidden(text: &str) -> String {
    masked(text, |secret| "*".repeat(secret.len()))
}

/// The value with `***` for every user and password in the urls of its texts.
pub fn redacted(value: &Value) -> Value {
    match value {
        Value::Str(text) if text.contains('@') => redact(text).into(),
        Value::List(items) => items.iter().map(redacted).collect::<Vec<_>>().into(),
        Value::Map(map) => {
            map.iter().map(|(key, value)| (key.clone(), redacted(value))).collect::<Map>().into()
        }
        other => other.clone(),
    }
}

fn masked(text: &str, mask: impl Fn(&str) -> String) -> String {
    // Users and passwords end at an `@`, and few texts have one.
    if !text.contains('@') {
        return text.to_owned();
    }
    // A password may hold anything but what ends a word.
    let ends_word = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>');
    let mut out = String::with_capacity(text.len());
    for word in text.split_inclusive(ends_word) {
        let mut rest = word;
        while let Some(at) = rest.find("://") {
            let (before, after) = rest.split_at(at + 3);
            out.push_str(before);
            let secret = secret_of_url(after);
            if secret > 0 {
                out.push_str(&mask(&after[..secret]));
            }
            rest = &after[secret..];
        }
        // A url that somebody began to write wrong.
        if !word.contains("://")
            && let Some(at) = rest.rfind('@').filter(|at| rest[..*at].contains(':'))
        {
            let start = rest[..at].find(|c: char| c.is_alphanumeric()).unwrap_or_default();
            out.push_str(&rest[..start]);
            out.push_str(&mask(&rest[start..at]));
            rest = &rest[at..];
        }
        out.push_str(rest);
    }
    out
}

/// Returns the length of user and password after `://`: they end at an `@` in the host's part, or at a later one if a
/// password has a slash in it.
fn secret_of_url(after: &str) -> usize {
    let end = after.find(['/', '?', '#']).unwrap_or(after.len());
    if let Some(at) = after[..end].rfind('@') {
        return at;
    }
    let port = after[..end].split_once(':').map(|(_, port)| port);
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    match port.filter(|port| !is_port(port)) {
        Some(_) => {
            let url = &after[..after.find("://").unwrap_or(after.len())];
            url.rfind('@').unwrap_or_default()
        }
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_and_passwords_become_stars() {
        assert_eq!(redact("see https://me:x@h/a and http://h/b@c"), "see https://***@h/a and http://h/b@c");
        assert_eq!(redact("https://me@h, http://h:80/b@c"), "https://***@h, http://h:80/b@c");
        assert_eq!(redact("https://me:a@b@h"), "https://***@h");
        assert_eq!(redact("[git@github.com:a/b, me@example.org]"), "[git@github.com:a/b, me@example.org]");
    }

    #[test]
    fn urls_that_were_begun_wrong_hide_theirs_too() {
        assert_eq!(redact("`//me:x@h/a` me:x@h https:/me:x@h"), "`//***@h/a` ***@h ***@h");
        assert_eq!(redact("https://me:a/b@h"), "https://***@h");
    }

    #[test]
    fn what_is_hidden_keeps_its_length() {
        let text = "a: [\"https://me:ß@h/a\", https://b]";
        assert_eq!(hidden(text), "a: [\"https://*****@h/a\", https://b]");
    }
}
