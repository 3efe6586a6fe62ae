//! Long lists: batches of what is asked for, pages of what is answered.

use serde_json::json;
use taskgraph_compat::value::Str;

use crate::fake_taskcluster::{Fake, client, id};

fn index(fake: &Fake, tasks: usize) -> Vec<Str> {
    for number in 0..tasks {
        let definition = json!({
            "taskGroupId": id(0).as_str(), "schedulerId": "s", "dependencies": [id(0).as_str()],
        });
        fake.put_task(id(number).as_str(), definition, "completed");
        fake.index(&format!("a.b.{number:05}"), id(number).as_str());
        fake.artifact(id(0).as_str(), &format!("public/{number:05}"), "x");
    }
    (0..tasks).map(|number| format!("a.b.{number:05}").into()).collect()
}

#[test]
fn what_is_asked_for_goes_in_batches() {
    let fake = Fake::start();
    let mut paths = index(&fake, 250);
    paths.extend((0..730).map(|number| format!("unknown.{number}").into()));
    paths.extend(paths.clone());
    let found = client(fake.proxied()).find(&super::paths(&paths)).unwrap();
    assert_eq!((found.index.len(), found.states.len()), (250, 250));
    assert_eq!(fake.count("findTasksAtIndex"), 10);
    // Batches that found nothing ask for no states.
    assert_eq!(fake.count("statuses"), 3);
    assert_eq!(fake.violations(), [""; 0]);
}

#[test]
fn pages_are_followed_to_their_end() {
    let fake = Fake::start();
    let paths = index(&fake, 23);
    fake.page(4);
    for access in [fake.proxied(), fake.signed(), fake.anonymous()] {
        let taskcluster = client(access);
        let found = taskcluster.find(&super::paths(&paths)).unwrap();
        assert_eq!((found.index.len(), found.states.len()), (23, 23));
        assert_eq!(taskcluster.list_tasks("a.b").unwrap().len(), 23);
        assert_eq!(taskcluster.group(&id(0)).unwrap().len(), 23);
        assert_eq!(taskcluster.dependents(&id(0)).unwrap().len(), 23);
        assert_eq!(taskcluster.list_artifacts(&id(0)).unwrap().len(), 23);
    }
    assert_eq!(fake.violations(), [""; 0]);
    let followed =
        fake.requests().iter().filter(|request| request.target.contains("continuationToken")).count();
    assert_eq!(followed, 3 * 4 * 5);
}

#[test]
fn paths_that_nobody_knows_end_the_pages() {
    let fake = Fake::start();
    let mut paths = index(&fake, 4);
    paths.push("a.b.unknown".into());
    fake.page(4);
    assert_eq!(client(fake.signed()).find(&super::paths(&paths)).unwrap().index.len(), 4);
    assert_eq!(fake.count("findTasksAtIndex"), 1);
}
