//! Parameters out of files.

use std::path::Path;
use std::sync::Arc;

use crate::diagnostics::document::load;
use crate::diagnostics::{Problem, Problems, place_of_key};
use crate::error::Result;
use crate::parameters::Layer;
use taskgraph_compat::json;
use taskgraph_compat::source::Source;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Value};

/// Values as they were given, and the document they stand in.
pub struct LoadedValues {
    /// The values.
    pub values: Map,
    /// The document, mounted at the root.
    pub layer: Layer,
}

/// Reads a `.yml`, `.yaml` or `.json` file that has to hold a map.
pub fn read_file(path: &Path) -> Result<LoadedValues> {
    let source = Source::read(path)?;
    let is_json = path.extension().is_some_and(|extension| extension == "json");
    LoadedValues::read(source, is_json)
}

impl LoadedValues {
    /// Reads a text that has to hold a map. Positions in JSON are found by reading it as YAML, too.
    pub fn read(source: Arc<Source>, is_json: bool) -> Result<Self> {
        let (document, value) = match is_json {
            false => load(source.clone())?,
            true => {
                let value = json::read(&source.text).map_err(|error| {
                    Problems::from(Problem::error(
                        "syntax",
                        format!("`{}` is not JSON: {error}", source.name),
                    ))
                })?;
                (load(source.clone())?.0, value)
            }
        };
        let Value::Map(values) = value else {
            let place = Some(place_of_key(&document, &KeyPath::default()));
            let message = format!("`{}` must hold a map, found {}", source.name, value.sort());
            return Err(Problems::from(Problem::error("wrong-value", message).in_place(place)).into());
        };
        let layer = Layer { document, inside: KeyPath::default(), mount: KeyPath::default() };
        Ok(LoadedValues { values: Arc::unwrap_or_clone(values), layer })
    }
}
