//! `graph explain`: why a task is there and looks as it does.

use crate::Status;
use crate::args::ConfigOptions;
use crate::commands::graph::field_changes::fields;
use crate::commands::graph::path::path_text;
use crate::config_graph::made;
use crate::output::write;
use crate::output_format::OutputFormat;
use crate::output_medium::OutputMedium;
use crate::report::{Reporter, count};
use crate::text_layout::{Page, TextStyle};
use clap::Args as ClapArgs;
use taskgraph::error::Result;
use taskgraph::graph::paths::{Hop, Paths};
use taskgraph::registry::Registry;
use taskgraph::task::Label;
use taskgraph_training::explain::{DigestPart, Explanation, IfDependent, explain};

/// Flags of `graph explain`.
#[derive(ClapArgs)]
pub(crate) struct ExplainOptions {
    /// The label of a task
    #[arg(value_name = "LABEL")]
    pub label: String,

    /// The graph.
    #[command(flatten)]
    pub config: ConfigOptions,

    /// List every field that a transform changed, and every dependency
    #[arg(long)]
    pub all: bool,

    /// Show everything as JSON, see docs/graph-commands.md
    #[arg(short = 'J', long)]
    pub json: bool,
}

/// Largest number of labels, and of parts of a digest, that are shown without `--all`.
const SHOWN: usize = 12;

/// Explains a task.
pub(crate) fn run(options: &ExplainOptions, registry: &Registry, reporter: &Reporter) -> Result<Status> {
    let is_json = options.json || OutputFormat::is_json(options.config.output_file.as_deref())?;
    let made = made(&options.config, true, registry, reporter)?;
    let paths = Paths::new(&made.full.graph);
    let label = paths.label(&options.label)?;
    let task = &made.full.graph.tasks[label];
    let explanation = explain(task, &made.full, &made.targets, &paths, &made.project.tree);
    write(options.config.output_file.as_deref(), |out| {
        if is_json {
            serde_json::to_writer_pretty(&mut *out, &explanation)?;
            return Ok(writeln!(out)?);
        }
        Ok(out.write_all(
            text(&explanation, options.all, OutputMedium::of(options.config.output_file.as_deref()))
                .as_bytes(),
        )?)
    })?;
    Ok(Status::Fine)
}

fn text(explanation: &Explanation, all: bool, medium: OutputMedium) -> String {
    let mut page = Page::new(medium);
    page.line_in(TextStyle::Heading, explanation.label.as_str(), &format!("   kind {}", explanation.kind));
    page.line(&format!("  {}", explanation.description));
    page.heading("Written in");
    for (position, place) in explanation.written.iter().enumerate() {
        let what = if position == 0 { "" } else { "   defaults" };
        page.line(&format!("  {}:{}  {}{what}", place.file, place.line, place.path));
    }
    page.heading("Wanted by");
    match (&explanation.wanted_by, explanation.runs) {
        (Some((from, hops)), _) => {
            page.line(&format!("  {}", path_text(from, hops)));
            if explanation.targets > 1 {
                page.line(&format!(
                    "  and {} more that are asked for",
                    count(explanation.targets - 1, "task")
                ));
            }
        }
        (None, true) => page.line("  it is asked for"),
        (None, false) => page.line("  nothing that is asked for: it would not run"),
    }
    if_dependencies(&mut page, explanation, all);
    if let Some(model) = &explanation.model {
        page.heading("Pretrained model");
        page.line(&format!("  {}, type {}", model.variant.words(), model.model_type));
        page.list("  ", &model.urls);
        if let Some(directory) = &model.directory {
            page.line(&format!("  {} in {directory}", count(model.files.len(), "file")));
        }
        if !model.dropped.is_empty() {
            page.list("  no longer needs ", &model.dropped);
        }
    }
    page.heading("What the transforms did");
    for step in &explanation.steps {
        match step.fields.is_empty() {
            true if !all => {}
            true => page.line(&format!("  {}: nothing", step.transform)),
            false => {
                page.line_in(TextStyle::Name, &format!("  {}", step.transform), "");
                fields(&mut page, 6, &step.fields, all);
            }
        }
    }
    let quiet = explanation.steps.iter().filter(|step| step.fields.is_empty()).count();
    if quiet > 0 && !all {
        page.line(&format!("  {} changed nothing", count(quiet, "transform")));
    }
    page.heading(&format!("Depends on {}", count(explanation.needs.len(), "task")));
    let needs: Vec<String> = explanation.needs.iter().map(named).collect();
    few(&mut page, needs, all);
    page.heading(&format!(
        "{} directly depend{} on it",
        count(explanation.needed_by.len(), "task"),
        if explanation.needed_by.len() == 1 { "s" } else { "" }
    ));
    few(&mut page, explanation.needed_by.iter().map(ToString::to_string).collect(), all);
    digest(&mut page, explanation, all);
    page.into_text()
}

/// Lists the reasons for which a task runs although its own optimization would remove it, or is removed although it
/// would not, one a line.
fn if_dependencies(page: &mut Page, explanation: &Explanation, all: bool) {
    if !explanation.if_dependencies.is_empty() {
        let those = some(&explanation.if_dependencies, all);
        page.sentence(
            "  ",
            &format!("runs only if one of its if-dependencies does ({those}), and then needs all of them"),
        );
    }
    let pulled = explanation.if_dependents.iter().map(|IfDependent { label, others }| {
        let (which, others) = (if others.len() == 1 { "" } else { "one of " }, some(others, all));
        format!("if {which}{others} runs, {label} does and needs it: then it runs whatever its own optimization says (if-dependencies)")
    });
    few(page, pulled.collect(), all);
}

/// Some labels, and how many more there are.
fn some(labels: &[Label], all: bool) -> String {
    const MOST: usize = 3;
    let shown = labels.iter().take(if all { labels.len() } else { MOST }).map(Label::as_str);
    let shown = shown.collect::<Vec<_>>().join(", ");
    match labels.len().saturating_sub(MOST) {
        more if more > 0 && !all => format!("{shown} and {more} more"),
        _ => shown,
    }
}

fn named(hop: &Hop) -> String {
    if *hop.name == *hop.to.as_str() { hop.name.to_string() } else { format!("{} ({})", hop.to, hop.name) }
}

fn few(page: &mut Page, mut labels: Vec<String>, all: bool) {
    if !all && labels.len() > SHOWN {
        let more = labels.len() - SHOWN;
        labels.truncate(SHOWN);
        labels.push(format!("… and {more} more (--all lists them)"));
    }
    if !labels.is_empty() {
        page.list("  ", &labels);
    }
}

fn digest(page: &mut Page, explanation: &Explanation, all: bool) {
    let Some(digest) = &explanation.digest else {
        page.heading("No digest: its result is not looked for in the index");
        return;
    };
    page.heading(&format!("Digest {digest}, made of"));
    let shown = if all {
        explanation.digest_parts.len()
    } else {
        SHOWN.max(explanation.digest_parts.len().min(2 * SHOWN))
    };
    let cut = |text: &str| match text.char_indices().nth(90).filter(|_| !all) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    };
    for part in explanation.digest_parts.iter().take(shown) {
        page.line(&match part {
            DigestPart::Task { label, digest } => format!("  task       {label}  {}", cut_hash(digest)),
            DigestPart::Parameter { value } => format!("  parameter  {}", cut(value)),
            DigestPart::File { path: Some(path), hash } => format!("  file       {path}  {}", cut_hash(hash)),
            DigestPart::File { path: None, hash } => format!("  files      {}", cut_hash(hash)),
            DigestPart::Text { value } => format!("  text       {}", cut(value)),
        });
    }
    if shown < explanation.digest_parts.len() {
        page.line(&format!("  … and {} more (--all lists them)", explanation.digest_parts.len() - shown));
    }
    for path in explanation.index_paths.iter().take(if all { usize::MAX } else { 1 }) {
        page.line(&format!("  looked for at {path}"));
    }
}

fn cut_hash(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}
