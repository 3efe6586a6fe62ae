//! Reads and checks the input of an action, from a form or a file.

use std::sync::Arc;

use taskgraph::diagnostics::document::load;
use taskgraph::diagnostics::origin::problem_of;
use taskgraph::diagnostics::{Problem, Problems, place_of_value};
use taskgraph::error::Result;
use taskgraph::schema::Schema;
use taskgraph_compat::json;
use taskgraph_compat::source::Source;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Value};
use taskgraph_compat::yaml::Document;

/// A value, and the text that it stands in.
#[derive(Clone, Debug, Default)]
pub struct Input {
    /// The value; nothing (null) if there is no input.
    pub value: Value,
    /// The text.
    pub document: Option<Arc<Document>>,
}

impl Input {
    /// Reads a text: JSON, or YAML.
    pub fn read(source: Arc<Source>, is_json: bool) -> Result<Self> {
        if !is_json {
            let (document, value) = load(source)?;
            return Ok(Input { value, document: Some(document) });
        }
        let value = json::read(&source.text).map_err(|error| {
            Problems::from(Problem::error("syntax", format!("{} is not JSON: {error}", source.name)))
        })?;
        // Positions in JSON are found by reading it as YAML, which it nearly always is.
        let document = load(source).ok().map(|(document, _)| document);
        Ok(Input { value, document })
    }

    /// The entries, if the input has this schema. No input is as good as an empty one.
    pub fn checked(&self, schema: &Schema) -> Result<Map> {
        let value = if self.value == Value::Null { Value::map() } else { self.value.clone() };
        let violations = schema.check(&value);
        let problems = violations
            .iter()
            .map(|violation| problem_of(violation, violation.path.clone(), self.document.as_ref()));
        Problems(problems.collect()).check()?;
        Ok(value.as_map().cloned().unwrap_or_default())
    }

    /// An error about the value at a path.
    pub fn refused(&self, path: &KeyPath, message: String, label: impl Into<String>) -> Problem {
        let place = self.document.as_ref().map(|document| place_of_value(document, path));
        Problem::error("wrong-value", message).at(path.clone(), label).in_place(place)
    }
}
