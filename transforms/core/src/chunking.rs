//! `taskgraph.transforms.chunking`: splits one task into as many as `chunk.total-chunks` says.
//!
//! ```yaml
//! chunk:
//!     total-chunks: 4
//!     substitution-fields: [name, run.command]
//! ```
//!
//! Each chunk has the attributes `this_chunk` (from 1) and `total_chunks`, and both are filled into the fields
//! named there. Where the task's mounts are keyed `by-chunk`, each chunk gets its own: that is how every member of
//! an ensemble mounts its own model.

use crate::section;
use anyhow::{Context as _, Result};
use taskgraph::keyed_by;
use taskgraph::schema::fields::{Fields, about, missing};
use taskgraph::schema::{STRINGS, Schema, optional, required};
use taskgraph::transform::substitute::{Missing, fill, substitute};
use taskgraph::transform::{Transform, TransformInfo, fan_out};
use taskgraph_compat::value::{Map, Value};

pub(super) const CHUNK: Schema = Schema::Open(
    &[required("total-chunks", Schema::Int), optional("substitution-fields", STRINGS)],
    &Schema::Any,
);

/// More chunks are a typing error, not a wish.
const MOST_CHUNKS: i64 = 100_000;

/// The description of the transform.
pub(crate) const INFO: TransformInfo =
    TransformInfo::new("taskgraph.transforms.chunking", "Splits a task into chunks.")
        .sections(&[("chunk", &CHUNK)]);

/// The transform.
pub(crate) fn transform() -> Transform {
    fan_out(|ctx, mut description, out| {
        let Some(chunk) =
            section::take(ctx, &mut description, "chunk", &CHUNK)?.filter(|chunk| !chunk.is_empty())
        else {
            out.push(description);
            return Ok(());
        };
        let total = match &chunk["total-chunks"] {
            Value::Bool(flag) => i64::from(*flag),
            other => other.as_int().unwrap_or(i64::MAX),
        };
        if total > MOST_CHUNKS {
            return Err(about(
                "chunk.total-chunks",
                format!("`chunk.total-chunks` is {total}: at most {MOST_CHUNKS} chunks can be made"),
            ));
        }
        let Some(fields) = chunk.get("substitution-fields").and_then(Value::as_list) else {
            return Err(missing("chunk.substitution-fields", "a list of strings"));
        };
        for this_chunk in 1..=total {
            let names = taskgraph_compat::map! { "this_chunk" => this_chunk, "total_chunks" => total };
            let mut part = description.clone();
            part.map_at("attributes")?.extend(names.clone());
            for field in fields.iter().filter_map(Value::as_str) {
                fill_field(&mut part, field, &names).with_context(|| format!("in `{field}`"))?;
            }
            choose_mounts(&mut part, this_chunk)?;
            out.push(part);
        }
        Ok(())
    })
}

/// Fills names into the value at a dotted path; its last key is filled in, too, and then names a new field.
fn fill_field(task: &mut Map, field: &str, names: &Map) -> Result<()> {
    let (container, key) = match field.rsplit_once('.') {
        Some((container, key)) => {
            let container = task.at(container)?;
            let found = container.sort();
            (container.as_map_mut().with_context(|| format!("must be in a map, found {found}"))?, key)
        }
        None => (task, field),
    };
    let value = container.get(key).with_context(|| format!("there is no `{key}`"))?;
    let value = substitute(value, names, Missing::Fails)?;
    container.put(&fill(key, names, Missing::Fails)?, value);
    Ok(())
}

fn choose_mounts(task: &mut Map, this_chunk: i64) -> Result<()> {
    let is_keyed = task.get("worker").and_then(|worker| worker.get("mounts")?.as_map()).is_some();
    if is_keyed {
        let mounts = task.at("worker.mounts")?;
        *mounts = keyed_by::evaluate(mounts, "`worker.mounts`", |name| {
            (name == "chunk").then(|| this_chunk.to_string().into())
        })?;
    }
    Ok(())
}
