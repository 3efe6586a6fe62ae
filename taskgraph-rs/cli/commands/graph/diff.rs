//! `graph diff`: what appears, goes and changes between two graphs.

use crate::commands::graph::diff_options::DiffOptions;
use crate::commands::graph::field_changes::fields;
use crate::commands::graph::operand::{Operands, Side, parse_operands};
use crate::environment::settings;
use crate::output::{keep_inputs, write};
use crate::output_format::OutputFormat;
use crate::output_medium::OutputMedium;
use crate::report::{Reporter, count};
use crate::task_source::task_source;
use crate::text_layout::{Page, TextStyle};
use crate::{Status, known_urls};
use indexmap::IndexMap;
use serde::Serialize;
use std::path::Path;
use taskgraph::diagnostics::Problems;
use taskgraph::error::Result;
use taskgraph::graph::diff::{GraphDiff, TaskChange, diff};
use taskgraph::registry::Registry;
use taskgraph::settings::Settings;
use taskgraph_training::of_run_task;

/// Largest number of labels of a group, and of tasks with the same change, that are shown without `--all`.
const SHOWN: usize = 8;

/// The version of the JSON.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct DiffJson<'d> {
    version: u32,
    before: &'d str,
    after: &'d str,
    #[serde(flatten)]
    diff: &'d GraphDiff,
}

/// Compares two graphs.
pub(crate) fn run(options: &DiffOptions, registry: &Registry, reporter: &Reporter) -> Result<Status> {
    match compare(options, registry, reporter) {
        Ok(found) if options.exit_code => Ok(if found.is_empty() { Status::Fine } else { Status::Differs }),
        Ok(_) => Ok(Status::Fine),
        Err(error) if options.exit_code => {
            let problems = error.into_problems()?;
            reporter.problems(&problems);
            reporter.refused(&problems);
            Ok(Status::RefusedDiff)
        }
        Err(error) => Err(error),
    }
}

fn compare(options: &DiffOptions, registry: &Registry, reporter: &Reporter) -> Result<GraphDiff> {
    let is_json = options.json || OutputFormat::is_json(options.output_file.as_deref())?;
    keep_inputs(options.output_file.as_deref(), options.graphs.iter().map(Path::new))?;
    let urls = known_urls::read(options.known_urls.as_deref())?;
    let settings = Settings {
        urls,
        task_source: task_source(false),
        ..settings(options.tree.run_task_dir.as_deref(), false, registry)?
    };
    let operands = Operands::new(options, registry, &settings);
    let [before, after] = parse_operands(options)?;
    let (before, after) = (before.side(&operands)?, after.side(&operands)?);
    let mut warnings = before.warnings.clone();
    warnings.extend(after.warnings.clone());
    let (run_task, mut warnings) = of_run_task(Problems(warnings).distinct().0);
    // Two graphs that are made without it lack the same.
    warnings.extend(run_task.filter(|_| before.is_read || after.is_read));
    reporter.warnings(&warnings);
    let found = diff(&before.tasks, &after.tasks);
    write(options.output_file.as_deref(), |out| {
        if is_json {
            let json = DiffJson { version: VERSION, before: &before.name, after: &after.name, diff: &found };
            serde_json::to_writer_pretty(&mut *out, &json)?;
            return Ok(writeln!(out)?);
        }
        Ok(out.write_all(
            text(&before, &after, &found, options.all, OutputMedium::of(options.output_file.as_deref()))
                .as_bytes(),
        )?)
    })?;
    Ok(found)
}

fn text(before: &Side, after: &Side, found: &GraphDiff, all: bool, medium: OutputMedium) -> String {
    let mut page = Page::new(medium);
    for (ink, sign, side) in [(TextStyle::Removed, "-", before), (TextStyle::Added, "+", after)] {
        let tasks = count(side.tasks.len(), "task");
        page.line_in(ink, &format!("{sign} {}", side.name), &format!("   {tasks}"));
    }
    if found.is_empty() {
        page.line("");
        page.line("No task differs.");
        return page.into_text();
    }
    let (digests, changed): (Vec<&TaskChange>, Vec<&TaskChange>) =
        found.changed.iter().partition(|change| change.only_digest);
    page.line("");
    let labels =
        |changes: &[&TaskChange]| changes.iter().map(|one| one.label.to_string()).collect::<Vec<_>>();
    let strings = |labels: &[taskgraph::task::Label]| labels.iter().map(ToString::to_string).collect();
    group(&mut page, TextStyle::Removed, "-", "gone", strings(&found.gone), all);
    group(&mut page, TextStyle::Added, "+", "new", strings(&found.new), all);
    group(&mut page, TextStyle::Changed, "~", "changed", labels(&changed), all);
    group(&mut page, TextStyle::Name, "↺", "only the digest", labels(&digests), all);
    if found.unchanged > 0 {
        page.line_in(TextStyle::Faint, &format!("  = {:>4} unchanged", found.unchanged), "");
    }
    // Many tasks of a kind change in the same way: that is shown once.
    let mut alike: IndexMap<String, Vec<&TaskChange>> = IndexMap::new();
    for change in changed {
        let same = if all { change.label.to_string() } else { signature(change) };
        alike.entry(same).or_default().push(change);
    }
    for changes in alike.values() {
        let Some(first) = changes.first() else { continue };
        page.heading(&match changes.len() {
            1 => format!("~ {}", first.label),
            more => format!(
                "~ {} and {} more of {} that change in the same fields",
                first.label,
                more - 1,
                first.kind
            ),
        });
        if all {
            fields(&mut page, 2, &first.fields, all);
            continue;
        }
        let own = first.own_fields();
        fields(&mut page, 2, &own, all);
        if own.len() < first.fields.len() {
            page.line("  ~ and its digest");
        }
    }
    page.into_text()
}

fn group(page: &mut Page, ink: TextStyle, sign: &str, name: &str, mut labels: Vec<String>, all: bool) {
    if labels.is_empty() {
        return;
    }
    let start = format!("  {:<23} ", format!("{sign} {:>4} {name}", labels.len()));
    if !all && labels.len() > SHOWN {
        let more = labels.len() - SHOWN;
        labels.truncate(SHOWN);
        labels.push(format!("… and {more} more (--all lists them)"));
    }
    page.list_in(ink, &start, &labels);
}

fn signature(change: &TaskChange) -> String {
    let paths: Vec<String> = change.fields.iter().map(|field| field.path.to_string()).collect();
    format!("{} {}", change.kind, paths.join(" "))
}
