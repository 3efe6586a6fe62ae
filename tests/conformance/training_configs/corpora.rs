//! The tree of July 2026: vocabularies, corpora and the backwards model.

use crate::earlier_run::{CONFIG, EarlierRun, GROUP};
use crate::support::program::Outcome;
use crate::support::{checkout, completed, shared};

const VOCABULARY: &str = "c_49FKASQ4irdiy9G97VaA";
const MERGED: &str = "K6XCM0LhQGWHvFNvOc7f8Q";
const ALIGNED: &str = "MH3_5l1jS3-eJ4lSxydNQQ";
const BACKWARDS: &str = "BAvLUilqQ3SYqy6Ck55CUQ";
const MONO: &str = "f0gbptvMTDaKODjqL9hlOw";
const ALIGNED_MONO: &str = "XZpkTE7YQTCaIbJE961tEw";
const TRANSLATED: &str = "Et8bOKpTQYywudvgDhX7mA";

/// A group of that tree. Nothing without the folder `shared`.
fn trained(datasets: &str) -> Option<(EarlierRun, tempfile::TempDir)> {
    let tree = checkout(&shared("conformance/translations-2026-07/tree")?);
    let trained = EarlierRun::empty();
    let config = completed(
        &CONFIG.replace("target-stage: all", &format!("{datasets}target-stage: train-teacher-model")),
        &tree.path().join("taskcluster/configs/config.ci.yml"),
    );
    std::fs::write(trained.folder.path().join("config.yml"), config).unwrap();
    let files = |id: &str, names: &[&str]| {
        names.iter().for_each(|name| trained.fake.artifact(id, &format!("public/build/{name}"), ""));
    };
    trained.task(VOCABULARY, "build-vocab-ru-en", "build-vocab", "completed", None);
    files(VOCABULARY, &["vocab.ru.spm", "vocab.en.spm"]);
    trained.task(MERGED, "corpus-merge-parallel-ru-en", "corpus-merge-parallel", "completed", None);
    files(MERGED, &["corpus.ru.zst", "corpus.en.zst"]);
    trained.task(ALIGNED, "corpus-align-parallel-ru-en", "corpus-align-parallel", "completed", None);
    files(ALIGNED, &["corpus.tok-icu.ru.zst", "corpus.tok-icu.en.zst", "corpus.aln.zst", "corpus.priors"]);
    trained.task(MONO, "corpus-merge-mono-trg-ru-en", "corpus-merge-mono", "completed", None);
    files(MONO, &["mono.en.zst"]);
    let kind = "corpus-align-backtranslations";
    trained.task(ALIGNED_MONO, &format!("{kind}-ru-en"), kind, "completed", None);
    files(ALIGNED_MONO, &["mono.tok-icu.ru.zst", "mono.tok-icu.en.zst", "mono.aln.zst"]);
    let kind = "backtranslations-mono-trg-dechunk-translations";
    trained.task(TRANSLATED, &format!("{kind}-ru-en"), kind, "completed", None);
    files(TRANSLATED, &["mono.ru.zst"]);
    let kind = "backtranslations-train-backwards-model";
    trained.task(BACKWARDS, &format!("{kind}-ru-en"), kind, "completed", Some(VOCABULARY));
    files(
        BACKWARDS,
        &[
            "final.model.npz.best-chrf.npz",
            "final.model.npz.best-chrf.npz.decoder.yml",
            "vocab.ru.spm",
            "vocab.en.spm",
        ],
    );
    Some((trained, tree))
}

fn run(trained: &EarlierRun, tree: &tempfile::TempDir, more: &[&str]) -> Outcome {
    let root = tree.path().join("taskcluster");
    let arguments = [&[GROUP, "config.yml", "--root", root.to_str().unwrap()], more].concat();
    trained.run(&arguments)
}

/// A config without a parallel corpus of its own.
const MONO_ONLY: &str = "datasets: {devtest: [flores_dev], test: [flores_devtest], mono-trg: [news-crawl_news.2007], mono-src: [news-crawl_news.2008]}\n";

#[test]
fn a_corpus_is_left_out_if_the_config_has_what_it_takes_the_place_of() {
    let Some((trained, tree)) = trained("") else { return };
    let outcome = run(&trained, &tree, &["--write"]);
    assert_eq!(outcome.status, 0, "{}{}", outcome.out, outcome.err);
    let reported = "corpora.parallel takes the place of `datasets.train`, which the config has";
    assert!(outcome.err.contains(reported), "{}", outcome.err);
    assert!(
        !outcome.out.contains("+    parallel") && outcome.out.contains("backtranslations"),
        "{}",
        outcome.out
    );
    let outcome = run(&trained, &tree, &["--take", "corpora.parallel"]);
    assert_eq!(outcome.status, 2, "{}", outcome.out);
    insta::assert_snapshot!(outcome.err, @"
    error: corpora.parallel takes the place of `datasets.train`, which the config has: the tree makes no graph of both
     │
     ╰ help: leave these out of the config, or what takes their place

    1 error; nothing was generated
    ");
}

#[test]
fn all_that_a_group_has_made_is_handed_in() {
    let Some((trained, tree)) = trained(MONO_ONLY) else { return };
    let outcome = run(&trained, &tree, &["--write"]);
    assert_eq!(outcome.status, 0, "{}{}", outcome.out, outcome.err);
    insta::assert_snapshot!("corpora", outcome.out);
    insta::assert_snapshot!(outcome.err, @"
    vocab: build-vocab-ru-en (c_49FKASQ4irdiy9G97VaA)
    corpora.parallel: corpus-merge-parallel-ru-en (K6XCM0LhQGWHvFNvOc7f8Q), corpus-align-parallel-ru-en (MH3_5l1jS3-eJ4lSxydNQQ)
    corpora.backtranslations: backtranslations-mono-trg-dechunk-translations-ru-en (Et8bOKpTQYywudvgDhX7mA), corpus-merge-mono-trg-ru-en (f0gbptvMTDaKODjqL9hlOw), corpus-align-backtranslations-ru-en (XZpkTE7YQTCaIbJE961tEw)
    backwards: backtranslations-train-backwards-model-ru-en (BAvLUilqQ3SYqy6Ck55CUQ)
    config.yml: written
    ");
    assert_eq!(trained.fake.count("listLatestArtifacts"), 7);
}

#[test]
fn a_vocabulary_that_is_not_the_model_s_is_reported() {
    let Some((trained, tree)) = trained(MONO_ONLY) else { return };
    let kind = "backtranslations-train-backwards-model";
    trained.task(BACKWARDS, &format!("{kind}-ru-en"), kind, "completed", Some(MONO));
    let outcome = run(&trained, &tree, &["--write"]);
    assert_eq!(outcome.status, 2, "{}", outcome.out);
    insta::assert_snapshot!(outcome.err, @"
    error: the vocabulary of the group is not that of `backwards`
     │
     ├ note: it was made by c_49FKASQ4irdiy9G97VaA; backtranslations-train-backwards-model-ru-en (BAvLUilqQ3SYqy6Ck55CUQ): f0gbptvMTDaKODjqL9hlOw
     ╰ help: leave out the vocabulary or the model: --take names the rest

    1 error; nothing was generated
    ");
    let outcome = run(&trained, &tree, &["--take", "backwards"]);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
}

#[test]
fn a_mode_that_the_tree_cannot_take_is_reported() {
    let Some((trained, tree)) = trained(MONO_ONLY) else { return };
    let outcome = run(&trained, &tree, &["--mode", "continue", "--write"]);
    assert_eq!(outcome.status, 2, "{}", outcome.out);
    insta::assert_snapshot!(outcome.err, @"
    error: `backwards` takes no mode `continue` in this tree
     │
     ╰ note: use

    1 error; nothing was generated
    ");
}

#[test]
fn what_the_tree_makes_no_graph_of_is_not_written() {
    // Parallel alignments leave out what translates the monolingual corpus, and without alignments of its own that is
    // needed.
    let Some((trained, tree)) = trained(MONO_ONLY) else { return };
    trained.fake.forget(ALIGNED_MONO);
    let before = trained.written();
    let outcome = run(&trained, &tree, &["--write"]);
    assert_eq!(outcome.status, 2, "{}", outcome.out);
    assert!(
        outcome.err.contains("backtranslations: there are no alignments; they are made anew"),
        "{}",
        outcome.err
    );
    let reported =
        "not written; what is named above would be wrong with it; --take names what else to hand in";
    assert!(outcome.err.contains(reported), "{}", outcome.err);
    assert_eq!(trained.written(), before);
}
