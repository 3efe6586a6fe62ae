//! Reads a training config, or a set of parameters, into parameters.

pub(crate) mod base_parameters;
pub(crate) mod upgrade;

use std::sync::Arc;

use serde::Serialize;

use crate::pipeline::Training;
use taskgraph::diagnostics::Problem;
use taskgraph::diagnostics::document::{equal_keys, printed_quotes};
use taskgraph::error::Result;
use taskgraph::generator::Project;
use taskgraph::parameters::{Layer, LoadedValues, Params};
use taskgraph::schema::fields::Fields;
use taskgraph_compat::source::Source;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Value};

/// A config that is to be read.
#[derive(Clone, Debug)]
pub struct Input {
    /// The text.
    pub source: Arc<Source>,
    /// Whether it is JSON and not YAML.
    pub is_json: bool,
}

/// The config that was looked at.
#[derive(Clone, Debug, Serialize)]
pub struct Config {
    /// Its file, or `<stdin>`.
    pub file: String,
    /// Whether it is a whole set of parameters and not a training config alone.
    pub is_parameters: bool,
}

/// A config that was read, with base parameters around it.
pub(crate) struct LoadedConfig {
    /// The config.
    pub config: Config,
    /// The parameters, complete but not checked. The training config is as it was written: a decision fills in no key
    /// of it, so that a preview must not either.
    pub params: Params,
    /// The training config as it was written.
    pub own: Value,
    /// Warnings so far.
    pub problems: Vec<Problem>,
}

/// Describes a file before it is read.
pub(crate) fn unread(input: &Input) -> Config {
    Config { file: input.source.name.clone(), is_parameters: false }
}

/// Reads a training config or a set of parameters, and adds the base parameters that are missing.
pub(crate) fn read(project: &Project, training: &Training, input: &Input) -> Result<LoadedConfig> {
    read_with(project, training, input, &Map::default())
}

/// The same, with base parameters that are known already.
pub(crate) fn read_with(
    project: &Project,
    training: &Training,
    input: &Input,
    known: &Map,
) -> Result<LoadedConfig> {
    let LoadedValues { values, layer } = LoadedValues::read(input.source.clone(), input.is_json)?;
    let own_document = layer.document.clone();
    let is_parameters = values.contains_key(training.parameter);
    let mut params = match is_parameters {
        true => Params::new(values, vec![layer]),
        false => {
            let mount = KeyPath::dotted(training.parameter);
            let values = Map::from_iter([(training.parameter.into(), values.into())]);
            Params::new(values, vec![Layer { mount, ..layer }])
        }
    };
    let mut problems = equal_keys(&own_document);
    problems.extend(printed_quotes(&own_document));
    project.extension.normalize(&mut params);
    let own = params.get(training.parameter).cloned().unwrap_or_default();
    for (name, value) in known {
        params.values_mut().set_default(name, value.clone());
    }
    base_parameters::fill(&mut params, &project.tree, training.target_method);
    let config = Config { file: input.source.name.clone(), is_parameters };
    Ok(LoadedConfig { config, params, own, problems })
}

/// Another stage than the config has.
pub fn set_stage(params: &mut Params, training: &Training, stage: &str) {
    let path = KeyPath::dotted(training.stage);
    if let (Some(map), Some(key)) =
        (params.find_mut(&path.parent()).and_then(Value::as_map_mut), path.last_key())
    {
        map.put(key, stage);
    }
}

/// The same parameters without anything that earlier runs have made; nothing if there is nothing of that sort.
pub(crate) fn from_scratch(params: &Params, training: &Training) -> Option<Params> {
    let paths = training.reuse.iter().map(|path| KeyPath::dotted(path));
    // An empty section, as forms write it, hands nothing in.
    let is_given = |path: &KeyPath| params.find(path).is_some_and(|value| value.truthy() && !is_empty(value));
    let given: Vec<KeyPath> = paths.filter(is_given).collect();
    let mut params = (!given.is_empty()).then(|| params.clone())?;
    for path in given {
        params.find_mut(&path.parent())?.as_map_mut()?.take(path.last_key()?);
    }
    Some(params)
}

/// Builds the note for a config that makes no graph without what it reuses.
pub(crate) fn no_scratch(training: &Training, problems: &[Problem]) -> Option<String> {
    let problem = problems.iter().find(|problem| problem.is_error())?;
    let name = training.reuse_name;
    Some(format!("the same config without {name} makes no graph to compare with: {problem}"))
}

/// Turns the error of a reading into problems. Errors of the machine pass through.
pub fn problems_of<T>(result: Result<T>, problems: &mut Vec<Problem>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) => {
            problems.extend(error.into_problems()?);
            Ok(None)
        }
    }
}

/// Whether nothing is said: null, and lists and maps of nothing else.
pub(crate) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::List(items) => items.iter().all(is_empty),
        Value::Map(map) => map.values().all(is_empty),
        _ => false,
    }
}
