//! Contradictions about Taskgraph's version: between pins, and with the scripts that tasks are to get.

use crate::diagnostics::Problem;
use crate::known_python::pin::{Package, Pin, Pins, Rule};
use crate::known_python::releases::{is_release, of_run_task};
use crate::known_python::version::Version;
use crate::known_python::versions::Versions;
use crate::settings::RunTask;
use taskgraph_compat::suggest;

/// The image of the decision task is no contradiction: it installs what the tree asks for before it begins.
const IMAGE_FILE: &str = ".taskcluster.yml";

/// A pin of a version that was never released, and two files of the tree that pin two versions.
pub fn of_pins(pins: &Pins) -> Vec<Problem> {
    let mut problems = Vec::new();
    for pin in pins.all(Package::Taskgraph) {
        if let Rule::Exactly(version) = &pin.rule
            && is_release(version) == Some(false)
        {
            let message =
                format!("{}:{} pins Taskgraph {version}, which was never released", pin.file, pin.line);
            problems.push(Problem::error("pin", message).help("pin a release of taskcluster-taskgraph"));
        }
    }
    for package in Package::ALL {
        if let Some((decisive, other)) = pins.disagreement(package)
            && [decisive, other].iter().all(|pin| pin.file != IMAGE_FILE && folder(pin) == folder(decisive))
        {
            let say = |pin: &Pin| format!("{}:{} pins {}", pin.file, pin.line, pin.text);
            let message = format!("two versions of {}: {}, {}", package.name(), say(decisive), say(other));
            problems.push(Problem::error("pin", message).help("both have to pin the same version"));
        }
    }
    problems
}

fn folder(pin: &Pin) -> &str {
    pin.file.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A run-task that is that of other releases than the one of the tree. One that is of no release is somebody's own.
pub fn of_run_task_and(versions: &Versions, run_task: &RunTask) -> Option<Problem> {
    let wanted = versions.version(Package::Taskgraph)?;
    let found = of_run_task(run_task.script());
    if found.is_empty() || found.contains(wanted) {
        return None;
    }
    let found: Vec<String> = found.iter().map(Version::to_string).collect();
    let path = run_task.script().display();
    let found = suggest::list(found.iter().map(String::as_str));
    let message = format!("the tree is for Taskgraph {wanted}, and `{path}` is the run-task of {found}");
    let help = "names of caches and digests of images follow from run-task; --run-task-dir names the folder of \
                another one, TASKGRAPH_RUN_TASK_DIR as well";
    Some(Problem::error("run-task-version", message).help(help))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::known_python::testing::Folder;

    fn reported(files: &[(&str, &str)]) -> Vec<String> {
        let folder = Folder::new(files);
        of_pins(&Pins::of(&folder.tree())).into_iter().map(|problem| problem.message).collect()
    }

    #[test]
    fn a_version_that_was_never_released_is_reported_with_its_place() {
        let reported = reported(&[("taskcluster/requirements.txt", "\ntaskcluster-taskgraph==15.1.9")]);
        assert_eq!(
            reported,
            ["taskcluster/requirements.txt:2 pins Taskgraph 15.1.9, which was never released"]
        );
    }

    #[test]
    fn two_files_of_the_tree_have_to_agree_and_the_image_may_be_another() {
        let one = ("taskcluster/requirements.txt", "taskcluster-taskgraph==15.1.3");
        let other = ("taskcluster/requirements.in", "taskcluster-taskgraph==24.5.1");
        let [reported] = &reported(&[one, other])[..] else { panic!() };
        assert!(
            reported
                .starts_with("two versions of taskcluster-taskgraph: taskcluster/requirements.txt:1 pins"),
            "{reported}"
        );
        let image = (".taskcluster.yml", "image: mozillareleases/taskgraph:decision-v8.0.1@sha256:ab");
        assert!(self::reported(&[one, image]).is_empty());
        assert!(
            self::reported(&[one, ("taskcluster/requirements.in", "taskcluster-taskgraph>=15")]).is_empty()
        );
    }
}
