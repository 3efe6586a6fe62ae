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

use crate::commands::config::check_urls;
use crate::config_file::{name, read};
use crate::environment::settings;
use crate::output_medium::OutputMedium;
use crate::progress::{ask, connect_for_a_look};
use crate::report::Reporter;
use crate::task_source::task_source;
use crate::text_layout::Page;
use crate::{Status, known_urls};
use anstream::{eprint, eprintln};
use cached_tree::CachedTree;
use clap::Args as ClapArgs;
use serde_json::Value as Json;
use std::path::Path;
use std::path::PathBuf;
use std::time::SystemTime;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::Result;
use taskgraph::optimize::index::{Find, LookupRequest};
use taskgraph::registry::Registry;
use taskgraph::settings::Settings;
use taskgraph_compat::json;
use taskgraph_compat::redact::redact;
use taskgraph_decision::decision::RenderedPreview;
use taskgraph_decision::preview_from::Groups;
use taskgraph_training::{Baseline, Config, EarlierGroups, Preview, Report, ReportOutcome, Request, preview};

/// Flags of `graph preview`.
#[derive(ClapArgs)]
#[command(group = clap::ArgGroup::new("times").args(["history", "look_up", "from"]).multiple(true))]
pub(crate) struct PreviewOptions {
    /// A training config, a set of parameters, or `-` for standard input
    #[arg(value_name = "CONFIG")]
    pub config: PathBuf,

    /// The folder that has config.yml and kinds/ [default: taskcluster of this checkout, else the embedded kinds]
    #[arg(short, long, value_name = "DIR")]
    pub root: Option<PathBuf>,

    /// The folder that has run-task, fetch-content, hgrc and robustcheckout.py
    #[arg(long, value_name = "DIR", env = "TASKGRAPH_RUN_TASK_DIR")]
    pub run_task_dir: Option<PathBuf>,

    /// Another target stage than the one in CONFIG
    #[arg(long, value_name = "STAGE")]
    pub target_stage: Option<String>,

    /// Cause of the graph: action, cron, github-push, … [default: what CONFIG says, else action]
    #[arg(long, value_name = "EVENT")]
    pub tasks_for: Option<String>,

    /// Compare with this config, or with `none` [default: CONFIG without what it reuses]
    #[arg(long, value_name = "FILE")]
    pub against: Option<PathBuf>,

    /// Output format [default: what the ending of --output-file says, else text]
    #[arg(long, value_enum)]
    pub format: Option<PreviewFormat>,

    /// Show everything as JSON, see docs/preview-json.md: the same as --format json
    #[arg(short = 'J', long, conflicts_with = "format")]
    pub json: bool,

    /// Write to this file
    #[arg(short, long, value_name = "FILE")]
    pub output_file: Option<PathBuf>,

    /// Write a page and open it in a browser: --format html, in a temporary file unless --output-file names one
    #[arg(long, conflicts_with_all = ["format", "json"])]
    pub open: bool,

    /// Show this task and its neighbours only; as text, explain it
    #[arg(long, value_name = "LABEL")]
    pub focus: Option<String>,

    /// List every label, every key and every kind
    #[arg(long)]
    pub all: bool,

    /// Preview again whenever CONFIG is saved, until Ctrl-C, or until nobody reads the output any more
    #[arg(long)]
    pub watch: bool,

    /// End with status 1 if there are warnings
    #[arg(long)]
    pub strict: bool,

    /// A JSON list of the urls that exist: questions about urls are answered from it
    #[arg(long, value_name = "FILE")]
    pub known_urls: Option<PathBuf>,

    /// Look up what the index has: which tasks would really run, which are there already and until when
    #[arg(long, conflicts_with = "offline")]
    pub look_up: bool,

    /// Show what the `train` action would do on top of these task groups: which of their tasks are used again, which run,
    /// and what differs; without a GROUP on top of those that CONFIG names
    #[arg(long, value_name = "GROUP", num_args = 0.., conflicts_with = "offline")]
    pub from: Option<Vec<String>>,

    /// With --from: the stage to start at (the tree of December 2024), or how the labels start that are done anew
    #[arg(long, value_name = "STAGE", requires = "from")]
    pub start: Option<String>,

    /// Estimate the duration of the run from the earlier tasks of this file (JSON, or .jsonl for JSON lines), see
    /// docs/estimates.md; --look-up and --from find others. The drawing or explanation of one task (--focus) has no place for it
    #[arg(long, value_name = "FILE")]
    pub history: Vec<PathBuf>,

    /// Estimate the cost of the run with the prices in this file: an hour of each worker pool (YAML or JSON), see docs/estimates.md
    #[arg(long, value_name = "FILE", requires = "times")]
    pub prices: Option<PathBuf>,

    /// Write the earlier tasks that were given and found to this file, as JSON lines that --history reads
    #[arg(long, value_name = "FILE", requires = "times")]
    pub write_history: Option<PathBuf>,

    /// Ask for every file that the run would fetch from elsewhere: whether it is there, how large it is, when it expires
    #[arg(long)]
    pub check_urls: bool,

    /// Ask no network; what is not known about urls is assumed, with a warning
    #[arg(long)]
    pub offline: bool,
}

/// The formats of `graph preview`.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum PreviewFormat {
    /// For a terminal
    Text,
    /// For a script, see docs/preview-json.md
    Json,
    /// One page to look at, with everything in it
    Html,
    /// A drawing of the kinds
    Svg,
    /// The same for Graphviz
    Dot,
    /// The same for Mermaid
    Mermaid,
    /// For a comment on a pull request
    Markdown,
}

/// Previews a config: once, or whenever it is saved.
pub(crate) fn run(options: &PreviewOptions, registry: &Registry, reporter: &Reporter) -> Result<Status> {
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
        // What is wrong before a config is looked at is reported in the same schema.
        Err(error) => {
            let config = Config { file: name(&options.config), is_parameters: false };
            Report::new(config, None, error.into_problems()?, None).into()
        }
    };
    if format::format_of(options) == PreviewFormat::Text {
        kept.remove_reported(&mut preview.report.notes);
    }
    let report = &preview.report;
    let is_refused = report.outcome == ReportOutcome::Refused;
    // A script reads what is wrong in the JSON; a person sees it at once.
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
pub(crate) fn rendered(report: &Report) -> Result<RenderedPreview> {
    let mut json = Vec::new();
    json::indented(&redacted(serde_json::to_value(report)?), &mut json)?;
    json.push(b'\n');
    let json = String::from_utf8_lossy(&json).into_owned();
    Ok(RenderedPreview { json, text: text::text(report, true, OutputMedium::FILE) })
}

fn make(options: &PreviewOptions, kept: &mut CachedTree<'_>, registry: &Registry) -> Result<Preview> {
    if let Some(problem) = of_a_checkout_only(options)
        && kept.project()?.tree.is_embedded()
    {
        return Err(Problems::from(problem).into());
    }
    let (mut history, prices) = (history::read(options)?, history::prices(options)?);
    let urls = known_urls::read(options.known_urls.as_deref())?;
    let settings = Settings {
        urls,
        task_source: task_source(options.offline),
        ..settings(options.run_task_dir.as_deref(), false, registry)?
    };
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
    let find = services
        .as_ref()
        .filter(|_| is_asked)
        .map(|services| |wanted: &LookupRequest| Ok(services.find(wanted)?));
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
            "the embedded kinds are not a checkout: earlier tasks do not tell how long theirs take",
        ),
        _ => return None,
    };
    let help = format!("for {flag} name a checkout of the pipeline: --root CHECKOUT/taskcluster");
    Some(Problem::error("embedded", message).help(help))
}
