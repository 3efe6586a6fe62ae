//! Files as documents with positions, and as plain values.

use std::sync::Arc;

use anyhow::Result;

use crate::problem::{Problem, Problems};
use crate::source::{Place, Source};
use crate::value::Value;
use crate::yaml::{self, Document};

/// Reads a text as YAML: the document that knows all positions, and its value. What is wrong is told with its place.
pub fn load(source: Arc<Source>) -> Result<(Arc<Document>, Value)> {
    let document = yaml::read(source.clone()).map_err(|error| {
        Problems::from(Problem::error("syntax", error.message).in_place(Some(error.place)))
    })?;
    let value = document.value().map_err(|refused| {
        let told = refused.into_iter().map(|refused| {
            let place = Place { source: source.clone(), span: refused.span };
            Problem::error("wrong-value", refused.message).at(refused.path, "").in_place(Some(place))
        });
        Problems(told.collect())
    })?;
    Ok((Arc::new(document), value))
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
