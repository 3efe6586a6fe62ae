//! `translations_taskgraph.transforms.resolve_upload_bucket`: which bucket an upload goes to.

use anyhow::Result;
use taskgraph::schema::fields::{Fields, missing};
use taskgraph::transform::keyed_by::evaluate;
use taskgraph::transform::{Context, Stub, each};
use taskgraph_compat::python;

/// The transform.
///
/// Python: kinds key the bucket `by-tasks-for`, but the reference looks for names in the section `worker` alone, and
/// there is none. So `default` it is, whoever asks.
pub fn transform(_: &Context<'_>, stubs: Vec<Stub>) -> Result<Vec<Stub>> {
    each(stubs, |stub| {
        let item = stub.get("description").map(python::str).unwrap_or_default();
        if !stub.contains_key("worker") {
            return Err(missing("worker", "a map"));
        }
        let worker = stub.map_at("worker")?;
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
    use transforms_testing::Bench;

    #[test]
    fn the_default_bucket_is_taken() {
        let stub = "{worker: {bucket: {by-tasks-for: {action: development, default: '{later}'}}}}";
        assert_eq!(Bench::new("{}").one(transform, stub, "worker.bucket"), r#""{later}""#);
        assert_eq!(Bench::new("{}").one(transform, "{worker: {}}", "worker.bucket"), "none");
        assert!(Bench::new("{}").refused(transform, "{}").contains("missing key `worker`"));
    }
}
