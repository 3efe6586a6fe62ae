//! `translations_taskgraph.transforms.upload_artifacts`: which files of a task are uploaded, and where to.
//!
//! `worker.upstream-artifacts` and `worker.artifact-map` may be keyed `by-upstream-kind`. `{step_dir}` in the map
//! becomes the directory of the task. Corpora are left out unless `archive-corpora` of the experiment is set.

use crate::transforms::upload::step_dir::step_dir;
use crate::transforms::upload::upstream::only;
use anyhow::Result;
use taskgraph::keyed_by::evaluate;
use taskgraph::schema::fields::{Fields, missing, wrong};
use taskgraph::transform::notes::DroppedTask;
use taskgraph::transform::substitute::{Missing, substitute};
use taskgraph::transform::{TaskDescription, Transform, TransformInfo, with_state};
use taskgraph_compat::python;
use taskgraph_compat::value::{Map, Str, Value};

const KEYED: [&str; 2] = ["upstream-artifacts", "artifact-map"];

/// Kinds that make corpora start so.
const CORPORA: [&str; 2] = ["corpus-align", "distillation-corpus-final-filtering"];

/// The description of the transform.
pub(crate) const INFO: TransformInfo = TransformInfo::new(
    "translations_taskgraph.transforms.upload_artifacts",
    "Chooses the files of a task that are uploaded, and their destinations.",
);

/// The transform.
pub(crate) fn transform() -> Transform {
    let archive =
        with_state(|ctx| Ok(ctx.params.deep_get("training_config.experiment.archive-corpora").truthy()));
    archive.fan_out(|ctx, archive, mut description, out| {
        let (name, label) = upstream(&description)?;
        let item = description.get("description").map(python::str).unwrap_or_default();
        let kind = description.get("attributes").and_then(|attributes| attributes.get("kind")?.as_str());
        let Some(kind) = kind else { return Err(missing("attributes.kind", "the kind of the task")) };
        if !archive && CORPORA.iter().any(|corpus| kind.starts_with(corpus)) {
            let stage =
                description.get("attributes").and_then(|attributes| attributes.get("stage")?.as_str());
            ctx.record.drop_task(DroppedTask {
                kind: ctx.kind.name.clone(),
                stage: stage.map(Str::from),
                why: "`archive-corpora` of the experiment is not set".into(),
                by: None,
            });
            return Ok(());
        }
        let names = taskgraph_compat::map! { "step_dir" => step_dir(&label)? };
        let worker = description.map_at("worker")?;
        for key in KEYED {
            let Some(value) = worker.get(key) else { continue };
            let chosen = evaluate(value, &format!("`{key}` in `{item}`"), |attribute| match attribute {
                "upstream-kind" => Some((&*name).into()),
                other => worker.get(other).cloned(),
            })?;
            worker.put(key, chosen);
        }
        fill_in(worker, &names)?;
        out.push(description);
        Ok(())
    })
}

fn upstream(description: &TaskDescription) -> Result<(Str, Str)> {
    let Some(dependencies) = description.get("dependencies").and_then(Value::as_map) else {
        return Err(missing("dependencies", "the task whose files are uploaded"));
    };
    let (name, label) = only(dependencies)?;
    match label {
        Value::Str(label) => Ok((name.clone(), label.clone())),
        other => Err(wrong(format!("dependencies.{name}").as_str(), other, "a label")),
    }
}

/// Fills the values of the map. Python: the keys of the map itself stay as they are, because what is filled into
/// them gets lost.
fn fill_in(worker: &mut Map, names: &Map) -> Result<()> {
    let Some(map) = worker.get_mut("artifact-map") else {
        return Err(missing("worker.artifact-map", "a map from files to destinations"));
    };
    let Some(map) = map.as_map_mut() else {
        return Err(wrong("worker.artifact-map", map, "a map from files to destinations"));
    };
    for destinations in map.values_mut() {
        *destinations = substitute(destinations, names, Missing::Stays)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use transforms_testing::Fixture;

    const TASK: &str = "{dependencies: {export: export-ru-en}, attributes: {kind: export}, worker: {\
        upstream-artifacts: {by-upstream-kind: {'(export|evaluate.*)': ['*'], default: ['*.log']}}, \
        artifact-map: {'*': [{task-reference: 'models/{experiment_name}_<decision>/{step_dir}/'}]}}}";

    #[test]
    fn files_depend_on_the_kind_and_go_to_the_directory_of_the_task() {
        let fixture = Fixture::new("{experiment: {archive-corpora: false}}");
        assert_eq!(fixture.one(transform(), TASK, "worker.upstream-artifacts"), r#"["*"]"#);
        assert_eq!(
            fixture.one(transform(), TASK, "worker.artifact-map"),
            r#"{"*": [{"task-reference": "models/{experiment_name}_<decision>/exported/"}]}"#
        );
    }

    #[test]
    fn corpora_are_uploaded_if_they_are_to_be_kept() {
        let description = "{dependencies: {a: corpus-align-parallel-ru-en}, attributes: {kind: corpus-align-parallel}, \
                    worker: {artifact-map: {}}}";
        let fixture =
            |archive: bool| Fixture::new(&format!("{{experiment: {{archive-corpora: {archive}}}}}"));
        assert_eq!(fixture(true).run(transform(), description).unwrap().len(), 1);
        let fixture = fixture(false);
        assert_eq!(fixture.run(transform(), description).unwrap().len(), 0);
        assert!(fixture.record.into_notes().0[0].why.contains("archive-corpora"));
    }

    #[test]
    fn what_an_upload_lacks_is_reported() {
        let fixture = Fixture::new("{}");
        assert!(fixture.refused(transform(), "{}").contains("dependencies"));
        let two = TASK.replace("export: export-ru-en", "export: e, evaluate: v");
        assert!(fixture.refused(transform(), &two).contains("`export` and `evaluate`"));
    }
}
