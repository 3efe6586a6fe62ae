//! The payload of `scriptworker-signing`: artifacts get signatures.

use std::collections::BTreeSet;

use crate::nullable::{INTEGER_OR_NULL, TEXT_OR_NULL};
use crate::scopes::{add_sorted, prefix, tag};
use anyhow::Result;
use taskgraph::schema::fields::Fields;
use taskgraph::schema::{Field, STRINGS, Schema, TEXT_OR_REFERENCE, optional, required};
use taskgraph::transform::payload::Payload;
use taskgraph::transform::{Context, TaskDescription};
use taskgraph_compat::map;
use taskgraph_compat::value::{Map, Value};

const WORKER: Schema = Schema::Map(&fields(Schema::List(&Schema::Map(&artifact(Schema::Str))), Schema::Int));
/// Since the schemas are those of msgspec.
const WORKER_4: Schema =
    Schema::Map(&fields(Schema::List(&Schema::Open(&artifact(TEXT_OR_NULL), &Schema::Any)), INTEGER_OR_NULL));

const fn artifact(comment: Schema) -> [Field; 5] {
    [
        required("taskId", TEXT_OR_REFERENCE),
        required("taskType", Schema::Str),
        required("paths", STRINGS),
        required("formats", STRINGS),
        optional("authenticode_comment", comment),
    ]
}

const fn fields(artifacts: Schema, time: Schema) -> [Field; 5] {
    [
        required("implementation", Schema::Str),
        optional("os", Schema::Str),
        required("signing-type", Schema::Str),
        required("upstream-artifacts", artifacts),
        optional("max-run-time", time),
    ]
}

/// The format that makes a detached signature.
const DETACHED: &str = "gcp_prod_autograph_gpg";

/// Default time limit of a signature, in seconds.
const LONGEST: i64 = 600;

/// The worker implementation.
pub(crate) const PAYLOAD: Payload = Payload {
    name: "scriptworker-signing",
    summary: "Signs artifacts.",
    schema: |config| if config.mozilla.has_schemas_of_msgspec() { &WORKER_4 } else { &WORKER },
    follows_taskgraph: true,
    build,
};

fn build(ctx: &Context<'_>, description: &mut TaskDescription, definition: &mut Map) -> Result<()> {
    let worker = description.map_at("worker")?;
    let upstream = worker.get("upstream-artifacts").cloned().unwrap_or_else(Value::list);
    // Python: `set_defaults` of `taskgraph.transforms.task`.
    let time = worker.get("max-run-time").cloned().unwrap_or_else(|| LONGEST.into());
    let payload = map! { "upstreamArtifacts" => upstream.clone(), "maxRunTime" => time };
    let scope = format!("{}:signing:cert:{}", prefix(ctx)?, worker.text("signing-type")?);
    definition.put("payload", payload);
    tag(definition)?;
    add_sorted(definition, [scope])?;
    let artifacts = description.map_at("attributes")?.list_at("release_artifacts")?;
    let mut all: BTreeSet<String> = artifacts.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    for entry in upstream.as_list().unwrap_or_default() {
        let texts = |key: &str| entry.get(key).and_then(Value::as_list).unwrap_or_default().iter();
        let is_detached = texts("formats").any(|format| *format == DETACHED.into());
        texts("paths").filter_map(Value::as_str).for_each(|path| all.extend(signed(path, is_detached)));
    }
    *artifacts = all.into_iter().map(Value::from).collect();
    Ok(())
}

/// Returns the names of an artifact after signing: an image for macOS becomes an archive.
fn signed(path: &str, is_detached: bool) -> Vec<String> {
    let mut made = Vec::new();
    match path.ends_with(".dmg") {
        true => made.push(path.replace(".dmg", ".tar.gz")),
        false => made.push(path.to_owned()),
    }
    if is_detached {
        made.push(format!("{path}.asc"));
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;
    use transforms_testing::built;

    #[test]
    fn artifacts_are_signed_with_the_scope_for_it() {
        let worker = "worker: {signing-type: dep, max-run-time: 3, upstream-artifacts: \
                      [{taskId: t, taskType: build, paths: [a.dmg, b], formats: [gcp_prod_autograph_gpg]}]}";
        assert_eq!(
            built(&PAYLOAD, worker).unwrap(),
            r#"{"payload": {"upstreamArtifacts": [{"taskId": "t", "taskType": "build", "paths": ["a.dmg", "b"], "formats": ["gcp_prod_autograph_gpg"]}], "maxRunTime": 3}, "tags": {"worker-implementation": "scriptworker"}, "scopes": ["project:it:signing:cert:dep"]}"#
        );
        let plain = built(&PAYLOAD, "worker: {signing-type: dep, upstream-artifacts: []}").unwrap();
        assert!(plain.contains(r#""maxRunTime": 600"#), "{plain}");
        assert_eq!(signed("a.dmg", true), ["a.tar.gz", "a.dmg.asc"]);
        assert_eq!(signed("b", false), ["b"]);
    }
}
