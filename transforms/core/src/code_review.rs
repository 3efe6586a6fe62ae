//! `taskgraph.transforms.code_review`: lets a task wait for all tasks upstream whose results are read in a code review.
//!
//! These are the ones with the attribute `code-review: true`. A soft dependency counts only if it runs.

use anyhow::Result;
use taskgraph::schema::fields::Fields;
use taskgraph::transform::{Context, Transform, TransformInfo, with_state};
use taskgraph_compat::value::Value;

/// The description of the transform.
pub(crate) const INFO: TransformInfo = TransformInfo::new(
    "taskgraph.transforms.code_review",
    "Makes a task wait for all tasks whose results are read in a code review.",
);

/// The transform.
pub(crate) fn transform() -> Transform {
    with_state(reviewed).each(|_, labels, description| {
        description.list_at("soft-dependencies")?.extend(labels.iter().cloned());
        Ok(())
    })
}

/// Returns the labels of the tasks whose results are read.
fn reviewed(ctx: &Context<'_>) -> Result<Vec<Value>> {
    let reviewed =
        ctx.upstream.values().filter(|task| task.attributes.get("code-review") == Some(&true.into()));
    Ok(reviewed.map(|task| task.label.as_str().into()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use transforms_testing::{Fixture, task};

    #[test]
    fn tasks_that_are_reviewed_are_waited_for() {
        let reviewed = task("lint", "lint-a", "{code-review: true}");
        let other = task("lint", "lint-b", "{code-review: 1}");
        let fixture = Fixture::new("{}").upstream([reviewed, other]);
        let description = "{soft-dependencies: [own]}";
        assert_eq!(fixture.one(transform(), description, "soft-dependencies"), r#"["own", "lint-a"]"#);
        assert_eq!(fixture.one(transform(), "{}", "soft-dependencies"), r#"["lint-a"]"#);
    }
}
