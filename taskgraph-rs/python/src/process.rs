//! A running interpreter: requests go in, answers come out, and nothing of it is left when it ends.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::{Duration, Instant};

use crate::find::Interpreter;
use crate::frame;
use crate::interruption::{hold, is_interrupted};
use crate::limits::Limits;
use crate::script::{BOOTSTRAP, first_frame};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use serde::Deserialize;
use serde_json::value::RawValue;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::{Error, OrMachine as _, Result};
use taskgraph::python_worker::{Channel, Reply, Request, killed};

/// Time that an interpreter may take to start, in addition to the limit of the user.
const START: Duration = Duration::from_secs(30);

/// Time that the worker has to report that a request took too long, and to end its descendants.
const GRACE: Duration = Duration::from_secs(3);

/// The method that is called first: it waits for the interpreter to start.
const OPEN: &str = "open";

/// Time that the worker has to exit after the last request.
const FAREWELL: Duration = Duration::from_millis(500);

/// The longest line of a log that is shown as one.
const LONGEST_LINE: u64 = 1 << 14;

/// Receives what the Python of a tree prints and logs, line by line.
pub(crate) type Log = Arc<dyn Fn(&str) + Send + Sync>;

/// An interpreter that serves requests.
pub(crate) struct Process {
    /// The program and why it is this one, for messages.
    name: String,
    group: Option<Pid>,
    /// Bodies of frames for the thread that writes them: an interpreter that reads nothing keeps nobody else waiting.
    requests: Mutex<Option<Sender<Vec<u8>>>>,
    waiting: Arc<Mutex<PendingRequests>>,
    child: Arc<Mutex<Child>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    limits: Limits,
}

/// The requests that have no answer yet.
#[derive(Default)]
struct PendingRequests {
    last: u64,
    answers: BTreeMap<u64, Sender<Reply>>,
    /// Whether it has answered anything.
    has_answered: bool,
    /// End of the process, once it has exited.
    ended: Option<ProcessEnd>,
}

/// End of a process.
#[derive(Clone, Debug)]
enum ProcessEnd {
    With(ExitStatus),
    /// It answered with what is not an answer.
    Garbled(String),
}

/// An answer. What was asked for stays JSON: the engine reads it.
#[derive(Deserialize)]
struct Answer<'a> {
    id: u64,
    #[serde(borrow)]
    ok: Option<&'a RawValue>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
}

impl Process {
    /// Starts an interpreter. What it starts is in a process group of its own; it sees to its end, and to that of
    /// descendants which have left the group.
    #[expect(clippy::disallowed_methods, reason = "the Python of a tree runs in a process of its own")]
    pub(crate) fn start(
        interpreter: &Interpreter,
        directory: Option<&Path>,
        limits: Limits,
        log: Log,
    ) -> Result<Self> {
        let name = format!("`{}` ({})", interpreter.program.display(), interpreter.found_by);
        let mut child = Command::new(&interpreter.program)
            .arg("-c")
            .arg(BOOTSTRAP)
            .current_dir(directory.unwrap_or(Path::new(".")))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .or_machine(|| {
                let way_out = "--python or TASKGRAPH_PYTHON names another one";
                format!("{name} cannot be started as an interpreter of Python; {way_out}")
            })?;
        let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (stdin, stdout, stderr) = (
            stdin.expect("the pipe was asked for"),
            stdout.expect("the pipe was asked for"),
            stderr.expect("the pipe was asked for"),
        );
        let (requests, bodies) = channel();
        // If this fails, the process has ended, and whoever asks hears how.
        let _ = requests.send(first_frame());
        let writer = spawn(move || write_requests(stdin, &bodies));
        let waiting = Arc::new(Mutex::new(PendingRequests::default()));
        let child = Arc::new(Mutex::new(child));
        let reader = {
            let (waiting, child) = (waiting.clone(), child.clone());
            spawn(move || read_answers(stdout, &waiting, &child))
        };
        let logger = spawn(move || read_log(stderr, &log));
        Ok(Process {
            name,
            group,
            requests: Mutex::new(Some(requests)),
            waiting,
            child,
            threads: Mutex::new(vec![writer, reader, logger]),
            limits,
        })
    }

    /// Ends the process and all its descendants, and waits until what they print is shown.
    pub(crate) fn end(&self) {
        // Without requests the worker ends by itself.
        if lock(&self.requests).take().is_some() {
            wait_for(&self.child, FAREWELL);
        }
        self.kill();
        let start = Instant::now();
        for thread in std::mem::take(&mut *lock(&self.threads)) {
            // A process that has left the group may keep a pipe open for ever.
            while !thread.is_finished() && start.elapsed() < FAREWELL {
                sleep(Duration::from_millis(1));
            }
            if thread.is_finished() {
                // A thread that panicked has said so.
                let _ = thread.join();
            }
        }
    }

    /// Ends the process and all its descendants.
    fn kill(&self) {
        stop(&self.child);
        self.signal(Signal::KILL);
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = self.group {
            // Nobody may be left in the group.
            let _ = kill_process_group(group, signal);
        }
    }

    /// Waits for a reply, but no longer than until somebody interrupts, or the process is gone.
    fn wait(&self, receiver: &Receiver<Reply>, patience: Duration) -> Result<Reply, RecvTimeoutError> {
        const STEP: Duration = Duration::from_millis(50);
        let start = Instant::now();
        let mut gone: Option<Instant> = None;
        loop {
            let left = patience.saturating_sub(start.elapsed());
            match receiver.recv_timeout(left.min(STEP)) {
                Err(RecvTimeoutError::Timeout) if left > STEP && !is_interrupted() => {}
                reply => return reply,
            }
            // A process that has left the group may keep the pipe open: then nobody else notices the end.
            if let Some(status) = wait_for(&self.child, Duration::ZERO)
                && gone.get_or_insert_with(Instant::now).elapsed() > FAREWELL
            {
                let mut waiting = lock(&self.waiting);
                waiting.ended.get_or_insert(ProcessEnd::With(status));
                waiting.answers.clear();
            }
        }
    }

    /// Writes a request; what comes back comes through the receiver.
    fn send(&self, request: &Request<'_>) -> Result<Receiver<Reply>, ProcessEnd> {
        let (sender, receiver) = channel();
        let id = {
            let mut waiting = lock(&self.waiting);
            if let Some(ended) = &waiting.ended {
                return Err(ended.clone());
            }
            waiting.last += 1;
            let id = waiting.last;
            waiting.answers.insert(id, sender);
            id
        };
        let session = request.session.map(|session| format!(r#","session":{session}"#)).unwrap_or_default();
        let arguments = request.arguments.trim_start_matches('{').trim_end();
        let comma = if arguments == "}" { "" } else { "," };
        let body = format!(r#"{{"id":{id},"method":"{}"{session}{comma}{arguments}"#, request.method);
        if let Some(requests) = &*lock(&self.requests) {
            // A process that no longer reads has ended, or will be seen to end.
            let _ = requests.send(body.into_bytes());
        }
        Ok(receiver)
    }

    /// Builds the error for a request that gets no answer.
    fn lost(&self, what: &str, ended: &ProcessEnd) -> Error {
        let refused = |message: String, help: String| {
            Problems::from(Problem::error("python", format!("{what}: {message}")).help(help)).into()
        };
        let has_answered = lock(&self.waiting).has_answered;
        match ended {
            ProcessEnd::With(status) => match (status.signal(), status.code().unwrap_or_default()) {
                (Some(signal), _) => killed(what, signal),
                (None, code) if has_answered => refused(
                    format!("the Python of the tree ended the process with status {code}"),
                    "something in it calls `os._exit`, or ends the process in C".into(),
                ),
                (None, code) => refused(
                    format!("{} ended with status {code} before it answered", self.name),
                    "it is not Python 3, or what it imports at its start ends it; what it printed stands above".into(),
                ),
            },
            ProcessEnd::Garbled(why) => refused(
                format!("{} cannot be understood: {why}", self.name),
                "something in the tree's Python, or what the interpreter imports at its start, writes into the pipe \
                 of the answers"
                    .into(),
            ),
        }
    }

    fn too_slow(&self, what: &str) -> Error {
        let seconds = self.limits.time.as_secs_f64();
        let message = format!("{what}: the Python of the tree did not answer within {seconds} s");
        let help = "--python-timeout SECONDS gives it more time";
        Problems::from(Problem::error("python", message).help(help)).into()
    }
}

impl Channel for Process {
    fn call(&self, request: Request<'_>) -> Result<Reply> {
        let receiver = match self.send(&request) {
            Ok(receiver) => receiver,
            Err(ended) => return Err(self.lost(request.what, &ended)),
        };
        let _held = hold();
        let start = if request.method == OPEN { START } else { Duration::ZERO };
        let mut reply = self.wait(&receiver, self.limits.time.saturating_add(start));
        let is_late = matches!(reply, Err(RecvTimeoutError::Timeout)) && !is_interrupted();
        if is_late {
            // The worker answers with where it was, if it still can.
            self.signal(Signal::USR1);
            reply = self.wait(&receiver, GRACE);
        }
        match reply {
            Ok(reply) => Ok(reply),
            Err(_) if is_interrupted() => {
                self.kill();
                Err(Error::Interrupted)
            }
            // It does not answer, or the signal has ended it.
            Err(_) if is_late => {
                self.kill();
                Err(self.too_slow(request.what))
            }
            Err(_) => {
                let ended = lock(&self.waiting).ended.clone();
                let ended = ended.unwrap_or(ProcessEnd::Garbled("there is no answer".into()));
                Err(self.lost(request.what, &ended))
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

/// Writes requests until there are no more, or nobody reads them.
fn write_requests(mut stdin: ChildStdin, bodies: &Receiver<Vec<u8>>) {
    for body in bodies {
        if frame::write(&mut stdin, &body).is_err() {
            return;
        }
    }
}

/// Hands answers to those who wait for them, until there are no more.
fn read_answers(stdout: ChildStdout, waiting: &Mutex<PendingRequests>, child: &Mutex<Child>) {
    let mut input = BufReader::with_capacity(1 << 16, stdout);
    let garbled = loop {
        match frame::read(&mut input) {
            Ok(Some(body)) => {
                if let Err(why) = hand_over(&body, waiting) {
                    break Some(why);
                }
            }
            Ok(None) => break None,
            Err(error) => break Some(error.to_string()),
        }
    };
    // Who cannot be understood, or has closed the pipe, need not go on.
    let patience = if garbled.is_some() { Duration::ZERO } else { FAREWELL };
    let status = wait_for(child, patience).or_else(|| stop(child));
    let mut waiting = lock(waiting);
    waiting.ended = Some(match (garbled, status) {
        (Some(why), _) => ProcessEnd::Garbled(why),
        (None, Some(status)) => ProcessEnd::With(status),
        (None, None) => ProcessEnd::Garbled("it cannot be ended".into()),
    });
    waiting.answers.clear();
}

fn hand_over(body: &[u8], waiting: &Mutex<PendingRequests>) -> Result<(), String> {
    let answer: Answer<'_> = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let reply = match (answer.ok, answer.error) {
        (Some(ok), None) => Reply::Done(ok.get().to_owned()),
        (_, Some(error)) => Reply::Raised(error.get().to_owned()),
        (None, None) => return Err("an answer says nothing".into()),
    };
    let mut waiting = lock(waiting);
    waiting.has_answered = true;
    if let Some(sender) = waiting.answers.remove(&answer.id) {
        // Whoever asked may have given up.
        let _ = sender.send(reply);
    }
    Ok(())
}

/// Waits for a process to end; `None` if it runs for longer than `patience`.
fn wait_for(child: &Mutex<Child>, patience: Duration) -> Option<ExitStatus> {
    const STEP: Duration = Duration::from_millis(1);
    let start = Instant::now();
    loop {
        let status = lock(child).try_wait().ok().flatten();
        if status.is_some() || start.elapsed() >= patience {
            return status;
        }
        sleep(STEP);
    }
}

/// Lets a process end its descendants, and ends it if it does not. Returns its status; `None` if it is unknown.
fn stop(child: &Mutex<Child>) -> Option<ExitStatus> {
    {
        let mut child = lock(child);
        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw)?;
        match child.try_wait() {
            Ok(None) => _ = kill_process(pid, Signal::TERM),
            ended => return ended.ok().flatten(),
        }
    }
    wait_for(child, GRACE).or_else(|| {
        let mut child = lock(child);
        let _ = child.kill();
        child.wait().ok()
    })
}

/// Shows what Python prints, line by line.
fn read_log(stderr: ChildStderr, log: &Log) {
    let mut input = BufReader::new(stderr);
    let mut line = Vec::new();
    loop {
        line.clear();
        match (&mut input).take(LONGEST_LINE).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) => log(String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r'])),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[path = "process_tests.rs"]
mod tests;
