//! Lets a task depend on one task instead of another, wherever it names it.

use anyhow::Result;
use taskgraph::schema::fields::{Fields, missing};
use taskgraph::transform::TaskDescription;
use taskgraph_compat::value::{Map, Value};

/// The artifact that a later alignment begins with.
const PRIORS: &str = "corpus.priors";
/// The task that makes it.
pub(crate) const PRIORS_TASK: &str = "corpus-align-parallel";

/// Puts `new` in the place of `old`: in dependencies, in what is fetched, and in substitution fields. Says whether the
/// task had anything of `old`.
pub(crate) fn replace(description: &mut TaskDescription, old: &str, new: &str) -> bool {
    let mut moved = false;
    if let Some(dependencies) = map(description, "dependencies")
        && dependencies.take(old).is_some_and(|label| label.truthy())
    {
        dependencies.put(new, format!("{new}-{{src_locale}}-{{trg_locale}}"));
        moved = true;
    }
    if let Some(fetches) = map(description, "fetches") {
        moved |= rename(fetches, old, new);
    }
    if let Some(fetches) = map(description, "from-deps").and_then(|section| map(section, "fetches")) {
        moved |= rename(fetches, old, new);
    }
    let fields = map(description, "task-context").and_then(|section| section.get_mut("substitution-fields"));
    for field in fields.and_then(Value::as_list_mut).into_iter().flatten() {
        if let Some(text) = field.as_str().filter(|text| text.contains(old)) {
            *field = text.replace(old, new).into();
        }
    }
    moved
}

fn rename(fetches: &mut Map, old: &str, new: &str) -> bool {
    let artifacts = fetches.take(old).filter(Value::truthy);
    artifacts.map(|artifacts| fetches.put(new, artifacts)).is_some()
}

fn map<'m>(map: &'m mut Map, key: &str) -> Option<&'m mut Map> {
    // Asked for reading first: to ask for changing unshares what is shared.
    map.get(key)?.as_map().filter(|inner| !inner.is_empty())?;
    map.get_mut(key)?.as_map_mut()
}

/// Takes away the dependency on another corpus' alignments, if only their priors are fetched. Says whether it did.
pub(crate) fn drop_priors(description: &mut TaskDescription) -> Result<bool> {
    let fetched = description.get("fetches").and_then(|fetches| fetches.get(PRIORS_TASK)?.as_list());
    let only_priors =
        matches!(fetched, Some([one]) if one.get("artifact").is_some_and(|it| *it == PRIORS.into()));
    let Some(dependencies) = map(description, "dependencies").filter(|_| only_priors) else {
        return Ok(false);
    };
    if dependencies.take(PRIORS_TASK).is_none() {
        return Err(missing(format!("dependencies.{PRIORS_TASK}").as_str(), "the task with the priors"));
    }
    description.map_at("fetches")?.take(PRIORS_TASK);
    Ok(true)
}
