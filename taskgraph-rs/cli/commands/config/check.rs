//! `config check`: what is wrong with training configs, many at once.

use crate::commands::config::files::files;
use crate::commands::config::results::Verdicts;
use crate::commands::config::{format_github, format_json, format_sarif, format_table, remote_files};
use crate::config_file::read;
use crate::environment::{open_tree_or_embedded, settings};
use crate::output::{keep_inputs, write};
use crate::output_format::OutputFormat;
use crate::output_medium::OutputMedium;
use crate::progress_bar::ProgressBar;
use crate::report::Reporter;
use crate::{Status, report_error};
use anstream::eprintln;
use clap::Args as ClapArgs;
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::time::SystemTime;
use taskgraph::error::Result;
use taskgraph::generator::Project;
use taskgraph::registry::Registry;
use taskgraph_training::{CheckedConfig, Checker, ReportOutcome, TreeFacts};

/// Nobody waits longer for an answer.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(3_600);

/// Flags of `config check`.
#[derive(ClapArgs)]
pub(crate) struct CheckOptions {
    /// Training configs or sets of parameters; patterns (`configs/**/*.yml`) and folders stand for the files in them
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<String>,

    /// The folder that has config.yml and kinds/ [default: taskcluster of this checkout, else the embedded kinds]
    #[arg(short, long, value_name = "DIR")]
    pub root: Option<PathBuf>,

    /// Format of the results [default: what the ending of --output-file says, else text]
    #[arg(long, value_enum)]
    pub format: Option<CheckFormat>,

    /// Show everything as JSON, see docs/check-json.md: short for --format json
    #[arg(short = 'J', long, conflicts_with = "format")]
    pub json: bool,

    /// Write to this file
    #[arg(short, long, value_name = "FILE")]
    pub output_file: Option<PathBuf>,

    /// Show the summary only, and no problem
    #[arg(short, long)]
    pub quiet: bool,

    /// End with status 1 if there are warnings
    #[arg(long)]
    pub strict: bool,

    /// Ask for every file that a run would fetch from elsewhere: whether it is there, how large it is, when it expires
    #[arg(long)]
    pub urls: bool,

    /// Ask no network, also with --urls
    #[arg(long)]
    pub offline: bool,
}

/// The formats of `config check`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum CheckFormat {
    /// Problems with the source around them on stderr, and a table of all files
    Text,
    /// One JSON object, see docs/check-json.md
    Json,
    /// Annotations for a workflow of GitHub
    Github,
    /// SARIF 2.1.0
    Sarif,
}

/// Seconds, of which a part will do.
pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    let number = text.parse().ok().filter(|number: &f64| *number > 0.0);
    let time = number.and_then(|number| Duration::try_from_secs_f64(number).ok());
    time.filter(|time| *time <= LONGEST_TIMEOUT)
        .ok_or_else(|| format!("a number of seconds, more than 0 and at most {}", LONGEST_TIMEOUT.as_secs()))
}

/// Checks configs.
pub(crate) fn run(options: &CheckOptions, registry: &Registry, reporter: &Reporter) -> Result<Status> {
    let format = format_of(options)?;
    let paths = files(&options.files)?;
    keep_inputs(options.output_file.as_deref(), paths.iter().map(PathBuf::as_path))?;
    let tree = open_tree_or_embedded(options.root.as_deref())?;
    let project = Project::load(tree, registry, &Default::default())?;
    let settings = settings(None, true, registry)?;
    let checker = Checker::new(&project, &settings, SystemTime::now())?;
    let bar = ProgressBar::new(paths.len(), "configs");
    let checked: Vec<Result<CheckedConfig>> = paths
        .par_iter()
        .map(|path: &std::path::PathBuf| {
            let checked = read_and_check(&checker, path);
            bar.step();
            checked
        })
        .collect();
    drop(bar);
    let (files, unreadable): (Vec<_>, Vec<_>) = checked.into_iter().partition(Result::is_ok);
    let mut verdicts = Verdicts {
        tree: TreeFacts::of(&project),
        tree_problems: project.equal_keys().into_iter().chain(project.misspelled_keys()).collect(),
        files: files.into_iter().flatten().collect(),
    };
    match (options.urls, options.offline) {
        (true, false) => remote_files::ask(&mut verdicts.files, &project)?,
        (true, true) => eprintln!("--offline: no url was asked"),
        (false, _) => {}
    }
    print_results(&verdicts, format, options, reporter)?;
    let mut status = match verdicts.outcome() {
        ReportOutcome::Refused => Status::Refused,
        ReportOutcome::Warnings if options.strict => Status::Warnings,
        ReportOutcome::Warnings | ReportOutcome::Fine => Status::Fine,
    };
    for error in unreadable.into_iter().filter_map(Result::err) {
        status = report_error(error, reporter);
    }
    Ok(status)
}

fn read_and_check(checker: &Checker<'_>, path: &Path) -> Result<CheckedConfig> {
    match read(path) {
        Ok(input) => checker.check(&input),
        Err(error) => checker.unreadable(path.display().to_string(), error),
    }
}

/// The format that the flags ask for, or the name of the output file.
fn format_of(options: &CheckOptions) -> Result<CheckFormat> {
    if let (false, Some(format)) = (options.json, options.format) {
        return Ok(format);
    }
    if options.json {
        return Ok(CheckFormat::Json);
    }
    let can = [OutputFormat::Text, OutputFormat::Json, OutputFormat::Sarif];
    Ok(match OutputFormat::wanted(options.output_file.as_deref(), &can)? {
        Some(OutputFormat::Json) => CheckFormat::Json,
        Some(OutputFormat::Sarif) => CheckFormat::Sarif,
        _ => CheckFormat::Text,
    })
}

fn print_results(
    verdicts: &Verdicts,
    format: CheckFormat,
    options: &CheckOptions,
    reporter: &Reporter,
) -> Result<()> {
    let shown = match format {
        CheckFormat::Text => {
            if !options.quiet {
                reporter.warnings(&verdicts.tree_problems);
                verdicts.files.iter().for_each(|file| reporter.problems(&file.problems));
            }
            format_table::table(verdicts, OutputMedium::of(options.output_file.as_deref()))
        }
        CheckFormat::Json => serde_json::to_string_pretty(&format_json::report(verdicts))? + "\n",
        CheckFormat::Github => format_github::annotations(verdicts),
        CheckFormat::Sarif => serde_json::to_string_pretty(&format_sarif::log(verdicts))? + "\n",
    };
    write(options.output_file.as_deref(), |out| Ok(out.write_all(shown.as_bytes())?))
}
