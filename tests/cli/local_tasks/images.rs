//! `build-image` and `load-image`.

use std::fs;
use std::io::Read as _;

use super::fixture::Fixture;
use crate::fake_taskcluster::Fake;

const TASK: &str = "fN1SbArXTPSVFUUvaOlinQ";

#[test]
fn an_image_is_built_after_the_one_that_it_is_built_on() {
    let fixture = Fixture::new(&["docker"]);
    let outcome = fixture.call(&["build-image", "child"]);
    assert_eq!((outcome.status, &*outcome.out), (Some(0), "child:latest\n"), "{}", outcome.err);
    let builds = fixture.calls("build");
    assert_eq!(builds.len(), 2, "{builds:?}");
    let base = builds[0].split("[--tag] [").nth(1).unwrap().split(']').next().unwrap();
    assert!(base.starts_with("base:") && base.len() == "base:".len() + 16, "{base}");
    assert!(builds[1].contains(&format!("[--build-arg] [DOCKER_IMAGE_PARENT={base}]")), "{builds:?}");
    let file = |image: &str| fs::read_to_string(fixture.path("fake/images").join(image)).unwrap();
    assert!(file("child_latest").starts_with("ARG DOCKER_IMAGE_PARENT\nFROM $DOCKER_IMAGE_PARENT\n"));
    assert!(file(&base.replace(':', "_")).contains("COPY run-task/run-task /usr/local/bin/run-task\n"));
    // The base has not changed: it is not built again.
    let again = fixture.call(&["build-image", "child", "--tag", "mine:1"]);
    assert_eq!((again.status, &*again.out), (Some(0), "mine:1\n"), "{}", again.err);
    assert_eq!(fixture.calls("build").len(), 3);
}

#[test]
fn a_context_is_written_without_an_engine() {
    let fixture = Fixture::new(&[]);
    let file = fixture.path("context.tar.gz");
    let outcome = fixture.call(&["build-image", "base", "--context-only", file.to_str().unwrap()]);
    assert_eq!((outcome.status, &*outcome.out), (Some(0), ""), "{}", outcome.err);
    let mut tar = Vec::new();
    flate2::read::GzDecoder::new(fs::File::open(file).unwrap()).read_to_end(&mut tar).unwrap();
    let text = String::from_utf8_lossy(&tar);
    for name in ["Dockerfile\0", "run-task/run-task\0", "run-task/hgrc\0"] {
        assert!(text.contains(name), "{name}");
    }
}

#[test]
fn an_image_that_cannot_be_built_is_refused() {
    let fixture = Fixture::new(&["docker"]);
    let unknown = fixture.call(&["build-image", "childe"]);
    assert_eq!(unknown.status, Some(2));
    insta::assert_snapshot!("image-unknown", unknown.err);
    let no_run_task =
        fixture.run(fixture.program(&["build-image", "base"]).env_remove("TASKGRAPH_RUN_TASK_DIR"));
    assert_eq!(no_run_task.status, Some(2));
    insta::assert_snapshot!("image-no-run-task", no_run_task.err);
    assert_eq!(fixture.log(), [""; 0]);
}

#[test]
fn an_image_is_loaded_from_the_task_that_the_index_has() {
    let fixture = Fixture::new(&["docker"]);
    let fake = Fake::start();
    let call = |arguments: &[&str]| {
        fixture.run(fixture.program(arguments).env("TASKCLUSTER_ROOT_URL", fake.root_url()))
    };
    let missing = call(&["load-image", "base"]);
    assert_eq!(missing.status, Some(2));
    insta::assert_snapshot!("image-not-in-index", missing.err.replace(digest(&missing.err), "DIGEST"));
    let path = missing.err.split("nothing is at ").nth(1).unwrap().lines().next().unwrap().to_owned();
    fake.index(&path, TASK);
    fake.task(TASK);
    let gone = call(&["load-image", "base"]);
    assert_eq!(gone.status, Some(2));
    insta::assert_snapshot!("image-no-artifact", gone.err);
    fake.artifact(TASK, "public/image.tar.zst", b"an image".to_vec());
    let project = call(&["load-image", "base"]);
    assert_eq!((project.status, &*project.out), (Some(0), "from-file:latest\n"), "{}", project.err);
    assert_eq!(fs::read(fixture.path("fake/loaded")).unwrap(), b"an image");
    let tagged = call(&["load-image", "--task-id", TASK, "-t", "mine:2"]);
    assert_eq!((tagged.status, &*tagged.out), (Some(0), "mine:2\n"), "{}", tagged.err);
    assert_eq!(fixture.calls("tag"), ["docker [tag] [from-file:latest] [mine:2]"]);
    assert_eq!(fake.violations(), [""; 0]);
}

fn digest(text: &str) -> &str {
    text.split(".hash.").nth(1).unwrap().lines().next().unwrap()
}
