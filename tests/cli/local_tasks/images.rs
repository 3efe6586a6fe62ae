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
    insta::assert_snapshot!(unknown.err, @"
    error: unknown image `childe`
     │
     ╰ help: did you mean `child`?

    1 error; nothing was generated
    ");
    let no_run_task =
        fixture.run(fixture.program(&["build-image", "base"]).env_remove("TASKGRAPH_RUN_TASK_DIR"));
    assert_eq!(no_run_task.status, Some(2));
    insta::assert_snapshot!(no_run_task.err, @"
    warning: run-task was not found: digests of docker images are not those of a real run
        name the folder that has run-task, fetch-content, hgrc and robustcheckout.py with --run-task-dir or TASKGRAPH_RUN_TASK_DIR, or install taskcluster-taskgraph with pip
    error: the image of `docker-image-base` cannot be built here: run-task was not found, which its Dockerfile includes
      ╭▸ taskcluster/kinds/docker-image/kind.yml:3:9
      │
    3 │ tasks: {base: {}, child: {parent: base}}
      │         ━━━━
      │
      ╰ help: name the folder that has run-task, fetch-content, hgrc and robustcheckout.py with --run-task-dir or TASKGRAPH_RUN_TASK_DIR

    1 error; nothing was generated
    ");
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
    insta::assert_snapshot!(missing.err.replace(digest(&missing.err), "DIGEST"), @"
    error: no image of `docker-image-base` was built from the content of this tree
     │
     ├ note: nothing is at t.cache.level-3.docker-images.v2.base.hash.DIGEST
     ╰ help: `build-image` builds it here; changes of the tree, also without a commit, make another image

    1 error; nothing was generated
    ");
    let path = missing.err.split("nothing is at ").nth(1).unwrap().lines().next().unwrap().to_owned();
    fake.index(&path, TASK);
    fake.task(TASK);
    let gone = call(&["load-image", "base"]);
    assert_eq!(gone.status, Some(2));
    insta::assert_snapshot!(gone.err, @"
    downloading public/image.tar.zst of fN1SbArXTPSVFUUvaOlinQ
    error: there is no image: the task fN1SbArXTPSVFUUvaOlinQ has no artifact `public/image.tar.zst`
     │
     ╰ help: it may have expired, or not have ended yet; TASKCLUSTER_ROOT_URL says which instance is asked

    1 error; nothing was generated
    ");
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
