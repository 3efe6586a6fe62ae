//! Whoever watches is notified of the progress, and may stop it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use taskgraph::task::Label;
use taskgraph_taskcluster::{Event, Failure, NewTask, Watch};

use crate::fake_taskcluster::{Fake, Fault, client, id};

/// Records the progress, and cancels after so many events.
#[derive(Default)]
struct Notes {
    reported: Mutex<Vec<String>>,
    count: AtomicUsize,
    cancels_after: usize,
    is_cancelled: AtomicBool,
}

impl Watch for Notes {
    fn report(&self, event: &Event<'_>) {
        let line = match event {
            Event::Retry { call, why, pause } => format!("{call}: {why}, again in {pause:?}"),
            Event::Unsigned { failure } => format!("without credentials: {failure}"),
            Event::LookedUp { done, all } => format!("{done}/{all} looked up"),
            Event::Created { label, done, all, .. } => format!("{label}: {done}/{all}"),
            Event::Refused { label, failure, .. } => format!("{label}: {failure}"),
        };
        self.reported.lock().unwrap().push(line);
        if self.count.fetch_add(1, Ordering::Relaxed) + 1 == self.cancels_after {
            self.is_cancelled.store(true, Ordering::Relaxed);
        }
    }

    fn is_cancelled(&self) -> bool {
        self.is_cancelled.load(Ordering::Relaxed)
    }
}

fn task(number: usize) -> NewTask {
    let name = format!("task-{number}");
    let definition = super::tasks::definition(&name, &[]);
    NewTask { label: Label::parse(&name.into()).unwrap(), task_id: id(number), definition }
}

#[test]
fn a_watch_is_notified_of_repeated_calls_and_of_each_task() {
    let fake = Fake::start();
    fake.fail("createTask", [Some(Fault::Status(503))]);
    fake.refuse("task-2", 400, "no");
    let notes = Arc::new(Notes::default());
    let taskcluster = client(fake.proxied()).watched_by(notes.clone());
    taskcluster.create(vec![task(1)]).unwrap();
    taskcluster.create(vec![task(2)]).unwrap_err();
    taskcluster.find(&super::paths(&["a.b".into(), "a.c".into()])).unwrap();
    assert_eq!(
        *notes.reported.lock().unwrap(),
        [
            &*format!("createTask {}: status 503 (Service Unavailable), again in 1ms", id(1)),
            "task-1: 1/1",
            "task-2: refused with status 400: no",
            "2/2 looked up",
        ]
    );
}

#[test]
fn after_an_interruption_nothing_is_sent_and_what_is_in_flight_is_awaited() {
    let fake = Fake::start();
    fake.hold(50);
    let notes = Arc::new(Notes { cancels_after: 1, ..Notes::default() });
    let taskcluster = client(fake.proxied()).watched_by(notes);
    let failure = taskcluster.create((0..120).map(task).collect()).unwrap_err();
    // Fifty were in flight when the first answer came.
    assert_eq!((failure.created.len(), failure.refused.len(), failure.untried.len()), (50, 0, 70));
    assert_eq!(fake.tasks().len(), 50);
    assert_eq!(failure.why, "it was cancelled");
}

#[test]
fn after_an_interruption_nobody_waits_for_another_attempt() {
    let fake = Fake::start();
    fake.fail("listTasks", [Some(Fault::Busy(200)); 9]);
    let notes = Arc::new(Notes { cancels_after: 1, ..Notes::default() });
    let error = client(fake.proxied()).watched_by(notes.clone()).list_tasks("a").unwrap_err();
    assert!(matches!(error.failure(), Some(Failure::Unreachable(_))), "{error}");
    // The service's own wish was what would have been waited for.
    assert_eq!(
        *notes.reported.lock().unwrap(),
        ["listTasks a: status 429 (Too Many Requests), again in 200s"]
    );
    assert_eq!(fake.count("listTasks"), 1);
}
