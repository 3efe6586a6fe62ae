//! `--diff`: the graph of another revision, beside that of the tree as it lies there.

use std::collections::BTreeSet;
use std::io::Write;
use std::time::SystemTime;

use crate::graph_output::Graph;
use crate::index_source::IndexSource;
use crate::phase::Phase;
use taskgraph::diagnostics::Problems;
use taskgraph::error::{Error, Result};
use taskgraph::generator::Project;
use taskgraph::graph::diff::unified;
use taskgraph::parameters::Params;
use taskgraph::registry::Registry;
use taskgraph::settings::Settings;
use taskgraph::tree::Tree;
use taskgraph::tree::revision::Revision;

/// Number of digits of a commit's hash that are shown.
const SHORT: usize = 12;

/// A tree in another revision.
pub(crate) struct BaseRevision {
    project: Project,
    revision: Revision,
    /// Name of the working tree.
    now: String,
}

impl BaseRevision {
    /// Reads a revision of a tree; an empty name stands for the one that the present work is based on.
    pub(crate) fn load(
        tree: &Tree,
        registry: &Registry,
        rev: &str,
        targets: &BTreeSet<String>,
    ) -> Result<Self> {
        let revision = Revision::read(tree, Some(rev).filter(|rev| !rev.is_empty()))?;
        let project = Project::load(revision.tree(tree)?, registry, targets)?;
        let branch = tree.repository().and_then(|repository| repository.branch().ok().flatten());
        Ok(BaseRevision { project, revision, now: branch.unwrap_or_else(|| "now".into()) })
    }

    /// The graph of this revision with the same parameters. What is to be said about them was said before.
    pub(crate) fn graph(
        &self,
        params: &mut Params,
        settings: &Settings,
        phase: Phase,
        answers: &IndexSource,
    ) -> Result<Graph> {
        Problems(self.project.complete(params, SystemTime::now())?).check()?;
        Ok(phase.graph(&self.project, params, settings, answers)?.graph)
    }

    /// The unified diff of two graphs, each as text. Python: `diff -U20 --report-identical-files`.
    pub(crate) fn unified(
        &self,
        phase: Phase,
        show: impl Fn(&Graph, &mut dyn Write) -> Result<()>,
        before: &Graph,
        now: &Graph,
    ) -> Result<String> {
        let text = |graph| {
            let mut out = Vec::new();
            show(graph, &mut out)?;
            Ok::<_, Error>(String::from_utf8_lossy(&out).into_owned())
        };
        let name = phase.name();
        let commit = self.revision.commit.get(..SHORT).unwrap_or(&self.revision.commit);
        let (old, new) = (format!("{name}@{commit}"), format!("{name}@{}", self.now));
        let diff = unified((&old, &text(before)?), (&new, &text(now)?));
        Ok(if diff.is_empty() { format!("{old} and {new} are identical\n") } else { diff })
    }
}
