//! `translations_taskgraph.transforms.dependency_dummies`: parts the dependencies of a task among copies of it.
//!
//! A task may depend on a limited number of others. A stub becomes as many as it takes; each has `-1`, `-2`, … at
//! the end of its name and its part of the dependencies, in the order of their names. Without dependencies there
//! is nothing to hold, and the stub is gone.

use anyhow::Result;
use taskgraph::schema::fields::{Fields, missing, wrong};
use taskgraph::transform::{Context, Stub, fan_out};
use taskgraph_compat::value::{Map, Str, Value};

/// Python: `taskgraph.MAX_DEPENDENCIES`. The queue takes one more, which is left for the decision task.
const MOST_DEPENDENCIES: usize = 9999;

/// The transform.
pub fn transform(_: &Context<'_>, stubs: Vec<Stub>) -> Result<Vec<Stub>> {
    part(stubs, MOST_DEPENDENCIES)
}

fn part(stubs: Vec<Stub>, most: usize) -> Result<Vec<Stub>> {
    fan_out(stubs, |stub, out| {
        let mut names: Vec<Str> = match stub.get("dependencies") {
            Some(Value::Map(dependencies)) => dependencies.keys().cloned().collect(),
            Some(other) => return Err(wrong("dependencies", other, "a map")),
            None => return Err(missing("dependencies", "a map")),
        };
        names.sort_unstable();
        let name = stub.text("name")?;
        for (index, part) in names.chunks(most).enumerate() {
            let mut copy = stub.clone();
            let dependencies: Map = part.iter().map(|name| (name.clone(), Value::from(name))).collect();
            copy.put("dependencies", dependencies);
            copy.put("name", format!("{name}-{}", index + 1));
            out.push(copy);
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use transforms_testing::{Bench, show};

    const STUB: &str = "{dependencies: {c: c-x, a: a-x, b: b-x}}";

    #[test]
    fn dependencies_are_sorted_and_parted() {
        let bench = Bench::new("{}");
        let parts = part(bench.stubs(STUB), 2).unwrap();
        let told: Vec<_> =
            parts.iter().map(|stub| show(stub, "name") + &show(stub, "dependencies")).collect();
        assert_eq!(told, [r#""stub-1"{"a": "a", "b": "b"}"#, r#""stub-2"{"c": "c"}"#]);
    }

    #[test]
    fn few_dependencies_stay_together_and_none_make_no_task() {
        let bench = Bench::new("{}");
        assert_eq!(bench.one(transform, STUB, "name"), r#""stub-1""#);
        assert_eq!(bench.run(transform, "{dependencies: {}}").unwrap().len(), 0);
        assert!(bench.refused(transform, "{}").contains("missing key `dependencies`"));
    }
}
