//! `transforms`: the transforms, worker implementations and extensions that the program knows.

use std::fmt::Write as _;
use std::path::PathBuf;

use crate::Status;
use crate::output::write;
use crate::output_format::OutputFormat;
use clap::Args as ClapArgs;
use serde::Serialize;
use taskgraph::error::Result;
use taskgraph::kind_schema::kind_schema;
use taskgraph::registry::Registry;
use taskgraph::schema::{Field, Schema};
use taskgraph::transform::TransformInfo;

/// Flags of `transforms`.
#[derive(ClapArgs)]
pub(crate) struct TransformsOptions {
    /// Show the list as JSON
    #[arg(short = 'J', long, conflicts_with_all = ["markdown", "schema"])]
    pub json: bool,

    /// Show the list as Markdown, with the keys of every section
    #[arg(long, conflicts_with = "schema")]
    pub markdown: bool,

    /// Print JSON Schema of kind.yml, for editors
    #[arg(long)]
    pub schema: bool,

    /// Write to this file
    #[arg(short, long, value_name = "FILE")]
    pub output_file: Option<PathBuf>,
}

/// Lists what is registered, in the format that the options ask for.
pub(crate) fn run(options: &TransformsOptions, registry: &Registry) -> Result<Status> {
    let file = options.output_file.as_deref();
    let ending = match options.schema {
        true => OutputFormat::wanted(file, &[OutputFormat::Json])?,
        false => {
            OutputFormat::wanted(file, &[OutputFormat::Text, OutputFormat::Json, OutputFormat::Markdown])?
        }
    };
    let text = if options.schema {
        serde_json::to_string_pretty(&kind_schema(registry))? + "\n"
    } else if options.markdown || !options.json && ending == Some(OutputFormat::Markdown) {
        markdown(registry)
    } else if options.json || ending == Some(OutputFormat::Json) {
        serde_json::to_string_pretty(&List::of(registry))? + "\n"
    } else {
        text(&List::of(registry))
    };
    write(file, |out| Ok(out.write_all(text.as_bytes())?))?;
    Ok(Status::Fine)
}

/// All that is registered.
#[derive(Serialize)]
struct List<'r> {
    transforms: Vec<Entry<'r>>,
    worker_implementations: Vec<Entry<'r>>,
    extensions: Vec<Entry<'r>>,
}

#[derive(Serialize)]
struct Entry<'r> {
    name: &'r str,
    summary: &'r str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sections: Vec<&'r str>,
}

impl<'r> List<'r> {
    fn of(registry: &'r Registry) -> Self {
        let plain = |name, summary| Entry { name, summary, sections: Vec::new() };
        let transform = |info: &'r TransformInfo| Entry {
            name: info.name,
            summary: info.summary,
            sections: info.sections.iter().map(|(name, _)| *name).collect(),
        };
        List {
            transforms: registry.transform_infos().into_iter().map(transform).collect(),
            worker_implementations: registry
                .payloads()
                .values()
                .map(|payload| plain(payload.name, payload.summary))
                .collect(),
            extensions: registry.extensions().map(|one| plain(one.name, one.summary)).collect(),
        }
    }
}

fn text(list: &List<'_>) -> String {
    let mut out = String::new();
    for (title, entries) in [
        ("Transforms", &list.transforms),
        ("Worker implementations", &list.worker_implementations),
        ("Extensions", &list.extensions),
    ] {
        let gap = if out.is_empty() { "" } else { "\n" };
        let _ = writeln!(out, "{gap}{title}");
        for entry in entries {
            let _ = writeln!(out, "  {}\n    {}", entry.name, entry.summary);
            if !entry.sections.is_empty() {
                let _ = writeln!(out, "    sections: {}", entry.sections.join(", "));
            }
        }
    }
    out
}

const INTRODUCTION: &str = "\
# Transforms

<!-- This page is written by `taskgraph-rs transforms --markdown -o docs/transforms.md`; a test compares it. -->

The transforms that a kind.yml can name, in alphabetical order, with the keys of a task that they read. The object
`transforms` of a module may be left out: `taskgraph.transforms.run` is `taskgraph.transforms.run:transforms`.
[Adding a transform](adding-a-transform.md) shows how to write one.

`taskgraph-rs transforms --schema -o kind.schema.json` writes JSON Schema (draft 7) of a kind.yml, with which editors
complete and check its keys. With yaml-language-server, the first line of a kind.yml names it:
`# yaml-language-server: $schema=../../kind.schema.json`. It checks a section where the kind names a transform that takes
it, and accepts every value that an earlier transform may compute.
";

fn markdown(registry: &Registry) -> String {
    let mut out = INTRODUCTION.to_owned();
    for info in registry.transform_infos() {
        let _ = writeln!(out, "\n## `{}`\n\n{}", info.name, info.summary);
        for (name, schema) in info.sections {
            match schema {
                Schema::Map(fields) | Schema::Open(fields, _) => {
                    let _ = writeln!(out, "\nSection `{name}`:");
                    table(&mut out, fields);
                }
                other => {
                    let _ = writeln!(out, "\nKey `{name}`: {}.", escaped(&other.in_words()));
                }
            }
        }
        if !info.task_fields().is_empty() {
            out.push_str("\nKeys of the task:\n");
            table(&mut out, info.task_fields());
        }
    }
    let list = List::of(registry);
    for (title, introduction, entries) in [
        (
            "Worker implementations",
            "The values of `implementation` of a worker alias in config.yml.",
            &list.worker_implementations,
        ),
        ("Extensions", "The values of `taskgraph.register` in config.yml.", &list.extensions),
    ] {
        let _ = writeln!(out, "\n## {title}\n\n{introduction}\n\n| name | purpose |\n| --- | --- |");
        for entry in entries {
            let _ = writeln!(out, "| `{}` | {} |", entry.name, entry.summary);
        }
    }
    out
}

fn table(out: &mut String, fields: &[Field]) {
    out.push_str("\n| key | required | value |\n| --- | --- | --- |\n");
    for field in fields {
        let required = if field.required { "yes" } else { "" };
        let _ = writeln!(out, "| `{}` | {required} | {} |", field.name, escaped(&field.schema.in_words()));
    }
}

/// A bar would end a cell of a table.
fn escaped(text: &str) -> String {
    text.replace('|', "\\|")
}
