//! The tree of a preview: kept from one preview to the next, as long as it lies there as it was read.

use crate::commands::preview::PreviewOptions;
use crate::environment::open_tree_or_embedded;
use std::collections::BTreeSet;
use taskgraph::error::Result;
use taskgraph::generator::Project;
use taskgraph::registry::Registry;
use taskgraph::tree::fingerprint::Stamp;

/// A tree that is read when it is needed first, and again once something in it has changed.
pub(super) struct CachedTree<'k> {
    options: &'k PreviewOptions,
    registry: &'k Registry,
    known: Option<(Option<Stamp>, Project)>,
    /// The notes that were printed: nobody has to read them after every change of a config.
    reported: BTreeSet<String>,
}

impl<'k> CachedTree<'k> {
    /// The tree that the flags name. Nothing is read yet.
    pub(super) fn new(options: &'k PreviewOptions, registry: &'k Registry) -> Self {
        CachedTree { options, registry, known: None, reported: BTreeSet::new() }
    }

    /// Leaves out the notes that an earlier preview has printed.
    pub(super) fn remove_reported(&mut self, notes: &mut Vec<String>) {
        notes.retain(|note| self.reported.insert(note.clone()));
    }

    /// The tree as it lies there.
    pub(super) fn project(&mut self) -> Result<&Project> {
        let is_same = |(stamp, project): &(Option<Stamp>, Project)| {
            stamp.is_some() && project.tree.stamp(&self.options.config) == *stamp
        };
        let known = match self.known.take().filter(is_same) {
            Some(known) => known,
            None => {
                let tree = open_tree_or_embedded(self.options.root.as_deref())?;
                // Taken before the files are read: what is saved meanwhile is another change.
                let stamp = self.options.watch.then(|| tree.stamp(&self.options.config)).flatten();
                (stamp, Project::load(tree, self.registry, &Default::default())?)
            }
        };
        Ok(&self.known.insert(known).1)
    }
}
