//! The versions of Taskgraph that a tree asks for.

use std::collections::BTreeSet;
use std::fs;

use serde::Serialize;

use crate::known_python::package::Package;
use crate::known_python::requirement::Requirement;
use crate::known_python::rule::Rule;
use crate::known_python::version::{Clause, Version};
use crate::known_python::{project_files, requirement};
use crate::tree::Tree;

/// A place that asks for a version.
#[derive(Clone, Debug, Serialize)]
pub struct Pin {
    /// The package.
    pub package: Package,
    /// The file, from the top of the repository.
    pub file: String,
    /// The line.
    pub line: u32,
    /// The version specifier, as it was written.
    pub text: String,
    /// The same, read.
    #[serde(skip)]
    pub rule: Rule,
    /// The condition under which it counts; empty if it always does.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub marker: String,
}

/// All places of a tree that ask for a version, those that decide first.
#[derive(Clone, Debug, Default)]
pub struct Pins(pub Vec<Pin>);

/// The depth to which requirements files may include each other.
const DEPTH: usize = 4;

/// The largest file that is looked into: 64 MiB. Locks of large projects have some.
const LARGEST: u64 = 64 << 20;

impl Pins {
    /// Looks into the files that an installation for this tree goes by. What is not there or cannot be read asks for
    /// nothing. The requirements in the tree's root decide over the image of the decision task, as that installs them
    /// before it begins; what the rest of the repository is developed with comes last.
    pub fn of(tree: &Tree) -> Pins {
        let mut files = Files { tree, pins: Vec::new(), read: BTreeSet::new() };
        if tree.is_embedded() {
            return Pins::default();
        }
        let root = tree.from_top("");
        files.requirements(&format!("{root}requirements.txt"), DEPTH);
        files.project(&root);
        files.requirements(&format!("{root}requirements.in"), DEPTH);
        files.decision_image(".taskcluster.yml");
        if !root.is_empty() {
            files.requirements("requirements.txt", DEPTH);
            files.project("");
            files.requirements("requirements.in", DEPTH);
        }
        Pins(files.pins)
    }

    /// The pins of a package.
    pub fn all(&self, package: Package) -> impl Iterator<Item = &Pin> {
        self.0.iter().filter(move |pin| pin.package == package)
    }

    /// The pin that decides: the first that names one version, else the first that says anything.
    pub fn decisive(&self, package: Package) -> Option<&Pin> {
        let exact = self.all(package).find(|pin| matches!(pin.rule, Rule::Exactly(_)));
        exact
            .or_else(|| self.all(package).find(|pin| pin.rule != Rule::Range(Vec::new())))
            .filter(|pin| !self.depends_on_environment(pin))
    }

    /// Whether a file asks for several versions, one of them under conditions.
    fn depends_on_environment(&self, pin: &Pin) -> bool {
        let mut others = self.all(pin.package).filter(|other| other.file == pin.file);
        others.any(|other| other.rule != pin.rule && !(other.marker.is_empty() && pin.marker.is_empty()))
    }

    /// Two places that ask for one version each, and not for the same: the one that decides, and the first other one.
    pub fn disagreement(&self, package: Package) -> Option<(&Pin, &Pin)> {
        let decisive = self.decisive(package)?;
        let Rule::Exactly(version) = &decisive.rule else { return None };
        let other = self.all(package).find(|pin| match &pin.rule {
            Rule::Exactly(other) => other != version && pin.marker == decisive.marker,
            _ => false,
        });
        Some((decisive, other?))
    }
}

struct Files<'t> {
    tree: &'t Tree,
    pins: Vec<Pin>,
    /// The requirements files that were read.
    read: BTreeSet<String>,
}

impl Files<'_> {
    /// The text of a file, from the top of the repository; nothing if it cannot be read.
    fn text(&self, file: &str) -> Option<String> {
        let path = self.tree.disk_path(file).ok()?;
        let length = fs::metadata(&path).ok()?.len();
        self.tree.check_file(&path).ok()?;
        if length > LARGEST {
            return None;
        }
        // Only names and versions are looked for, and these are ASCII.
        let text = String::from_utf8(fs::read(path).ok()?);
        Some(text.unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }

    fn add(&mut self, file: &str, line: u32, requirement: Requirement) {
        let Requirement { package, text, rule, marker } = requirement;
        self.pins.push(Pin { package, file: file.into(), line, text, rule, marker });
    }

    /// A requirements file, and those that it includes.
    fn requirements(&mut self, file: &str, depth: usize) {
        if !self.read.insert(file.to_owned()) {
            return;
        }
        let Some(text) = self.text(file) else { return };
        for (line, said) in requirement::lines(&text) {
            let said = said.trim();
            let mut words = said.split([' ', '=']).filter(|word| !word.is_empty());
            match words.next() {
                Some("-r" | "--requirement" | "-c" | "--constraint") => {
                    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
                    let Some(included) = words.next().and_then(|name| beside(folder, name)) else { continue };
                    if depth > 0 {
                        self.requirements(&included, depth - 1);
                    }
                }
                Some("-e" | "--editable") => {
                    let said = words.collect::<Vec<_>>().join("=");
                    if let Some(requirement) = Requirement::read(&said) {
                        self.add(file, line, Requirement { rule: Rule::Other, ..requirement });
                    }
                }
                _ => {
                    if let Some(requirement) = Requirement::read(said) {
                        self.add(file, line, requirement);
                    }
                }
            }
        }
    }

    /// The lock files and the pyproject.toml of a folder. Its name ends with a slash or is empty.
    fn project(&mut self, folder: &str) {
        for lock in ["uv.lock", "poetry.lock"] {
            let file = format!("{folder}{lock}");
            let Some(text) = self.text(&file) else { continue };
            project_files::locked(&text).into_iter().for_each(|(line, found)| self.add(&file, line, found));
        }
        let file = format!("{folder}pyproject.toml");
        let Some(text) = self.text(&file) else { return };
        project_files::asked_for(&text).into_iter().for_each(|(line, found)| self.add(&file, line, found));
    }

    /// The image of the decision task: `mozillareleases/taskgraph:decision-v15.1.3@sha256:…`.
    fn decision_image(&mut self, file: &str) {
        const IMAGE: &str = "taskgraph:decision-";
        let Some(text) = self.text(file) else { return };
        if memchr::memmem::find(text.as_bytes(), IMAGE.as_bytes()).is_none() {
            return;
        }
        for (index, line) in text.lines().enumerate() {
            let line = if line.trim_start().starts_with('#') { "" } else { line };
            for (start, _) in line.match_indices(IMAGE) {
                let tag = &line[start + IMAGE.len()..];
                let end = tag.find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '.'));
                let tag = &tag[..end.unwrap_or(tag.len())];
                // Older images are named by a commit.
                let numbers = tag.strip_prefix('v').unwrap_or(tag).split('.');
                let Ok(version) = tag.parse::<Version>() else { continue };
                let rule = match numbers.count() {
                    3 => Rule::Exactly(version),
                    _ if !tag.starts_with('v') => continue,
                    _ => Rule::Range(vec![Clause::beginning_with(version)]),
                };
                let text = format!("decision-{tag}");
                let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
                let found = Requirement { package: Package::Taskgraph, text, rule, marker: String::new() };
                self.add(file, number, found);
            }
        }
    }
}

/// A path from a folder, both from the top. Nothing if it leaves the repository.
fn beside(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    if path.starts_with('/') || path.contains("://") {
        return None;
    }
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::known_python::testing::Folder;

    /// The pins of a tree in `taskcluster`, as `file:line package text rule`.
    fn pins(files: &[(&str, &str)]) -> (Pins, Vec<String>) {
        let folder = Folder::new(files);
        let pins = Pins::of(&folder.tree());
        let shown = |pin: &Pin| {
            let rule = match &pin.rule {
                Rule::Exactly(version) => format!("is {version}"),
                Rule::Range(clauses) => format!("{} clauses", clauses.len()),
                Rule::Other => "other".into(),
            };
            format!("{}:{} {} {rule}", pin.file, pin.line, pin.package.module())
        };
        let all = pins.0.iter().map(shown).collect();
        (pins, all)
    }

    #[test]
    fn all_files_that_ask_for_a_version_are_read_in_the_order_of_their_weight() {
        let (pins, all) = pins(&[
            (
                "taskcluster/requirements.txt",
                "# by pip-compile\nmozilla-taskgraph==3.4.1 \\\n    --hash=sha256:00\n    # via x\n\
                 taskcluster-taskgraph[load-image]==15.1.3 \\\n    --hash=sha256:00\n",
            ),
            ("taskcluster/requirements.in", "-r more/base.in\ntaskcluster\n"),
            ("taskcluster/more/base.in", "taskcluster-taskgraph>=15.1.3\n-r ../requirements.in\n"),
            (
                ".taskcluster.yml",
                "# image: taskgraph:decision-v1.2.3\nx:\n  image: mozillareleases/taskgraph:decision-v15@sha256:00\n",
            ),
            ("pyproject.toml", "[tool.poetry.dependencies]\ntaskcluster-taskgraph = \"^14.1.1\"\n"),
            ("poetry.lock", "[[package]]\nname = \"taskcluster-taskgraph\"\nversion = \"14.2.1\"\n"),
        ]);
        assert_eq!(
            all,
            [
                "taskcluster/requirements.txt:2 mozilla_taskgraph is 3.4.1",
                "taskcluster/requirements.txt:5 taskgraph is 15.1.3",
                "taskcluster/more/base.in:1 taskgraph 1 clauses",
                ".taskcluster.yml:3 taskgraph 1 clauses",
                "poetry.lock:2 taskgraph is 14.2.1",
                "pyproject.toml:2 taskgraph 1 clauses",
            ]
        );
        let decisive = pins.decisive(Package::Taskgraph).unwrap();
        assert_eq!((&*decisive.file, &*decisive.text), ("taskcluster/requirements.txt", "==15.1.3"));
        let (one, other) = pins.disagreement(Package::Taskgraph).unwrap();
        assert_eq!((&*one.text, &*other.file), ("==15.1.3", "poetry.lock"));
        assert!(pins.disagreement(Package::MozillaTaskgraph).is_none());
        let image = pins.0.iter().find(|pin| pin.file == ".taskcluster.yml").unwrap();
        assert!(image.rule.takes(&"15.9".parse().unwrap()) && !image.rule.takes(&"16.0".parse().unwrap()));
    }

    #[test]
    fn an_image_is_a_pin_if_its_tag_has_a_version() {
        let images = "a: taskgraph:decision-v15.1.3\nb: taskgraph:decision-latest\nc: taskgraph:decision-12345abc\n\
                      d: taskgraph:decision-123456789012345678901234\ne: taskgraph:decision@sha256:00\n\
                      f: [taskgraph:decision-v15.1.2, taskgraph:run-task-v9]";
        let (pins, all) = pins(&[(".taskcluster.yml", images)]);
        assert_eq!(all, [".taskcluster.yml:1 taskgraph is 15.1.3", ".taskcluster.yml:6 taskgraph is 15.1.2"]);
        assert!(pins.disagreement(Package::Taskgraph).is_some());
    }

    #[test]
    fn what_depends_on_the_environment_decides_nothing() {
        let (found, _) = pins(&[(
            "taskcluster/requirements.txt",
            "taskcluster-taskgraph==11.1.0 ; python_version < '3.9'\n\
             taskcluster-taskgraph==15.1.3 ; python_version >= '3.9'\n",
        )]);
        assert!(found.decisive(Package::Taskgraph).is_none());
        assert!(found.disagreement(Package::Taskgraph).is_none());
        let (found, _) = pins(&[(
            "taskcluster/requirements.txt",
            "taskcluster-taskgraph==15.1.3 ; python_version >= '3.9'",
        )]);
        assert!(found.decisive(Package::Taskgraph).is_some());
    }

    #[test]
    fn what_cannot_be_read_or_lies_elsewhere_asks_for_nothing() {
        let (_, all) = pins(&[
            (
                "taskcluster/requirements.txt",
                "-r ../../outside.txt\n-r /etc/passwd\n-r https://example.org/x\n-r",
            ),
            ("taskcluster/uv.lock/not-a-file", ""),
            ("pyproject.toml", "[[[ x = 'taskcluster-taskgraph==1"),
        ]);
        assert_eq!(all, Vec::<String>::new());
        assert!(Pins::of(&Tree::embedded(&[])).0.is_empty());
    }

    #[test]
    fn a_tree_at_the_top_of_its_repository_is_read_once() {
        let folder =
            Folder::new(&[("requirements.txt", "taskcluster-taskgraph==15.1.3"), ("config.yml", "{}")]);
        let pins = Pins::of(&folder.tree_at(""));
        assert_eq!(pins.0.len(), 1);
        assert_eq!(pins.0[0].file, "requirements.txt");
    }
}
