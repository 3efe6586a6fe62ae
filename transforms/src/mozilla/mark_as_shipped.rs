//! `mozilla_taskgraph.transforms.scriptworker.shipit.mark_as_shipped`: tells Ship-It that a release is out.
//!
//! ```yaml
//! shipit-product: {by-build-type: {nightly: app-nightly, default: app}}
//! ```
//!
//! The section `shipit` of config.yml has the product of all tasks, how releases are called, and how scopes begin.

use anyhow::Result;
use taskgraph::fields::{Fields, missing, within};
use taskgraph::keyed_by::evaluate;
use taskgraph::map;
use taskgraph::python::{format, str};
use taskgraph::shape::{Shape, optional};
use taskgraph::transform::{Context, Stub, each};
use taskgraph::value::Value;

use super::nullable::TEXT_OR_NULL;

const PRODUCT: &str = "shipit-product";
const NAME: &str = "mark-as-shipped";

const SHAPE: Shape = Shape::Open(
    &[optional("name", Shape::Str), optional(PRODUCT, Shape::KeyedBy(&["build-type"], &Shape::Str))],
    &Shape::Any,
);
/// msgspec: what may be keyed is not looked at inside of what may be null.
const SHAPE_4: Shape =
    Shape::Open(&[optional("name", TEXT_OR_NULL), optional(PRODUCT, Shape::Any)], &Shape::Any);

const RELEASE: &str = "{product}-{version}-build{build_number}";

/// The transform.
pub fn transform(ctx: &Context<'_>, stubs: Vec<Stub>) -> Result<Vec<Stub>> {
    let section = |name: &str| ctx.config.get(name).and_then(Value::as_map);
    let text = |name: &str, key: &str| section(name).and_then(|section| section.get(key)?.as_str());
    let shipit = |key: &str| text("shipit", key);
    let scopes = match shipit("scope-prefix") {
        Some(prefix) => prefix.to_owned(),
        None => std::format!("{}:ship-it", text("scriptworker", "scope-prefix").unwrap_or("project:releng")),
    };
    let server = if ctx.params.text("level") == "3" { "production" } else { "staging" };
    let shape = if ctx.config.mozilla.has_schemas_of_msgspec() { &SHAPE_4 } else { &SHAPE };
    each(stubs, |stub| {
        if !ctx.settings.fast {
            shape.require_of(stub)?;
        }
        let product = match stub.take(PRODUCT) {
            Some(product) => within(PRODUCT, chosen(stub, &product))?,
            None => shipit("product").map(Value::from).unwrap_or_default(),
        };
        if !product.truthy() {
            return Err(missing(
                PRODUCT,
                "the product that is shipped, here or in `shipit.product` of config.yml",
            ));
        }
        let name = stub.take("name").unwrap_or_else(|| NAME.into());
        stub.set_default("label", name);
        stub.put("description", std::format!("Mark {} as shipped in Ship-It", str(&product)));
        let scopes =
            [std::format!("{scopes}:action:mark-as-shipped"), std::format!("{scopes}:server:{server}")];
        stub.put("scopes", scopes.map(Value::from).to_vec());
        let parameter = |name: &str| ctx.params.get(name).cloned().unwrap_or_default();
        let names = map! {
            "product" => product, "version" => parameter("version"), "build_number" => parameter("build_number"),
        };
        let release = format(shipit("release-format").unwrap_or(RELEASE), |name| names.get(name))?;
        stub.map_at("worker")?.put("release-name", release.into_owned());
        Ok(())
    })
}

/// The product of a task, which may be keyed by anything that the task says.
fn chosen(stub: &Stub, product: &Value) -> Result<Value> {
    evaluate(product, &std::format!("`{PRODUCT}`"), |name| match name {
        "build-type" => stub.get("attributes")?.get(name).cloned(),
        other => stub.get(other).cloned(),
    })
}
