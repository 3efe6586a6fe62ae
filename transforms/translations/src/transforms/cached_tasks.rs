//! `translations_taskgraph.transforms.cached_tasks`: digests out of the command, files and parameters of a task.
//!
//! ```yaml
//! attributes:
//!     cache:
//!         type: train-teacher
//!         resources: [pipeline/train/train.sh]        # may be keyed `by-provider`
//!         from-parameters:
//!             best_model: training_config.experiment.best-model
//!             limit: [training_config.limit, training_config.default-limit]
//! ```
//!
//! Each parameter goes into the digest as `name:value`, the value as Python's `str()` writes it. Of a list of paths
//! the first one counts that has a value, and none is not part of the digest; a single path without a value is
//! `None`. The digests of all dependencies follow, as for every cached task.
//!
//! In July 2026, `resources` are patterns with one hash for all of them, a `version` that is raised by hand makes new
//! digests, and so does chain of trust.

use crate::pipeline_version::PipelineVersion;
use anyhow::Result;
use taskgraph::keyed_by::evaluate;
use taskgraph::schema::fields::{Fields, missing, wrong};
use taskgraph::schema::{STRINGS, Schema, optional, required};
use taskgraph::transform::{Context, Pool, TaskDescription, Transform, TransformInfo, with_state};
use taskgraph_compat::python;
use taskgraph_compat::value::memo::Memo;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Value, joined};
use taskgraph_transforms::cached_tasks::{LastData, chain_of_trust, label_of, with_digests};

const PATHS: Schema =
    Schema::Either(&[STRINGS, Schema::Str], "the path of a parameter or a list of such paths");

const CACHE: Schema = Schema::Open(
    &[
        required("type", Schema::Str),
        optional("resources", Schema::KeyedBy(&["provider"], &STRINGS)),
        optional("from-parameters", Schema::MapOf(&PATHS)),
        optional("version", Schema::Int),
    ],
    &Schema::Any,
);

const ATTRIBUTES: Schema = Schema::Open(&[required("cache", CACHE)], &Schema::Any);

/// The description of the transform.
pub(crate) const INFO: TransformInfo = TransformInfo::new(
    "translations_taskgraph.transforms.cached_tasks",
    "Computes the digest of a task from its command, files and parameters.",
);

/// The transforms.
pub(crate) fn transform() -> [Transform; 2] {
    let add_cache = with_state(|ctx| Ok(KindState::of(ctx))).each(|ctx, state, description| {
        state.memos.with(|memo| add_cache(ctx, state.pipeline_version, memo, description))
    });
    [add_cache, with_digests(last_data)]
}

/// Chain of trust belongs to the digest since July 2026.
fn last_data(ctx: &Context<'_>) -> LastData {
    match PipelineVersion::of(ctx.tree) {
        PipelineVersion::December2024 => |_| None,
        PipelineVersion::July2026 => chain_of_trust,
    }
}

struct KindState {
    pipeline_version: PipelineVersion,
    memos: Pool<Memos>,
}

impl KindState {
    fn of(ctx: &Context<'_>) -> Self {
        KindState { pipeline_version: PipelineVersion::of(ctx.tree), memos: Pool::default() }
    }
}

/// Memos of the data that a task adds to its digest. Most tasks of a kind have the same resources and parameters.
#[derive(Default)]
struct Memos {
    resources: Memo<Vec<Value>>,
    parameters: Memo<Vec<Value>>,
}

fn add_cache(
    ctx: &Context<'_>,
    pipeline_version: PipelineVersion,
    memo: &mut Memos,
    description: &mut TaskDescription,
) -> Result<()> {
    let Some(attributes) = description.get("attributes") else {
        return Err(missing("attributes.cache", "a map"));
    };
    if !ATTRIBUTES.fits(attributes) {
        ATTRIBUTES.require(attributes, &"attributes".into())?;
    }
    let provider = attributes.get("provider").cloned();
    let text = description.get("description").cloned();
    let cache = description.map_at("attributes")?.map_at("cache")?;
    if let Some(resources @ Value::Map(_)) = cache.get_mut("resources") {
        let text = text.as_ref().map(python::str).unwrap_or_default();
        let item = format!("`attributes.cache.resources` in `{text}`");
        *resources = evaluate(resources, &item, |name| provider.clone().filter(|_| name == "provider"))?;
    }
    let cache = cache.clone();
    let asked = |key: &str| cache.get(key).unwrap_or(&Value::Null);
    let parameters =
        memo.parameters.of(asked("from-parameters"), |asked| anyhow::Ok(parameters(ctx, asked)))?;
    // Nobody looks at digests that are not computed; that the parameters were read is noted all the same.
    if ctx.settings.fast {
        return Ok(());
    }
    let mut data = command_words(description)?;
    let resources = memo.resources.of(asked("resources"), |asked| resources(ctx, pipeline_version, asked))?;
    data.reserve_exact(resources.len() + parameters.len() + 1);
    data.extend(resources.iter().chain(parameters).cloned());
    if pipeline_version == PipelineVersion::July2026 {
        data.extend(cache.get("version").filter(|version| version.truthy()).map(|v| python::str(v).into()));
    }
    // Parts of an index path are parted with `/` there.
    let label = label_of(description)?;
    let name = if label.contains('/') { label.replace('/', "_").into() } else { label };
    let digest_data: Value = data.into_iter().collect();
    description.put(
        "cache",
        taskgraph_compat::map! { "type" => cache["type"].clone(), "name" => name, "digest-data" => digest_data },
    );
    Ok(())
}

fn resources(ctx: &Context<'_>, pipeline_version: PipelineVersion, resources: &Value) -> Result<Vec<Value>> {
    let resources = resources.as_list().unwrap_or_default();
    let paths = resources.iter().filter_map(Value::as_str);
    match pipeline_version {
        PipelineVersion::December2024 => paths.map(|path| Ok(ctx.tree.hash(path)?.into())).collect(),
        PipelineVersion::July2026 if resources.is_empty() => Ok(Vec::new()),
        PipelineVersion::July2026 => {
            let patterns: Vec<String> = paths.map(str::to_owned).collect();
            // Hundreds of tasks have the same resources.
            let name = format!("resources {}", patterns.join(" "));
            Ok(vec![ctx.tree.memo(&name, || ctx.tree.hash_matching(&patterns))?.into()])
        }
    }
}

fn parameters(ctx: &Context<'_>, asked: &Value) -> Vec<Value> {
    let mut data = Vec::new();
    for (name, path) in asked.as_map().into_iter().flatten() {
        let value = match path {
            Value::List(choices) => {
                let mut values =
                    choices.iter().filter_map(Value::as_str).map(|path| ctx.params.deep_get(path));
                values.find(|value| **value != Value::Null)
            }
            path => Some(ctx.params.deep_get(path.as_str().unwrap_or_default())),
        };
        data.extend(value.map(|value| match value {
            Value::Str(text) => joined(&[name, ":", text]).into(),
            other => joined(&[name, ":", &python::str(other)]).into(),
        }));
    }
    data
}

/// The items of the lists that a command consists of.
///
/// Python: `itertools.chain.from_iterable`. The command of docker-worker is one flat list, of which each text falls
/// into its characters and each reference into its keys; the digests of the existing index have it so.
fn command_words(description: &TaskDescription) -> Result<Vec<Value>> {
    let path = || KeyPath::dotted("worker.command");
    let command = description.get("worker").and_then(|worker| worker.get("command"));
    let Some(command) = command else { return Err(missing(path(), "a list")) };
    let Some(items) = command.as_list() else { return Err(wrong(path(), command, "a list")) };
    let count = items.iter().map(|item| item.as_list().map_or(1, <[Value]>::len)).sum();
    let mut words: Vec<Value> = Vec::with_capacity(count);
    for (index, item) in items.iter().enumerate() {
        match item {
            Value::Str(text) if text.is_empty() => {}
            Value::Str(text) => words.push(characters(text)),
            Value::List(list) => match list.iter().position(|word| word.as_str().is_none()) {
                None => words.extend(list.iter().cloned()),
                Some(at) => return Err(wrong(path().join(index).join(at), &list[at], "a string")),
            },
            Value::Map(map) => words.extend(map.keys().map(Value::from)),
            other => return Err(wrong(path().join(index), other, "a list or a string")),
        }
    }
    Ok(words)
}

/// The characters of a text, a line each: as one item of the digest data what they are as many.
fn characters(text: &str) -> Value {
    if text.is_ascii() {
        let mut lines = vec![b'\n'; (2 * text.len()).saturating_sub(1)];
        lines.iter_mut().step_by(2).zip(text.bytes()).for_each(|(place, byte)| *place = byte);
        return String::from_utf8(lines).unwrap_or_default().into();
    }
    let mut lines = String::with_capacity(2 * text.len());
    for character in text.chars() {
        if !lines.is_empty() {
            lines.push('\n');
        }
        lines.push(character);
    }
    lines.into()
}

#[cfg(test)]
mod tests {
    use taskgraph::tree::sha256;

    use super::*;
    use transforms_testing::{Fixture, task};

    fn digest(fixture: &Fixture, description: &str) -> String {
        fixture.one(transform(), description, "attributes.cached_task.digest")
    }

    fn hashed(words: &[&str]) -> String {
        format!("{:?}", sha256(&words.join("\n")))
    }

    const CACHE: &str = "type: t, from-parameters: {a: training_config.a, b: [training_config.x, training_config.b], \
                         c: [training_config.x], d: training_config.x, models: training_config.models}";

    #[test]
    fn values_are_written_as_python_writes_them() {
        let fixture = Fixture::new("{a: true, b: 1.0, models: {urls: [it's], mode: use}}");
        let description = format!(
            "{{label: x, description: d, worker: {{command: [[bash, -c], [run]]}}, attributes: {{cache: {{{CACHE}}}}}}}"
        );
        let words =
            ["bash", "-c", "run", "a:True", "b:1.0", "d:None", r#"models:{'urls': ["it's"], 'mode': 'use'}"#];
        assert_eq!(digest(&fixture, &description), hashed(&words));
    }

    #[test]
    fn a_flat_command_falls_into_characters() {
        let fixture = Fixture::new("{}");
        let description =
            "{label: x, worker: {command: [öb, {artifact-reference: y}]}, attributes: {cache: {type: t}}}";
        assert_eq!(digest(&fixture, description), hashed(&["ö", "b", "artifact-reference"]));
    }

    #[test]
    fn a_name_has_no_slashes_and_dependencies_count() {
        let cached = "{cached_task: {type: t, name: n, digest: '1'}}";
        let fixture = Fixture::new("{}").upstream([task("up", "up-1", cached)]);
        let description = "{label: a/b, worker: {command: [[x]]}, dependencies: {up: up-1}, attributes: {cache: {type: t}}}";
        assert_eq!(fixture.one(transform(), description, "attributes.cached_task.name"), r#""a_b""#);
        assert_eq!(digest(&fixture, description), hashed(&["x", "t/n/1"]));
        assert_eq!(fixture.one(transform(), description, "cache"), "none");
    }

    #[test]
    fn resources_may_depend_on_the_provider() {
        let fixture = Fixture::new("{}");
        let description = "{label: x, worker: {command: [[x]]}, attributes: {provider: opus, cache: {type: t, \
                    resources: {by-provider: {opus: [], default: [missing]}}}}}";
        assert_eq!(fixture.one(transform(), description, "attributes.cache.resources"), "[]");
    }

    #[test]
    fn a_cache_needs_a_type() {
        let error = Fixture::new("{}")
            .refused(transform(), "{label: x, worker: {command: []}, attributes: {cache: {}}}");
        assert!(error.contains("missing key `type`"), "{error}");
    }

    #[test]
    fn a_version_and_chain_of_trust_count_in_the_later_dialect() {
        let description = "{label: l, description: d, worker: {command: [[run]], chain-of-trust: true}, \
                    attributes: {cache: {type: t, version: 2}}}";
        assert_eq!(digest(&Fixture::new("{}").july_2026(), description), hashed(&["run", "2", "True"]));
        assert_eq!(digest(&Fixture::new("{}"), description), hashed(&["run"]));
        let zero = description.replace("version: 2", "version: 0").replace("true", "false");
        assert_eq!(digest(&Fixture::new("{}").july_2026(), &zero), hashed(&["run"]));
    }
}
