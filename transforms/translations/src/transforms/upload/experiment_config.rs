//! `translations_taskgraph.transforms.upload_experiment_config`: the training config itself as what is uploaded.

use anyhow::{Context as _, Result};
use taskgraph::schema::fields::Fields;
use taskgraph::transform::{Context, Transform, TransformInfo, with_state};
use taskgraph_compat::python::{base64, json};
use taskgraph_compat::value::Value;

/// The description of the transform.
pub(crate) const INFO: TransformInfo = TransformInfo::new(
    "translations_taskgraph.transforms.upload_experiment_config",
    "Adds the training config to an upload.",
);

/// The transform: `worker.data-map[0].data` becomes the training config as JSON in base64.
pub(crate) fn transform() -> Transform {
    with_state(encoded_config).each(|_, data, description| {
        let map =
            description.at("worker")?.as_map_mut().context("`worker` must be a map")?.list_at("data-map")?;
        let first = map.first_mut().and_then(Value::as_map_mut);
        first.context("`worker.data-map` must have a map for the config")?.put("data", data.as_str());
        Ok(())
    })
}

fn encoded_config(ctx: &Context<'_>) -> Result<String> {
    let config = ctx.params.get("training_config").unwrap_or(&Value::Null);
    Ok(base64::encode(json::dumps(config)?.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use transforms_testing::Fixture;

    #[test]
    fn the_config_goes_along_in_base64() {
        let fixture = Fixture::new("{a: [1, é]}");
        let data = fixture.one(transform(), "{worker: {data-map: [{x: y}]}}", "worker.data-map");
        // `{"a": [1, "\u00e9"]}`
        assert_eq!(data, r#"[{"x": "y", "data": "eyJhIjogWzEsICJcdTAwZTkiXX0="}]"#);
        assert!(fixture.refused(transform(), "{worker: {data-map: []}}").contains("`worker.data-map`"));
    }
}
