//! Writes a graph as JSON: several threads write chunks of tasks into buffers, one hands them on in their order.

use std::collections::BTreeMap;
use std::io::Write;
use std::iter::Enumerate;
use std::slice::Chunks;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use serde::ser::Error as _;

use crate::error::Result;
use crate::graph::json::numbers::locate;
use crate::graph::json::{TaskJson, TaskWriter};
use crate::task::Task;
use taskgraph_compat::json::Error;

/// Tasks in a chunk. Its text stays in the cache of the processor; that of all chunks in work is a few megabytes. With half
/// as many, 12,012 tasks take 4 % longer: more calls write to the file, and more often one thread waits for another.
const CHUNK: usize = 32;

/// Buffers for each thread that helps: it goes on while this one hands on what is ready. This one needs a single buffer.
const BUFFERS: usize = 4;

/// The text of a chunk, or why it cannot be written.
type Text = Result<Vec<u8>, Error>;

/// Writes the map of these tasks, indented, in the order of the keys. Nothing is written of tasks that JSON cannot hold.
pub(crate) fn write<'t, K: Copy + Sync>(
    tasks: impl IntoIterator<Item = &'t Arc<Task>> + Clone,
    keys: &[K],
    json: impl Fn(K) -> TaskJson<'t> + Sync,
    out: &mut dyn Write,
) -> Result<()> {
    if tasks.clone().into_iter().any(|task| task.is_unwritable) {
        return Err(locate(tasks, Error::custom("a number has no place in JSON")));
    }
    if keys.is_empty() {
        return Ok(out.write_all(b"{}")?);
    }
    out.write_all(b"{")?;
    // Every task comes with the comma before it; the first one has none.
    let mut comma = 1;
    in_order(keys, json, |text| match text {
        Ok(text) => Ok(out.write_all(&text[std::mem::take(&mut comma)..])?),
        Err(error) => Err(locate(tasks.clone(), std::mem::replace(error, Error::custom("reported already")))),
    })?;
    Ok(out.write_all(b"\n}")?)
}

/// Writes all chunks with all threads, and hands them on in their order. This thread hands on what is ready, and writes
/// chunks itself meanwhile: it waits only for a chunk that another thread is at, as that thread may be the only one that
/// has come to help. Buffers are used again and again.
fn in_order<'t, K: Copy + Sync>(
    keys: &[K],
    json: impl Fn(K) -> TaskJson<'t> + Sync,
    mut hand_on: impl FnMut(&mut Text) -> Result<()>,
) -> Result<()> {
    let queue = ChunkQueue { waiting: Mutex::new(keys.chunks(CHUNK).enumerate()), json: &json };
    let count = keys.len().div_ceil(CHUNK);
    let helpers = rayon::current_num_threads().min(count) - 1;
    let (give_back, buffers) = channel();
    (0..helpers * BUFFERS).for_each(|_| free(&give_back, Vec::new()));
    let buffers = Mutex::new(buffers);
    let (done, ready) = channel();
    rayon::in_place_scope(|scope| {
        // When one side of a channel is dropped, the other side ends.
        let (give_back, ready) = (give_back, ready);
        for _ in 0..helpers {
            let done = done.clone();
            scope.spawn(|_| queue.help(&buffers, done));
        }
        drop(done);
        let mut writer = TaskWriter::default();
        let mut own = Some(Vec::new());
        let mut early = BTreeMap::new();
        let mut next = 0;
        loop {
            early.extend(ready.try_iter());
            while let Some(mut text) = early.remove(&next) {
                hand_on(&mut text)?;
                next += 1;
                match own {
                    None => own = Some(text.unwrap_or_default()),
                    Some(_) => free(&give_back, text.unwrap_or_default()),
                }
            }
            if next == count {
                return Ok(());
            }
            let written = own.take().and_then(|buffer| queue.write_next(buffer, &mut writer));
            match written.or_else(|| ready.recv().ok()) {
                Some((index, text)) => early.insert(index, text),
                // The thread that was at it has panicked, which the scope passes on.
                None => return Ok(()),
            };
        }
    })
}

/// Offers a buffer for the next chunk.
fn free(buffers: &Sender<Vec<u8>>, buffer: Vec<u8>) {
    // If nobody writes any more, it is not needed.
    let _ = buffers.send(buffer);
}

/// The chunks that are not written yet.
struct ChunkQueue<'q, K, J> {
    waiting: Mutex<Enumerate<Chunks<'q, K>>>,
    json: &'q J,
}

impl<'t, K: Copy, J: Fn(K) -> TaskJson<'t>> ChunkQueue<'_, K, J> {
    /// Writes one chunk after the other. A buffer is there before its chunk is chosen, so the chunk that is to be handed
    /// on next never waits for a buffer.
    fn help(&self, buffers: &Mutex<Receiver<Vec<u8>>>, done: Sender<(usize, Text)>) {
        let mut writer = TaskWriter::default();
        let buffer = || buffers.lock().unwrap_or_else(PoisonError::into_inner).recv().ok();
        while let Some(text) = buffer().and_then(|buffer| self.write_next(buffer, &mut writer)) {
            if done.send(text).is_err() {
                return;
            }
        }
    }

    /// Writes the next chunk into this buffer, if there is one.
    fn write_next(&self, buffer: Vec<u8>, writer: &mut TaskWriter) -> Option<(usize, Text)> {
        let (index, keys) = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).next()?;
        writer.begin(buffer);
        let written = keys.iter().try_for_each(|key| writer.task((self.json)(*key)));
        let text = writer.end();
        Some((index, written.map(|()| text)))
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use rayon::prelude::*;

    use crate::graph::TaskGraph;

    fn graph() -> TaskGraph {
        let task = |number: u32| {
            let label = format!("task-{number}");
            let task = serde_json::json!({
                "kind": "k", "label": label, "attributes": { "number": number }, "task": { "text": "é\n".repeat(50) },
                "optimization": null, "dependencies": {},
            });
            (label, task)
        };
        let tasks: serde_json::Map<_, _> = (0..2_000).map(task).collect();
        TaskGraph::from_json(&serde_json::Value::from(tasks).to_string()).unwrap()
    }

    #[test]
    fn all_threads_of_a_pool_can_write_at_once() {
        let graph = graph();
        let written = || {
            let mut text = Vec::new();
            graph.write_json(&mut text).unwrap();
            text
        };
        let alone = written();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(4).build().unwrap();
        pool.install(|| (0..32).into_par_iter().for_each(|_| assert!(written() == alone)));
    }

    /// A disk with room for so many bytes.
    struct SmallDisk(usize);

    impl io::Write for SmallDisk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_write_that_fails_ends_all_threads() {
        let graph = graph();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(4).build().unwrap();
        for size in [0, 100, 30_000, 400_000] {
            assert!(graph.write_json(&mut SmallDisk(size)).is_err());
            assert!(pool.install(|| graph.write_json(&mut SmallDisk(size)).is_err()));
        }
    }
}
