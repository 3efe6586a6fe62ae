//! `config continue`: writes the section of a config that goes on from what an earlier run has made.

use crate::Status;
use crate::environment::{open_tree_or_embedded, settings};
use crate::output::write;
use crate::output_medium::one_line;
use crate::progress::connect_as_anybody;
use crate::report::Reporter;
use anstream::eprintln;
use clap::Args as ClapArgs;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use std::time::SystemTime;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::Result;
use taskgraph::generator::Project;
use taskgraph::graph::diff::unified;
use taskgraph::optimize::index::{LookupRequest, TaskState};
use taskgraph::registry::Registry;
use taskgraph::task::id::TaskId;
use taskgraph_compat::source::Source;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Str, Value};
use taskgraph_taskcluster::{CallError, GroupTask, Taskcluster};
use taskgraph_training::earlier_run::{
    Continuation, Request, RunSource, Tasks, find, section, wanted, write as written,
};
use taskgraph_training::pipeline::{Training, TrainingPipeline};
use taskgraph_training::product::{Product, ProductValue};
use taskgraph_training::upgrade::Draft;
use taskgraph_training::{Checker, Input, ReportOutcome, no_training};

/// Flags of `config continue`.
#[derive(ClapArgs)]
pub(crate) struct ContinueOptions {
    /// A task group, a decision task, another task, the address of one of them or of an artifact, or a file with one of these
    #[arg(value_name = "WHERE")]
    pub origin: Option<String>,

    /// The training config in YAML that goes on; without one the section alone is printed
    #[arg(value_name = "CONFIG")]
    pub config: Option<PathBuf>,

    /// Take the newest tasks that the index has for these languages; no WHERE then
    #[arg(long, num_args = 2, value_names = ["SRC", "TRG"])]
    pub latest: Vec<String>,

    /// Mode of the models: use, continue or init [default: continue, or what the tree can do]
    #[arg(long, value_name = "MODE", value_parser = ["use", "continue", "init"])]
    pub mode: Option<String>,

    /// Take this only, as train-teacher or corpora.parallel; may be given several times [default: all that is there]
    #[arg(long, value_name = "NAME")]
    pub take: Vec<String>,

    /// The folder that has config.yml and kinds/ [default: taskcluster of this checkout, else the embedded kinds]
    #[arg(short, long, value_name = "DIR")]
    pub root: Option<PathBuf>,

    /// Write CONFIG if it passes afterwards; otherwise only what would change is shown
    #[arg(short, long)]
    pub write: bool,

    /// Time limit of an answer, more than 0; a service is asked four times
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = crate::commands::config::check::seconds, hide_short_help = true)]
    pub timeout: Duration,
}

/// The levels of the index that are looked at, in this order.
const LEVELS: [u8; 2] = [3, 1];

/// More members no ensemble has that is looked for in the index.
const MOST_MEMBERS: usize = 8;

/// The type of a model whose config has none.
const MODEL_TYPE: &str = "default";

/// Finds what there is, and shows or writes the section.
pub(crate) fn run(options: &ContinueOptions, registry: &Registry, reporter: &Reporter) -> Result<Status> {
    let (origin, config) = operands(options)?;
    let tree = open_tree_or_embedded(options.root.as_deref())?;
    let project = Project::load(tree, registry, &Default::default())?;
    let Some(TrainingPipeline { training, products, .. }) = TrainingPipeline::of(&project.extension) else {
        return Err(Problems::from(no_training(&project)).into());
    };
    let products = products();
    let config = config.map(|path| Source::read(&path).map(|source| (path, source))).transpose()?;
    let root_url = origin.as_ref().and_then(|origin| origin.root_url.clone());
    let services = connect_as_anybody(root_url, options.timeout)?;
    let request =
        request(options, training, &products, config.as_ref().map(|(_, source)| source), &services)?;
    let (tasks, task) = match &origin {
        Some(origin) => tasks_of(&services, &origin.id)?,
        None => (latest(&services, &project, &products, &request)?, None),
    };
    let request = Request { task, ..request };
    let (items, notes) = wanted(&Tasks::new(tasks), &products, &request)?;
    let ids: BTreeSet<&TaskId> =
        items.iter().flat_map(|item| item.tasks.iter().flatten()).map(|task| &task.task_id).collect();
    let artifacts = services.artifacts_of(&ids.into_iter().cloned().collect::<Vec<_>>())?;
    let found = find(items, &artifacts, &request)?;
    notes.iter().for_each(|note| eprintln!("{}", one_line(note)));
    print_notes(&found);
    reporter.problems(&found.warnings);
    match config {
        None => {
            write(None, |out| Ok(out.write_all(section(&found).as_bytes())?))?;
            Ok(Status::Fine)
        }
        Some((path, source)) => {
            rewrite((&path, source), &found, &project, training, options, registry, reporter)
        }
    }
}

/// Returns the source of the models, and the config. With `--latest` the only operand is the config.
fn operands(options: &ContinueOptions) -> Result<(Option<RunSource>, Option<PathBuf>)> {
    let refused =
        |message: String, help: &str| Problems::from(Problem::error("operands", message).help(help)).into();
    if !options.latest.is_empty() {
        return match (&options.origin, &options.config) {
            (config, None) => Ok((None, config.as_ref().map(PathBuf::from))),
            (Some(origin), Some(_)) => Err(refused(
                format!("`{origin}` and --latest both say where the models are"),
                "leave out one of them",
            )),
            (None, Some(config)) => Ok((None, Some(config.clone()))),
        };
    }
    let Some(text) = &options.origin else {
        let help =
            "name a task group, a task, an address of one, or a file with one of these; or --latest SRC TRG";
        return Err(refused("nothing says where the models are".into(), help));
    };
    let path = Path::new(text);
    let parsed = match path.is_file() {
        true => RunSource::read(&Source::read(path)?.text),
        false => RunSource::parse(text),
    };
    match parsed {
        Ok(origin) => Ok((Some(origin), options.config.clone())),
        Err(why) => Err(refused(format!("`{text}` does not say where the models are"), &why)),
    }
}

/// Builds the request from the flags, and from the languages and the ensemble of the config.
fn request(
    options: &ContinueOptions,
    training: &Training,
    products: &[Product],
    config: Option<&Arc<Source>>,
    services: &Taskcluster,
) -> Result<Request> {
    let mut request = Request {
        languages: None,
        members: None,
        mode: options.mode.clone(),
        present: Vec::new(),
        take: options.take.clone(),
        task: None,
        model_type: MODEL_TYPE.into(),
        root_url: services.access().root_url.clone(),
        now: SystemTime::now(),
    };
    if let [src, trg] = &options.latest[..] {
        request.languages = Some((src.clone(), trg.clone()));
    }
    let Some(source) = config else { return Ok(request) };
    if Path::new(&source.name).extension().is_some_and(|extension| extension == "json") {
        let message = format!("`{}` is JSON: only YAML is rewritten", source.name);
        return Err(Problems::from(Problem::error("no-yaml", message)).into());
    }
    let draft = Draft::read(source.clone(), training.parameter)?;
    let text = |path: &str| {
        let path = KeyPath(KeyPath::dotted(path).0.get(1..).unwrap_or_default().to_vec());
        draft.get(&path).and_then(Value::as_str).map(str::to_owned)
    };
    let own = text(training.src).zip(text(training.trg));
    if let (Some(latest), Some(own)) = (&request.languages, &own)
        && latest != own
    {
        let message = format!(
            "--latest asks for `{}-{}`, and the config is about `{}-{}`",
            latest.0, latest.1, own.0, own.1
        );
        return Err(Problems::from(Problem::error("other-pair", message)).into());
    }
    request.languages = own.or(request.languages);
    let places = products.iter().flat_map(|product| product.in_place_of);
    let has = |path: &&&str| draft.get(&KeyPath::dotted(path)).is_some_and(Value::truthy);
    request.present = places.filter(has).copied().collect();
    let counts = products.iter().find_map(|product| match product.form {
        ProductValue::Model { members, .. } => members,
        ProductValue::Files(_) => None,
    });
    let count = counts.and_then(|path| draft.get(&KeyPath::dotted(path))?.as_int());
    request.members = count.and_then(|count| usize::try_from(count).ok());
    Ok(request)
}

/// The tasks of a group; of a task those of its group, and its id.
fn tasks_of(services: &Taskcluster, id: &TaskId) -> Result<(Vec<GroupTask>, Option<TaskId>)> {
    // The queue may describe a task that heads no group as the head of an empty one.
    if let Some(members) = CallError::found(services.group(id))?.filter(|members| !members.is_empty()) {
        return Ok((members, None));
    }
    let gone = |message: String| Err(Problems::from(Problem::error("no-task", message)).into());
    let Some(definition) = CallError::found(services.definition(id))? else {
        return gone(format!("there is no task and no task group `{id}`, or there is no longer"));
    };
    let group = definition.get("taskGroupId").and_then(Value::as_str).unwrap_or_default();
    let group = TaskId::parse(group)?;
    match CallError::found(services.group(&group))? {
        Some(members) => Ok((members, Some(id.clone()))),
        None => gone(format!("the group `{group}` of task `{id}` is gone")),
    }
}

/// The newest tasks that the index has for a pair of languages: of the highest level that has one.
fn latest(
    services: &Taskcluster,
    project: &Project,
    products: &[Product],
    request: &Request,
) -> Result<Vec<GroupTask>> {
    let Some((src, trg)) = &request.languages else { return Ok(Vec::new()) };
    let mut labels = Vec::new();
    for product in products {
        for start in product.tasks() {
            let label = format!("{start}-{src}-{trg}");
            match product.form {
                ProductValue::Model { members: Some(_), .. } => {
                    labels.extend((1..=MOST_MEMBERS).map(|number| (start, format!("{label}-{number}"))));
                }
                _ => labels.push((start, label)),
            }
        }
    }
    let path = |level: u8, start: &str, label: &str| -> Str {
        let (domain, sort) = (project.config.trust_domain(), cache_type(project, start));
        format!("{domain}.cache.level-{level}.{sort}.{label}.latest").into()
    };
    let paths =
        LEVELS.iter().flat_map(|level| labels.iter().map(|(start, label)| path(*level, start, label)));
    let found = services.find(&LookupRequest { index_paths: paths.collect(), tasks: Vec::new() })?;
    let ids: Vec<TaskId> = labels
        .iter()
        .filter_map(|(start, label)| {
            LEVELS.iter().find_map(|level| found.index.get(&path(*level, start, label)).cloned())
        })
        .collect();
    if ids.is_empty() {
        let message = format!("the index has no model of `{src}-{trg}`");
        let label = format!("looked for at {}", path(LEVELS[0], labels[0].0, &labels[0].1));
        return Err(Problems::from(Problem::error("nothing-made", message).at("".into(), label)).into());
    }
    let definitions = services.definitions(&ids)?;
    let tasks = ids.into_iter().zip(definitions).filter_map(|(task_id, definition)| {
        let definition = definition?;
        let TaskState { state, took, .. } = found.states.get(&task_id)?.clone();
        let name = definition.get("metadata")?.get("name")?.as_str()?.into();
        Some(GroupTask { task_id, state, name, definition, took })
    });
    Ok(tasks.collect())
}

/// The type that the tasks of a kind are cached under: what the kind says, or else its name.
fn cache_type(project: &Project, task: &str) -> String {
    let kinds = project.kinds.values().filter(|kind| task.starts_with(&*kind.name));
    let Some(kind) = kinds.max_by_key(|kind| kind.name.len()) else { return task.to_owned() };
    let written = kind.descriptions.iter().find_map(|description| {
        description
            .fields
            .get("attributes")?
            .get("cache")?
            .get("type")?
            .as_str()
            .filter(|it| !it.contains('{'))
    });
    written.unwrap_or(&kind.name).to_owned()
}

/// Tells what was found.
fn print_notes(found: &Continuation) {
    for (item, _) in &found.sections {
        let tasks: Vec<String> =
            item.tasks.iter().flatten().map(|task| format!("{} ({})", task.name, task.task_id)).collect();
        let mut tasks = tasks;
        tasks.dedup();
        eprintln!("{}", one_line(&format!("{}: {}", item.product.name, tasks.join(", "))));
    }
}

/// Shows what changes in a config, and writes it if it passes afterwards.
fn rewrite(
    (path, source): (&Path, Arc<Source>),
    found: &Continuation,
    project: &Project,
    training: &Training,
    options: &ContinueOptions,
    registry: &Registry,
    reporter: &Reporter,
) -> Result<Status> {
    let name = source.name.clone();
    let after = written(source.clone(), training.parameter, found)?;
    let diff = unified((&name, &source.text), (&name, &after.text));
    let settings = settings(None, true, registry)?;
    let checker = Checker::new(project, &settings, SystemTime::now())?;
    let input = Input { source: Source::new(name.clone(), after.text.clone()), is_json: false };
    let checked = checker.check(&input)?;
    if !diff.is_empty() {
        write(None, |out| Ok(out.write_all(diff.as_bytes())?))?;
    }
    let errors: Vec<Problem> =
        checked.problems.iter().filter(|problem| problem.is_error()).cloned().collect();
    reporter.problems(&errors);
    let message = match (checked.outcome == ReportOutcome::Refused, diff.is_empty(), options.write) {
        (true, ..) => {
            "not written; what is named above would be wrong with it; --take names what else to hand in"
        }
        (_, true, _) => "says so already",
        (.., true) => {
            write(Some(path), |out| Ok(out.write_all(after.text.as_bytes())?))?;
            "written"
        }
        (.., false) => "not written; --write does it",
    };
    eprintln!("{}", one_line(&format!("{name}: {message}")));
    Ok(if checked.outcome == ReportOutcome::Refused { Status::Refused } else { Status::Fine })
}
