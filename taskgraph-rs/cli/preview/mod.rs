//! `graph preview`: what a training config would run, as text or as JSON.

mod look_up;
mod models;
pub mod page;
mod problems;
mod reused;
mod text;
mod work;

use std::io::Read as _;
use std::path::Path;
use std::time::SystemTime;

use anstream::{eprint, eprintln};
use anyhow::{Context as _, Result};
use serde_json::Value as Json;
use taskgraph::decide::Rendered;
use taskgraph::json;
use taskgraph::lookup::Find;
use taskgraph::pipeline::Loaded;
use taskgraph::preview::{Against, Config, Input, Outcome, Report, Request, preview};
use taskgraph::probe::{Patience, probe};
use taskgraph::problem::{Machine, Problems};
use taskgraph::secret::redact;
use taskgraph::settings::Settings;
use taskgraph::source::Source;
use taskgraph::value::Str;
use taskgraph_transforms::registry;

use crate::Status;
use crate::args::PreviewOptions;
use crate::config::check_urls;
use crate::environment::{open_tree_or_embedded, settings};
use crate::known_urls;
use crate::output::write;
use crate::progress::connect;
use crate::report::Reporter;

/// Previews a config.
pub fn run(options: &PreviewOptions, reporter: &Reporter) -> Result<Status> {
    let report = match make(options) {
        Ok(report) => report,
        // What is wrong before a config is looked at is told in the same shape.
        Err(error) => {
            let config = Config { file: name(&options.config), is_parameters: false };
            Report::new(config, None, Problems::from_error(error)?, None)
        }
    };
    if options.json {
        let Rendered { json, .. } = rendered(&report)?;
        write(None, |out| Ok(out.write_all(json.as_bytes())?))?;
    } else if report.outcome == Outcome::Refused {
        let (errors, _) = report.counts();
        reporter.problems(&report.problems[..errors]);
        eprint!("{}", problems::warnings(&report, options.all));
        reporter.refused(&report.problems);
    } else {
        write(None, |out| Ok(out.write_all(text::text(&report, options.all).as_bytes())?))?;
    }
    Ok(match report.outcome {
        Outcome::Refused => Status::Refused,
        Outcome::Warnings if options.strict => Status::Warnings,
        Outcome::Warnings | Outcome::Fine => Status::Fine,
    })
}

/// A report without users and passwords of urls, wherever they stand.
fn redacted(report: Json) -> Json {
    match report {
        Json::String(text) => Json::String(redact(&text)),
        Json::Array(items) => items.into_iter().map(redacted).collect(),
        Json::Object(map) => map.into_iter().map(|(key, value)| (redact(&key), redacted(value))).collect(),
        other => other,
    }
}

/// A report as it is read, with everything listed.
pub fn rendered(report: &Report) -> Result<Rendered> {
    let mut json = Vec::new();
    json::indented(&redacted(serde_json::to_value(report)?), &mut json)?;
    json.push(b'\n');
    Ok(Rendered { json: String::from_utf8(json)?, text: text::text(report, true) })
}

fn make(options: &PreviewOptions) -> Result<Report> {
    let urls = known_urls::read(options.known_urls.as_deref())?;
    let settings = Settings { urls, ..settings(options.run_task_dir.as_deref(), false)? };
    let against = match options.against.as_deref() {
        None => Against::Scratch,
        Some(path) if path == Path::new("none") => Against::Nothing,
        Some(path) => Against::Config(read(path)?),
    };
    let services = options.look_up.then(connect).transpose()?;
    let find = services.as_ref().map(|services| |paths: &[Str]| services.find(paths));
    let request = Request {
        input: read(&options.config)?,
        target_stage: options.target_stage.clone(),
        tasks_for: options.tasks_for.clone(),
        against,
        settings: &settings,
        ask: (!options.offline).then_some(|questions| probe(questions, Patience::default())),
        find: find.as_ref().map(|find| find as &Find<'_>),
        now: SystemTime::now(),
    };
    let tree = open_tree_or_embedded(options.root.as_deref())?;
    let loaded = Loaded::load(tree, &registry(), &Default::default())?;
    let report = preview(&loaded, &request)?;
    match (options.check_urls, options.offline) {
        (true, false) => check_urls(&request.input, &loaded, &settings, report),
        (true, true) => {
            eprintln!("--offline: no url was asked");
            Ok(report)
        }
        (false, _) => Ok(report),
    }
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
