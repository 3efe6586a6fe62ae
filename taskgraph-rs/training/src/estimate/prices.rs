//! Prices of machines an hour, by worker pool, from a file of the user. The program has no prices of its own.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::estimate::history_file::{VERSION, version, violation};
use taskgraph::diagnostics::origin::problem_of;
use taskgraph::diagnostics::{Problem, Problems, place_of_key};
use taskgraph::error::Result;
use taskgraph::parameters::LoadedValues;
use taskgraph::schema::{Schema, required};
use taskgraph_compat::source::Source;
use taskgraph_compat::suggest::nearest;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Str, Value};
use taskgraph_compat::yaml::Document;

/// Schema of the file.
const SCHEMA: Schema = Schema::Map(&[
    required("version", Schema::Int),
    required("currency", Schema::Str),
    required("prices", Schema::MapOf(&Schema::Any)),
]);

/// Expected value of a price.
const PRICE: &str = "a price an hour: a number, 0 or more";

/// Prices by worker pool.
#[derive(Clone, Debug)]
pub struct Prices {
    /// The currency; nothing but a name.
    pub currency: Str,
    /// Patterns of pools, and what an hour costs. The first that fits decides.
    rules: Vec<(Str, f64)>,
    /// The file.
    document: Arc<Document>,
}

impl Prices {
    #[cfg(test)]
    pub(super) fn new(currency: &str, rules: &[(&str, f64)]) -> Self {
        let mut text = format!("version: 1\ncurrency: {currency}\nprices:\n");
        text.extend(rules.iter().map(|(pattern, price)| format!("  '{pattern}': {price}\n")));
        Prices::read(Source::new("prices.yml", text), false).unwrap()
    }

    /// Reads a file. Reports all problems of the file at once.
    pub fn read(source: Arc<Source>, is_json: bool) -> Result<Self> {
        let LoadedValues { values, layer } = LoadedValues::read(source, is_json)?;
        let document = &layer.document;
        let mut violations = SCHEMA.check(&values.clone().into());
        violations.extend(version(values.get("version")));
        let mut rules = Vec::new();
        for (pattern, value) in values.get("prices").and_then(Value::as_map).into_iter().flatten() {
            match amount(value) {
                Some(price) => rules.push((pattern.clone(), price)),
                None => {
                    violations.push(violation(KeyPath::default().join("prices").join(pattern), value, PRICE));
                }
            }
        }
        let problems =
            violations.iter().map(|violation| problem_of(violation, violation.path.clone(), Some(document)));
        let example =
            format!("{{version: {VERSION}, currency: USD, prices: {{\"PROVISIONER/gpu-*\": 2.5}}}}");
        let help = |problem: Problem| match problem.code {
            "missing-key" => problem.help(format!("write {example}")),
            _ => problem,
        };
        Problems(problems.map(help).collect()).check()?;
        let currency = values.get("currency").and_then(Value::as_str).unwrap_or_default().into();
        Ok(Prices { currency, rules, document: layer.document.clone() })
    }

    /// Returns the price of an hour on a machine of this pool.
    pub fn of(&self, pool: &str) -> Option<f64> {
        self.deciding(pool).map(|rule| self.rules[rule].1)
    }

    /// The number of the rule that decides about a pool.
    fn deciding(&self, pool: &str) -> Option<usize> {
        self.rules.iter().position(|(pattern, _)| fits(pattern, pool))
    }

    /// The prices that have no effect on a graph with these worker pools: a pattern fits none of them, or another one comes
    /// first for each that it fits.
    pub fn without_effect(&self, pools: &BTreeSet<String>) -> Vec<Problem> {
        let decide: BTreeSet<usize> = pools.iter().filter_map(|pool| self.deciding(pool)).collect();
        let idle = self.rules.iter().enumerate().filter(|(rule, _)| !decide.contains(rule));
        let problems = idle.map(|(_, (pattern, _))| {
            let before = pools.iter().find(|pool| fits(pattern, pool)).and_then(|pool| self.deciding(pool));
            let (message, label, help) = match before {
                Some(before) => (
                    format!("the price of `{pattern}` has no effect"),
                    format!("`{}` stands before it, and fits all that it fits", self.rules[before].0),
                    "the first pattern that fits decides: write the more special one first".into(),
                ),
                None => {
                    let message = format!("`{pattern}` fits no worker pool of this graph");
                    match nearest_pool(pattern, pools) {
                        Some(pool) => (message, format!("did you mean `{pool}`?"), String::new()),
                        None => (message, String::new(), some(pools)),
                    }
                }
            };
            let path = KeyPath::default().join("prices").join(pattern);
            let place = place_of_key(&self.document, &path);
            let problem = Problem::warning("idle-price", message).at(path, label).in_place(Some(place));
            if help.is_empty() { problem } else { problem.help(help) }
        });
        problems.collect()
    }
}

/// The worker pool that a pattern was most likely meant for: by its whole name, or by that of its worker type.
fn nearest_pool<'p>(pattern: &str, pools: &'p BTreeSet<String>) -> Option<&'p str> {
    let word = pattern.replace('*', "");
    let worker_type = |pool: &'p String| pool.rsplit('/').next().unwrap_or(pool);
    let own = word.rsplit('/').next().unwrap_or(&word);
    nearest(&word, pools.iter().map(String::as_str)).or_else(|| {
        let found = nearest(own, pools.iter().map(worker_type))?;
        pools.iter().find(|pool| worker_type(pool) == found).map(String::as_str)
    })
}

/// Lists some of the worker pools, for a message.
fn some(pools: &BTreeSet<String>) -> String {
    const MOST: usize = 5;
    let shown: Vec<String> = pools.iter().take(MOST).map(|pool| format!("`{pool}`")).collect();
    let more = pools.len().saturating_sub(MOST);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("its worker pools are {}{more}", shown.join(", "))
}

fn amount(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Int(number) => *number as f64,
        Value::Float(number) => *number,
        _ => return None,
    };
    (number.is_finite() && number >= 0.0).then_some(number)
}

/// Whether a pattern with `*` for any text fits the whole name.
fn fits(pattern: &str, name: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut left) = name.strip_prefix(start) else { return false };
    let (middle, end) = rest.rsplit_once('*').map_or((None, rest), |(middle, end)| (Some(middle), end));
    for part in middle.into_iter().flat_map(|middle| middle.split('*')) {
        let Some(at) = left.find(part) else { return false };
        left = &left[at + part.len()..];
    }
    left.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, name, is) in [
            ("p/gpu", "p/gpu", true),
            ("p/gpu", "p/gpus", false),
            ("*", "", true),
            ("p/*", "p/", true),
            ("p/*-gpu", "p/a-gpu-gpu", true),
            ("p/*-gpu", "p-gpu", false),
            ("a*a", "a", false),
            ("*a*b*", "xbxaxb", true),
            ("*a*b*", "ba", false),
            ("*v100*-4", "p/b-v100-gpu-4", true),
            ("ä*ö", "äöö", true),
        ] {
            assert_eq!(fits(pattern, name), is, "{pattern} {name}");
        }
    }

    #[test]
    fn the_first_pattern_that_fits_decides() {
        let text = "version: 1\ncurrency: EUR\nprices:\n  p/gpu-4: 8\n  'p/gpu-*': 2.5\n";
        let prices = Prices::read(Source::new("prices.yml", text), false).unwrap();
        assert_eq!(prices.of("p/gpu-4"), Some(8.0));
        assert_eq!(prices.of("p/gpu-1"), Some(2.5));
        assert_eq!(prices.of("q/gpu-1"), None);
    }

    #[test]
    fn prices_without_an_effect_are_reported_with_their_place() {
        let prices = Prices::new(
            "EUR",
            &[("p/gpu-*", 1.0), ("p/gpu-4", 2.0), ("p/cpu3", 3.0), ("cpu-33", 4.0), ("x*", 5.0)],
        );
        let pools = ["p/gpu-4", "p/gpu-1", "p/cpu-3"].map(String::from).into();
        let messages: Vec<String> = prices.without_effect(&pools).iter().map(ToString::to_string).collect();
        assert_eq!(
            messages,
            [
                "prices.yml:5:3: the price of `p/gpu-4` has no effect (at prices.p/gpu-4): `p/gpu-*` stands before it, and fits all that it fits",
                "prices.yml:6:3: `p/cpu3` fits no worker pool of this graph (at prices.p/cpu3): did you mean `p/cpu-3`?",
                "prices.yml:7:3: `cpu-33` fits no worker pool of this graph (at prices.cpu-33): did you mean `p/cpu-3`?",
                "prices.yml:8:3: `x*` fits no worker pool of this graph (at prices.x*)",
            ]
        );
        let help = prices.without_effect(&pools).pop().and_then(|problem| problem.help);
        assert_eq!(help.as_deref(), Some("its worker pools are `p/cpu-3`, `p/gpu-1`, `p/gpu-4`"));
        assert!(Prices::new("EUR", &[("p/gpu-4", 1.0), ("*", 2.0)]).without_effect(&pools).is_empty());
    }

    #[test]
    fn all_that_is_wrong_is_reported_with_its_place() {
        let text = "version: 2\ncurency: EUR\nprices:\n  a: -1\n  b: .inf\n  c: cheap\n  d: true\n  e: 1\n";
        let error = Prices::read(Source::new("prices.yml", text), false).unwrap_err().to_string();
        for part in [
            "prices.yml:1:10: `version` must be 1",
            "prices.yml:2:1: unknown key `curency`",
            "missing key `currency`",
            "prices.yml:4:6: `a` must be a price an hour",
            "prices.yml:5:6: `b` must be",
            "prices.yml:6:6: `c` must be",
            "prices.yml:7:6: `d` must be",
        ] {
            assert!(error.contains(part), "{part}: {error}");
        }
        assert_eq!(error.lines().count(), 7, "{error}");
    }
}
