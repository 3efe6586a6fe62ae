//! A preview in the format that was asked for, where it was asked for.

use crate::args::{ConfigOptions, TreeOptions};
use crate::commands::graph::explain::ExplainOptions;
use crate::commands::preview::box_layout::add_estimates;
use crate::commands::preview::text::estimate;
use crate::commands::preview::{PreviewFormat, PreviewOptions};
use crate::commands::preview::{dot, html, markdown, mermaid, rendered, svg, text};
use crate::output::{keep_inputs, write};
use crate::output_format::OutputFormat;
use crate::output_medium::OutputMedium;
use crate::output_medium::one_line;
use anstream::eprintln;
use std::path::PathBuf;
use taskgraph::error::{OrMachine as _, Result};
use taskgraph::graph::paths::Paths;
use taskgraph_training::drawing::{Drawing, kinds, neighbours, statuses};
use taskgraph_training::{Preview, Report, ReportOutcome};

/// The format that the flags ask for.
pub(super) fn format_of(options: &PreviewOptions) -> PreviewFormat {
    match (options.json, options.open, options.format) {
        (true, ..) => PreviewFormat::Json,
        (_, true, _) => PreviewFormat::Html,
        (.., Some(format)) => format,
        _ => match options.output_file.as_deref().and_then(OutputFormat::of) {
            Some(OutputFormat::Json) => PreviewFormat::Json,
            Some(OutputFormat::Html) => PreviewFormat::Html,
            Some(OutputFormat::Svg) => PreviewFormat::Svg,
            Some(OutputFormat::Dot) => PreviewFormat::Dot,
            Some(OutputFormat::Mermaid) => PreviewFormat::Mermaid,
            Some(OutputFormat::Markdown) => PreviewFormat::Markdown,
            _ => PreviewFormat::Text,
        },
    }
}

/// Refuses the config as the output file, and one whose name asks for a format that there is not, if no flag says what to write.
pub(super) fn check_output(options: &PreviewOptions) -> Result<()> {
    const CAN: [OutputFormat; 7] = [
        OutputFormat::Text,
        OutputFormat::Json,
        OutputFormat::Html,
        OutputFormat::Svg,
        OutputFormat::Dot,
        OutputFormat::Mermaid,
        OutputFormat::Markdown,
    ];
    if options.format.is_none() && !options.json && !options.open {
        OutputFormat::wanted(options.output_file.as_deref(), &CAN)?;
    }
    Ok(keep_inputs(options.output_file.as_deref(), [options.config.as_path()])?)
}

/// Writes the preview. For a config that is refused there is nothing to draw, but formats that can show problems show
/// them.
pub(super) fn show(preview: &Preview, options: &PreviewOptions) -> Result<()> {
    let format = format_of(options);
    let tells_problems =
        matches!(format, PreviewFormat::Json | PreviewFormat::Html | PreviewFormat::Markdown);
    if preview.report.outcome == ReportOutcome::Refused && !tells_problems {
        return Ok(());
    }
    let text = in_format(preview, format, options)?;
    let path = match options.open {
        true => Some(options.output_file.clone().map_or_else(temporary_page, Ok)?),
        false => options.output_file.clone(),
    };
    write(path.as_deref(), |out| Ok(out.write_all(text.as_bytes())?))?;
    if let Some(page) = path.filter(|_| options.open) {
        eprintln!("wrote {}", page.display());
        let failed = || format!("no browser could be started for `{}`", page.display());
        open::that_detached(&page).or_machine(failed)?;
    }
    Ok(())
}

fn in_format(preview: &Preview, format: PreviewFormat, options: &PreviewOptions) -> Result<String> {
    let report = &preview.report;
    Ok(match format {
        PreviewFormat::Text => {
            text::text(report, options.all, OutputMedium::of(options.output_file.as_deref()))
        }
        PreviewFormat::Json => rendered(report)?.json,
        PreviewFormat::Html => {
            if let (Some(label), Some(now)) = (&options.focus, &preview.now) {
                Paths::new(&now.full.graph).label(label)?;
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
    let Preview { report, now: Some(now), before, .. } = preview else { return Ok(Drawing::default()) };
    let statuses = statuses(now, before.as_ref(), report.plan.as_ref());
    let Some(label) = &options.focus else {
        let graphs: Vec<_> =
            [Some(now), before.as_ref()].into_iter().flatten().map(|run| &run.full.graph).collect();
        let reused = report.plan.as_ref().map(|plan| &plan.reused[..]).unwrap_or_default();
        let mut drawing = kinds(&graphs, &statuses, reused);
        report.plan.iter().for_each(|plan| add_estimates(&mut drawing, plan));
        return Ok(drawing);
    };
    let paths = Paths::new(&now.full.graph);
    let task = &now.full.graph.tasks[paths.label(label)?];
    Ok(neighbours(task, &paths, &statuses, |label| now.full.graph.tasks[label].kind.to_string()))
}

fn title(report: &Report) -> String {
    let Some(plan) = &report.plan else { return String::new() };
    let mut title = format!("{} → {}, {}", plan.facts.src, plan.facts.trg, plan.facts.experiment);
    if let Some(all) = &plan.work.estimate {
        title.push_str(&format!("; {}", estimate::total(all, plan.work.totals.tasks)));
        let path = all.critical_path.as_ref().map(estimate::path);
        title.extend(path.map(|path| format!("; critical path: {path}")));
    }
    one_line(&title)
}

/// A file for a page that nobody has named. It stays, because the browser reads it after the program has ended.
fn temporary_page() -> Result<PathBuf> {
    let named = tempfile::Builder::new().prefix("preview-").suffix(".html").tempfile();
    let file = named.or_machine(|| "no temporary file can be made")?;
    file.into_temp_path().keep().or_machine(|| "no temporary file can be kept")
}

/// A task in focus is explained, where it is not drawn.
pub(super) fn explain_options(options: &PreviewOptions, label: &str) -> ExplainOptions {
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
