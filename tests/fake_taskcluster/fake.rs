//! Setup of the services for a test, and their record of the requests.

use std::sync::{Arc, MutexGuard};
use std::time::Duration;

use indexmap::IndexMap;
use serde_json::Value;
use taskgraph_taskcluster::{Access, Credentials};

use super::answer::Refusal;
use super::auth::Client;
use super::faults::Fault;
use super::request::Entry;
use super::run::{self, Run};
use super::schemas::Schemas;
use super::scopes::Scopes;
use super::server::{Listening, listen};
use super::services::{Inner, LoggedRequest, Services};
use super::store::FAR;

/// A Taskcluster on this machine.
pub(crate) struct Fake {
    services: Arc<Services>,
    root: Listening,
    proxy: Listening,
}

impl Fake {
    /// Starts one that has nothing, grants everything and makes no mistakes.
    pub(crate) fn start() -> Self {
        Schemas::get();
        let services = Arc::new(Services::new());
        let [root, proxy] = [Entry::Root, Entry::Proxy].map(|entry| listen(entry, services.clone()));
        services.lock().root = format!("http://{}", root.address);
        Fake { services, root, proxy }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.services.lock()
    }

    pub(crate) fn root_url(&self) -> String {
        format!("http://{}", self.root.address)
    }

    pub(crate) fn proxy_url(&self) -> String {
        format!("http://{}", self.proxy.address)
    }

    /// As a task with a proxy reaches it.
    pub(crate) fn proxied(&self) -> Access {
        Access { root_url: self.root_url(), proxy_url: Some(self.proxy_url()), credentials: None }
    }

    /// As somebody with credentials reaches it.
    pub(crate) fn signed(&self) -> Access {
        let Client { id, token, certificate, .. } = self.lock().client.clone();
        let credentials = Some(Credentials { client_id: id, access_token: token, certificate });
        Access { root_url: self.root_url(), proxy_url: None, credentials }
    }

    /// As anybody reaches it.
    pub(crate) fn anonymous(&self) -> Access {
        Access { root_url: self.root_url(), ..Access::default() }
    }

    /// Returns the environment of a task, for the program as a process.
    pub(crate) fn environment(&self) -> [(&'static str, String); 2] {
        [("TASKCLUSTER_ROOT_URL", self.root_url()), ("TASKCLUSTER_PROXY_URL", self.proxy_url())]
    }

    /// Credentials are temporary from now on.
    pub(crate) fn certificate(&self, certificate: &str) {
        self.lock().client.certificate = Some(certificate.into());
    }

    /// The certificate of the credentials is good for so many more requests, and then it has expired; whoever signs in
    /// again gets a new one.
    pub(crate) fn expire_certificate_after(&self, requests: usize) {
        self.lock().client.certificate_left = Some(requests);
    }

    /// The certificate is good again.
    pub(crate) fn renew_certificate(&self) {
        self.lock().client.certificate_left = None;
    }

    /// The clock of the services is so many seconds ahead of this machine's, as the signatures of requests see it.
    pub(crate) fn clock_ahead(&self, seconds: i64) {
        self.lock().client.ahead = seconds;
    }

    /// Callers with credentials or a proxy have only these scopes from now on.
    pub(crate) fn grant(&self, scopes: &[&str]) {
        self.lock().granted = Scopes(scopes.iter().map(|scope| (*scope).to_owned()).collect());
    }

    /// A task that was there before, completed.
    pub(crate) fn task(&self, id: &str) {
        self.lock().store.put(id, "completed", FAR);
    }

    /// A task that was there before, with a state and an expiry.
    pub(crate) fn status(&self, id: &str, state: &str, expires: &str) {
        self.lock().store.put(id, state, expires);
    }

    /// The decision task of a group, running. One that is there gets the state of its latest run.
    pub(crate) fn decision_task(&self, id: &str) {
        let mut inner = self.lock();
        match inner.store.tasks.get_mut(id).and_then(|task| task.runs.last_mut()) {
            Some(run) => *run = Run::new("running", run.created),
            None => drop(inner.store.put(id, "running", FAR)),
        }
    }

    /// Says where a completed task ran, and how long each of its runs took: all but the last lost their worker.
    pub(crate) fn took(&self, id: &str, pool: &str, seconds: &[i64]) {
        let mut inner = self.lock();
        let task = &mut inner.store.tasks[id];
        let (provisioner, worker_type) = pool.split_once('/').unwrap();
        task.definition["taskQueueId"] = pool.into();
        task.definition["provisionerId"] = provisioner.into();
        task.definition["workerType"] = worker_type.into();
        let (last, lost) = seconds.split_last().unwrap();
        let lost = lost.iter().map(|seconds| {
            let resolved = Some("worker-shutdown".to_owned());
            Run { resolved, seconds: *seconds, ..Run::new("exception", "scheduled") }
        });
        task.runs = lost.chain([Run { seconds: *last, ..Run::new("completed", "retry") }]).collect();
    }

    /// A task with a definition, as if it had been created.
    pub(crate) fn put_task(&self, id: &str, definition: Value, state: &str) {
        let mut inner = self.lock();
        let stored = inner.store.put(id, state, FAR);
        let known = stored.definition.as_object_mut().unwrap();
        known.extend(definition.as_object().unwrap().clone());
        let text = |key: &str| known[key].as_str().unwrap().to_owned();
        let (group, scheduler) = (text("taskGroupId"), text("schedulerId"));
        inner.store.groups.entry(group).or_insert(scheduler);
    }

    /// The queue knows a task no longer.
    pub(crate) fn forget(&self, id: &str) {
        self.lock().store.tasks.shift_remove(id);
    }

    /// A task at an index path.
    pub(crate) fn index(&self, path: &str, id: &str) {
        self.index_until(path, id, FAR);
    }

    /// A task at an index path that expires.
    pub(crate) fn index_until(&self, path: &str, id: &str, expires: &str) {
        self.lock().store.index.insert(path.into(), (id.into(), expires.into()));
    }

    /// The `index` and the `status` of a conformance case.
    pub(crate) fn case(&self, case: &Value) {
        for (path, id) in case["index"].as_object().into_iter().flatten() {
            self.index(path, id.as_str().unwrap());
        }
        for (id, status) in case["status"].as_object().into_iter().flatten() {
            self.status(id, status["state"].as_str().unwrap(), status["expires"].as_str().unwrap());
        }
    }

    pub(crate) fn artifact(&self, id: &str, name: &str, content: impl Into<Vec<u8>>) {
        self.lock().store.artifacts.insert((id.into(), name.into()), content.into());
    }

    /// The same, and when it expires.
    pub(crate) fn artifact_until(&self, id: &str, name: &str, expires: &str) {
        self.artifact(id, name, "");
        self.lock().store.artifact_expires.insert((id.into(), name.into()), expires.into());
    }

    /// An artifact is there no longer.
    pub(crate) fn forget_artifact(&self, id: &str, name: &str) {
        self.lock().store.artifacts.remove(&(id.into(), name.into()));
    }

    /// A file that is not part of Taskcluster; its url.
    pub(crate) fn file(&self, path: &str, content: impl Into<Vec<u8>>) -> String {
        self.lock().store.files.insert(path.into(), content.into());
        format!("{}{path}", self.root_url())
    }

    /// createTask refuses tasks of this name for good.
    pub(crate) fn refuse(&self, name: &str, status: u16, message: &str) {
        let refusal = Refusal { status, code: "InputError", message: message.into() };
        self.lock().store.refused.insert(name.into(), refusal);
    }

    /// createTask refuses them no longer.
    pub(crate) fn permit(&self, name: &str) {
        self.lock().store.refused.remove(name);
    }

    /// No task comes into this group any more.
    pub(crate) fn seal(&self, group: &str) {
        self.lock().store.sealed.insert(group.into());
    }

    /// Lists have so many entries a page.
    pub(crate) fn page(&self, size: usize) {
        self.lock().store.page = size;
    }

    /// Each answer takes so long.
    pub(crate) fn latency(&self, latency: Duration) {
        self.lock().latency = latency;
    }

    /// The next answers of a call, in order; `None` for one that is right.
    pub(crate) fn fail(&self, call: &str, faults: impl IntoIterator<Item = Option<Fault>>) {
        self.lock().faults.plan(call, faults);
    }

    /// One answer in so many fails, by a seed.
    pub(crate) fn fail_one_in(&self, many: u64, seed: u64) {
        self.lock().faults.one_in(many, seed);
    }

    /// createTask is answered only once so many of them wait. Whoever sends fewer at once waits in vain.
    pub(crate) fn hold(&self, many: usize) {
        self.lock().hold = many;
    }

    /// The tasks that were created, in their order.
    pub(crate) fn tasks(&self) -> IndexMap<String, Value> {
        let inner = self.lock();
        let created = inner.store.tasks.iter().filter(|(_, task)| task.is_created);
        created.map(|(id, task)| (id.clone(), task.definition.clone())).collect()
    }

    /// Ends the last run of a task: `completed`, `failed`, or an `exception` with its reason.
    pub(crate) fn resolve(&self, id: &str, state: &str, reason: &str) {
        run::resolve(&mut self.lock().store, id, state, reason);
    }

    /// A task fails: in its run, or in one that begins for it.
    pub(crate) fn fail_task(&self, id: &str) {
        self.resolve(id, "failed", "failed");
    }

    /// Completes all that may run, until nothing may any more. What is not open any more is left as it is.
    pub(crate) fn work(&self) {
        let mut inner = self.lock();
        loop {
            let pending = inner.store.tasks.iter().filter(|(_, task)| task.state() == "pending");
            let pending: Vec<String> = pending.map(|(id, _)| id.clone()).collect();
            if pending.is_empty() {
                return;
            }
            pending.iter().for_each(|id| run::resolve(&mut inner.store, id, "completed", "completed"));
        }
    }

    /// The clock of the services, in milliseconds after 1970. What is past its deadline then has ended.
    pub(crate) fn clock(&self, now: i64) {
        let mut inner = self.lock();
        inner.store.now = Some(now);
        run::end_overdue(&mut inner.store);
    }

    /// The definition of a task that is there.
    pub(crate) fn definition(&self, id: &str) -> Value {
        self.lock().store.tasks[id].definition.clone()
    }

    /// Returns the state of a task.
    pub(crate) fn state(&self, id: &str) -> Option<String> {
        self.lock().store.tasks.get(id).map(|task| task.state().to_owned())
    }

    /// Returns the number of requests for one task.
    pub(crate) fn times(&self, id: &str) -> usize {
        self.lock().store.tasks.get(id).map_or(0, |task| task.times)
    }

    /// All requests so far.
    pub(crate) fn requests(&self) -> Vec<LoggedRequest> {
        self.lock().requests.clone()
    }

    /// Returns the number of requests for a call.
    pub(crate) fn count(&self, call: &str) -> usize {
        self.lock().requests.iter().filter(|request| request.call == call).count()
    }

    /// Returns the violations of the schemas by requests of the program or answers of this fake.
    pub(crate) fn violations(&self) -> Vec<String> {
        self.lock().violations.clone()
    }

    /// The most requests that were being answered at the same time.
    pub(crate) fn most_at_once(&self) -> usize {
        self.lock().most_at_once
    }
}
