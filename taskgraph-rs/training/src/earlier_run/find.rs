//! Search for the tasks of a group whose products a config can take, and for their files.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::earlier_run::request::{Artifacts, FoundKey, Request, is_before, millis};
use crate::earlier_run::tasks::{Tasks, pair_of};
use crate::earlier_run::{files, models};
use crate::product::{Product, ProductValue};
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::task::id::TaskId;
use taskgraph_compat::suggest;
use taskgraph_compat::value::{Map, Str, Value};
use taskgraph_taskcluster::GroupTask;

/// Remaining lifetime below which a file is warned of: a training may begin later than its config is written.
const SOON: Duration = Duration::from_secs(30 * 86_400);

/// Products that a config can take.
#[derive(Debug, Default)]
pub struct Continuation {
    /// Each thing, with what stands at its key.
    pub sections: Vec<(FoundKey, Map)>,
    /// Warnings.
    pub warnings: Vec<Problem>,
    /// Facts that are worth knowing.
    pub notes: Vec<String>,
}

/// The things that are to be handed in, each with its tasks; or all that is wrong with these.
pub fn wanted(
    tasks: &Tasks,
    products: &[Product],
    request: &Request,
) -> Result<(Vec<FoundKey>, Vec<String>), Problems> {
    let named = request.task.as_ref().and_then(|id| tasks.with_id(id));
    let candidates = selected(tasks, products, request, named)?;
    let pair = pair(tasks, &candidates, request, named)?;
    let languages = languages(&pair, request)?;
    let (mut items, mut problems, mut notes) = (Vec::new(), Vec::new(), Vec::new());
    for product in candidates {
        let is_named = request.take.iter().any(|name| name == product.name);
        let there: Vec<String> = product
            .in_place_of
            .iter()
            .filter(|path| request.present.contains(path))
            .map(|path| format!("`{path}`"))
            .collect();
        if !there.is_empty() {
            let message = format!(
                "{} takes the place of {}, which the config has: the tree makes no graph of both",
                product.name,
                there.join(", ")
            );
            match is_named {
                true => {
                    let help = "leave these out of the config, or what takes their place";
                    problems.push(Problem::error("in-place-of", message).help(help));
                }
                false => notes.push(format!("{message}; it is left out")),
            }
            continue;
        }
        let found = match &product.form {
            ProductValue::Model { .. } => models::tasks(tasks, product, &pair, request, &mut problems),
            ProductValue::Files(all) => {
                files::tasks(tasks, product, all, &pair, is_named, &mut problems, &mut notes)
            }
        };
        if let Some(tasks) = found {
            items.push(FoundKey { product: product.clone(), languages: languages.clone(), tasks });
        }
    }
    let now = millis(request.now);
    for task in items.iter().flat_map(|item| item.tasks.iter().flatten()) {
        problems.extend(not_usable(task, now));
    }
    if items.is_empty() && problems.is_empty() {
        let message = format!("nothing of `{pair}` is complete in this group");
        problems.push(Problem::error("nothing-made", message));
    }
    problems.extend(models::other_vocabularies(&items));
    Problems(problems).distinct().check()?;
    Ok((items, notes))
}

/// Returns the values of the keys if all files exist, else everything that is missing.
pub fn find(
    items: Vec<FoundKey>,
    artifacts: &Artifacts,
    request: &Request,
) -> Result<Continuation, Problems> {
    let mut found = Continuation::default();
    let mut problems = Vec::new();
    let mut soon: BTreeMap<Str, BTreeSet<TaskId>> = BTreeMap::new();
    for item in items {
        let value = match &item.product.form {
            ProductValue::Model { .. } => models::value(&item, artifacts, request, &mut problems),
            ProductValue::Files(all) => files::value(&item, all, artifacts, request, &mut problems),
        };
        for task in item.tasks.iter().flatten() {
            let listed = artifacts.get(&task.task_id).and_then(Option::as_ref).into_iter().flatten();
            let first =
                listed.filter(|one| one.name.starts_with(files::FOLDER)).map(|one| &*one.expires).min();
            if let Some(first) = first.filter(|first| is_before(first, millis(request.now + SOON))) {
                soon.entry(first.into()).or_default().insert(task.task_id.clone());
            }
        }
        if let Some(value) = value {
            found.sections.push((item, value));
        }
    }
    Problems(problems).distinct().check()?;
    for (expires, tasks) in soon {
        let tasks: Vec<String> = tasks.iter().map(ToString::to_string).collect();
        let message = format!("what is handed in expires at {expires}");
        found.warnings.push(
            Problem::warning("expires-soon", message)
                .at("".into(), tasks.join(", "))
                .help("a training that mounts it after that fails: copy it to a bucket, and name that"),
        );
    }
    Ok(found)
}

/// Returns the products to look for: the named ones, or all that a task of the group could have made.
fn selected<'m>(
    tasks: &Tasks,
    products: &'m [Product],
    request: &Request,
    named: Option<&GroupTask>,
) -> Result<Vec<&'m Product>, Problems> {
    let names = || products.iter().map(|product| product.name);
    let mut problems = Vec::new();
    for name in request.take.iter().filter(|name| names().all(|known| known != *name)) {
        let label = match suggest::nearest(name, names()) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!("known here: {}", suggest::list(names())),
        };
        let message = format!("a config of this tree hands in no `{name}`");
        problems.push(Problem::error("unknown-name", message).at("".into(), label));
    }
    Problems(problems).check()?;
    let is_there =
        |product: &&Product| product.tasks().iter().any(|start| tasks.made_by(start).next().is_some());
    let is_asked = |product: &&Product| match request.take.is_empty() {
        true => product.by_default && is_there(product),
        false => request.take.iter().any(|name| name == product.name),
    };
    let makes = |product: &&Product, task: &GroupTask| {
        product.tasks().iter().any(|start| tasks.made_by(start).any(|(_, own)| own.task_id == task.task_id))
    };
    let mut found: Vec<&Product> = products.iter().filter(is_asked).collect();
    // A task that makes nothing to hand in stands for its group.
    if let Some(task) = named.filter(|task| products.iter().any(|product| makes(&product, task))) {
        found.retain(|product| makes(product, task));
    }
    if found.is_empty() {
        let kinds: BTreeSet<&str> = products.iter().flat_map(Product::tasks).collect();
        let message = "no task of this group has made anything that a config of this tree could hand in";
        let label = format!("{} tasks, none of them of {}", tasks.len(), suggest::list(kinds));
        return Err(Problems::from(Problem::error("nothing-made", message).at("".into(), label)));
    }
    Ok(found)
}

/// The one pair of languages that all of it is about.
fn pair(
    tasks: &Tasks,
    products: &[&Product],
    request: &Request,
    named: Option<&GroupTask>,
) -> Result<String, Problems> {
    let own = named.and_then(|task| products.iter().find_map(|product| pair_of(product, &task.name)));
    let all: Vec<Product> = products.iter().map(|product| (*product).clone()).collect();
    let mut pairs = tasks.pairs(&all);
    if let Some((own, _)) = own {
        pairs.retain(|pair, _| pair == own);
    }
    let listed = |tasks: &[&GroupTask]| {
        let tasks: Vec<String> =
            tasks.iter().map(|task| format!("{} ({})", task.name, task.task_id)).collect();
        tasks.join(", ")
    };
    if pairs.len() > 1 {
        let message = format!("the tasks are about {} pairs of languages", pairs.len());
        let messages: Vec<String> =
            pairs.iter().map(|(pair, tasks)| format!("{pair}: {}", listed(tasks))).collect();
        let problem = Problem::error("several-pairs", message).at("".into(), messages.join("; "));
        return Err(Problems::from(problem.help("name a task of the one that is meant")));
    }
    let Some((pair, tasks)) = pairs.into_iter().next() else {
        let names: Vec<&str> = products.iter().map(|product| product.name).collect();
        let message = format!("no task of this group has made {}", suggest::list(names));
        return Err(Problems::from(Problem::error("nothing-made", message)));
    };
    if let Some((src, trg)) = request.languages.as_ref().filter(|(src, trg)| pair != format!("{src}-{trg}")) {
        let message = format!("the config is about `{src}-{trg}`, and the tasks are about `{pair}`");
        return Err(Problems::from(Problem::error("other-pair", message).at("".into(), listed(&tasks))));
    }
    Ok(pair)
}

fn languages(pair: &str, request: &Request) -> Result<(String, String), Problems> {
    if let Some(languages) = &request.languages {
        return Ok(languages.clone());
    }
    match pair.split('-').collect::<Vec<_>>()[..] {
        [src, trg] => Ok((src.to_owned(), trg.to_owned())),
        _ => {
            let message = format!("the languages of `{pair}` are unknown");
            let problem = Problem::error("languages", message).help("name a CONFIG with `src` and `trg`");
            Err(Problems::from(problem))
        }
    }
}

/// Returns the problem of a task whose products are needed, if it is not usable.
fn not_usable(task: &GroupTask, now: i64) -> Option<Problem> {
    let GroupTask { task_id, name, state, definition, .. } = task;
    if &**state != "completed" {
        let message = format!("`{name}` has not completed: task `{task_id}` is {state}");
        let way_out = match &**state {
            "failed" | "exception" => "run it again",
            _ => "wait for it",
        };
        let help = format!("{way_out}, or leave it out: --take names the rest");
        return Some(Problem::error("not-completed", message).help(help));
    }
    let expires = definition.get("expires").and_then(Value::as_str).unwrap_or_default();
    is_before(expires, now).then(|| {
        Problem::error("expired", format!("`{name}` has expired: task `{task_id}` was kept until {expires}"))
    })
}
