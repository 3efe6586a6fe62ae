//! Finds the tasks of a group that made what a config can be provided with, and checks that it is complete.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::earlier_run::products::{Form, Made};
use crate::earlier_run::tasks::{Tasks, pair_of};
use crate::earlier_run::{files, models};
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::task::id::TaskId;
use taskgraph_compat::suggest;
use taskgraph_compat::time::parse_json_date;
use taskgraph_compat::value::{Map, Str, Value};
use taskgraph_taskcluster::{Artifact, GroupTask};

/// What is left less long than this is warned of: a training may begin later than its config is written.
const SOON: Duration = Duration::from_secs(30 * 86_400);

/// The artifacts of tasks; `None` for a task that the queue knows no longer.
pub type Artifacts = BTreeMap<TaskId, Option<Vec<Artifact>>>;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The languages of the config, if there is one.
    pub languages: Option<(String, String)>,
    /// How many members the ensemble of the config has.
    pub members: Option<usize>,
    /// The mode of all models.
    pub mode: Option<String>,
    /// The paths of the config, of those that something is handed in in place of, that are not empty.
    pub present: Vec<&'static str>,
    /// The names of what is to be taken; all that is there if there are none.
    pub take: Vec<String>,
    /// The task that was named, if it was not a group.
    pub task: Option<TaskId>,
    /// The type of a model that has none in the config.
    pub model_type: String,
    /// The address of the instance.
    pub root_url: String,
    /// The time.
    pub now: SystemTime,
}

/// Something to hand in, and the tasks that have made it: a model has one for each member, files have one each.
#[derive(Clone, Debug)]
pub struct Item {
    /// What it is.
    pub made: Made,
    /// The languages.
    pub languages: (String, String),
    /// The tasks, in the order of the members or of the keys; files that are optional may have none.
    pub tasks: Vec<Option<GroupTask>>,
}

/// What a config can hand in.
#[derive(Debug, Default)]
pub struct Continuation {
    /// Each thing, with what stands at its key.
    pub sections: Vec<(Item, Map)>,
    /// What is odd.
    pub warnings: Vec<Problem>,
    /// What is worth knowing.
    pub notes: Vec<String>,
}

/// The things that are to be handed in, each with its tasks; or all that is wrong with these.
pub fn wanted(tasks: &Tasks, made: &[Made], asked: &Asked) -> Result<(Vec<Item>, Vec<String>), Problems> {
    let named = asked.task.as_ref().and_then(|id| tasks.with_id(id));
    let candidates = selected(tasks, made, asked, named)?;
    let pair = pair(tasks, &candidates, asked, named)?;
    let languages = languages(&pair, asked)?;
    let (mut items, mut problems, mut notes) = (Vec::new(), Vec::new(), Vec::new());
    for made in candidates {
        let is_named = asked.take.iter().any(|name| name == made.name);
        let there: Vec<String> = made
            .in_place_of
            .iter()
            .filter(|path| asked.present.contains(path))
            .map(|path| format!("`{path}`"))
            .collect();
        if !there.is_empty() {
            let told = format!(
                "{} takes the place of {}, which the config has: the tree makes no graph of both",
                made.name,
                there.join(", ")
            );
            match is_named {
                true => {
                    let help = "leave these out of the config, or what takes their place";
                    problems.push(Problem::error("in-place-of", told).help(help));
                }
                false => notes.push(format!("{told}; it is left out")),
            }
            continue;
        }
        let found = match &made.form {
            Form::Model { .. } => models::tasks(tasks, made, &pair, asked, &mut problems),
            Form::Files(all) => files::tasks(tasks, made, all, &pair, is_named, &mut problems, &mut notes),
        };
        if let Some(tasks) = found {
            items.push(Item { made: made.clone(), languages: languages.clone(), tasks });
        }
    }
    let now = millis(asked.now);
    for task in items.iter().flat_map(|item| item.tasks.iter().flatten()) {
        problems.extend(not_usable(task, now));
    }
    if items.is_empty() && problems.is_empty() {
        let message = format!("nothing of `{pair}` is complete in this group");
        problems.push(Problem::error("nothing-made", message));
    }
    problems.extend(models::other_vocabularies(&items));
    Problems(problems).distinct().check()?;
    Ok((items, notes))
}

/// What stands at the keys, if all files are there; or all that is missing.
pub fn find(items: Vec<Item>, artifacts: &Artifacts, asked: &Asked) -> Result<Continuation, Problems> {
    let mut found = Continuation::default();
    let mut problems = Vec::new();
    let mut soon: BTreeMap<Str, BTreeSet<TaskId>> = BTreeMap::new();
    for item in items {
        let value = match &item.made.form {
            Form::Model { .. } => models::value(&item, artifacts, asked, &mut problems),
            Form::Files(all) => files::value(&item, all, artifacts, asked, &mut problems),
        };
        for task in item.tasks.iter().flatten() {
            let listed = artifacts.get(&task.task_id).and_then(Option::as_ref).into_iter().flatten();
            let first =
                listed.filter(|one| one.name.starts_with(files::FOLDER)).map(|one| &*one.expires).min();
            if let Some(first) = first.filter(|first| is_before(first, millis(asked.now + SOON))) {
                soon.entry(first.into()).or_default().insert(task.task_id.clone());
            }
        }
        if let Some(value) = value {
            found.sections.push((item, value));
        }
    }
    Problems(problems).distinct().check()?;
    for (expires, tasks) in soon {
        let tasks: Vec<String> = tasks.iter().map(ToString::to_string).collect();
        let message = format!("what is handed in expires at {expires}");
        found.warnings.push(
            Problem::warning("expires-soon", message)
                .at("".into(), tasks.join(", "))
                .help("a training that mounts it after that fails: copy it to a bucket, and name that"),
        );
    }
    Ok(found)
}

/// What is to be looked for: what is named, or all that some task of the group could have made.
fn selected<'m>(
    tasks: &Tasks,
    made: &'m [Made],
    asked: &Asked,
    named: Option<&GroupTask>,
) -> Result<Vec<&'m Made>, Problems> {
    let names = || made.iter().map(|made| made.name);
    let mut problems = Vec::new();
    for name in asked.take.iter().filter(|name| names().all(|known| known != *name)) {
        let label = match suggest::nearest(name, names()) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!("known here: {}", suggest::list(names())),
        };
        let message = format!("a config of this tree hands in no `{name}`");
        problems.push(Problem::error("unknown-name", message).at("".into(), label));
    }
    Problems(problems).check()?;
    let is_there = |made: &&Made| made.tasks().iter().any(|start| tasks.made_by(start).next().is_some());
    let is_asked = |made: &&Made| match asked.take.is_empty() {
        true => made.by_default && is_there(made),
        false => asked.take.iter().any(|name| name == made.name),
    };
    let makes = |made: &&Made, task: &GroupTask| {
        made.tasks().iter().any(|start| tasks.made_by(start).any(|(_, own)| own.task_id == task.task_id))
    };
    let mut found: Vec<&Made> = made.iter().filter(is_asked).collect();
    // A task that makes nothing to hand in stands for its group.
    if let Some(task) = named.filter(|task| made.iter().any(|made| makes(&made, task))) {
        found.retain(|made| makes(made, task));
    }
    if found.is_empty() {
        let kinds: BTreeSet<&str> = made.iter().flat_map(Made::tasks).collect();
        let message = "no task of this group has made anything that a config of this tree could hand in";
        let label = format!("{} tasks, none of them of {}", tasks.len(), suggest::list(kinds));
        return Err(Problems::from(Problem::error("nothing-made", message).at("".into(), label)));
    }
    Ok(found)
}

/// The one pair of languages that all of it is about.
fn pair(tasks: &Tasks, made: &[&Made], asked: &Asked, named: Option<&GroupTask>) -> Result<String, Problems> {
    let own = named.and_then(|task| made.iter().find_map(|made| pair_of(made, &task.name)));
    let all: Vec<Made> = made.iter().map(|made| (*made).clone()).collect();
    let mut pairs = tasks.pairs(&all);
    if let Some((own, _)) = own {
        pairs.retain(|pair, _| pair == own);
    }
    let listed = |tasks: &[&GroupTask]| {
        let tasks: Vec<String> =
            tasks.iter().map(|task| format!("{} ({})", task.name, task.task_id)).collect();
        tasks.join(", ")
    };
    if pairs.len() > 1 {
        let message = format!("the tasks are about {} pairs of languages", pairs.len());
        let told: Vec<String> =
            pairs.iter().map(|(pair, tasks)| format!("{pair}: {}", listed(tasks))).collect();
        let problem = Problem::error("several-pairs", message).at("".into(), told.join("; "));
        return Err(Problems::from(problem.help("name a task of the one that is meant")));
    }
    let Some((pair, tasks)) = pairs.into_iter().next() else {
        let names: Vec<&str> = made.iter().map(|made| made.name).collect();
        let message = format!("no task of this group has made {}", suggest::list(names));
        return Err(Problems::from(Problem::error("nothing-made", message)));
    };
    if let Some((src, trg)) = asked.languages.as_ref().filter(|(src, trg)| pair != format!("{src}-{trg}")) {
        let message = format!("the config is about `{src}-{trg}`, and the tasks are about `{pair}`");
        return Err(Problems::from(Problem::error("other-pair", message).at("".into(), listed(&tasks))));
    }
    Ok(pair)
}

fn languages(pair: &str, asked: &Asked) -> Result<(String, String), Problems> {
    if let Some(languages) = &asked.languages {
        return Ok(languages.clone());
    }
    match pair.split('-').collect::<Vec<_>>()[..] {
        [src, trg] => Ok((src.to_owned(), trg.to_owned())),
        _ => {
            let message = format!("nobody can tell which languages `{pair}` is about");
            let problem = Problem::error("languages", message).help("name a CONFIG with `src` and `trg`");
            Err(Problems::from(problem))
        }
    }
}

/// What is wrong with a task that has to have made something.
fn not_usable(task: &GroupTask, now: i64) -> Option<Problem> {
    let GroupTask { task_id, name, state, definition, .. } = task;
    if &**state != "completed" {
        let message = format!("`{name}` has not completed: task `{task_id}` is {state}");
        let way_out = match &**state {
            "failed" | "exception" => "run it again",
            _ => "wait for it",
        };
        let help = format!("{way_out}, or leave it out: --take names the rest");
        return Some(Problem::error("not-completed", message).help(help));
    }
    let expires = definition.get("expires").and_then(Value::as_str).unwrap_or_default();
    is_before(expires, now).then(|| {
        Problem::error("expired", format!("`{name}` has expired: task `{task_id}` was kept until {expires}"))
    })
}

/// Whether a point in time is over at another one, in milliseconds after 1970. What is none is told elsewhere.
pub(super) fn is_before(time: &str, millis: i64) -> bool {
    parse_json_date(time).is_some_and(|micros| micros / 1_000 <= millis)
}

pub(super) fn millis(now: SystemTime) -> i64 {
    now.duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
