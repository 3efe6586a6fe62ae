//! Renders `actions.json`: the actions that user interfaces offer for a task group, and the hooks that they
//! trigger.

use crate::actions::action::{Action, all};
use taskgraph::diagnostics::{Problem, Problems, place_of_value};
use taskgraph::error::Result;
use taskgraph::generator::Project;
use taskgraph::graph_config::DISABLED_ACTIONS;
use taskgraph::parameters::Params;
use taskgraph::schema::fields::Fields;
use taskgraph::tree::Tree;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Value};
use taskgraph_compat::{map, suggest};

/// The file that the hooks of a repository are made of.
const TASKCLUSTER_YML: &str = ".taskcluster.yml";

/// Number of digits of the digest in the name of a hook.
const DIGITS: usize = 10;

/// Owner of the push that an action belongs to.
const OWNER: &str = "mozilla-taskcluster-maintenance@mozilla.com";

/// All actions that are offered for the graph of a decision. Python: `render_actions_json`.
pub fn render(project: &Project, params: &Params, decision_task_id: &str) -> Result<Value> {
    let digest = digest(&project.tree)?;
    if project.parts.actions.is_python() || project.parts.core.is_python() {
        return project.worker()?.actions(&project.tree, params.values(), decision_task_id);
    }
    let kind = if params.is_pull_request() { "in-tree-pr-action" } else { "in-tree-action" };
    let level = params.text("level");
    let mut actions = Vec::new();
    let disabled = disabled(project)?;
    let offered =
        |action: &&Action| !disabled.contains(&action.callback_name) && (action.is_available)(params);
    for action in all(project).into_iter().filter(offered) {
        let mut shown = described(action);
        shown.put("context", action.context.to_value());
        if let Some(schema) = action.schema {
            shown.put("schema", schema(project)?);
        }
        shown.put("kind", "hook");
        shown.put("hookGroupId", format!("project-{}", project.config.trust_domain()));
        // Without the slash a role for all hooks of one permission would also fit another that starts alike.
        shown.put("hookId", format!("{kind}-{level}-{}/{digest}", action.permission));
        shown.put("hookPayload", payload(action, params, decision_task_id));
        shown.put("extra", map! { "actionPerm" => action.permission });
        actions.push(shown.into());
    }
    Ok(map! { "version" => 1, "variables" => Value::map(), "actions" => Value::from(actions) }.into())
}

/// The names of actions that config.yml leaves out. Each has to be one.
fn disabled(project: &Project) -> Result<Vec<&str>> {
    if !project.config.version.has_disabled_actions() {
        return Ok(Vec::new());
    }
    let disabled = project.config.taskgraph(DISABLED_ACTIONS).and_then(Value::as_list).unwrap_or_default();
    let known: Vec<&str> = all(project).iter().map(|action| action.callback_name).collect();
    let mut problems = Vec::new();
    for (index, name) in disabled.iter().enumerate().filter_map(|(index, name)| Some((index, name.as_str()?)))
    {
        if !known.contains(&name) {
            let path = KeyPath::dotted("taskgraph").join(DISABLED_ACTIONS).join(index);
            let label = match suggest::nearest(name, known.iter().copied()) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => format!("the actions are {}", suggest::list(known.iter().copied())),
            };
            let place = Some(place_of_value(&project.config.document, &path));
            let problem = Problem::error("unknown-action", format!("there is no action `{name}`"));
            problems.push(problem.at(path, label).in_place(place));
        }
    }
    Problems(problems).check()?;
    Ok(disabled.iter().filter_map(Value::as_str).collect())
}

fn digest(tree: &Tree) -> Result<String> {
    if tree.disk_path(TASKCLUSTER_YML).is_ok_and(|path| path.is_file()) {
        return Ok(tree.hash(TASKCLUSTER_YML)?[..DIGITS].to_owned());
    }
    let message = format!("there is no {TASKCLUSTER_YML} at the top of the repository of {}", tree.name());
    let help = "actions run by hooks, and the name of a hook has a part of the digest of this file in it";
    Err(Problems::from(Problem::error("no-taskcluster-yml", message).help(help)).into())
}

fn described(action: &Action) -> Map {
    map! { "name" => action.name, "title" => action.title, "description" => action.description }
}

/// Builds the payload of the hook in JSON-e: facts of the decision, and those that are only known when the action is
/// triggered.
fn payload(action: &Action, params: &Params, decision_task_id: &str) -> Map {
    let given = |name: &str| params.get(name).cloned().unwrap_or_default();
    let mut decided = described(action);
    decided.put("taskGroupId", decision_task_id);
    decided.put("cb_name", action.callback_name);
    decided.put("symbol", action.symbol);
    let repository = map! {
        "url" => given("head_repository"),
        "project" => given("project"),
        "level" => given("level"),
        "base_url" => given("base_repository"),
    };
    let mut push = map! {
        "owner" => OWNER,
        "pushlog_id" => given("pushlog_id"),
        "revision" => given("head_rev"),
        "base_revision" => given("base_rev"),
    };
    let (branch, base_branch) = (given("head_ref"), given("base_ref"));
    if base_branch.truthy() && branch != base_branch {
        push.put("base_branch", base_branch);
    }
    if branch.truthy() {
        push.put("branch", branch);
    }
    let from_context = |expression: &str| map! { "$eval" => expression };
    let user = ["input", "taskId", "taskGroupId"].map(|name| (name.into(), from_context(name).into()));
    map! {
        "decision" => map! { "action" => decided, "repository" => repository, "push" => push },
        "user" => Map::from_iter(user),
    }
}
