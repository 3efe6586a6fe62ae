//! `build-image`: builds a docker image of the tree on this machine.

use crate::Status;
use crate::args::{EngineOptions, TreeOptions};
use crate::container::Engine;
use crate::images::{ImageSources, Images, build, check, pack};
use crate::output::write;
use crate::output_medium::one_line;
use crate::report::Reporter;
use anstream::eprintln;
use clap::Args as ClapArgs;
use std::path::PathBuf;
use taskgraph::error::Result;
use taskgraph::registry::Registry;
use taskgraph_python::interruption::hold;

/// Flags of `build-image`.
#[derive(ClapArgs)]
pub(crate) struct BuildImageOptions {
    /// The name of the image, as in the kind docker-image
    #[arg(value_name = "IMAGE")]
    pub image: String,

    /// Call the image this [default: IMAGE:latest]
    #[arg(short, long, value_name = "NAME:TAG")]
    pub tag: Option<String>,

    /// Build nothing: write the context of the image to this file (.tar.gz)
    #[arg(long, value_name = "FILE")]
    pub context_only: Option<PathBuf>,

    /// The engine.
    #[command(flatten)]
    pub engine: EngineOptions,

    /// The tree.
    #[command(flatten)]
    pub tree: TreeOptions,
}

/// Builds an image, or writes its context.
pub(crate) fn run(options: &BuildImageOptions, registry: &Registry, reporter: &Reporter) -> Result<Status> {
    let images = Images::make(&options.tree, true, registry, reporter)?;
    let task = images.task(&options.image)?;
    let built = ImageSources {
        graph: &images.full.graph,
        contexts: &images.full.contexts,
        settings: &images.settings,
    };
    if let Some(file) = &options.context_only {
        let packed = pack(built.context(task)?)?;
        write(Some(file), |out| Ok(out.write_all(&packed)?))?;
        return Ok(Status::Fine);
    }
    check(&built, task)?;
    let _held = hold();
    let engine = Engine::find(options.engine.engine.as_deref())?;
    let tag = options.tag.clone().unwrap_or_else(|| engine.local_name(&format!("{}:latest", options.image)));
    let image = build(&engine, &built, task, Some(&tag))?;
    write(None, |out| Ok(writeln!(out, "{}", one_line(&image))?))?;
    eprintln!("look into it: {} run -ti --rm {} bash", engine.name(), one_line(&image));
    Ok(Status::Fine)
}
