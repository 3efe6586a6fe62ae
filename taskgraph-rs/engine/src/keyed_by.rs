//! `by-NAME` maps: values that depend on something known only later.

use anyhow::{Result, bail};

use taskgraph_compat::python::{keymatch, repr};
use taskgraph_compat::value::{Map, Value};

/// Follows `by-NAME` maps down to a plain value. `attribute` knows what stands for a NAME.
///
/// An arm is chosen by its exact key, else by the key as a regular expression that matches to the end, else by
/// `default`. Two expressions that match are an error. Python: `taskgraph.util.keyed_by.evaluate_keyed_by`.
pub fn evaluate(value: &Value, item: &str, attribute: impl Fn(&str) -> Option<Value>) -> Result<Value> {
    evaluate_up_to(value, item, &[], attribute)
}

/// The same, but what is keyed by one of the names in `defer` is a plain value.
pub fn evaluate_up_to(
    value: &Value,
    item: &str,
    defer: &[&str],
    attribute: impl Fn(&str) -> Option<Value>,
) -> Result<Value> {
    let mut value = value;
    loop {
        let Some((name, arms)) = keyed(value).filter(|(name, _)| !defer.contains(name)) else {
            return Ok(value.clone());
        };
        let Some(arms) = arms.as_map() else {
            bail!("`by-{name}` of {item} must be a map, found {}", arms.sort());
        };
        if arms.len() == 1 && arms.contains_key("default") {
            bail!("`by-{name}` of {item} has only `default`: write the value itself");
        }
        value = match attribute(name) {
            None | Some(Value::Null) => match arms.get("default") {
                Some(default) => default,
                None => bail!("{item} is keyed by `{name}`, which is not set, and has no `default`"),
            },
            Some(Value::Str(key)) => choose(arms, &key, name, item)?,
            Some(other) => bail!("{item} is keyed by `{name}`, which is {}: {}", other.sort(), repr(&other)),
        };
    }
}

/// The value of the arm that fits `key`: an exact key, else an expression, else `default`.
pub fn choose<'m>(arms: &'m Map, key: &str, name: &str, item: &str) -> Result<&'m Value> {
    if let Some(value) = arms.get(key) {
        return Ok(value);
    }
    let mut matches = Vec::new();
    for (pattern, value) in arms {
        if keymatch(pattern, key)? {
            matches.push((pattern, value));
        }
    }
    match matches[..] {
        [(_, value)] => Ok(value),
        [] => match arms.get("default") {
            Some(default) => Ok(default),
            None => bail!("no `{name}` of {item} matches `{key}`, and there is no `default`"),
        },
        _ => {
            let patterns: Vec<_> = matches.iter().map(|(pattern, _)| format!("`{pattern}`")).collect();
            bail!("several keys of `by-{name}` of {item} match `{key}`: {}", patterns.join(", "))
        }
    }
}

fn keyed(value: &Value) -> Option<(&str, &Value)> {
    let map = value.as_map().filter(|map| map.len() == 1)?;
    let (key, arms) = map.first()?;
    Some((key.strip_prefix("by-")?, arms))
}

#[cfg(test)]
mod tests {
    use super::*;
    use taskgraph_compat::map;

    fn platform(name: &str) -> Option<Value> {
        (name == "platform").then(|| "linux64".into())
    }

    #[test]
    fn an_exact_key_wins_over_an_expression() {
        let value =
            Value::from(map! { "by-platform" => map! { "linux.*" => 1, "linux64" => 2, "default" => 3 } });
        assert_eq!(evaluate(&value, "x", platform).unwrap(), Value::Int(2));
    }

    #[test]
    fn an_expression_has_to_match_to_the_end() {
        let value = Value::from(map! { "by-platform" => map! { "linux" => 1, "default" => 3 } });
        assert_eq!(evaluate(&value, "x", platform).unwrap(), Value::Int(3));
    }

    #[test]
    fn what_is_deferred_stays() {
        let inner = Value::from(map! { "by-level" => map! { "3" => 1, "default" => 2 } });
        let value = Value::from(map! { "by-platform" => map! { "linux64" => inner.clone() } });
        assert_eq!(evaluate_up_to(&value, "x", &["level"], platform).unwrap(), inner);
    }

    #[test]
    fn two_expressions_that_match_are_refused() {
        let value = Value::from(map! { "by-platform" => map! { "linux.*" => 1, ".*64" => 2 } });
        assert!(evaluate(&value, "x", platform).is_err());
    }
}
