//! `mozilla_taskgraph.transforms.scriptworker.shipit.mark_as_shipped`: tells Ship-It that a release is out.
//!
//! ```yaml
//! shipit-product: {by-build-type: {nightly: app-nightly, default: app}}
//! ```
//!
//! The section `shipit` of config.yml has the product of all tasks, how releases are called, and how scopes begin.

use crate::nullable::TEXT_OR_NULL;
use crate::scopes::known_prefix;
use anyhow::{Context as _, Result};
use taskgraph::keyed_by::evaluate;
use taskgraph::schema::fields::{Fields, missing, within};
use taskgraph::schema::{Schema, optional};
use taskgraph::transform::{Context, TaskDescription, Transform, TransformInfo, with_state};
use taskgraph_compat::map;
use taskgraph_compat::python::{format, str};
use taskgraph_compat::value::{Map, Str, Value};

const PRODUCT: &str = "shipit-product";
const NAME: &str = "mark-as-shipped";

const PRODUCT_SCHEMA: Schema = Schema::KeyedBy(&["build-type"], &Schema::Str);
const SCHEMA: Schema =
    Schema::Open(&[optional("name", Schema::Str), optional(PRODUCT, PRODUCT_SCHEMA)], &Schema::Any);
/// msgspec: what may be keyed is not looked at inside of what may be null.
const SHAPE_4: Schema =
    Schema::Open(&[optional("name", TEXT_OR_NULL), optional(PRODUCT, Schema::Any)], &Schema::Any);

const RELEASE: &str = "{product}-{version}-build{build_number}";

/// The description of the transform.
pub(crate) const INFO: TransformInfo = TransformInfo::new(
    "mozilla_taskgraph.transforms.scriptworker.shipit.mark_as_shipped",
    "Makes tasks that tell Ship-It that a release is out.",
)
.sections(&[(PRODUCT, &PRODUCT_SCHEMA)]);

/// The transform.
pub(crate) fn transform() -> Transform {
    with_state(ShipIt::of).each(|ctx, ship_it, description| {
        if !ctx.settings.fast {
            ship_it.schema.require_of(description)?;
        }
        let product = match description.take(PRODUCT) {
            Some(product) => within(PRODUCT, chosen(description, &product))?,
            None => ship_it.product.clone(),
        };
        if !product.truthy() {
            return Err(missing(
                PRODUCT,
                "the product that is shipped, here or in `shipit.product` of config.yml",
            ));
        }
        let name = description.take("name").unwrap_or_else(|| NAME.into());
        description.set_default("label", name);
        description.put("description", std::format!("Mark {} as shipped in Ship-It", str(&product)));
        description.put("scopes", ship_it.scopes.clone());
        let parameter = |name: &str| ctx.params.get(name).cloned().unwrap_or_default();
        let names = map! {
            "product" => product, "version" => parameter("version"), "build_number" => parameter("build_number"),
        };
        let release = format(&ship_it.release_format, |name| names.get(name))?;
        description.map_at("worker")?.put("release-name", release.into_owned());
        Ok(())
    })
}

/// Settings of config.yml for all tasks.
struct ShipIt {
    schema: &'static Schema,
    product: Value,
    scopes: Vec<Value>,
    release_format: Str,
}

impl ShipIt {
    fn of(ctx: &Context<'_>) -> Result<Self> {
        // msgspec takes null for a section and its keys, which does not stand for a default here.
        let none = Map::default();
        let shipit = match ctx.config.get("shipit") {
            Some(section) => {
                section.as_map().context("`shipit` of config.yml must be a map, found nothing (null)")?
            }
            None => &none,
        };
        let begins = known_prefix(ctx)?.unwrap_or_else(|| "project:releng".into());
        let scopes = shipit.get("scope-prefix").map(str).unwrap_or_else(|| std::format!("{begins}:ship-it"));
        let named = shipit.get("release-format").map_or(Some(RELEASE), Value::as_str);
        let named =
            named.context("`shipit.release-format` of config.yml must be a string, found nothing (null)")?;
        let server = if ctx.params.text("level") == "3" { "production" } else { "staging" };
        let scopes =
            [std::format!("{scopes}:action:mark-as-shipped"), std::format!("{scopes}:server:{server}")];
        Ok(ShipIt {
            schema: if ctx.config.mozilla.has_schemas_of_msgspec() { &SHAPE_4 } else { &SCHEMA },
            product: shipit.get("product").cloned().unwrap_or_default(),
            scopes: scopes.map(Value::from).to_vec(),
            release_format: named.into(),
        })
    }
}

/// The product of a task, which may be keyed by anything that the task says.
fn chosen(description: &TaskDescription, product: &Value) -> Result<Value> {
    evaluate(product, &std::format!("`{PRODUCT}`"), |name| match name {
        "build-type" => description.get("attributes")?.get(name).cloned(),
        other => description.get(other).cloned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use transforms_testing::{Fixture, params};

    fn fixture(level: &str) -> Fixture {
        let parameters = std::format!("{{level: '{level}', version: '1.2', build_number: 4}}");
        let mut fixture = Fixture::new("{}");
        fixture.params = params(&parameters);
        fixture
    }

    #[test]
    fn a_release_is_named_by_its_product_and_version() {
        let description =
            "{shipit-product: {by-build-type: {nightly: a, default: b}}, attributes: {build-type: nightly}}";
        let one = |level: &str, path: &str| fixture(level).one(transform(), description, path);
        assert_eq!(one("1", "worker.release-name"), r#""a-1.2-build4""#);
        assert_eq!(one("1", "description"), r#""Mark a as shipped in Ship-It""#);
        assert_eq!(one("1", "label"), r#""stub""#);
        assert_eq!(one("3", "shipit-product"), "none");
        for (level, server) in [("1", "staging"), ("3", "production")] {
            let scopes = std::format!(
                r#"["project:it:ship-it:action:mark-as-shipped", "project:it:ship-it:server:{server}"]"#
            );
            assert_eq!(one(level, "scopes"), scopes);
        }
    }

    #[test]
    fn a_product_is_needed() {
        let said = fixture("1").refused(transform(), "{}");
        assert!(said.contains("shipit-product"), "{said}");
        let said = fixture("1").refused(transform(), "{shipit-product: {by-level: {'1': a}}}");
        assert!(said.contains("shipit-product"), "{said}");
    }
}
