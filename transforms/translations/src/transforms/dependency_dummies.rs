//! `translations_taskgraph.transforms.dependency_dummies`: parts the dependencies of a task among copies of it.
//!
//! A task may depend on a limited number of others. A task becomes as many as it takes; each has `-1`, `-2`, … at
//! the end of its name and its part of the dependencies, in the order of their names. Without dependencies there
//! is nothing to hold, and the task is gone.

use taskgraph::schema::fields::{Fields, missing, wrong};
use taskgraph::transform::{Transform, TransformInfo, fan_out};
use taskgraph_compat::value::{Map, Str, Value};

/// Python: `taskgraph.MAX_DEPENDENCIES`. The queue takes one more, which is left for the decision task.
const MOST_DEPENDENCIES: usize = 9999;

/// The description of the transform.
pub(crate) const INFO: TransformInfo = TransformInfo::new(
    "translations_taskgraph.transforms.dependency_dummies",
    "Divides the dependencies of a task among copies of it, as a task can have only so many.",
);

/// The transform.
pub(crate) fn transform() -> Transform {
    divide(MOST_DEPENDENCIES)
}

fn divide(most: usize) -> Transform {
    fan_out(move |_, description, out| {
        let mut names: Vec<Str> = match description.get("dependencies") {
            Some(Value::Map(dependencies)) => dependencies.keys().cloned().collect(),
            Some(other) => return Err(wrong("dependencies", other, "a map")),
            None => return Err(missing("dependencies", "a map")),
        };
        names.sort_unstable();
        let name = description.text("name")?;
        for (index, part) in names.chunks(most).enumerate() {
            let mut copy = description.clone();
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
    use transforms_testing::{Fixture, show};

    const TASK: &str = "{dependencies: {c: c-x, a: a-x, b: b-x}}";

    #[test]
    fn dependencies_are_sorted_and_parted() {
        let fixture = Fixture::new("{}");
        let parts = fixture.run(divide(2), TASK).unwrap();
        let reported: Vec<_> = parts
            .iter()
            .map(|description| show(description, "name") + &show(description, "dependencies"))
            .collect();
        assert_eq!(reported, [r#""stub-1"{"a": "a", "b": "b"}"#, r#""stub-2"{"c": "c"}"#]);
    }

    #[test]
    fn few_dependencies_stay_together_and_none_make_no_task() {
        let fixture = Fixture::new("{}");
        assert_eq!(fixture.one(transform(), TASK, "name"), r#""stub-1""#);
        assert_eq!(fixture.run(transform(), "{dependencies: {}}").unwrap().len(), 0);
        assert!(fixture.refused(transform(), "{}").contains("missing key `dependencies`"));
    }
}
