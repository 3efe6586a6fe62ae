//! Makes the tasks of all kinds: each kind's stubs go through its transforms, in the order of the kinds.
//!
//! Invariant: a label is made once. A kind that fails keeps those that need it from being made, and no others.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use anyhow::{Context as _, Result};
use indexmap::IndexMap;
use indexmap::map::Entry;

use crate::config::GraphConfig;
use crate::decision::{DockerContext, Dropped, Record};
use crate::kind::Kind;
use crate::optimize::Strategies;
use crate::params::Params;
use crate::payload::Payloads;
use crate::problem::{Problem, Problems};
use crate::rows;
use crate::settings::Settings;
use crate::shelf::Shelf;
use crate::task::{Task, TasksByLabel};
use crate::trace::Trace;
use crate::transform::Context;
use crate::tree::Tree;
use crate::value::Str;

/// What was made, and what was not let through.
pub struct Generated {
    /// All tasks, in the order of their making.
    pub tasks: TasksByLabel,
    /// Stubs that a transform did not let through.
    pub dropped: Vec<Dropped>,
    /// What transforms warn of.
    pub warnings: Vec<Problem>,
    /// How the tasks came about, by label; empty unless the settings ask for it.
    pub traces: IndexMap<Str, Trace>,
    /// The contexts of docker images, if the settings say to keep them.
    pub contexts: Vec<DockerContext>,
}

/// Makes all tasks of `kinds`, which have to be in order. Kinds that do not depend on each other are made side by
/// side; what comes out is in the order of the kinds, whatever the number of cores.
pub fn generate(
    tree: &Tree,
    config: &GraphConfig,
    kinds: &IndexMap<Str, Kind>,
    payloads: &Payloads,
    strategies: &Strategies,
    params: &Params,
    settings: &Settings,
) -> Result<Generated> {
    let workshop =
        Workshop { tree, config, kinds, payloads, strategies, params, settings, benches: benches(kinds) };
    let ready = (0..kinds.len()).filter(|index| workshop.benches[*index].needs.is_empty());
    let mut ready: Vec<usize> = ready.collect();
    // What was spawned last is begun first.
    ready.sort_by_key(|index| workshop.benches[*index].height);
    let workshop_ref = &workshop;
    rayon::scope(|scope| {
        ready.iter().for_each(|index| scope.spawn(move |scope| workshop_ref.make(*index, scope)))
    });
    workshop.finish()
}

/// Where a kind is made.
struct Bench<'a> {
    kind: &'a Kind,
    /// The benches whose tasks it needs, in order.
    needs: Vec<usize>,
    /// The benches that wait for it.
    needed_by: Vec<usize>,
    /// How many kinds stand in the longest row of those that wait for it and for each other: the longest row decides
    /// how long everything takes, so it is begun first.
    height: usize,
    /// How many of those it needs are not done.
    waiting: AtomicUsize,
    done: OnceLock<Done>,
}

/// A bench for each kind, in their order.
fn benches(kinds: &IndexMap<Str, Kind>) -> Vec<Bench<'_>> {
    let mut benches: Vec<Bench<'_>> = Vec::with_capacity(kinds.len());
    for (index, kind) in kinds.values().enumerate() {
        let mut needs: Vec<usize> =
            kind.dependencies.iter().filter_map(|name| kinds.get_index_of(name)).collect();
        needs.sort_unstable();
        needs.dedup();
        needs.iter().for_each(|need| benches[*need].needed_by.push(index));
        let waiting = AtomicUsize::new(needs.len());
        benches.push(Bench { kind, needs, needed_by: Vec::new(), height: 0, waiting, done: OnceLock::new() });
    }
    // Kinds come after those they need, so that those that wait for a kind are looked at before it.
    for index in (0..benches.len()).rev() {
        let mut needed_by = std::mem::take(&mut benches[index].needed_by);
        needed_by.sort_by_key(|next| benches[*next].height);
        benches[index].height = needed_by.last().map_or(0, |next| benches[*next].height + 1);
        benches[index].needed_by = needed_by;
    }
    benches
}

enum Done {
    Made(Vec<Arc<Task>>, Box<Record>),
    Failed(anyhow::Error),
    /// A kind that it needs has failed.
    Skipped,
}

impl Done {
    /// How many tasks there are.
    fn count(&self) -> usize {
        match self {
            Done::Made(tasks, _) => tasks.len(),
            _ => 0,
        }
    }
}

struct Workshop<'a> {
    tree: &'a Tree,
    config: &'a GraphConfig,
    kinds: &'a IndexMap<Str, Kind>,
    payloads: &'a Payloads,
    strategies: &'a Strategies,
    params: &'a Params,
    settings: &'a Settings,
    benches: Vec<Bench<'a>>,
}

impl Workshop<'_> {
    /// Makes one kind, then those that waited for it alone.
    fn make<'s>(&'s self, index: usize, scope: &rayon::Scope<'s>) {
        let bench = &self.benches[index];
        let done = self.make_kind(bench);
        // A bench is worked at once: nothing else can have set it.
        let _ = bench.done.set(done);
        for next in &bench.needed_by {
            if self.benches[*next].waiting.fetch_sub(1, Ordering::AcqRel) == 1 {
                scope.spawn(move |scope| self.make(*next, scope));
            }
        }
    }

    fn make_kind(&self, bench: &Bench<'_>) -> Done {
        let count =
            bench.needs.iter().filter_map(|need| self.benches[*need].done.get()).map(Done::count).sum();
        let mut upstream = TasksByLabel::with_capacity_and_hasher(count, Default::default());
        for need in &bench.needs {
            let Some(Done::Made(tasks, _)) = self.benches[*need].done.get() else { return Done::Skipped };
            upstream.extend(tasks.iter().map(|task| (task.label.clone(), task.clone())));
        }
        let record = Record::default();
        let context = Context {
            kind: bench.kind,
            kinds: self.kinds,
            params: self.params,
            config: self.config,
            tree: self.tree,
            upstream: &upstream,
            payloads: self.payloads,
            strategies: self.strategies,
            settings: self.settings,
            record: &record,
            shelf: &Shelf::default(),
            is_part: false,
        };
        match rows::tasks(&context) {
            Ok(tasks) => Done::Made(tasks, Box::new(record)),
            Err(error) => Done::Failed(error),
        }
    }

    /// Gathers what was made, or all that went wrong.
    fn finish(self) -> Result<Generated> {
        let count = self.benches.iter().map(|bench| bench.done.get().map_or(0, Done::count)).sum();
        let mut tasks = TasksByLabel::with_capacity_and_hasher(count, Default::default());
        let (mut dropped, mut warnings, mut problems) = (Vec::new(), Vec::<Problem>::new(), Vec::new());
        let mut traces = IndexMap::new();
        let mut contexts = Vec::new();
        for bench in self.benches {
            match bench.done.into_inner() {
                Some(Done::Made(new, record)) => {
                    for task in new {
                        match tasks.entry(task.label.clone()) {
                            Entry::Occupied(other) => problems.push(twice(&task, other.get())),
                            Entry::Vacant(place) => {
                                place.insert(task);
                            }
                        }
                    }
                    problems.extend(record.take_refused());
                    traces.extend(record.take_traces());
                    contexts.extend(record.take_contexts());
                    let (gone, warned) = record.into_notes();
                    dropped.extend(gone);
                    let known =
                        |new: &Problem| warnings.iter().any(|old: &Problem| old.message == new.message);
                    let warned: Vec<_> = warned.into_iter().filter(|new| !known(new)).collect();
                    warnings.extend(warned);
                }
                Some(Done::Failed(error)) => {
                    let told = Problems::from_error(error);
                    problems.extend(
                        told.with_context(|| format!("kind `{}` could not be made", bench.kind.name))?,
                    );
                }
                Some(Done::Skipped) | None => {}
            }
        }
        Problems(problems).distinct().check()?;
        Ok(Generated { tasks, dropped, warnings, traces, contexts })
    }
}

fn twice(task: &Task, other: &Task) -> Problem {
    Problem::error("duplicate-label", format!("two tasks have the label `{}`", task.label))
        .at(Default::default(), format!("made by kind `{}`", task.kind))
        .in_place(task.origin.place(&Default::default()))
        .with(other.origin.place(&Default::default()), format!("made by kind `{}`", other.kind))
}
