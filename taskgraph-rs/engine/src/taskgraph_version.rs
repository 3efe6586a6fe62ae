//! The version of Taskgraph whose semantics hold for a tree, and what changed from one to the next.
//!
//! Whatever asks for a difference asks here: a version is compared with another nowhere else.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::known_python::{Package, Version, Versions};

/// Changes that stop a tree, or take something from it, unless the tree follows.
pub mod since {
    use super::TaskgraphVersion;

    /// Sparse profiles are gone.
    pub const NO_SPARSE_PROFILES: TaskgraphVersion = TaskgraphVersion([18, 0, 0]);
    /// `Schema` is a class of msgspec; that of voluptuous is `LegacySchema`.
    pub const SCHEMA_OF_MSGSPEC: TaskgraphVersion = TaskgraphVersion([19, 0, 0]);
    /// Sections of transforms and of config.yml refuse unknown keys, and `run`, `fetch` and `worker` ignore them.
    pub const CLOSED_SECTIONS: TaskgraphVersion = TaskgraphVersion([19, 1, 0]);
    /// `privileged`, `docker-in-docker` and `loopback-audio` are gone.
    pub const NO_PRIVILEGED: TaskgraphVersion = TaskgraphVersion([21, 0, 0]);
    /// Index paths are held against what the index takes.
    pub const INDEX_PATHS: TaskgraphVersion = TaskgraphVersion([21, 0, 0]);
    /// `relengapi-proxy` is gone.
    pub const NO_RELENGAPI: TaskgraphVersion = TaskgraphVersion([22, 0, 0]);
    /// `extend_parameters_schema` takes nothing but a class of msgspec.
    pub const PARAMETERS_OF_MSGSPEC: TaskgraphVersion = TaskgraphVersion([23, 0, 0]);
    /// `Parameters.is_try` is gone: the level alone decides.
    pub const NO_IS_TRY: TaskgraphVersion = TaskgraphVersion([24, 0, 0]);
}

/// The version of Taskgraph that makes the graph of a tree. The order is that of the releases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TaskgraphVersion([u16; 3]);

/// The image that builds the docker images of a tree, and what it makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageBuilder {
    /// Its name with its digest, which goes into the digests of all images.
    pub image: &'static str,
    /// The artifact path of the image that it builds.
    pub artifact: &'static str,
}

/// Returns the features of docker-worker that a task can still ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DockerFeatures {
    /// `privileged`, `docker-in-docker` and `loopback-audio`.
    pub privileged: bool,
    /// `relengapi-proxy`.
    pub relengapi_proxy: bool,
}

impl Default for TaskgraphVersion {
    /// The version that all native parts were written after.
    fn default() -> Self {
        TaskgraphVersion([15, 1, 3])
    }
}

impl fmt::Display for TaskgraphVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.0;
        write!(f, "{major}.{minor}.{patch}")
    }
}

impl Serialize for TaskgraphVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl From<&Version> for TaskgraphVersion {
    /// The release of a version; what stands before or after a release counts as that release.
    fn from(version: &Version) -> Self {
        TaskgraphVersion(version.numbers())
    }
}

impl TaskgraphVersion {
    /// The one that a tree pins or that is installed for it; without either the default.
    pub fn of(versions: &Versions) -> Self {
        versions.version(Package::Taskgraph).map(Self::from).unwrap_or_default()
    }

    /// That release.
    pub const fn new(major: u16, minor: u16, patch: u16) -> Self {
        TaskgraphVersion([major, minor, patch])
    }

    fn since(self, major: u16, minor: u16, patch: u16) -> bool {
        self >= TaskgraphVersion([major, minor, patch])
    }

    /// The image that builds docker images.
    pub fn image_builder(self) -> ImageBuilder {
        let image = match self {
            _ if self.since(24, 2, 0) => concat!(
                "mozillareleases/image_builder:6.2.0",
                "@sha256:f7df722770d6caadea79b2de458e072d8b3d93e59675b34dffb32c3e7e30f5b9"
            ),
            _ if self.since(16, 2, 0) => concat!(
                "mozillareleases/image_builder:6.1.0",
                "@sha256:10c614e928500a7d5138773fb58941a24a17948e1a8193768e9ba762ba3e9c7e"
            ),
            _ if self.since(16, 0, 0) => concat!(
                "mozillareleases/image_builder:6.0.0",
                "@sha256:734c03809c83c716c1460ed3e00519d79b14d117343d3c556cbd9218a2e7f094"
            ),
            _ => concat!(
                "mozillareleases/image_builder:5.1.0",
                "@sha256:7fe70dcedefffffa03237ba5d456d42e0d7461de066db3f7a7c280a104869cd5"
            ),
        };
        let artifact = match self.since(16, 0, 0) {
            true => "/workspace/out/image.tar.zst",
            false => "/workspace/image.tar.zst",
        };
        ImageBuilder { image, artifact }
    }

    /// Whether `from-deps.fetches` names dependencies by their kind where kinds are unique. 15.4.
    pub fn names_fetches_by_kind(self) -> bool {
        self.since(15, 4, 0)
    }

    /// Whether a decision takes `base_ref` and `base_rev` as the event gives them. Before, it looks for where a new branch and
    /// a forced push start from. 17.0.
    pub fn takes_base_as_given(self) -> bool {
        self.since(17, 0, 0)
    }

    /// Whether the form for the action `retrigger-multiple` fits the input that the action takes. 17.0.
    pub fn has_form_of_requests(self) -> bool {
        self.since(17, 0, 0)
    }

    /// Whether tasks of generic-worker fetch run-task by the url under which the decision itself reaches Taskcluster: that of
    /// its proxy, if it has one. 16.0 until 17.2.
    pub fn fetches_scripts_by_proxy(self) -> bool {
        self.since(16, 0, 0) && !self.since(17, 2, 0)
    }

    /// Whether all files count as changed in a new branch, of which no event says what it started from. 20.0.
    pub fn counts_all_files_of_new_branches(self) -> bool {
        self.since(20, 0, 0)
    }

    /// Whether git notes may have parameters of a decision. 21.0.
    pub fn reads_parameters_of_notes(self) -> bool {
        self.since(21, 0, 0)
    }

    /// Whether `base_ref` may be null. 23.0.
    pub fn takes_no_base_ref(self) -> bool {
        self.since(23, 0, 0)
    }

    /// Whether parameters that somebody brings along are read only if `decision` is reported to. Before, the event decides. 24.0.
    pub fn asks_for_parameter_override(self) -> bool {
        self.since(24, 0, 0)
    }

    /// Whether the full graph, and no longer the payload of a task, is where caches, identifiers and counts of dependencies
    /// are verified. From then on, a cache that is not a volume of its image is taken. 17.2.1.
    pub fn takes_caches_that_are_no_volumes(self) -> bool {
        self.since(17, 2, 1)
    }

    /// Whether `sparse-profile` does something. Until 18.0.
    pub fn has_sparse_profiles(self) -> bool {
        self < since::NO_SPARSE_PROFILES
    }

    /// Whether a program is run-task: by the end of its path, since 18.0.1 by the start of its name.
    pub fn is_run_task(self, program: &str) -> bool {
        match self.since(18, 0, 1) {
            true => program.rsplit('/').next().is_some_and(|name| name.starts_with("run-task")),
            false => program.ends_with("run-task"),
        }
    }

    /// Whether sections of transforms (`task-context`, `from-deps`, `chunk`, `notify` …) refuse unknown keys. 19.1.
    pub fn refuses_unknown_keys_of_sections(self) -> bool {
        self >= since::CLOSED_SECTIONS
    }

    /// Whether a boolean is not an integer. 19.1.
    pub fn refuses_booleans_for_integers(self) -> bool {
        self.since(19, 1, 0)
    }

    /// Whether null stands for nothing under some keys. 19.1.
    pub fn takes_null_for_nothing(self) -> bool {
        self.since(19, 1, 0)
    }

    /// Whether the context of a docker image has no folders `__pycache__`. 19.1.
    pub fn leaves_byte_code_out(self) -> bool {
        self.since(19, 1, 0)
    }

    /// Whether unknown keys of `run`, `fetch` and `worker` do nothing, where they were refused before. 19.1.
    pub fn ignores_unknown_keys(self) -> bool {
        self >= since::CLOSED_SECTIONS
    }

    /// Whether generic-worker can hide the window of a command. 20.0.
    pub fn has_hide_cmd_window(self) -> bool {
        self.since(20, 0, 0)
    }

    /// The features of docker-worker that a task can ask for. 21.0 and 22.0 removed some.
    pub fn docker_features(self) -> DockerFeatures {
        DockerFeatures {
            privileged: self < since::NO_PRIVILEGED,
            relengapi_proxy: self < since::NO_RELENGAPI,
        }
    }

    /// Whether an index path is held against what the index takes, and not for slashes alone. 21.0.
    pub fn verifies_index_paths(self) -> bool {
        self >= since::INDEX_PATHS
    }

    /// Whether `dependencies` in the JSON of a graph are those of the task, and not the edges of the graph. 23.0.
    pub fn writes_dependencies_of_tasks(self) -> bool {
        self.since(23, 0, 0)
    }

    /// Whether `taskgraph.disabled-actions` leaves actions out. 23.0.
    pub fn has_disabled_actions(self) -> bool {
        self.since(23, 0, 0)
    }

    /// Whether `task-context` chooses from `by-*` maps before it fills in, and takes options for that. 23.2.
    pub fn task_context_resolves_keys(self) -> bool {
        self.since(23, 2, 0)
    }

    /// Whether `task-context` asks functions of the tree, by `from-custom`. 24.1.
    pub fn has_custom_context(self) -> bool {
        self.since(24, 1, 0)
    }

    /// Whether the level alone says that a graph is for a try, and not the project or a pull request, too. 24.0.
    pub fn level_alone_is_try(self) -> bool {
        self >= since::NO_IS_TRY
    }

    /// Whether a task that puts others into the index says their rank as a text. 24.2.
    pub fn writes_index_rank_as_text(self) -> bool {
        self.since(24, 2, 0)
    }

    /// Whether tasks for this event look for results of pull requests.
    pub fn searches_cache_of_pull_requests(self, tasks_for: &str) -> bool {
        match self {
            _ if self.since(24, 4, 1) => matches!(tasks_for, "github-pull-request" | "github-issue-comment"),
            _ if self.since(24, 2, 2) => tasks_for == "github-pull-request",
            _ => tasks_for.starts_with("github-pull-request"),
        }
    }

    /// Whether tasks for this event leave their results to pull requests alone.
    pub fn fills_cache_of_pull_requests(self, tasks_for: &str) -> bool {
        tasks_for.starts_with("github-pull-request")
            || self.since(24, 4, 1) && tasks_for == "github-issue-comment"
    }

    /// Whether tasks for this event are taken whatever `run-on-git-branches` says.
    pub fn ignores_git_branches(self, tasks_for: &str) -> bool {
        match self.since(24, 4, 0) {
            true => tasks_for.starts_with("github-pull-request"),
            false => tasks_for == "github-pull-request",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> TaskgraphVersion {
        TaskgraphVersion::from(&text.parse::<Version>().unwrap())
    }

    #[test]
    fn versions_have_the_order_of_releases() {
        assert_eq!(version("15.1.3"), TaskgraphVersion::default());
        assert!(version("9.2.1") < version("15.1.3") && version("15.1.3") < version("15.2"));
        assert_eq!(version("24.2rc1"), version("24.2.0"));
        assert_eq!(version("24.2").to_string(), "24.2.0");
    }

    #[test]
    fn what_changed_holds_from_its_release_on() {
        for (before, since) in [("15.4.0", "16.0.0"), ("16.1.1", "16.2.0"), ("24.1.1", "24.2.0")] {
            assert_ne!(
                version(before).image_builder().image,
                version(since).image_builder().image,
                "{since}"
            );
        }
        for (release, by_proxy) in [("15.4.0", false), ("16.0.0", true), ("17.1.0", true), ("17.2.0", false)]
        {
            assert_eq!(version(release).fetches_scripts_by_proxy(), by_proxy, "{release}");
        }
        assert!(version("17.3.0").has_sparse_profiles() && !version("18.0.0").has_sparse_profiles());
        assert!(
            version("18.0.0").is_run_task("own-run-task") && !version("18.0.1").is_run_task("own-run-task")
        );
        assert!(
            !version("18.0.0").is_run_task("/bin/run-task-3")
                && version("18.0.1").is_run_task("/bin/run-task-3")
        );
        let (pull_request, comment) = ("github-pull-request-untrusted", "github-issue-comment");
        assert!(version("24.2.1").searches_cache_of_pull_requests(pull_request));
        assert!(!version("24.2.2").searches_cache_of_pull_requests(pull_request));
        assert!(!version("24.4.0").searches_cache_of_pull_requests(comment));
        assert!(version("24.4.1").searches_cache_of_pull_requests(comment));
        assert!(
            !version("24.3.0").ignores_git_branches(pull_request)
                && version("24.4.0").ignores_git_branches(pull_request)
        );
    }
}
