//! Training configs as people keep them, over the trees that they were written for.

use std::fs;

use crate::support::program::call;
use crate::support::{checkout, completed, shared};

#[test]
fn real_configs_pass_after_an_upgrade_or_it_says_why_not() {
    let (Some(configs), Some(trees)) = (shared("training-configs"), shared("conformance")) else { return };
    for (tree, prefixes) in [
        ("ftt-2024-12", &["ftt-2024-12", "seed"][..]),
        ("translations-2026-07", &["ftt-2024-12", "translations", "seed"]),
    ] {
        let copy = checkout(&trees.join(tree).join("tree"));
        let root = copy.path().join("taskcluster");
        for entry in configs.read_dir().unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if !name.ends_with(".yml") || !prefixes.iter().any(|prefix| name.starts_with(prefix)) {
                continue;
            }
            fs::copy(&path, copy.path().join(&name)).unwrap();
            let root = root.to_str().unwrap();
            let outcome = call(copy.path(), &["config", "upgrade", &name, "--write", "--root", root]);
            let checked = call(copy.path(), &["config", "check", &name, "--root", root]);
            assert_eq!(outcome.status, checked.status, "{tree} {name}: {}", checked.err);
            // Their teachers start from a model, which no tree of July 2026 can do.
            let cannot = tree == "translations-2026-07" && name.contains("glen-init");
            // It is a piece of a config, and nothing is filled in.
            let is_piece = name.starts_with("seed");
            let status = if cannot || is_piece { 2 } else { 0 };
            assert_eq!(outcome.status, status, "{tree} {name}: {}", outcome.err);
            if cannot {
                assert!(outcome.err.contains("teacher"), "{}", outcome.err);
            }
            if is_piece {
                let why =
                    ["error: missing keys `", "error: the config is of the layout of December 2024, and `"];
                assert!(why.iter().any(|why| outcome.err.contains(why)), "{}", outcome.err);
            }
        }
    }
}

#[test]
fn configs_as_people_keep_them_get_an_answer() {
    let (Some(configs), Some(tree)) = (shared("training-configs"), shared("conformance/ftt-2024-12/tree"))
    else {
        return;
    };
    let copy = checkout(&tree);
    let folder = tempfile::tempdir().unwrap();
    let root = copy.path().join("taskcluster");
    for entry in configs.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if !name.ends_with(".yml") || name.starts_with("translations-") {
            continue;
        }
        // Some are older than keys that are needed today.
        let text = completed(&fs::read_to_string(&path).unwrap(), &root.join("configs/config.ci.yml"));
        fs::write(folder.path().join("config.yml"), &text).unwrap();
        let arguments = ["graph", "preview", "config.yml", "--root", root.to_str().unwrap()];
        let outcome = call(folder.path(), &arguments);
        if outcome.status == 2 {
            assert!(
                outcome.err.contains("write `mono-max-sentences-src: {total: "),
                "{name}: {}",
                outcome.err
            );
        } else {
            assert_eq!(outcome.status, 0, "{name}: {}", outcome.err);
        }
        // What it says to write is what it takes.
        let mended = mend(&text);
        fs::write(folder.path().join("config.yml"), mended).unwrap();
        let outcome = call(folder.path(), &arguments);
        assert_eq!(outcome.status, 0, "{name}: {}", outcome.err);
        assert!(outcome.out.contains("Worker pools of translations-1"), "{name}: {}", outcome.out);
    }
}

fn mend(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        match line.split_once(": ") {
            Some((key, number)) if key.starts_with("  mono-max-sentences-") => {
                out.push_str(&format!("{key}: {{total: {number}, per-dataset: 100_000_000}}\n"));
            }
            _ => out.push_str(&format!("{line}\n")),
        }
    }
    out
}

#[test]
fn a_config_of_another_layout_gets_one_error() {
    let Some(configs) = shared("training-configs") else { return };
    let folder = tempfile::tempdir().unwrap();
    fs::copy(configs.join("translations-2026-07--ar-en.yml"), folder.path().join("config.yml")).unwrap();
    let outcome = call(folder.path(), &["graph", "preview", "config.yml"]);
    assert_eq!((outcome.status, outcome.out.as_str()), (2, ""));
    insta::assert_snapshot!(outcome.err, @"
    error: the config is of the layout of July 2026, and the embedded kinds are of December 2024
       ╭▸ config.yml:38:3
       │
    38 │   archive-corpora: true
       │   ━━━━━━━━━━━━━━━ only the layout of July 2026 has `experiment.archive-corpora`, and 6 more keys of the config
       │
       ├ note: at experiment.archive-corpora
       ╰ help: name a checkout of mozilla/translations: --root CHECKOUT/taskcluster

    1 error; nothing was generated
    ");
    let explained = call(folder.path(), &["graph", "explain", "all-ar-en", "--config", "config.yml"]);
    assert_eq!((explained.status, explained.err), (2, outcome.err));
}
