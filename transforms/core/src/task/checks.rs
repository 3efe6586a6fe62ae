//! Checks of every definition, whatever made it.

use crate::task::docker_worker::run_task_suffix;
use anyhow::{Result, bail};
use taskgraph::schema::fields::{Fields, about};
use taskgraph::task::MAX_DEPENDENCIES;
use taskgraph::transform::{Context, TaskDescription};
use taskgraph_compat::value::{Map, Value, joined};

/// Checks identifiers, the number of dependencies and the names of caches.
pub(super) fn check(ctx: &Context<'_>, description: &TaskDescription) -> Result<()> {
    let label = description.text("label")?;
    let Some(definition) = description.get("task").and_then(Value::as_map) else { return Ok(()) };
    for key in ["workerType", "provisionerId"] {
        let name = definition.text(key)?;
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if name.is_empty() || name.len() > 38 || !name.chars().all(fits) {
            return Err(about(
                "worker-type",
                format!(
                    "`{name}` is not a {key}: 1 to 38 letters, digits, dashes and underscores are allowed (task `{label}`)"
                ),
            ));
        }
    }
    let count = |key: &str| match description.get(key) {
        Some(Value::Map(map)) => map.len(),
        Some(Value::List(list)) => list.len(),
        _ => 0,
    };
    let dependencies = count("dependencies") + count("if-dependencies") + count("soft-dependencies");
    if dependencies > MAX_DEPENDENCIES {
        bail!("`{label}` has {dependencies} dependencies; the queue takes {MAX_DEPENDENCIES}");
    }
    check_caches(ctx, label, definition)
}

/// Caches belong to a trust domain and a level, and those that run-task looks after are for run-task alone.
fn check_caches(ctx: &Context<'_>, label: &str, definition: &Map) -> Result<()> {
    let payload = definition.get("payload");
    let Some(caches) = payload.and_then(|payload| payload.get("cache")) else { return Ok(()) };
    let caches = caches.get("task-reference").unwrap_or(caches);
    let prefix = joined(&[ctx.config.trust_domain(), "-level-", ctx.params.text("level"), "-"]);
    let program =
        payload.and_then(|payload| payload.get("command")?.as_list()?.first()?.as_str()).unwrap_or_default();
    for cache in caches.as_map().into_iter().flat_map(Map::keys) {
        let Some(name) = cache.strip_prefix(&*prefix) else {
            bail!("`{label}` uses the cache `{cache}`; names of caches start with `{prefix}` here");
        };
        if !name.starts_with("checkouts") && !name.starts_with("tooltool-cache") {
            continue;
        }
        if !ctx.config.version.is_run_task(program) {
            bail!("`{label}` uses the cache `{name}`, which is kept for run-task, but does not run it");
        }
        if !name.contains(&*run_task_suffix(ctx)?) {
            bail!(
                "`{label}` uses the cache `{name}`, whose name does not follow from the content of run-task"
            );
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use taskgraph::taskgraph_version::TaskgraphVersion;
    use transforms_testing::Fixture;

    #[test]
    fn caches_of_run_task_are_for_what_the_version_takes_for_run_task() {
        let checked = |version: TaskgraphVersion, program: &str| {
            let mut fixture = Fixture::new("{}");
            fixture.config.version = version;
            let cache = format!("translations-level-1-checkouts-v3-{}", "0".repeat(20));
            let description = format!(
                "{{label: x, task: {{workerType: w, provisionerId: p, payload: {{command: [{program}], cache: {{{cache}: /c}}}}}}}}"
            );
            check(&fixture.context(), &fixture.descriptions(&description)[0]).is_ok()
        };
        let (older, newer) = (TaskgraphVersion::default(), TaskgraphVersion::new(24, 5, 1));
        for version in [older, newer] {
            assert!(checked(version, "/usr/local/bin/run-task") && !checked(version, "make"), "{version}");
        }
        assert!(checked(older, "own-run-task") && !checked(newer, "own-run-task"));
        assert!(checked(newer, "/bin/run-task-git") && !checked(older, "/bin/run-task-git"));
    }
}
