//! Base revision of a push. Events report a wrong one for new branches and after a forced push.

use crate::decision::DecisionEvent;
use taskgraph::error::{Error, Result};
use taskgraph::taskgraph_version::TaskgraphVersion;
use taskgraph::tree::git::Repository;

/// Revision in events that have no commit.
const NULL_REVISION: &str = "0000000000000000000000000000000000000000";

/// The tree without any file, as git names it.
const EMPTY_TREE: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/// Changed files, and the revision that they are counted from.
#[derive(Debug)]
pub(super) struct History {
    /// The branch that changes go to.
    pub base_ref: String,
    /// The latest commit that it has in common with what is built.
    pub base_rev: String,
    /// The files that were touched since then.
    pub files_changed: Vec<String>,
}

/// Looks in the clone where the changes start from. What differs from what was asked goes into `notes`.
/// Python: `taskgraph.decision._determine_more_accurate_base_ref` and `…_base_rev`.
pub(super) fn history(
    event: &DecisionEvent,
    repository: &Repository,
    version: TaskgraphVersion,
    notes: &mut Vec<String>,
) -> Result<History> {
    if version.takes_base_as_given() {
        return as_given(event, repository, version);
    }
    let base_ref = base_ref(event, repository)?;
    if base_ref != event.base_ref {
        notes.push(corrected("base_ref", &base_ref, &event.base_ref));
    }
    let since = since(event, repository, &base_ref, notes)?;
    let Some(base_rev) = repository.merge_base(since, &event.head_rev)? else {
        return Err(no_common_commit(event, repository, since));
    };
    if base_rev != event.base_rev {
        notes.push(corrected("base_rev", &base_rev, &event.base_rev));
    }
    let files_changed = repository.files_between(&base_rev, &event.head_rev)?;
    Ok(History { base_ref, base_rev, files_changed })
}

/// The base as the event gives it, and what changed since then.
fn as_given(event: &DecisionEvent, repository: &Repository, version: TaskgraphVersion) -> Result<History> {
    let (base, head) = (event.base_rev.as_str(), event.head_rev.as_str());
    let is_new_branch = base == NULL_REVISION;
    if is_new_branch && !version.counts_all_files_of_new_branches() {
        let message = format!("Taskgraph {version} makes no decision for a new branch");
        let why = "the event names no commit that the branch starts from; give one with --base-rev";
        return Err(Error::machine(why).context(message));
    }
    let files_changed = match (is_new_branch, base.is_empty()) {
        (true, _) => repository.files_that_differ(EMPTY_TREE, head),
        // Python: the range `..HEAD` has nothing in it where HEAD is what is built.
        (false, true) => repository.files_between("HEAD", head),
        _ if repository.is_shallow()? => repository.files_that_differ(base, head),
        _ => repository.files_between(base, head),
    }?;
    Ok(History { base_ref: event.base_ref.clone(), base_rev: event.base_rev.clone(), files_changed })
}

fn base_ref(event: &DecisionEvent, repository: &Repository) -> Result<String> {
    // GitHub does not say what a new branch comes from: it gives the branch itself, and no commit.
    let is_new_branch = event.base_ref == event.head_ref && event.base_rev == NULL_REVISION;
    if !event.base_ref.is_empty() && !is_new_branch {
        return Ok(event.base_ref.clone());
    }
    let found = repository.default_branch();
    found.map_err(|error| error.context("`--base-ref` does not say where the changes go to"))
}

/// Returns the revision that changes are counted from: the given commit if the clone has it, else the branch.
fn since<'a>(
    event: &'a DecisionEvent,
    repository: &Repository,
    base_ref: &'a str,
    notes: &mut Vec<String>,
) -> Result<&'a str> {
    let why = match event.base_rev.as_str() {
        "" => "no base_rev was given",
        NULL_REVISION => "base_rev is not a commit: the branch is a new one",
        given if repository.has_commit(given)? => return Ok(given),
        _ => "the clone does not have base_rev, probably after a forced push",
    };
    notes.push(format!("{why}; changes are counted from `{base_ref}`"));
    Ok(base_ref)
}

fn no_common_commit(event: &DecisionEvent, repository: &Repository, since: &str) -> Error {
    let head = &event.head_rev;
    let top = repository.top().display();
    let why = match [since, head].map(|rev| repository.has_object(rev)) {
        [_, Ok(false)] => format!("`{head}` is not there: --head-rev has to be a commit of this clone"),
        [Ok(false), _] => format!("`{since}` is not there: fetch it, or give another --base-rev"),
        _ => "their histories do not meet, or the clone is too shallow: fetch more of it".into(),
    };
    let message = format!("`{since}` and `{head}` have no commit in common in `{top}`");
    Error::machine(why).context(message)
}

fn corrected(name: &str, found: &str, given: &str) -> String {
    match given {
        "" => format!("{name} was not given; it is taken to be `{found}`"),
        _ => format!("{name} is taken to be `{found}`, and not `{given}` as it was given"),
    }
}
