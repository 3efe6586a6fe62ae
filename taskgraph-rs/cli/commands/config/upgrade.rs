//! `config upgrade`: rewrites out-of-date configs, shows what changes, and how the result is judged.

use crate::Status;
use crate::commands::config::files::files;
use crate::commands::config::results::counts;
use crate::environment::{open_tree_or_embedded, settings};
use crate::output::write;
use crate::output_medium::one_line;
use crate::report::{Reporter, count};
use anstream::eprintln;
use clap::Args as ClapArgs;
use std::path::Path;
use std::path::PathBuf;
use std::time::SystemTime;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::Result;
use taskgraph::generator::Project;
use taskgraph::graph::diff::unified;
use taskgraph::registry::Registry;
use taskgraph_compat::source::Source;
use taskgraph_training::upgrade::Upgrade;
use taskgraph_training::upgrade_config;
use taskgraph_training::{Checker, Input, ReportOutcome};

/// Flags of `config upgrade`.
#[derive(ClapArgs)]
pub(crate) struct UpgradeOptions {
    /// Training configs or sets of parameters in YAML; patterns and folders stand for the files in them
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<String>,

    /// The folder that has config.yml and kinds/ [default: taskcluster of this checkout, else the embedded kinds]
    #[arg(short, long, value_name = "DIR")]
    pub root: Option<PathBuf>,

    /// Write the files that pass afterwards; otherwise only what would change is shown
    #[arg(short, long)]
    pub write: bool,
}

/// Upgrades configs, one after the other.
pub(crate) fn run(options: &UpgradeOptions, registry: &Registry, reporter: &Reporter) -> Result<Status> {
    let paths = files(&options.files)?;
    let tree = open_tree_or_embedded(options.root.as_deref())?;
    let project = Project::load(tree, registry, &Default::default())?;
    let settings = settings(None, true, registry)?;
    let checker = Checker::new(&project, &settings, SystemTime::now())?;
    let mut status = Status::Fine;
    for path in &paths {
        if one(path, &project, &checker, options, reporter)? == ReportOutcome::Refused {
            status = Status::Refused;
        }
    }
    Ok(status)
}

fn one(
    path: &Path,
    project: &Project,
    checker: &Checker<'_>,
    options: &UpgradeOptions,
    reporter: &Reporter,
) -> Result<ReportOutcome> {
    let name = path.display().to_string();
    if path.extension().is_some_and(|extension| extension == "json") {
        let message = format!("`{name}` is JSON: only YAML is rewritten");
        return Err(Problems::from(Problem::error("no-yaml", message)).into());
    }
    let before = Source::read(path)?;
    let upgraded = match upgrade_config(project, before.clone()) {
        Ok(upgraded) => upgraded,
        Err(error) => {
            reporter.problems(&error.into_problems()?);
            return Ok(ReportOutcome::Refused);
        }
    };
    let after = Source::new(name.clone(), upgraded.text.clone());
    let checked = checker.check(&Input { source: after, is_json: false })?;
    let diff = unified((&name, &before.text), (&name, &upgraded.text));
    if !diff.is_empty() {
        write(None, |out| Ok(out.write_all(diff.as_bytes())?))?;
    }
    for (path, what) in &upgraded.done {
        eprintln!("{}", one_line(&format!("{name}: {path}: {what}")));
    }
    reporter.problems(&upgraded.decide);
    let errors: Vec<Problem> =
        checked.problems.iter().filter(|problem| problem.is_error()).cloned().collect();
    reporter.problems(&errors);
    eprintln!("{}", one_line(&format!("{name}: {}", verdict(&upgraded, &diff, &checked.problems))));
    if checked.outcome == ReportOutcome::Refused {
        eprintln!("{}", one_line(&format!("{name}: not written; decide what is named above first")));
    } else if options.write && !diff.is_empty() {
        write(Some(path), |out| Ok(out.write_all(upgraded.text.as_bytes())?))?;
        eprintln!("{}", one_line(&format!("{name}: written")));
    } else if !diff.is_empty() {
        eprintln!("{}", one_line(&format!("{name}: not written; --write does it")));
    }
    Ok(checked.outcome)
}

/// Summarizes the changes, and the result of the check of the upgraded config.
fn verdict(upgraded: &Upgrade, diff: &str, problems: &[Problem]) -> String {
    let done = match (diff.is_empty(), upgraded.done.len()) {
        (true, _) => "nothing to upgrade".to_owned(),
        (false, number) => count(number, "change"),
    };
    let decide = match upgraded.decide.len() {
        0 => String::new(),
        number => format!(", {} to decide", count(number, "thing")),
    };
    let verdict = match counts(problems) {
        (0, 0) => "config check finds nothing wrong".to_owned(),
        (0, warnings) => format!("config check passes with {}", count(warnings, "warning")),
        (errors, warnings) => {
            format!("config check finds {} and {}", count(errors, "error"), count(warnings, "warning"))
        }
    };
    format!("{done}{decide}; {verdict}")
}
