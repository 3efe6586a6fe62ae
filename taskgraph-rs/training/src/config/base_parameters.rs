//! Base parameters of a preview: from the repository if the tree is in one, else plausible values.

use taskgraph::parameters::Params;
use taskgraph::schema::fields::Fields;
use taskgraph::tree::Tree;
use taskgraph::tree::git::project_of;
use taskgraph_compat::value::Value;

const REPOSITORY: &str = "https://github.com/mozilla/translations";

/// A commit that nobody has.
const NO_REV: &str = "0000000000000000000000000000000000000000";

/// Puts base parameters where they are missing, as a `train` action of an ordinary run would have them.
pub(crate) fn fill(params: &mut Params, tree: &Tree, target_method: &str) {
    let repository = tree.repository();
    let values = params.values_mut();
    if ["base_repository", "head_repository", "project"].iter().any(|name| !values.contains_key(*name)) {
        let url = repository.and_then(|repository| repository.url().ok()).filter(|url| has_addresses(url));
        let url = url.unwrap_or_else(|| REPOSITORY.into());
        values.set_default("base_repository", url.as_str());
        values.set_default("head_repository", url.as_str());
        values.set_default("project", project_of(&url).unwrap_or_default());
    }
    if !values.contains_key("head_rev") {
        let rev = repository.and_then(|repository| repository.head_rev().ok());
        values.put("head_rev", rev.unwrap_or_else(|| NO_REV.into()));
    }
    let constants: [(&str, Value); 5] = [
        ("head_ref", "refs/heads/main".into()),
        ("files_changed", Value::list()),
        ("level", "1".into()),
        ("target_tasks_method", target_method.into()),
        ("tasks_for", "action".into()),
    ];
    for (name, value) in constants {
        values.set_default(name, value);
    }
}

/// Whether the source of a task can be shown as an address. See [`Params::file_url`].
fn has_addresses(url: &str) -> bool {
    let is_hosted = url.starts_with("https://github.com/") || url.starts_with("git@github.com:");
    is_hosted && project_of(url).is_some()
}
