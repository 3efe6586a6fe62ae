//! A smaller graph for checks: the same kinds of tasks, but not a task for each of a hundred datasets.
//!
//! Invariant: a config has the same errors and the same keys without effect in the sample.

use std::collections::BTreeSet;

use crate::pipeline::Training;
use taskgraph::parameters::Params;
use taskgraph::schema::fields::Fields as _;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Str, Value};

/// Names of datasets are cut in labels: what is longer is compared by its beginning.
const COMPARED: usize = 40;

/// The same parameters with one dataset of each provider in a category, and with one chunk. A dataset stays if a key
/// of the config may be looked up by its name.
pub(crate) fn sample(params: &Params, training: &Training) -> Params {
    let mut sampled = params.clone();
    let path = KeyPath::dotted(training.datasets);
    let mut keys = BTreeSet::new();
    for (name, section) in params.get(training.parameter).and_then(Value::as_map).into_iter().flatten() {
        if path.last_key() != Some(name) {
            collect_keys(section, &mut keys);
        }
    }
    if let Some(categories) = sampled.find_mut(&path).and_then(Value::as_map_mut) {
        for (_, list) in categories.iter_mut() {
            if let Some(items) = list.as_list() {
                *list = one_of_each(items, &keys);
            }
        }
    }
    let chunks = KeyPath::dotted(training.chunks);
    if params.find(&chunks).and_then(Value::as_int).is_some_and(|chunks| chunks > 1)
        && let Some(map) = sampled.find_mut(&chunks.parent()).and_then(Value::as_map_mut)
    {
        map.put(chunks.last_key().unwrap_or_default(), 1);
    }
    sampled
}

fn one_of_each(items: &[Value], keys: &BTreeSet<String>) -> Value {
    let mut providers = BTreeSet::new();
    let kept = items.iter().filter(|item| {
        let Some((provider, name)) = item.as_str().and_then(|item| item.split_once('_')) else { return true };
        let is_first = providers.insert(provider);
        is_first || keys.contains(&folded(&format!("{provider}{name}"))) || keys.contains(&folded(name))
    });
    kept.cloned().collect()
}

fn collect_keys(value: &Value, keys: &mut BTreeSet<String>) {
    let Some(map): Option<&Map> = value.as_map() else { return };
    for (key, value) in map.iter() {
        let key: &Str = key;
        keys.insert(folded(key));
        collect_keys(value, keys);
    }
}

/// Letters and digits: a key may have the name as it is, or as labels have it.
fn folded(name: &str) -> String {
    name.chars().filter(|one| one.is_alphanumeric()).take(COMPARED).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::NOTHING;
    use taskgraph::parameters::LoadedValues;
    use taskgraph_compat::source::Source;

    #[test]
    fn a_dataset_of_each_provider_stays_and_those_that_a_key_names() {
        const TRAINING: Training =
            Training { datasets: "t.datasets", chunks: "t.taskcluster.split-chunks", ..NOTHING };
        let text = "t: {cleaner: {opus_B_v1: 0.5, C/v2: 0.1}, taskcluster: {split-chunks: 20}, datasets: {train: \
                    [opus_A/v1, opus_B/v1, opus_C/v2, opus_D/v1, mtdata_x, plain, 7]}}";
        let given = LoadedValues::read(Source::new("p.yml", text), false).unwrap();
        let sampled = sample(&Params::new(given.values, vec![given.layer]), &TRAINING);
        let text = |path: &str| format!("{:?}", sampled.find(&path.into()).unwrap());
        assert_eq!(
            text("t.datasets.train"),
            r#"["opus_A/v1", "opus_B/v1", "opus_C/v2", "mtdata_x", "plain", 7]"#
        );
        assert_eq!(text("t.taskcluster.split-chunks"), "1");
    }
}
