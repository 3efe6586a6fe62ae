//! `action-callback` and `test-action-callback`: does what somebody asked of a task group, or says what it would do.

use crate::args::TreeOptions;
use crate::commands::decision::{DecisionSetup, can_create, decide, print_creation};
use crate::environment::{open_tree, settings};
use crate::failed_creation::report_failure;
use crate::output::write;
use crate::output_medium::one_line;
use crate::parameters::completed;
use crate::progress::connect;
use crate::report::{Reporter, count};
use crate::task_source::task_source;
use crate::{Status, environment};
use anstream::eprintln;
use anyhow::Context as _;
use clap::Args as ClapArgs;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::SystemTime;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::{OrMachine as _, Result};
use taskgraph::generator::Project;
use taskgraph::parameters::{LoadedValues, Params, Spec};
use taskgraph::registry::Registry;
use taskgraph::settings::Settings;
use taskgraph::task::Label;
use taskgraph::task::datestamp::resolve;
use taskgraph::task::id::TaskId;
use taskgraph_compat::source::Source;
use taskgraph_compat::value::{Map, Str, Value};
use taskgraph_compat::{json, map};
use taskgraph_decision::DecisionError;
use taskgraph_decision::actions;
use taskgraph_decision::actions::{Action, Call, Input, Plan};
use taskgraph_decision::decision::{Creator, EarlierRuns, Folder, new_tasks};
use taskgraph_taskcluster::{Cancellation, NewTask, Offline, Service, Taskcluster};

/// Flags of `action-callback`. What the action is about stands in the environment of its task.
#[derive(ClapArgs)]
pub(crate) struct ActionCallbackOptions {
    /// The tree.
    #[command(flatten)]
    pub tree: TreeOptions,

    /// The folders.
    #[command(flatten)]
    pub folders: FolderOptions,
}

/// Flags of `test-action-callback`.
#[derive(ClapArgs)]
pub(crate) struct TestActionCallbackOptions {
    /// The action: its callback name, which stands under `cb_name` in actions.json
    #[arg(value_name = "CALLBACK")]
    pub callback: String,

    /// The tree.
    #[command(flatten)]
    pub tree: TreeOptions,

    /// The task that the action is about
    #[arg(long, value_name = "TASK-ID")]
    pub task_id: Option<String>,

    /// The task group that the action is about
    #[arg(long, value_name = "TASK-ID")]
    pub task_group_id: Option<String>,

    /// Input of the action: a file (.yml or .json)
    #[arg(long, value_name = "FILE")]
    pub input: Option<PathBuf>,

    /// Parameters: a file (.yml or .json), a url, task-id=ID, project=NAME or index=PATH
    #[arg(short, long, value_name = "SPEC")]
    pub parameters: Option<String>,

    /// Ask no network: an action that has to know what a task or a group has is refused; nothing is found in the index
    #[arg(long)]
    pub offline: bool,

    /// The folders.
    #[command(flatten)]
    pub folders: FolderOptions,
}

/// Output folders of the artifacts.
#[derive(ClapArgs)]
pub(crate) struct FolderOptions {
    /// The folder for artifacts
    #[arg(long, value_name = "DIR", default_value = "artifacts")]
    pub artifacts_dir: PathBuf,

    /// The folder for the contexts of docker images
    #[arg(long, value_name = "DIR", default_value = "docker-contexts")]
    pub contexts_dir: PathBuf,
}

/// Everything about one call that does not depend on the action.
struct CallContext<'d> {
    project: &'d Project,
    params: &'d Params,
    settings: &'d Settings,
    /// Nobody where no network is asked.
    services: Option<&'d Taskcluster>,
    folders: &'d FolderOptions,
    reporter: &'d Reporter,
}

/// Does what the environment of the task says.
pub(crate) fn run(
    options: &ActionCallbackOptions,
    registry: &Registry,
    reporter: &Reporter,
) -> Result<Status> {
    let asked = environment::action()?;
    environment::needs_root_url()?;
    let settings = Settings {
        run_id: environment::run_id()?,
        task_source: task_source(false),
        ..settings(options.tree.run_task_dir.as_deref(), false, registry)?
    };
    let services = connect()?;
    can_create(&services)?;
    let project = Project::load(open_tree(options.tree.root.as_deref())?, registry, &BTreeSet::new())?;
    let action = actions::find(&project, &asked.callback)?;
    let task = asked.task.as_deref().map(TaskId::parse).transpose().context("ACTION_TASK_ID")?;
    let group = TaskId::parse(&asked.group).context("ACTION_TASK_GROUP_ID")?;
    let input = Input::read(Source::new("ACTION_INPUT", asked.input), true)?;
    let LoadedValues { values, layer } =
        Spec::Task(group.clone()).read(project.config.trust_domain(), &services)?;
    let params = Params::new(values, vec![layer]);
    actions::check_scopes(action, &params, &services.current_scopes()?)?;
    let context = CallContext {
        project: &project,
        params: &params,
        settings: &settings,
        services: Some(&services),
        folders: &options.folders,
        reporter,
    };
    let planned = context.plan(action, &input, Some(group), task, true)?;
    context.carry_out(planned, &services)
}

/// Says what an action would do.
pub(crate) fn test(
    options: &TestActionCallbackOptions,
    registry: &Registry,
    reporter: &Reporter,
) -> Result<Status> {
    let settings = Settings {
        task_source: task_source(options.offline),
        ..settings(options.tree.run_task_dir.as_deref(), false, registry)?
    };
    let project = Project::load(open_tree(options.tree.root.as_deref())?, registry, &BTreeSet::new())?;
    let action = actions::find(&project, &options.callback)?;
    let id = |flag: &str, text: &Option<String>| {
        text.as_deref().map(TaskId::parse).transpose().with_context(|| format!("--{flag}"))
    };
    let task = id("task-id", &options.task_id)?;
    let group = id("task-group-id", &options.task_group_id)?;
    let input = match &options.input {
        None => Input::default(),
        Some(path) => {
            Input::read(Source::read(path)?, path.extension().is_some_and(|ending| ending == "json"))?
        }
    };
    let given = options.parameters.as_deref();
    if let (true, Some(spec)) = (options.offline, given)
        && !matches!(Spec::parse(spec)?, Spec::File(_))
    {
        let message = format!("the parameters `{spec}` cannot be read with --offline");
        return Err(Problems::from(Problem::error("offline", message).help("name a file")).into());
    }
    let params = completed(&project, given, reporter)?;
    let services = if options.offline { None } else { Some(connect()?) };
    let context = CallContext {
        project: &project,
        params: &params,
        settings: &settings,
        services: services.as_ref(),
        folders: &options.folders,
        reporter,
    };
    let planned = context.plan(action, &input, group, task, false)?;
    context.rehearse(planned)
}

/// Plan of an action, with the tasks to create.
struct PlannedCall {
    plan: Plan,
    /// The tasks to create.
    tasks: Vec<NewTask>,
    /// Tasks that earlier runs of the action's task have created.
    earlier: EarlierRuns,
}

impl CallContext<'_> {
    /// Works out what is to be done. If it `continues` what earlier runs of the action's task began, tasks that these have
    /// created get the ids that they have.
    fn plan(
        &self,
        action: &Action,
        input: &Input,
        group: Option<TaskId>,
        task: Option<TaskId>,
        continues: bool,
    ) -> Result<PlannedCall> {
        let own = self.settings.task_id.as_deref().map(TaskId::parse).transpose().context("TASK_ID")?;
        let earlier = RefCell::new(EarlierRuns::default());
        let new_id = |label: &Label| earlier.borrow().id(label, |_| TaskId::random());
        let now = SystemTime::now();
        let call = Call {
            project: self.project,
            params: self.params,
            input,
            group,
            task,
            own: own.clone(),
            service: self.services.map_or(&Offline as &dyn Service, |services| services),
            settings: self.settings,
            now,
            new_id: &new_id,
        };
        let mut is_known = !continues;
        let (plan, tasks) = loop {
            earlier.borrow().begin();
            let plan = actions::plan(action, &call)?;
            if let (false, Some(services), Some(creator), Some(own)) =
                (is_known, self.services, self.creator()?, &plan.create)
            {
                is_known = true;
                let left = creator.earlier(services, &own.decision, now)?;
                if !left.is_empty() {
                    earlier.replace(left);
                    continue;
                }
            }
            let tasks = self.tasks(&plan, &new_id);
            if !earlier.borrow_mut().reject(&tasks, now)? {
                break (plan, tasks);
            }
        };
        self.reporter.warnings(&plan.warnings);
        for note in &plan.notes {
            eprintln!("{}", one_line(note));
        }
        self.write(&plan)?;
        Ok(PlannedCall { plan, tasks, earlier: earlier.take() })
    }

    /// The task that creates, if this runs in one.
    fn creator(&self) -> Result<Option<Creator>> {
        let task_id = self.settings.task_id.as_deref().map(TaskId::parse).transpose().context("TASK_ID")?;
        Ok(task_id.map(|task_id| Creator { task_id, run_id: self.settings.run_id }))
    }

    fn write(&self, plan: &Plan) -> Result<()> {
        if plan.artifacts.is_empty() {
            return Ok(());
        }
        let folder = Folder::open(&self.folders.artifacts_dir)?;
        let mut staged = folder.stage()?;
        for (name, content) in &plan.artifacts {
            staged.add(name, |out| Ok(out.write_all(content)?))?;
        }
        staged.place()
    }

    /// The tasks that a plan creates.
    fn tasks(&self, plan: &Plan, new_id: &dyn Fn(&Label) -> TaskId) -> Vec<NewTask> {
        let scheduler = self.project.config.scheduler_id(self.params.text("level"));
        let belonging = plan.create.iter();
        let mut new_id = |label: &Label| new_id(label);
        let mut tasks: Vec<NewTask> =
            belonging.flat_map(|own| new_tasks(&own.graph, &own.decision, &scheduler, &mut new_id)).collect();
        tasks.extend(plan.copy.clone());
        tasks
    }

    fn carry_out(&self, planned: PlannedCall, services: &Taskcluster) -> Result<Status> {
        let PlannedCall { plan, tasks, earlier } = planned;
        if !plan.cancel.is_empty() {
            let outcomes = services.cancel_all(&plan.cancel)?;
            for (task, outcome) in plan.cancel.iter().zip(&outcomes) {
                match outcome {
                    Cancellation::Cancelled => {}
                    Cancellation::Ended(state) => {
                        eprintln!("{task} is not cancelled: it has ended before ({state})")
                    }
                    Cancellation::Passed => {
                        eprintln!("{task} is past its deadline: it does not run, and cannot be cancelled");
                    }
                }
            }
            let cancelled = outcomes.iter().filter(|outcome| **outcome == Cancellation::Cancelled).count();
            eprintln!("{} cancelled", count(cancelled, "task"));
        }
        for task in &plan.rerun {
            services.rerun(task)?;
            eprintln!("{task} runs once more");
        }
        if !tasks.is_empty() {
            match (self.creator()?, &plan.create) {
                (Some(creator), Some(own)) => {
                    match creator.create(services, &own.decision, &earlier, tasks, []) {
                        Ok(creation) => print_creation(&creation),
                        Err(DecisionError::Creation(failure)) => {
                            return Ok(report_failure(&failure, self.reporter));
                        }
                        Err(DecisionError::Error(error)) => return Err(error),
                    }
                }
                _ => match services.create(tasks) {
                    Ok(created) => eprintln!("{} created", count(created.0.len(), "task")),
                    Err(failure) => return Ok(report_failure(&failure, self.reporter)),
                },
            }
        }
        match plan.decide {
            Some(params) => self.decide(params, plan.found_tasks, false),
            None => Ok(Status::Fine),
        }
    }

    /// Prints what would be done.
    fn rehearse(&self, planned: PlannedCall) -> Result<Status> {
        let PlannedCall { plan, tasks, .. } = planned;
        if let Some(params) = plan.decide {
            return self.decide(params, plan.found_tasks, true);
        }
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let now = i64::try_from(now.as_millis()).or_machine(|| "the clock is wrong")?;
        let create = tasks.iter().map(|task| {
            let id: Str = task.task_id.text().clone();
            Ok((id, Value::from(resolve(&task.definition, now)?)))
        });
        let create: Map = create.collect::<Result<_>>()?;
        let ids = |tasks: &[TaskId]| tasks.iter().map(|task| task.text().clone()).collect::<Value>();
        let shown = map! { "create" => create, "rerun" => ids(&plan.rerun), "cancel" => ids(&plan.cancel) };
        write(None, |out| {
            json::pretty_sorted(&shown.into(), &mut *out)?;
            Ok(writeln!(out)?)
        })?;
        Ok(Status::Fine)
    }

    fn decide(&self, params: Params, found_tasks: BTreeSet<Label>, is_dry_run: bool) -> Result<Status> {
        let task_id = match &self.settings.task_id {
            Some(id) => TaskId::parse(id).context("TASK_ID")?,
            None if is_dry_run => TaskId::random(),
            None => {
                let message = "TASK_ID is not set: tasks are created in the group of the action's task";
                return Err(Problems::from(Problem::error("no-task", message)).into());
            }
        };
        let setup = DecisionSetup {
            settings: self.settings,
            services: self.services,
            task_id,
            is_checked: true,
            found_tasks,
            is_dry_run,
            is_verbose: false,
            artifacts: &self.folders.artifacts_dir,
            contexts: &self.folders.contexts_dir,
        };
        decide(self.project, params, setup, self.reporter)
    }
}
