//! Rewrites the definition of a task of another decision into one that can be created here and now.

use std::sync::Arc;

use crate::replicate::Replication;
use anyhow::Result;
use regex::NoExpand;
use taskgraph::schema::fields::{Fields, missing, wrong};
use taskgraph_compat::map;
use taskgraph_compat::value::{Map, Value};

impl Replication {
    fn lowered(&self, text: &str) -> Value {
        self.pattern.replace_all(text, NoExpand(&self.own)).into_owned().into()
    }

    /// Makes a definition one that can be created here and now.
    pub(super) fn rewrite(&self, definition: &mut Map) -> Result<()> {
        definition.put("schedulerId", &*self.own);
        definition.put("taskGroupId", &*self.group);
        definition.put("priority", "low");
        definition.put("routes", Value::from(vec![Value::from("checks")]));
        has(definition, "extra")?.take("treeherder");
        let payload = has(definition, "payload")?;
        if payload.contains_key("cache") {
            self.rename_caches(payload.map_at("cache")?);
        }
        if payload.contains_key("mounts") {
            for mount in payload.list_at("mounts")?.iter_mut().filter_map(Value::as_map_mut) {
                if mount.contains_key("cacheName") {
                    let name = self.lowered(mount.text("cacheName")?);
                    mount.put("cacheName", name);
                }
            }
        }
        if definition.contains_key("scopes") {
            for scope in definition.list_at("scopes")? {
                *scope = match &*scope {
                    Value::Str(text) => self.lowered(text),
                    other => return Err(wrong("scopes", other, "a list of strings")),
                };
            }
        }
        for key in ["taskQueueId", "provisionerId", "worker-type"] {
            if self.lowers_workers && definition.contains_key(key) {
                let name = definition.text(key)?.replace('3', &self.level);
                definition.put(key, name);
            }
        }
        from_now_on(definition)?;
        let payload = has(definition, "payload")?;
        if payload.contains_key("env") {
            payload.map_at("env")?.retain(|name, _| !name.ends_with("_REV"));
        }
        Ok(())
    }

    /// Names of caches say for which level and trust domain they are. A name that is there already gets the later value.
    fn rename_caches(&self, caches: &mut Map) {
        for (name, value) in caches.clone().iter() {
            caches.take(name);
            if let Value::Str(renamed) = self.lowered(name) {
                caches.put(&renamed, value.clone());
            }
        }
    }
}

/// All dates count from the creation of the copy.
fn from_now_on(definition: &mut Map) -> Result<()> {
    let later = |time: &str| Value::from(map! { "relative-datestamp" => time });
    definition.put("created", later("0 seconds"));
    definition.put("deadline", later("1 day"));
    definition.put("expires", later("1 month"));
    let artifacts: Vec<&mut Value> = match has(definition, "payload")?.get_mut("artifacts") {
        Some(Value::Map(_)) => has(has(definition, "payload")?, "artifacts")?.values_mut().collect(),
        Some(Value::List(artifacts)) => Arc::make_mut(artifacts).iter_mut().collect(),
        _ => Vec::new(),
    };
    for artifact in artifacts.into_iter().filter_map(Value::as_map_mut) {
        if artifact.contains_key("expires") {
            artifact.put("expires", later("1 month"));
        }
    }
    Ok(())
}

/// The map at a key that has to be there.
pub(super) fn has<'m>(map: &'m mut Map, key: &str) -> Result<&'m mut Map> {
    match map.contains_key(key) {
        true => map.map_at(key),
        false => Err(missing(key, "a map")),
    }
}
