//! Parts of a digest, in words.

use std::collections::BTreeSet;

use serde::Serialize;

use taskgraph::graph::TaskGraph;
use taskgraph::task::{Label, Task};
use taskgraph::tree::Tree;
use taskgraph_compat::value::{Map, Str, Value};

/// One part of what a digest is made of. Whatever changes it changes the digest.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "part", rename_all = "kebab-case")]
pub enum DigestPart {
    /// The digest of a task that it depends on.
    Task {
        /// Its label.
        label: Label,
        /// Its digest.
        digest: Str,
    },
    /// The value of a parameter.
    Parameter {
        /// The kind's name for it, and the value: `best_model:chrf`.
        value: Str,
    },
    /// A file, or a set of them.
    File {
        /// Its path, if it is one that the kind names.
        path: Option<String>,
        /// The SHA-256.
        hash: Str,
    },
    /// A text, such as a word of the command.
    Text {
        /// The text.
        value: Str,
    },
}

/// The parts of a digest. `data` is what went into it.
pub(super) fn parts(task: &Task, data: &[Str], graph: &TaskGraph, tree: &Tree) -> Vec<DigestPart> {
    let cache = task.attributes.get("cache").and_then(Value::as_map);
    let names: BTreeSet<&str> =
        section(cache, "from-parameters").map(Map::keys).into_iter().flatten().map(|name| &**name).collect();
    let resources: Vec<(&str, Str)> = cache
        .and_then(|cache| cache.get("resources")?.as_list())
        .unwrap_or_default()
        .iter()
        .filter_map(Value::as_str)
        .filter_map(|path| Some((path, tree.hash(path).ok()?)))
        .collect();
    let upstream: Vec<(String, &Label, &str)> =
        task.dependencies.values().filter_map(|label| digest_of(graph, label)).collect();
    let part = |text: &Str| {
        if let Some((_, label, digest)) = upstream.iter().find(|(whole, ..)| **whole == **text) {
            return DigestPart::Task { label: (*label).clone(), digest: (*digest).into() };
        }
        if text.split_once(':').is_some_and(|(name, _)| names.contains(name)) {
            return DigestPart::Parameter { value: text.clone() };
        }
        match resources.iter().find(|(_, hash)| hash == text) {
            Some((path, _)) => DigestPart::File { path: Some((*path).into()), hash: text.clone() },
            None if is_hash(text) => DigestPart::File { path: None, hash: text.clone() },
            None => DigestPart::Text { value: text.clone() },
        }
    };
    joined(data).iter().map(part).collect()
}

/// A text that stands there letter by letter, in one line each or as a part each, is one text. (The pipeline of July 2026
/// adds texts to lists in this way.)
fn joined(data: &[Str]) -> Vec<Str> {
    let mut joined: Vec<Str> = Vec::new();
    let is_letter = |text: &&Str| text.chars().count() == 1;
    let mut rest = data;
    while let Some((first, more)) = rest.split_first() {
        let letters = rest.iter().take_while(is_letter).count();
        if letters >= FEWEST_LETTERS {
            joined.push(rest[..letters].iter().map(|letter| &**letter).collect::<String>().into());
            rest = &rest[letters..];
            continue;
        }
        joined.push(letters_of_lines(first).map_or_else(|| first.clone(), Str::from));
        rest = more;
    }
    joined
}

/// Least number of letters that count as a text on their own.
const FEWEST_LETTERS: usize = 3;

/// The letters of a text that has one in each line.
fn letters_of_lines(text: &str) -> Option<String> {
    let mut letters = String::new();
    let mut lines = 0;
    let mut chars = text.chars();
    while let Some(letter) = chars.next() {
        letters.push(letter);
        lines += 1;
        if !matches!(chars.next(), Some('\n') | None) {
            return None;
        }
    }
    (lines > 1).then_some(letters)
}

fn section<'m>(cache: Option<&'m Map>, key: &str) -> Option<&'m Map> {
    cache?.get(key)?.as_map()
}

/// `type/name/digest` of a cached task, which is what goes into the digests of those that depend on it.
fn digest_of<'g>(graph: &'g TaskGraph, label: &'g Label) -> Option<(String, &'g Label, &'g str)> {
    let cached = graph.tasks.get(label)?.attributes.get("cached_task")?;
    let text = |key: &str| cached.get(key).and_then(Value::as_str);
    let digest = text("digest")?;
    Some((format!("{}/{}/{digest}", text("type")?, text("name")?), label, digest))
}

fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{run, task};

    #[test]
    fn letters_that_stand_alone_are_one_text() {
        let data: Vec<Str> = ["ab", "p", "i", "p", "x", "12", "a\nb\n\n\nc", "a", "b", "a\nbc", "-\n-"]
            .map(Str::from)
            .to_vec();
        let texts = joined(&data);
        let texts: Vec<&str> = texts.iter().map(|text| &**text).collect();
        assert_eq!(texts, ["ab", "pipx", "12", "ab\nc", "a", "b", "a\nbc", "--"]);
    }

    #[test]
    fn each_part_is_reported_for_what_it_is() {
        let cached = "{cached_task: {type: t, name: up, digest: abc}}";
        let own = "{cache: {from-parameters: {best_model: x}, resources: [nowhere.sh]}}";
        let tasks = vec![task("up", &[], cached, "{}"), task("own", &["up"], own, "{}")];
        let graph = run(tasks, "own", Vec::new()).full.graph;
        let hash = "0".repeat(64);
        let data: Vec<Str> = ["t/up/abc", "best_model:chrf", "other:chrf", &hash].map(Str::from).to_vec();
        let found = parts(&graph.tasks["own"], &data, &graph, &Tree::embedded(&[]));
        let up = Label::parse(&"up".into()).unwrap();
        assert_eq!(
            found,
            [
                DigestPart::Task { label: up, digest: "abc".into() },
                DigestPart::Parameter { value: "best_model:chrf".into() },
                DigestPart::Text { value: "other:chrf".into() },
                DigestPart::File { path: None, hash: hash.into() },
            ]
        );
    }
}
