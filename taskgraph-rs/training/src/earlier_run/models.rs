//! Trained models: the members of an ensemble, their files, and their vocabulary.

use std::collections::{BTreeMap, BTreeSet};

use crate::earlier_run::files::{artifact, folder, missing};
use crate::earlier_run::request::{Artifacts, FoundKey, Request};
use crate::earlier_run::tasks::Tasks;
use crate::product::{Product, ProductValue};
use taskgraph::diagnostics::Problem;
use taskgraph::schema::fields::Fields as _;
use taskgraph::task::id::TaskId;
use taskgraph_compat::value::{Map, Value};
use taskgraph_compat::{json, suggest};
use taskgraph_taskcluster::GroupTask;

/// Prefix of the name of a vocabulary.
const VOCABULARY: &str = "vocab.";

/// The vocabulary of both languages.
const JOINT: &str = "vocab.spm";

/// The task of each member. Nothing if they are not those of the config.
pub(super) fn tasks(
    tasks: &Tasks,
    product: &Product,
    pair: &str,
    request: &Request,
    problems: &mut Vec<Problem>,
) -> Option<Vec<Option<GroupTask>>> {
    let ProductValue::Model { kind, members, .. } = product.form else { return None };
    if members.is_none() {
        let task = tasks.get(&format!("{kind}-{pair}")).cloned();
        if task.is_none() {
            let message = format!("there is no task `{kind}-{pair}` in this group");
            problems.push(Problem::error("nothing-made", message));
        }
        return task.map(|task| vec![Some(task)]);
    }
    let mut members: BTreeMap<usize, &GroupTask> = BTreeMap::new();
    for (rest, task) in tasks.made_by(kind) {
        let number = rest.strip_prefix(pair).and_then(|rest| rest.strip_prefix('-')?.parse().ok());
        if let Some(number) = number {
            members.insert(number, task);
        }
    }
    let wanted = request.members.unwrap_or(members.len());
    if members.is_empty() || members.keys().copied().ne(1..=wanted) {
        let listed: Vec<String> =
            members.iter().map(|(number, task)| format!("{number}: {}", task.task_id)).collect();
        let message = match request.members {
            Some(wanted) => format!(
                "the group has {} of `{kind}-{pair}`, and the config asks for {}",
                of(members.len(), "member"),
                of(wanted, "teacher")
            ),
            None => format!("the members of `{kind}-{pair}` are not numbered from 1 on"),
        };
        let problem = Problem::error("wrong-count", message).at("".into(), listed.join(", "));
        problems.push(problem.help("set `teacher-ensemble` to the number of models, or name another group"));
        return None;
    }
    Some(members.into_values().map(|task| Some(task.clone())).collect())
}

fn of(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// Vocabularies that are not those of the models: members of an ensemble decode together, and a vocabulary that is handed
/// in beside a model has to be the one that it was trained with.
pub(super) fn other_vocabularies(items: &[FoundKey]) -> Vec<Problem> {
    let is_vocabulary = |item: &&FoundKey| match &item.product.form {
        ProductValue::Files(files) => files.iter().all(|file| file.file.starts_with(VOCABULARY)),
        ProductValue::Model { .. } => false,
    };
    let beside = items.iter().find(is_vocabulary);
    let beside: BTreeSet<&TaskId> =
        beside.iter().flat_map(|item| item.tasks.iter().flatten()).map(|task| &task.task_id).collect();
    let mut problems = Vec::new();
    for item in items.iter().filter(|item| matches!(item.product.form, ProductValue::Model { .. })) {
        let members: Vec<(&GroupTask, BTreeSet<TaskId>)> =
            item.tasks.iter().flatten().map(|task| (task, vocabularies(task))).collect();
        let listed = |(task, from): &(&GroupTask, BTreeSet<TaskId>)| {
            let from: Vec<String> = from.iter().map(ToString::to_string).collect();
            let from = if from.is_empty() { "none".into() } else { from.join(", ") };
            format!("{} ({}): {from}", task.name, task.task_id)
        };
        let list = || members.iter().map(listed).collect::<Vec<_>>().join("; ");
        if members.windows(2).any(|two| two[0].1 != two[1].1) {
            let message =
                format!("the members of `{}` were trained with different vocabularies", item.product.name);
            problems.push(Problem::error("other-vocabulary", message).at("".into(), list()));
            continue;
        }
        let is_other =
            |from: &BTreeSet<TaskId>| !from.is_empty() && from.iter().collect::<BTreeSet<_>>() != beside;
        if !beside.is_empty() && members.iter().any(|(_, from)| is_other(from)) {
            let ids: Vec<String> = beside.iter().map(ToString::to_string).collect();
            let message = format!("the vocabulary of the group is not that of `{}`", item.product.name);
            problems.push(
                Problem::error("other-vocabulary", message)
                    .at("".into(), format!("it was made by {}; {}", ids.join(", "), list()))
                    .help("leave out the vocabulary or the model: --take names the rest"),
            );
        }
    }
    problems
}

/// The tasks that made the vocabulary that a training has fetched.
fn vocabularies(task: &GroupTask) -> BTreeSet<TaskId> {
    let fetches =
        task.definition.get("payload").and_then(|payload| payload.get("env")?.get("MOZ_FETCHES")?.as_str());
    let fetches = fetches.and_then(|text| json::read(text).ok()).unwrap_or_default();
    let fetched = fetches.as_list().unwrap_or_default().iter().filter(|fetch| {
        let artifact = fetch.get("artifact").and_then(Value::as_str).unwrap_or_default();
        artifact.rsplit('/').next().unwrap_or_default().starts_with(VOCABULARY)
    });
    fetched.filter_map(|fetch| TaskId::parse(fetch.get("task")?.as_str()?).ok()).collect()
}

/// Urls, mode and type, if all files are there.
pub(super) fn value(
    item: &FoundKey,
    artifacts: &Artifacts,
    request: &Request,
    problems: &mut Vec<Problem>,
) -> Option<Map> {
    let ProductValue::Model { is_list, modes, files, .. } = item.product.form else { return None };
    let mode = request.mode.as_deref().or(modes.first().copied()).unwrap_or_default();
    let before = problems.len();
    if !modes.contains(&mode) {
        let message = format!("`{}` takes no mode `{mode}` in this tree", item.product.name);
        problems.push(Problem::error("wrong-value", message).at("".into(), suggest::list(modes)));
        return None;
    }
    let mut urls = Vec::new();
    for task in item.tasks.iter().flatten() {
        let mut needed: Vec<String> = files(mode).into_iter().map(str::to_owned).collect();
        needed.extend(vocabulary(task, item, artifacts));
        problems.extend(missing(task, &needed, artifacts, request));
        urls.push(Value::from(folder(&request.root_url, &task.task_id)));
    }
    let mut value = Map::default();
    match (is_list, &urls[..]) {
        (true, _) => value.put("urls", urls),
        (false, [url, ..]) => value.put("url", url.clone()),
        (false, []) => return None,
    }
    value.put("mode", mode);
    value.put("type", request.model_type.as_str());
    (problems.len() == before).then_some(value)
}

/// The files of the vocabulary beside a model: one for both languages, or one for each.
fn vocabulary(task: &GroupTask, item: &FoundKey, artifacts: &Artifacts) -> Vec<String> {
    let (src, trg) = &item.languages;
    let split = vec![format!("{VOCABULARY}{src}.spm"), format!("{VOCABULARY}{trg}.spm")];
    let is_split = split.iter().any(|file| artifact(&task.task_id, file, artifacts).is_some());
    if is_split { split } else { vec![JOINT.into()] }
}
