//! The vocabulary beside a model: one for both languages, or one for each. Where both are possible, urls decide.

use crate::parameter::text;
use crate::pipeline_version::PipelineVersion;
use crate::pretrained::layout::{Effect, Layout, ModelKey, Vocabulary};
use crate::pretrained::mode::Mode;
use anyhow::Result;
use taskgraph::Error;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::known_urls::{Answer, Question};
use taskgraph::parameters::Params;
use taskgraph::transform::Context;
use taskgraph_compat::python::url::join;
use taskgraph_compat::redact::redact;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Str, Value};

const JOINT: &str = "vocab.spm";

/// A model whose vocabulary has to be looked for.
struct VocabularyQuestion<'p> {
    path: KeyPath,
    /// The folder of the first member.
    folder: &'p str,
}

/// The urls to ask: the vocabulary for both languages and the one of the source language, for every model.
pub fn questions(params: &Params, pipeline_version: PipelineVersion) -> Vec<Question> {
    let text = |path: &str| params.deep_get(path).as_str();
    let Some(src) = text("training_config.experiment.src") else { return Vec::new() };
    let files = [JOINT.to_owned(), split(src)];
    let mut out = Vec::new();
    for wanted in wanted(params, pipeline_version.layout()) {
        for file in &files {
            // A url that cannot be joined is refused by the check.
            let Ok(url) = url_of(wanted.folder, file) else { continue };
            out.push(Question { url, path: wanted.path.clone() });
        }
    }
    out
}

/// The files that the vocabulary beside the model at `key` consists of.
pub(super) fn files(ctx: &Context<'_>, layout: &Layout, key: &str) -> Result<Vec<Str>> {
    let path = KeyPath::dotted(layout.models).join(key);
    match wanted(ctx.params, layout).into_iter().find(|wanted| wanted.path == path) {
        Some(wanted) => look(ctx, &wanted),
        None => Ok(vec![JOINT.into()]),
    }
}

/// Looks for the vocabulary of every model: one that has none is refused even if nothing mounts it.
pub fn look_for_all(ctx: &Context<'_>, layout: &Layout) -> Result<()> {
    let mut problems = Vec::new();
    for wanted in wanted(ctx.params, layout) {
        if let Err(error) = look(ctx, &wanted) {
            problems.extend(Error::from(error).into_problems()?);
        }
    }
    Ok(Problems(problems).check()?)
}

fn wanted<'p>(params: &'p Params, layout: &Layout) -> Vec<VocabularyQuestion<'p>> {
    if layout.vocabulary == Vocabulary::Joint {
        return Vec::new();
    }
    let looks = |key: &&ModelKey, model: &Value| {
        // Python: a model with `init` gets no vocabulary, so nobody looks for it.
        key.effect == Effect::Mounted || model.get("mode").and_then(Value::as_str) != Some(Mode::Init.word())
    };
    let keys = layout.keys.iter();
    keys.filter_map(|key| {
        let model = layout.given(params, key).filter(|model| looks(&key, model))?;
        let first = model.get("urls").and_then(|urls| urls.as_list()?.first());
        let folder = first.or_else(|| model.get("url"))?.as_str()?;
        Some(VocabularyQuestion { path: KeyPath::dotted(layout.models).join(key.name), folder })
    })
    .collect()
}

fn look(ctx: &Context<'_>, wanted: &VocabularyQuestion<'_>) -> Result<Vec<Str>> {
    let src = text(ctx, "training_config.experiment.src")?;
    let trg = text(ctx, "training_config.experiment.trg")?;
    let joint = url_of(wanted.folder, JOINT)?;
    let joint_status = match ctx.settings.urls.answer(&joint) {
        Answer::Found => return Ok(vec![JOINT.into()]),
        Answer::Unasked => {
            ctx.record.warn(unasked(ctx, wanted, &joint));
            return Ok(vec![JOINT.into()]);
        }
        Answer::Failed(why) => return Err(failed(ctx, wanted, &joint, &why)),
        Answer::Missing(status) => status,
    };
    let own = url_of(wanted.folder, &split(src))?;
    match ctx.settings.urls.answer(&own) {
        Answer::Found => Ok(vec![split(src).into(), split(trg).into()]),
        Answer::Failed(why) => Err(failed(ctx, wanted, &own, &why)),
        Answer::Missing(status) => Err(nowhere(ctx, wanted, (&joint, joint_status), (&own, status))),
        Answer::Unasked => Err(failed(ctx, wanted, &own, "no request was made")),
    }
}

fn split(locale: &str) -> String {
    format!("vocab.{locale}.spm")
}

fn url_of(folder: &str, file: &str) -> Result<String> {
    let slash = if folder.ends_with('/') { "" } else { "/" };
    Ok(join(&format!("{folder}{slash}"), file)?)
}

fn at(ctx: &Context<'_>, wanted: &VocabularyQuestion<'_>, problem: Problem, label: String) -> Problem {
    let place = ctx.params.place_of_key(&wanted.path);
    problem.at(ctx.params.path_in_file(&wanted.path), label).in_place(place)
}

fn unasked(ctx: &Context<'_>, wanted: &VocabularyQuestion<'_>, url: &str) -> Problem {
    let message = format!("no request was made for `{}`: it may be missing", redact(url));
    let label = "one vocabulary for both languages is taken for granted".into();
    at(ctx, wanted, Problem::warning("unasked-url", message), label)
        .help("list the urls that are there in a file, and name it with --known-urls")
}

/// A server that does not answer is nobody's fault who wrote a config, and may answer the next time.
fn failed(ctx: &Context<'_>, wanted: &VocabularyQuestion<'_>, url: &str, why: &str) -> anyhow::Error {
    let message = format!("cannot tell whether `{}` is there: {}", redact(url), redact(why));
    let label = "the vocabulary beside this model is looked for".into();
    Error::machine(at(ctx, wanted, Problem::error("probe", message), label).to_string()).into()
}

fn nowhere(
    ctx: &Context<'_>,
    wanted: &VocabularyQuestion<'_>,
    joint: (&str, Option<u16>),
    own: (&str, Option<u16>),
) -> anyhow::Error {
    let describe = |(url, status): (&str, Option<u16>)| {
        let status = status.map(|status| format!(" (status {status})")).unwrap_or_default();
        format!("`{}`{status}", redact(url))
    };
    let message = "there is no vocabulary beside the model";
    let label = format!("neither {} nor {} is there", describe(joint), describe(own));
    Problems::from(at(ctx, wanted, Problem::error("no-vocabulary", message), label)).into()
}

#[cfg(test)]
mod tests {
    use taskgraph::known_urls::Urls;

    use super::*;
    use transforms_testing::Fixture;

    const MODEL: &str = "{url: https://me:s3cret@h/m/, mode: use, type: default}";
    const JOINT_URL: &str = "https://me:s3cret@h/m/vocab.spm";
    const SPLIT_URL: &str = "https://me:s3cret@h/m/vocab.ru.spm";
    const KIND: &str = "backtranslations-train-backwards-model";

    fn fixture(key: &str, model: &str) -> Fixture {
        let experiment = "experiment: {src: ru, trg: en}";
        Fixture::new(&format!("{{{experiment}, continuation: {{models: {{{key}: {model}}}}}}}")).july_2026()
    }

    fn found(fixture: &Fixture) -> Vec<String> {
        let files = files(&fixture.context(), PipelineVersion::July2026.layout(), KIND).unwrap();
        files.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn both_urls_of_every_model_are_asked() {
        let asked = |key: &str, model: &str| {
            let questions = questions(&fixture(key, model).params, PipelineVersion::July2026);
            questions.iter().map(|question| format!("{} {}", question.path, question.url)).collect::<Vec<_>>()
        };
        let path = "training_config.continuation.models.backwards";
        assert_eq!(asked("backwards", MODEL), [format!("{path} {JOINT_URL}"), format!("{path} {SPLIT_URL}")]);
        assert_eq!(asked("teacher", "{urls: [https://a, https://b], mode: continue}").len(), 2);
        assert_eq!(asked("backwards", &MODEL.replace("use", "init")), [""; 0]);
        assert_eq!(asked(KIND, &MODEL.replace("use", "init")).len(), 2);
        assert!(questions(&fixture("backwards", MODEL).params, PipelineVersion::December2024).is_empty());
    }

    #[test]
    fn the_vocabulary_is_the_one_that_is_there() {
        let fixture = || fixture(KIND, MODEL);
        assert_eq!(found(&fixture().urls(&[JOINT_URL, SPLIT_URL])), ["vocab.spm"]);
        assert_eq!(found(&fixture().urls(&[SPLIT_URL])), ["vocab.ru.spm", "vocab.en.spm"]);
        let unasked = fixture();
        assert_eq!(found(&unasked), ["vocab.spm"]);
        let (_, warnings) = unasked.record.into_notes();
        assert_eq!(warnings.len(), 1);
        assert_eq!(
            warnings[0].message,
            "no request was made for `https://***@h/m/vocab.spm`: it may be missing"
        );
    }

    #[test]
    fn no_vocabulary_is_reported_with_urls_statuses_and_the_key() {
        let mut fixture = fixture("backwards", MODEL);
        let mut describe = |joint: Answer, own: Answer| {
            let answers = [(JOINT_URL.to_owned(), joint), (SPLIT_URL.to_owned(), own)];
            fixture.settings.urls = Urls::Probed(answers.into_iter().collect());
            look_for_all(&fixture.context(), PipelineVersion::July2026.layout()).unwrap_err().to_string()
        };
        assert!(describe(Answer::Missing(Some(404)), Answer::Missing(Some(403))).ends_with(
            "there is no vocabulary beside the model (at training_config.continuation.models.backwards): \
             neither `https://***@h/m/vocab.spm` (status 404) nor `https://***@h/m/vocab.ru.spm` (status 403) is there"
        ));
        assert!(describe(Answer::Failed("status 503 (asked 3 times)".into()), Answer::Found).contains(
            "cannot tell whether `https://***@h/m/vocab.spm` is there: status 503 (asked 3 times)"
        ));
    }
}
