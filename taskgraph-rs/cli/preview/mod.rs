//! `graph preview`: what a training config would run, as text or as JSON.

mod dot;
mod drawing;
mod html;
mod markdown;
mod mermaid;
mod models;
pub mod page;
mod problems;
mod svg;
mod text;
mod work;

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anstream::{eprint, eprintln};
use anyhow::{Context as _, Result};
use taskgraph::look::{Drawing, fates, kinds, neighbours};
use taskgraph::pipeline::Loaded;
use taskgraph::preview::{Against, Config, Input, Outcome, Preview, Report, Request, preview};
use taskgraph::probe::{Patience, probe};
use taskgraph::problem::{Machine, Problems};
use taskgraph::settings::Settings;
use taskgraph::source::Source;
use taskgraph::ways::Ways;
use taskgraph_transforms::registry;

use crate::Status;
use crate::args::{ConfigOptions, ExplainOptions, PreviewFormat, PreviewOptions, TreeOptions};
use crate::environment::{open_tree_or_embedded, settings};
use crate::known_urls;
use crate::output::write;
use crate::report::Reporter;

/// Previews a config.
pub fn run(options: &PreviewOptions, reporter: &Reporter) -> Result<Status> {
    if let (Some(label), PreviewFormat::Text | PreviewFormat::Json) = (&options.focus, format_of(options)) {
        return crate::graph::explain(&explain_options(options, label), reporter);
    }
    let preview = match make(options) {
        Ok(preview) => preview,
        // What is wrong before a config is looked at is told in the same shape.
        Err(error) => {
            let config = Config { file: name(&options.config), is_parameters: false };
            Report::new(config, None, Problems::from_error(error)?, None).into()
        }
    };
    let report = &preview.report;
    let format = format_of(options);
    let is_refused = report.outcome == Outcome::Refused;
    // A script reads what is wrong in the JSON; a person is told at once.
    if is_refused && format != PreviewFormat::Json {
        let (errors, _) = report.counts();
        reporter.problems(&report.problems[..errors]);
        eprint!("{}", problems::warnings(report, options.all));
        reporter.refused(&report.problems);
    }
    if !is_refused || matches!(format, PreviewFormat::Json | PreviewFormat::Html | PreviewFormat::Markdown) {
        let text = show(&preview, format, options)?;
        let path = match options.open {
            true => Some(options.output_file.clone().map_or_else(temporary_page, Ok)?),
            false => options.output_file.clone(),
        };
        write(path.as_deref(), |out| Ok(out.write_all(text.as_bytes())?))?;
        if let Some(page) = path.filter(|_| options.open) {
            eprintln!("wrote {}", page.display());
            let failed = || Machine(format!("no browser could be started for `{}`", page.display()));
            open::that_detached(&page).with_context(failed)?;
        }
    }
    Ok(match report.outcome {
        Outcome::Refused => Status::Refused,
        Outcome::Warnings if options.strict => Status::Warnings,
        Outcome::Warnings | Outcome::Fine => Status::Fine,
    })
}

/// A task in focus is explained, where it is not drawn.
fn explain_options(options: &PreviewOptions, label: &str) -> ExplainOptions {
    ExplainOptions {
        label: label.to_owned(),
        config: ConfigOptions {
            config: Some(options.config.clone()),
            tree: TreeOptions { root: options.root.clone(), run_task_dir: options.run_task_dir.clone() },
            target_stage: options.target_stage.clone(),
            output_file: options.output_file.clone(),
            known_urls: options.known_urls.clone(),
            quiet: false,
        },
        all: options.all,
        json: format_of(options) == PreviewFormat::Json,
    }
}

fn format_of(options: &PreviewOptions) -> PreviewFormat {
    match (options.json, options.open) {
        (true, _) => PreviewFormat::Json,
        (_, true) => PreviewFormat::Html,
        _ => options.format,
    }
}

/// The preview in one of the formats.
fn show(preview: &Preview, format: PreviewFormat, options: &PreviewOptions) -> Result<String> {
    let report = &preview.report;
    Ok(match format {
        PreviewFormat::Text => text::text(report, options.all),
        PreviewFormat::Json => serde_json::to_string_pretty(report)? + "\n",
        PreviewFormat::Html => {
            if let (Some(label), Some(now)) = (&options.focus, &preview.now) {
                Ways::new(&now.full.graph).label(label)?;
            }
            html::html(preview, options.focus.as_deref())?
        }
        PreviewFormat::Markdown => markdown::markdown(report),
        PreviewFormat::Svg => svg::svg(&draw(preview, options)?, &title(report)),
        PreviewFormat::Dot => dot::dot(&draw(preview, options)?, &title(report)),
        PreviewFormat::Mermaid => mermaid::mermaid(&draw(preview, options)?),
    })
}

/// The kinds, or the task that is in focus and its neighbours.
fn draw(preview: &Preview, options: &PreviewOptions) -> Result<Drawing> {
    let Preview { report, now: Some(now), before } = preview else { return Ok(Drawing::default()) };
    let comparison = report.plan.as_ref().and_then(|plan| plan.comparison.as_ref());
    let fates = fates(now, before.as_ref(), comparison, &html::training_kinds(report));
    let Some(label) = &options.focus else {
        let graphs: Vec<_> =
            [Some(now), before.as_ref()].into_iter().flatten().map(|run| &run.full.graph).collect();
        return Ok(kinds(&graphs, &fates));
    };
    let ways = Ways::new(&now.full.graph);
    let task = &now.full.graph.tasks[ways.label(label)?];
    Ok(neighbours(task, &ways, &fates, |label| now.full.graph.tasks[label].kind.to_string()))
}

fn title(report: &Report) -> String {
    let facts = report.plan.as_ref().map(|plan| &plan.facts);
    facts.map(|facts| format!("{} → {}, {}", facts.src, facts.trg, facts.experiment)).unwrap_or_default()
}

/// A file for a page that nobody has named. It stays, because the browser reads it after the program has ended.
fn temporary_page() -> Result<PathBuf> {
    let named = tempfile::Builder::new().prefix("preview-").suffix(".html").tempfile();
    let file = named.with_context(|| Machine("no temporary file can be made".into()))?;
    file.into_temp_path().keep().with_context(|| Machine("no temporary file can be kept".into()))
}

fn make(options: &PreviewOptions) -> Result<Preview> {
    let urls = known_urls::read(options.known_urls.as_deref())?;
    let settings = Settings { urls, ..settings(options.run_task_dir.as_deref(), false)? };
    let against = match options.against.as_deref() {
        None => Against::NoModels,
        Some(path) if path == Path::new("none") => Against::Nothing,
        Some(path) => Against::Config(read(path)?),
    };
    let request = Request {
        input: read(&options.config)?,
        target_stage: options.target_stage.clone(),
        tasks_for: options.tasks_for.clone(),
        against,
        settings: &settings,
        ask: (!options.offline).then_some(|questions| probe(questions, Patience::default())),
        now: SystemTime::now(),
    };
    let tree = open_tree_or_embedded(options.root.as_deref())?;
    let loaded = Loaded::load(tree, &registry(), &Default::default())?;
    preview(&loaded, &request)
}

/// Reads a config from a file, or from standard input.
pub fn read(path: &Path) -> Result<Input> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        let read = std::io::stdin().lock().read_to_end(&mut bytes);
        read.with_context(|| Machine("standard input cannot be read".into()))?;
        return Ok(Input { source: Source::decode(name(path), bytes)?, is_json: false });
    }
    let is_json = path.extension().is_some_and(|extension| extension == "json");
    Ok(Input { source: Source::read(path)?, is_json })
}

fn name(path: &Path) -> String {
    if path == Path::new("-") { "<stdin>".into() } else { path.display().to_string() }
}
