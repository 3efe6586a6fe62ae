//! The pretrained model of a kind, as a type.

use std::sync::Arc;

use crate::pipeline_version::PipelineVersion;
use crate::pretrained::layout::{Effect, Layout};
use crate::pretrained::mode::Mode;
use crate::pretrained::vocabulary;
use anyhow::{Result, bail};
use taskgraph::diagnostics::Problem;
use taskgraph::transform::Context;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Str, Value};
use taskgraph_training::model::{Model, Variant};

/// Mount point of models.
const DIRECTORY: &str = "./artifacts";

/// The state of a checkpoint, which Marian goes on from.
const CHECKPOINT: &[&str] =
    &["model.npz", "model.npz.optimizer.npz", "model.npz.progress.yml", "model.npz.yml"];

/// Whether a run reads a file of a model. For `use` these are what later tasks fetch.
/// Source: `pipeline/train/train.py`, `train-taskcluster.sh`, and the fetches of the kinds.
pub fn reads(variant: Variant, file: &str) -> bool {
    let is_vocabulary = file.starts_with("vocab.");
    is_vocabulary
        || match variant {
            Variant::Continue => CHECKPOINT.contains(&file),
            Variant::Init => file == "final.model.npz.best-chrf.npz",
            Variant::DownloadOnly => file.starts_with("final.model.npz.best-chrf.npz"),
        }
}

/// The model that the tasks of a kind start from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PretrainedModel {
    /// The path of its key among the parameters.
    pub path: KeyPath,
    /// One url for each member of the ensemble, in order. At least one.
    pub urls: Vec<Str>,
    /// Use of the model.
    pub mode: Mode,
    /// Handed to the training script as it is.
    pub model_type: Str,
    /// The files of the vocabulary.
    pub vocabulary: Vec<Str>,
}

impl PretrainedModel {
    /// The model of the kind, if the parameters name one. They have been checked: the message here is short.
    pub fn read(ctx: &Context<'_>, layout: &Layout) -> Result<Option<Self>> {
        let kind = &*ctx.kind.name;
        let Some(key) = layout.key(kind).filter(|key| key.effect == Effect::Mounted) else { return Ok(None) };
        let Some(value) = layout.given(ctx.params, key) else { return Ok(None) };
        let text = |key: &str| value.get(key).and_then(Value::as_str);
        let one = value.get("url").map(std::slice::from_ref);
        let urls = value.get("urls").and_then(Value::as_list).or(one).unwrap_or_default();
        let urls: Option<Vec<Str>> = urls.iter().map(|url| url.as_str().map(Str::from)).collect();
        match (urls, text("mode").and_then(Mode::parse), text("type")) {
            (Some(urls), Some(mode), Some(model_type)) if !urls.is_empty() => {
                let vocabulary = vocabulary::files(ctx, layout, kind)?;
                let (path, model_type) = (layout.path(key), model_type.into());
                Ok(Some(PretrainedModel { path, urls, mode, model_type, vocabulary }))
            }
            _ => bail!("`{}.{kind}` needs urls, `mode` and `type`", layout.models),
        }
    }

    /// The names of all files that are mounted.
    pub fn files(&self) -> Vec<Str> {
        let files = self.mode.files().iter().map(|file| Str::from(*file));
        files.chain(self.vocabulary.iter().cloned()).collect()
    }

    /// The url of a member of the ensemble, counted from 1.
    pub fn url(&self, member: i64) -> Result<&Str> {
        let index = usize::try_from(member).ok().and_then(|member| member.checked_sub(1));
        match index.and_then(|index| self.urls.get(index)) {
            Some(url) => Ok(url),
            None => bail!("there is no pretrained model for member {member}: {} given", self.urls.len()),
        }
    }

    /// Returns the preview's record of a task that starts from this model and no longer needs `dropped`.
    pub fn decision(&self, dropped: Vec<Str>) -> Arc<Model> {
        Arc::new(Model {
            variant: self.mode.variant(),
            model_type: self.model_type.clone(),
            urls: self.urls.clone(),
            files: self.files(),
            directory: Some(DIRECTORY.into()),
            dropped,
        })
    }

    /// The mounts that bring the model at `url` into the task.
    pub fn mounts(&self, url: &str) -> Result<Vec<Value>> {
        let folder = if url.ends_with('/') { url.into() } else { format!("{url}/") };
        let mount = |file: &Str| -> Result<Value> {
            let url = taskgraph_compat::python::url::join(&folder, file)?;
            let content = taskgraph_compat::map! { "url" => url };
            Ok(taskgraph_compat::map! { "content" => content, "file" => format!("{DIRECTORY}/{file}") }
                .into())
        };
        self.files().iter().map(mount).collect()
    }
}

/// Whether a worker can mount a model. If it cannot, the graph is refused; the task is made without the model, so that
/// problems of other models are reported as well.
pub fn can_mount(ctx: &Context<'_>, alias: &str) -> Result<bool> {
    let implementation = ctx.config.worker(alias)?.implementation;
    if implementation == "generic-worker" {
        return Ok(true);
    }
    let kind = &ctx.kind.name;
    let path = KeyPath::dotted(PipelineVersion::of(ctx.tree).layout().models).join(kind);
    let message = format!("kind `{kind}` cannot take a pretrained model: its tasks run on {implementation}");
    ctx.record.refuse(
        Problem::error("no-mounts", message)
            .at(ctx.params.path_in_file(&path), "only generic-worker tasks can mount a model")
            .in_place(ctx.params.place_of_key(&path))
            .help(format!(
                "leave the model out, or take a tree whose tasks of this kind run on generic-worker: here they use the worker `{alias}`"
            )),
    );
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use transforms_testing::Fixture;

    #[test]
    fn a_slash_at_the_end_of_a_url_makes_no_difference() {
        let model = PretrainedModel {
            path: KeyPath::default(),
            urls: vec![],
            mode: Mode::Init,
            model_type: "default".into(),
            vocabulary: vec!["vocab.spm".into()],
        };
        let mounts = model.mounts("https://h/models/ru-en").unwrap();
        assert_eq!(mounts, model.mounts("https://h/models/ru-en/").unwrap());
        assert_eq!(mounts.len(), 5);
        let vocabulary =
            r#"{"content": {"url": "https://h/models/ru-en/vocab.spm"}, "file": "./artifacts/vocab.spm"}"#;
        assert_eq!(format!("{:?}", mounts[4]), vocabulary);
    }

    #[test]
    fn no_model_is_no_model_however_it_is_written() {
        for experiment in ["{}", "{pretrained-models: null}", "{pretrained-models: {}}", "{src: ru}"] {
            let fixture = Fixture::new(&format!("{{experiment: {experiment}}}")).kind("train-teacher");
            let layout = PipelineVersion::December2024.layout();
            assert_eq!(PretrainedModel::read(&fixture.context(), layout).unwrap(), None);
        }
    }

    #[test]
    fn members_count_from_one() {
        let urls = vec!["https://a".into(), "https://b".into()];
        let model = PretrainedModel {
            path: KeyPath::default(),
            urls,
            mode: Mode::Use,
            model_type: "opusmt".into(),
            vocabulary: vec![],
        };
        assert_eq!(&**model.url(2).unwrap(), "https://b");
        assert!(model.url(0).is_err());
        assert!(model.url(3).is_err());
    }
}
