//! Versions of the pipeline: trees of different times give different meanings to the same names.
//!
//! The version of a tree follows from its kinds. A transform that differs between versions asks here.

use taskgraph::tree::Tree;

/// A pipeline version, called by the month of the tree that speaks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PipelineVersion {
    /// mozilla/firefox-translations-training: models stand under `experiment.pretrained-models`.
    December2024,
    /// mozilla/translations: models, corpora and vocabularies stand under `continuation`.
    July2026,
}

/// The kind that only trees with `continuation` have.
const CONTINUATION_KIND: &str = "kinds/continuation-model/kind.yml";

impl PipelineVersion {
    /// The pipeline version of a tree.
    pub fn of(tree: &Tree) -> Self {
        if tree.has(CONTINUATION_KIND) { PipelineVersion::July2026 } else { PipelineVersion::December2024 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_with_continuation_speaks_the_dialect_of_2026() {
        assert_eq!(
            PipelineVersion::of(&Tree::embedded(&[(CONTINUATION_KIND, "")])),
            PipelineVersion::July2026
        );
        assert_eq!(
            PipelineVersion::of(&Tree::embedded(&[("kinds/train-teacher/kind.yml", "")])),
            PipelineVersion::December2024
        );
    }
}
