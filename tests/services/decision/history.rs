//! Base of the changes, in repositories of many layouts. The expected values were seen in the reference.

use serde_json::{Value, json};

use super::repository::Repository;

const NULL: &str = "0000000000000000000000000000000000000000";
const GONE: &str = "abababababababababababababababababababab";

/// `base_ref`, `base_rev` and `files_changed` of a decision.
fn history(repository: &Repository, more: &[&str]) -> Value {
    let outcome = repository.dry(more);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    let parameters = repository.parameters();
    json!([parameters["base_ref"], parameters["base_rev"], parameters["files_changed"]])
}

#[test]
fn a_push_starts_from_the_commit_before_it() {
    let repository = Repository::new();
    let before = repository.touch("one.txt");
    repository.touch("two.txt");
    repository.write("one.txt", "changed");
    repository.git(&["rm", "--quiet", "two.txt"]);
    repository.commit("three");
    // Commit by commit, the last one first.
    let files = json!(["one.txt", "two.txt", "two.txt"]);
    assert_eq!(history(&repository, &[&format!("--base-rev={before}")]), json!(["main", before, files]));
}

#[test]
fn a_new_branch_starts_where_it_left_the_default_branch() {
    let repository = Repository::new();
    let fork = repository.head();
    repository.git(&["checkout", "--quiet", "-b", "feature"]);
    repository.touch("f.txt");
    let files = json!(["f.txt"]);
    // GitHub gives the branch as its own base, and no commit; the only branch that could be the default is `main`.
    let rev = format!("--base-rev={NULL}");
    assert_eq!(
        history(&repository, &["--base-ref=feature", "--head-ref=feature", &rev]),
        json!(["refs/heads/main", fork, files])
    );
    assert_eq!(
        history(&repository, &["--base-ref=main", "--head-ref=feature", &rev]),
        json!(["main", fork, files])
    );
    assert_eq!(
        history(&repository, &["--base-ref=", "--head-ref=feature", "--base-rev="]),
        json!(["refs/heads/main", fork, files])
    );
}

#[test]
fn a_clone_knows_the_default_branch_of_its_origin() {
    let origin = Repository::new();
    origin.git(&["branch", "--move", "trunk"]);
    let fork = origin.head();
    let rev = format!("--base-rev={NULL}");
    for more in [&[][..], &["--origin=upstream"]] {
        let clone = Repository::clone_of(&origin, more);
        clone.git(&["checkout", "--quiet", "-b", "feature", "--no-track"]);
        clone.touch("f.txt");
        let remote = if more.is_empty() { "origin" } else { "upstream" };
        let expected = json!([format!("{remote}/trunk"), fork, ["f.txt"]]);
        let flags = ["--base-ref=feature", "--head-ref=feature", &rev];
        assert_eq!(history(&clone, &flags), expected);
        // Without what the clone noted of it, the remote itself is asked.
        clone.git(&["remote", "set-head", remote, "--delete"]);
        assert_eq!(history(&clone, &flags), expected);
    }
}

#[test]
fn after_a_forced_push_changes_are_counted_from_the_branch() {
    let repository = Repository::new();
    let fork = repository.head();
    repository.git(&["checkout", "--quiet", "-b", "feature"]);
    repository.touch("new.txt");
    let outcome = repository.dry(&[&format!("--base-rev={GONE}")]);
    assert!(outcome.err.contains("the clone does not have base_rev"), "{}", outcome.err);
    let parameters = repository.parameters();
    assert_eq!((&parameters["base_rev"], &parameters["files_changed"]), (&json!(fork), &json!(["new.txt"])));
}

#[test]
fn a_base_that_has_moved_on_is_taken_back_to_the_common_commit() {
    let repository = Repository::new();
    let fork = repository.head();
    repository.git(&["checkout", "--quiet", "-b", "feature"]);
    let head = repository.touch("mine.txt");
    repository.git(&["checkout", "--quiet", "main"]);
    let theirs = repository.touch("theirs.txt");
    let flags = [format!("--base-rev={theirs}"), format!("--head-rev={head}")];
    assert_eq!(
        history(&repository, &flags.each_ref().map(String::as_str)),
        json!(["main", fork, ["mine.txt"]])
    );
}

#[test]
fn merges_touch_nothing_and_their_parents_do() {
    let repository = Repository::new();
    let before = repository.head();
    repository.git(&["checkout", "--quiet", "-b", "side"]);
    repository.touch("side.txt");
    repository.git(&["checkout", "--quiet", "main"]);
    repository.touch("main.txt");
    repository.git(&["merge", "--quiet", "--no-ff", "--message=merge", "side"]);
    let [_, rev, files] =
        &history(&repository, &[&format!("--base-rev={before}")]).as_array().unwrap().clone()[..]
    else {
        panic!("three values")
    };
    assert_eq!(rev, &json!(before));
    let mut files: Vec<&str> = files.as_array().unwrap().iter().map(|file| file.as_str().unwrap()).collect();
    files.sort_unstable();
    assert_eq!(files, ["main.txt", "side.txt"]);
}

#[test]
fn tags_and_detached_heads_are_commits_too() {
    let repository = Repository::new();
    let first = repository.head();
    repository.git(&["tag", "--annotate", "v1", "--message=v1"]);
    let tag = repository.git(&["rev-parse", "v1"]);
    repository.touch("x.txt");
    repository.git(&["checkout", "--quiet", "--detach"]);
    // A tag is an object of its own and no commit, so that the branch decides.
    for rev in [first.as_str(), "v1", &tag] {
        let expected = if rev == first { first.clone() } else { repository.head() };
        let found = history(&repository, &[&format!("--base-rev={rev}"), "--head-tag=v2"]);
        assert_eq!(found[1], json!(expected), "{rev}");
        assert_eq!(repository.parameters()["head_tag"], "v2");
    }
}

#[test]
fn a_clone_without_a_common_commit_is_reported_with_what_to_fetch() {
    let origin = Repository::new();
    origin.touch("a.txt");
    let clone = Repository::clone_of(&origin, &["--depth=1"]);
    clone.git(&["checkout", "--quiet", "--orphan", "other"]);
    clone.commit("alone");
    let outcome = clone.dry(&[]);
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    for (flags, reported) in [
        (["--base-rev=", "--base-ref=main"], "their histories do not meet, or the clone is too shallow"),
        (
            ["--base-rev=", "--base-ref=nowhere"],
            "`nowhere` is not there: fetch it, or give another --base-rev",
        ),
        (["--base-rev=", &format!("--head-rev={GONE}")], "--head-rev has to be a commit of this clone"),
    ] {
        let outcome = clone.dry(&flags);
        assert_eq!(outcome.status, 3, "{flags:?}: {}", outcome.err);
        assert!(outcome.err.contains(reported), "{flags:?}: {}", outcome.err);
    }
}
