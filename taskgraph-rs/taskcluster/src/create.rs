//! Creates tasks: what they depend on first, many at once, each exactly once.

use std::collections::VecDeque;
use std::fmt;

use futures_util::stream::{FuturesUnordered, StreamExt as _};
use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value as Json;

use crate::client::Taskcluster;
use crate::connection::Connection;
use crate::error::Failure;
use crate::new_task::NewTask;
use crate::progress::Event;
use crate::request::ServiceRequest;
use taskgraph::task::id::TaskId;
use taskgraph::task::{Label, datestamp};

/// Number of tasks that are sent concurrently, as in the reference.
const AT_ONCE: usize = 50;

/// A task by its names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreatedTask {
    /// Its label.
    pub label: Label,
    /// Its id.
    pub task_id: TaskId,
}

/// All tasks, in the order in which they came to be there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreatedTasks(pub Vec<CreatedTask>);

/// A task that could not be created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedTask {
    /// The task.
    pub task: CreatedTask,
    /// Why. After [`Failure::Unreachable`] nobody knows whether it is there.
    pub failure: Failure,
}

/// Tasks that exist and tasks that do not, if not all could be created. Counts as a failure of the environment.
#[derive(Debug)]
pub struct CreateFailure {
    /// Created tasks.
    pub created: Vec<CreatedTask>,
    /// Tasks that were refused or got no answer.
    pub refused: Vec<RefusedTask>,
    /// Tasks that were not sent, because they depend on a missing task, or because creation had stopped.
    pub untried: Vec<CreatedTask>,
    /// Why it ended.
    pub why: String,
}

impl fmt::Display for CreateFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (created, refused, untried) = (self.created.len(), self.refused.len(), self.untried.len());
        let all = created + refused + untried;
        write!(f, "{created} of {all} tasks were created, {refused} failed, {untried} were not tried")
    }
}

impl Taskcluster {
    /// Creates tasks. One is sent as soon as all it depends on are there; its datestamps count from then, and stay as
    /// they are however often it has to be sent. So a task whose answer was lost is not made twice: the queue takes
    /// the same definition again.
    ///
    /// After the first task that cannot be created, and once the watch has cancelled, nothing new is begun. What is in
    /// flight is awaited.
    pub fn create(&self, tasks: Vec<NewTask>) -> Result<CreatedTasks, CreateFailure> {
        let mut creation = Creation::of(tasks);
        let why = match self.connection() {
            Err(error) => Some(error.to_string()),
            Ok(connection) => {
                connection.runtime.block_on(creation.run(connection, || self.now()));
                creation.why(connection.watch.is_cancelled())
            }
        };
        creation.end(why)
    }
}

/// Progress of a task.
enum State {
    /// It depends on so many tasks that are not there yet.
    Waits(usize),
    /// It has been sent.
    Sent,
    /// It is there.
    Created,
    /// It could not be created.
    Refused(Failure),
}

/// Tasks on their way to the queue.
struct Creation {
    tasks: Vec<NewTask>,
    states: Vec<State>,
    /// The tasks that depend on each task.
    dependents: Vec<Vec<usize>>,
    ready: VecDeque<usize>,
    created: Vec<usize>,
    is_stopped: bool,
}

impl Creation {
    fn of(tasks: Vec<NewTask>) -> Self {
        let by_id: IndexMap<&str, usize> =
            tasks.iter().enumerate().map(|(position, task)| (task.task_id.as_str(), position)).collect();
        let mut dependents = vec![Vec::new(); tasks.len()];
        let mut waits = vec![0; tasks.len()];
        for (position, task) in tasks.iter().enumerate() {
            for on in task.dependencies().filter_map(|id| by_id.get(id)) {
                dependents[*on].push(position);
                waits[position] += 1;
            }
        }
        let ready = (0..tasks.len()).filter(|position| waits[*position] == 0).collect();
        let states = waits.into_iter().map(State::Waits).collect();
        Creation { tasks, states, dependents, ready, created: Vec::new(), is_stopped: false }
    }

    async fn run(&mut self, connection: &Connection, now: impl Fn() -> i64) {
        let all = self.tasks.len();
        let mut in_flight = FuturesUnordered::new();
        loop {
            while in_flight.len() < AT_ONCE && !self.is_stopped && !connection.watch.is_cancelled() {
                let Some(position) = self.ready.pop_front() else { break };
                self.states[position] = State::Sent;
                let task = &self.tasks[position];
                let (id, definition) = (task.task_id.clone(), definition_of(task, now()));
                in_flight.push(async move {
                    let outcome = match definition {
                        Ok(definition) => send(connection, &id, &definition).await,
                        Err(failure) => Err(failure),
                    };
                    (position, outcome)
                });
            }
            let Some((position, outcome)) = in_flight.next().await else { return };
            let NewTask { label, task_id, .. } = &self.tasks[position];
            match outcome {
                Ok(()) => {
                    self.states[position] = State::Created;
                    self.created.push(position);
                    let done = self.created.len();
                    connection.watch.report(&Event::Created { label, task_id, done, all });
                    for dependent in &self.dependents[position] {
                        if let State::Waits(on) = &mut self.states[*dependent] {
                            *on -= 1;
                            if *on == 0 {
                                self.ready.push_back(*dependent);
                            }
                        }
                    }
                }
                Err(failure) => {
                    connection.watch.report(&Event::Refused { label, task_id, failure: &failure });
                    self.states[position] = State::Refused(failure);
                    self.is_stopped = true;
                }
            }
        }
    }

    /// Why not all tasks are there.
    fn why(&self, is_cancelled: bool) -> Option<String> {
        let first = self.states.iter().zip(&self.tasks).find_map(|(state, task)| match state {
            State::Refused(failure) => Some((task, failure)),
            _ => None,
        });
        let message = match first {
            Some((NewTask { label, task_id, .. }, failure)) => {
                let hint = match failure {
                    Failure::Conflict(_) => {
                        "; does another task create the same ones, or is the task group sealed?"
                    }
                    _ => "",
                };
                format!("`{label}` ({task_id}) could not be created: {failure}{hint}")
            }
            None if self.created.len() == self.tasks.len() => return None,
            None if is_cancelled => "it was cancelled".into(),
            None => "tasks depend on each other in a cycle".into(),
        };
        Some(message)
    }

    fn end(self, why: Option<String>) -> Result<CreatedTasks, CreateFailure> {
        let name = |task: &NewTask| CreatedTask { label: task.label.clone(), task_id: task.task_id.clone() };
        let created = self.created.iter().map(|position| name(&self.tasks[*position])).collect();
        let Some(why) = why else { return Ok(CreatedTasks(created)) };
        let mut failure = CreateFailure { created, refused: Vec::new(), untried: Vec::new(), why };
        for (state, task) in self.states.into_iter().zip(&self.tasks) {
            match state {
                State::Refused(why) => {
                    failure.refused.push(RefusedTask { task: name(task), failure: why });
                }
                State::Waits(_) => failure.untried.push(name(task)),
                State::Created | State::Sent => {}
            }
        }
        Err(failure)
    }
}

/// Returns the body of a request for a task, the same at each attempt.
fn definition_of(task: &NewTask, now: i64) -> Result<Json, Failure> {
    let unusable = |error: String| Failure::Unusable(format!("the definition cannot be sent: {error}"));
    let definition =
        datestamp::resolve(&task.definition, now).map_err(|error| unusable(error.to_string()))?;
    let definition = taskgraph_compat::value::Value::from(definition);
    serde_json::to_value(&definition).map_err(|error| unusable(error.to_string()))
}

async fn send(connection: &Connection, id: &TaskId, definition: &Json) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Answer {
        #[expect(
            dead_code,
            reason = "its presence distinguishes an answer of the queue from any other JSON"
        )]
        status: Json,
    }
    let (service, path) = (&connection.queue.client, format!("task/{id}"));
    let request = ServiceRequest { service, method: "PUT", path, body: Some(definition), is_open: false };
    connection.ask_service::<Answer>(&format!("createTask {id}"), &request).await.map(|_| ())
}
