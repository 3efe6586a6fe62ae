//! The base revision of a push: events are wrong about it for new branches and after a forced push.

use anyhow::{Context as _, Result};

use crate::decision::Asked;
use taskgraph::taskgraph_version::TaskgraphVersion;
use taskgraph::tree::git::Repository;
use taskgraph_compat::error::Machine;

/// What events give where there is no commit.
const NULL_REVISION: &str = "0000000000000000000000000000000000000000";

/// The tree without any file, as git names it.
const EMPTY_TREE: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/// What changed, and since when.
#[derive(Debug)]
pub struct History {
    /// The branch that changes go to.
    pub base_ref: String,
    /// The latest commit that it has in common with what is built.
    pub base_rev: String,
    /// The files that were touched since then.
    pub files_changed: Vec<String>,
}

/// Looks in the clone where the changes start from. What differs from what was asked goes into `notes`.
/// Python: `taskgraph.decision._determine_more_accurate_base_ref` and `…_base_rev`.
pub fn history(
    asked: &Asked,
    repository: &Repository,
    version: TaskgraphVersion,
    notes: &mut Vec<String>,
) -> Result<History> {
    if version.takes_base_as_given() {
        return as_given(asked, repository, version);
    }
    let base_ref = base_ref(asked, repository)?;
    if base_ref != asked.base_ref {
        notes.push(corrected("base_ref", &base_ref, &asked.base_ref));
    }
    let since = since(asked, repository, &base_ref, notes)?;
    let Some(base_rev) = repository.merge_base(since, &asked.head_rev)? else {
        return Err(no_common_commit(asked, repository, since));
    };
    if base_rev != asked.base_rev {
        notes.push(corrected("base_rev", &base_rev, &asked.base_rev));
    }
    let files_changed = repository.files_between(&base_rev, &asked.head_rev)?;
    Ok(History { base_ref, base_rev, files_changed })
}

/// The base as the event gives it, and what changed since then.
fn as_given(asked: &Asked, repository: &Repository, version: TaskgraphVersion) -> Result<History> {
    let (base, head) = (asked.base_rev.as_str(), asked.head_rev.as_str());
    let is_new_branch = base == NULL_REVISION;
    if is_new_branch && !version.counts_all_files_of_new_branches() {
        let told = format!("Taskgraph {version} makes no decision for a new branch");
        let why = "the event names no commit that the branch starts from; give one with --base-rev";
        return Err(anyhow::Error::msg(why).context(Machine(told)));
    }
    let files_changed = match (is_new_branch, base.is_empty()) {
        (true, _) => repository.files_that_differ(EMPTY_TREE, head),
        // Python: the range `..HEAD` has nothing in it where HEAD is what is built.
        (false, true) => repository.files_between("HEAD", head),
        _ if repository.is_shallow()? => repository.files_that_differ(base, head),
        _ => repository.files_between(base, head),
    }?;
    Ok(History { base_ref: asked.base_ref.clone(), base_rev: asked.base_rev.clone(), files_changed })
}

fn base_ref(asked: &Asked, repository: &Repository) -> Result<String> {
    // GitHub does not say what a new branch comes from: it gives the branch itself, and no commit.
    let is_new_branch = asked.base_ref == asked.head_ref && asked.base_rev == NULL_REVISION;
    if !asked.base_ref.is_empty() && !is_new_branch {
        return Ok(asked.base_ref.clone());
    }
    repository.default_branch().context("`--base-ref` does not say where the changes go to")
}

/// What the changes are counted from: the commit that was given, if the clone has it, else the branch.
fn since<'a>(
    asked: &'a Asked,
    repository: &Repository,
    base_ref: &'a str,
    notes: &mut Vec<String>,
) -> Result<&'a str> {
    let why = match asked.base_rev.as_str() {
        "" => "no base_rev was given",
        NULL_REVISION => "base_rev is no commit: the branch is a new one",
        given if repository.has_commit(given)? => return Ok(given),
        _ => "the clone does not have base_rev, probably after a forced push",
    };
    notes.push(format!("{why}; changes are counted from `{base_ref}`"));
    Ok(base_ref)
}

fn no_common_commit(asked: &Asked, repository: &Repository, since: &str) -> anyhow::Error {
    let head = &asked.head_rev;
    let top = repository.top().display();
    let why = match [since, head].map(|rev| repository.has_object(rev)) {
        [_, Ok(false)] => format!("`{head}` is not there: --head-rev has to be a commit of this clone"),
        [Ok(false), _] => format!("`{since}` is not there: fetch it, or give another --base-rev"),
        _ => "their histories do not meet, or the clone is too shallow: fetch more of it".into(),
    };
    let told = format!("`{since}` and `{head}` have no commit in common in `{top}`");
    anyhow::Error::msg(why).context(Machine(told))
}

fn corrected(name: &str, found: &str, given: &str) -> String {
    match given {
        "" => format!("{name} was not given; it is taken to be `{found}`"),
        _ => format!("{name} is taken to be `{found}`, and not `{given}` as it was given"),
    }
}
