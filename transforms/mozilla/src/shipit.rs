//! The payload of `scriptworker-shipit`: a release is marked as shipped.

use crate::scopes::tag;
use anyhow::Result;
use taskgraph::schema::fields::Fields;
use taskgraph::schema::{Schema, optional, required};
use taskgraph::transform::payload::Payload;
use taskgraph::transform::{Context, TaskDescription};
use taskgraph_compat::map;
use taskgraph_compat::value::Map;

const WORKER: Schema = Schema::Map(&[
    required("implementation", Schema::Str),
    optional("os", Schema::Str),
    required("release-name", Schema::Str),
]);

/// The worker implementation.
pub(crate) const PAYLOAD: Payload = Payload {
    name: "scriptworker-shipit",
    summary: "Tells Ship-It about a release.",
    schema: |_| &WORKER,
    follows_taskgraph: true,
    build,
};

fn build(_: &Context<'_>, description: &mut TaskDescription, definition: &mut Map) -> Result<()> {
    tag(definition)?;
    let name = description.map_at("worker")?.text("release-name")?;
    definition.put("payload", map! { "release_name" => name });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use transforms_testing::built;

    #[test]
    fn a_release_has_its_name() {
        assert_eq!(
            built(&PAYLOAD, "worker: {release-name: r}").unwrap(),
            r#"{"tags": {"worker-implementation": "scriptworker"}, "payload": {"release_name": "r"}}"#
        );
    }
}
