//! `graph preview`: what a training config would run, as text or as JSON.

mod box_layout;
mod cached_tree;
mod dot;
mod format;
mod history;
mod html;
mod markdown;
mod mermaid;
mod svg;
mod text;
mod watch;

use std::io::Read as _;
use std::path::Path;
use std::time::SystemTime;

use crate::args::{PreviewFormat, PreviewOptions};
use crate::commands::config::check_urls;
use crate::environment::settings;
use crate::output_medium::OutputMedium;
use crate::progress::{ask, connect_for_a_look};
use crate::report::Reporter;
use crate::text_layout::Page;
use crate::{Status, known_urls};
use anstream::{eprint, eprintln};
use anyhow::{Context as _, Result};
use cached_tree::CachedTree;
use serde_json::Value as Json;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::optimize::index::{Find, Wanted};
use taskgraph::settings::Settings;
use taskgraph::transform::Registry;
use taskgraph_compat::error::Machine;
use taskgraph_compat::json;
use taskgraph_compat::redact::redact;
use taskgraph_compat::source::Source;
use taskgraph_decision::decision::RenderedPreview;
use taskgraph_decision::preview_from::Groups;
use taskgraph_training::{
    Baseline, Config, EarlierGroups, Input, Preview, Report, ReportOutcome, Request, preview,
};

/// Previews a config: once, or whenever it is saved.
pub fn run(options: &PreviewOptions, registry: &Registry, reporter: &Reporter) -> Result<Status> {
    format::check_output(options)?;
    history::check(options)?;
    let mut kept = CachedTree::new(options, registry);
    match options.watch {
        true => watch::watch(&options.config, reporter, || once(options, &mut kept, registry, reporter)),
        false => once(options, &mut kept, registry, reporter),
    }
}

fn once(
    options: &PreviewOptions,
    kept: &mut CachedTree<'_>,
    registry: &Registry,
    reporter: &Reporter,
) -> Result<Status> {
    if let (Some(label), PreviewFormat::Text | PreviewFormat::Json) =
        (&options.focus, format::format_of(options))
    {
        return crate::commands::graph::explain(&format::explain_options(options, label), registry, reporter);
    }
    let mut preview = match make(options, kept, registry) {
        Ok(preview) => preview,
        // What is wrong before a config is looked at is told in the same schema.
        Err(error) => {
            let config = Config { file: name(&options.config), is_parameters: false };
            Report::new(config, None, Problems::from_error(error)?, None).into()
        }
    };
    if format::format_of(options) == PreviewFormat::Text {
        kept.remove_reported(&mut preview.report.notes);
    }
    let report = &preview.report;
    let is_refused = report.outcome == ReportOutcome::Refused;
    // A script reads what is wrong in the JSON; a person is told at once.
    if is_refused && format::format_of(options) != PreviewFormat::Json {
        let (errors, _) = report.counts();
        reporter.problems(&report.problems[..errors]);
        let mut page = Page::new(OutputMedium::stderr());
        text::problems::warnings(&mut page, report, options.all);
        let warnings = page.into_text();
        eprint!("{warnings}{}", if warnings.is_empty() { "" } else { "\n" });
        reporter.refused(&report.problems);
    }
    history::write(&preview, options)?;
    format::show(&preview, options)?;
    Ok(match report.outcome {
        ReportOutcome::Refused => Status::Refused,
        ReportOutcome::Warnings if options.strict => Status::Warnings,
        ReportOutcome::Warnings | ReportOutcome::Fine => Status::Fine,
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
pub fn rendered(report: &Report) -> Result<RenderedPreview> {
    let mut json = Vec::new();
    json::indented(&redacted(serde_json::to_value(report)?), &mut json)?;
    json.push(b'\n');
    Ok(RenderedPreview { json: String::from_utf8(json)?, text: text::text(report, true, OutputMedium::FILE) })
}

fn make(options: &PreviewOptions, kept: &mut CachedTree<'_>, registry: &Registry) -> Result<Preview> {
    if let Some(problem) = of_a_checkout_only(options)
        && kept.project()?.tree.is_embedded()
    {
        return Err(Problems::from(problem).into());
    }
    let (mut history, prices) = (history::read(options)?, history::prices(options)?);
    let urls = known_urls::read(options.known_urls.as_deref())?;
    let settings = Settings { urls, ..settings(options.run_task_dir.as_deref(), false, registry)? };
    let against = match options.against.as_deref() {
        None => Baseline::Scratch,
        Some(path) if path == Path::new("none") => Baseline::Nothing,
        Some(path) => Baseline::Config(read(path)?),
    };
    let is_asked = options.look_up || options.from.is_some();
    let names_groups = history.as_ref().is_some_and(|history| !history.groups().is_empty());
    let services = (is_asked || names_groups).then(connect_for_a_look).transpose()?;
    if let (Some(history), Some(services)) = (&mut history, &services) {
        history.ask(services)?;
    }
    let groups = options.from.as_ref().zip(services.as_ref()).map(|(ids, service)| Groups {
        ids: ids.clone(),
        start: options.start.clone(),
        service,
    });
    let find = services.as_ref().filter(|_| is_asked).map(|services| |wanted: &Wanted| services.find(wanted));
    let request = Request {
        input: read(&options.config)?,
        target_stage: options.target_stage.clone(),
        tasks_for: options.tasks_for.clone(),
        against,
        settings: &settings,
        ask: (!options.offline).then_some(ask),
        groups: groups.as_ref().map(|groups| groups as &dyn EarlierGroups),
        history,
        prices,
        find: find.as_ref().map(|find| find as &Find<'_>),
        now: SystemTime::now(),
    };
    let project = kept.project()?;
    let made = preview(project, &request)?;
    if !options.check_urls {
        return Ok(made);
    }
    if options.offline {
        eprintln!("--offline: no url was asked");
        return Ok(made);
    }
    let Preview { report, now, before, history } = made;
    let report = check_urls(&request.input, project, &settings, report)?;
    Ok(match report.outcome {
        ReportOutcome::Refused => report.into(),
        _ => Preview { report, now, before, history },
    })
}

/// Returns the error for flags that the embedded kinds do not support: those about tasks of a pipeline.
fn of_a_checkout_only(options: &PreviewOptions) -> Option<Problem> {
    let (flag, message) = match options {
        _ if options.look_up => {
            ("--look-up", "the embedded kinds have digests of their own, which no index has")
        }
        _ if options.from.is_some() => {
            ("--from", "the embedded kinds have digests of their own, which no earlier task has")
        }
        _ if !options.history.is_empty() => (
            "--history",
            "the embedded kinds are no checkout: earlier tasks do not tell how long theirs take",
        ),
        _ => return None,
    };
    let help = format!("for {flag} name a checkout of the pipeline: --root CHECKOUT/taskcluster");
    Some(Problem::error("embedded", message).help(help))
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
