//! Flags of `image-digest`.

use clap::Args as ClapArgs;

use crate::args::TreeOptions;

/// Flags of `image-digest`.
#[derive(ClapArgs)]
pub struct ImageDigestOptions {
    /// The name of the image, as in the kind docker-image
    #[arg(value_name = "IMAGE")]
    pub image: String,

    /// The tree.
    #[command(flatten)]
    pub tree: TreeOptions,
}
