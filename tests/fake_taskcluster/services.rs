//! The services behind the entries: the call of a request, its permission, and its answer.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::answer::{Answer, Refusal};
use super::auth::{Client, authenticate};
use super::faults::{Fault, Faults};
use super::request::{Request, decode};
use super::schemas::Schemas;
use super::scopes::Scopes;
use super::server::Service;
use super::store::Store;
use super::{create, index, queue};

/// Longest time for which requests are held back until there are enough of them.
const LONGEST_HOLD: Duration = Duration::from_secs(20);

/// A request that was answered, or not.
#[derive(Clone, Debug)]
pub(crate) struct LoggedRequest {
    /// The name of the call: `createTask`; the path of what is none.
    pub call: String,
    pub method: String,
    pub target: String,
    /// `None` if the connection was dropped.
    pub status: Option<u16>,
}

/// State that the services share.
pub(super) struct Inner {
    pub store: Store,
    pub faults: Faults,
    pub client: Client,
    pub granted: Scopes,
    pub latency: Duration,
    pub requests: Vec<LoggedRequest>,
    pub violations: Vec<String>,
    pub at_once: usize,
    pub most_at_once: usize,
    /// createTask is not answered before so many of them are waiting, or all that are to come.
    pub hold: usize,
    pub held: usize,
    pub root: String,
}

/// All services, for many connections.
pub(super) struct Services {
    inner: Mutex<Inner>,
    enough: Condvar,
}

impl Services {
    /// Services that have nothing, grant everything and make no mistakes.
    pub(super) fn new() -> Self {
        let client = Client {
            id: "project/tests".into(),
            token: "s3cret-t0ken".into(),
            certificate: None,
            certificate_left: None,
            ahead: 0,
        };
        let inner = Inner {
            store: Store { page: 1_000, ..Store::default() },
            faults: Faults::default(),
            client,
            granted: Scopes(vec!["*".into()]),
            latency: Duration::ZERO,
            requests: Vec::new(),
            violations: Vec::new(),
            at_once: 0,
            most_at_once: 0,
            hold: 0,
            held: 0,
            root: String::new(),
        };
        Services { inner: Mutex::new(inner), enough: Condvar::new() }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The name of a call, and the schemas of what it gets and gives.
fn call_of(request: &Request) -> (&'static str, Option<&'static str>, Option<&'static str>) {
    let Some((service, parts)) = request.route() else { return ("", None, None) };
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    match (&*service, &*request.method, &parts[..]) {
        ("queue", "PUT", ["task", _]) => (
            "createTask",
            Some("queue/v1/create-task-request.json"),
            Some("queue/v1/task-status-response.json"),
        ),
        ("queue", "GET", ["task", _]) => ("task", None, Some("queue/v1/task.json")),
        ("queue", "GET", ["task", _, "status"]) => {
            ("status", None, Some("queue/v1/task-status-response.json"))
        }
        ("queue", "POST", ["tasks", "status"]) => {
            ("statuses", Some("queue/v1/tasks-request.json"), Some("queue/v1/tasks-statuses-response.json"))
        }
        ("queue", "GET", ["task-group", _, "list"]) => {
            ("listTaskGroup", None, Some("queue/v1/list-task-group-response.json"))
        }
        ("queue", "GET", ["task", _, "dependents"]) => {
            ("listDependentTasks", None, Some("queue/v1/list-dependent-tasks-response.json"))
        }
        ("queue", "POST", ["task", _, "cancel"]) => {
            ("cancelTask", None, Some("queue/v1/task-status-response.json"))
        }
        ("queue", "POST", ["task", _, "rerun"]) => {
            ("rerunTask", None, Some("queue/v1/task-status-response.json"))
        }
        ("queue", "GET", ["task", _, "artifacts"]) => {
            ("listLatestArtifacts", None, Some("queue/v1/list-artifacts-response.json"))
        }
        ("queue", "GET", ["task", _, "artifacts", ..]) => ("getLatestArtifact", None, None),
        ("index", "GET", ["task", _]) => ("findTask", None, Some("index/v1/indexed-task-response.json")),
        ("index", "POST", ["tasks", "indexes"]) => (
            "findTasksAtIndex",
            Some("index/v1/list-tasks-at-index.json"),
            Some("index/v1/list-tasks-response.json"),
        ),
        ("index", "GET" | "POST", ["tasks", _]) => {
            ("listTasks", None, Some("index/v1/list-tasks-response.json"))
        }
        ("index", "GET" | "POST", ["namespaces", ..]) => {
            ("listNamespaces", None, Some("index/v1/list-namespaces-response.json"))
        }
        ("index", "GET", ["task", _, "artifacts", ..]) => ("findArtifactFromTask", None, None),
        ("auth", "GET", ["scopes", "current"]) => ("currentScopes", None, None),
        _ => ("", None, None),
    }
}

impl Inner {
    fn reply(&mut self, request: &Request) -> Result<Answer, Refusal> {
        let (call, takes, gives) = call_of(request);
        if call.is_empty() {
            let file = self.store.files.get(request.path()).cloned();
            let path = decode(request.path());
            let stored = path.strip_prefix("/storage/").and_then(|path| path.split_once('/'));
            let artifact = stored.map(|(id, name)| (id.to_owned(), name.to_owned()));
            let artifact = artifact.and_then(|key| self.store.artifacts.get(&key).cloned());
            return file
                .or(artifact)
                .map(Answer::bytes)
                .ok_or_else(|| Refusal::not_found("there is no such thing"));
        }
        let scopes = authenticate(request, &self.client, &self.granted)?;
        if let (Some(left), Some(_)) = (&mut self.client.certificate_left, request.header("authorization")) {
            *left = left.saturating_sub(1);
        }
        let body = request.json();
        if let Some((schema, schemas)) = takes.zip(Schemas::get()) {
            let Some(body) = &body else { return Err(Refusal::malformed("the body is not JSON")) };
            let problems = schemas.check(schema, body);
            if !problems.is_empty() {
                self.violations
                    .extend(problems.iter().map(|problem| format!("{call} {}: {problem}", request.path())));
                let reported = problems.join("\n  * ");
                return Err(Refusal::schema(format!("Schema Validation Failed!\nErrors:\n  * {reported}")));
            }
        }
        let answer = self.call(call, request, body.unwrap_or_default(), scopes)?;
        if let Some((schema, schemas)) = gives.zip(Schemas::get()) {
            let value = serde_json::from_slice(&answer.body).unwrap();
            let problems = schemas.check(schema, &value);
            self.violations.extend(problems.iter().map(|problem| format!("answer of {call}: {problem}")));
        }
        Ok(answer)
    }

    fn call(
        &mut self,
        call: &str,
        request: &Request,
        body: Value,
        scopes: Option<Scopes>,
    ) -> Result<Answer, Refusal> {
        let (_, parts) = request.route().unwrap();
        let part = |at: usize| parts.get(at).map_or("", String::as_str);
        let token = request.query("continuationToken");
        let anybody = || Refusal::forbidden("This request requires Taskcluster credentials");
        let store = &mut self.store;
        let answer = match call {
            "createTask" => create::create_task(store, part(1), &body, &scopes.ok_or_else(anybody)?)?,
            "task" => queue::task(store, part(1))?,
            "status" => queue::status(store, part(1))?,
            "statuses" => queue::statuses(store, &body, token)?,
            "listTaskGroup" => queue::list_task_group(store, part(1), token)?,
            "listDependentTasks" => queue::list_dependent_tasks(store, part(1), token)?,
            "cancelTask" => {
                scopes.ok_or_else(anybody)?.require([of_task(store, "queue:cancel-task", part(1))?])?;
                queue::cancel_task(store, part(1))?
            }
            "rerunTask" => {
                scopes.ok_or_else(anybody)?.require([of_task(store, "queue:rerun-task", part(1))?])?;
                queue::rerun_task(store, part(1))?
            }
            "listLatestArtifacts" => queue::list_artifacts(store, part(1), token)?,
            "findTask" => index::find_task(store, part(1))?,
            "findTasksAtIndex" => index::find_tasks_at_index(store, &body, token)?,
            "listTasks" => index::list_tasks(store, part(1), token)?,
            "listNamespaces" => index::list_namespaces(store, part(1), token)?,
            "currentScopes" => json!({ "scopes": scopes.map(|scopes| scopes.0).unwrap_or_default() }),
            _ => {
                let id = match call {
                    "findArtifactFromTask" => {
                        index::find_task(store, part(1))?["taskId"].as_str().unwrap().to_owned()
                    }
                    _ => part(1).to_owned(),
                };
                let name = parts[3..].join("/");
                if !name.starts_with("public/") {
                    scopes.ok_or_else(anybody)?.require([format!("queue:get-artifact:{name}")])?;
                }
                if !store.artifacts.contains_key(&(id.clone(), name.clone())) {
                    return Err(Refusal::not_found("Artifact not found"));
                }
                return Ok(Answer::see_other(format!("{}/storage/{id}/{name}", self.root)));
            }
        };
        Ok(Answer::json(200, &answer))
    }
}

/// The scope that a call about a task needs.
fn of_task(store: &Store, call: &str, id: &str) -> Result<String, Refusal> {
    let definition = &store.task(id)?.definition;
    let text = |key: &str| definition[key].as_str().unwrap_or_default();
    Ok(format!("{call}:{}/{}/{id}", text("schedulerId"), text("taskGroupId")))
}

impl Service for Services {
    fn fault(&self, request: &Request) -> Option<Fault> {
        let (call, ..) = call_of(request);
        let mut inner = self.lock();
        inner.at_once += 1;
        inner.most_at_once = inner.most_at_once.max(inner.at_once);
        inner.faults.next(if call.is_empty() { request.path() } else { call })
    }

    fn answer(&self, request: &Request) -> Answer {
        let (call, ..) = call_of(request);
        let mut inner = self.lock();
        if call == "createTask" && inner.hold > 0 {
            inner.held += 1;
            if inner.held >= inner.hold {
                inner.hold = 0;
                self.enough.notify_all();
            } else {
                let waiting = self.enough.wait_timeout_while(inner, LONGEST_HOLD, |inner| inner.hold > 0);
                inner = waiting.unwrap_or_else(PoisonError::into_inner).0;
            }
        }
        let latency = inner.latency;
        drop(inner);
        thread::sleep(latency);
        let mut inner = self.lock();
        inner.reply(request).unwrap_or_else(|refusal| Answer::of(&refusal, call, request))
    }

    fn done(&self, request: &Request, status: Option<u16>) {
        let (call, ..) = call_of(request);
        let mut inner = self.lock();
        inner.at_once -= 1;
        let call = if call.is_empty() { request.path() } else { call }.to_owned();
        let (method, target) = (request.method.clone(), request.target.clone());
        inner.requests.push(LoggedRequest { call, method, target, status });
    }
}
