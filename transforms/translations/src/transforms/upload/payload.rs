//! The payload of `scriptworker-beetmover-translations`: artifacts of a task on their way to a bucket.

use crate::transforms::upload::upstream::only;
use anyhow::Result;
use taskgraph::schema::fields::Fields;
use taskgraph::schema::{STRINGS, Schema, TEXT_OR_REFERENCE, optional, required};
use taskgraph::transform::payload::Payload;
use taskgraph::transform::{Context, TaskDescription};
use taskgraph_compat::map;
use taskgraph_compat::value::{Map, Value};

const WORKER: Schema = Schema::Map(&[
    required("implementation", Schema::Str),
    optional("os", Schema::Str),
    required("app-name", Schema::Str),
    required("bucket", Schema::Str),
    required("upstream-artifacts", STRINGS),
    required("artifact-map", Schema::MapOf(&Schema::List(&TEXT_OR_REFERENCE))),
    optional("allow-overwrites", Schema::Bool),
]);

/// The worker implementation.
pub(crate) const BEETMOVER_TRANSLATIONS: Payload = Payload {
    name: "scriptworker-beetmover-translations",
    summary: "Uploads files of a training run to a bucket.",
    schema: |_| &WORKER,
    follows_taskgraph: false,
    build,
};

fn build(_: &Context<'_>, description: &mut TaskDescription, definition: &mut Map) -> Result<()> {
    let dependencies = description.get("dependencies").and_then(Value::as_map).filter(|map| !map.is_empty());
    // Without dependencies, the files are those of the decision task.
    let upstream = match dependencies {
        Some(dependencies) => &**only(dependencies)?.0,
        None => "decision",
    };
    let task_id = map! { "task-reference" => format!("<{upstream}>") };
    let worker = description.map_at("worker")?;
    let get = |key: &str| worker.get(key).cloned().unwrap_or_default();
    let destinations = get("artifact-map");
    let paths: Map = destinations
        .as_map()
        .into_iter()
        .flatten()
        .map(|(pattern, to)| (pattern.clone(), map! { "destinations" => to.clone() }.into()))
        .collect();
    definition.map_at("tags")?.put("worker-implementation", "scriptworker");
    let artifacts = map! {
        "paths" => get("upstream-artifacts"),
        "taskId" => task_id.clone(),
        "taskType" => "build",
        "optional" => true,
    };
    let moved = map! { "taskId" => task_id, "paths" => paths };
    definition.put(
        "payload",
        map! {
            "allow_overwrites" => worker.is_set("allow-overwrites"),
            "releaseProperties" => map! { "appName" => get("app-name") },
            "upstreamArtifacts" => vec![Value::from(artifacts)],
            "artifactMap" => vec![Value::from(moved)],
        },
    );
    // Python: scopes that the task had are gone.
    let bucket = worker.text("bucket")?;
    let scopes = [
        format!("project:translations:releng:beetmover:bucket:{bucket}"),
        "project:translations:releng:beetmover:action:upload-translations-artifacts".into(),
    ];
    definition.put("scopes", scopes.into_iter().map(Value::from).collect::<Vec<_>>());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use transforms_testing;

    fn built(more: &str) -> String {
        let worker =
            "worker: {app-name: a, bucket: b, upstream-artifacts: ['*'], artifact-map: {'*': [to/]}}";
        transforms_testing::built(&BEETMOVER_TRANSLATIONS, &format!("{more} {worker}")).unwrap()
    }

    #[test]
    fn files_are_those_of_the_one_dependency_or_of_the_decision_task() {
        let expected = r#"{"tags": {"worker-implementation": "scriptworker"}, "payload": {"allow_overwrites": false, "releaseProperties": {"appName": "a"}, "upstreamArtifacts": [{"paths": ["*"], "taskId": {"task-reference": "<export>"}, "taskType": "build", "optional": true}], "artifactMap": [{"taskId": {"task-reference": "<export>"}, "paths": {"*": {"destinations": ["to/"]}}}]}, "scopes": ["project:translations:releng:beetmover:bucket:b", "project:translations:releng:beetmover:action:upload-translations-artifacts"]}"#;
        assert_eq!(built("dependencies: {export: export-ru-en},"), expected);
        assert_eq!(built(""), expected.replace("<export>", "<decision>"));
    }
}
