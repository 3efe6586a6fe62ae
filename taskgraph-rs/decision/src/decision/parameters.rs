//! Derives the parameters of a decision from flags, from git, and from the tree.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::decision::history::{History, history};
use crate::decision::{DecisionEvent, overrides};
use taskgraph::diagnostics::{Problem, Problems, place_of_value};
use taskgraph::error::{Error, Result};
use taskgraph::generator::{Project, in_python};
use taskgraph::parameters::Params;
use taskgraph::schema::fields::Fields;
use taskgraph::tree::git::{Repository, top_above, version_in};
use taskgraph_compat::suggest;
use taskgraph_compat::time::compact_date;
use taskgraph_compat::value::{Map, Value};

/// In a commit message: nothing is to be built for this push.
const DONT_BUILD: &str = "DONTBUILD";

/// Parameters, and what is worth a line in the log.
#[derive(Debug)]
pub struct DerivedParameters {
    /// The parameters, not checked.
    pub params: Params,
    /// Differences from the request, each with its reason.
    pub notes: Vec<String>,
}

/// Derives the parameters of a decision that is made in `directory`.
/// Python: `taskgraph.decision.get_decision_parameters`.
pub fn parameters(
    project: &Project,
    event: &DecisionEvent,
    directory: &Path,
    now: SystemTime,
) -> Result<DerivedParameters> {
    Problems(event.check()).check()?;
    let repository = repository(directory)?;
    let mut notes = Vec::new();
    let history = history(event, &repository, project.config.version, &mut notes)?;
    let mut params = Params::new(base(event, history, directory, now), Vec::new());
    let is_push = matches!(event.tasks_for.as_str(), "hg-push" | "github-push");
    if is_push && repository.commit_message()?.is_some_and(|message| message.contains(DONT_BUILD)) {
        notes.push(format!("the commit message has {DONT_BUILD} in it: the target method is `nothing`"));
        params.values_mut().put("target_tasks_method", "nothing");
    }
    add_those_of_the_tree(project, &mut params)?;
    overrides::apply(project.config.version, event, (directory, &repository), &mut params, &mut notes)?;
    Ok(DerivedParameters { params, notes })
}

fn repository(directory: &Path) -> Result<Repository> {
    let around = directory.canonicalize().unwrap_or_else(|_| directory.to_owned());
    let git = top_above(&around);
    let hg = around.ancestors().find(|above| above.join(".hg").is_dir());
    match (git, hg) {
        (Some(git), hg) if hg.is_none_or(|hg| git.starts_with(hg) && git != hg) => Ok(Repository::at(git)),
        (_, Some(hg)) => {
            let why = "a decision reads the history of a git repository; Mercurial is not supported";
            Err(Error::machine(why).context(format!("`{}` is a Mercurial repository", hg.display())))
        }
        _ => {
            let why = "a decision is made in a clone: it reads the history of what it builds";
            Err(Error::machine(why).context(format!("`{}` is in no git repository", around.display())))
        }
    }
}

fn base(event: &DecisionEvent, history: History, directory: &Path, now: SystemTime) -> Map {
    let seconds = || now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()) as i64;
    let build_date = if event.pushdate == 0 { seconds() } else { event.pushdate };
    // An owner has to be an address, and some who push are none.
    let owner = match event.owner.contains('@') {
        true => event.owner.clone(),
        false => format!("{}@noreply.mozilla.org", event.owner),
    };
    let method = event.target_tasks_method.as_deref().filter(|method| !method.is_empty());
    let mut values = Map::default();
    let entries: [(&str, Value); 27] = [
        ("base_ref", history.base_ref.into()),
        ("base_repository", event.base_repository.as_str().into()),
        ("base_rev", history.base_rev.into()),
        ("build_date", build_date.into()),
        ("build_number", 1.into()),
        ("do_not_optimize", Value::list()),
        ("enable_always_target", true.into()),
        ("existing_tasks", Value::map()),
        ("files_changed", history.files_changed.into_iter().collect()),
        ("filters", ["target_tasks_method"].into_iter().collect()),
        ("head_ref", event.head_ref.as_str().into()),
        ("head_repository", event.head_repository.as_str().into()),
        ("head_rev", event.head_rev.as_str().into()),
        ("head_tag", event.head_tag.as_str().into()),
        ("level", event.level.as_str().into()),
        ("moz_build_date", compact_date(build_date).into()),
        ("next_version", Value::Null),
        ("optimize_strategies", Value::Null),
        ("optimize_target_tasks", true.into()),
        ("owner", owner.into()),
        ("project", event.project.as_str().into()),
        ("pushdate", event.pushdate.into()),
        ("pushlog_id", event.pushlog_id.as_str().into()),
        ("repository_type", event.repository_type.as_str().into()),
        ("target_tasks_method", method.unwrap_or("default").into()),
        ("tasks_for", event.tasks_for.as_str().into()),
        ("version", version_in(directory).into()),
    ];
    for (name, value) in entries {
        values.put(name, value);
    }
    values
}

/// Calls what config.yml names under `taskgraph.decision-parameters`.
fn add_those_of_the_tree(project: &Project, params: &mut Params) -> Result<()> {
    let Some(name) = project.config.taskgraph("decision-parameters").and_then(Value::as_str) else {
        return Ok(());
    };
    if project.parts.decision_parameters.is_python() {
        let changed = in_python::decision_parameters(project, name, params.values())?;
        *params.values_mut() = changed;
        return Ok(());
    }
    let known = project.extension.decision_parameters;
    if let Some((_, add)) = known.iter().find(|(known, _)| *known == name) {
        return Ok(add(params, &project.tree)?);
    }
    let path = "taskgraph.decision-parameters".into();
    let place = Some(place_of_value(&project.config.document, &path));
    let label = match suggest::nearest(name, known.iter().map(|(known, _)| *known)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "the program has nothing under this name".into(),
    };
    let message = format!("unknown decision parameters `{name}`");
    Err(Problems::from(Problem::error("unknown-extension", message).at(path, label).in_place(place)).into())
}
