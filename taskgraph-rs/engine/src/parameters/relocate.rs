//! Values that stand elsewhere in a file than where they are read.

use crate::parameters::{Layer, Params};
use crate::schema::fields::Fields;
use taskgraph_compat::value::path::{KeyPath, Step};
use taskgraph_compat::value::{Map, Value};

/// The value at a path, with empty maps made on the way.
fn section<'v>(values: &'v mut Map, path: &[Step]) -> Option<&'v mut Value> {
    let (first, rest) = path.split_first()?;
    let Step::Key(first) = first else { return None };
    let mut value = values.set_default(first, Value::map());
    for step in rest {
        let Step::Key(key) = step else { return None };
        value = value.as_map_mut()?.set_default(key, Value::map());
    }
    Some(value)
}

fn parent(path: &KeyPath) -> &[Step] {
    path.0.split_last().map_or(&[], |(_, above)| above)
}

fn last(path: &KeyPath) -> &str {
    path.last_key().unwrap_or_default()
}

impl Params {
    /// Moves the value at `from` to `to`, with its positions. If there is a value in both places nothing is moved.
    pub fn relocate(&mut self, from: &KeyPath, to: &KeyPath) {
        if self.find(to).is_some() || self.find(from).is_none() {
            return;
        }
        let values = self.values_mut();
        let Some(target) = section(values, parent(to)) else { return };
        if !matches!(target, Value::Map(_)) {
            return;
        }
        let taken =
            section(values, parent(from)).and_then(Value::as_map_mut).and_then(|map| map.take(last(from)));
        let target = section(values, parent(to)).and_then(Value::as_map_mut);
        if let (Some(moved), Some(target)) = (taken, target) {
            target.put(last(to), moved);
        }
        let layers = self.layers.iter().filter_map(|layer| {
            let rest = from.0.strip_prefix(layer.mount.0.as_slice())?;
            let inside = layer.inside.concat(&KeyPath(rest.to_vec()));
            layer.document.locate(&inside)?;
            Some(Layer { document: layer.document.clone(), inside, mount: to.clone() })
        });
        let layers: Vec<Layer> = layers.collect();
        self.layers.extend(layers);
    }

    /// The value at `path`. Not noted as read: for those who look after the parameters.
    pub fn find(&self, path: &KeyPath) -> Option<&Value> {
        let (first, rest) = path.0.split_first()?;
        let Step::Key(first) = first else { return None };
        KeyPath(rest.to_vec()).find(self.values.get(first)?)
    }

    /// The value at `path` for changing, if there are only maps on the way.
    pub fn find_mut(&mut self, path: &KeyPath) -> Option<&mut Value> {
        self.find(path)?;
        section(self.values_mut(), &path.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::LoadedValues;
    use taskgraph_compat::source::Source;

    fn moved(text: &str) -> Params {
        let given = LoadedValues::read(Source::new("p.yml", text), false).unwrap();
        let mut params = Params::new(given.values, vec![given.layer]);
        params.relocate(&KeyPath::dotted("t.models"), &KeyPath::dotted("t.experiment.models"));
        params
    }

    #[test]
    fn models_at_the_top_move_with_their_positions() {
        for text in
            ["t:\n  models:\n    a: {urls: []}\n", "t:\n  models:\n    a: {urls: []}\n  experiment: {x: 1}\n"]
        {
            let params = moved(text);
            let path = KeyPath::dotted("t.experiment.models.a.urls");
            assert_eq!(params.find(&path), Some(&Value::list()));
            assert_eq!(params.place_of_key(&path).unwrap().to_string(), "p.yml:3:9");
            assert_eq!(params.path_in_file(&path).to_string(), "t.models.a.urls");
            assert_eq!(params.find(&KeyPath::dotted("t.models")), None);
        }
    }

    #[test]
    fn models_in_both_places_stay() {
        let params = moved("t: {models: {a: 1}, experiment: {models: {b: 1}}}");
        assert!(params.find(&KeyPath::dotted("t.models.a")).is_some());
        assert!(params.find(&KeyPath::dotted("t.experiment.models.b")).is_some());
    }

    #[test]
    fn what_is_no_map_takes_no_models() {
        let params = moved("t: {models: {a: 1}, experiment: 7}");
        assert!(params.find(&KeyPath::dotted("t.models.a")).is_some());
    }
}
