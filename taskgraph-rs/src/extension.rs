//! What a tree adds to the engine by its register string: parameters, their checks, target methods.

use anyhow::Result;

use crate::config::GraphConfig;
use crate::graph::TaskGraph;
use crate::params::Params;
use crate::problem::Problem;
use crate::shape::Field;
use crate::task::Label;
use crate::urls::Question;

/// Picks labels of the full graph. Never invents one.
pub type TargetMethod = fn(&TaskGraph, &Params, &GraphConfig) -> Result<Vec<Label>>;

/// What a register string stands for.
#[derive(Default)]
pub struct Extension {
    /// Parameters that the tree needs besides the base ones.
    pub parameters: &'static [Field],
    /// Checks the parameters beyond their shapes. Positions are found through the parameters themselves.
    pub check: Option<fn(&Params) -> Vec<Problem>>,
    /// Finds what does not hold for a full graph of this tree, besides what has to hold for every graph.
    pub verify: Option<fn(&TaskGraph) -> Vec<Problem>>,
    /// The urls that have to be asked before a graph is made.
    pub questions: Option<fn(&Params) -> Vec<Question>>,
    /// Target methods by name.
    pub target_methods: &'static [(&'static str, TargetMethod)],
    /// Defaults: the name of a parameter, and the file of the tree (relative to its root) that has its value.
    pub defaults: Vec<(&'static str, String)>,
}
