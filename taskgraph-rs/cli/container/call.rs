//! A call of the engine: how it is waited for, interrupted, and reported if it fails.

use std::collections::VecDeque;
use std::io::{self, Read, Write as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use taskgraph::error::{Error, OrMachine as _, Result};
use taskgraph_python::interruption::is_interrupted;

/// Interval at which a wait looks whether the call has ended or was interrupted.
const GLANCE: Duration = Duration::from_millis(30);

/// Time that an interrupted call has to end by itself.
const GRACE: Duration = Duration::from_secs(10);

/// Number of characters that are kept of the end of stderr.
const TAIL: usize = 2_000;

/// Status and output of a call.
pub(crate) struct CallOutput {
    /// Its status.
    pub status: ExitStatus,
    /// The end of what it wrote to stderr.
    pub tail: String,
    /// Its stdout, if requested.
    pub out: String,
}

/// Runs a call to its end. What it writes to stderr is shown if `is_shown`, and its end is kept. Stdin and stdout are as
/// the command has them.
pub(super) fn wait_for(command: &mut Command, is_shown: bool) -> Result<CallOutput> {
    wait_or_stop(command, is_shown, terminate)
}

/// Only a terminal passes an interruption to all processes.
#[expect(clippy::disallowed_methods, reason = "an interrupted engine is asked to end")]
fn terminate(child: &Child) {
    tidy(Command::new("kill").args(["-TERM", &child.id().to_string()]));
}

/// The same with something of its own to do if it is interrupted, so that the call ends.
pub(super) fn wait_or_stop(
    command: &mut Command,
    is_shown: bool,
    stop: impl Fn(&Child),
) -> Result<CallOutput> {
    let name = named(command);
    let child =
        command.stderr(Stdio::piped()).spawn().or_machine(|| format!("`{name}` cannot be started"))?;
    wait_for_child(child, &name, is_shown, stop)
}

/// Runs a call silently to its end; nothing if there is no such program.
pub(super) fn wait_if_installed(command: &mut Command) -> Result<Option<CallOutput>> {
    let name = named(command);
    let child = match command.stderr(Stdio::piped()).spawn() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        started => started.or_machine(|| format!("`{name}` cannot be started"))?,
    };
    wait_for_child(child, &name, false, terminate).map(Some)
}

fn wait_for_child(mut child: Child, name: &str, is_shown: bool, stop: impl Fn(&Child)) -> Result<CallOutput> {
    let stderr = child.stderr.take();
    let tail = thread::spawn(move || stderr.map(|stderr| tee(stderr, is_shown)).unwrap_or_default());
    let out = child.stdout.take();
    let out = thread::spawn(move || {
        let mut text = Vec::new();
        // What cannot be read any more was not written: the status shows why.
        let _ = out.map(|mut out| out.read_to_end(&mut text));
        String::from_utf8_lossy(&text).into_owned()
    });
    let status = ended(&mut child, stop).or_machine(|| format!("`{name}` cannot be waited for"))?;
    if is_interrupted() {
        return Err(Error::Interrupted);
    }
    let tail = tail.join().unwrap_or_default();
    Ok(CallOutput { status, tail, out: out.join().unwrap_or_default() })
}

/// The program and its first two words, for messages.
fn named(command: &Command) -> String {
    let words = [command.get_program()].into_iter().chain(command.get_args()).take(2);
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// Waits for the end. After an interruption that is not for long.
fn ended(child: &mut Child, stop: impl Fn(&Child)) -> io::Result<ExitStatus> {
    let mut interrupted: Option<Instant> = None;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        match interrupted {
            None if is_interrupted() => {
                interrupted = Some(Instant::now());
                stop(child);
            }
            Some(since) if since.elapsed() > GRACE => {
                child.kill()?;
                return child.wait();
            }
            _ => thread::sleep(GLANCE),
        }
    }
}

/// Shows what is read, and returns its end.
fn tee(mut from: impl Read, is_shown: bool) -> String {
    let mut tail: VecDeque<u8> = VecDeque::new();
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        if is_shown {
            // Nothing is reported if stderr is gone.
            let _ = io::stderr().write_all(&buffer[..count]);
        }
        tail.extend(&buffer[..count]);
        let surplus = tail.len().saturating_sub(TAIL);
        tail.drain(..surplus);
    }
    String::from_utf8_lossy(tail.make_contiguous()).trim().to_owned()
}

/// The error of a call that failed, with the end of what it said.
pub(super) fn failure(what: impl Into<String>, outcome: &CallOutput) -> Error {
    let status = match outcome.status.code() {
        Some(code) => format!("status {code}"),
        None => "a signal".into(),
    };
    let said = match &*outcome.tail {
        "" => "it says nothing".to_owned(),
        tail => tail.to_owned(),
    };
    Error::machine(format!("it ended with {status}: {said}")).context(what.into())
}

/// A call that is not interrupted with the program: it tidies up after an interruption.
pub(super) fn tidy(command: &mut Command) {
    use std::os::unix::process::CommandExt as _;
    // What is not there any more needs no tidying, and a missing engine was reported before.
    let _ =
        command.process_group(0).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
}
