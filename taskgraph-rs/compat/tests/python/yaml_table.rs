//! Holds the reader against what Python made of hard documents.

use serde_json::Value as Json;
use taskgraph_compat::source::Source;
use taskgraph_compat::yaml::read;

use super::typed_nodes;

#[test]
fn documents_read_as_python_reads_them() {
    let Some(path) = typed_nodes::shared()
        .map(|shared| shared.join("python-tables/yaml.json"))
        .filter(|path| path.exists())
    else {
        println!("left out: no shared/python-tables/yaml.json");
        return;
    };
    let table: Vec<Json> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut differences = Vec::new();
    for entry in &table {
        let text = entry["yaml"].as_str().unwrap();
        let found = read(Source::new("test.yml", text));
        match (&found, entry.get("value")) {
            (Ok(document), Some(expected)) => {
                let found = typed_nodes::typed(&document.root);
                if found != typed_nodes::with_float_bits(expected) {
                    differences.push(format!("{text:?}: {found} instead of {expected}"));
                }
            }
            (Err(_), None) => {}
            (Ok(document), None) => differences.push(format!("{text:?}: not refused: {:?}", document.root)),
            (Err(error), Some(expected)) => {
                differences.push(format!("{text:?}: {error} instead of {expected}"))
            }
        }
    }
    println!("{} of {} documents equal", table.len() - differences.len(), table.len());
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
