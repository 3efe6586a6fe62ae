//! `graph path`: how one task comes to depend on another.

use crate::Status;
use crate::args::ConfigOptions;
use crate::config_graph::made;
use crate::output::write;
use crate::output_format::OutputFormat;
use crate::output_medium::OutputMedium;
use crate::report::{Reporter, count};
use crate::text_layout::Page;
use clap::Args as ClapArgs;
use serde::Serialize;
use taskgraph::error::Result;
use taskgraph::graph::paths::{Hop, Paths};
use taskgraph::registry::Registry;
use taskgraph::task::Label;

/// Flags of `graph path`.
#[derive(ClapArgs)]
pub(crate) struct PathOptions {
    /// The label of a task
    #[arg(value_name = "LABEL")]
    pub from: String,

    /// The label of a task that it depends on, or that depends on it
    #[arg(value_name = "LABEL")]
    pub to: String,

    /// The graph.
    #[command(flatten)]
    pub config: ConfigOptions,

    /// Show all ways and not only the shortest one
    #[arg(long)]
    pub all: bool,

    /// Show no more ways than this, with --all
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    pub limit: usize,

    /// Show the ways as JSON
    #[arg(short = 'J', long)]
    pub json: bool,
}

#[derive(Serialize)]
struct PathsJson<'w> {
    version: u32,
    /// The task that depends on the other.
    from: &'w Label,
    /// The task that it depends on.
    to: &'w Label,
    #[serde(rename = "ways")]
    paths: &'w [Vec<Hop>],
    /// Whether there are ways that are not shown.
    more: bool,
}

/// Shows the ways between two tasks.
pub(crate) fn run(options: &PathOptions, registry: &Registry, reporter: &Reporter) -> Result<Status> {
    let is_json = options.json || OutputFormat::is_json(options.config.output_file.as_deref())?;
    let made = made(&options.config, false, registry, reporter)?;
    let paths = Paths::new(&made.full.graph);
    let (mut from, mut to) = (paths.label(&options.from)?, paths.label(&options.to)?);
    let most = if options.all { options.limit } else { 1 };
    let (mut found, mut more) = paths.between(from, to, most);
    // Nobody has to know which of the two comes first.
    if found.is_empty() && !more {
        (from, to) = (to, from);
        (found, more) = paths.between(from, to, most);
    }
    write(options.config.output_file.as_deref(), |out| {
        if is_json {
            let json = PathsJson { version: 1, from, to, paths: &found, more };
            serde_json::to_writer_pretty(&mut *out, &json)?;
            return Ok(writeln!(out)?);
        }
        let mut page = Page::new(OutputMedium::of(options.config.output_file.as_deref()));
        if found.is_empty() {
            page.line(&format!("Neither of {to} and {from} depends on the other."));
        }
        for hops in &found {
            page.line(&path_text(from, hops));
        }
        if more && options.all {
            page.line(&format!("… and more than {} (--limit shows more)", count(options.limit, "way")));
        }
        Ok(out.write_all(page.into_text().as_bytes())?)
    })?;
    Ok(Status::Fine)
}

/// `a → b → c (name)`: the name is shown where it is another one than the kind or the label of the dependency.
pub(crate) fn path_text(from: &Label, hops: &[Hop]) -> String {
    let mut text = from.to_string();
    for hop in hops {
        text.push_str(&format!(" → {}", hop.to));
        if !hop.to.as_str().starts_with(&*hop.name) {
            text.push_str(&format!(" ({})", hop.name));
        }
    }
    text
}
