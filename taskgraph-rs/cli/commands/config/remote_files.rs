//! `--urls`: requests every file that a run would fetch from elsewhere, and reports what exists.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::progress_bar::ProgressBar;
use crate::report::count;
use crate::text_layout::Page;
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};
use taskgraph::diagnostics::Problem;
use taskgraph::error::Result;
use taskgraph::generator::Project;
use taskgraph::settings::Settings;
use taskgraph::task::datestamp::after;
use taskgraph::task::id::TaskId;
use taskgraph_taskcluster::url_check::{Ask, Patience, heads};
use taskgraph_taskcluster::{Access, Taskcluster};
use taskgraph_training::pipeline::TrainingPipeline;
use taskgraph_training::remote_files::{Folder, RemoteAnswers, RemoteFile, Store, folders, judge};
use taskgraph_training::{CheckedConfig, Checker, Input, Report, ReportOutcome};

/// Codes of problems that only answers reveal.
const REMOTE: [&str; 6] =
    ["no-such-file", "wrong-content", "probe", "expired", "expires", "other-vocabulary"];

/// Deadline of the tasks of a graph, if its config.yml has none.
const DEADLINE: &str = "1 day";

/// Expiry of the artifacts of tasks, by name.
type Expiries = BTreeMap<TaskId, BTreeMap<String, String>>;

/// Asks for the files of all configs at once; they get what is wrong with them.
pub(super) fn ask(files: &mut [CheckedConfig], project: &Project) -> Result<()> {
    let all = || files.iter().flat_map(|file| &file.remotes);
    let urls: BTreeSet<String> = all().map(|remote| remote.url.clone()).collect();
    let bar = ProgressBar::new(urls.len(), "files");
    let heads = heads(&urls, Ask::Start, Patience::default(), &|done, _| {
        if done > 0 {
            bar.step()
        }
    });
    drop(bar);
    let (expires, unknown) = expiries(all());
    let answers = RemoteAnswers { heads, expires };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let now = i64::try_from(now.as_millis()).unwrap_or(i64::MAX);
    for file in files {
        let Some(params) = &file.params else { continue };
        let name = params.text("project").to_owned();
        let deadline = project.config.by_project("task-deadline-after", &name)?;
        let deadline = deadline.as_ref().and_then(|span| span.as_str()).unwrap_or(DEADLINE);
        let span = (now, after(now, deadline)?);
        let found = judge(
            &file.remotes,
            &answers,
            params,
            TrainingPipeline::of(&project.extension).map(|pipeline| pipeline.reads),
            span,
        );
        file.folders = folders(&file.remotes, &answers, params);
        file.add(found);
        file.add(unknown.iter().filter(|(task, _)| is_of(file, task)).map(|(_, why)| why.clone()).collect());
    }
    Ok(())
}

/// Returns the expiry of artifacts, and the tasks for which it is unknown. Public artifacts need no credentials.
fn expiries<'r>(remotes: impl Iterator<Item = &'r RemoteFile>) -> (Expiries, Vec<(TaskId, Problem)>) {
    let tasks: BTreeMap<TaskId, String> = remotes
        .filter_map(|remote| match Store::of(&remote.url) {
            Store::Taskcluster { root_url, task_id, .. } => Some((task_id, root_url)),
            _ => None,
        })
        .collect();
    let patience =
        taskgraph_taskcluster::Patience { attempts: 3, ..taskgraph_taskcluster::Patience::default() };
    let answered: Vec<_> = tasks
        .into_par_iter()
        .map(|(task_id, root_url)| {
            let access = Access { root_url, ..Access::default() };
            let listed = Taskcluster::new(access).with_patience(patience).list_artifacts(&task_id);
            let times =
                listed.map(|all| all.into_iter().map(|it| (it.name, it.expires)).collect::<BTreeMap<_, _>>());
            (task_id, times)
        })
        .collect();
    let mut expires = BTreeMap::new();
    let mut unknown = Vec::new();
    for (task_id, times) in answered {
        match times {
            Ok(times) => drop(expires.insert(task_id, times)),
            Err(error) => {
                let message = format!("the expiry of the artifacts of {} is unknown", task_id.as_str());
                unknown.push((
                    task_id,
                    Problem::warning("probe", message).at(Default::default(), error.to_string()),
                ));
            }
        }
    }
    (expires, unknown)
}

fn is_of(file: &CheckedConfig, task: &TaskId) -> bool {
    let of = |remote: &RemoteFile| matches!(Store::of(&remote.url), Store::Taskcluster { task_id, .. } if task_id == *task);
    file.remotes.iter().any(of)
}

/// The same for one config that is previewed: what is wrong goes to its problems, what there is to its notes.
pub(crate) fn preview(
    input: &Input,
    project: &Project,
    settings: &Settings,
    report: Report,
) -> Result<Report> {
    if report.outcome == ReportOutcome::Refused {
        return Ok(report);
    }
    let mut checked = [Checker::new(project, settings, SystemTime::now())?.check(input)?];
    ask(&mut checked, project)?;
    let [checked] = checked;
    let is_remote = |problem: &Problem| REMOTE.contains(&problem.code);
    let mut problems = report.problems;
    problems.extend(checked.problems.into_iter().filter(is_remote));
    let mut result = Report::new(report.config, report.tree, problems, report.plan);
    result.notes = report.notes;
    result.notes.extend(checked.folders.iter().map(|folder| row(folder).join("  ").trim_end().to_owned()));
    Ok(result)
}

/// Lists the files of the folders as a table.
pub(super) fn table(folders: &[Folder], page: &mut Page) {
    page.table(2, &[1, 2], &folders.iter().map(row).collect::<Vec<_>>());
    // Several tasks may mount one file.
    let files: BTreeMap<&str, u64> =
        folders.iter().flat_map(|it| &it.files).map(|(url, bytes)| (url.as_str(), *bytes)).collect();
    let bytes = files.values().fold(0_u64, |all, bytes| all.saturating_add(*bytes));
    page.line(&format!("  {} that would be fetched, {} together", count(files.len(), "file"), size(bytes)));
}

fn row(folder: &Folder) -> Vec<String> {
    let expires = folder.expires.as_deref().map(|time| time.split('T').next().unwrap_or(time));
    vec![
        match &folder.task {
            Some(task) => task.to_string(),
            None => format!("{} {}", folder.path, folder.url.rsplit('/').next().unwrap_or_default()),
        },
        format!("{} of {} files", folder.found, folder.wanted),
        size(folder.bytes),
        folder.store.words(),
        expires.map(|day| format!("expires {day}")).unwrap_or_default(),
    ]
}

/// `4.2 GB`, `812 kB`.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["B", "kB", "MB", "GB"];
    let (mut number, mut unit) = (bytes as f64, 0);
    while number >= 1000.0 && unit + 1 < UNITS.len() {
        number /= 1000.0;
        unit += 1;
    }
    match unit {
        0 => format!("{bytes} B"),
        _ => format!("{number:.1} {}", UNITS[unit]),
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_short() {
        assert_eq!([size(7), size(81_200), size(4_200_000_000)], ["7 B", "81.2 kB", "4.2 GB"]);
    }
}
