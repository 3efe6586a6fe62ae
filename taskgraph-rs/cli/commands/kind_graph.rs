//! `kind-graph`: the kinds and what they depend on.

use crate::Status;
use crate::environment::open_tree;
use crate::output::write;
use crate::output_format::OutputFormat;
use crate::report::count;
use anstream::eprintln;
use clap::Args as ClapArgs;
use std::path::PathBuf;
use taskgraph::error::Result;
use taskgraph::loader::look_at_kinds;
use taskgraph::parameters::Spec;
use taskgraph_compat::source::Source;
use taskgraph_compat::terminal::inert;

/// Flags of `kind-graph`.
#[derive(ClapArgs)]
pub(crate) struct KindGraphOptions {
    /// The folder that has config.yml and kinds/ [default: taskcluster of this checkout]
    #[arg(short, long, value_name = "DIR")]
    pub root: Option<PathBuf>,

    /// Only these kinds and those they need; may be given several times
    #[arg(short = 'k', long = "target-kind", value_name = "KIND")]
    pub target_kinds: Vec<String>,

    /// Output format [default: what the ending of --output-file says, else text]
    #[arg(long, value_enum)]
    pub format: Option<KindGraphFormat>,

    /// Parameters, which Taskgraph takes too: the kinds and what they depend on are the same with any
    #[arg(short, long, value_name = "SPEC")]
    pub parameters: Option<String>,

    /// Say nothing but errors
    #[arg(short, long)]
    pub quiet: bool,

    /// Say more: how many kinds there are
    #[arg(short, long)]
    pub verbose: bool,

    /// Write to this file
    #[arg(short, long, value_name = "FILE")]
    pub output_file: Option<PathBuf>,
}

/// The formats of `kind-graph`.
#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum KindGraphFormat {
    /// One line a kind, in the order of their making
    Text,
    /// Graphviz
    Dot,
    /// Mermaid
    Mermaid,
}

/// Shows the kinds and their dependencies.
pub(crate) fn run(options: &KindGraphOptions) -> Result<Status> {
    if let Some(spec) = options.parameters.as_deref()
        && let Spec::File(path) = Spec::parse(spec)?
    {
        // A name that is misspelt is not a reason to show something all the same.
        Source::read(&path)?;
    }
    let can = [OutputFormat::Text, OutputFormat::Dot, OutputFormat::Mermaid];
    let format = match options.format {
        Some(format) => format,
        None => match OutputFormat::wanted(options.output_file.as_deref(), &can)? {
            Some(OutputFormat::Dot) => KindGraphFormat::Dot,
            Some(OutputFormat::Mermaid) => KindGraphFormat::Mermaid,
            _ => KindGraphFormat::Text,
        },
    };
    let tree = open_tree(options.root.as_deref())?;
    let targets = options.target_kinds.iter().cloned().collect();
    let kinds = look_at_kinds(&tree, &targets)?;
    if options.verbose && !options.quiet {
        eprintln!("{}", count(kinds.len(), "kind"));
    }
    write(options.output_file.as_deref(), |out| {
        let edges =
            || kinds.values().flat_map(|kind| kind.dependencies.iter().map(move |on| (&kind.name, on)));
        match format {
            KindGraphFormat::Text => {
                for kind in kinds.values() {
                    match kind.dependencies.is_empty() {
                        true => writeln!(out, "{}", inert(&kind.name))?,
                        false => {
                            let line = format!("{}: {}", kind.name, kind.dependencies.join(", "));
                            writeln!(out, "{}", inert(&line))?;
                        }
                    }
                }
            }
            KindGraphFormat::Dot => {
                writeln!(out, "digraph kinds {{")?;
                for name in kinds.keys() {
                    writeln!(out, "  {name:?};")?;
                }
                for (kind, on) in edges() {
                    writeln!(out, "  {kind:?} -> {on:?};")?;
                }
                writeln!(out, "}}")?;
            }
            KindGraphFormat::Mermaid => {
                writeln!(out, "flowchart TD")?;
                for name in kinds.keys() {
                    let name = inert(name);
                    writeln!(out, "  {name}[{name}]")?;
                }
                for (kind, on) in edges() {
                    writeln!(out, "  {} --> {}", inert(on), inert(kind))?;
                }
            }
        }
        Ok(())
    })?;
    Ok(Status::Fine)
}
