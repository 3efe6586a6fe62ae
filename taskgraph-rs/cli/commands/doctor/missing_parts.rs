//! Missing parts that a tree needs, and the way to get them.

use crate::commands::doctor::findings::{Findings, MissingPart, PackageFound};
use taskgraph::known_python::{InstalledVersion, Pins, requirements};
use taskgraph::registry::Registry;

/// Returns the parts that are missing to make a graph, or to run the Python of the tree if that `is_asked` for.
pub(super) fn missing(
    findings: &Findings,
    pins: &Pins,
    registry: &Registry,
    is_asked: bool,
) -> Vec<MissingPart> {
    let mut missing = Vec::new();
    let requirements = requirements(pins);
    if findings.needs_python() || is_asked {
        let refusal = registry.python().and_then(|python| python.refusal());
        if let Some(refusal) = refusal {
            let (message, help) = (refusal.message().to_owned(), refusal.way_out(&requirements));
            missing.push(MissingPart { is_fatal: true, is_package: false, message, help });
        }
        if let Some(python) = &findings.python {
            let install = format!("`{} -m pip install {requirements}`", python.program);
            match python.exists {
                false => missing.push(MissingPart {
                    is_fatal: true,
                    is_package: false,
                    message: format!("`{}`, which {} names, is not there", python.program, python.found_by),
                    help: "name another interpreter with --python or TASKGRAPH_PYTHON".into(),
                }),
                true => missing.extend(findings.packages.iter().filter_map(|found| package(found, &install))),
            }
        }
    }
    if findings.run_task.is_none() {
        missing.push(MissingPart {
            is_fatal: false,
            is_package: false,
            message: "run-task is not there: kinds whose digests depend on it cannot be made".into(),
            help: "Taskgraph brings it along; --run-task-dir names the folder that it is in".into(),
        });
    }
    missing
}

/// Returns the problem of a package, if it is missing or has a wrong version.
fn package(found: &PackageFound, install: &str) -> Option<MissingPart> {
    let is_taskgraph = found.name == "taskcluster-taskgraph";
    let pin = found.decisive.as_ref();
    let asked = pin.map(|pin| format!("`{}:{}` asks for {}", pin.file, pin.line, pin.text));
    match (&found.installed, pin) {
        (InstalledVersion::Absent, None) if !is_taskgraph => None,
        (InstalledVersion::Absent, _) => Some(MissingPart {
            // What the tree imports of it, only the tree knows.
            is_fatal: is_taskgraph,
            is_package: true,
            message: match asked {
                Some(asked) => format!("{} is not installed, and {asked}", found.name),
                None => format!("{} is not installed", found.name),
            },
            help: install.to_owned(),
        }),
        (InstalledVersion::Version(version), Some(pin)) if !pin.rule.takes(version) => Some(MissingPart {
            is_fatal: false,
            is_package: false,
            message: format!("{} {version} is installed, and {}", found.name, asked.unwrap_or_default()),
            help: install.to_owned(),
        }),
        _ => None,
    }
}
