//! `taskgraph.transforms.code_review`: lets a task wait for all tasks upstream whose results are read in a code review.
//!
//! These are the ones with the attribute `code-review: true`. A soft dependency counts only if it runs.

use anyhow::Result;
use taskgraph::schema::fields::Fields;
use taskgraph::transform::{Context, TaskDescription, each};
use taskgraph_compat::value::Value;

/// The transform.
pub fn transform(ctx: &Context<'_>, descriptions: Vec<TaskDescription>) -> Result<Vec<TaskDescription>> {
    let reviewed =
        ctx.upstream.values().filter(|task| task.attributes.get("code-review") == Some(&true.into()));
    let labels: Vec<Value> = reviewed.map(|task| task.label.as_str().into()).collect();
    each(descriptions, |description| {
        description.list_at("soft-dependencies")?.extend(labels.iter().cloned());
        Ok(())
    })
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
        assert_eq!(fixture.one(transform, description, "soft-dependencies"), r#"["own", "lint-a"]"#);
        assert_eq!(fixture.one(transform, "{}", "soft-dependencies"), r#"["lint-a"]"#);
    }
}
