//! The strategies that the program knows, by the names that kinds write under `optimization`.

use anyhow::Result;
use indexmap::IndexMap;

use crate::optimize::outcome::PassedOver;
use crate::optimize::strategy::{Answer, LookUp, Simple, Strategy};
use crate::optimize::usable::objection;
use crate::parameters::Params;
use crate::schema::fields::FieldError;
use crate::schema::{STRINGS, Violation, What};
use crate::task::Task;
use taskgraph_compat::python::glob::Glob;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Str, Value};

/// Removes and replaces nothing.
pub const NEVER: Simple = Simple::keeps("never");

/// Removes every task that nothing needs.
pub const ALWAYS: Simple = Simple { removes: |_, _, _| Ok(true), ..Simple::keeps("always") };

/// Replaces a task with the first one that its index paths lead to, unless that one failed, or expires too soon.
pub const INDEX_SEARCH: Simple = Simple {
    argument: STRINGS,
    replaces: search_index,
    index_paths: |argument| texts(argument).cloned().collect(),
    ..Simple::keeps("index-search")
};

/// Removes a task if no file has changed that one of the patterns matches.
pub const SKIP_UNLESS_CHANGED: Simple =
    Simple { argument: STRINGS, removes: is_unchanged, ..Simple::keeps("skip-unless-changed") };

/// Strategies by name, and sets of others that may take their place. Handed to the engine by value.
#[derive(Clone)]
pub struct Strategies {
    by_name: IndexMap<&'static str, Strategy>,
    sets: IndexMap<&'static str, Vec<(&'static str, Strategy)>>,
}

impl Default for Strategies {
    /// Those of the reference.
    fn default() -> Self {
        let core = [NEVER, ALWAYS, INDEX_SEARCH, SKIP_UNLESS_CHANGED];
        let by_name = core.into_iter().map(|simple| (simple.name, Strategy::Simple(simple))).collect();
        Strategies { by_name, sets: IndexMap::new() }
    }
}

/// The strategy of a task, and its argument.
#[derive(Clone, Copy)]
pub(super) struct ChosenStrategy<'a> {
    pub name: &'a str,
    pub strategy: &'a Strategy,
    pub argument: &'a Value,
}

impl Strategies {
    /// Adds a strategy, or puts another one in its place.
    pub fn insert(&mut self, name: &'static str, strategy: Strategy) {
        self.by_name.insert(name, strategy);
    }

    /// Adds a set of strategies, under the name that the parameter `optimize_strategies` may have.
    pub fn insert_set(&mut self, name: &'static str, set: Vec<(&'static str, Strategy)>) {
        self.sets.insert(name, set);
    }

    /// The names of the sets.
    pub fn sets(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.sets.keys().copied()
    }

    /// These strategies, with those of a set in the place of those of the same name.
    pub fn with_set(&self, name: &str) -> Option<Self> {
        let mut strategies = self.clone();
        for (name, strategy) in self.sets.get(name)? {
            strategies.insert(name, strategy.clone());
        }
        Some(strategies)
    }

    /// The strategy of this name.
    pub fn get(&self, name: &str) -> Option<&Strategy> {
        self.by_name.get(name)
    }

    /// Checks what a kind writes under `optimization`: nothing, or the name of one strategy and its argument.
    pub fn check(&self, optimization: &Value) -> Result<()> {
        let violations = self.violations(optimization);
        if violations.is_empty() { Ok(()) } else { Err(FieldError::Violations(violations).into()) }
    }

    fn violations(&self, optimization: &Value) -> Vec<Violation> {
        let path = || KeyPath::dotted("optimization");
        let wrong = |found: String| {
            let allowed = "nothing (null), or one strategy with its argument".into();
            let what = What::Wrong { found, allowed, nearest: None, instead: None };
            vec![Violation { path: path(), what }]
        };
        let (name, argument) = match optimization {
            Value::Null => return Vec::new(),
            Value::Map(map) => match map.first() {
                None => return Vec::new(),
                Some(_) if map.len() > 1 => return wrong(format!("{} of them", map.len())),
                Some(only) => only,
            },
            other => return wrong(other.sort().into()),
        };
        let path = || path().join(name);
        match self.get(name) {
            None => {
                vec![Violation { path: path(), what: What::Unknown(self.by_name.keys().copied().collect()) }]
            }
            Some(strategy) => {
                let mut violations = strategy.check(argument);
                violations.iter_mut().for_each(|violation| violation.path = path().concat(&violation.path));
                violations
            }
        }
    }

    /// The strategy of a task; none if the program does not know it.
    pub(super) fn choose<'a>(&'a self, task: &'a Task) -> Option<ChosenStrategy<'a>> {
        static NOTHING: Value = Value::Null;
        // Python: of several strategies, the first one counts.
        match task.optimization.as_map().and_then(|map| map.first()) {
            None => {
                let strategy = self.get(NEVER.name)?;
                Some(ChosenStrategy { name: NEVER.name, strategy, argument: &NOTHING })
            }
            Some((name, argument)) => Some(ChosenStrategy { name, strategy: self.get(name)?, argument }),
        }
    }
}

fn texts(argument: &Value) -> impl Iterator<Item = &Str> {
    argument.as_list().unwrap_or_default().iter().filter_map(|item| match item {
        Value::Str(text) => Some(text),
        _ => None,
    })
}

fn search_index(asked: &LookUp<'_>, argument: &Value, passed: &mut Vec<PassedOver>) -> Answer {
    for path in texts(argument) {
        let Some(task_id) = asked.found.index.get(path) else { continue };
        let state = asked.found.states.get(task_id);
        let Some(why) = objection(state, asked.deadline, asked.now) else {
            return Answer::Task(task_id.clone(), Some(path.clone()));
        };
        passed.push(PassedOver { path: path.clone(), task_id: task_id.clone(), why });
    }
    Answer::Keep
}

fn is_unchanged(_: &Task, params: &Params, argument: &Value) -> Result<bool> {
    // Without a delta of commits, as in cron and action tasks, there are no changed files to go by.
    let base = params.text("base_rev");
    if !base.is_empty() && base == params.text("head_rev") {
        return Ok(false);
    }
    let changed = params.get("files_changed").and_then(Value::as_list).unwrap_or_default();
    if changed.is_empty() {
        return Ok(true);
    }
    for pattern in texts(argument) {
        let pattern = Glob::new(pattern)?;
        for file in changed.iter().filter_map(Value::as_str) {
            if pattern.matches(file)? {
                return Ok(false);
            }
        }
    }
    Ok(true)
}
