//! `image-digest`: the digest of a docker image, as the content of the tree makes it.

use std::time::SystemTime;

use anyhow::Result;
use taskgraph::fields::Fields as _;
use taskgraph::params::Params;
use taskgraph::pipeline::Loaded;
use taskgraph::problem::{Problem, Problems};
use taskgraph::settings::Settings;
use taskgraph::task::Label;
use taskgraph::transform::Registry;
use taskgraph::value::Value;
use taskgraph::words;

use crate::Status;
use crate::args::ImageDigestOptions;
use crate::environment::{level, open_tree, settings};
use crate::output::write;
use crate::report::Reporter;

/// The kind whose tasks make images.
const KIND: &str = "docker-image";

/// Prints the digest of an image.
pub fn run(options: &ImageDigestOptions, registry: &Registry, reporter: &Reporter) -> Result<Status> {
    let tree = open_tree(options.tree.root.as_deref())?;
    let settings = settings(options.tree.run_task_dir.as_deref(), false, registry)?;
    let loaded = Loaded::load(tree, registry, &[KIND.to_owned()].into())?;
    let mut params = Params::default();
    params.values_mut().put("level", level());
    params.values_mut().put("target-kinds", [KIND].into_iter().collect::<Value>());
    let problems = loaded.complete(&mut params, SystemTime::now())?;
    let (errors, warnings) = problems.into_iter().partition(Problem::is_error);
    Problems(errors).check()?;
    reporter.warnings(&warnings);
    let full = loaded.full(&params, &Settings { verify: false, ..settings })?;
    reporter.warnings(&full.warnings);
    let images = || full.graph.tasks.values().filter(|task| &*task.kind == KIND);
    let name = |label: &Label| label.as_str().strip_prefix("docker-image-").map(str::to_owned);
    let task =
        images().find(|task| name(&task.label).as_deref() == Some(&*options.image)).ok_or_else(|| {
            let known: Vec<String> = images().filter_map(|task| name(&task.label)).collect();
            let problem = Problem::error("unknown-image", format!("unknown image `{}`", options.image));
            Problems::from(match words::nearest(&options.image, known.iter().map(String::as_str)) {
                Some(nearest) => problem.help(format!("did you mean `{nearest}`?")),
                None => {
                    problem.help(format!("the images are {}", words::list(&known).replace(" or ", " and ")))
                }
            })
        })?;
    let digest = task.attributes.get("cached_task").and_then(|cached| cached.get("digest")?.as_str());
    let digest = digest.ok_or_else(|| {
        let message = format!("the image `{}` has no digest", options.image);
        let help = "an image has one unless its kind says `cache: false`";
        Problems::from(Problem::error("no-digest", message).help(help))
    })?;
    write(None, |out| Ok(writeln!(out, "{digest}")?))?;
    Ok(Status::Fine)
}
