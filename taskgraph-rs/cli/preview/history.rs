//! `--history`, `--prices` and `--write-history`: files about earlier tasks and about money.

use std::path::Path;

use anyhow::Result;
use taskgraph::preview::{History, Preview, Prices};
use taskgraph::source::Source;

use crate::args::PreviewOptions;
use crate::output::write as write_file;

/// The times of earlier tasks that were given; nothing if nobody asks how long the run will take.
pub fn read(options: &PreviewOptions) -> Result<Option<History>> {
    if options.history.is_empty() && !options.look_up && options.from.is_none() {
        return Ok(None);
    }
    let mut history = History::default();
    for path in &options.history {
        history.read(&Source::read(path)?, has_ending(path, "jsonl"))?;
    }
    Ok(Some(history))
}

/// What machines cost, if a file says so.
pub fn prices(options: &PreviewOptions) -> Result<Option<Prices>> {
    let Some(path) = &options.prices else { return Ok(None) };
    Prices::read(Source::read(path)?, has_ending(path, "json")).map(Some)
}

/// Writes the earlier tasks that were given and found, if a file is named for them and there is a plan.
pub fn write(preview: &Preview, options: &PreviewOptions) -> Result<()> {
    let (Some(path), Some(history)) = (&options.write_history, &preview.history) else { return Ok(()) };
    let lines = history.lines()?;
    write_file(Some(path), |out| Ok(out.write_all(lines.as_bytes())?))
}

fn has_ending(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|extension| extension == ending)
}
