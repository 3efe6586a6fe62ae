//! A graph as JSON: its tasks are laid out side by side, and written in their order as they are ready.

use std::collections::BTreeMap;
use std::io::Write;
use std::iter::Enumerate;
use std::slice::Chunks;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use serde::ser::Error as _;

use crate::graph::json::numbers::locate;
use crate::graph::json::{TaskJson, TaskLayout};
use crate::task::Task;
use taskgraph_compat::json::Error;

/// How many tasks are laid out at once: about so much text as stays close to the processor.
const TASKS: usize = 32;

/// How many parts there is room for, for each core.
const ROOMS: usize = 4;

/// The text of a few tasks, or why it cannot be made.
type Part = Result<Vec<u8>, Error>;

/// Writes the map of these tasks, indented, in the order of the keys. While some of it is written, what comes next is
/// laid out. Nothing is written of tasks that JSON cannot hold.
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
    in_order(keys, json, |part| match part {
        Ok(text) => Ok(out.write_all(&text[std::mem::take(&mut comma)..])?),
        Err(error) => Err(locate(tasks.clone(), std::mem::replace(error, Error::custom("told already")))),
    })?;
    Ok(out.write_all(b"\n}")?)
}

/// Lays all parts out with all cores, and hands them on in their order. The room for the text is used again and again.
fn in_order<'t, K: Copy + Sync>(
    keys: &[K],
    json: impl Fn(K) -> TaskJson<'t> + Sync,
    mut hand_on: impl FnMut(&mut Part) -> Result<()>,
) -> Result<()> {
    let bench = Bench { waiting: Mutex::new(keys.chunks(TASKS).enumerate()), json: &json };
    let (give_back, rooms) = channel();
    let rooms = Mutex::new(rooms);
    let (done, ready) = channel();
    // One of the cores that would do the work must not wait for it.
    if rayon::current_thread_index().is_some() {
        give_back.send(Vec::new())?;
        let mut layout = TaskLayout::default();
        while let Some((_, mut part)) = bench.next(&rooms, &mut layout) {
            hand_on(&mut part)?;
            give_back.send(part.unwrap_or_default())?;
        }
        return Ok(());
    }
    let cores = rayon::current_num_threads().min(keys.len().div_ceil(TASKS));
    for _ in 0..cores * ROOMS {
        give_back.send(Vec::new())?;
    }
    rayon::in_place_scope(|scope| {
        // Whoever is left without the other side ends, on both sides.
        let (give_back, ready) = (give_back, ready);
        for _ in 0..cores {
            let done = done.clone();
            scope.spawn(|_| bench.work(&rooms, done));
        }
        drop(done);
        let mut early = BTreeMap::new();
        let mut next = 0;
        for (index, part) in ready {
            early.insert(index, part);
            while let Some(mut part) = early.remove(&next) {
                hand_on(&mut part)?;
                let _ = give_back.send(part.unwrap_or_default());
                next += 1;
            }
        }
        Ok(())
    })
}

/// What all cores take their work from.
struct Bench<'b, K, J> {
    waiting: Mutex<Enumerate<Chunks<'b, K>>>,
    json: &'b J,
}

impl<'t, K: Copy, J: Fn(K) -> TaskJson<'t>> Bench<'_, K, J> {
    /// Lays out one part after the other.
    fn work(&self, rooms: &Mutex<Receiver<Vec<u8>>>, done: Sender<(usize, Part)>) {
        let mut layout = TaskLayout::default();
        while let Some(part) = self.next(rooms, &mut layout) {
            if done.send(part).is_err() {
                return;
            }
        }
    }

    /// Lays out the next part. There is room for it before it is chosen, so the one that is to be handed on next never
    /// waits for room.
    fn next(&self, rooms: &Mutex<Receiver<Vec<u8>>>, layout: &mut TaskLayout) -> Option<(usize, Part)> {
        let room = rooms.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()?;
        let (index, keys) = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).next()?;
        layout.begin(room);
        let laid_out = keys.iter().try_for_each(|key| layout.task((self.json)(*key)));
        let text = layout.end();
        Some((index, laid_out.map(|()| text)))
    }
}
