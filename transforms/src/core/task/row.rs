//! What the tasks of a kind have in common, made once for a row of them.

use anyhow::Result;
use foldhash::fast::RandomState;
use indexmap::IndexMap;
use taskgraph::map;
use taskgraph::share::Pool;
use taskgraph::transform::Context;
use taskgraph::value::{Str, Value};

type Known<T> = IndexMap<Str, T, RandomState>;

/// What was made for the tasks of a row so far.
#[derive(Default)]
pub struct Row {
    /// Parts of the tasks.
    pub pool: Pool,
    relative: Known<Value>,
    workers: Known<Worker>,
    by_project: Known<Option<Value>>,
    source: Option<Value>,
}

/// Where a task runs.
#[derive(Clone)]
pub struct Worker {
    /// The provisioner.
    pub provisioner: Value,
    /// The worker type of the provisioner.
    pub worker_type: Value,
    /// Both: `provisioner/worker-type`.
    pub pool: Value,
}

impl Row {
    /// A point in time that counts from the creation of the task.
    pub fn relative(&mut self, time: &str) -> Value {
        match self.relative.get(time) {
            Some(known) => known.clone(),
            None => {
                let made = Value::from(map! { "relative-datestamp" => time });
                self.relative.insert(time.into(), made.clone());
                made
            }
        }
    }

    /// What a worker alias stands for.
    pub fn worker(&mut self, ctx: &Context<'_>, alias: &str) -> Result<Worker> {
        if let Some(known) = self.workers.get(alias) {
            return Ok(known.clone());
        }
        let (provisioner, worker_type) = ctx.config.worker_type(alias, ctx.params.text("level"))?;
        let pool = format!("{provisioner}/{worker_type}").into();
        let made = Worker { provisioner: provisioner.into(), worker_type: worker_type.into(), pool };
        self.workers.insert(alias.into(), made.clone());
        Ok(made)
    }

    /// What config.yml says under a key for this project.
    pub fn by_project(&mut self, ctx: &Context<'_>, key: &str) -> Result<Option<Value>> {
        if let Some(known) = self.by_project.get(key) {
            return Ok(known.clone());
        }
        let made = ctx.config.by_project(key, ctx.params.text("project"))?;
        self.by_project.insert(key.into(), made.clone());
        Ok(made)
    }

    /// The address of the kind's folder.
    pub fn source(&mut self, ctx: &Context<'_>) -> Result<Value> {
        if let Some(known) = &self.source {
            return Ok(known.clone());
        }
        let made = Value::from(ctx.params.file_url(&ctx.kind.path)?);
        Ok(self.source.insert(made).clone())
    }
}
