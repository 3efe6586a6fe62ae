//! `translations_taskgraph.transforms.training_continuation`, alias `taskgraph_rs.transforms.pretrained_models`:
//! lets the training tasks of a kind start from a pretrained model.
//!
//! The model stands in the training config, see [`pretrained`](crate::pretrained). What happens to a task:
//!
//! | mode | mounted | dependencies and fetches | cache digest |
//! | --- | --- | --- | --- |
//! | `use` | all files of a training run | none: nothing is trained | only the pretrained-model parameters |
//! | `continue` | all files of a training run | all but the vocabulary's | as without a model |
//! | `init` | the best models and the vocabulary | all but the vocabulary's | as without a model |
//!
//! Each member of an ensemble mounts its own model. Before chunking the mounts are keyed `by-chunk`, and chunking
//! chooses; after it, `attributes.this_chunk` does. (In the reference, every member mounts the first model.)
//!
//! With or without a model, `description`, `run.command` and `worker.env` may be keyed `by-pretrained-mode`.

use crate::pipeline_version::PipelineVersion;
use crate::pretrained::{Layout, Mode, PretrainedModel, can_mount, look_for_all};
use anyhow::Result;
use indexmap::IndexSet;
use taskgraph::keyed_by::evaluate;
use taskgraph::schema::fields::Fields;
use taskgraph::transform::{Context, TaskDescription, Transform, TransformInfo, prepare};
use taskgraph_compat::value::{Map, Str, Value};
use taskgraph_training::model::TrainingExtensions as _;

const KEYED_BY_MODE: [&str; 3] = ["description", "run.command", "worker.env"];

/// Kinds whose names in `fetches` become dependencies only later.
const FETCHED_KINDS: [&str; 2] = ["fetch", "toolchain"];

/// The description of `training_continuation`.
pub(crate) const TRAINING_CONTINUATION: TransformInfo = TransformInfo::new(
    "translations_taskgraph.transforms.training_continuation",
    "Lets training tasks start from a pretrained model.",
);

/// The description of `pretrained_models`.
pub(crate) const PRETRAINED_MODELS: TransformInfo = TransformInfo::new(
    "taskgraph_rs.transforms.pretrained_models",
    "Does the same as `translations_taskgraph.transforms.training_continuation`.",
);

/// The transform.
pub(crate) fn transform() -> Transform {
    prepare(GivenModel::prepare).each(|_, given, description| {
        if let Some(model) = &given.model {
            start_from(model, given.layout, description)?;
        }
        choose_by_mode(given.model.as_ref().map(|model| model.mode), description)
    })
}

/// The model that the training config gives for the kind.
struct GivenModel {
    layout: &'static Layout,
    /// None if a worker of one of the tasks cannot mount it.
    model: Option<PretrainedModel>,
}

impl GivenModel {
    fn prepare(ctx: &Context<'_>, tasks: &mut [TaskDescription]) -> Result<Self> {
        let layout = PipelineVersion::of(ctx.tree).layout();
        look_for_all(ctx, layout)?;
        let model = match PretrainedModel::read(ctx, layout)? {
            Some(model) if can_all_mount(ctx, tasks)? => Some(model),
            _ => None,
        };
        Ok(GivenModel { layout, model })
    }
}

/// Looks at workers that are known by now. `worker_selection` looks at those that it chooses later.
fn can_all_mount(ctx: &Context<'_>, descriptions: &[TaskDescription]) -> Result<bool> {
    let aliases: IndexSet<&str> =
        descriptions.iter().filter_map(|description| description.get("worker-type")?.as_str()).collect();
    let mut known = aliases.into_iter().filter(|alias| ctx.config.worker(alias).is_ok());
    known.try_fold(true, |all, alias| Ok(can_mount(ctx, alias)? && all))
}

fn start_from(model: &PretrainedModel, layout: &Layout, description: &mut TaskDescription) -> Result<()> {
    add_mounts(model, description)?;
    let dropped = drop_upstream(model.mode, layout.vocabulary_kind, description)?;
    if model.mode == Mode::Use {
        narrow_digest(description)?;
    }
    description.extensions.set_model(model.decision(dropped));
    description.extensions.reuse_mut().brings = Some(model.path.clone());
    Ok(())
}

fn add_mounts(model: &PretrainedModel, description: &mut TaskDescription) -> Result<()> {
    let is_chunked_later = description.is_set("chunk");
    let member = description
        .get("attributes")
        .and_then(|attributes| attributes.get("this_chunk")?.as_int())
        .unwrap_or(1);
    let worker = description.map_at("worker")?;
    if is_chunked_later && model.urls.len() > 1 {
        let before = std::mem::take(worker.list_at("mounts")?);
        let mut arms = Map::default();
        for (index, url) in model.urls.iter().enumerate() {
            let mounts = [before.clone(), model.mounts(url)?].concat();
            arms.put(&(index + 1).to_string(), mounts);
        }
        worker.put("mounts", taskgraph_compat::map! { "by-chunk" => arms });
    } else {
        let mounts = model.mounts(model.url(member)?)?;
        worker.list_at("mounts")?.extend(mounts);
    }
    Ok(())
}

/// Takes away what the task does not need any more, and gives the names of it.
fn drop_upstream(mode: Mode, vocabulary: &str, description: &mut TaskDescription) -> Result<Vec<Str>> {
    let mut dropped: Vec<Str> = Vec::new();
    if mode == Mode::Use {
        dropped.extend(description.map_at("dependencies")?.keys().cloned());
        dropped.extend(fetched(description.map_at("fetches")?));
        dropped.sort_unstable();
        dropped.dedup();
        description.put("dependencies", Map::default());
        description.put("fetches", Map::default());
    } else {
        dropped.extend(description.map_at("dependencies")?.take(vocabulary).map(|_| Str::from(vocabulary)));
        description.map_at("fetches")?.take(vocabulary);
    }
    Ok(dropped)
}

fn fetched(fetches: &Map) -> Vec<Str> {
    let mut names = Vec::new();
    for kind in FETCHED_KINDS {
        for item in fetches.get(kind).and_then(Value::as_list).unwrap_or_default() {
            let name = item.as_str().or_else(|| item.get("artifact")?.as_str());
            names.extend(name.map(|name| format!("{kind}-{name}").into()));
        }
    }
    names
}

/// Nothing but the model counts for the digest of a task that only publishes it.
fn narrow_digest(description: &mut TaskDescription) -> Result<()> {
    let cache = description.map_at("attributes")?.map_at("cache")?;
    cache.put("resources", Value::list());
    let mut parameters = std::mem::take(cache.map_at("from-parameters")?);
    parameters.retain(|name, _| name.starts_with("pretrained"));
    cache.put("from-parameters", parameters);
    Ok(())
}

fn choose_by_mode(mode: Option<Mode>, description: &mut TaskDescription) -> Result<()> {
    for path in KEYED_BY_MODE {
        let Ok(value) = description.at(path) else { continue };
        if value.get("by-pretrained-mode").is_some() {
            *value = evaluate(value, &format!("`{path}`"), |name| match name {
                "pretrained-mode" => mode.map(|mode| mode.word().into()),
                _ => None,
            })?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use taskgraph::diagnostics::Problems;
    use taskgraph::registry::Registry;
    use taskgraph_training::model::Variant;

    use super::*;
    use transforms_testing::{Fixture, show};

    fn fixture(kind: &str, mode: &str, members: usize) -> Fixture {
        let urls: Vec<_> = (1..=members).map(|member| format!("https://h/{member}")).collect();
        let model = format!("{{urls: [{}], mode: {mode}, type: opusmt}}", urls.join(", "));
        Fixture::new(&format!(
            "{{experiment: {{teacher-ensemble: {members}, pretrained-models: {{{kind}: {model}}}}}, \
             taskcluster: {{worker-classes: {{default: x}}}}}}"
        ))
        .kind(kind)
    }

    fn description(more: &str) -> String {
        format!(
            "{{description: d, dependencies: {{train-vocab: v, merge-devset: m}}, \
             fetches: {{toolchain: [marian], train-vocab: [vocab.spm], merge-devset: [x]}}, \
             worker: {{mounts: [{{directory: own}}], env: {{}}}}, {more} \
             attributes: {{cache: {{type: t, resources: [a.py], from-parameters: \
             {{marian_args: a, pretrained_teacher: b}}}}{}}}}}",
            if more.contains("chunk") { "" } else { ", this_chunk: 1" }
        )
    }

    /// The task's own mount and then the files of the model at the url of `member`.
    fn mounts(mode: &str, member: usize) -> String {
        let files = Mode::parse(mode).unwrap().files().iter().chain(&["vocab.spm"]).map(|file| {
            format!(
                r#", {{"content": {{"url": "https://h/{member}/{file}"}}, "file": "./artifacts/{file}"}}"#
            )
        });
        format!(r#"[{{"directory": "own"}}{}]"#, files.collect::<String>())
    }

    #[test]
    fn every_mode_mounts_its_files_on_both_kinds() {
        for kind in ["train-teacher", "train-backwards"] {
            for mode in ["use", "continue", "init"] {
                let fixture = fixture(kind, mode, 1);
                for more in ["", "chunk: {total-chunks: 1, substitution-fields: []},"] {
                    assert_eq!(
                        fixture.one(transform(), &description(more), "worker.mounts"),
                        mounts(mode, 1),
                        "{kind} {mode}"
                    );
                }
            }
        }
    }

    #[test]
    fn each_member_of_an_ensemble_mounts_its_own_model() {
        for mode in ["use", "continue", "init"] {
            for members in [2, 4] {
                let fixture = fixture("train-teacher", mode, members);
                let chunk = "chunk: {total-chunks: 'n', substitution-fields: []},";
                let keyed = fixture.one(transform(), &description(chunk), "worker.mounts");
                let arms: Vec<_> =
                    (1..=members).map(|member| format!(r#""{member}": {}"#, mounts(mode, member))).collect();
                assert_eq!(keyed, format!(r#"{{"by-chunk": {{{}}}}}"#, arms.join(", ")));

                let chunked = description("").replace("this_chunk: 1", &format!("this_chunk: {members}"));
                assert_eq!(fixture.one(transform(), &chunked, "worker.mounts"), mounts(mode, members));
            }
        }
    }

    #[test]
    fn chunking_gives_each_member_its_mounts() {
        let chunking = taskgraph_transforms::register(Registry::default())
            .find("taskgraph.transforms.chunking")
            .unwrap();
        for (mode, members) in [("use", 1), ("continue", 2), ("init", 4)] {
            let fixture = fixture("train-teacher", mode, members);
            let chunk = format!("chunk: {{total-chunks: {members}, substitution-fields: []}},");
            let descriptions = fixture.run(transform(), &description(&chunk)).unwrap();
            let parts = chunking.run(&fixture.context(), descriptions).unwrap();
            assert_eq!(parts.len(), members);
            for (index, part) in parts.iter().enumerate() {
                assert_eq!(show(part, "worker.mounts"), mounts(mode, index + 1));
                assert_eq!(part.extensions.model().unwrap().urls.len(), members);
            }
        }
    }

    #[test]
    fn a_member_without_a_model_is_refused() {
        let error = fixture("train-teacher", "use", 2)
            .refused(transform(), &description("").replace("this_chunk: 1", "this_chunk: 3"));
        assert!(error.contains("no pretrained model for member 3: 2 given"), "{error}");
    }

    #[test]
    fn the_vocabulary_comes_with_the_model() {
        for mode in ["continue", "init"] {
            let fixture = fixture("train-teacher", mode, 1);
            let made = fixture.run(transform(), &description("")).unwrap().remove(0);
            assert_eq!(show(&made, "dependencies"), r#"{"merge-devset": "m"}"#);
            assert_eq!(show(&made, "fetches"), r#"{"toolchain": ["marian"], "merge-devset": ["x"]}"#);
            assert_eq!(show(&made, "attributes.cache.resources"), r#"["a.py"]"#);
            assert_eq!(
                show(&made, "attributes.cache.from-parameters"),
                r#"{"marian_args": "a", "pretrained_teacher": "b"}"#
            );
            assert_eq!(made.extensions.model().unwrap().clone().dropped, ["train-vocab"]);
        }
    }

    #[test]
    fn a_download_only_model_needs_nothing() {
        let made = fixture("train-teacher", "use", 1).run(transform(), &description("")).unwrap().remove(0);
        assert_eq!(show(&made, "dependencies"), "{}");
        assert_eq!(show(&made, "fetches"), "{}");
        assert_eq!(show(&made, "attributes.cache.resources"), "[]");
        assert_eq!(show(&made, "attributes.cache.from-parameters"), r#"{"pretrained_teacher": "b"}"#);
        let model = made.extensions.model().unwrap().clone();
        assert_eq!(model.variant, Variant::DownloadOnly);
        assert_eq!(model.dropped, ["merge-devset", "toolchain-marian", "train-vocab"].map(Str::from));
        assert_eq!(
            (&*model.model_type, model.directory.as_deref(), model.files.len()),
            ("opusmt", Some("./artifacts"), 17)
        );
    }

    #[test]
    fn a_model_of_another_kind_changes_nothing() {
        let made = fixture("train-teacher", "use", 1)
            .kind("train-backwards")
            .run(transform(), &description(""))
            .unwrap()
            .remove(0);
        assert_eq!(show(&made, "worker.mounts"), r#"[{"directory": "own"}]"#);
        assert!(made.extensions.model().is_none());
    }

    #[test]
    fn fields_may_be_keyed_by_the_mode() {
        let keyed = "{description: {by-pretrained-mode: {use: publish, default: train}}, attributes: {}, \
                     run: {command: {by-pretrained-mode: {init: [i], default: [d]}}}, \
                     worker: {env: {by-pretrained-mode: {use: {A: b}, default: {}}}}}";
        let shown = |kind: &str, mode: &str| {
            let made =
                fixture("train-teacher", mode, 1).kind(kind).run(transform(), keyed).unwrap().remove(0);
            show(&made, "description") + &show(&made, "run.command") + &show(&made, "worker.env")
        };
        assert_eq!(shown("train-teacher", "use"), r#""publish"["d"]{"A": "b"}"#);
        assert_eq!(shown("train-teacher", "init"), r#""train"["i"]{}"#);
        assert_eq!(shown("train-backwards", "init"), r#""train"["d"]{}"#);
    }

    #[test]
    fn a_docker_worker_cannot_mount_a_model() {
        let expected = "kind `train-teacher` cannot take a pretrained model: its tasks run on docker-worker \
                        (at training_config.experiment.pretrained-models.train-teacher): \
                        only generic-worker tasks can mount a model";
        let fixture = fixture("train-teacher", "use", 2);
        let error = fixture.refused(transform(), &description("worker-type: cpu,"));
        assert!(error.ends_with(expected), "{error}");
        assert_eq!(error.lines().count(), 1);
        // A local alias is resolved later.
        let descriptions =
            fixture.run(transform(), &description("worker-type: b-cpu, chunk: {n: 2},")).unwrap();
        assert!(descriptions[0].extensions.model().is_some() && fixture.record.take_refused().is_empty());
        let made =
            crate::transforms::worker_selection::transform().run(&fixture.context(), descriptions).unwrap();
        let refused = fixture.record.take_refused();
        assert!(!refused.is_empty());
        assert!(
            refused.iter().all(|problem| Problems::from(problem.clone()).to_string().ends_with(expected))
        );
        // What is behind is made as if there were no model.
        assert!(made[0].extensions.model().is_none() && made[0]["worker"].get("mounts").is_none());
        assert!(fixture.run(transform(), &description("worker-type: gpu-spot,")).is_ok());
        assert!(fixture.record.take_refused().is_empty());
    }

    #[test]
    fn a_kind_s_own_name_is_a_key_in_the_later_dialect() {
        let kind = "backtranslations-train-backwards-model";
        let fixture = Fixture::new(&format!(
            "{{experiment: {{src: ru, trg: en}}, continuation: {{models: \
             {{{kind}: {{url: https://h/1, mode: init, type: default}}}}}}}}"
        ))
        .kind(kind)
        .july_2026()
        .urls(&["https://h/1/vocab.ru.spm"]);
        let own = description("").replace("train-vocab", "build-vocab");
        let made = fixture.run(transform(), &own).unwrap().remove(0);
        assert_eq!(show(&made, "dependencies"), r#"{"merge-devset": "m"}"#);
        let mounts = show(&made, "worker.mounts");
        assert!(mounts.contains("https://h/1/vocab.ru.spm") && mounts.contains("https://h/1/vocab.en.spm"));
        assert_eq!(made.extensions.model().unwrap().clone().files.len(), 6);
        let error = fixture
            .refused(transform(), &description("worker-type: cpu,").replace("train-vocab", "build-vocab"));
        assert!(
            error.contains(&format!(
                "kind `{kind}` cannot take a pretrained model: its tasks run on docker-worker \
                 (at training_config.continuation.models.{kind})"
            )),
            "{error}"
        );
    }
}
