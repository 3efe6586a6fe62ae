//! Number of times that an action repeats its work.

use crate::actions::call::Call;
use taskgraph::diagnostics::Problems;
use taskgraph::schema::{Field, Schema, found, optional};
use taskgraph_compat::map;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Value};

/// The key of the input.
pub(super) const TIMES: Field = optional("times", Schema::Int);

const MOST: i64 = 100;

/// The JSON schema of it.
pub(super) fn schema() -> Map {
    map! {
        "type" => "integer",
        "default" => 1,
        "minimum" => 1,
        "maximum" => MOST,
        "title" => "Times",
        "description" => "How many times to run each task.",
    }
}

/// Reads the number of repetitions from the map at `path` of the input; 1 if it is absent.
pub(super) fn read(call: &Call<'_>, map: &Map, path: &KeyPath) -> Result<i64, Problems> {
    match map.get(TIMES.name) {
        None => Ok(1),
        Some(Value::Int(times)) if (1..=MOST).contains(times) => Ok(*times),
        Some(other) => {
            let path = path.join(TIMES.name);
            let message = format!("`times` must be a number from 1 to {MOST}");
            Err(call.input.refused(&path, message, format!("found {}", found(other))).into())
        }
    }
}
