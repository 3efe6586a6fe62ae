//! Values that many tasks of a kind share, made when the first of them asks.

use anyhow::Result;
use foldhash::fast::RandomState;
use indexmap::IndexMap;
use taskgraph::transform::{Context, Pool};
use taskgraph_compat::map;
use taskgraph_compat::value::{Str, Value, intern};

type MemoTable<T> = IndexMap<Str, T, RandomState>;

/// The state of a kind.
#[derive(Default)]
pub(super) struct KindState {
    /// One memo for each thread that works on the kind: what they hold is counted, and threads that count the same
    /// references wait for each other.
    pub memos: Pool<Memo>,
}

/// Values that were made so far.
#[derive(Default)]
pub(super) struct Memo {
    relative: MemoTable<Value>,
    workers: MemoTable<Worker>,
    by_project: MemoTable<Option<Value>>,
    sources: MemoTable<Value>,
    facts: Option<Facts>,
}

/// Values that are the same for all tasks of the graph.
pub(super) struct Facts {
    /// The project.
    pub project: Value,
    /// Recipients of notifications about the tasks.
    pub owner: Value,
    /// The trust domain.
    pub trust_domain: Value,
    /// Whether tasks are those of a try, and expire soon.
    pub is_try: bool,
    /// Whether the repository is one of git.
    pub is_git: bool,
}

/// Worker pool of a task.
#[derive(Clone)]
pub(super) struct Worker {
    /// The provisioner.
    pub provisioner: Value,
    /// The worker type of the provisioner.
    pub worker_type: Value,
    /// Both: `provisioner/worker-type`.
    pub pool: Value,
}

impl Memo {
    /// A point in time that counts from the creation of the task.
    pub(super) fn relative(&mut self, time: &str) -> Result<Value> {
        once(&mut self.relative, time, || Ok(map! { "relative-datestamp" => time }.into()))
    }

    /// Returns the worker pool that an alias stands for.
    pub(super) fn worker(&mut self, ctx: &Context<'_>, alias: &str) -> Result<Worker> {
        once(&mut self.workers, alias, || {
            let (provisioner, worker_type) = ctx.config.worker_type(alias, ctx.params.text("level"))?;
            let pool = format!("{provisioner}/{worker_type}").into();
            Ok(Worker { provisioner: provisioner.into(), worker_type: worker_type.into(), pool })
        })
    }

    /// Returns the value of config.yml under a key for this project.
    pub(super) fn by_project(&mut self, ctx: &Context<'_>, key: &str) -> Result<Option<Value>> {
        once(&mut self.by_project, key, || ctx.config.by_project(key, ctx.params.text("project")))
    }

    /// Returns the values that are the same for all tasks of the graph.
    pub(super) fn facts(&mut self, ctx: &Context<'_>) -> &Facts {
        let params = ctx.params;
        self.facts.get_or_insert_with(|| Facts {
            project: params.get("project").map(Value::known).unwrap_or_default(),
            owner: params.get("owner").map(Value::known).unwrap_or_default(),
            trust_domain: intern(ctx.config.trust_domain()).into(),
            is_try: ctx.is_try(),
            is_git: params.text("repository_type") == "git",
        })
    }

    /// The address of a file or folder of the tree.
    pub(super) fn source(&mut self, ctx: &Context<'_>, path: &str) -> Result<Value> {
        once(&mut self.sources, path, || ctx.params.file_url(path).map(Value::from))
    }
}

/// Returns the value under a name; it is made on first use.
fn once<T: Clone>(known: &mut MemoTable<T>, name: &str, make: impl FnOnce() -> Result<T>) -> Result<T> {
    if let Some(known) = known.get(name) {
        return Ok(known.clone());
    }
    let made = make()?;
    known.insert(name.into(), made.clone());
    Ok(made)
}
