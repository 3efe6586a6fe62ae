//! `translations_taskgraph.transforms.cast_to`: turns text that an earlier step filled in into integers.
//!
//! ```yaml
//! cast-to:
//!     int: [chunk.total-chunks]
//! ```

use anyhow::{Context as _, Result};
use taskgraph::fields::Fields;
use taskgraph::python::int;
use taskgraph::shape::{STRINGS, Shape, optional};
use taskgraph::transform::{Context, Stub, each};
use taskgraph::value::Value;

const CAST_TO: Shape = Shape::Open(&[optional("int", STRINGS)], &Shape::Any);

/// The transform.
pub fn transform(_: &Context<'_>, stubs: Vec<Stub>) -> Result<Vec<Stub>> {
    each(stubs, |stub| {
        let Some(casts) = stub.take_section("cast-to", &CAST_TO)? else { return Ok(()) };
        let fields = casts.get("int").and_then(Value::as_list).unwrap_or_default();
        for field in fields.iter().filter_map(Value::as_str) {
            let value = stub.at(field)?;
            *value = int(value).with_context(|| format!("in `{field}`"))?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::translations::testing::Bench;

    #[test]
    fn text_becomes_an_integer() {
        let bench = Bench::new("{}");
        let stub = "{chunk: {total-chunks: ' 2'}, cast-to: {int: [chunk.total-chunks]}}";
        assert_eq!(bench.one(transform, stub, "chunk.total-chunks"), "2");
        assert_eq!(bench.one(transform, stub, "cast-to"), "none");
        assert_eq!(bench.one(transform, "{a: x}", "a"), r#""x""#);
    }

    #[test]
    fn what_is_no_integer_is_told_with_its_field() {
        let bench = Bench::new("{}");
        let error = bench.refused(transform, "{chunk: {n: two}, cast-to: {int: [chunk.n]}}");
        assert!(error.contains("in `chunk.n`: `two` is not an integer"), "{error}");
        let error = bench.refused(transform, "{cast-to: {int: chunk.n}}");
        assert!(error.contains("`int` must be a list of strings"), "{error}");
    }
}
