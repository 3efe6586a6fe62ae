//! A large map as JSON: its entries are laid out side by side, and written in their order as they are ready.

use std::io::Write;
use std::sync::Arc;

use anyhow::Result;
use serde::ser::{Error as _, Serialize, Serializer};

use crate::json_layout::append;
use crate::task::Task;
use crate::unwritable::blame;

/// How many tasks are laid out at once: about so much text as stays close to the processor.
const TASKS: usize = 32;

/// Entries of a map in their order: the keys, and what stands under each.
pub(crate) struct Entries<'k, K, F> {
    /// The keys, in the order in which they are written.
    pub keys: &'k [K],
    /// What stands under a key.
    pub value: F,
}

impl<K: Copy + Serialize, V: Serialize, F: Fn(K) -> V> Serialize for Entries<'_, K, F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.keys.iter().map(|key| (key, (self.value)(*key))))
    }
}

/// The text of a few entries, or why it cannot be made. The room for the text is used again and again.
#[derive(Default)]
struct Part {
    text: Vec<u8>,
    error: Option<serde_json::Error>,
}

impl<K: Copy + Serialize + Sync, V: Serialize, F: Fn(K) -> V + Sync> Entries<'_, K, F> {
    /// Writes the map of these tasks, indented. While some of it is written, what comes next is laid out. Nothing is
    /// written of tasks that JSON cannot hold.
    pub fn write<'t>(
        &self,
        tasks: impl IntoIterator<Item = &'t Arc<Task>> + Clone,
        out: &mut dyn Write,
    ) -> Result<()> {
        if self.keys.is_empty() {
            return Ok(out.write_all(b"{}")?);
        }
        if tasks.clone().into_iter().any(|task| task.is_unwritable) {
            return Err(blame(tasks, serde_json::Error::custom("a number has no place in JSON")));
        }
        let mut waiting = self.keys.chunks(TASKS);
        let mut ready: Vec<Part> = Vec::new();
        let mut making: Vec<Part> =
            std::iter::repeat_with(Part::default).take(2 * rayon::current_num_threads()).collect();
        let mut is_first = true;
        loop {
            let next: Vec<_> = waiting.by_ref().take(making.len()).collect();
            making.truncate(next.len());
            let written = rayon::in_place_scope(|scope| {
                for (part, keys) in making.iter_mut().zip(next) {
                    scope.spawn(|_| self.lay_out(keys, part));
                }
                ready.iter().try_for_each(|part| {
                    // Each part is a map of its own: what is between the braces is joined to one.
                    out.write_all(if is_first { b"{\n" } else { b",\n" })?;
                    is_first = false;
                    out.write_all(&part.text[2..part.text.len() - 2])
                })
            });
            written?;
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

    fn lay_out(&self, keys: &[K], part: &mut Part) {
        part.text.clear();
        part.error = append(&Entries { keys, value: &self.value }, &mut part.text).err();
    }
}
