//! `--history`, `--prices` and `--write-history`: files about earlier tasks and about money.

use crate::commands::preview::format::format_of;
use crate::commands::preview::{PreviewFormat, PreviewOptions};
use crate::output::write as write_file;
use std::path::Path;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::Result;
use taskgraph_compat::source::Source;
use taskgraph_training::{History, Preview, Prices};

/// The times of earlier tasks that were given; nothing if nobody asks how long the run will take.
pub(super) fn read(options: &PreviewOptions) -> Result<Option<History>> {
    if options.history.is_empty() && !options.look_up && options.from.is_none() {
        return Ok(None);
    }
    let mut history = History::default();
    for path in &options.history {
        history.read(&Source::read(path)?, has_ending(path, "jsonl"))?;
    }
    if let (true, Some(group)) = (options.offline, history.groups().first()) {
        let message = format!("the history names the task group `{group}`, which --offline does not ask for");
        let help = "write a history of it once, with --write-history, or leave out --offline";
        return Err(Problems::from(Problem::error("offline", message).help(help)).into());
    }
    Ok(Some(history))
}

/// Refuses flags whose results the format has no place for.
pub(super) fn check(options: &PreviewOptions) -> Result<()> {
    let (what, is_drawing) = match format_of(options) {
        _ if options.focus.is_none() => return Ok(()),
        PreviewFormat::Svg | PreviewFormat::Dot | PreviewFormat::Mermaid => {
            ("the drawing of a task and its neighbours", true)
        }
        PreviewFormat::Text | PreviewFormat::Json => ("the explanation of a task", false),
        PreviewFormat::Html | PreviewFormat::Markdown => return Ok(()),
    };
    // A drawing can be made beside a file that is written, an explanation looks nothing up.
    let is_written = is_drawing && options.write_history.is_some();
    let flags = [
        ("--history", !options.history.is_empty() && !is_written),
        ("--prices", options.prices.is_some()),
        ("--write-history", options.write_history.is_some() && !is_drawing),
        ("--look-up", options.look_up && !is_drawing),
        ("--from", options.from.is_some() && !is_drawing),
        ("--against", options.against.is_some() && !is_drawing),
        ("--tasks-for", options.tasks_for.is_some() && !is_drawing),
        ("--check-urls", options.check_urls && !is_drawing),
    ];
    let idle = flags.into_iter().filter(|(_, is_idle)| *is_idle).map(|(flag, _)| {
        let message = format!("{flag} has no effect on {what}");
        Problem::error("no-effect", message).help(format!("leave out {flag}, or --focus"))
    });
    Ok(Problems(idle.collect()).check()?)
}

/// Reads the prices of machines, if a file is given.
pub(super) fn prices(options: &PreviewOptions) -> Result<Option<Prices>> {
    let Some(path) = &options.prices else { return Ok(None) };
    Prices::read(Source::read(path)?, has_ending(path, "json")).map(Some)
}

/// Writes the earlier tasks that were given and found, if a file is named for them and there is a plan.
pub(super) fn write(preview: &Preview, options: &PreviewOptions) -> Result<()> {
    let (Some(path), Some(history)) = (&options.write_history, &preview.history) else { return Ok(()) };
    let lines = history.lines()?;
    write_file(Some(path), |out| Ok(out.write_all(lines.as_bytes())?))
}

fn has_ending(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|extension| extension == ending)
}
