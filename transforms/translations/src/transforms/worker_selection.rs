//! `translations_taskgraph.transforms.worker_selection`: the worker of a task, and what its machine needs to know.
//!
//! `worker-type` of a task, which may be keyed `by-tasks-for`, is a local alias of config.yml
//! (`local-worker-aliases`). That may be keyed `by-worker-class`; the classes of the kinds stand in the training
//! config under `taskcluster.worker-classes`. What comes out is an alias of `workers.aliases`, and the task gets the
//! environment that `worker-configuration` has for it: the number of its GPUs and the size of Marian's workspace.

use crate::parameter::text;
use crate::pretrained::can_mount;
use anyhow::{Context as _, Result, bail};
use taskgraph::keyed_by::evaluate;
use taskgraph::schema::fields::{Fields, missing, wrong};
use taskgraph::transform::{Context, TaskDescription, Transform, TransformInfo, with_state};
use taskgraph_compat::value::{Map, Str, Value};
use taskgraph_compat::{python, suggest};
use taskgraph_training::model::{Model, TrainingExtensions as _};

const CLASSES: &str = "training_config.taskcluster.worker-classes";

/// Requirements of a GPU task.
const GPU_ENV: [&str; 2] = ["GPUS", "WORKSPACE"];

/// The description of the transform.
pub(crate) const INFO: TransformInfo = TransformInfo::new(
    "translations_taskgraph.transforms.worker_selection",
    "Chooses the worker of a task, and adds the environment of its machine.",
);

/// The transform.
pub(crate) fn transform() -> Transform {
    with_state(worker_class).each(|ctx, class, description| {
        let alias = choose(ctx, description, class)?;
        description.put("worker-type", &alias);
        if description.extensions.model().is_some_and(|model| model.directory.is_some())
            && !can_mount(ctx, &alias)?
        {
            description.extensions.remove::<Model>();
            description.map_at("worker")?.take("mounts");
        }
        add_env(ctx, description, &alias)
    })
}

/// Returns the class of the workers of the kind.
fn worker_class(ctx: &Context<'_>) -> Result<Str> {
    match ctx.params.deep_get(&format!("{CLASSES}.{}", ctx.kind.name)) {
        Value::Str(class) => Ok(class.clone()),
        _ => Ok(text(ctx, &format!("{CLASSES}.default"))?.into()),
    }
}

fn choose(ctx: &Context<'_>, description: &TaskDescription, class: &str) -> Result<Str> {
    let item = description.get("description").map(python::str).unwrap_or_default();
    let Some(wish) = description.get("worker-type") else {
        return Err(missing("worker-type", "a local worker alias"));
    };
    let local =
        evaluate(wish, &item, |name| (name == "tasks-for").then(|| ctx.params.text("tasks_for").into()))?;
    let Some(local) = local.as_str() else {
        return Err(wrong("worker-type", &local, "a local worker alias"));
    };
    let aliases = ctx.config.get("local-worker-aliases").and_then(Value::as_map);
    let aliases = aliases.context("config.yml has no `local-worker-aliases`")?;
    let Some(alias) = aliases.get(local) else {
        match suggest::nearest(local, aliases.keys().map(|key| &**key)) {
            Some(nearest) => bail!("unknown local worker alias `{local}`; did you mean `{nearest}`?"),
            None => bail!("unknown local worker alias `{local}`"),
        }
    };
    match evaluate(alias, local, |name| (name == "worker-class").then(|| class.into()))? {
        Value::Str(alias) => Ok(alias),
        other => bail!("`local-worker-aliases.{local}` must be a worker alias, found {}", other.sort()),
    }
}

fn add_env(ctx: &Context<'_>, description: &mut TaskDescription, alias: &str) -> Result<()> {
    let configuration = ctx.config.get("worker-configuration").and_then(|all| all.get(alias));
    let env = configuration.and_then(|worker| worker.get("env")?.as_map());
    match env.filter(|env| GPU_ENV.iter().all(|name| env.contains_key(*name))) {
        Some(env) => {
            let env: Map = env.clone();
            description.map_at("worker")?.map_at("env")?.extend(env);
            Ok(())
        }
        None if alias.contains("gpu") => {
            bail!("`worker-configuration.{alias}.env` in config.yml must have {}", GPU_ENV.join(" and "))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use transforms_testing::Fixture;

    fn fixture(classes: &str) -> Fixture {
        Fixture::new(&format!("{{taskcluster: {{worker-classes: {classes}}}}}"))
    }

    #[test]
    fn a_kind_may_have_a_class_of_its_own() {
        let description = "{worker-type: b-gpu, worker: {env: {A: b}}}";
        assert_eq!(
            fixture("{default: gcp-spot}").one(transform(), description, "worker-type"),
            r#""gpu-spot""#
        );
        let own = fixture("{default: gcp-spot, it: gcp-standard}");
        assert_eq!(own.one(transform(), description, "worker-type"), r#""gpu-standard""#);
        assert_eq!(
            own.one(transform(), description, "worker.env"),
            r#"{"A": "b", "GPUS": "0 1", "WORKSPACE": "12000"}"#
        );
    }

    #[test]
    fn a_worker_may_depend_on_who_asks() {
        let description = "{worker-type: {by-tasks-for: {cron: b-gpu, default: b-cpu}}, worker: {env: {}}}";
        assert_eq!(fixture("{default: x}").one(transform(), description, "worker-type"), r#""cpu""#);
        assert_eq!(fixture("{default: x}").one(transform(), description, "worker.env"), "{}");
    }

    #[test]
    fn what_is_missing_is_reported() {
        let error = fixture("{default: x}").refused(transform(), "{worker-type: b-gpo, worker: {}}");
        assert!(error.contains("did you mean `b-gpu`?"), "{error}");
        let error = fixture("{default: x}").refused(transform(), "{worker-type: b-badgpu, worker: {}}");
        assert!(
            error.contains("`worker-configuration.badgpu.env` in config.yml must have GPUS and WORKSPACE"),
            "{error}"
        );
        let error = fixture("{}").refused(transform(), "{worker-type: b-cpu, worker: {}}");
        assert_eq!(
            error,
            "params.yml:1:80: missing key `default` (at training_config.taskcluster.worker-classes.default): \
             kind `it` needs it: a string"
        );
    }
}
