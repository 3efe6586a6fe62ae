//! `decision`: what a decision task runs.

use crate::args::TreeOptions;
use crate::commands::preview::rendered;
use crate::environment::{needs_root_url, open_tree, run_id, settings};
use crate::failed_creation::report_failure;
use crate::output_medium::OutputMedium;
use crate::output_medium::one_line;
use crate::progress::{ask, connect};
use crate::report::{Reporter, count};
use crate::task_source::task_source;
use crate::text_layout::Page;
use crate::{Status, known_urls};
use anstream::{eprintln, println};
use clap::Args as ClapArgs;
use std::collections::BTreeSet;
use std::path::Path;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};
use taskgraph::diagnostics::{Problem, Problems, Severity};
use taskgraph::error::Result;
use taskgraph::generator::Project;
use taskgraph::known_urls::Urls;
use taskgraph::optimize::index::LookupAnswers;
use taskgraph::parameters::Params;
use taskgraph::registry::Registry;
use taskgraph::settings::Settings;
use taskgraph::task::Label;
use taskgraph::task::id::TaskId;
use taskgraph_compat::time::parse_json_date;
use taskgraph_decision::DecisionError;
use taskgraph_decision::decision::{
    Creation, Decision, DecisionEvent, DecisionResult, DerivedParameters, Queue, Step, Summary, parameters,
};
use taskgraph_taskcluster::{Service, Taskcluster};
use taskgraph_training::Counts;

/// Flags of `decision`.
#[derive(ClapArgs)]
pub(crate) struct DecisionOptions {
    /// The tree.
    #[command(flatten)]
    pub tree: TreeOptions,

    /// Leave out what has to hold for every graph
    #[arg(long)]
    pub no_verify: bool,

    /// Say more: why each task is kept, removed or replaced
    #[arg(short, long)]
    pub verbose: bool,

    /// Write everything, create nothing, and say what would be created
    #[arg(long)]
    pub dry_run: bool,

    /// With --dry-run: ask no network; nothing is found in the index, and urls are assumed to be there
    #[arg(long, requires = "dry_run")]
    pub offline: bool,

    /// The folder for artifacts
    #[arg(long, value_name = "DIR", default_value = "artifacts")]
    pub artifacts_dir: PathBuf,

    /// The folder for the contexts of docker images
    #[arg(long, value_name = "DIR", default_value = "docker-contexts")]
    pub contexts_dir: PathBuf,

    /// A JSON list of the urls that exist: questions about urls are answered from it
    #[arg(long, value_name = "FILE")]
    pub known_urls: Option<PathBuf>,

    /// The commit message; Taskgraph takes it, too, and reads it nowhere
    #[arg(long, hide = true, value_name = "TEXT")]
    pub message: Option<String>,

    /// The event.
    #[command(flatten)]
    pub event: EventOptions,
}

/// Event that causes a decision.
#[derive(ClapArgs)]
#[command(next_help_heading = "The event")]
pub(crate) struct EventOptions {
    /// The project: the name of the repository
    #[arg(long)]
    pub project: String,

    /// The id of the push in the pushlog; 0 if there is none
    #[arg(long, value_name = "ID")]
    pub pushlog_id: String,

    /// When it was pushed, in seconds since 1970; 0 for now
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    pub pushdate: i64,

    /// The address of the owner of the graph
    #[arg(long)]
    pub owner: String,

    /// The SCM level of the repository
    #[arg(long)]
    pub level: String,

    /// The method that picks targets [default: the default method, or what the commit message asks for]
    #[arg(long, value_name = "METHOD")]
    pub target_tasks_method: Option<String>,

    /// git or hg
    #[arg(long, value_name = "TYPE")]
    pub repository_type: String,

    /// The url of the repository that changes go to
    #[arg(long, value_name = "URL")]
    pub base_repository: String,

    /// The branch that changes go to [default: the default branch]
    #[arg(long, value_name = "REF", default_value = "", hide_default_value = true)]
    pub base_ref: String,

    /// The commit that changes start from [default: the latest that both branches have]
    #[arg(long, value_name = "REV", default_value = "", hide_default_value = true)]
    pub base_rev: String,

    /// The url of the repository that changes come from
    #[arg(long, value_name = "URL")]
    pub head_repository: String,

    /// The branch that changes come from
    #[arg(long, value_name = "REF")]
    pub head_ref: String,

    /// The commit that is built
    #[arg(long, value_name = "REV")]
    pub head_rev: String,

    /// The tag of that commit
    #[arg(long, value_name = "TAG", default_value = "", hide_default_value = true)]
    pub head_tag: String,

    /// Cause of the graph: github-push, github-pull-request, cron, action, …
    #[arg(long, value_name = "EVENT")]
    pub tasks_for: String,

    /// The file with parameters of a try push or a pull request [default: try_task_config.json]
    #[arg(long, value_name = "FILE")]
    pub try_task_config_file: Option<PathBuf>,

    /// Read parameters from try_task_config.json or from git notes [Taskgraph 21 and later]
    #[arg(long)]
    pub allow_parameter_override: bool,
}

/// Decides.
pub(crate) fn run(options: DecisionOptions, registry: &Registry, reporter: &Reporter) -> Result<Status> {
    let urls = known_urls::read(options.known_urls.as_deref())?;
    let settings = settings(options.tree.run_task_dir.as_deref(), false, registry)?;
    let settings = Settings {
        urls,
        verify: !options.no_verify,
        run_id: run_id()?,
        task_source: task_source(options.offline),
        ..settings
    };
    let task_id = task_id(&settings, options.dry_run)?;
    if !options.dry_run {
        needs_root_url()?;
    }
    let services = match options.offline {
        true => None,
        false => Some(connect()?),
    };
    if let (Some(services), false) = (&services, options.dry_run) {
        can_create(services)?;
    }
    let tree = open_tree(options.tree.root.as_deref())?;
    let project = Project::load(tree, registry, &Default::default())?;
    reporter.warnings(&Vec::from_iter(project.equal_keys().into_iter().chain(project.misspelled_keys())));
    // The same in each run of the task, so that what one run has created is what the next one needs.
    let now = match &services {
        Some(services) if !options.dry_run => begun(services, &task_id)?,
        _ => SystemTime::now(),
    };
    let DerivedParameters { params, notes } =
        parameters(&project, &event_of(options.event), Path::new("."), now)?;
    notes.iter().for_each(|note| eprintln!("{}", one_line(note)));
    let setup = DecisionSetup {
        settings: &settings,
        services: services.as_ref(),
        task_id,
        is_checked: false,
        found_tasks: BTreeSet::new(),
        is_dry_run: options.dry_run,
        is_verbose: options.verbose,
        artifacts: &options.artifacts_dir,
        contexts: &options.contexts_dir,
    };
    decide(&project, params, setup, reporter)
}

/// Input of a decision besides its parameters.
pub(crate) struct DecisionSetup<'w> {
    /// Settings of this run of the program.
    pub settings: &'w Settings,
    /// Taskcluster; without it no network is asked.
    pub services: Option<&'w Taskcluster>,
    /// The task that decides.
    pub task_id: TaskId,
    /// Whether the parameters were checked before.
    pub is_checked: bool,
    /// Labels whose existing task was found in earlier groups, and not named by anybody.
    pub found_tasks: BTreeSet<Label>,
    /// Whether nothing is to be created.
    pub is_dry_run: bool,
    /// Whether to print the outcome of each task.
    pub is_verbose: bool,
    /// The folder for artifacts.
    pub artifacts: &'w Path,
    /// The folder for the contexts of docker images.
    pub contexts: &'w Path,
}

/// Decides with certain parameters, and prints the progress.
pub(crate) fn decide(
    project: &Project,
    params: Params,
    setup: DecisionSetup<'_>,
    reporter: &Reporter,
) -> Result<Status> {
    if let Some(problem) = project.without_python() {
        let help =
            "decide in a whole checkout, or take the native parts for what they are with --native always";
        return Err(Problems::from(Problem { severity: Severity::Error, ..problem }.help(help)).into());
    }
    let services = setup.services;
    let decided = taskgraph_decision::decision::run(
        project,
        params,
        &Decision {
            task_id: setup.task_id,
            settings: setup.settings,
            is_checked: setup.is_checked,
            found_tasks: &setup.found_tasks,
            probe: &|questions| match services {
                None => Urls::Unasked,
                Some(_) => ask(questions),
            },
            find: &|wanted| {
                services.map_or_else(|| Ok(LookupAnswers::default()), |services| Ok(services.find(wanted)?))
            },
            queue: services.filter(|_| !setup.is_dry_run).map(|services| services as &dyn Queue),
            new_id: &|_| TaskId::random(),
            artifacts: setup.artifacts,
            contexts: setup.contexts,
            render: &rendered,
            notify: &|step| match (step, services) {
                (Step::LooksUp(..), None) => eprintln!("the index is not queried"),
                (step, _) => print_step(step, setup.is_verbose, reporter),
            },
            now: SystemTime::now(),
        },
    );
    match decided {
        Ok(decided) => {
            end(&decided, setup.artifacts);
            Ok(Status::Fine)
        }
        Err(DecisionError::Creation(failure)) => Ok(report_failure(&failure, reporter)),
        Err(DecisionError::Error(error)) => Err(error),
    }
}

/// The id of the task that this runs in. Where nothing is created, any will do.
fn task_id(settings: &Settings, is_dry_run: bool) -> Result<TaskId> {
    let refused = |message: String| {
        let help =
            "the worker sets it in every task; with --dry-run nothing is created, and it may be missing";
        Problems::from(Problem::error("no-task", message).help(help)).into()
    };
    match (&settings.task_id, is_dry_run) {
        (Some(id), _) => TaskId::parse(id).map_err(|error| refused(format!("TASK_ID: {error}"))),
        (None, true) => Ok(TaskId::random()),
        (None, false) => {
            Err(refused("TASK_ID is not set: tasks are created in the group of their decision task".into()))
        }
    }
}

/// Returns the creation time of the task that this runs in; now, if the queue does not know the task.
fn begun(services: &Taskcluster, task_id: &TaskId) -> Result<SystemTime> {
    let definition = Service::definition(services, task_id)?;
    let created = definition.as_ref().and_then(|definition| definition.get("created")?.as_str());
    let micros = created.and_then(parse_json_date).and_then(|micros| u64::try_from(micros).ok());
    Ok(micros.map_or_else(SystemTime::now, |micros| SystemTime::UNIX_EPOCH + Duration::from_micros(micros)))
}

/// Tasks are created with the scopes of somebody.
pub(crate) fn can_create(services: &Taskcluster) -> Result<()> {
    let access = services.access();
    if access.proxy_url.is_some() || access.credentials.is_some() {
        return Ok(());
    }
    let message = "tasks cannot be created: found neither a proxy nor credentials";
    let help = "a task with the feature `taskclusterProxy` has TASKCLUSTER_PROXY_URL; elsewhere set TASKCLUSTER_CLIENT_ID and TASKCLUSTER_ACCESS_TOKEN; --dry-run creates nothing";
    Err(Problems::from(Problem::error("credentials", message).help(help)).into())
}

fn print_step(step: &Step<'_>, is_verbose: bool, reporter: &Reporter) {
    match step {
        Step::Warnings(warnings) => reporter.warnings(warnings),
        Step::Made { tasks, targets } => {
            eprintln!("{}, {targets} of them asked for or needed", count(*tasks, "task"));
        }
        Step::Python(python) => eprintln!("{}", one_line(&python.to_string())),
        Step::LooksUp(paths, 0) => eprintln!("looking {} up", count(*paths, "index path")),
        Step::LooksUp(paths, tasks) => {
            let (paths, tasks) = (count(*paths, "index path"), count(*tasks, "existing task"));
            eprintln!("looking {paths} and {tasks} up");
        }
        Step::Optimized(outcomes) => {
            let count = |word| outcomes.values().filter(|outcome| outcome.word() == word).count();
            let counts = Counts {
                would_run: count("kept"),
                used_again: count("replaced"),
                not_needed: count("removed"),
            };
            eprintln!("{}", counts.words());
            for (label, outcome) in outcomes.iter().filter(|_| is_verbose) {
                eprintln!("  {}", one_line(&format!("{label}: {outcome}")));
            }
        }
        Step::Creates(summary) => {
            eprintln!("artifacts are written; {} to create", count(summary.tasks, "task"))
        }
    }
}

fn end(decided: &DecisionResult, artifacts: &Path) {
    match &decided.creation {
        Some(creation) => print_creation(creation),
        None => {
            let page = would_create(&decided.summary);
            println!("{page}\nnothing was created; the artifacts are in {}", artifacts.display());
        }
    }
}

/// Tells how many tasks were created, and what became of those that an earlier run has left.
pub(crate) fn print_creation(creation: &Creation) {
    let Creation { created, adopted, cancelled } = creation;
    for task in cancelled {
        let (label, task_id) = (&task.label, &task.task_id);
        eprintln!("{}", one_line(&format!("{label} ({task_id}) is of an earlier run, and is cancelled")));
    }
    if !adopted.is_empty() {
        eprintln!("used again of an earlier run: {}", count(adopted.len(), "task"));
    }
    eprintln!("{} created", count(created.0.len(), "task"));
}

fn would_create(summary: &Summary) -> String {
    let mut page = Page::new(OutputMedium::of(None));
    page.line(&format!("would create {}", count(summary.tasks, "task")));
    let row = |(name, tasks): (String, usize)| vec![tasks.to_string(), name];
    for (title, rows) in [
        (
            "By kind",
            summary.kinds.iter().map(|(kind, tasks)| row((kind.to_string(), *tasks))).collect::<Vec<_>>(),
        ),
        ("By worker pool", summary.pools.iter().map(|(pool, tasks)| row((pool.clone(), *tasks))).collect()),
    ] {
        page.heading(title);
        page.table(2, &[0], &rows);
    }
    page.into_text()
}

fn event_of(event: EventOptions) -> DecisionEvent {
    DecisionEvent {
        project: event.project,
        pushlog_id: event.pushlog_id,
        pushdate: event.pushdate,
        owner: event.owner,
        level: event.level,
        target_tasks_method: event.target_tasks_method,
        repository_type: event.repository_type,
        base_repository: event.base_repository,
        base_ref: event.base_ref,
        base_rev: event.base_rev,
        head_repository: event.head_repository,
        head_ref: event.head_ref,
        head_rev: event.head_rev,
        head_tag: event.head_tag,
        tasks_for: event.tasks_for,
        try_task_config: event.try_task_config_file,
        allow_parameter_override: event.allow_parameter_override,
    }
}
