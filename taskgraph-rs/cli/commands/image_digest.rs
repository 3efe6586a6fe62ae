//! `image-digest`: the digest of a docker image, as the content of the tree makes it.

use crate::Status;
use crate::args::TreeOptions;
use crate::images::Images;
use crate::output::write;
use crate::report::Reporter;
use clap::Args as ClapArgs;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::Result;
use taskgraph::registry::Registry;

/// Flags of `image-digest`.
#[derive(ClapArgs)]
pub(crate) struct ImageDigestOptions {
    /// The name of the image, as in the kind docker-image
    #[arg(value_name = "IMAGE")]
    pub image: String,

    /// The tree.
    #[command(flatten)]
    pub tree: TreeOptions,
}

/// Prints the digest of an image.
pub(crate) fn run(options: &ImageDigestOptions, registry: &Registry, reporter: &Reporter) -> Result<Status> {
    let images = Images::make(&options.tree, false, registry, reporter)?;
    let task = images.task(&options.image)?;
    let digest = task.attributes.get("cached_task").and_then(|cached| cached.get("digest")?.as_str());
    let digest = digest.ok_or_else(|| {
        let message = format!("the image `{}` has no digest", options.image);
        let help = "an image has one unless its kind says `cache: false`";
        Problems::from(Problem::error("no-digest", message).help(help))
    })?;
    write(None, |out| Ok(writeln!(out, "{digest}")?))?;
    Ok(Status::Fine)
}
