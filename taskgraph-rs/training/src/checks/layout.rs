//! Configs that were written for a tree of another layout. This is reported alone, because all other problems with
//! such a config follow from it.

use crate::pipeline::{Layout, Training};
use taskgraph::diagnostics::Problem;
use taskgraph::generator::Project;
use taskgraph::parameters::Params;
use taskgraph_compat::value::path::KeyPath;

/// The code of a config of another layout.
pub(crate) const CODE: &str = "other-layout";

/// Number of keys of another layout that outweigh one of this tree's own, which may be a leftover.
const WEIGHT: usize = 2;

/// The error about a config that has far more keys of another layout than of this tree's own; nothing for any other
/// config.
pub(crate) fn of_another(project: &Project, training: &Training, params: &Params) -> Option<Problem> {
    let own = keys(&training.layout, params).count();
    let other = training.other_layouts.iter().max_by_key(|other| keys(other, params).count())?;
    let found: Vec<KeyPath> = keys(other, params).collect();
    let first = found.first().filter(|_| found.len() > WEIGHT * own)?;
    let tree = match project.tree.is_embedded() {
        true => "the embedded kinds are".to_owned(),
        false => format!("`{}` is", project.tree.name()),
    };
    let message =
        format!("the config is of the layout of {}, and {tree} of {}", other.name, training.layout.name);
    let name = params.path_in_file(first);
    let label = match found.len() {
        1 => format!("only the layout of {} has `{name}`", other.name),
        many => format!(
            "only the layout of {} has `{name}`, and {} more keys of the config",
            other.name,
            many - 1
        ),
    };
    let help =
        format!("name a checkout of {}: --root CHECKOUT/taskcluster{}", other.repository, other.otherwise);
    Some(Problem::error(CODE, message).at(name, label).in_place(params.place_of_key(first)).help(help))
}

/// The keys of the config that a layout has, and no other.
fn keys<'l>(layout: &'l Layout, params: &'l Params) -> impl Iterator<Item = KeyPath> + 'l {
    layout.keys.iter().map(|path| KeyPath::dotted(path)).filter(|path| params.find(path).is_some())
}
