//! `translations_taskgraph.transforms.resolve_upload_bucket`: which bucket an upload goes to.

use taskgraph::keyed_by::evaluate;
use taskgraph::schema::fields::{Fields, missing};
use taskgraph::transform::{Transform, TransformInfo, each};
use taskgraph_compat::python;

/// The description of the transform.
pub(crate) const INFO: TransformInfo = TransformInfo::new(
    "translations_taskgraph.transforms.resolve_upload_bucket",
    "Chooses the bucket of an upload.",
);

/// The transform.
///
/// Python: kinds key the bucket `by-tasks-for`, but the reference looks for names in the section `worker` alone, and
/// there is none. So `default` it is, whoever asks.
pub(crate) fn transform() -> Transform {
    each(|_, description| {
        let item = description.get("description").map(python::str).unwrap_or_default();
        if !description.contains_key("worker") {
            return Err(missing("worker", "a map"));
        }
        let worker = description.map_at("worker")?;
        if let Some(bucket) = worker.get("bucket") {
            let name = format!("`bucket` in `{item}`");
            let bucket = evaluate(bucket, &name, |name| worker.get(name).cloned())?;
            worker.put("bucket", bucket);
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use transforms_testing::Fixture;

    #[test]
    fn the_default_bucket_is_taken() {
        let description = "{worker: {bucket: {by-tasks-for: {action: development, default: '{later}'}}}}";
        assert_eq!(Fixture::new("{}").one(transform(), description, "worker.bucket"), r#""{later}""#);
        assert_eq!(Fixture::new("{}").one(transform(), "{worker: {}}", "worker.bucket"), "none");
        assert!(Fixture::new("{}").refused(transform(), "{}").contains("missing key `worker`"));
    }
}
