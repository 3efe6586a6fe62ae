//! `--known-urls`: the urls that are there, as a JSON list. All others are not.

use std::path::Path;

use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::{OrMachine as _, Result};
use taskgraph::known_urls::Urls;
use taskgraph_compat::json;
use taskgraph_compat::value::Value;

/// Reads the file; without one, nothing is known about urls.
pub(crate) fn read(file: Option<&Path>) -> Result<Urls> {
    let Some(file) = file else { return Ok(Urls::Unasked) };
    let text = std::fs::read_to_string(file).or_machine(|| format!("`{}` cannot be read", file.display()))?;
    let refused = |why: String| {
        let message = format!("`{}` is not a JSON list of urls: {why}", file.display());
        Problems::from(Problem::error("known-urls", message).help("write [\"https://…\", \"https://…\"]"))
    };
    let value = json::read(&text).map_err(|error| refused(error.to_string()))?;
    let Some(items) = value.as_list() else {
        return Err(refused(format!("found {}", value.sort())).into());
    };
    let text = |item: &Value| match item {
        Value::Str(url) => Ok(url.to_string()),
        other => Err(refused(format!("found {} in it", other.sort()))),
    };
    Ok(Urls::Known(items.iter().map(text).collect::<Result<_, _>>()?))
}
