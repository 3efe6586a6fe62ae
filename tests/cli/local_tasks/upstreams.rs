//! Fetches of a task, and its image, from Taskcluster.

use std::fs;
use std::process::Command;

use serde_json::json;
use taskgraph::task::Label;
use taskgraph::task::id::TaskId;

use super::fixture::Fixture;
use crate::fake_taskcluster::{Fake, Fault};

const CORPUS: &str = "AAAAAAAAQAKAAAAAAAAAAA";
const IMAGE: &str = "BBBBBBBBQAKBBBBBBBBBBA";
const DECISION: &str = "CCCCCCCCQAKCCCCCCCCCCA";

/// The id that stands for a label in the container.
fn stands_for(label: &str) -> TaskId {
    TaskId::of_label(&Label::parse(&label.into()).unwrap())
}

fn program(fixture: &Fixture, fake: &Fake, arguments: &[&str]) -> Command {
    let mut program = fixture.program(arguments);
    program.env("TASKCLUSTER_ROOT_URL", fake.root_url()).arg("--artifacts").arg(fixture.artifacts());
    program
}

/// A Taskcluster that has run the tasks of the tree.
fn ran() -> Fake {
    let fake = Fake::start();
    for id in [CORPUS, IMAGE, DECISION] {
        fake.task(id);
    }
    fake.artifact(CORPUS, "public/build/corpus.gz", b"remote".to_vec());
    fake.artifact(IMAGE, "public/image.tar.zst", b"an image".to_vec());
    let ids = json!({"make-corpus": CORPUS, "docker-image-child": IMAGE, "gone": CORPUS});
    fake.artifact(DECISION, "public/label-to-taskid.json", ids.to_string());
    fake
}

#[test]
fn artifacts_and_images_come_from_the_tasks_of_a_decision() {
    let (fixture, fake) = (Fixture::new(&["docker"]), ran());
    let call = ["load-task", "use-merge/1", "--decision", DECISION];
    let outcome = fixture.run(&mut program(&fixture, &fake, &call));
    assert_eq!(outcome.status, Some(0), "{}", outcome.err);
    let fetched = fixture.artifacts().join("make-corpus/public/build/corpus.gz");
    assert_eq!(fs::read(&fetched).unwrap(), b"remote");
    assert_eq!(fs::read(fixture.path("fake/loaded")).unwrap(), b"an image");
    let created = fixture.calls("create").join("\n");
    // The task sees the real id, in its environment, too.
    assert!(created.contains(&format!("[UPSTREAM={CORPUS}]")), "{created}");
    assert!(created.contains(&format!(
        ":/taskgraph-artifacts/api/queue/v1/task/{}/artifacts:ro]",
        stands_for("make-corpus")
    )));
    assert!(created.contains(&format!("[task-image:id-{IMAGE}]")), "{created}");
    assert!(!outcome.err.contains("names the task"), "{}", outcome.err);
    // Both are here now.
    let times = fake.count("getLatestArtifact");
    fs::write(&fetched, "here").unwrap();
    assert_eq!(fixture.run(&mut program(&fixture, &fake, &call)).status, Some(0));
    assert_eq!(fake.count("getLatestArtifact"), times + 1, "only label-to-taskid.json is asked for again");
    assert_eq!(fs::read(&fetched).unwrap(), b"here");
}

#[test]
fn a_task_that_is_named_goes_before_the_one_of_the_decision_and_may_lack_what_is_fetched() {
    let (fixture, fake) = (Fixture::new(&["docker"]), ran());
    let other = format!("make-corpus={IMAGE}");
    let call = ["load-task", "use-merge/1", "--decision", DECISION, "--upstream", &other];
    let outcome = fixture.run(&mut program(&fixture, &fake, &call));
    assert_eq!(outcome.status, Some(2));
    insta::assert_snapshot!(outcome.err, @"
    warning: use-merge/1 asks for what there is not here: features.taskclusterProxy
    fetching public/build/corpus.gz of make-corpus (BBBBBBBBQAKBBBBBBBBBBA)
    error: the task BBBBBBBBQAKBBBBBBBBBBA, which stands for `make-corpus`, has no artifact `public/build/corpus.gz`
     │
     ╰ help: it may have expired, or be one of another config

    1 error; nothing was generated
    ");
    assert_eq!(fixture.listed("artifacts"), [""; 0]);
    let nobody = ["load-task", "use-merge/1", "--decision", IMAGE];
    let outcome = fixture.run(&mut program(&fixture, &fake, &nobody));
    assert_eq!(outcome.status, Some(2));
    insta::assert_snapshot!(outcome.err, @"
    error: the task BBBBBBBBQAKBBBBBBBBBBA has no artifact `public/label-to-taskid.json`
     │
     ╰ help: --decision names a decision or action task whose artifacts have not expired

    1 error; nothing was generated
    ");
}

#[test]
fn a_task_of_taskcluster_runs_by_its_id() {
    let (fixture, fake) = (Fixture::new(&["docker"]), ran());
    let definition = json!({
        "taskGroupId": DECISION,
        "schedulerId": "t-level-1",
        "metadata": {"name": "remote-task", "description": "d", "owner": "o@example.org", "source": "https://example.org"},
        "payload": {
            "image": {"type": "task-image", "taskId": IMAGE, "path": "public/image.tar.zst"},
            "command": ["run-task", "--", "make"],
            "env": {"MOZ_FETCHES": "[{\"artifact\": \"public/x\", \"task\": \"y\"}]"},
            "artifacts": {"public": {"type": "directory", "path": "/a"}},
        },
    });
    fake.put_task(CORPUS, definition, "completed");
    fixture.fake("container/a/x", "x");
    let outcome = fixture.run(&mut program(&fixture, &fake, &["load-task", CORPUS]));
    assert_eq!(outcome.status, Some(0), "{}", outcome.err);
    let created = fixture.calls("create").join("\n");
    for variable in [format!("TASK_ID={CORPUS}"), format!("TASK_GROUP_ID={DECISION}"), "RUN_ID=0".into()] {
        assert!(created.contains(&format!("[--env] [{variable}]")), "{created}");
    }
    // It fetches from Taskcluster itself.
    assert!(!created.contains("/taskgraph-artifacts"), "{created}");
    assert_eq!(fixture.listed("artifacts"), ["remote-task/public/x"]);
    let unknown = fixture.run(&mut program(&fixture, &fake, &["load-task", "DDDDDDDDQAKDDDDDDDDDDA"]));
    assert_eq!(unknown.status, Some(3), "{}", unknown.err);
    assert_eq!(fake.violations(), [""; 0]);
}

#[test]
fn an_image_is_built_where_the_index_has_none_or_does_not_answer() {
    let (fixture, fake) = (Fixture::new(&["docker"]), ran());
    let outcome = fixture.run(&mut program(&fixture, &fake, &["load-task", "make-corpus"]));
    assert_eq!((outcome.status, fixture.calls("build").len()), (Some(0), 1), "{}", outcome.err);
    let built = fixture.images().remove(0);
    let (other, fake) = (Fixture::new(&["docker"]), ran());
    let tag = built.replace("base_", "");
    let digest = other.call(&["image-digest", "base"]).out;
    assert!(digest.starts_with(&tag), "{digest} {built}");
    fake.index(&format!("t.cache.level-3.docker-images.v2.base.hash.{}", digest.trim()), IMAGE);
    let outcome = other.run(&mut program(&other, &fake, &["load-task", "make-corpus"]));
    assert_eq!(outcome.status, Some(0), "{}", outcome.err);
    assert_eq!(other.calls("tag"), [format!("docker [tag] [from-file:latest] [base:{tag}]")]);
    assert_eq!(other.calls("build"), [""; 0]);
}

#[test]
fn a_download_that_breaks_off_begins_anew() {
    let (fixture, fake) = (Fixture::new(&["docker"]), ran());
    let upstream = format!("make-corpus={CORPUS}");
    fake.fail("getLatestArtifact", [Some(Fault::Status(503))]);
    let content = format!("/storage/{CORPUS}/public/build/corpus.gz");
    fake.fail(&content, [Some(Fault::Cut), Some(Fault::DropAfter)]);
    let call = ["load-task", "use-merge/1", "--offline", "--upstream", &upstream];
    let outcome = fixture.run(&mut program(&fixture, &fake, &call));
    assert_eq!(outcome.status, Some(0), "{}", outcome.err);
    assert_eq!(fs::read(fixture.artifacts().join("make-corpus/public/build/corpus.gz")).unwrap(), b"remote");
    assert_eq!(fixture.listed("artifacts"), ["make-corpus/public/build/corpus.gz"]);
    assert_eq!(fake.count("getLatestArtifact"), 4);
}
