//! `translations_taskgraph.transforms.continuation`: leaves out what is given, and lets the rest fetch it.

use crate::continuation::corpus::{BACKWARDS, CORPORA, LEFT_OUT_WITH_BACKWARDS, VOCABULARY};
use crate::continuation::provided::{ProvidedData, backwards_path, corpus_path, vocabulary_path};
use crate::continuation::rewrite::{PRIORS_TASK, drop_priors, replace};
use anyhow::Result;
use taskgraph::schema::fields::Fields;
use taskgraph::transform::notes::DroppedTask;
use taskgraph::transform::{TaskDescription, Transform, TransformInfo, with_state};
use taskgraph_compat::value::Str;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_training::model::MovedDependency;
use taskgraph_training::model::TrainingExtensions as _;

/// Part of the label of a downloading task after its name, before languages are filled in.
const LANGUAGES: &str = "-{src_locale}-{trg_locale}";

/// The description of the transform.
pub(crate) const INFO: TransformInfo = TransformInfo::new(
    "translations_taskgraph.transforms.continuation",
    "Leaves out tasks whose results the training config provides.",
);

/// The transform.
pub(crate) fn transform() -> Transform {
    with_state(|ctx| Ok(ProvidedData::read(ctx.params))).fan_out(|ctx, given, mut description, out| {
        let stage = description.get("attributes").and_then(|attributes| attributes.get("stage")?.as_str());
        let stage: Str = stage.unwrap_or_default().into();
        let label = format!("{stage}-{}", description.text("name")?);
        let task = label.strip_suffix(LANGUAGES).unwrap_or_default();
        match left_out(given, &stage, task) {
            Some((why, by)) => ctx.record.drop_task(DroppedTask {
                kind: ctx.kind.name.clone(),
                stage: Some(stage).filter(|stage| !stage.is_empty()),
                why,
                by,
            }),
            None => {
                bring(given, task, &mut description);
                rewrite(given, &mut description)?;
                out.push(description);
            }
        }
        Ok(())
    })
}

/// Why a task is left out, if it is, and the key of what is taken instead. `task` is the name of a task that
/// downloads.
fn left_out(given: &ProvidedData, stage: &str, task: &str) -> Option<(String, Option<KeyPath>)> {
    let corpus = CORPORA.iter().find(|corpus| corpus.task == task && !given.has_corpus(corpus.key));
    if let Some(corpus) = corpus {
        return Some((format!("no `{}` corpus is given", corpus.key), None));
    }
    // Python: the task that downloads the backwards model has no such exception, because the reference looks for a
    // label that none has; so it is always there, and needed by nobody if no model is given.
    if stage == VOCABULARY.0 && !given.vocabulary {
        return Some(("no vocabulary is given".into(), None));
    }
    for (corpus, is_aligned) in &given.corpora {
        if corpus.left_out.contains(&stage) || (*is_aligned && corpus.left_out_if_aligned.contains(&stage)) {
            return Some((format!("the `{}` corpus is given", corpus.key), Some(corpus_path(corpus))));
        }
    }
    if given.vocabulary && stage == VOCABULARY.1 {
        return Some(("the vocabulary is given".into(), Some(vocabulary_path())));
    }
    if given.backwards.is_some() && LEFT_OUT_WITH_BACKWARDS.contains(&stage) {
        return Some(("the backwards model is given".into(), Some(backwards_path())));
    }
    None
}

/// Notes what a task downloads that is given.
fn bring(given: &ProvidedData, task: &str, description: &mut TaskDescription) {
    if let Some(corpus) = CORPORA.iter().find(|corpus| corpus.task == task) {
        description.extensions.reuse_mut().brings = Some(corpus_path(corpus));
    } else if task == VOCABULARY.0 {
        description.extensions.reuse_mut().brings = Some(vocabulary_path());
    } else if let Some(model) = given.backwards.as_ref().filter(|_| task == BACKWARDS.0) {
        description.extensions.reuse_mut().brings = Some(backwards_path());
        description.extensions.set_model(model.clone());
    }
}

fn rewrite(given: &ProvidedData, description: &mut TaskDescription) -> Result<()> {
    for (corpus, is_aligned) in &given.corpora {
        for task in corpus.made_by {
            move_dependency(description, task, corpus.task, || corpus_path(corpus));
        }
        if *is_aligned {
            move_dependency(description, corpus.aligned_by, corpus.task, || corpus_path(corpus));
        }
    }
    if given.vocabulary {
        move_dependency(description, VOCABULARY.1, VOCABULARY.0, vocabulary_path);
    }
    if given.backwards.is_some() {
        move_dependency(description, BACKWARDS.1, BACKWARDS.0, backwards_path);
    }
    if let Some(corpus) = given.needs_alignments()
        && drop_priors(description)?
    {
        let (from, by) = (PRIORS_TASK.into(), corpus_path(corpus));
        description.extensions.reuse_mut().moved.push(MovedDependency { from, to: None, by });
    }
    Ok(())
}

fn move_dependency(description: &mut TaskDescription, old: &str, new: &str, by: impl FnOnce() -> KeyPath) {
    if replace(description, old, new) {
        description.extensions.reuse_mut().moved.push(MovedDependency {
            from: old.into(),
            to: Some(new.into()),
            by: by(),
        });
    }
}

#[cfg(test)]
mod tests {
    use taskgraph_training::model::Variant;

    use super::*;
    use transforms_testing::{Fixture, show};

    const FILES: &str = "{src: https://h/s, trg: https://h/t}";
    const ALIGNED: &str = "{src: a, trg: b, tok-src: c, tok-trg: d, alignments: e}";

    fn fixture(continuation: &str) -> Fixture {
        Fixture::new(&format!("{{continuation: {continuation}}}"))
    }

    fn kept(fixture: &Fixture, stage: &str) -> bool {
        !fixture.run(transform(), &format!("{{attributes: {{stage: {stage}}}}}")).unwrap().is_empty()
    }

    #[test]
    fn without_anything_given_all_stays_but_what_would_download() {
        let fixture = fixture("{}");
        let description = "{dependencies: {build-vocab: v}, fetches: {build-vocab: [x]}}";
        assert_eq!(fixture.one(transform(), description, "dependencies"), r#"{"build-vocab": "v"}"#);
        assert!(kept(&fixture, "build-vocab"));
        assert!(!kept(&fixture, "continuation-vocab"));
        assert!(kept(&fixture, "continuation-model"));
        assert_eq!(fixture.record.into_notes().0[0].why, "no vocabulary is given");
    }

    #[test]
    fn a_given_corpus_is_fetched_instead_of_made() {
        let fixture = fixture(&format!("{{corpora: {{parallel: {FILES}}}}}"));
        let description = "{dependencies: {corpus-merge-parallel: m, corpus-align-parallel: a}, \
                    fetches: {corpus-merge-parallel: [x], toolchain: [t]}, \
                    from-deps: {fetches: {corpus-merge-parallel: [y]}}, \
                    task-context: {substitution-fields: [fetches.corpus-merge-parallel, name]}}";
        let made = fixture.run(transform(), description).unwrap().remove(0);
        assert_eq!(
            show(&made, "dependencies"),
            r#"{"corpus-align-parallel": "a", "continuation-corpus-parallel": "continuation-corpus-parallel-{src_locale}-{trg_locale}"}"#
        );
        assert_eq!(show(&made, "fetches"), r#"{"toolchain": ["t"], "continuation-corpus-parallel": ["x"]}"#);
        assert_eq!(show(&made, "from-deps.fetches"), r#"{"continuation-corpus-parallel": ["y"]}"#);
        assert_eq!(
            show(&made, "task-context.substitution-fields"),
            r#"["fetches.continuation-corpus-parallel", "name"]"#
        );
        assert!(!kept(&fixture, "corpus-merge-parallel"));
        assert!(kept(&fixture, "corpus-align-parallel"));
    }

    #[test]
    fn given_alignments_are_not_made_either() {
        let fixture = fixture(&format!("{{corpora: {{parallel: {ALIGNED}, distillation: {ALIGNED}}}}}"));
        assert!(!kept(&fixture, "corpus-align-parallel"));
        assert!(!kept(&fixture, "corpus-align-distillation"));
        assert_eq!(
            fixture.one(transform(), "{dependencies: {corpus-align-distillation: a}}", "dependencies"),
            r#"{"continuation-corpus-distillation": "continuation-corpus-distillation-{src_locale}-{trg_locale}"}"#
        );
    }

    #[test]
    fn alignments_that_are_made_anew_have_no_priors() {
        let description = "{dependencies: {corpus-align-parallel: a, b: c}, \
                    fetches: {corpus-align-parallel: [{artifact: corpus.priors}]}}";
        let made =
            fixture(&format!("{{corpora: {{backtranslations: {FILES}}}}}")).run(transform(), description);
        let made = made.unwrap().remove(0);
        assert_eq!(show(&made, "dependencies"), r#"{"b": "c"}"#);
        assert_eq!(show(&made, "fetches"), "{}");
        let aligned = fixture(&format!("{{corpora: {{backtranslations: {ALIGNED}}}}}"));
        assert_eq!(aligned.one(transform(), description, "dependencies.b"), r#""c""#);
        assert_ne!(aligned.one(transform(), description, "fetches"), "{}");
    }

    #[test]
    fn a_backwards_model_counts_only_if_it_is_used_as_it_is() {
        let model = |mode: &str, sort: &str| {
            fixture(&format!("{{models: {{backwards: {{url: https://h, mode: {mode}, type: {sort}}}}}}}"))
        };
        assert!(!kept(&model("use", "default"), "evaluate-backwards"));
        assert!(kept(&model("use", "opusmt"), "evaluate-backwards"));
        assert!(kept(&model("continue", "default"), "backtranslations-train-backwards-model"));
        let description = "{dependencies: {backtranslations-train-backwards-model: b}}";
        assert_eq!(
            model("use", "default").one(transform(), description, "dependencies"),
            r#"{"continuation-model-backwards": "continuation-model-backwards-{src_locale}-{trg_locale}"}"#
        );
    }

    #[test]
    fn only_the_corpora_that_are_given_are_downloaded() {
        let fixture = fixture(&format!("{{corpora: {{parallel: {FILES}}}}}"));
        let given = ProvidedData::read(&fixture.params);
        assert_eq!(left_out(&given, "continuation-corpus", "continuation-corpus-parallel"), None);
        assert!(left_out(&given, "continuation-corpus", "continuation-corpus-distillation").is_some());
    }

    #[test]
    fn what_is_downloaded_and_what_moved_is_noted_with_its_key() {
        let fixture = fixture(&format!(
            "{{vocab: {FILES}, corpora: {{backtranslations: {FILES}}}, \
             models: {{backwards: {{url: https://h/b, mode: use, type: default}}}}}}"
        ));
        let run = |name: &str, description: &str| {
            let mut descriptions = fixture.descriptions(description);
            descriptions[0].put("name", name);
            transform().run(&fixture.context(), descriptions).unwrap().remove(0)
        };
        let noted = |name: &str, description: &str| {
            let made = run(name, description);
            let reuse = made.extensions.reuse().cloned().unwrap_or_default();
            let moved = reuse.moved.iter().map(|moved| {
                let to = moved.to.as_deref().unwrap_or("nothing");
                format!("{} → {to} by {}", moved.from, moved.by)
            });
            let brings = reuse.brings.iter().map(|path| format!("brings {path}"));
            brings.chain(moved).collect::<Vec<_>>().join("; ").replace("training_config.continuation.", "")
        };
        let languages = "{src_locale}-{trg_locale}";
        assert_eq!(noted(languages, "{attributes: {stage: continuation-vocab}}"), "brings vocab");
        let corpus = "{attributes: {stage: continuation-corpus}}";
        assert_eq!(
            noted(&format!("backtranslations-{languages}"), corpus),
            "brings corpora.backtranslations"
        );
        let backwards = (&*format!("backwards-{languages}"), "{attributes: {stage: continuation-model}}");
        assert_eq!(noted(backwards.0, backwards.1), "brings models.backwards");
        let model = run(backwards.0, backwards.1).extensions.model().unwrap().clone();
        assert_eq!(
            (model.variant, &*model.urls[0], model.files.len()),
            (Variant::DownloadOnly, "https://h/b", 0)
        );
        assert_eq!(
            noted(
                "x",
                "{dependencies: {build-vocab: v, corpus-align-parallel: a, backtranslations-train-backwards-model: b}, \
                 fetches: {corpus-align-parallel: [{artifact: corpus.priors}]}, \
                 from-deps: {fetches: {corpus-merge-mono-src: [x]}}}"
            ),
            "corpus-merge-mono-src → continuation-corpus-backtranslations by corpora.backtranslations; \
             build-vocab → continuation-vocab by vocab; \
             backtranslations-train-backwards-model → continuation-model-backwards by models.backwards; \
             corpus-align-parallel → nothing by corpora.backtranslations"
        );
        assert_eq!(noted("x", "{dependencies: {toolchain: t}}"), "");
        let (dropped, _) = fixture.record.into_notes();
        assert!(dropped.is_empty());
    }
}
