//! Fetches: what a task downloads from the tasks before it, as `MOZ_FETCHES`.

use crate::cached_tasks::{label_of, may_depend_on_each_other, order_tasks};
use anyhow::Result;
use foldhash::fast::RandomState;
use indexmap::IndexMap;
use taskgraph::schema::fields::{Fields, about, wrong};
use taskgraph::transform::{Context, TaskDescription, Transform, prepare};
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Str, Value, joined};
use taskgraph_compat::{json, map, name, python, suggest};

/// Default folder of the artifacts of a task.
const PUBLIC_BUILD: &str = "public/build";

/// The prefix of a task's artifacts.
pub(super) fn artifact_prefix(attributes: Option<&Map>) -> &str {
    let prefix = attributes.and_then(|attributes| attributes.get("artifact_prefix")?.as_str());
    prefix.filter(|prefix| !prefix.is_empty()).unwrap_or(PUBLIC_BUILD)
}

/// Artifacts of the tasks of the kinds `fetch` and `toolchain`, by label.
#[derive(Default)]
struct Offers {
    artifacts: IndexMap<Str, Str>,
    aliases: IndexMap<String, Str>,
    env: IndexMap<Str, Map>,
}

impl Offers {
    /// Those of the tasks that the kind may depend on, and those of its own tasks.
    fn gather(ctx: &Context<'_>, descriptions: &[TaskDescription]) -> Self {
        let mut gathered = Offers::default();
        let own: &str = &ctx.kind.name;
        if makes_offers(own) {
            for description in descriptions {
                let (Some(Value::Str(label)), Some(run)) = (description.get("label"), description.get("run"))
                else {
                    continue;
                };
                gathered.add(
                    label,
                    run.get("toolchain-artifact"),
                    run.get(&format!("{own}-alias")),
                    own,
                    None,
                );
            }
        }
        for task in ctx.upstream.values() {
            let kind: &str = &task.kind;
            if makes_offers(kind) {
                let attribute = |what: &str| task.attributes.get(&*format!("{kind}-{what}"));
                let env = attribute("env");
                gathered.add(task.label.text(), attribute("artifact"), attribute("alias"), kind, env);
            }
        }
        gathered
    }

    fn add(
        &mut self,
        label: &Str,
        artifact: Option<&Value>,
        alias: Option<&Value>,
        kind: &str,
        env: Option<&Value>,
    ) {
        if let Some(Value::Str(artifact)) = artifact.filter(|artifact| artifact.truthy()) {
            self.artifacts.insert(label.clone(), artifact.clone());
        }
        if let Some(alias) = alias.filter(|alias| alias.truthy()) {
            self.aliases.insert(format!("{kind}-{}", python::str(alias)), label.clone());
        }
        if let Some(env) = env.and_then(Value::as_map).filter(|env| !env.is_empty()) {
            self.env.insert(label.clone(), env.clone());
        }
    }
}

/// One artifact to download.
struct FetchedArtifact<'v> {
    artifact: &'v str,
    dest: Option<&'v Value>,
    extract: bool,
    verify_hash: bool,
}

impl<'v> FetchedArtifact<'v> {
    /// All of them, sorted by artifact.
    fn all(list: &'v Value) -> Vec<Self> {
        let mut all: Vec<_> = list.as_list().unwrap_or_default().iter().map(FetchedArtifact::one).collect();
        all.sort_by_key(|wanted| wanted.artifact);
        all
    }

    fn one(entry: &'v Value) -> Self {
        let flag = |key: &str| entry.get(key).map(Value::truthy);
        FetchedArtifact {
            artifact: entry.as_str().or_else(|| entry.get("artifact")?.as_str()).unwrap_or_default(),
            dest: entry.get("dest").filter(|dest| **dest != Value::Null),
            extract: flag("extract").unwrap_or(true),
            verify_hash: flag("verify-hash").unwrap_or(false),
        }
    }

    fn entry(self, artifact: [&'v str; 3], task: Str) -> Entry<'v> {
        Entry { artifact, task, wanted: self }
    }
}

/// Description of an artifact for the worker.
struct Entry<'v> {
    /// The artifact, in parts.
    artifact: [&'v str; 3],
    /// The name of the dependency that makes it.
    task: Str,
    wanted: FetchedArtifact<'v>,
}

impl Entry<'_> {
    /// Appends it as JSON, its keys sorted.
    fn write(&self, out: &mut String) -> Result<()> {
        out.push_str(r#"{"artifact":"#);
        json::append_text(out, &self.artifact);
        if let Some(dest) = self.wanted.dest {
            out.push_str(r#","dest":"#);
            match dest {
                Value::Str(dest) => json::append_text(out, &[dest]),
                other => out.push_str(&json::compact(other)?),
            }
        }
        out.push_str(if self.wanted.extract { r#","extract":true"# } else { r#","extract":false"# });
        out.push_str(r#","task":"#);
        json::append_text(out, &["<", &self.task, ">"]);
        if self.wanted.verify_hash {
            out.push_str(r#","verify-hash":true"#);
        }
        out.push('}');
        Ok(())
    }
}

/// All of them as a list.
fn as_json(entries: &[Entry<'_>]) -> Result<String> {
    const USUAL: usize = 100;
    let mut out = String::with_capacity(USUAL * entries.len());
    for entry in entries {
        out.push(if out.is_empty() { '[' } else { ',' });
        entry.write(&mut out)?;
    }
    out.push_str(if out.is_empty() { "[]" } else { "]" });
    Ok(out)
}

/// Builds the transform that turns `fetches` into the environment variable that the worker reads, and into
/// dependencies.
pub(super) fn transform() -> Transform {
    prepare(Providers::prepare).each(|ctx, providers, description| {
        label_of(description)?;
        use_fetches(ctx, providers, description)
    })
}

/// Artifacts that tasks of a kind can fetch.
struct Providers {
    offers: Offers,
    /// The prefixes of the artifacts of the kind's own tasks, in order; none where a task does not say. Empty if no task
    /// depends on another.
    prefixes: IndexMap<Str, Option<Str>, RandomState>,
}

impl Providers {
    /// Gathers what tasks offer, and puts the tasks of the kind in the order of their dependencies.
    fn prepare(ctx: &Context<'_>, tasks: &mut [TaskDescription]) -> Result<Self> {
        let offers = Offers::gather(ctx, tasks);
        let mut prefixes = IndexMap::default();
        if !may_depend_on_each_other(ctx, tasks) {
            return Ok(Providers { offers, prefixes });
        }
        order_tasks(&ctx.kind.name, tasks)?;
        prefixes.reserve(tasks.len());
        for task in tasks {
            if let Some(Value::Str(label)) = task.get("label") {
                let prefix = task.get("attributes").and_then(|attributes| attributes.get("artifact_prefix"));
                let prefix = match prefix {
                    Some(Value::Str(prefix)) if !prefix.is_empty() => Some(prefix.clone()),
                    _ => None,
                };
                prefixes.insert(label.clone(), prefix);
            }
        }
        Ok(Providers { offers, prefixes })
    }

    /// Returns the prefix of the artifacts of a task of the kind, if that task does not come after `own`.
    fn own_prefix(&self, own: &str, label: &str) -> Option<&str> {
        let (at, _, prefix) = self.prefixes.get_full(label)?;
        (at <= self.prefixes.get_index_of(own)?).then(|| prefix.as_deref().unwrap_or(PUBLIC_BUILD))
    }
}

/// Whether other tasks name those of this kind by what they make.
fn makes_offers(kind: &str) -> bool {
    kind == "toolchain" || kind == "fetch"
}

fn use_fetches<'v>(
    ctx: &Context<'v>,
    providers: &Providers,
    description: &mut TaskDescription,
) -> Result<()> {
    let Some(fetches) = description.take("fetches").filter(Value::truthy) else { return Ok(()) };
    let mut kinds: Vec<_> = fetches.as_map().into_iter().flatten().collect();
    kinds.sort_unstable_by_key(|(kind, _)| *kind);
    let mut entries = Vec::new();
    for (kind, list) in kinds {
        match &**kind {
            "fetch" | "toolchain" => from_offers(&providers.offers, kind, list, description, &mut entries)?,
            _ => from_dependency(ctx, providers, kind, list, description, &mut entries)?,
        }
    }
    add_scopes(description, &entries)?;
    let entries = as_json(&entries)?;
    let env = description.map_at("worker")?.map_at("env")?;
    env.put("MOZ_FETCHES", map! { "task-reference" => entries });
    env.set_default("MOZ_FETCHES_DIR", name!("fetches"));
    Ok(())
}

fn from_offers<'v>(
    offers: &'v Offers,
    kind: &str,
    list: &'v Value,
    description: &mut TaskDescription,
    entries: &mut Vec<Entry<'v>>,
) -> Result<()> {
    for wanted in FetchedArtifact::all(list) {
        let name = joined(&[kind, "-", wanted.artifact]);
        let label = offers.aliases.get(&*name).cloned().unwrap_or(name);
        let Some(artifact) = offers.artifacts.get(&label) else {
            let known = offers.artifacts.keys().filter_map(|label| label.strip_prefix(&format!("{kind}-")));
            let hint = match suggest::nearest(wanted.artifact, known.clone()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("there is {}", suggest::list(known)),
            };
            return Err(about(
                KeyPath::dotted("fetches").join(kind),
                format!(
                    "`fetches.{kind}` names `{}`, which no task of kind `{kind}` makes: {hint}",
                    wanted.artifact
                ),
            ));
        };
        if let Some(env) = offers.env.get(&label) {
            description.map_at("worker")?.map_at("env")?.extend(env.clone());
        }
        description.map_at("dependencies")?.put(&label, &label);
        entries.push(wanted.entry(["", "", artifact], label));
    }
    Ok(())
}

fn from_dependency<'v>(
    ctx: &Context<'v>,
    providers: &'v Providers,
    kind: &Str,
    list: &'v Value,
    description: &mut TaskDescription,
    entries: &mut Vec<Entry<'v>>,
) -> Result<()> {
    let own = label_of(description)?;
    let dependencies = description.map_at("dependencies")?;
    if let Some(other) = dependencies.get(kind).filter(|label| label.as_str().is_none()) {
        return Err(wrong(KeyPath::dotted("dependencies").join(kind), other, "the label of a task"));
    }
    let Some(label) = dependencies.get(kind).and_then(Value::as_str) else {
        let names = suggest::list(dependencies.keys().map(|name| &**name));
        let mut message =
            format!("`fetches.{kind}` has no dependency of that name; the dependencies are {names}");
        // `from-deps` names fetches by label, and dependencies by kind unless it says otherwise.
        if let Some((name, _)) = dependencies.iter().find(|(_, label)| label.as_str() == Some(&**kind)) {
            message += &format!(
                "; `{name}` is that task: `from-deps` with `fetches` needs `unique-kinds: false`, which names dependencies by label"
            );
        }
        return Err(about(KeyPath::dotted("fetches").join(kind), message));
    };
    let prefix = match (providers.own_prefix(&own, label), ctx.upstream.get(label)) {
        (Some(prefix), _) => prefix,
        (None, Some(task)) => artifact_prefix(Some(&task.attributes)),
        (None, None) => {
            let near = suggest::nearest(label, ctx.upstream.keys().map(|label| label.as_str()));
            let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            return Err(about(
                KeyPath::dotted("fetches").join(kind),
                format!(
                    "`fetches.{kind}` needs the task `{label}`, which no kind in `kind-dependencies` makes{hint}"
                ),
            ));
        }
    };
    for wanted in FetchedArtifact::all(list) {
        let artifact = [prefix, "/", wanted.artifact];
        entries.push(wanted.entry(artifact, kind.clone()));
    }
    Ok(())
}

/// Artifacts that are not public need the proxy and a scope for their folder.
fn add_scopes(description: &mut TaskDescription, entries: &[Entry<'_>]) -> Result<()> {
    let private = entries.iter().map(|entry| &entry.artifact).filter(|artifact| !is_public(artifact));
    let mut folders: Vec<String> =
        private.map(|artifact| python::path::dirname(&artifact.concat()).to_owned()).collect();
    folders.sort_unstable();
    folders.dedup();
    if folders.is_empty() {
        return Ok(());
    }
    description.map_at("worker")?.put("taskcluster-proxy", true);
    let scopes = description.list_at("scopes")?;
    for folder in folders {
        let scope = Value::from(format!("queue:get-artifact:{folder}/*"));
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    Ok(())
}

/// Whether everyone may download an artifact.
fn is_public([folder, slash, name]: &[&str; 3]) -> bool {
    folder.starts_with("public/") || [*folder, *slash, *name].concat().starts_with("public/")
}
