//! The choice between native parts and the tree's own Python, for each part of a tree.
//!
//! Invariant: a native part stands in for a Python object only if that object is known to equal it, if the tree has no
//! Python at all, or if the user says so.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::diagnostics::{Problem, place_of_value};
use crate::extension::Extension;
use crate::graph_config::GraphConfig;
use crate::known_python::{Modules, Package, Pins, Role, Verdict, Versions, installed, requirements};
use crate::python_worker::{Because, MadeBy, NativeParts, Refusal};
use crate::registry::Registry;
use crate::tree::Tree;
use taskgraph_compat::suggest;
use taskgraph_compat::value::Value;

/// A transform of Taskgraph that stands for all of it: its modules are known by their version.
const CORE: &str = "taskgraph.transforms.task";

/// Decides who makes the parts of a tree.
pub struct Judge<'a> {
    native_parts: NativeParts,
    modules: Modules<'a>,
    refusal: Option<PythonRefusal<'a>>,
    /// Whether the tree has no Python of its own, as one whose kinds somebody has copied out.
    is_copied: bool,
    has_no_python: AtomicBool,
}

impl<'a> Judge<'a> {
    /// Whether the tree has no Python of its own.
    pub fn is_copied(&self) -> bool {
        self.is_copied
    }

    /// A judge for a tree whose Python is known as far as `table` says.
    pub fn new(tree: &'a Tree, registry: &'a Registry, versions: &'a Versions) -> Self {
        let python = registry.python();
        Judge {
            native_parts: match tree.is_embedded() {
                true => NativeParts::Always,
                false => python.map(|python| python.native_parts()).unwrap_or_default(),
            },
            modules: Modules::new(tree, registry.table(), versions),
            refusal: match python {
                Some(python) => python.refusal(),
                None => Some(Refusal::NotSupported),
            }
            .map(|why| PythonRefusal { why, tree }),
            is_copied: false,
            has_no_python: AtomicBool::new(false),
        }
    }

    /// The same, knowing the register function of the tree: if its package is not there, the version of Taskgraph that the
    /// tree pins makes no difference either.
    pub fn of_register(mut self, register: Option<&str>) -> Self {
        let verdict = register.map(|register| self.modules.verdict(register));
        self.is_copied = matches!(verdict, Some(Verdict::NoPython));
        self
    }

    /// A judge for who only looks at the kinds and makes nothing of them: who would make them is no matter.
    pub fn of_looks(tree: &'a Tree, registry: &'a Registry, versions: &'a Versions) -> Self {
        Judge { native_parts: NativeParts::Always, refusal: None, ..Judge::new(tree, registry, versions) }
    }

    /// The same for somebody who wants to know who would make what: nothing is refused.
    pub fn that_refuses_nothing(self) -> Self {
        Judge { refusal: None, ..self }
    }

    /// Returns the maker of the part that Python calls `object`, for which there is a native part if it
    /// `is_registered`.
    pub fn made_by(&self, object: &str, is_registered: bool) -> MadeBy {
        let name = || object.into();
        match (self.native_parts, is_registered) {
            (NativeParts::Never, _) => MadeBy::Python(Because::Asked),
            (_, false) => MadeBy::Python(Because::NoNative(name())),
            (NativeParts::Always, true) => MadeBy::Native,
            (NativeParts::Known, true) => match self.modules.verdict(object) {
                Verdict::Known => MadeBy::Native,
                Verdict::NoPython => {
                    self.has_no_python.store(true, Ordering::Relaxed);
                    MadeBy::Native
                }
                Verdict::Unknown(_) if self.is_copied && Package::of_object(object).is_some() => {
                    self.has_no_python.store(true, Ordering::Relaxed);
                    MadeBy::Native
                }
                Verdict::Unknown(why) => MadeBy::Python(Because::Unknown { object: name(), why }),
            },
        }
    }

    /// A module that a register function imports, and its role.
    pub fn pieces(&self, register: &str) -> Vec<(Role, String)> {
        self.modules.pieces(register)
    }

    /// The reason why Python cannot make anything; `None` if it can.
    pub fn refusal(&self) -> Option<&PythonRefusal<'a>> {
        self.refusal.as_ref()
    }

    /// Whether a native part was taken because the tree has no Python that it could differ from.
    pub fn has_no_python(&self) -> bool {
        self.has_no_python.load(Ordering::Relaxed)
    }
}

/// The versions of Taskgraph that a tree pins, and that are installed beside the interpreter.
pub(crate) fn versions(pins: &Pins, registry: &Registry) -> Versions {
    let folders: &[PathBuf] = registry.python().map_or(&[], |python| python.site_packages());
    Versions::of(pins, |package: Package| installed(folders, package))
}

/// The makers of a tree's parts besides its kinds.
#[derive(Debug, Default)]
pub struct Parts {
    /// Taskgraph itself: the phases, and what it verifies.
    pub core: MadeBy,
    /// The function that `taskgraph.register` names.
    pub register: MadeBy,
    /// The parameters, their defaults and their schema.
    pub parameters: MadeBy,
    /// The target methods.
    pub target_methods: MadeBy,
    /// The verifications.
    pub verifications: MadeBy,
    /// The payloads of workers.
    pub payloads: MadeBy,
    /// The actions.
    pub actions: MadeBy,
    /// The function that `taskgraph.decision-parameters` names.
    pub decision_parameters: MadeBy,
}

impl Parts {
    /// Decides for a tree with this config. What is Python's is taken out of the extension that stands in for it.
    pub fn of(
        config: &GraphConfig,
        extension: &mut Extension,
        registry: &Registry,
        judge: &Judge<'_>,
    ) -> Self {
        let mut parts = Parts { core: judge.made_by(CORE, true), ..Parts::default() };
        if let Some(name) = config.taskgraph("register").and_then(Value::as_str) {
            parts.register = judge.made_by(name, registry.find_extension(name).is_some());
            parts.of_roles(name, judge);
        }
        if let Some(name) = config.taskgraph("decision-parameters").and_then(Value::as_str) {
            let is_known = extension.decision_parameters.iter().any(|(known, _)| *known == name);
            parts.decision_parameters = judge.made_by(name, is_known);
        }
        parts.take_out(extension);
        parts
    }

    /// Judges the modules that the register function imports, each by itself.
    fn of_roles(&mut self, register: &str, judge: &Judge<'_>) {
        let parts = [
            (Role::Parameters, &mut self.parameters),
            (Role::TargetMethods, &mut self.target_methods),
            (Role::Verifications, &mut self.verifications),
            (Role::Payloads, &mut self.payloads),
            (Role::Actions, &mut self.actions),
        ];
        let pieces = judge.pieces(register);
        for (role, part) in parts {
            *part = self.register.clone();
            if part.is_python() {
                continue;
            }
            let objects = pieces.iter().filter(|(of, _)| *of == role);
            let made_by = objects.map(|(_, object)| judge.made_by(object, true));
            *part = made_by.into_iter().find(MadeBy::is_python).unwrap_or_default();
        }
    }

    fn take_out(&self, extension: &mut Extension) {
        if self.parameters.is_python() {
            extension.parameters = &[];
            extension.defaults = Vec::new();
            extension.check = None;
            extension.questions = None;
            extension.left_to_python.push(Role::Parameters);
        }
        if self.target_methods.is_python() {
            extension.target_methods = &[];
        }
        if self.verifications.is_python() {
            extension.verify = None;
        }
        if self.actions.is_python() {
            extension.left_to_python.push(Role::Actions);
        }
        if self.decision_parameters.is_python() {
            extension.decision_parameters = &[];
        }
    }

    /// Each part that is not native, and why.
    pub fn in_python(&self) -> impl Iterator<Item = (&'static str, &Because)> {
        self.all().into_iter().filter_map(|(name, part)| Some((name, part.because()?)))
    }

    /// All parts. The first one is Taskgraph itself.
    pub fn all(&self) -> [(&'static str, &MadeBy); 8] {
        [
            ("Taskgraph", &self.core),
            ("register", &self.register),
            ("parameters", &self.parameters),
            ("target methods", &self.target_methods),
            ("verifications", &self.verifications),
            ("payloads", &self.payloads),
            ("actions", &self.actions),
            ("decision parameters", &self.decision_parameters),
        ]
    }

    /// Returns the problem if something needs Python and Python cannot run.
    pub fn refused(&self, config: &GraphConfig, registry: &Registry, judge: &Judge<'_>) -> Option<Problem> {
        let refusal = judge.refusal()?;
        let (_, because) = self.in_python().next()?;
        let path = "taskgraph.register".into();
        let place = Some(place_of_value(&config.document, &path));
        let problem = refusal.problem(because);
        let label = match because {
            Because::NoNative(name) => suggest::nearest(name, registry.extension_names())
                .map(|nearest| format!("did you mean `{nearest}`?")),
            _ => None,
        };
        Some(problem.at(path, label.unwrap_or_default()).in_place(place))
    }
}

/// The reason why no part of a tree can be made by Python.
pub struct PythonRefusal<'a> {
    why: Refusal,
    tree: &'a Tree,
}

impl PythonRefusal<'_> {
    /// The problem of a part that only Python could make.
    pub fn problem(&self, because: &Because) -> Problem {
        let way_out = self.why.way_out(&requirements(&Pins::of(self.tree)));
        let instead = match because {
            Because::Unknown { .. } => ", or take the native part for what it is with `--native always`",
            Because::Asked => ", or leave out `--native never`",
            _ => "",
        };
        Problem::error("no-python", because.to_string())
            .help(format!("{}: {way_out}{instead}", self.why.message()))
    }

    /// The file that a Python object is in, if the tree has it: `taskcluster/own/transforms/one.py`.
    pub fn file_of(&self, object: &str) -> Option<String> {
        let module = object.split(':').next()?.replace('.', "/");
        let files = [format!("{module}.py"), format!("{module}/__init__.py")];
        files.iter().find(|file| self.tree.has(file)).map(|file| self.tree.from_top(file))
    }
}
