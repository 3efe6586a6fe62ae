//! Files as documents with positions, and as plain values.

use std::sync::Arc;

use crate::diagnostics::{Problem, Problems};
use crate::error::Result;
use taskgraph_compat::source::{Place, Source, Span};
use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::yaml::{Data, Document, Node};
use taskgraph_compat::{suggest, yaml};

/// Reads a text as YAML: the document that knows all positions, and its value. What is wrong is reported with its place.
pub fn load(source: Arc<Source>) -> Result<(Arc<Document>, Value)> {
    let document = yaml::read(source.clone()).map_err(|error| {
        Problems::from(Problem::error("syntax", error.message).in_place(Some(error.place)))
    })?;
    let value = document.value().map_err(|refused| {
        let reported = refused.into_iter().map(|refused| {
            let place = Place { source: source.clone(), span: refused.span };
            Problem::error("wrong-value", refused.message).at(refused.path, "").in_place(Some(place))
        });
        Problems(reported.collect())
    })?;
    Ok((Arc::new(document), value))
}

/// Warnings about texts in printed quotes: YAML knows none of them, so that they are a part of the text.
pub fn printed_quotes(document: &Arc<Document>) -> Vec<Problem> {
    const OPEN: [char; 4] = ['“', '„', '‘', '‚'];
    const CLOSE: [char; 4] = ['”', '“', '’', '‘'];
    let mut problems = Vec::new();
    let mut visit = |text: &str, span, path: &KeyPath| {
        let inside = text.strip_prefix(OPEN).and_then(|rest| rest.strip_suffix(CLOSE));
        let spelled = document.source.text.get(span_range(span)).unwrap_or_default();
        if let Some(inside) = inside.filter(|_| spelled.starts_with(OPEN)) {
            let message = format!("`{}` is not a text in quotes", suggest::shorten(text));
            let problem = Problem::warning("printed-quotes", message)
                .at(path.clone(), "printed quotes are a part of the text")
                .in_place(Some(Place { source: document.source.clone(), span }));
            problems.push(problem.help(format!("write `\"{}\"`", suggest::shorten(inside))));
        }
    };
    walk(&document.root, &KeyPath::default(), &mut visit);
    problems
}

fn span_range(span: Span) -> std::ops::Range<usize> {
    span.start as usize..span.end as usize
}

/// All texts of a node, keys of maps too.
fn walk(node: &Node, path: &KeyPath, visit: &mut impl FnMut(&str, Span, &KeyPath)) {
    match &node.data {
        Data::Str(text) => visit(text, node.span, path),
        Data::List(items) => {
            items.iter().enumerate().for_each(|(index, item)| walk(item, &path.join(index), visit));
        }
        Data::Map(entries) => {
            for (key, value) in entries.iter() {
                let Data::Str(name) = &key.data else { continue };
                let path = path.join(name);
                visit(name, key.span, &path);
                walk(value, &path, visit);
            }
        }
        _ => {}
    }
}

/// Warnings about keys that stand twice in one map: the last one wins, as PyYAML has it.
pub fn equal_keys(document: &Arc<Document>) -> Vec<Problem> {
    let place = |span| Some(Place { source: document.source.clone(), span });
    let mut problems = Vec::new();
    for twice in &document.duplicates {
        let key = twice.path.last_key().unwrap_or_default();
        problems.push(
            Problem::warning("equal-keys", format!("key `{key}` stands here twice"))
                .at(twice.path.clone(), "this one wins")
                .in_place(place(twice.again))
                .with(place(twice.first), "this one is ignored"),
        );
    }
    problems
}
