//! The schemas that the services publish.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, Registry, Resource, ValidationError, Validator};
use serde_json::Value;

use crate::support::{read_json, shared};

/// Base of the relative references of the schemas.
const ROOT: &str = "taskcluster:/schemas/";

/// Pattern of an ID in the schemas: a UUID of version 4.
const SLUG: &str = "^[A-Za-z0-9_-]{8}[Q-T][A-Za-z0-9_-][CGKOSWaeimquy26-][A-Za-z0-9_-]{10}[AQgw]$";

/// Pattern that is accepted here: the cases of the reference have made-up IDs.
const LOOSE_SLUG: &str = "^[A-Za-z0-9_-]{22}$";

/// All schemas, by their path: `queue/v1/task.json`.
pub(crate) struct Schemas {
    texts: BTreeMap<String, Value>,
    registry: Registry,
    ready: Mutex<BTreeMap<String, Arc<Validator>>>,
}

impl Schemas {
    /// The schemas in `../shared`, read once.
    pub(crate) fn get() -> Option<&'static Schemas> {
        static SCHEMAS: OnceLock<Option<Schemas>> = OnceLock::new();
        SCHEMAS.get_or_init(|| Some(Schemas::read(&shared("taskcluster-schemas/schemas")?))).as_ref()
    }

    fn read(folder: &Path) -> Self {
        let mut texts = BTreeMap::new();
        for service in ["queue/v1", "index/v1", "docker-worker/v1", "generic-worker"] {
            for entry in folder.join(service).read_dir().unwrap() {
                let path = entry.unwrap().path();
                let name = format!("{service}/{}", path.file_name().unwrap().to_string_lossy());
                let mut schema = read_json(&path);
                adapt(&mut schema);
                let fields = schema.as_object_mut().unwrap();
                fields.insert("$id".into(), format!("{ROOT}{name}").into());
                fields.shift_remove("$schema");
                texts.insert(name, schema);
            }
        }
        let resource = |(name, schema): (&String, &Value)| {
            (format!("{ROOT}{name}"), Draft::Draft6.create_resource(schema.clone()))
        };
        let resources: Vec<(String, Resource)> = texts.iter().map(resource).collect();
        let registry = Registry::options().draft(Draft::Draft6).build(resources).unwrap();
        Schemas { texts, registry, ready: Mutex::default() }
    }

    /// Returns the violations of a value; none if it fits the schema.
    pub(crate) fn check(&self, name: &str, value: &Value) -> Vec<String> {
        let validator =
            self.ready.lock().unwrap().entry(name.into()).or_insert_with(|| self.build(name)).clone();
        validator.iter_errors(value).flat_map(messages).collect()
    }

    fn build(&self, name: &str) -> Arc<Validator> {
        let schema = self.texts.get(name).unwrap_or_else(|| panic!("there is no schema {name}"));
        let validator = jsonschema::options()
            .with_draft(Draft::Draft6)
            .with_registry(self.registry.clone())
            .with_base_uri(format!("{ROOT}{name}"))
            .should_validate_formats(true)
            .build(schema);
        Arc::new(validator.unwrap_or_else(|error| panic!("{name}: {error}")))
    }
}

/// An error in words; where none of several schemas fits, what is wrong by each.
fn messages(error: ValidationError<'_>) -> Vec<String> {
    match error.kind {
        ValidationErrorKind::OneOfNotValid { context } | ValidationErrorKind::AnyOf { context } => {
            context.into_iter().flatten().flat_map(messages).collect()
        }
        _ => {
            let short: String = error.to_string().chars().take(300).collect();
            vec![format!("at `{}`: {short}", error.instance_path)]
        }
    }
}

fn adapt(schema: &mut Value) {
    match schema {
        Value::String(text) if text == SLUG => *text = LOOSE_SLUG.into(),
        Value::Object(map) => map.values_mut().for_each(adapt),
        Value::Array(items) => items.iter_mut().for_each(adapt),
        _ => {}
    }
}
