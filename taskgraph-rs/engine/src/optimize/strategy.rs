//! Strategies: what decides that a task need not run.

use std::sync::Arc;
use std::time::SystemTime;

use anyhow::Result;

use crate::optimize::index::LookupAnswers;
use crate::optimize::outcome::PassedOver;
use crate::parameters::Params;
use crate::schema::{Schema, Violation};
use crate::task::id::TaskId;
use crate::task::{Label, Task};
use taskgraph_compat::time::json_date;
use taskgraph_compat::value::{Str, Value};

/// The answer of a strategy that is asked for a replacement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The task has to run.
    Keep,
    /// Nothing has to stand in for it.
    Nothing,
    /// This task stands in for it; the index path that led to it.
    Task(TaskId, Option<Str>),
}

/// The last deadline of all that depends on a task.
#[derive(Clone, Debug)]
pub struct Deadline {
    /// Microseconds since 1970.
    pub micros: i64,
    /// The task that has it.
    pub dependent: Label,
}

impl Deadline {
    /// As the queue writes points in time.
    pub fn text(&self) -> String {
        json_date(self.micros.div_euclid(1_000))
    }
}

/// The input of a strategy that is asked for a replacement.
pub struct LookUp<'a> {
    /// The task.
    pub task: &'a Task,
    /// The parameters.
    pub params: &'a Params,
    /// The last deadline of what depends on it, if anything does.
    pub deadline: Option<&'a Deadline>,
    /// The answers of the index.
    pub found: &'a LookupAnswers,
    /// The point in time from which deadlines count.
    pub now: SystemTime,
}

/// A strategy that is not a combination of others.
#[derive(Clone, Copy)]
pub struct Simple {
    /// Its name, which kinds write under `optimization`.
    pub name: &'static str,
    /// The schema of its argument.
    pub argument: Schema,
    /// Whether a task that is asked for is removed.
    pub removes: fn(&Task, &Params, &Value) -> Result<bool>,
    /// Returns the replacement of a task. Tasks that were found and not taken are added to the list.
    pub replaces: fn(&LookUp<'_>, &Value, &mut Vec<PassedOver>) -> Answer,
    /// The index paths that have to be looked up for it.
    pub index_paths: fn(&Value) -> Vec<Str>,
}

impl Simple {
    /// A strategy that keeps every task.
    pub const fn keeps(name: &'static str) -> Self {
        Simple {
            name,
            argument: Schema::Any,
            removes: |_, _, _| Ok(false),
            replaces: |_, _, _| Answer::Keep,
            index_paths: |_| Vec::new(),
        }
    }
}

/// Several strategies, and how each gets its argument.
#[derive(Clone)]
pub struct Composite {
    /// The strategies, in the order in which they are asked.
    pub parts: Vec<Strategy>,
    /// Makes an argument for each of so many parts out of the one in the kind. Without it, all get the same.
    pub split: Option<fn(&Value, usize) -> Vec<Value>>,
}

/// A strategy: decides that a task need not run.
#[derive(Clone)]
pub enum Strategy {
    /// One that is not a combination of others.
    Simple(Simple),
    /// Removes or replaces what one of its parts does; replaces with what the first of them finds.
    Any(Composite),
    /// Removes or replaces what all of its parts do. Python: it replaces with nothing, whatever they find.
    All(Composite),
    /// Removes or replaces with nothing what its part keeps, and keeps the rest.
    Not(Arc<Strategy>),
    /// Another name for a strategy.
    Alias(Arc<Strategy>),
}

impl Strategy {
    /// Any of these, with the same argument.
    pub fn any(parts: impl IntoIterator<Item = Strategy>) -> Self {
        Strategy::Any(Composite { parts: parts.into_iter().collect(), split: None })
    }

    /// All of these, with the same argument.
    pub fn all(parts: impl IntoIterator<Item = Strategy>) -> Self {
        Strategy::All(Composite { parts: parts.into_iter().collect(), split: None })
    }

    /// Returns its composition: `skip-unless-changed`, `a-or-b`, `not-a`.
    pub fn description(&self) -> String {
        let joined = |composite: &Composite, with: &str| {
            composite.parts.iter().map(Strategy::description).collect::<Vec<_>>().join(with)
        };
        match self {
            Strategy::Simple(simple) => simple.name.to_owned(),
            Strategy::Any(composite) => joined(composite, "-or-"),
            Strategy::All(composite) => joined(composite, "-and-"),
            Strategy::Not(part) => format!("not-{}", part.description()),
            Strategy::Alias(part) => part.description(),
        }
    }

    /// Returns the violations of an argument for it.
    pub fn check(&self, argument: &Value) -> Vec<Violation> {
        match self {
            Strategy::Simple(simple) => simple.argument.check(argument),
            // What a part of the argument looks like where it stands, only the split knows.
            Strategy::Any(composite) | Strategy::All(composite) => match composite.split {
                Some(_) => Vec::new(),
                None => composite.parts.iter().flat_map(|part| part.check(argument)).collect(),
            },
            Strategy::Not(part) | Strategy::Alias(part) => part.check(argument),
        }
    }

    /// The index paths that have to be looked up for it.
    pub fn index_paths(&self, argument: &Value) -> Vec<Str> {
        match self {
            Strategy::Simple(simple) => (simple.index_paths)(argument),
            Strategy::Any(composite) | Strategy::All(composite) => {
                composite.each(argument).flat_map(|(part, argument)| part.index_paths(&argument)).collect()
            }
            Strategy::Not(part) | Strategy::Alias(part) => part.index_paths(argument),
        }
    }

    /// Whether a task that is asked for is removed.
    pub fn removes(&self, task: &Task, params: &Params, argument: &Value) -> Result<bool> {
        match self {
            Strategy::Simple(simple) => (simple.removes)(task, params, argument),
            Strategy::Any(composite) => {
                for (part, argument) in composite.each(argument) {
                    if part.removes(task, params, &argument)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Strategy::All(composite) => {
                for (part, argument) in composite.each(argument) {
                    if !part.removes(task, params, &argument)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Strategy::Not(part) => part.removes(task, params, argument).map(|removes| !removes),
            Strategy::Alias(part) => part.removes(task, params, argument),
        }
    }

    /// Returns the replacement of a task.
    pub fn replaces(&self, asked: &LookUp<'_>, argument: &Value, passed: &mut Vec<PassedOver>) -> Answer {
        match self {
            Strategy::Simple(simple) => (simple.replaces)(asked, argument, passed),
            Strategy::Any(composite) => composite
                .each(argument)
                .map(|(part, argument)| part.replaces(asked, &argument, passed))
                .find(|answer| *answer != Answer::Keep)
                .unwrap_or(Answer::Keep),
            Strategy::All(composite) => {
                let mut each = composite.each(argument);
                match each.any(|(part, argument)| part.replaces(asked, &argument, passed) == Answer::Keep) {
                    true => Answer::Keep,
                    false => Answer::Nothing,
                }
            }
            Strategy::Not(part) => match part.replaces(asked, argument, passed) {
                Answer::Keep => Answer::Nothing,
                Answer::Nothing | Answer::Task(..) => Answer::Keep,
            },
            Strategy::Alias(part) => part.replaces(asked, argument, passed),
        }
    }
}

impl Composite {
    /// The parts with their arguments. Python: `zip`, which ends with the shorter of both.
    fn each(&self, argument: &Value) -> impl Iterator<Item = (&Strategy, Value)> {
        let arguments = match self.split {
            Some(split) => split(argument, self.parts.len()),
            None => vec![argument.clone(); self.parts.len()],
        };
        self.parts.iter().zip(arguments)
    }
}
