//! Values without their copies: two thousand tasks have most of what they are made of in common.

use indexmap::IndexSet;
use taskgraph::json;
use taskgraph::secret::redact;
use taskgraph::value::Value;

/// Every value that was put in, once. A list is kept as the numbers of its items, a map as its keys with the numbers of
/// their values, and everything else as it is.
#[derive(Default)]
pub struct Pool(IndexSet<String>);

impl Pool {
    /// Puts a value in, and gives its number. Equal values have equal numbers. Passwords of urls stay out.
    pub fn number(&mut self, value: &Value) -> usize {
        let text = match value {
            Value::List(items) => {
                let numbers: Vec<String> = items.iter().map(|item| self.number(item).to_string()).collect();
                format!("[{}]", numbers.join(","))
            }
            Value::Map(map) => {
                let entry = |(key, value): (&taskgraph::value::Str, &Value)| {
                    format!("{}:{}", text(key), self.number(value))
                };
                let entries: Vec<String> = map.iter().map(entry).collect();
                format!("{{{}}}", entries.join(","))
            }
            Value::Str(string) => text(string),
            // What has no place in JSON is in no graph that was made.
            other => json::compact(other).unwrap_or_else(|_| "null".into()),
        };
        self.0.insert_full(text).0
    }

    /// All values as one JSON list.
    pub fn into_json(self) -> String {
        format!("[{}]", self.0.into_iter().collect::<Vec<_>>().join(",\n"))
    }
}

fn text(string: &str) -> String {
    serde_json::Value::from(redact(string)).to_string()
}

#[cfg(test)]
mod tests {
    use taskgraph::json::read;

    use super::Pool;

    #[test]
    fn equal_values_are_kept_once() {
        let mut pool = Pool::default();
        let number = |pool: &mut Pool, text: &str| pool.number(&read(text).unwrap());
        let first = number(&mut pool, r#"{"a": [1, "x"], "b": [1, "x"]}"#);
        assert_eq!(number(&mut pool, r#"{"a": [1, "x"], "b": [1, "x"]}"#), first);
        assert_eq!(number(&mut pool, r#"[1, "x"]"#), 2);
        number(&mut pool, r#""https://me:x@h/""#);
        assert_eq!(pool.into_json().replace('\n', ""), r#"[1,"x",[0,1],{"a":2,"b":2},"https://***@h/"]"#);
    }
}
