//! `translations_taskgraph.transforms.continuation`: leaves out what is given, and lets the rest fetch it.

use crate::continuation::corpus::{BACKWARDS, CORPORA, LEFT_OUT_WITH_BACKWARDS, VOCABULARY};
use crate::continuation::provided::{Given, backwards_path, corpus_path, vocabulary_path};
use crate::continuation::rewrite::{PRIORS_TASK, drop_priors, replace};
use anyhow::Result;
use taskgraph::schema::fields::Fields;
use taskgraph::transform::notes::{Dropped, Moved};
use taskgraph::transform::{Context, Stub, fan_out};
use taskgraph_compat::value::Str;
use taskgraph_compat::value::path::KeyPath;

/// What follows the name of a task that downloads in its label, before languages are filled in.
const LANGUAGES: &str = "-{src_locale}-{trg_locale}";

/// The transform.
pub fn transform(ctx: &Context<'_>, stubs: Vec<Stub>) -> Result<Vec<Stub>> {
    let given = Given::read(ctx.params);
    fan_out(stubs, |mut stub, out| {
        let stage = stub.get("attributes").and_then(|attributes| attributes.get("stage")?.as_str());
        let stage: Str = stage.unwrap_or_default().into();
        let label = format!("{stage}-{}", stub.text("name")?);
        let task = label.strip_suffix(LANGUAGES).unwrap_or_default();
        match left_out(&given, &stage, task) {
            Some((why, by)) => ctx.record.drop_stub(Dropped {
                kind: ctx.kind.name.clone(),
                stage: Some(stage).filter(|stage| !stage.is_empty()),
                why,
                by,
            }),
            None => {
                bring(&given, task, &mut stub);
                rewrite(&given, &mut stub)?;
                out.push(stub);
            }
        }
        Ok(())
    })
}

/// Why a stub is left out, if it is, and the key of what is taken instead. `task` is the name of a task that
/// downloads.
fn left_out(given: &Given, stage: &str, task: &str) -> Option<(String, Option<KeyPath>)> {
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
fn bring(given: &Given, task: &str, stub: &mut Stub) {
    if let Some(corpus) = CORPORA.iter().find(|corpus| corpus.task == task) {
        stub.reuse_mut().brings = Some(corpus_path(corpus));
    } else if task == VOCABULARY.0 {
        stub.reuse_mut().brings = Some(vocabulary_path());
    } else if let Some(model) = given.backwards.as_ref().filter(|_| task == BACKWARDS.0) {
        stub.reuse_mut().brings = Some(backwards_path());
        stub.model = Some(model.clone());
    }
}

fn rewrite(given: &Given, stub: &mut Stub) -> Result<()> {
    for (corpus, is_aligned) in &given.corpora {
        for task in corpus.made_by {
            move_dependency(stub, task, corpus.task, || corpus_path(corpus));
        }
        if *is_aligned {
            move_dependency(stub, corpus.aligned_by, corpus.task, || corpus_path(corpus));
        }
    }
    if given.vocabulary {
        move_dependency(stub, VOCABULARY.1, VOCABULARY.0, vocabulary_path);
    }
    if given.backwards.is_some() {
        move_dependency(stub, BACKWARDS.1, BACKWARDS.0, backwards_path);
    }
    if let Some(corpus) = given.needs_alignments()
        && drop_priors(stub)?
    {
        let (from, by) = (PRIORS_TASK.into(), corpus_path(corpus));
        stub.reuse_mut().moved.push(Moved { from, to: None, by });
    }
    Ok(())
}

fn move_dependency(stub: &mut Stub, old: &str, new: &str, by: impl FnOnce() -> KeyPath) {
    if replace(stub, old, new) {
        stub.reuse_mut().moved.push(Moved { from: old.into(), to: Some(new.into()), by: by() });
    }
}

#[cfg(test)]
mod tests {
    use taskgraph::transform::notes::Variant;

    use super::*;
    use transforms_testing::{Bench, show};

    const FILES: &str = "{src: https://h/s, trg: https://h/t}";
    const ALIGNED: &str = "{src: a, trg: b, tok-src: c, tok-trg: d, alignments: e}";

    fn bench(continuation: &str) -> Bench {
        Bench::new(&format!("{{continuation: {continuation}}}"))
    }

    fn kept(bench: &Bench, stage: &str) -> bool {
        !bench.run(transform, &format!("{{attributes: {{stage: {stage}}}}}")).unwrap().is_empty()
    }

    #[test]
    fn without_anything_given_all_stays_but_what_would_download() {
        let bench = bench("{}");
        let stub = "{dependencies: {build-vocab: v}, fetches: {build-vocab: [x]}}";
        assert_eq!(bench.one(transform, stub, "dependencies"), r#"{"build-vocab": "v"}"#);
        assert!(kept(&bench, "build-vocab"));
        assert!(!kept(&bench, "continuation-vocab"));
        assert!(kept(&bench, "continuation-model"));
        assert_eq!(bench.record.into_notes().0[0].why, "no vocabulary is given");
    }

    #[test]
    fn a_given_corpus_is_fetched_instead_of_made() {
        let bench = bench(&format!("{{corpora: {{parallel: {FILES}}}}}"));
        let stub = "{dependencies: {corpus-merge-parallel: m, corpus-align-parallel: a}, \
                    fetches: {corpus-merge-parallel: [x], toolchain: [t]}, \
                    from-deps: {fetches: {corpus-merge-parallel: [y]}}, \
                    task-context: {substitution-fields: [fetches.corpus-merge-parallel, name]}}";
        let made = bench.run(transform, stub).unwrap().remove(0);
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
        assert!(!kept(&bench, "corpus-merge-parallel"));
        assert!(kept(&bench, "corpus-align-parallel"));
    }

    #[test]
    fn given_alignments_are_not_made_either() {
        let bench = bench(&format!("{{corpora: {{parallel: {ALIGNED}, distillation: {ALIGNED}}}}}"));
        assert!(!kept(&bench, "corpus-align-parallel"));
        assert!(!kept(&bench, "corpus-align-distillation"));
        assert_eq!(
            bench.one(transform, "{dependencies: {corpus-align-distillation: a}}", "dependencies"),
            r#"{"continuation-corpus-distillation": "continuation-corpus-distillation-{src_locale}-{trg_locale}"}"#
        );
    }

    #[test]
    fn alignments_that_are_made_anew_have_no_priors() {
        let stub = "{dependencies: {corpus-align-parallel: a, b: c}, \
                    fetches: {corpus-align-parallel: [{artifact: corpus.priors}]}}";
        let made = bench(&format!("{{corpora: {{backtranslations: {FILES}}}}}")).run(transform, stub);
        let made = made.unwrap().remove(0);
        assert_eq!(show(&made, "dependencies"), r#"{"b": "c"}"#);
        assert_eq!(show(&made, "fetches"), "{}");
        let aligned = bench(&format!("{{corpora: {{backtranslations: {ALIGNED}}}}}"));
        assert_eq!(aligned.one(transform, stub, "dependencies.b"), r#""c""#);
        assert_ne!(aligned.one(transform, stub, "fetches"), "{}");
    }

    #[test]
    fn a_backwards_model_counts_only_if_it_is_used_as_it_is() {
        let model = |mode: &str, sort: &str| {
            bench(&format!("{{models: {{backwards: {{url: https://h, mode: {mode}, type: {sort}}}}}}}"))
        };
        assert!(!kept(&model("use", "default"), "evaluate-backwards"));
        assert!(kept(&model("use", "opusmt"), "evaluate-backwards"));
        assert!(kept(&model("continue", "default"), "backtranslations-train-backwards-model"));
        let stub = "{dependencies: {backtranslations-train-backwards-model: b}}";
        assert_eq!(
            model("use", "default").one(transform, stub, "dependencies"),
            r#"{"continuation-model-backwards": "continuation-model-backwards-{src_locale}-{trg_locale}"}"#
        );
    }

    #[test]
    fn only_the_corpora_that_are_given_are_downloaded() {
        let bench = bench(&format!("{{corpora: {{parallel: {FILES}}}}}"));
        let given = Given::read(&bench.params);
        assert_eq!(left_out(&given, "continuation-corpus", "continuation-corpus-parallel"), None);
        assert!(left_out(&given, "continuation-corpus", "continuation-corpus-distillation").is_some());
    }

    #[test]
    fn what_is_downloaded_and_what_moved_is_noted_with_its_key() {
        let bench = bench(&format!(
            "{{vocab: {FILES}, corpora: {{backtranslations: {FILES}}}, \
             models: {{backwards: {{url: https://h/b, mode: use, type: default}}}}}}"
        ));
        let run = |name: &str, stub: &str| {
            let mut stubs = bench.stubs(stub);
            stubs[0].put("name", name);
            transform(&bench.context(), stubs).unwrap().remove(0)
        };
        let noted = |name: &str, stub: &str| {
            let made = run(name, stub);
            let reuse = made.reuse.clone().unwrap_or_default();
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
        let model = run(backwards.0, backwards.1).model.unwrap();
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
        let (dropped, _) = bench.record.into_notes();
        assert!(dropped.is_empty());
    }
}
