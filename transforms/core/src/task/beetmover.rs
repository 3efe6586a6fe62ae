//! The payload of `beetmover`: artifacts of other tasks on their way to where releases lie.

use anyhow::Result;
use taskgraph::schema::fields::Fields;
use taskgraph::schema::{STRINGS, Schema, TEXT_OR_REFERENCE, optional, required};
use taskgraph::transform::{Context, TaskDescription};
use taskgraph_compat::map;
use taskgraph_compat::value::{Map, Value};

/// Default time limit of such a task, in seconds.
const MOST_SECONDS: i64 = 600;

/// Keys of the release, and what Taskcluster calls them.
const RELEASE: &[(&str, &str)] = &[
    ("app-name", "appName"),
    ("app-version", "appVersion"),
    ("branch", "branch"),
    ("build-id", "buildid"),
    ("hash-type", "hashType"),
    ("platform", "platform"),
];

/// The section `worker`.
pub(super) const WORKER: Schema = Schema::Map(&[
    required("implementation", Schema::Word(&["beetmover"])),
    optional("os", Schema::Str),
    required("max-run-time", Schema::Int),
    optional("locale", Schema::Str),
    optional("partner-public", Schema::Bool),
    required(
        "release-properties",
        Schema::Map(&[
            required("app-name", Schema::Str),
            required("app-version", Schema::Str),
            required("branch", Schema::Str),
            required("build-id", Schema::Str),
            required("hash-type", Schema::Str),
            required("platform", Schema::Str),
        ]),
    ),
    required(
        "upstream-artifacts",
        Schema::List(&Schema::Map(&[
            required("taskId", TEXT_OR_REFERENCE),
            required("taskType", Schema::Str),
            required("paths", STRINGS),
            required("locale", Schema::Str),
        ])),
    ),
    optional("artifact-map", Schema::Any),
]);

/// Fills in what may be left out.
pub(super) fn set_defaults(worker: &mut Map) {
    worker.set_default("max-run-time", MOST_SECONDS);
}

/// Builds the payload.
pub(super) fn build(
    ctx: &Context<'_>,
    description: &mut TaskDescription,
    definition: &mut Map,
) -> Result<()> {
    let worker = description.map_at("worker")?;
    let of_release =
        |key: &str| worker.get("release-properties").and_then(|release| release.get(key)).cloned();
    let mut release = Map::default();
    for (key, name) in RELEASE {
        release.put(name, of_release(key));
    }
    let mut payload = map! {
        "maxRunTime" => worker.get("max-run-time").cloned(),
        "releaseProperties" => release,
        "upload_date" => ctx.params.get("build_date").cloned(),
        "upstreamArtifacts" => worker.get("upstream-artifacts").cloned(),
    };
    let names = [
        ("locale", "locale"),
        ("artifact-map", "artifactMap"),
        ("partner-public", "is_partner_repack_public"),
    ];
    for (key, name) in names {
        if let Some(value) = worker.get(key).filter(|value| value.truthy()) {
            payload.put(name, Value::clone(value));
        }
    }
    definition.put("payload", payload);
    Ok(())
}
