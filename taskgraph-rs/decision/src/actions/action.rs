//! Actions as data: name, context, permission, input schema and planner.

use crate::actions::call::{Call, name_of};
use crate::actions::plan::Plan;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::Result;
use taskgraph::extension::Extension;
use taskgraph::generator::Project;
use taskgraph::known_python::Role;
use taskgraph::parameters::Params;
use taskgraph_compat::suggest;
use taskgraph_compat::value::{Map, Value, intern};

/// Works out what an action wants done. Nothing is changed by it.
pub type Planner = fn(&Call<'_>) -> Result<Plan>;

/// The JSON schema of an action's input, for the tree that it is shown for.
pub type InputSchema = fn(&Project) -> Result<Value>;

/// An action. Several may have the same name: user interfaces show the first whose context fits a task.
#[derive(Clone, Copy)]
pub struct Action {
    /// Name that user interfaces refer to.
    pub name: &'static str,
    /// Name that the action's task is called with; unique among the actions.
    pub callback_name: &'static str,
    /// For a menu.
    pub title: &'static str,
    /// For people, in Markdown.
    pub description: &'static str,
    /// Symbol of the action's task in Treeherder.
    pub symbol: &'static str,
    /// Its place in menus: small ones come first, equal ones in the order of the table.
    pub order: u32,
    /// Scope: the whole graph, or tasks with certain tags.
    pub context: Context,
    /// The permission that it takes: a part of the names of hooks and roles. Never has a slash in it.
    pub permission: &'static str,
    /// Whether it is offered for a graph.
    pub is_available: fn(&Params) -> bool,
    /// The input it takes, if it takes any.
    pub schema: Option<InputSchema>,
    /// Function that plans the action.
    pub plan: Planner,
}

/// The permission that any action may take.
pub const GENERIC: &str = "generic";

/// An action is offered for every graph, unless it says otherwise.
pub fn always(_: &Params) -> bool {
    true
}

/// Scope of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    /// The whole task group.
    Group,
    /// Any task.
    AnyTask,
    /// A task that has one of these tags.
    Tagged(&'static [(&'static str, &'static str)]),
}

impl Context {
    /// As actions.json has it: a list of tag-sets.
    pub fn to_value(self) -> Value {
        match self {
            Context::Group => Value::list(),
            Context::AnyTask => [Map::default()].into_iter().collect(),
            Context::Tagged(tags) => {
                tags.iter().map(|(name, value)| Map::from_iter([(intern(name), (*value).into())])).collect()
            }
        }
    }

    /// Whether a task with these tags is what the action is about.
    pub fn fits(self, tags: Option<&Map>) -> bool {
        match self {
            Context::Group | Context::AnyTask => true,
            Context::Tagged(wanted) => wanted.iter().any(|(name, value)| {
                tags.and_then(|tags| tags.get(*name)).and_then(Value::as_str) == Some(*value)
            }),
        }
    }
}

/// The actions of a tree, besides those that every tree has: its extension carries them among its additions.
#[derive(Clone, Copy)]
pub struct TreeActions(pub &'static [Action]);

/// The actions of a tree, besides those that every tree has; none if they are left to its Python.
pub fn of_tree(extension: &Extension) -> &'static [Action] {
    let actions = extension.additions.get::<TreeActions>().map(|actions| actions.0);
    actions.filter(|_| !extension.left_to_python.contains(&Role::Actions)).unwrap_or_default()
}

/// All actions of a tree, in the order of menus: its own before those that every tree has.
pub fn all(project: &Project) -> Vec<&Action> {
    let mut actions: Vec<&Action> = of_tree(&project.extension).iter().chain(crate::actions::CORE).collect();
    actions.sort_by_key(|action| action.order);
    actions
}

/// The action that a task is called with.
pub fn find<'l>(project: &'l Project, callback: &str) -> Result<&'l Action> {
    let actions = all(project);
    let names = || actions.iter().map(|action| action.callback_name);
    if let Some(found) = actions.iter().find(|action| action.callback_name == callback) {
        return Ok(found);
    }
    let label = match suggest::nearest(callback, names()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("this tree has {}", suggest::list(names()).replace(" or ", " and ")),
    };
    let problem = Problem::error("unknown-action", format!("unknown action `{callback}`"));
    Err(Problems::from(problem.at("".into(), label)).into())
}

/// Works out what an action wants done.
pub fn plan(action: &Action, call: &Call<'_>) -> Result<Plan> {
    if action.context != Context::Group {
        check_context(action, call)?;
    }
    (action.plan)(call)
}

/// Refuses a task that the action is not offered for.
fn check_context(action: &Action, call: &Call<'_>) -> Result<()> {
    let Context::Tagged(tags) = action.context else { return call.task().map(|_| ()) };
    let definition = call.definition()?;
    if action.context.fits(definition.get("tags").and_then(Value::as_map)) {
        return Ok(());
    }
    let wanted = suggest::list(tags.iter().map(|(name, value)| format!("`{name}: {value}`")));
    let message =
        format!("the action `{}` is not for the task `{}`", action.callback_name, name_of(&definition));
    let problem = Problem::error("context", message).at("".into(), format!("its tags would have {wanted}"));
    Err(Problems::from(problem).into())
}
