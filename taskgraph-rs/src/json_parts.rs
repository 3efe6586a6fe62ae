//! A graph as JSON: its tasks are laid out side by side, and written in their order as they are ready.

use std::io::Write;
use std::sync::Arc;

use anyhow::Result;
use serde::ser::Error as _;

use crate::json::Error;
use crate::task::Task;
use crate::task_json::{TaskJson, TaskLayout};
use crate::unwritable::blame;

/// How many tasks are laid out at once: about so much text as stays close to the processor.
const TASKS: usize = 32;

/// The text of a few tasks, or why it cannot be made. The room for the text is used again and again.
#[derive(Default)]
struct Part {
    text: Vec<u8>,
    error: Option<Error>,
}

/// Writes the map of these tasks, indented, in the order of the keys. While some of it is written, what comes next is
/// laid out. Nothing is written of tasks that JSON cannot hold.
pub(crate) fn write<'t, K: Copy + Sync>(
    tasks: impl IntoIterator<Item = &'t Arc<Task>> + Clone,
    keys: &[K],
    json: impl Fn(K) -> TaskJson<'t> + Sync,
    out: &mut dyn Write,
) -> Result<()> {
    if tasks.clone().into_iter().any(|task| task.is_unwritable) {
        return Err(blame(tasks, Error::custom("a number has no place in JSON")));
    }
    if keys.is_empty() {
        return Ok(out.write_all(b"{}")?);
    }
    let lay_out = |keys: &[K], part: &mut Part| {
        part.text.clear();
        let mut layout = TaskLayout::new(&mut part.text);
        part.error = keys.iter().try_for_each(|key| layout.task(json(*key))).err();
    };
    let mut waiting = keys.chunks(TASKS);
    let mut ready: Vec<Part> = Vec::new();
    let mut making = Vec::new();
    making.resize_with(2 * rayon::current_num_threads(), Part::default);
    // Every task comes with the comma before it; the first one has none.
    let mut comma = 1;
    out.write_all(b"{")?;
    loop {
        let next: Vec<_> = waiting.by_ref().take(making.len()).collect();
        making.truncate(next.len());
        rayon::in_place_scope(|scope| {
            for (part, keys) in making.iter_mut().zip(next) {
                scope.spawn(|_| lay_out(keys, part));
            }
            ready.iter().try_for_each(|part| out.write_all(&part.text[std::mem::take(&mut comma)..]))
        })?;
        if let Some(error) = making.iter_mut().find_map(|part| part.error.take()) {
            return Err(blame(tasks, error));
        }
        if making.is_empty() {
            return Ok(out.write_all(b"\n}")?);
        }
        std::mem::swap(&mut ready, &mut making);
        making.resize_with(ready.len(), Part::default);
    }
}
