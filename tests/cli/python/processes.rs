//! Python that prints, exits, forks, hangs, takes all memory, or is killed.

use insta::assert_snapshot;
use serde_json::Value;

use super::tree::{Outcome, TRANSFORM, Tree};

fn full(body: &str, more: &[&str]) -> Option<Outcome> {
    Tree::new(&format!("{TRANSFORM}        {body}\n        yield task\n")).full(more)
}

#[test]
fn what_it_prints_goes_to_stderr_and_stdout_is_json() {
    let body = "print(\"hello\"); sys.stdout.write(\"no end of line\"); os.system(\"echo child\"); os.write(1, b\"raw\\x1b[31m\\n\")";
    let Some(outcome) = full(body, &[]) else { return };
    for text in ["hello\n", "no end of line", "child\n", "raw"] {
        assert!(outcome.err.contains(text), "{}", outcome.err);
    }
    assert!(!outcome.err.contains('\u{1b}'), "{}", outcome.err);
    let graph: Value = serde_json::from_str(&outcome.fine()).unwrap();
    assert_eq!(graph["k-one"]["label"], "k-one");
}

#[test]
fn what_reads_stdin_finds_nothing() {
    let Some(outcome) = full("assert sys.stdin.read() == \"\"", &[]) else { return };
    outcome.fine();
}

#[test]
fn sys_exit_is_no_end_of_the_graph() {
    let Some(outcome) = full("sys.exit(0)", &[]) else { return };
    assert_snapshot!(outcome.refused(), @"
    error: kind `k`: the Python of the tree ends the process with status 0
      ╭▸ taskcluster/own_taskgraph/transforms/own.py:7:9
      │
    7 │         sys.exit(0)
      ╰╴        ━━━━━━━━━━━ in `own`, called by the transform `own_taskgraph.transforms.own:own`

    1 error; nothing was generated
    ");
    let Some(outcome) = full("sys.exit(\"enough\")", &[]) else { return };
    assert!(outcome.refused().contains("kind `k`: the Python of the tree ends the process: enough"));
}

#[test]
fn os_exit_is_reported_with_its_status() {
    for status in [0, 7] {
        let Some(outcome) = full(&format!("os._exit({status})"), &[]) else { return };
        let said = outcome.refused();
        let reported = format!("kind `k`: the Python of the tree ended the process with status {status}\n");
        assert!(said.contains(&reported), "{said}");
        assert!(said.contains("taskcluster/kinds/k/kind.yml:2:14"), "{said}");
    }
}

#[test]
fn a_fork_that_falls_through_answers_once() {
    let Some(outcome) = full("os.fork()", &[]) else { return };
    let graph: Value = serde_json::from_str(&outcome.fine()).unwrap();
    assert_eq!(graph.as_object().unwrap().len(), 1);
}

#[test]
fn a_transform_that_hangs_is_reported_with_the_line_where_it_does() {
    let Some(outcome) = full("time.sleep(1000)", &["--python-timeout", "1"]) else { return };
    assert_snapshot!(outcome.refused(), @"
    error: kind `k`: the Python of the tree took too long
      ╭▸ taskcluster/own_taskgraph/transforms/own.py:7:9
      │
    7 │         time.sleep(1000)
      │         ━━━━━━━━━━━━━━━━ in `own`, called by the transform `own_taskgraph.transforms.own:own`
      │
      ╰ help: --python-timeout SECONDS gives it more time

    1 error; nothing was generated
    ");
}

#[test]
fn who_does_not_let_itself_be_interrupted_is_ended() {
    let body = "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1]); time.sleep(1000)";
    let Some(outcome) = full(body, &["--python-timeout", "1"]) else { return };
    let said = outcome.refused();
    assert!(said.contains("kind `k`: the Python of the tree did not answer within 1 s"), "{said}");
    assert!(said.contains("--python-timeout SECONDS gives it more time"), "{said}");
}

#[test]
fn memory_has_a_limit() {
    let body = "everything = []\n        while True: everything.append(bytearray(1 << 20))";
    let Some(outcome) = full(body, &["--python-memory", "300"]) else { return };
    assert_snapshot!(outcome.refused(), @"
    error: kind `k`: the Python of the tree needs more memory than it may have
      ╭▸ taskcluster/own_taskgraph/transforms/own.py:8:9
      │
    8 │         while True: everything.append(bytearray(1 << 20))
      │         ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ in `own`, called by the transform `own_taskgraph.transforms.own:own`
      │
      ╰ help: --python-memory MIB gives it more

    1 error; nothing was generated
    ");
}

#[test]
fn who_kills_it_is_at_fault() {
    let Some(outcome) = full("os.kill(os.getpid(), signal.SIGKILL)", &[]) else { return };
    assert_snapshot!(outcome.machine(), @"
    error: kind `k` could not be made
     │
     ├ note: kind `k`: the Python of the tree was killed by signal 9 (SIGKILL)
     ╰ note: the system does that when memory runs out; --python-memory MIB limits what Python may take
    ");
}
