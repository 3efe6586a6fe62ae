//! `mozilla_taskgraph.transforms.scriptworker.release_artifacts`: artifacts that tasks of a release take up.
//!
//! ```yaml
//! release-artifacts: [app.zip]
//! ```
//!
//! Each becomes an artifact below `public/build`, and is named in the attribute `release-artifacts`.

use anyhow::Result;
use taskgraph::schema::fields::{Fields, about, within};
use taskgraph::schema::{STRINGS, Shape, optional, required};
use taskgraph::transform::{Context, Stub, each};
use taskgraph_compat::map;
use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;

const SECTION: &str = "release-artifacts";
const SHAPE: Shape =
    Shape::Open(&[required("worker-type", Shape::Str), optional(SECTION, STRINGS)], &Shape::Any);

/// The transform.
pub fn transform(ctx: &Context<'_>, stubs: Vec<Stub>) -> Result<Vec<Stub>> {
    each(stubs, |stub| {
        if !ctx.settings.fast {
            SHAPE.require_of(stub)?;
        }
        let Some(paths) = stub.take(SECTION) else { return Ok(()) };
        let worker = within("worker-type", ctx.config.worker(stub.text("worker-type")?))?;
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
        let all = stub.map_at("attributes")?.list_at(SECTION)?;
        all.extend(made);
        let all = all.clone();
        stub.map_at("worker")?.list_at("artifacts")?.extend(all);
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use transforms_testing::Bench;

    #[test]
    fn artifacts_lie_where_the_worker_has_them() {
        let bench = Bench::new("{}");
        let stub = "{worker-type: cpu, release-artifacts: [a.zip], worker: {artifacts: [{name: b}]}}";
        assert_eq!(
            bench.one(transform, stub, "worker.artifacts"),
            r#"[{"name": "b"}, {"type": "file", "name": "public/build/a.zip", "path": "/builds/worker/artifacts/a.zip"}]"#
        );
        let stub = "{worker-type: gpu-1, release-artifacts: ['{a}'], attributes: {release-artifacts: [x]}}";
        let file = r#"["x", {"type": "file", "name": "public/build/{a}", "path": "artifacts/{a}"}]"#;
        for path in ["worker.artifacts", "attributes.release-artifacts"] {
            assert_eq!(bench.one(transform, stub, path), file, "{path}");
        }
        assert_eq!(bench.one(transform, "{worker-type: cpu}", "worker"), "none");
    }

    #[test]
    fn a_path_from_the_root_is_refused() {
        let refused = |stub| Bench::new("{}").refused(transform, stub);
        let said = refused("{worker-type: cpu, release-artifacts: [/a]}");
        assert!(said.contains("`/a` must be a path below `public/build`"), "{said}");
        assert!(refused("{release-artifacts: []}").contains("worker-type"));
        assert!(refused("{worker-type: cpu, release-artifacts: null}").contains("release-artifacts"));
    }
}
