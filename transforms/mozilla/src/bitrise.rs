//! The payload of `scriptworker-bitrise`: workflows of a Bitrise app are started.

use std::collections::BTreeSet;

use crate::nullable::TEXT_OR_NULL;
use crate::scopes::{prefix, tag};
use anyhow::Result;
use taskgraph::parameters::Params;
use taskgraph::schema::fields::Fields;
use taskgraph::schema::{Field, Schema, TEXT_OR_REFERENCE, optional, required};
use taskgraph::transform::payload::Payload;
use taskgraph::transform::{Context, TaskDescription};
use taskgraph_compat::map;
use taskgraph_compat::value::{Map, Str, Value};

const WORKFLOW: Schema = Schema::Either(
    &[Schema::Str, Schema::MapOf(&Schema::List(&Schema::MapOf(&TEXT_OR_REFERENCE)))],
    "the id of a workflow, or a map from ids to lists of environments",
);

const WORKER: Schema = Schema::Open(&fields(Schema::Map(&bitrise(Schema::Str))), &Schema::Any);
/// Since the schemas are those of msgspec.
const WORKER_4: Schema = Schema::Map(&fields(Schema::Open(&bitrise(TEXT_OR_NULL), &Schema::Any)));

const fn bitrise(prefix: Schema) -> [Field; 3] {
    [
        required("app", Schema::Str),
        required("workflows", Schema::List(&WORKFLOW)),
        optional("artifact_prefix", prefix),
    ]
}

const fn fields(bitrise: Schema) -> [Field; 3] {
    [required("implementation", Schema::Str), optional("os", Schema::Str), required("bitrise", bitrise)]
}

/// The worker implementation.
pub(crate) const PAYLOAD: Payload = Payload {
    name: "scriptworker-bitrise",
    summary: "Runs a workflow on Bitrise.",
    schema: |config| if config.mozilla.has_schemas_of_msgspec() { &WORKER_4 } else { &WORKER },
    follows_taskgraph: true,
    build,
};

fn build(ctx: &Context<'_>, description: &mut TaskDescription, definition: &mut Map) -> Result<()> {
    let bitrise = description.map_at("worker")?.map_at("bitrise")?;
    let app = bitrise.text("app")?;
    let mut ids: BTreeSet<Str> = BTreeSet::new();
    let mut permutations = Map::default();
    for workflow in bitrise.get("workflows").and_then(Value::as_list).unwrap_or_default() {
        match workflow {
            Value::Str(id) => drop(ids.insert(id.clone())),
            other => {
                for (id, environments) in other.as_map().into_iter().flatten() {
                    ids.insert(id.clone());
                    let listed = permutations.list_at(id)?;
                    listed.extend(environments.as_list().unwrap_or_default().iter().map(environment));
                }
            }
        }
    }
    let prefix = prefix(ctx)?;
    let mut payload = map! { "global_params" => global_params(ctx.params) };
    if !permutations.is_empty() {
        payload.put("workflow_params", permutations);
    }
    if bitrise.is_set("artifact_prefix") {
        payload.put("artifact_prefix", bitrise["artifact_prefix"].clone());
    }
    let mut scopes = vec![Value::from(format!("{prefix}:bitrise:app:{app}"))];
    scopes.extend(ids.iter().map(|id| Value::from(format!("{prefix}:bitrise:workflow:{id}"))));
    tag(definition)?;
    definition.list_at("scopes")?.extend(scopes);
    definition.put("payload", payload);
    Ok(())
}

fn environment(variables: &Value) -> Value {
    let variables = variables.as_map().into_iter().flatten();
    let mapped = variables
        .map(|(name, value)| Value::from(map! { "mapped_to" => name.clone(), "value" => value.clone() }));
    map! { "environments" => mapped.collect::<Vec<_>>() }.into()
}

/// Returns the parameters that Bitrise receives.
fn global_params(params: &Params) -> Map {
    let mut out = map! {
        "commit_hash" => params.text("head_rev"),
        "branch_repo_owner" => params.text("head_repository"),
    };
    let mut add = |name: &str, value: Option<Value>| {
        if let Some(value) = value.filter(Value::truthy) {
            out.put(name, value);
        }
    };
    let short = |name: &str, sort: &str| short_ref(params.text(name), sort).map(Value::from);
    add("branch", short("head_ref", "heads"));
    add("tag", short("head_tag", "tags"));
    add("commit_message", params.get("commit_message").cloned());
    add("pull_request_id", params.get("pull_request_number").cloned());
    if params.text("tasks_for") == "github-pull-request" {
        out.put("pull_request_author", params.text("owner"));
        let mut add = |name: &str, value: Option<&str>| {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                out.put(name, value);
            }
        };
        add("branch_dest", short_ref(params.text("base_ref"), "heads"));
        add("branch_dest_repo_owner", Some(params.text("base_repository")));
    }
    out
}

/// A ref without `refs/heads/`, if it is of that sort.
fn short_ref<'r>(name: &'r str, sort: &str) -> Option<&'r str> {
    match name.strip_prefix("refs/") {
        None => Some(name),
        Some(rest) => rest.strip_prefix(sort)?.strip_prefix('/'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use transforms_testing::{built, params};

    #[test]
    fn workflows_have_their_environments_and_scopes() {
        let worker =
            "worker: {bitrise: {app: a, workflows: [x, {b: [{K: v}], x: [{}]}], artifact_prefix: public}}";
        assert_eq!(
            built(&PAYLOAD, worker).unwrap(),
            r#"{"tags": {"worker-implementation": "scriptworker"}, "scopes": ["project:it:bitrise:app:a", "project:it:bitrise:workflow:b", "project:it:bitrise:workflow:x"], "payload": {"global_params": {"commit_hash": "", "branch_repo_owner": ""}, "workflow_params": {"b": [{"environments": [{"mapped_to": "K", "value": "v"}]}], "x": [{"environments": []}]}, "artifact_prefix": "public"}}"#
        );
    }

    #[test]
    fn a_pull_request_tells_where_it_goes() {
        let params = params(
            "{head_rev: r, head_repository: h, head_ref: refs/heads/x/y, head_tag: refs/heads/z, owner: o, \
             tasks_for: github-pull-request, base_ref: main, base_repository: b, pull_request_number: 7}",
        );
        assert_eq!(
            format!("{:?}", Value::from(global_params(&params))),
            r#"{"commit_hash": "r", "branch_repo_owner": "h", "branch": "x/y", "pull_request_id": 7, "pull_request_author": "o", "branch_dest": "main", "branch_dest_repo_owner": "b"}"#
        );
    }
}
