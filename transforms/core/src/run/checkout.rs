//! Checkouts and caches of a task that runs through run-task.

use std::sync::{Arc, OnceLock};

use crate::run::Run;
use anyhow::{Context as _, Result, bail};
use taskgraph::parameters::Params;
use taskgraph::schema::fields::{Fields, about, wrong};
use taskgraph::transform::{Context, TaskDescription};
use taskgraph::tree::sha256;
use taskgraph_compat::value::path::KeyPath;
use taskgraph_compat::value::{Map, Str, Value, intern, joined};
use taskgraph_compat::{json, map, name, python};

/// A repository that a task checks out.
#[derive(Clone)]
pub(super) struct Checkout {
    /// The prefix of its environment variables and arguments.
    pub prefix: Str,
    /// Path below the checkout directory.
    pub path: Str,
    name: Value,
    base_repository: Value,
    head_repository: Value,
    head_ref: Value,
    head_rev: Value,
    kind: Value,
    ssh_secret_name: Value,
}

impl Checkout {
    /// All repositories of the graph config; the project's own first. Python: `TransformConfig.repo_configs`.
    pub(super) fn all(ctx: &Context<'_>) -> Result<Vec<Self>> {
        let empty = Map::default();
        let repositories = ctx.config.taskgraph("repositories").and_then(Value::as_map).unwrap_or(&empty);
        let project = ctx.params.text("project");
        let mut own = Vec::new();
        for (prefix, repository) in repositories {
            let is_own = match (repositories.len(), repository.get("project-regex").and_then(Value::as_str)) {
                (1, _) => true,
                (_, Some(pattern)) => python::Regex::new(pattern)?.matches_start(project)?,
                (_, None) => {
                    bail!("repository `{prefix}` in config.yml needs a `project-regex`, as there are several")
                }
            };
            if is_own {
                own.push(Checkout::of_project(prefix, repository, ctx.params));
            }
        }
        if own.len() != 1 {
            bail!("{} repositories in config.yml fit the project `{project}`: it has to be one", own.len());
        }
        let others = repositories.iter().filter(|(prefix, _)| own.iter().all(|own| own.prefix != **prefix));
        let others: Vec<_> =
            others.map(|(prefix, repository)| Checkout::other(prefix, repository)).collect::<Result<_>>()?;
        own.extend(others);
        Ok(own)
    }

    fn of_project(prefix: &Str, repository: &Value, params: &Params) -> Self {
        let param = |name: &str| params.get(name).cloned().unwrap_or_default();
        Checkout {
            prefix: prefix.clone(),
            path: "".into(),
            name: repository.get("name").cloned().unwrap_or_default(),
            base_repository: param("base_repository"),
            head_repository: param("head_repository"),
            head_ref: param("head_ref"),
            head_rev: param("head_rev"),
            kind: param("repository_type"),
            ssh_secret_name: repository.get("ssh-secret-name").cloned().unwrap_or_default(),
        }
    }

    fn other(prefix: &Str, repository: &Value) -> Result<Self> {
        let needed = |key: &str| {
            repository
                .get(key)
                .cloned()
                .with_context(|| format!("repository `{prefix}` in config.yml needs `{key}`"))
        };
        Ok(Checkout {
            prefix: prefix.clone(),
            path: "".into(),
            name: needed("name")?,
            base_repository: needed("default-repository")?,
            head_repository: needed("default-repository")?,
            head_ref: needed("default-ref")?,
            head_rev: Value::Null,
            kind: needed("type")?,
            ssh_secret_name: repository.get("ssh-secret-name").cloned().unwrap_or_default(),
        })
    }

    /// This checkout with what `run.checkout.PREFIX` says of it.
    fn with(mut self, changes: &Map) -> Result<Self> {
        for (key, value) in changes {
            let place = match &**key {
                "path" | "prefix" => {
                    let Value::Str(text) = value else {
                        return Err(wrong("run.checkout", value, "a string"));
                    };
                    if &**key == "path" {
                        self.path = text.clone()
                    } else {
                        self.prefix = text.clone()
                    }
                    continue;
                }
                "name" => &mut self.name,
                "base_repository" => &mut self.base_repository,
                "head_repository" => &mut self.head_repository,
                "head_ref" => &mut self.head_ref,
                "head_rev" => &mut self.head_rev,
                "type" => &mut self.kind,
                "ssh_secret_name" => &mut self.ssh_secret_name,
                other => {
                    return Err(about(
                        KeyPath::dotted("run.checkout").join(&*self.prefix),
                        format!("unknown key `{other}` in `run.checkout.{}`", self.prefix),
                    ));
                }
            };
            *place = value.clone();
        }
        Ok(self)
    }
}

/// Repositories that a task checks out, and what its environment says of them.
pub(super) struct Checkouts {
    /// The repositories.
    pub list: Vec<Checkout>,
    env: Vec<(Str, Value)>,
}

impl Checkouts {
    fn new(list: Vec<Checkout>) -> Result<Self> {
        let names: Map =
            list.iter().map(|checkout| (checkout.prefix.clone(), checkout.name.clone())).collect();
        let mut env: Vec<(Str, Value)> =
            vec![(intern("REPOSITORIES"), Value::from(json::compact(&Value::from(names))?).known())];
        for checkout in &list {
            let prefix = checkout.prefix.to_uppercase();
            for (name, value) in [
                ("BASE_REPOSITORY", &checkout.base_repository),
                ("HEAD_REPOSITORY", &checkout.head_repository),
                ("HEAD_REV", &checkout.head_rev),
                ("HEAD_REF", &checkout.head_ref),
                ("REPOSITORY_TYPE", &checkout.kind),
                ("SSH_SECRET_NAME", &checkout.ssh_secret_name),
            ] {
                if *value != Value::Null {
                    env.push((intern(&format!("{prefix}_{name}")), value.known()));
                }
            }
        }
        Ok(Checkouts { list, env })
    }
}

/// All repositories of the graph config, found once for all tasks of a kind, as soon as one of them asks.
#[derive(Default)]
pub(super) struct Repositories(OnceLock<Arc<Checkouts>>);

impl Repositories {
    fn all(&self, ctx: &Context<'_>) -> Result<Arc<Checkouts>> {
        if let Some(known) = self.0.get() {
            return Ok(known.clone());
        }
        let all = Arc::new(Checkouts::new(Checkout::all(ctx)?)?);
        Ok(self.0.get_or_init(|| all).clone())
    }
}

/// The checkouts that `run.checkout` asks for.
pub(super) fn wanted(ctx: &Context<'_>, run: &Run<'_>) -> Result<Arc<Checkouts>> {
    let repositories = run.kind.repositories.all(ctx)?;
    let all = &repositories.list;
    match &run.fields["checkout"] {
        Value::Map(wanted) => wanted
            .iter()
            .map(|(prefix, changes)| {
                let known = all.iter().find(|checkout| checkout.prefix == *prefix).cloned();
                let known = known
                    .with_context(|| format!("`run.checkout` names `{prefix}`, which config.yml does not"))?;
                known.with(changes.as_map().unwrap_or(&Map::default()))
            })
            .collect::<Result<_>>()
            .and_then(Checkouts::new)
            .map(Arc::new),
        _ if all.len() > 1 => Err(about(
            "run.checkout",
            "`run.checkout` has to name what to check out, as there are several repositories",
        )),
        _ => Ok(repositories),
    }
}

fn directory(run: &Run<'_>, os: &str) -> Result<Str> {
    Ok(match (os, run.is_docker) {
        ("windows", _) => name!("build"),
        (_, true) => joined(&[run.text("workdir")?, "/checkouts"]),
        _ => name!("checkouts"),
    })
}

/// The operating system of a task's worker.
pub(super) fn os_of(description: &TaskDescription) -> Str {
    match description.get("worker").and_then(|worker| worker.get("os")) {
        Some(Value::Str(os)) => os.clone(),
        _ => Str::new(),
    }
}

/// Name of the checkout below the checkout directory.
pub(super) fn folder(os: &str) -> &'static str {
    if os == "windows" { "src" } else { "vcs" }
}

/// Adds what run-task needs to know of the checkouts; returns where they go.
pub(super) fn add(run: &Run<'_>, description: &mut TaskDescription, checkouts: &Checkouts) -> Result<Str> {
    let os = os_of(description);
    if !["linux", "macosx", "windows"].contains(&&*os) {
        bail!("a checkout is not possible on `{os}`");
    }
    let directory = directory(run, &os)?;
    let store = match (&*os, run.is_docker) {
        ("windows", _) => name!("y:/hg-shared"),
        (_, true) => joined(&[&directory, "/hg-store"]),
        _ => joined(&[&directory, "/hg-shared"]),
    };
    let path = joined(&[&directory, "/", folder(&os)]);
    let env = description.map_at("worker")?.map_at("env")?;
    env.reserve(checkouts.env.len() + 4);
    env.put("HG_STORE_PATH", store);
    env.extend(checkouts.env.iter().cloned());
    env.put("VCS_PATH", &path);
    let secrets = checkouts.list.iter().map(|checkout| &checkout.ssh_secret_name);
    for secret in secrets.filter(|secret| secret.truthy()) {
        description.list_at("scopes")?.push(format!("secrets:get:{}", python::str(secret)).into());
    }
    if run.is_docker {
        description.map_at("worker")?.put("taskcluster-proxy", true);
    }
    Ok(path)
}

/// The caches there are: name, and the environment variable that points to it.
const CACHES: [(&str, Option<&str>); 5] = [
    ("cargo", Some("CARGO_HOME")),
    ("checkout", None),
    ("npm", Some("npm_config_cache")),
    ("pip", Some("PIP_CACHE_DIR")),
    ("uv", Some("UV_CACHE_DIR")),
];

/// Adds the caches that the run section or the graph config asks for.
pub(super) fn add_caches(ctx: &Context<'_>, run: &Run<'_>, description: &mut TaskDescription) -> Result<()> {
    let base = match run.is_docker {
        true => python::path::join(run.text("workdir")?, ".task-cache").into(),
        false => name!(".task-cache"),
    };
    let configured = || ctx.config.taskgraph("run").and_then(|run| run.get("use-caches").cloned());
    let wanted =
        run.fields.get("use-caches").filter(|wanted| **wanted != Value::Null).cloned().or_else(configured);
    let has_checkout = run.fields["checkout"].truthy();
    let is_wanted = |name: &str| match &wanted {
        _ if name == "checkout" && !has_checkout => false,
        None => name == "checkout",
        Some(Value::Bool(all)) => *all,
        Some(list) => list.as_list().unwrap_or_default().iter().any(|item| item.as_str() == Some(name)),
    };
    let os = os_of(description);
    for (name, variable) in CACHES.into_iter().filter(|(name, _)| is_wanted(name)) {
        let (mount, cache_name) = match variable {
            None => (directory(run, &os)?, checkout_cache(ctx, run)?),
            Some(_) => (joined(&[&base, "/", name]), intern(name)),
        };
        let worker = description.map_at("worker")?;
        if let Some(variable) = variable {
            worker.map_at("env")?.put(variable, &mount);
        }
        if run.is_docker {
            worker.list_at("caches")?.push(
                map! { "type" => "persistent", "name" => cache_name, "mount-point" => mount, "skip-untrusted" => false }
                    .into(),
            );
        } else {
            worker.list_at("mounts")?.push(map! { "cache-name" => cache_name, "directory" => mount }.into());
        }
    }
    Ok(())
}

fn checkout_cache(ctx: &Context<'_>, run: &Run<'_>) -> Result<Str> {
    let repositories = run.kind.repositories.all(ctx)?;
    let checkouts = &repositories.list;
    let is_sparse = run.fields.get("sparse-profile").is_some_and(Value::truthy);
    if checkouts.len() == 1 && !is_sparse {
        return Ok(name!("checkouts"));
    }
    let mut name = "checkouts".to_owned();
    if checkouts.len() > 1 {
        // Python makes a set of these lines and joins it in any order; sorted is one of them.
        let mut lines: Vec<_> = checkouts.iter().map(|one| format!("{}\t{}", one.path, one.prefix)).collect();
        lines.sort();
        name += &format!("-repos-{}", sha256(&lines.join("\n")));
    }
    if is_sparse {
        name += "-sparse";
    }
    Ok(name.into())
}
