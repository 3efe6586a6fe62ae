//! From a file as people keep it to parameters.

use anyhow::Result;
use indexmap::IndexMap;

use super::base;
use super::make::Input;
use super::report::{Config, DefaultKey, DefaultKeys};
use crate::document::equal_keys;
use crate::extension::Training;
use crate::fields::Fields;
use crate::keypath::KeyPath;
use crate::params::{Filled, Given, Layer, Params, fill_missing, move_models};
use crate::pipeline::Loaded;
use crate::problem::{Problem, Problems, place_of_key};
use crate::value::{Map, Value};

/// How many missing keys are told by their names.
const NAMED: usize = 4;

/// A config that was read and completed.
pub struct Configured {
    /// What it is.
    pub config: Config,
    /// The parameters, complete but not checked.
    pub params: Params,
    /// The training config before anything was filled in.
    pub own: Value,
    /// What was filled in.
    pub defaults: Option<DefaultKeys>,
    /// Warnings so far.
    pub problems: Vec<Problem>,
}

/// What a file is, before anything is known of it.
pub fn unread(input: &Input) -> Config {
    Config { file: input.source.name.clone(), is_parameters: false }
}

/// Reads a training config or a set of parameters, and fills in what is missing.
pub fn read(loaded: &Loaded, training: &Training, input: &Input) -> Result<Configured> {
    read_with(loaded, training, input, &Map::default())
}

/// The same, with base parameters that are known already.
pub fn read_with(loaded: &Loaded, training: &Training, input: &Input, known: &Map) -> Result<Configured> {
    let Given { values, layer } = Given::read(input.source.clone(), input.is_json)?;
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
    move_models(&mut params, &loaded.extension);
    let own = params.get(training.parameter).cloned().unwrap_or_default();
    for (name, value) in known {
        params.values_mut().set_default(name, value.clone());
    }
    base::fill(&mut params, &loaded.tree, training.target_method);
    let mut defaults = None;
    for (name, file) in &loaded.extension.defaults {
        let (document, value) = loaded.default_file(file)?;
        let source = document.source.name.clone();
        let layer = Layer { document, inside: KeyPath::default(), mount: KeyPath::dotted(name) };
        let filled = fill_missing(&mut params, &loaded.extension, name, &value, layer);
        if *name == training.parameter && !filled.is_empty() {
            let place = place_of_key(&own_document, &KeyPath::default());
            problems.extend(warning(&params, training, &filled, &source).map(|it| it.in_place(Some(place))));
            let keys = filled.iter().map(|filled| DefaultKey {
                path: inside(&filled.path).to_string(),
                required: filled.required,
            });
            defaults = Some(DefaultKeys { file: source, keys: keys.collect() });
        }
    }
    let config = Config { file: input.source.name.clone(), is_parameters };
    Ok(Configured { config, params, own, defaults, problems })
}

/// A run of weeks must not get what it trains on, or how long, from a config for tests without a word.
fn warning(params: &Params, training: &Training, filled: &[Filled], file: &str) -> Option<Problem> {
    let weighty: Vec<KeyPath> = filled
        .iter()
        .filter(|filled| filled.required || params.find(&filled.path).is_some_and(is_section))
        .map(|filled| inside(&filled.path))
        .collect();
    if weighty.is_empty() {
        return None;
    }
    let message = match weighty.len() {
        1 => format!("a key is not in the file; it was taken from {file}"),
        count => format!("{count} keys are not in the file; they were taken from {file}"),
    };
    let help = training.defaults_are;
    Some(Problem::warning("from-defaults", message).at(KeyPath::default(), by_section(&weighty)).help(help))
}

/// `experiment.student-model`, 6 of `marian-args`: what is missing, section by section.
fn by_section(paths: &[KeyPath]) -> String {
    if paths.len() <= NAMED {
        return paths.iter().map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", ");
    }
    let mut sections: IndexMap<String, Vec<&KeyPath>> = IndexMap::new();
    for path in paths {
        let section = path.0.first().cloned().map(|step| KeyPath(vec![step])).unwrap_or_default();
        sections.entry(section.to_string()).or_default().push(path);
    }
    let told = sections.iter().map(|(section, paths)| match &paths[..] {
        [path] => format!("`{path}`"),
        paths => format!("{} of `{section}`", paths.len()),
    });
    told.collect::<Vec<_>>().join(", ")
}

fn is_section(value: &Value) -> bool {
    matches!(value, Value::Map(_) | Value::List(_))
}

/// The path inside the training config.
fn inside(path: &KeyPath) -> KeyPath {
    KeyPath(path.0.get(1..).unwrap_or_default().to_vec())
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
pub fn from_scratch(params: &Params, training: &Training) -> Option<Params> {
    let paths = training.reuse.iter().map(|path| KeyPath::dotted(path));
    let given: Vec<KeyPath> = paths.filter(|path| params.find(path).is_some_and(Value::truthy)).collect();
    let mut params = (!given.is_empty()).then(|| params.clone())?;
    for path in given {
        params.find_mut(&path.parent())?.as_map_mut()?.take(path.last_key()?);
    }
    Some(params)
}

/// What to say where the same config makes no graph without what it reuses.
pub fn no_scratch(training: &Training, problems: &[Problem]) -> Option<String> {
    let problem = problems.iter().find(|problem| problem.is_error())?;
    let name = training.reuse_name;
    Some(format!("the same config without {name} makes no graph to compare with: {problem}"))
}

/// What a reading failed with, as problems. The machine's fault passes through.
pub fn problems_of<T>(result: Result<T>, problems: &mut Vec<Problem>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) => {
            problems.extend(Problems::from_error(error)?);
            Ok(None)
        }
    }
}
