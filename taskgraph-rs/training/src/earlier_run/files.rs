//! Artifacts of tasks that a config can be provided with by URL.

use crate::earlier_run::request::{Artifacts, FoundKey, Request, is_before, millis};
use crate::earlier_run::tasks::Tasks;
use crate::product::{Product, ProductFile};
use taskgraph::diagnostics::Problem;
use taskgraph::schema::fields::Fields as _;
use taskgraph::task::id::TaskId;
use taskgraph_compat::value::Map;
use taskgraph_taskcluster::{Artifact, GroupTask};

/// Folder that tasks publish their artifacts in.
pub(super) const FOLDER: &str = "public/build/";

/// The task of each file. Nothing if one that has to be there is not.
pub(super) fn tasks(
    tasks: &Tasks,
    product: &Product,
    files: &[ProductFile],
    pair: &str,
    is_named: bool,
    problems: &mut Vec<Problem>,
    notes: &mut Vec<String>,
) -> Option<Vec<Option<GroupTask>>> {
    let find = |file: &ProductFile| tasks.get(&format!("{}-{pair}", file.task)).cloned();
    let mut found: Vec<Option<GroupTask>> = files.iter().map(find).collect();
    let lacking: Vec<String> = files
        .iter()
        .zip(&found)
        .filter(|(file, task)| !file.is_optional && task.is_none())
        .map(|(file, _)| format!("`{}-{pair}`", file.task))
        .collect();
    if !lacking.is_empty() {
        let message = format!("{} is not complete: there is no {}", product.name, lacking.join(" and no "));
        match is_named {
            true => problems.push(Problem::error("nothing-made", message)),
            false => notes.push(format!("{message}; it is left out")),
        }
        return None;
    }
    // What is optional comes together or not at all.
    let is_ready = |task: &Option<GroupTask>| task.as_ref().is_some_and(|task| &*task.state == "completed");
    let mut optional = files.iter().zip(&found).filter(|(file, _)| file.is_optional).peekable();
    if optional.peek().is_some() && !optional.all(|(_, task)| is_ready(task)) {
        notes.push(format!("{}: there are no alignments; they are made anew", product.name));
        for (file, task) in files.iter().zip(&mut found) {
            if file.is_optional {
                *task = None;
            }
        }
    }
    Some(found)
}

/// The urls, if all files are there.
pub(super) fn value(
    item: &FoundKey,
    files: &[ProductFile],
    artifacts: &Artifacts,
    request: &Request,
    problems: &mut Vec<Problem>,
) -> Option<Map> {
    let (src, trg) = &item.languages;
    let mut value = Map::default();
    let before = problems.len();
    for (file, task) in files.iter().zip(&item.tasks) {
        let Some(task) = task else { continue };
        let name = file.file.replace("{src}", src).replace("{trg}", trg);
        problems.extend(missing(task, std::slice::from_ref(&name), artifacts, request));
        value.put(file.key, format!("{}/{name}", folder(&request.root_url, &task.task_id)));
    }
    (problems.len() == before).then_some(value)
}

/// The address of the folder that a task publishes.
pub(super) fn folder(root_url: &str, task: &TaskId) -> String {
    let root_url = root_url.trim_end_matches('/');
    format!("{root_url}/api/queue/v1/task/{task}/artifacts/{}", FOLDER.trim_end_matches('/'))
}

/// The artifact of a file.
pub(super) fn artifact<'a>(task: &TaskId, file: &str, artifacts: &'a Artifacts) -> Option<&'a Artifact> {
    let listed = artifacts.get(task)?.as_ref()?;
    listed.iter().find(|one| one.name.strip_prefix(FOLDER) == Some(file))
}

/// Returns the problems of a task's files: those that are missing, and those that have expired.
pub(super) fn missing(
    task: &GroupTask,
    files: &[String],
    artifacts: &Artifacts,
    request: &Request,
) -> Option<Problem> {
    let GroupTask { task_id, name, .. } = task;
    if artifacts.get(task_id).is_none_or(Option::is_none) {
        let message = format!("the queue knows no artifacts of `{name}`: task `{task_id}` is gone");
        return Some(Problem::error("expired", message));
    }
    let now = millis(request.now);
    let (mut lacking, mut expired) = (Vec::new(), Vec::new());
    for file in files {
        match artifact(task_id, file, artifacts) {
            None => lacking.push(format!("`{file}`")),
            Some(found) if is_before(&found.expires, now) => {
                expired.push(format!("`{file}` ({})", found.expires))
            }
            Some(_) => {}
        }
    }
    match (lacking.is_empty(), expired.is_empty()) {
        (true, true) => None,
        (false, _) => {
            let message = format!("task `{task_id}` of `{name}` has not published all that is needed");
            Some(
                Problem::error("incomplete", message)
                    .at("".into(), format!("missing: {}", lacking.join(", "))),
            )
        }
        (true, false) => {
            let message = format!("files of task `{task_id}` of `{name}` have expired");
            Some(Problem::error("expired", message).at("".into(), expired.join(", ")))
        }
    }
}
