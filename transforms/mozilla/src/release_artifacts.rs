//! `mozilla_taskgraph.transforms.scriptworker.release_artifacts`: artifacts that tasks of a release take up.
//!
//! ```yaml
//! release-artifacts: [app.zip]
//! ```
//!
//! Each becomes an artifact below `public/build`, and is named in the attribute `release-artifacts`.

use taskgraph::schema::fields::{Fields, about, within};
use taskgraph::schema::{STRINGS, Schema, optional, required};
use taskgraph::transform::{Transform, TransformInfo, each};
use taskgraph_compat::map;
use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;

const SECTION: &str = "release-artifacts";
const SCHEMA: Schema =
    Schema::Open(&[required("worker-type", Schema::Str), optional(SECTION, STRINGS)], &Schema::Any);

/// The description of the transform.
pub(crate) const INFO: TransformInfo = TransformInfo::new(
    "mozilla_taskgraph.transforms.scriptworker.release_artifacts",
    "Adds artifacts that tasks of a release take up.",
)
.sections(&[(SECTION, &STRINGS)]);

/// The transform.
pub(crate) fn transform() -> Transform {
    each(|ctx, description| {
        if !ctx.settings.fast {
            SCHEMA.require_of(description)?;
        }
        let Some(paths) = description.take(SECTION) else { return Ok(()) };
        let worker = within("worker-type", ctx.config.worker(description.text("worker-type")?))?;
        let folder = match worker.implementation {
            "generic-worker" => "artifacts",
            _ => "/builds/worker/artifacts",
        };
        let mut made = Vec::new();
        let paths = paths.as_list().unwrap_or_default().iter();
        for (index, path) in paths.map(|path| path.as_str().unwrap_or_default()).enumerate() {
            if path.starts_with('/') {
                let key = KeyPath::dotted(SECTION).join(index);
                return Err(about(key, format!("`{path}` must be a path below `public/build`")));
            }
            made.push(Value::from(map! {
                "type" => "file",
                "name" => format!("public/build/{path}"),
                "path" => format!("{folder}/{path}"),
            }));
        }
        let all = description.map_at("attributes")?.list_at(SECTION)?;
        all.extend(made);
        let all = all.clone();
        description.map_at("worker")?.list_at("artifacts")?.extend(all);
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use transforms_testing::Fixture;

    #[test]
    fn artifacts_lie_where_the_worker_has_them() {
        let fixture = Fixture::new("{}");
        let description = "{worker-type: cpu, release-artifacts: [a.zip], worker: {artifacts: [{name: b}]}}";
        assert_eq!(
            fixture.one(transform(), description, "worker.artifacts"),
            r#"[{"name": "b"}, {"type": "file", "name": "public/build/a.zip", "path": "/builds/worker/artifacts/a.zip"}]"#
        );
        let description =
            "{worker-type: gpu-1, release-artifacts: ['{a}'], attributes: {release-artifacts: [x]}}";
        let file = r#"["x", {"type": "file", "name": "public/build/{a}", "path": "artifacts/{a}"}]"#;
        for path in ["worker.artifacts", "attributes.release-artifacts"] {
            assert_eq!(fixture.one(transform(), description, path), file, "{path}");
        }
        assert_eq!(fixture.one(transform(), "{worker-type: cpu}", "worker"), "none");
    }

    #[test]
    fn a_path_from_the_root_is_refused() {
        let refused = |description| Fixture::new("{}").refused(transform(), description);
        let said = refused("{worker-type: cpu, release-artifacts: [/a]}");
        assert!(said.contains("`/a` must be a path below `public/build`"), "{said}");
        assert!(refused("{release-artifacts: []}").contains("worker-type"));
        assert!(refused("{worker-type: cpu, release-artifacts: null}").contains("release-artifacts"));
    }
}
