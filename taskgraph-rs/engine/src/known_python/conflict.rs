//! Contradictions about Taskgraph's version: between pins, and with the scripts that tasks are to get.

use crate::diagnostics::Problem;
use crate::known_python::mozilla_releases::{MozillaRelease, RELEASES};
use crate::known_python::package::Package;
use crate::known_python::pin::{Pin, Pins};
use crate::known_python::releases::of_run_task;
use crate::known_python::rule::Rule;
use crate::known_python::version::Version;
use crate::known_python::versions::Versions;
use crate::known_python::{mozilla_releases, releases};
use crate::settings::RunTask;
use taskgraph_compat::suggest;

/// The image of the decision task is not a contradiction: it installs what the tree asks for before it begins.
const IMAGE_FILE: &str = ".taskcluster.yml";

/// Pins of versions that were never released, two files of the tree that pin two versions, and versions of two packages
/// that do not work together.
pub fn of_pins(pins: &Pins) -> Vec<Problem> {
    let mut problems = Vec::new();
    for package in Package::ALL {
        let (name, is_release): (_, fn(&Version) -> Option<bool>) = match package {
            Package::Taskgraph => ("Taskgraph", releases::is_release),
            Package::MozillaTaskgraph => ("mozilla-taskgraph", mozilla_releases::is_release),
        };
        for pin in pins.all(package) {
            if let Rule::Exactly(version) = &pin.rule
                && is_release(version) == Some(false)
            {
                let message =
                    format!("{}:{} pins {name} {version}, which was never released", pin.file, pin.line);
                let help = format!("pin a release of {}", package.name());
                problems.push(Problem::error("pin", message).help(help));
            }
        }
    }
    problems.extend(of_both_packages(pins));
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

/// A mozilla-taskgraph that requires another Taskgraph than the tree pins: pip installs no such pair, and modules of the
/// one import what the other does not have.
fn of_both_packages(pins: &Pins) -> Option<Problem> {
    let (taskgraph, mozilla) =
        (pins.decisive(Package::Taskgraph)?, pins.decisive(Package::MozillaTaskgraph)?);
    let counts = |pin: &Pin| pin.file != IMAGE_FILE && pin.marker.is_empty() && pin.rule != Rule::Other;
    if !counts(taskgraph) || !counts(mozilla) {
        return None;
    }
    let pinned: Vec<&MozillaRelease> =
        RELEASES.iter().filter(|release| mozilla.rule.takes(&release.version)).collect();
    if pinned.iter().any(|release| release.works_with(&taskgraph.rule))
        || pinned.is_empty()
        || mozilla_releases::may_work_in_future(&mozilla.rule, &taskgraph.rule)
    {
        return None;
    }
    let say = |pin: &Pin| format!("{}:{} asks for {}{}", pin.file, pin.line, pin.package.name(), pin.text);
    let message = format!("{}, and {}: they do not work together", say(taskgraph), say(mozilla));
    let required = match &pinned[..] {
        [release] => {
            format!(
                "mozilla-taskgraph {} requires taskcluster-taskgraph{}",
                release.version, release.requirement
            )
        }
        _ => "no such release of mozilla-taskgraph takes that Taskgraph".to_owned(),
    };
    let others: Vec<&MozillaRelease> =
        RELEASES.iter().filter(|release| release.works_with(&taskgraph.rule)).collect();
    let instead = match &others[..] {
        [] => "none does work with that Taskgraph".to_owned(),
        [one] => format!("{} works with that Taskgraph", one.version),
        [first, .., last] => {
            format!("those that work with that Taskgraph are {} to {}", first.version, last.version)
        }
    };
    Some(Problem::error("pin", message).help(format!("{required}; {instead}")))
}

fn folder(pin: &Pin) -> &str {
    pin.file.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A run-task that is that of other releases than the one of the tree. One that is of no release is somebody's own.
pub fn of_run_task_and(versions: &Versions, run_task: &RunTask) -> Option<Problem> {
    let wanted = versions.version(Package::Taskgraph)?;
    let found = of_run_task(run_task);
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
    fn two_packages_that_do_not_work_together_are_told() {
        let of = |taskgraph: &str, mozilla: &str| {
            let text = format!("taskcluster-taskgraph{taskgraph}\nmozilla-taskgraph{mozilla}");
            let folder = Folder::new(&[("taskcluster/requirements.txt", &text)]);
            of_pins(&Pins::of(&folder.tree()))
        };
        let [problem] = &of("==24.5.1", "==3.4.2")[..] else { panic!() };
        assert_eq!(
            problem.message,
            "taskcluster/requirements.txt:1 asks for taskcluster-taskgraph==24.5.1, and \
             taskcluster/requirements.txt:2 asks for mozilla-taskgraph==3.4.2: they do not work together"
        );
        assert_eq!(
            problem.help.as_deref(),
            Some(
                "mozilla-taskgraph 3.4.2 requires taskcluster-taskgraph<17,>=11; \
                 those that work with that Taskgraph are 4.1.3 to 5.0.1"
            )
        );
        for (taskgraph, mozilla, is_one) in [
            ("==15.1.3", "==5.0.1", false),
            ("==18.0.0", "==3.4.2", false),
            ("==8.1.0", "==3.4.2", false),
            ("==17.0.0", ">=5", false),
            (">=24", "==3.4.2", false),
            ("<15", ">=4,<6", false),
            ("==15.1.3", "==3.4.2", true),
            ("==24.5.1", "==5.0.1", true),
            ("==17.0.0", ">=3", true),
            ("==24.5.1", ">=3", true),
            ("", "==3.4.2", true),
            (">=15", "==5.0.1", true),
            ("==99.0.0", ">=5", true),
            ("==24.5.1", "==99.0.0", true),
            (" @ git+https://example.org/t@main", "==3.4.2", true),
            ("==24.5.1 ; python_version > '3.9'", "==3.4.2", true),
        ] {
            assert_eq!(of(taskgraph, mozilla).is_empty(), is_one, "{taskgraph} {mozilla}");
        }
        let image = (".taskcluster.yml", "image: mozillareleases/taskgraph:decision-v8.0.1@sha256:ab");
        assert!(reported(&[image, ("taskcluster/requirements.txt", "mozilla-taskgraph==5.0.1")]).is_empty());
        let never = reported(&[("taskcluster/requirements.txt", "mozilla-taskgraph==3.4.9")]);
        assert_eq!(
            never,
            ["taskcluster/requirements.txt:1 pins mozilla-taskgraph 3.4.9, which was never released"]
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
