//! The room that talks to Taskcluster, against a Taskcluster on this machine.

mod fake_taskcluster;
mod support;

use fake_taskcluster::Fake;
use taskgraph::submit::Taskcluster;

#[test]
fn a_task_at_an_index_path_is_found() {
    let fake = Fake::start();
    fake.index("a.b", "vLbaYNyfFziQ1WZW1EAhcg");
    let found = Taskcluster::new(fake.proxied()).find_task("a.b").unwrap();
    assert_eq!(found.unwrap().as_str(), "vLbaYNyfFziQ1WZW1EAhcg");
    assert!(Taskcluster::new(fake.signed()).find_task("a.c").unwrap().is_none());
}
