//! Findings about a tree. `docs/doctor.md` describes their JSON.

use std::collections::BTreeMap;
use std::path::Path;

use indexmap::IndexMap;
use serde::Serialize;
use taskgraph::diagnostics::{Problem, place_of_value};
use taskgraph::generator::Project;
use taskgraph::graph_config::GraphConfig;
use taskgraph::known_python::{InstalledVersion, Package, Pin, Pins, UnknownObject, Version, installed};
use taskgraph::newer_taskgraph;
use taskgraph::newer_taskgraph::Change;
use taskgraph::python_worker::{Because, Interpreter, MadeBy, NativeParts, WorkerFacts};
use taskgraph::registry::Registry;
use taskgraph::settings::RunTask;
use taskgraph_compat::source::Place;
use taskgraph_compat::value::Str;
use taskgraph_compat::value::path::KeyPath;

/// Something that is not there, or another than it should be.
#[derive(Serialize)]
pub(super) struct MissingPart {
    /// Whether no graph can be made without it.
    pub is_fatal: bool,
    /// Whether it is a package that was not found. What is found elsewhere, only the interpreter knows.
    #[serde(skip)]
    pub is_package: bool,
    /// Description.
    pub message: String,
    /// Way to get it.
    pub help: String,
}

/// The version of the JSON.
const VERSION: u32 = 1;

/// All that was found.
#[derive(Serialize)]
pub(super) struct Findings {
    version: u32,
    /// The tree, as it was given.
    pub tree: String,
    /// Whether a graph could be made here.
    pub can_be_made: bool,
    /// Native parts that stand in for Python: `known`, `always` or `never`.
    pub native_parts: &'static str,
    /// Taskgraph and what belongs to it.
    pub packages: Vec<PackageFound>,
    /// The interpreter that would run.
    pub python: Option<PythonFound>,
    /// The script run-task, if it was found with all that it needs.
    pub run_task: Option<String>,
    /// Parts of the tree besides its kinds.
    pub parts: Vec<Part>,
    /// The kinds, by name.
    pub kinds: Vec<Part>,
    /// Names that the Python of the tree has registered, if it ran.
    pub registered: Option<PythonRegistrations>,
    /// Differences of a newer Taskgraph; `None` if the tree could not be read.
    pub newer: Option<Vec<Change>>,
    /// Missing parts, and the way to get each.
    pub missing: Vec<MissingPart>,
    /// Problems of the tree.
    pub problems: Vec<Problem>,
}

/// Requirement of a tree for a package, and the installed version.
#[derive(Serialize)]
pub(super) struct PackageFound {
    /// `taskcluster-taskgraph`
    pub name: &'static str,
    /// All places that ask for a version, those that decide first.
    pub pinned: Vec<Pin>,
    /// The one that decides.
    pub decisive: Option<Pin>,
    /// Another place that asks for another version.
    pub disagrees: Option<Pin>,
    /// Package beside the interpreter.
    pub installed: InstalledVersion,
    /// The versions with which native parts were compared.
    pub compared: Vec<Version>,
}

/// An interpreter.
#[derive(Serialize)]
pub(super) struct PythonFound {
    /// The program.
    pub program: String,
    /// Reason for the choice of the interpreter.
    pub found_by: &'static str,
    /// Whether the file is there.
    pub exists: bool,
}

/// A kind, or another part of a tree, and who makes it.
#[derive(Serialize)]
pub(super) struct Part {
    /// Its name.
    pub name: String,
    /// `native`, `python`, or `none` where the tree has nothing of its own.
    pub made_by: &'static str,
    /// Reason for which it is made by Python.
    pub because: Option<Reason>,
}

/// Reason for which a part is made by Python.
#[derive(Serialize)]
pub(super) struct Reason {
    /// A word for scripts.
    reason: &'static str,
    /// Subject: a Python object, the name of something that is registered, a kind.
    pub object: Option<Str>,
    /// One sentence.
    pub message: String,
    /// The file that differs, if that is it.
    pub file: Option<String>,
    /// All that differs, and from what.
    unknown: Option<UnknownObject>,
    /// Place in the tree that names it.
    pub place: Option<Position>,
}

/// A place in a file.
#[derive(PartialEq, Serialize)]
pub(super) struct Position {
    file: String,
    line: u32,
    column: u32,
}

/// Additions of a tree's Python to Taskgraph.
#[derive(Serialize)]
pub(super) struct PythonRegistrations {
    /// The version of Python.
    pub python: String,
    /// The version of Taskgraph that was imported.
    pub taskgraph: String,
    /// Version of mozilla-taskgraph.
    pub mozilla_taskgraph: Option<String>,
    /// Names, by what they are of: `target-methods`, `payloads`, …
    pub names: BTreeMap<&'static str, Vec<String>>,
    /// Parts of Taskgraph that are replaced.
    pub replaced: Vec<Str>,
    /// Schemas of Taskgraph that have grown.
    pub schemas: Vec<Str>,
    /// Kinds that are made by Python only because of what was registered.
    #[serde(skip)]
    kinds: IndexMap<Str, Because>,
}

/// The interpreter, and what is installed beside it.
pub(super) struct Installation<'r> {
    /// The interpreter; nothing if there is none, or none may run.
    pub interpreter: Option<Interpreter<'r>>,
    packages: Vec<PackageFound>,
}

impl<'r> Installation<'r> {
    /// Looks into files. Nothing is started.
    pub(super) fn of(pins: &Pins, registry: &'r Registry) -> Self {
        let python = registry.python();
        let folders = python.map_or(&[][..], |python| python.site_packages());
        let package = |package: Package| PackageFound {
            name: package.name(),
            pinned: pins.all(package).cloned().collect(),
            decisive: pins.decisive(package).cloned(),
            disagrees: pins.disagreement(package).map(|(_, other)| other.clone()),
            installed: installed(folders, package),
            compared: registry.table().versions(package).to_vec(),
        };
        Installation {
            interpreter: python.and_then(|python| python.interpreter()),
            packages: Package::ALL.map(package).into(),
        }
    }
}

impl Findings {
    /// Collects the findings that do not need the tree's kinds.
    pub(super) fn new(
        tree: String,
        installation: Installation<'_>,
        run_task: Option<&RunTask>,
        registry: &Registry,
    ) -> Self {
        let native_parts = registry.python().map(|python| python.native_parts()).unwrap_or_default();
        Findings {
            version: VERSION,
            tree,
            can_be_made: false,
            native_parts: match native_parts {
                NativeParts::Known => "known",
                NativeParts::Always => "always",
                NativeParts::Never => "never",
            },
            packages: installation.packages,
            python: installation.interpreter.map(PythonFound::from),
            run_task: run_task.map(|run_task| run_task.script().display().to_string()),
            parts: Vec::new(),
            kinds: Vec::new(),
            registered: None,
            newer: None,
            missing: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// Takes in who makes what.
    pub(super) fn take(&mut self, project: &Project) {
        let parts = project.parts.all().into_iter();
        self.parts = parts.map(|(name, made_by)| part(name, made_by, &project.config)).collect();
        let kinds = project.kinds.values();
        self.kinds = kinds
            .map(|kind| Part::new(kind.name.to_string(), &kind.made_by, kind.place_of_reason()))
            .collect();
        self.kinds.sort_by(|one, other| one.name.cmp(&other.name));
        self.problems.extend(project.without_python());
        self.take_newer(project);
    }

    /// Takes in what is otherwise in versions that are newer than that of the tree. Each place counts once, however many
    /// tasks it is for.
    fn take_newer(&mut self, project: &Project) {
        let (mut changes, problems) = newer_taskgraph::changes(project);
        changes.extend(taskgraph_transforms::changes(project));
        changes.retain(|change| project.config.version < change.since);
        changes.sort();
        changes.dedup();
        self.problems.extend(problems);
        self.newer = Some(changes);
    }

    /// Takes in what the Python of the tree says.
    pub(super) fn take_registered(&mut self, registered: PythonRegistrations) {
        for (name, because) in &registered.kinds {
            let kind = self.kinds.iter_mut().find(|kind| *kind.name == **name && kind.because.is_none());
            if let Some(kind) = kind {
                *kind = Part::new(name.to_string(), &MadeBy::Python(because.clone()), None);
            }
        }
        self.registered = Some(registered);
    }

    /// Whether anything has to be made by Python.
    pub(super) fn needs_python(&self) -> bool {
        self.parts.iter().chain(&self.kinds).any(|part| part.because.is_some())
    }

    /// Says whether a graph could be made.
    pub(super) fn conclude(&mut self) {
        self.can_be_made = !self.missing.iter().any(|missing| missing.is_fatal)
            && !self.problems.iter().any(Problem::is_error);
    }
}

/// A part that is not a kind. Where the tree names nothing, there is nothing of its own.
fn part(name: &str, made_by: &MadeBy, config: &GraphConfig) -> Part {
    let key = match name {
        "Taskgraph" => None,
        "decision parameters" => Some("decision-parameters"),
        _ => Some("register"),
    };
    let place = key.map(|key| {
        config.taskgraph(key).is_some().then(|| {
            let path = KeyPath::dotted("taskgraph").join(key);
            place_of_value(&config.document, &path)
        })
    });
    match place {
        Some(None) => Part { name: name.into(), made_by: "none", because: None },
        place => Part::new(name.into(), made_by, place.flatten()),
    }
}

impl Part {
    fn new(name: String, made_by: &MadeBy, place: Option<Place>) -> Self {
        let because = made_by.because();
        let made_by = if because.is_some() { "python" } else { "native" };
        Part { name, made_by, because: because.map(|because| Reason::new(because, place)) }
    }
}

impl Reason {
    /// Returns the subject, unless the message names it.
    pub(super) fn object_besides(&self) -> Option<&str> {
        self.object.as_deref().filter(|object| !self.message.contains(*object))
    }
}

/// Two reasons are one if people read the same.
impl PartialEq for Reason {
    fn eq(&self, other: &Self) -> bool {
        (&self.message, &self.object, &self.place) == (&other.message, &other.object, &other.place)
    }
}

impl Reason {
    fn new(because: &Because, place: Option<Place>) -> Self {
        let (reason, object, unknown) = match because {
            Because::NoNative(object) => ("no-native", Some(object), None),
            Because::Unknown { object, why } => ("unknown", Some(object), Some(UnknownObject::clone(why))),
            Because::Registered { name, .. } => ("registered", Some(name), None),
            Because::Replaced(name) => ("replaced", Some(name), None),
            Because::Extended(name) => ("extended", Some(name), None),
            Because::Changed(kind) => ("changed", Some(kind), None),
            Because::Asked => ("asked", None, None),
        };
        Reason {
            reason,
            object: object.cloned(),
            message: because.to_string(),
            file: because.file().map(str::to_owned),
            unknown,
            place: place.map(|Place { source, span }| Position {
                file: source.name.clone(),
                line: span.line,
                column: span.column,
            }),
        }
    }
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

impl From<Interpreter<'_>> for PythonFound {
    fn from(interpreter: Interpreter<'_>) -> Self {
        let Interpreter { program, found_by } = interpreter;
        PythonFound { program: program.display().to_string(), found_by, exists: Path::is_file(program) }
    }
}

impl PythonRegistrations {
    /// Builds the registrations from the reply of a worker, and from the kinds that follow from it.
    pub(super) fn new(opened: &WorkerFacts, kinds: IndexMap<Str, Because>) -> Self {
        let registered = &opened.registered;
        let mut names = BTreeMap::new();
        for (what, set) in [
            ("target-methods", &registered.target_methods),
            ("filters", &registered.filters),
            ("strategies", &registered.strategies),
            ("payloads", &registered.payloads),
            ("run-using", &registered.run_using),
            ("from-deps", &registered.from_deps),
            ("index-types", &registered.index_types),
        ] {
            names.insert(what, set.iter().cloned().collect::<Vec<_>>());
        }
        names.insert("verifications", registered.verifications.keys().cloned().collect());
        for (what, is_there) in [("morphs", registered.morphs), ("parameters", registered.parameters)] {
            names.insert(what, if is_there { vec!["yes".into()] } else { Vec::new() });
        }
        names.retain(|_, names| !names.is_empty());
        PythonRegistrations {
            python: opened.python.clone(),
            taskgraph: opened.taskgraph.clone(),
            mozilla_taskgraph: opened.mozilla_taskgraph.clone(),
            names,
            replaced: opened.replaced.clone(),
            schemas: opened.registered.schemas.clone(),
            kinds,
        }
    }
}
