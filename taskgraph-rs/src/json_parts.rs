//! A large map as JSON: its entries are laid out side by side, and joined in their order.

use std::io::Write;
use std::sync::Arc;

use anyhow::Result;
use rayon::prelude::*;
use serde::ser::{Serialize, Serializer};

use crate::json_layout::append;
use crate::task::Task;
use crate::unwritable::blame;

/// About how long a task is as JSON, in bytes: to grow a buffer step by step costs more than to have it.
const USUAL_LENGTH: usize = 8 << 10;

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

impl<K: Copy + Serialize + Sync, V: Serialize, F: Fn(K) -> V + Sync> Entries<'_, K, F> {
    /// Writes the map of these tasks, indented. Parts are made side by side.
    pub fn write<'t>(
        &self,
        tasks: impl IntoIterator<Item = &'t Arc<Task>>,
        out: &mut dyn Write,
    ) -> Result<()> {
        if self.keys.is_empty() {
            return Ok(out.write_all(b"{}")?);
        }
        let length = self.keys.len().div_ceil(rayon::current_num_threads());
        let parts: Vec<Vec<u8>> = self
            .keys
            .par_chunks(length)
            .map(|keys| {
                let mut part = Vec::with_capacity(keys.len() * USUAL_LENGTH);
                append(&Entries { keys, value: &self.value }, &mut part)?;
                Ok(part)
            })
            .collect::<serde_json::Result<_>>()
            .map_err(|error| blame(tasks, error))?;
        // Each part is a map of its own: what is between the braces is joined to one.
        out.write_all(b"{\n")?;
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                out.write_all(b",\n")?;
            }
            out.write_all(&part[2..part.len() - 2])?;
        }
        Ok(out.write_all(b"\n}")?)
    }
}
