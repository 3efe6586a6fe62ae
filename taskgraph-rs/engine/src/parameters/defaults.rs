//! Defaults for parameters that were not given. Python: `taskgraph.parameters._get_defaults`.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::diagnostics::document::load;
use crate::error::Result;
use crate::parameters::{Layer, Params};
use crate::schema::fields::Fields;
use crate::tree::Tree;
use crate::tree::git::project_of;
use taskgraph_compat::time::compact_date;
use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;

/// Fills missing parameters: the base ones from the repository and the clock, those of the tree from its files (`defaults`:
/// the name of a parameter, and the file that has its value).
pub fn fill(
    params: &mut Params,
    tree: &Tree,
    defaults: &[(&'static str, String)],
    now: SystemTime,
) -> Result<()> {
    fill_base(params, tree, now)?;
    for (name, file) in defaults {
        if params.get(name).is_some() {
            continue;
        }
        let (document, value) = load(tree.read(file)?)?;
        params.values_mut().put(name, value);
        params.add_layer(Layer { document, inside: KeyPath::default(), mount: KeyPath::dotted(name) });
    }
    Ok(())
}

/// Fills the base parameters that are missing. Git is asked only for those.
pub fn fill_base(params: &mut Params, tree: &Tree, now: SystemTime) -> Result<()> {
    let repository = tree.repository();
    let seconds = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()) as i64;
    let values = params.values_mut();
    let url =
        || repository.and_then(|repository| repository.url().ok()).filter(|url| project_of(url).is_some());
    let remote = |values: &mut taskgraph_compat::value::Map, name: &str| {
        if !values.contains_key(name) {
            values.put(name, url().unwrap_or_default());
        }
    };
    remote(values, "base_repository");
    remote(values, "head_repository");
    if !values.contains_key("project") {
        values.put("project", url().and_then(|url| project_of(&url)).unwrap_or_default());
    }
    if !values.contains_key("head_rev") {
        values.put(
            "head_rev",
            repository.map(|repository| repository.head_rev()).transpose()?.unwrap_or_default(),
        );
    }
    if !values.contains_key("head_ref") {
        let branch = repository.map(|repository| repository.branch()).transpose()?.flatten();
        let rev = || values.get("head_rev").and_then(Value::as_str).unwrap_or_default().to_owned();
        let head_ref = branch.unwrap_or_else(rev);
        values.put("head_ref", head_ref);
    }
    if !values.contains_key("files_changed") {
        let files = repository.map(|repository| repository.changed_files()).transpose()?.unwrap_or_default();
        values.put("files_changed", files.into_iter().collect::<Value>());
    }
    if !values.contains_key("version") {
        values.put("version", repository.and_then(|repository| repository.version()));
    }
    let constants: [(&str, Value); 21] = [
        ("base_ref", "".into()),
        ("base_rev", "".into()),
        ("build_date", seconds.into()),
        ("build_number", 1.into()),
        ("do_not_optimize", Value::list()),
        ("enable_always_target", true.into()),
        ("existing_tasks", Value::map()),
        ("filters", ["target_tasks_method"].into_iter().collect()),
        ("head_tag", "".into()),
        ("level", "3".into()),
        ("moz_build_date", compact_date(seconds).into()),
        ("next_version", Value::Null),
        ("optimize_strategies", Value::Null),
        ("optimize_target_tasks", true.into()),
        ("owner", "nobody@mozilla.com".into()),
        ("pushdate", seconds.into()),
        ("pushlog_id", "0".into()),
        ("repository_type", "git".into()),
        ("target_tasks_method", "default".into()),
        ("tasks_for", "".into()),
        ("target-kinds", Value::list()),
    ];
    for (name, value) in constants {
        values.set_default(name, value);
    }
    Ok(())
}
