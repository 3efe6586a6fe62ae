//! Operands of `graph diff`: the sources of the two graphs.

use crate::commands::graph::diff_options::DiffOptions;
use crate::config_graph::params_of;
use crate::environment::open_tree_or_embedded;
use crate::progress::connect_for_a_look;
use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::Result;
use taskgraph::generator::Project;
use taskgraph::graph::diff::{Tasks, read_tasks, tasks_of};
use taskgraph::parameters::Params;
use taskgraph::registry::Registry;
use taskgraph::settings::Settings;
use taskgraph::task::id::TaskId;
use taskgraph::tree::revision::Revision;
use taskgraph_compat::source::Source;

/// Prefix of an operand that names a decision task.
const TASK_ID: &str = "task-id=";

/// Artifact of a decision task with the full graph.
const ARTIFACT: &str = "public/full-task-graph.json";

/// One of the two graphs, before it is read or made.
pub(super) struct Operand {
    from: OperandSource,
    revision: Option<String>,
}

enum OperandSource {
    /// The parameters that the tree has by itself.
    Defaults,
    /// A training config or a set of parameters.
    Config(PathBuf),
    /// A file with a graph.
    File(PathBuf),
    /// A decision task, which published its graph.
    Task(TaskId),
}

/// A graph, and what people call it.
pub(super) struct Side {
    /// Name: a file, and the revision of the tree.
    pub name: String,
    /// Its tasks.
    pub tasks: Tasks,
    /// Whether it was made by somebody else.
    pub is_read: bool,
    /// Warnings of its making.
    pub warnings: Vec<Problem>,
}

/// Both operands of a call, the older one first.
pub(super) fn parse_operands(options: &DiffOptions) -> Result<[Operand; 2]> {
    let refused = |message: &str, help: &str| {
        Err(Problems::from(Problem::error("graph-diff", message).help(help)).into())
    };
    let revisions = &options.revisions;
    if revisions.len() > 2 {
        return refused(
            "more than two revisions are given",
            "--rev stands for the first graph, then for the second",
        );
    }
    let (before, after) = match &options.graphs[..] {
        [before, after] => (Some(before), Some(after)),
        _ if revisions.is_empty() => {
            return refused(
                "there is nothing to compare with",
                "name a second graph, or a revision of the tree with --rev",
            );
        }
        [both] => (Some(both), Some(both)),
        _ => (None, None),
    };
    let operand = |text: Option<&String>, revision: Option<&String>| -> Result<Operand> {
        Ok(Operand { from: from(text.map(String::as_str))?, revision: revision.cloned() })
    };
    let both = [operand(before, revisions.first())?, operand(after, revisions.get(1))?];
    for one in &both {
        if let (OperandSource::Task(task_id), true) = (&one.from, options.offline) {
            let message = format!("what task `{task_id}` published cannot be read with --offline");
            return refused(
                &message,
                "fetch its artifact public/full-task-graph.json first, and name that file",
            );
        }
        let graph = match &one.from {
            OperandSource::File(path) => format!("`{}`", path.display()),
            OperandSource::Task(task_id) => format!("what task `{task_id}` published"),
            OperandSource::Config(_) | OperandSource::Defaults => continue,
        };
        if one.revision.is_some() || options.needed {
            let message = format!("{graph} is a graph and not a config");
            return refused(&message, "--rev and --needed are for graphs that are made out of a tree");
        }
    }
    Ok(both)
}

fn from(text: Option<&str>) -> Result<OperandSource> {
    let Some(text) = text else { return Ok(OperandSource::Defaults) };
    if let Some(task_id) = text.strip_prefix(TASK_ID) {
        let task_id = TaskId::parse(task_id);
        let refused = |error| Problems::from(Problem::error("task-id", format!("{error}")));
        return Ok(OperandSource::Task(task_id.map_err(refused)?));
    }
    let path = PathBuf::from(text);
    Ok(if is_graph(&path) { OperandSource::File(path) } else { OperandSource::Config(path) })
}

/// Whether a file holds a graph: JSON whose first value has a `label` and a `task`. What cannot be read is reported by whoever
/// reads it.
fn is_graph(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "json")
        && Source::read(path).is_ok_and(|source| read_tasks(&source).is_ok_and(|tasks| !tasks.is_empty()))
}

impl Operand {
    /// Reads or makes the graph.
    pub(super) fn side(&self, operands: &Operands<'_>) -> Result<Side> {
        let config = match &self.from {
            OperandSource::File(path) => {
                let tasks = read_tasks(&*Source::read(path)?)?;
                return Ok(Side {
                    name: path.display().to_string(),
                    tasks,
                    is_read: true,
                    warnings: Vec::new(),
                });
            }
            OperandSource::Task(task_id) => return published(task_id),
            OperandSource::Config(path) => Some(path.as_path()),
            OperandSource::Defaults => None,
        };
        let name = config.map_or_else(|| "the tree".to_owned(), |path| path.display().to_string());
        let project = operands.project()?;
        // The parameters are those of the tree as it lies there: what a revision changes is the tree, and nothing else.
        let (mut params, mut warnings) = params_of(project, config, None, operands.now)?;
        let Some(rev) = &self.revision else {
            return operands.side(name, project, &params, warnings);
        };
        let revision = Revision::read(&project.tree, Some(rev))?;
        let older = Project::load(revision.tree(&project.tree)?, operands.registry, &Default::default())?;
        let found = older.complete(&mut params, operands.now)?;
        Problems(found.clone()).check()?;
        warnings.extend(found);
        operands.side(format!("{name} at {rev}"), &older, &params, warnings)
    }
}

/// The graph that a decision task published.
fn published(task_id: &TaskId) -> Result<Side> {
    let name = format!("{TASK_ID}{task_id}");
    let Some(bytes) = connect_for_a_look()?.artifact(task_id, ARTIFACT)? else {
        let message = format!("task `{task_id}` has no artifact `{ARTIFACT}`");
        let help = "name a task that ended with a graph: a decision task, or an action";
        return Err(Problems::from(Problem::error("task-id", message).help(help)).into());
    };
    let tasks = read_tasks(&*Source::decode(format!("{name}/{ARTIFACT}"), bytes)?)?;
    Ok(Side { name, tasks, is_read: true, warnings: Vec::new() })
}

/// Settings that both graphs are made with.
pub(super) struct Operands<'s> {
    registry: &'s Registry,
    root: Option<&'s Path>,
    settings: &'s Settings,
    needed: bool,
    now: SystemTime,
    project: OnceCell<Project>,
}

impl<'s> Operands<'s> {
    /// A bench for a call. The tree is opened once something is made of it.
    pub(super) fn new(options: &'s DiffOptions, registry: &'s Registry, settings: &'s Settings) -> Self {
        let root = options.tree.root.as_deref();
        Operands {
            registry,
            root,
            settings,
            needed: options.needed,
            now: SystemTime::now(),
            project: OnceCell::new(),
        }
    }

    /// The tree as it lies there.
    fn project(&self) -> Result<&Project> {
        if let Some(project) = self.project.get() {
            return Ok(project);
        }
        let tree = open_tree_or_embedded(self.root)?;
        let project = Project::load(tree, self.registry, &Default::default())?;
        Ok(self.project.get_or_init(|| project))
    }

    fn side(
        &self,
        name: String,
        project: &Project,
        params: &Params,
        mut warnings: Vec<Problem>,
    ) -> Result<Side> {
        let full = project.full(params, self.settings)?;
        let tasks = match self.needed {
            true => tasks_of(&project.target(&full, params)?.graph)?,
            false => tasks_of(&full.graph)?,
        };
        warnings.extend(full.warnings);
        Ok(Side { name, tasks, is_read: false, warnings })
    }
}
