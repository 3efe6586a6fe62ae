//! `taskgraph_rs.transforms.retries`: exit statuses after which a task is tried again.
//!
//! ```yaml
//! retries: {on-status: [123, 124]}
//! ```

use taskgraph::schema::fields::Fields;
use taskgraph::schema::{Schema, required};
use taskgraph::transform::{Transform, TransformInfo, each};

const RETRIES: Schema = Schema::Map(&[required("on-status", Schema::List(&Schema::Int))]);

/// The description of the transform.
pub(crate) const INFO: TransformInfo = TransformInfo::new(
    "taskgraph_rs.transforms.retries",
    "Tries a task again if it ends with one of these statuses.",
)
.sections(&[("retries", &RETRIES)]);

/// The transform.
pub(crate) fn transform() -> Transform {
    each(|_, description| {
        let Some(retries) = description.take_section("retries", &RETRIES)? else { return Ok(()) };
        let statuses = retries["on-status"].as_list().unwrap_or_default();
        let known = description.map_at("worker")?.list_at("retry-exit-status")?;
        for status in statuses {
            if !known.contains(status) {
                known.push(status.clone());
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use transforms_testing::Fixture;

    #[test]
    fn a_status_is_added_once() {
        let task = "{worker: {retry-exit-status: [123]}, retries: {on-status: [123, 124]}}";
        let statuses = Fixture::new("{}").one(transform(), task, "worker.retry-exit-status");
        assert_eq!(statuses, "[123, 124]");
    }

    #[test]
    fn the_section_is_checked() {
        let error = Fixture::new("{}").refused(transform(), "{retries: {on-status: never}}");
        assert!(error.contains("`on-status` must be a list of integers"), "{error}");
    }
}
