//! The payload of `scriptworker-beetmover-data`: data out of the graph itself on its way to a bucket.

use crate::nullable::FLAG_OR_NULL;
use crate::scopes::tag;
use anyhow::{Result, bail};
use taskgraph::schema::fields::Fields;
use taskgraph::schema::{Field, Schema, TEXT_OR_REFERENCE, optional, required};
use taskgraph::transform::payload::Payload;
use taskgraph::transform::{Context, TaskDescription};
use taskgraph_compat::map;
use taskgraph_compat::python::base64;
use taskgraph_compat::value::{Map, Value};

const WORKER: Schema = Schema::Map(&fields(Schema::Bool));
/// Since the schemas are those of msgspec.
const WORKER_4: Schema = Schema::Map(&fields(FLAG_OR_NULL));

const DATA: Schema = Schema::Map(&[
    required("data", Schema::Str),
    required("content-type", Schema::Str),
    required("destinations", Schema::List(&TEXT_OR_REFERENCE)),
]);

const fn fields(dry_run: Schema) -> [Field; 7] {
    [
        required("implementation", Schema::Str),
        optional("os", Schema::Str),
        required("app-name", Schema::Str),
        required("bucket", Schema::Str),
        required("project", Schema::Str),
        required("data-map", Schema::List(&DATA)),
        optional("dry-run", dry_run),
    ]
}

/// The worker implementation.
pub(crate) const PAYLOAD: Payload = Payload {
    name: "scriptworker-beetmover-data",
    summary: "Moves data to the place where it is published.",
    schema: |config| if config.mozilla.has_schemas_of_msgspec() { &WORKER_4 } else { &WORKER },
    follows_taskgraph: true,
    build,
};

fn build(_: &Context<'_>, description: &mut TaskDescription, definition: &mut Map) -> Result<()> {
    let worker = description.map_at("worker")?;
    let mut moved = Vec::new();
    for entry in worker.get("data-map").and_then(Value::as_list).unwrap_or_default() {
        let get = |key: &str| entry.get(key).cloned().unwrap_or_default();
        let data = get("data");
        if data.as_str().and_then(base64::decode).is_none() {
            bail!("`worker.data-map` must have data in base64, found {data:?}");
        }
        moved.push(Value::from(map! {
            "data" => data,
            "contentType" => get("content-type"),
            "destinations" => get("destinations"),
        }));
    }
    tag(definition)?;
    let properties = map! { "appName" => worker.text("app-name")? };
    definition.put("payload", map! { "releaseProperties" => properties, "dataMap" => moved });
    let (project, bucket) = (worker.text("project")?, worker.text("bucket")?);
    definition.list_at("scopes")?.extend([
        Value::from(format!("project:{project}:releng:beetmover:bucket:{bucket}")),
        Value::from(format!("project:{project}:releng:beetmover:action:upload-data")),
    ]);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use transforms_testing::built;

    const WORKER: &str = "worker: {app-name: a, bucket: b, project: p, data-map: \
                          [{data: aGk=, content-type: text/plain, destinations: [x]}]}";

    #[test]
    fn data_goes_to_its_destinations() {
        assert_eq!(
            built(&PAYLOAD, WORKER).unwrap(),
            r#"{"tags": {"worker-implementation": "scriptworker"}, "payload": {"releaseProperties": {"appName": "a"}, "dataMap": [{"data": "aGk=", "contentType": "text/plain", "destinations": ["x"]}]}, "scopes": ["project:p:releng:beetmover:bucket:b", "project:p:releng:beetmover:action:upload-data"]}"#
        );
        let error = built(&PAYLOAD, &WORKER.replace("aGk=", "a")).unwrap_err();
        assert!(error.to_string().contains("must have data in base64"));
    }
}
