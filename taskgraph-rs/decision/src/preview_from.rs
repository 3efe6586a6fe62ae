//! Plans for a preview what the action `train` would do with earlier task groups, and compares their tasks with
//! those of the config.
//!
//! The plan is that of the action, and tasks are accepted by the rules of a decision. Nothing is decided here.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use crate::actions;
use crate::actions::{Call, Plan};
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::Result;
use taskgraph::generator::{NO_DECISION, OptimizeRequest, Project};
use taskgraph::graph::diff::{FieldChange, changes};
use taskgraph::optimize::index::LookupAnswers;
use taskgraph::optimize::{ReplacedBy, TaskOutcome, existing_check, settle_existing};
use taskgraph::parameters::Params;
use taskgraph::schema::fields::Fields as _;
use taskgraph::settings::Settings;
use taskgraph::task::id::TaskId;
use taskgraph::task::{Label, datestamp};
use taskgraph_compat::time::parse_json_date;
use taskgraph_compat::value::path::{KeyPath, Step};
use taskgraph_compat::value::{Map, Str, Value};
use taskgraph_taskcluster::{CachedService, Service};
use taskgraph_training::pipeline::Training;
use taskgraph_training::{
    ContinuationOutcome, EarlierGroups, EarlierPlan, EarlierReport, EarlierTask, History, Input, Run,
    problems_of,
};

/// The action that goes on from groups.
const ACTION: &str = "train";

/// Keys of a definition that determine the work of a task. The others are the same for all tasks of a push, or name
/// other tasks.
const COMPARED: [&str; 5] = ["provisionerId", "workerType", "requires", "retries", "payload"];

/// Placeholders for the id of the decision task in a graph that no task makes.
const UNKNOWN_DECISION: [&str; 2] = ["<TASK_ID>", NO_DECISION];

/// Ends of variables that name the revision: they differ from push to push.
const OF_THE_PUSH: [&str; 6] =
    ["_HEAD_REV", "_HEAD_REF", "_HEAD_REPOSITORY", "_BASE_REV", "_BASE_REF", "_BASE_REPOSITORY"];

/// The groups to go on from, besides what the config says of them.
pub struct Groups<'r> {
    /// The groups; none if those of the config are meant.
    pub ids: Vec<String>,
    /// The stage to start at, or how the labels start that are done anew.
    pub start: Option<String>,
    /// Service that answers the requests.
    pub service: &'r dyn Service,
}

/// Plan of the action for the groups: the parameters of its decision, and the facts known of each task.
struct ContinuationPlan<'r> {
    service: CachedService<'r>,
    plan: Plan,
    groups: Vec<TaskId>,
}

/// A task of an earlier group.
struct PreviousTask {
    task_id: TaskId,
    state: Option<Str>,
    definition: Value,
}

impl EarlierGroups for Groups<'_> {
    fn plan<'p>(
        &'p self,
        project: &Project,
        training: &Training,
        (input, params): (&Input, &Params),
        (settings, now): (&Settings, std::time::SystemTime),
        problems: &mut Vec<Problem>,
    ) -> Result<Option<(Box<dyn EarlierPlan + 'p>, Params)>> {
        let service = CachedService::new(self.service);
        let Some(action) =
            actions::of_tree(&project.extension).iter().find(|action| action.callback_name == ACTION)
        else {
            problems.push(Problem::error("no-action", format!("this tree has no action `{ACTION}`")));
            return Ok(None);
        };
        let Some(given) = problems_of(given(self, training, input), problems)? else { return Ok(None) };
        let ids: Vec<TaskId> = ids(&given.value, training);
        // One list for each group has more facts than a request for each task.
        for group in &ids {
            service.group(group)?;
        }
        let new_id = |_: &Label| TaskId::random();
        let call = Call {
            project,
            params,
            input: &given,
            group: None,
            task: None,
            own: None,
            service: &service,
            settings,
            now,
            new_id: &new_id,
        };
        let Some(mut plan) = problems_of(actions::plan(action, &call), problems)? else { return Ok(None) };
        let params = plan.decide.take();
        let going = |params| -> (Box<dyn EarlierPlan + 'p>, Params) {
            (Box::new(ContinuationPlan { service, plan, groups: ids }), params)
        };
        Ok(params.map(going))
    }
}

impl EarlierPlan for ContinuationPlan<'_> {
    fn add_times(&self, history: &mut History) -> Result<()> {
        for group in &self.groups {
            history.add_group(&self.service.group(group)?.unwrap_or_default());
        }
        Ok(())
    }

    fn notes(&self) -> &[String] {
        &self.plan.notes
    }

    fn look(
        &self,
        project: &Project,
        params: &mut Params,
        run: &Run,
        (settings, now): (&Settings, std::time::SystemTime),
        problems: &mut Vec<Problem>,
    ) -> Result<(IndexMap<Label, TaskOutcome>, EarlierReport, LookupAnswers)> {
        let before = self.before(params)?;
        let found = self.service.find(&project.lookup_request(&run.targets, params, settings)?)?;
        let named: BTreeSet<Label> = taskgraph::optimize::existing_tasks(params)?.into_keys().collect();
        let mut unusable: BTreeMap<Label, String> = BTreeMap::new();
        let (optimized, warnings) = settle_existing(params, &self.plan.found_tasks, |params| {
            let asked = OptimizeRequest { settings, decision_task_id: NO_DECISION, found: &found, now };
            let optimized = project.optimize(&run.targets, params, &asked, &mut TaskId::of_label)?;
            for task in &optimized.existing.unusable {
                unusable.insert(task.label.clone(), task.why.to_string());
            }
            Ok(optimized)
        })?;
        problems.extend(warnings);
        let not_taken = problems_of(existing_check(params, &optimized.existing), problems)?;
        problems.extend(not_taken.unwrap_or_default());
        let changes = self.changes(project, params, run, settings, &before)?;
        let mut earlier =
            EarlierReport { groups: self.groups.clone(), counts: IndexMap::new(), tasks: IndexMap::new() };
        for (label, outcome) in &optimized.outcomes {
            let old = before.get(label);
            let becomes = becomes(outcome, old, named.contains(label), unusable.contains_key(label));
            *earlier.counts.entry(becomes).or_default() += 1;
            let why = match (becomes, old) {
                (ContinuationOutcome::StartsAnew, _) => "at or after the start".into(),
                (ContinuationOutcome::New, _) => "no earlier group has a task for it".into(),
                (ContinuationOutcome::Unusable, old) => match unusable.get(label) {
                    Some(why) => format!("the earlier task cannot be used: {why}"),
                    None => {
                        let state = old.and_then(|old| old.state.as_deref()).unwrap_or_default();
                        format!("the earlier task is {state}")
                    }
                },
                _ => outcome.to_string(),
            };
            let task = EarlierTask {
                becomes,
                why,
                task_id: old.map(|old| old.task_id.clone()),
                state: old.and_then(|old| old.state.clone()),
                changes: changes.get(label).cloned().unwrap_or_default(),
            };
            earlier.tasks.insert(label.clone(), task);
        }
        earlier.tasks.sort_keys();
        earlier.counts.sort_by_key(|becomes, _| *becomes as usize);
        Ok((optimized.outcomes, earlier, found))
    }
}

impl ContinuationPlan<'_> {
    /// The tasks of the groups and those that stand in, by label. A later group goes before an earlier one, and what is
    /// used before all of them.
    fn before(&self, params: &Params) -> Result<IndexMap<Label, PreviousTask>> {
        let mut before = IndexMap::new();
        for group in &self.groups {
            for member in self.service.group(group)?.unwrap_or_default() {
                let Ok(label) = Label::parse(&member.name) else { continue };
                let (task_id, definition) = (member.task_id, member.definition);
                before.insert(label, PreviousTask { task_id, state: Some(member.state), definition });
            }
        }
        let existing = taskgraph::optimize::existing_tasks(params)?;
        let ids: Vec<TaskId> = existing.values().cloned().collect();
        for ((label, task_id), definition) in existing.into_iter().zip(self.service.definitions(&ids)?) {
            let known = before.get(&label).is_some_and(|known: &PreviousTask| known.task_id == task_id);
            if let (false, Some(definition)) = (known, definition) {
                before.insert(label, PreviousTask { task_id, state: None, definition });
            }
        }
        Ok(before)
    }

    /// Returns the differences between each earlier task and the one of this config, as if it depended on the earlier
    /// ones.
    fn changes(
        &self,
        project: &Project,
        params: &Params,
        run: &Run,
        settings: &Settings,
        before: &IndexMap<Label, PreviousTask>,
    ) -> Result<IndexMap<Label, Vec<FieldChange>>> {
        let settings = &Settings { optimize: false, verify: false, ..settings.clone() };
        let found = Default::default();
        let now = std::time::SystemTime::UNIX_EPOCH;
        let asked = OptimizeRequest { settings, decision_task_id: NO_DECISION, found: &found, now };
        let id = |label: &Label| before.get(label).map(|old| old.task_id.clone());
        let mut new_id = |label: &Label| id(label).unwrap_or_else(|| TaskId::of_label(label));
        let mut params = params.clone();
        params.values_mut().put("existing_tasks", Map::default());
        let all = project.optimize(&run.targets, &params, &asked, &mut new_id)?;
        let labels: IndexMap<&str, &Label> =
            all.label_to_taskid.iter().map(|(label, id)| (id.as_str(), label)).collect();
        let own: Vec<&str> = UNKNOWN_DECISION.into_iter().chain(settings.task_id.as_deref()).collect();
        let mut found = IndexMap::new();
        for ready in all.graph.tasks.values() {
            let label = &ready.task.label;
            let Some(old) = before.get(label) else { continue };
            let ours = compared(&resolved(&ready.definition, &old.definition)?, &labels, &own);
            let creators = [
                old.definition.get("extra").and_then(|extra| extra.get("parent")),
                old.definition.get("taskGroupId"),
            ];
            let creators: Vec<&str> = creators.into_iter().flatten().filter_map(Value::as_str).collect();
            let theirs = compared(old.definition.as_map().unwrap_or(&Map::default()), &labels, &creators);
            let mut fields = changes(&theirs.into(), &ours.into());
            fields.retain(|field| !is_of_the_push(&field.path));
            found.insert(label.clone(), fields);
        }
        Ok(found)
    }
}

/// The config as the input of the action: with the groups and the start that were named.
fn given(groups: &Groups<'_>, training: &Training, input: &Input) -> Result<actions::Input> {
    let read = actions::Input::read(input.source.clone(), input.is_json)?;
    // Of a whole set of parameters the config is a part: places in it would be wrong.
    let (value, document) = match read.value.get(training.parameter) {
        Some(config) => (config.clone(), None),
        None => (read.value, read.document),
    };
    let mut config = value.as_map().cloned().unwrap_or_default();
    let [start, named, ..] = training.action_keys else { return Ok(actions::Input { value, document }) };
    let last = |path: &str| KeyPath::dotted(path).last_key().unwrap_or_default().to_owned();
    if !groups.ids.is_empty() {
        config.put(&last(named), groups.ids.iter().map(|id| Value::from(id.as_str())).collect::<Value>());
    }
    if let Some(at) = &groups.start {
        config.put(&last(start), at.as_str());
    }
    if !config.contains_key(&*last(named)) {
        let help = format!("name a task group: --from GROUP, or `{}` in the config", last(named));
        let problem = Problem::error("no-group", "there is no group to go on from").help(help);
        return Err(Problems::from(problem).into());
    }
    Ok(actions::Input { value: config.into(), document })
}

/// The groups that a config names. The action reports what is not an ID.
fn ids(config: &Value, training: &Training) -> Vec<TaskId> {
    let key = training.action_keys.get(1).map(|path| KeyPath::dotted(path)).unwrap_or_default();
    let listed = key.last_key().and_then(|key| config.get(key)?.as_list()).unwrap_or_default();
    listed.iter().filter_map(|id| TaskId::parse(id.as_str()?).ok()).collect()
}

/// Returns the outcome of a task. `is_named` means that an earlier task was to be used, `is_unusable` that it cannot
/// be.
fn becomes(
    outcome: &TaskOutcome,
    old: Option<&PreviousTask>,
    is_named: bool,
    is_unusable: bool,
) -> ContinuationOutcome {
    let has_completed = old.is_some_and(|old| old.state.as_deref().is_none_or(|state| state == "completed"));
    match outcome {
        TaskOutcome::Replaced(_, replaced) if matches!(replaced.by, ReplacedBy::ExistingTasks) => {
            ContinuationOutcome::UsedAgain
        }
        TaskOutcome::Replaced(..) => ContinuationOutcome::Cached,
        TaskOutcome::Removed(_) => ContinuationOutcome::NotNeeded,
        TaskOutcome::Kept(_) if old.is_none() => ContinuationOutcome::New,
        TaskOutcome::Kept(_) if is_unusable => ContinuationOutcome::Unusable,
        TaskOutcome::Kept(_) if is_named => ContinuationOutcome::Upstream,
        TaskOutcome::Kept(_) if !has_completed => ContinuationOutcome::Unusable,
        TaskOutcome::Kept(_) => ContinuationOutcome::StartsAnew,
    }
}

/// A definition with its points in time, as if it had been created with the earlier task.
fn resolved(definition: &Map, earlier: &Value) -> Result<Map> {
    let created = earlier.get("created").and_then(Value::as_str).and_then(parse_json_date);
    Ok(datestamp::resolve(definition, created.unwrap_or_default() / 1_000)?)
}

/// Returns the compared part of a definition. `creators` are the names of the task that creates it.
fn compared(definition: &Map, labels: &IndexMap<&str, &Label>, creators: &[&str]) -> Map {
    let mut out = Map::default();
    let routes = definition.get("routes").and_then(Value::as_list).unwrap_or_default();
    // The index path of a cached task ends with the digest of what it is made of.
    let digest = routes.iter().filter_map(Value::as_str).find_map(|route| route.split_once(".hash."));
    if let Some((_, digest)) = digest {
        out.put("digest", digest);
    }
    let needed = definition.get("dependencies").and_then(Value::as_list).unwrap_or_default();
    let needed: BTreeSet<&str> =
        needed.iter().filter_map(|id| Some(labels.get(id.as_str()?)?.as_str())).collect();
    out.put("dependencies", needed.into_iter().collect::<Value>());
    for key in COMPARED {
        if let Some(value) = definition.get(key).cloned().or_else(|| queue_default(key)) {
            out.put(key, without_creators(&value, creators));
        }
    }
    out
}

/// Returns the default that the queue fills into a definition.
fn queue_default(key: &str) -> Option<Value> {
    match key {
        "requires" => Some("all-completed".into()),
        "retries" => Some(5.into()),
        _ => None,
    }
}

/// A value in whose texts the task that creates it has no name of its own: scripts are its artifacts.
fn without_creators(value: &Value, creators: &[&str]) -> Value {
    match value {
        Value::Str(text) => {
            let neutral = |text: String, id: &&str| text.replace(*id, "<decision>");
            creators.iter().fold(text.to_string(), neutral).into()
        }
        Value::List(items) => items.iter().map(|item| without_creators(item, creators)).collect(),
        Value::Map(map) => {
            let entries = map.iter().map(|(key, value)| (key.clone(), without_creators(value, creators)));
            Value::from(entries.collect::<Map>())
        }
        other => other.clone(),
    }
}

/// Whether a field says of which push a task is.
fn is_of_the_push(path: &KeyPath) -> bool {
    let name = match path.0.last() {
        Some(Step::Key(name)) => &**name,
        _ => return false,
    };
    path.0.len() == 3 && OF_THE_PUSH.iter().any(|end| name.ends_with(end))
}
