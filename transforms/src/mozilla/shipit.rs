//! The payload of `scriptworker-shipit`: a release is marked as shipped.

use anyhow::Result;
use taskgraph::fields::Fields;
use taskgraph::map;
use taskgraph::payload::Payload;
use taskgraph::shape::{Shape, optional, required};
use taskgraph::transform::{Context, Stub};
use taskgraph::value::Map;

use super::scopes::tag;

const WORKER: Shape = Shape::Map(&[
    required("implementation", Shape::Str),
    optional("os", Shape::Str),
    required("release-name", Shape::Str),
]);

/// The worker implementation.
pub const PAYLOAD: Payload =
    Payload { name: "scriptworker-shipit", shape: |_| &WORKER, follows_taskgraph: true, build };

fn build(_: &Context<'_>, stub: &mut Stub, definition: &mut Map) -> Result<()> {
    tag(definition)?;
    let name = stub.map_at("worker")?.text("release-name")?;
    definition.put("payload", map! { "release_name" => name });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::translations::testing::built;

    #[test]
    fn a_release_has_its_name() {
        assert_eq!(
            built(&PAYLOAD, "worker: {release-name: r}").unwrap(),
            r#"{"tags": {"worker-implementation": "scriptworker"}, "payload": {"release_name": "r"}}"#
        );
    }
}
