//! Reads a config from a file or from standard input.

use std::io::Read as _;
use std::path::Path;

use taskgraph::error::{OrMachine as _, Result};
use taskgraph_compat::source::Source;
use taskgraph_training::Input;

/// Reads a config from a file, or from standard input.
pub(crate) fn read(path: &Path) -> Result<Input> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        let read = std::io::stdin().lock().read_to_end(&mut bytes);
        read.or_machine(|| "standard input cannot be read")?;
        return Ok(Input { source: Source::decode(name(path), bytes)?, is_json: false });
    }
    let is_json = path.extension().is_some_and(|extension| extension == "json");
    Ok(Input { source: Source::read(path)?, is_json })
}

/// The name of a file in messages.
pub(crate) fn name(path: &Path) -> String {
    if path == Path::new("-") { "<stdin>".into() } else { path.display().to_string() }
}
