//! `translations_taskgraph.transforms.continuation`: leaves out what is given, and lets the rest fetch it.

use anyhow::Result;
use taskgraph::decision::Dropped;
use taskgraph::fields::Fields;
use taskgraph::transform::{Context, Stub, fan_out};
use taskgraph::value::Str;

use super::corpus::{BACKWARDS, CORPORA, LEFT_OUT_WITH_BACKWARDS, VOCABULARY};
use super::given::Given;
use super::rewrite::{drop_priors, replace};

/// The transform.
pub fn transform(ctx: &Context<'_>, stubs: Vec<Stub>) -> Result<Vec<Stub>> {
    let given = Given::read(ctx.params);
    fan_out(stubs, |mut stub, out| {
        let stage = stub.get("attributes").and_then(|attributes| attributes.get("stage")?.as_str());
        let stage: Str = stage.unwrap_or_default().into();
        let name = stub.text("name")?;
        match left_out(&given, &stage, name) {
            Some(why) => ctx.record.drop_stub(Dropped {
                kind: ctx.kind.name.clone(),
                stage: Some(stage).filter(|stage| !stage.is_empty()),
                why,
            }),
            None => {
                rewrite(&given, &mut stub)?;
                out.push(stub);
            }
        }
        Ok(())
    })
}

/// Why a stub is left out, if it is.
fn left_out(given: &Given, stage: &str, name: &str) -> Option<String> {
    if stage == "continuation-corpus" {
        let label = format!("{stage}-{name}");
        let of = |key: &str| label == format!("continuation-corpus-{key}-{{src_locale}}-{{trg_locale}}");
        let corpus = CORPORA.iter().find(|corpus| of(corpus.key) && !given.has_corpus(corpus.key));
        if let Some(corpus) = corpus {
            return Some(format!("no `{}` corpus is given", corpus.key));
        }
    }
    // Python: the task that downloads the backwards model has no such exception, because the reference looks for a
    // label that none has; so it is always there, and needed by nobody if no model is given.
    if stage == VOCABULARY.0 && !given.vocabulary {
        return Some("no vocabulary is given".into());
    }
    for (corpus, is_aligned) in &given.corpora {
        if corpus.left_out.contains(&stage) || (*is_aligned && corpus.left_out_if_aligned.contains(&stage)) {
            return Some(format!("the `{}` corpus is given", corpus.key));
        }
    }
    if given.vocabulary && stage == VOCABULARY.1 {
        return Some("the vocabulary is given".into());
    }
    if given.backwards && LEFT_OUT_WITH_BACKWARDS.contains(&stage) {
        return Some("the backwards model is given".into());
    }
    None
}

fn rewrite(given: &Given, stub: &mut Stub) -> Result<()> {
    for (corpus, is_aligned) in &given.corpora {
        corpus.made_by.iter().for_each(|task| replace(stub, task, corpus.task));
        if *is_aligned {
            replace(stub, corpus.aligned_by, corpus.task);
        }
    }
    if given.vocabulary {
        replace(stub, VOCABULARY.1, VOCABULARY.0);
    }
    if given.backwards {
        replace(stub, BACKWARDS.1, BACKWARDS.0);
    }
    if given.needs_alignments() {
        drop_priors(stub)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::translations::testing::{Bench, show};

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
        let name = |key: &str| format!("{key}-{{src_locale}}-{{trg_locale}}");
        assert_eq!(left_out(&given, "continuation-corpus", &name("parallel")), None);
        assert!(left_out(&given, "continuation-corpus", &name("distillation")).is_some());
    }
}
