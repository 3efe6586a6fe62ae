//! Fixtures for tests of transforms: a tiny tree, a training config, and tasks written as YAML.

#![allow(clippy::unwrap_used, reason = "a test that finds a wrong tree fails where it stands")]

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Result;
use indexmap::IndexMap;
use taskgraph::diagnostics::Problems;
use taskgraph::diagnostics::document::load;
use taskgraph::diagnostics::origin::Origin;
use taskgraph::generator::Project;
use taskgraph::graph_config::GraphConfig;
use taskgraph::known_urls::Urls;
use taskgraph::optimize::Strategies;
use taskgraph::parameters::{LoadedValues, Params};
use taskgraph::registry::Registry;
use taskgraph::settings::Settings;
use taskgraph::task::{Dependencies, Label, Task, TasksByLabel};
use taskgraph::taskgraph_version::TaskgraphVersion;
use taskgraph::transform::kind::Kind;
use taskgraph::transform::notes::Record;
use taskgraph::transform::payload::{Payload, Payloads};
use taskgraph::transform::{Context, NeedsPython, TaskDescription, TransformError, TransformSequence};
use taskgraph::tree::Tree;
use taskgraph::type_map::TypeMap;
use taskgraph_compat::source::Source;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Str, Value};

const CONFIG: &str = "
trust-domain: translations
task-priority: low
taskgraph:
    repositories: {ci: {name: ci}}
workers:
    aliases:
        cpu: {provisioner: p, implementation: docker-worker, os: linux, worker-type: w}
        gpu-.*: {provisioner: p, implementation: generic-worker, os: linux, worker-type: w}
scriptworker: {scope-prefix: 'project:it'}
local-worker-aliases:
    b-cpu: {by-worker-class: {gcp-standard: cpu, default: cpu}}
    b-gpu: {by-worker-class: {gcp-standard: gpu-standard, default: gpu-spot}}
    b-badgpu: {by-worker-class: {gcp-standard: badgpu, default: badgpu}}
worker-configuration:
    gpu-spot: {env: {GPUS: '0 1', WORKSPACE: '12000'}}
    gpu-standard: {env: {GPUS: '0 1', WORKSPACE: '12000'}}
";

/// Everything that a transform looks at.
pub struct Fixture {
    /// The graph config.
    pub config: GraphConfig,
    /// The parameters.
    pub params: Params,
    /// Notes of the transforms.
    pub record: Record,
    kinds: IndexMap<Str, Kind>,
    tree: Tree,
    upstream: TasksByLabel,
    payloads: Payloads,
    strategies: Strategies,
    /// The settings of the call.
    pub settings: Settings,
}

impl Fixture {
    /// A kind `it` in a tree whose training config is `config`.
    pub fn new(config: &str) -> Self {
        let (tree, kinds) = tree("it", "{}");
        Fixture {
            config: GraphConfig::load(&tree, TaskgraphVersion::default()).unwrap(),
            params: params(&format!(
                "{{tasks_for: action, level: '1', build_date: 0, training_config: {config}}}"
            )),
            record: Record::default(),
            kinds,
            tree,
            upstream: TasksByLabel::default(),
            payloads: Payloads::default(),
            strategies: Strategies::default(),
            settings: Settings::default(),
        }
    }

    /// The same with another name for the kind.
    pub fn kind(self, name: &str) -> Self {
        let (tree, kinds) = tree(name, "{}");
        Fixture { kinds, tree, ..self }
    }

    /// The same in a tree that speaks the pipeline version of July 2026.
    pub fn july_2026(self) -> Self {
        const FILES: &[(&str, &str)] = &[("config.yml", CONFIG), ("kinds/continuation-model/kind.yml", "{}")];
        Fixture { tree: Tree::embedded(FILES), ..self }
    }

    /// The same where these urls are there, and no others.
    pub fn urls(mut self, urls: &[&str]) -> Self {
        self.settings.urls = Urls::Known(urls.iter().map(|url| (*url).to_owned()).collect());
        self
    }

    /// The same with tasks that the kind may depend on.
    pub fn upstream(self, tasks: impl IntoIterator<Item = Task>) -> Self {
        let upstream = tasks.into_iter().map(|task| (task.label.clone(), Arc::new(task))).collect();
        Fixture { upstream, ..self }
    }

    /// Returns the context of a transform.
    pub fn context(&self) -> Context<'_> {
        Context {
            kind: &self.kinds[0],
            kinds: &self.kinds,
            params: &self.params,
            config: &self.config,
            tree: &self.tree,
            upstream: &self.upstream,
            payloads: &self.payloads,
            strategies: &self.strategies,
            settings: &self.settings,
            record: &self.record,
            registered: None,
        }
    }

    /// One task with the name `description`.
    pub fn descriptions(&self, description: &str) -> Vec<TaskDescription> {
        tree(&self.kinds[0].name, description).1[0].descriptions.clone()
    }

    /// Runs a transform, or several, on a task.
    pub fn run(
        &self,
        transform: impl Into<TransformSequence>,
        description: &str,
    ) -> Result<Vec<TaskDescription>, TransformError> {
        transform.into().run(&self.context(), self.descriptions(description))
    }

    /// The value at `path` of the one task that comes out.
    pub fn one(&self, transform: impl Into<TransformSequence>, description: &str, path: &str) -> String {
        let descriptions = self.run(transform, description).unwrap();
        assert_eq!(descriptions.len(), 1);
        show(&descriptions[0], path)
    }

    /// Why a task is refused.
    pub fn refused(&self, transform: impl Into<TransformSequence>, description: &str) -> String {
        let made = self.run(transform, description);
        let noted = Problems(self.record.take_refused());
        match made {
            Ok(_) if !noted.0.is_empty() => noted.to_string(),
            Ok(descriptions) => panic!("{} stubs came out", descriptions.len()),
            Err(TransformError::Error(error)) => format!("{error:#}"),
            Err(TransformError::NeedsPython(because)) => NeedsPython(because).to_string(),
        }
    }
}

/// Returns the definition that a worker implementation makes of an empty one for a task.
pub fn built(payload: &Payload, description: &str) -> Result<String> {
    built_with(payload, description, "{}")
}

/// The same with parameters of one's own.
pub fn built_with(payload: &Payload, description: &str, parameters: &str) -> Result<String> {
    let fixture = Fixture { params: params(parameters), ..Fixture::new("{}") };
    let mut definition = Map::default();
    (payload.build)(
        &fixture.context(),
        &mut fixture.descriptions(&format!("{{{description}}}"))[0],
        &mut definition,
    )?;
    Ok(format!("{:?}", Value::from(definition)))
}

/// The value at `path` of a task, or `none`.
pub fn show(description: &TaskDescription, path: &str) -> String {
    let fields = Value::from(description.fields.clone());
    KeyPath::dotted(path).find(&fields).map_or_else(|| "none".into(), |value| format!("{value:?}"))
}

/// Parameters out of a text called `params.yml`.
pub fn params(text: &str) -> Params {
    let source = Arc::new(Source { name: "params.yml".into(), text: text.into() });
    let given = LoadedValues::read(source, false).unwrap();
    Params::new(given.values, vec![given.layer])
}

/// A task with attributes.
pub fn task(kind: &str, label: &str, attributes: &str) -> Task {
    let source = Arc::new(Source { name: "task.yml".into(), text: attributes.into() });
    let attributes = load(source).unwrap().1;
    Task {
        kind: kind.into(),
        label: Label::parse(&label.into()).unwrap(),
        description: "".into(),
        attributes: attributes.as_map().cloned().unwrap_or_default(),
        definition: Map::default(),
        optimization: Value::Null,
        dependencies: Dependencies::default(),
        soft_dependencies: Vec::new().into(),
        if_dependencies: Vec::new().into(),
        extensions: TypeMap::default(),
        is_unwritable: false,
        origin: Arc::new(Origin { kind: kind.into(), name: label.into(), locations: Vec::new() }),
    }
}

/// A tree of one kind with one task.
pub fn tree(kind: &str, description: &str) -> (Tree, IndexMap<Str, Kind>) {
    let text = format!(
        "{{loader: 'taskgraph.loader.transform:loader', transforms: [], tasks: {{stub: {description}}}}}"
    );
    // A test lives shortly, and embedded trees live for ever.
    let name: &'static str = Box::leak(format!("kinds/{kind}/kind.yml").into_boxed_str());
    let files: &'static [(&str, &str)] =
        Box::leak(vec![("config.yml", CONFIG), (name, Box::leak(text.into_boxed_str()))].into_boxed_slice());
    let tree = Tree::embedded(files);
    let project = Project::load(tree, &Registry::default(), &BTreeSet::new()).unwrap();
    (project.tree, project.kinds)
}
