//! `--watch`: it ends when nobody reads any more.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::{example, program};

#[test]
fn a_watch_ends_when_its_reader_has_seen_enough() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(example(), folder.path().join("c.yml")).unwrap();
    for format in ["json", "text"] {
        let mut command = program(folder.path());
        command.args(["graph", "preview", "c.yml", "--offline", "--watch", "--format", format]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(lines.next().unwrap().is_ok());
        drop(lines);
        let started = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if started.elapsed() > Duration::from_secs(60) {
                child.kill().unwrap();
                panic!("{format}: it goes on and nobody reads");
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        assert!(status.success(), "{format}");
    }
}
