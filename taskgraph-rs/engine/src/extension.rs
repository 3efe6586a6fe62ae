//! Extensions: what a tree adds to the engine by its register string (parameters, their checks, target methods).

use anyhow::Result;
use indexmap::IndexMap;

use crate::diagnostics::Problem;
use crate::graph::TaskGraph;
use crate::graph_config::GraphConfig;
use crate::known_python::Role;
use crate::known_urls::Question;
use crate::loader::Kind;
use crate::parameters::Params;
use crate::schema::{Field, Violation};
use crate::task::Label;
use crate::tree::Tree;
use crate::type_map::TypeMap;
use taskgraph_compat::value::Str;

/// Picks labels of the full graph. Never invents one.
pub type TargetMethod = fn(&TaskGraph, &Params, &GraphConfig) -> Result<Vec<Label>>;

/// Adds to the parameters of a decision what only the tree knows.
pub type DecisionParameters = fn(&mut Params, &Tree) -> Result<()>;

/// Checks parameters beyond their schemas, knowing the kinds of the tree. Says where keys stand that are wrong, or have no
/// effect.
pub type Check = fn(&Params, &IndexMap<Str, Kind>) -> Vec<Problem>;

/// The meaning of a register string.
#[derive(Default)]
pub struct Extension {
    /// Parameters that the tree needs besides the base ones.
    pub parameters: &'static [Field],
    /// Moves parameters to the place where kinds read them, before anything is checked.
    pub normalize: Option<fn(&mut Params)>,
    /// Checks what the tree adds to config.yml.
    pub config: Option<fn(&GraphConfig) -> Vec<Violation>>,
    /// Checks the parameters beyond their schemas. Positions are found through the parameters themselves.
    pub check: Option<Check>,
    /// Finds what does not hold for a full graph of this tree, besides what has to hold for every graph.
    pub verify: Option<fn(&TaskGraph) -> Vec<Problem>>,
    /// The urls that have to be asked before a graph is made.
    pub questions: Option<fn(&Params) -> Vec<Question>>,
    /// Target methods by name.
    pub target_methods: &'static [(&'static str, TargetMethod)],
    /// The functions that `taskgraph.decision-parameters` in config.yml may name.
    pub decision_parameters: &'static [(&'static str, DecisionParameters)],
    /// Defaults: the name of a parameter, and the file of the tree (relative to its root) that has its value.
    pub defaults: Vec<(&'static str, String)>,
    /// Additions of packages above the engine, one value of each type: the training pipeline of the tree, its actions.
    pub additions: TypeMap,
    /// The roles that the tree's own Python has in the place of this extension.
    pub left_to_python: Vec<Role>,
}

impl Extension {
    /// Moves parameters to the place where kinds read them.
    pub fn normalize(&self, params: &mut Params) {
        if let Some(normalize) = self.normalize {
            normalize(params);
        }
    }
}
