//! `.taskcluster.yml` of a new tree: the decision of this project's own one, with the values of the tree.

use crate::commands::init::repository_facts::Facts;

/// The file of this project. Its first task is the decision, which begins with what differs from tree to tree.
const OWN: &str = include_str!("../../../../.taskcluster.yml");

/// Start of the decision.
const BEGIN: &str = "version: 1\n";

/// Borders of the part that differs from tree to tree.
const VALUES: [&str; 2] =
    ["      # What differs from tree to tree.\n", "      # What the events have in common"];

/// Comment above it.
const HEAD: &str = "\
# The decision task: makes the task graph of the folder taskcluster, for pushes, pull requests, actions and schedules.
# Rendered with JSON-e by the GitHub service, by whoever creates scheduled tasks, and by the hooks of actions.
";

/// The image of the decision. It brings the scripts that digests depend on.
const IMAGE: &str = "mozillareleases/taskgraph:decision-v15.1.3@sha256:e5ace920985a7faf970bbcba5513b9daca94ee2c376d89218075ccbfd633cc50";

/// The text of the file.
pub(super) fn text(facts: &Facts) -> String {
    let decision = OWN.find(BEGIN).map_or(OWN, |begin| &OWN[begin..]);
    // The second task is the CI of this project.
    let decision = decision.split("\n\n  - ").next().unwrap_or(decision);
    let cut = |mark: &str| decision.find(mark).unwrap_or(decision.len());
    let (values, rest) = (cut(VALUES[0]) + VALUES[0].len(), cut(VALUES[1]));
    let Facts { trust_domain, level, branch, .. } = facts;
    format!(
        r#"{HEAD}{before}      trust_domain: "{trust_domain}"
      level: '{level}'
      root: taskcluster
      provisioner: "{trust_domain}-{level}"
      worker_type: decision
      image: {IMAGE}
      branches: ["{branch}"]
      # Puts `taskgraph-rs` on the PATH and the scripts of Taskgraph into /opt/run-task. The address and the digest are those
      # of your own build.
      setup: |
        curl --fail --silent --show-error --location --retry 5 --output /usr/local/bin/taskgraph-rs \
          https://example.org/taskgraph-rs
        echo '{NO_DIGEST}  /usr/local/bin/taskgraph-rs' | sha256sum --check
        chmod +x /usr/local/bin/taskgraph-rs
        ln -s "$(python3 -c 'import taskgraph; print(taskgraph.__path__[0])')/run-task" /opt/run-task

{rest}
"#,
        before = &decision[..values.min(decision.len())],
        rest = decision[rest..].trim_end(),
    )
}

/// Stands for the digest of a build that nobody has made yet.
const NO_DIGEST: &str = "0000000000000000000000000000000000000000000000000000000000000000";
