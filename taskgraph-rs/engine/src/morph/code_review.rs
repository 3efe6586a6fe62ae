//! The code review task: it runs once all tasks that review code are resolved, whatever came of them.

use indexmap::IndexMap;

use crate::error::Result;
use crate::morph::added_task::task;
use crate::morph::morphed::MorphedGraph;
use crate::parameters::Params;
use crate::task::Label;
use crate::task::datestamp::RELATIVE;
use crate::task::id::TaskId;
use taskgraph_compat::map;
use taskgraph_compat::value::{Str, Value};

/// Python: the address of `morph.py` itself.
const SOURCE: &str = "https://github.com/taskcluster/taskgraph/raw-file/default/src/taskgraph/morph.py";

/// Adds the task, if the parameters ask for a review and tasks with the attribute `code-review` run.
pub(super) fn add_code_review(
    morphed: &mut MorphedGraph,
    params: &Params,
    new_id: &mut dyn FnMut(&Label) -> TaskId,
) -> Result<()> {
    let Some(review) = params.get("code-review").filter(|review| review.truthy()) else { return Ok(()) };
    let reviews = |ready: &&crate::graph::by_task_id::ReadyTask| {
        ready.task.attributes.get("code-review").is_some_and(Value::truthy)
    };
    let reviewing = morphed.graph.tasks.values().filter(reviews);
    let dependencies: IndexMap<Str, TaskId> =
        reviewing.map(|ready| (ready.task.label.text().clone(), ready.task_id.clone())).collect();
    if dependencies.is_empty() {
        return Ok(());
    }
    let mut ids: Vec<&TaskId> = dependencies.values().collect();
    ids.sort_unstable();
    let definition = map! {
        "provisionerId" => "built-in",
        "workerType" => "succeed",
        "dependencies" => ids.into_iter().map(TaskId::text).collect::<Value>(),
        // Failures are what it is there for.
        "requires" => "all-resolved",
        "created" => map! { RELATIVE => "0 seconds" },
        "deadline" => map! { RELATIVE => "1 day" },
        "expires" => map! { RELATIVE => "1 day" },
        "metadata" => map! {
            "name" => "code-review",
            "description" => "List all issues found in static analysis and linting tasks",
            "owner" => params.text("owner"),
            "source" => SOURCE,
        },
        "scopes" => Value::list(),
        "payload" => Value::map(),
        "routes" => ["project.relman.codereview.v1.try_ending"].into_iter().collect::<Value>(),
        "extra" => map! {
            "code-review" => map! {
                "phabricator-build-target" => review.get("phabricator-build-target").cloned(),
                "repository" => params.text("head_repository"),
                "revision" => params.text("head_rev"),
            },
        },
    };
    let ready = task("code-review", definition, dependencies, new_id)?;
    morphed.add(ready)
}
