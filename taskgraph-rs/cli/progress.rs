//! Progress of requests: one changing line on a terminal; in a log only unusual events.

use std::io::{IsTerminal as _, Write as _, stderr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::environment::{access, is_root_url_set};
use crate::output_medium::one_line;
use anstream::eprintln;
use taskgraph::error::Result;
use taskgraph::known_urls::{Question, Urls};
use taskgraph::settings::PRODUCTION_ROOT_URL;
use taskgraph_python::interruption::{SignalGuard, hold, is_interrupted};
use taskgraph_taskcluster::url_check::probe;
use taskgraph_taskcluster::{Access, Event, Patience, Taskcluster, Watch, url_check};

/// Taskcluster as the environment says, watched by whoever sits in front of it.
pub(crate) fn connect() -> Result<Taskcluster> {
    Ok(Taskcluster::new(access()?).watched_by(Arc::new(Progress::new())))
}

/// The same for whoever looks at a graph, and would rather hear soon that there is no network.
pub(crate) fn connect_for_a_look() -> Result<Taskcluster> {
    Ok(connect()?.with_patience(Patience { attempts: 4, ..Patience::default() }))
}

/// The instance at an address, or that of the environment, as anybody may ask it: with nobody's credentials.
pub(crate) fn connect_as_anybody(root_url: Option<String>, timeout: Duration) -> Result<Taskcluster> {
    let root_url = match root_url {
        Some(root_url) => root_url,
        None => access()?.root_url,
    };
    let access = Access { root_url, ..Access::default() };
    let patience = Patience { timeout, attempts: 4, ..Patience::default() };
    Ok(Taskcluster::new(access).watched_by(Arc::new(Progress::new())).with_patience(patience))
}

/// Asks whether urls are there.
pub(crate) fn ask(questions: &[Question]) -> Urls {
    let line = StatusLine::new();
    let urls = probe(questions, url_check::Patience::default(), &|done, all| {
        line.show(&format!("{done} of {all} urls asked whether they are there"));
    });
    line.show("");
    urls
}

/// The line that changes; it is gone when something else is printed.
pub(crate) struct StatusLine {
    is_seen: bool,
}

impl StatusLine {
    /// A line that nothing is shown in yet.
    pub(crate) fn new() -> Self {
        StatusLine { is_seen: stderr().is_terminal() }
    }

    /// Shows something else than before.
    pub(crate) fn show(&self, text: &str) {
        if self.is_seen {
            // Nothing is reported if the terminal is gone.
            let _ = write!(stderr(), "\r\x1b[K{text}").and_then(|()| stderr().flush());
        }
    }
}

/// Tells a person, and stops when asked to.
struct Progress {
    line: StatusLine,
    /// From now on an interruption lets end what is in flight.
    _held: SignalGuard,
    /// Whether the missing root URL was reported.
    is_announced: AtomicBool,
}

impl Progress {
    fn new() -> Self {
        Progress { line: StatusLine::new(), _held: hold(), is_announced: AtomicBool::new(false) }
    }
}

impl Watch for Progress {
    fn report(&self, event: &Event<'_>) {
        match event {
            Event::Retry { call, why, pause } => {
                self.line.show("");
                if !is_root_url_set() && !self.is_announced.swap(true, Ordering::Relaxed) {
                    eprintln!("TASKCLUSTER_ROOT_URL is not set: {PRODUCTION_ROOT_URL} is asked");
                }
                let seconds = pause.as_secs_f64();
                eprintln!("Taskcluster: {}; again in {seconds:.1} s", one_line(&format!("{call}: {why}")));
            }
            Event::Unsigned { failure } => {
                self.line.show("");
                let failure = one_line(&failure.to_string());
                eprintln!(
                    "Taskcluster does not take these credentials, so that it is asked without: {failure}"
                );
            }
            Event::LookedUp { done, all } => {
                self.line.show(&format!("{done} of {all} index paths looked up"))
            }
            Event::Created { done, all, .. } => self.line.show(&format!("{done} of {all} tasks created")),
            // The reason is printed in the end, once for all tasks.
            Event::Refused { label, task_id, .. } => {
                self.line.show("");
                eprintln!("{}", one_line(&format!("`{label}` ({task_id}) cannot be created")));
            }
        }
        if matches!(event, Event::LookedUp { done, all } | Event::Created { done, all, .. } if done == all) {
            self.line.show("");
        }
    }

    fn is_cancelled(&self) -> bool {
        is_interrupted()
    }
}
