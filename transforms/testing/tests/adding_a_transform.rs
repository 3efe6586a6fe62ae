//! The programs of docs/adding-a-transform.md: they compile, their tests pass, and the page shows them as they are.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod retries;

use std::fs;
use std::path::Path;

use taskgraph::registry::Registry;

fn project(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The code blocks of a page in a language.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let start = format!("```{language}\n");
    page.split(&start).skip(1).map(|rest| rest.split("\n```").next().unwrap().to_owned() + "\n").collect()
}

#[test]
fn the_page_shows_programs_that_compile() {
    let page = project("docs/adding-a-transform.md");
    let files = ["transforms/testing/tests/retries/mod.rs", "examples/own_transform.rs"];
    // A line with four backticks or more begins a block that has blocks of its own.
    let shown: Vec<String> =
        page.split("````rust\n").skip(1).map(|rest| rest.split("````").next().unwrap().into()).collect();
    assert_eq!(shown.len(), files.len());
    for (file, shown) in files.into_iter().zip(shown) {
        assert_eq!(shown, project(file), "docs/adding-a-transform.md has to show {file}");
    }
    assert!(blocks(&page, "yaml")[0].contains(retries::INFO.name), "the kind names the transform");
}

#[test]
fn the_transform_can_be_registered() {
    let registry = Registry::default().transform(retries::INFO, retries::transform());
    assert!(registry.find("taskgraph_rs.transforms.retries:transforms").is_some());
    assert_eq!(registry.transform_infos()[0].sections[0].0, "retries");
}
