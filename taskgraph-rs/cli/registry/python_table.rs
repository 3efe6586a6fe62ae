//! The Python modules that the transforms, and all else that is registered here, are known to equal.

use taskgraph::known_python::Table;

/// The table that `tests/known/make.py` writes.
const TABLE: &str = include_str!("../../../transforms/known.json");

/// Returns the table of Python code that native parts were compared with.
pub(crate) fn table() -> Table {
    Table::parse(TABLE).expect("a test reads the table")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;
    use taskgraph::known_python::Package;

    use super::*;

    fn json() -> Value {
        serde_json::from_str(TABLE).unwrap()
    }

    /// Whether each is greater than the one before.
    fn is_sorted<T: PartialOrd>(items: &[T]) -> bool {
        items.windows(2).all(|pair| pair[0] < pair[1])
    }

    #[test]
    fn the_table_names_every_object_of_a_tree_that_is_registered() {
        let (registry, table) = (crate::registry(), table());
        let names = registry.names().chain(registry.extension_names());
        let of_tree: Vec<&str> = names.filter(|name| name.starts_with("translations_taskgraph")).collect();
        assert!(of_tree.len() > 15, "{of_tree:?}");
        let missing: Vec<&&str> = of_tree.iter().filter(|name| !table.has(name)).collect();
        assert!(missing.is_empty(), "tests/known/make.py has to be run: {missing:?}");
        for (_, module) in table.pieces("translations_taskgraph:register") {
            assert!(table.has(&module), "{module}");
        }
        assert!(table.has("translations_taskgraph.parameters:get_decision_parameters"));
    }

    #[test]
    fn the_table_is_sorted_and_says_nothing_twice() {
        let json = json();
        let objects: Vec<&String> = json["objects"].as_object().unwrap().keys().collect();
        assert!(is_sorted(&objects), "{objects:?}");
        let imported: Vec<&str> =
            json["imported"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert!(is_sorted(&imported) && imported.contains(&"voluptuous"), "{imported:?}");
        let mut digests = BTreeSet::new();
        let texts = json["texts"].as_array().unwrap();
        for text in texts {
            for digest in text[2].as_array().unwrap() {
                assert!(digests.insert((text[0].as_str(), digest.as_str())), "{text}: {digest}");
            }
        }
        let files: Vec<&str> = texts.iter().filter_map(|text| text[0].as_str()).collect();
        assert!(files.is_sorted(), "{files:?}");
        for (object, closures) in json["objects"].as_object().unwrap() {
            let closures = closures.as_array().unwrap();
            let sets: BTreeSet<String> =
                closures.iter().map(|closure| closure["texts"].to_string()).collect();
            assert_eq!(sets.len(), closures.len(), "{object}");
            let commits: Vec<u64> =
                closures.iter().filter_map(|closure| closure["commit"].as_u64()).collect();
            assert!(commits.is_sorted(), "{object}: the youngest has to stand first");
        }
    }

    #[test]
    fn the_reference_is_among_the_versions_that_are_held() {
        let table = table();
        for (package, version) in [(Package::Taskgraph, "15.1.3"), (Package::MozillaTaskgraph, "3.4.1")] {
            let held = table.versions(package);
            assert!(held.contains(&version.parse().unwrap()), "{held:?}");
            assert!(is_sorted(held), "{held:?}");
        }
    }

    #[test]
    fn the_table_stays_small() {
        assert!(TABLE.len() < 100_000, "{} bytes: it is read at every start", TABLE.len());
    }
}
