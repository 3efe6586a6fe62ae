//! Tasks of earlier runs that the `train` action takes over: they are named by taskId.

use crate::lints::would_fail;
use taskgraph::diagnostics::Problem;
use taskgraph::parameters::Params;
use taskgraph::task::id::TaskId;
use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;

pub(super) fn check(params: &Params) -> Vec<Problem> {
    let root = KeyPath::dotted("training_config");
    let mut problems = Vec::new();
    for key in ["previous_group_ids", "previous-group-ids"] {
        let path = root.join(key);
        let ids = params.find(&path).and_then(Value::as_list).unwrap_or_default();
        problems
            .extend(ids.iter().enumerate().filter_map(|(index, id)| task_id(params, id, &path.join(index))));
    }
    let path = root.join("existing_tasks");
    for (label, id) in params.find(&path).and_then(Value::as_map).into_iter().flatten() {
        problems.extend(task_id(params, id, &path.join(label)));
    }
    problems
}

fn task_id(params: &Params, id: &Value, path: &KeyPath) -> Option<Problem> {
    let label = "a taskId has 22 characters: letters, digits, `_` and `-`";
    match id.as_str() {
        Some(id) if TaskId::parse(id).is_ok() => None,
        Some(id) => Some(would_fail(params, path, format!("`{id}` is not a taskId"), label)),
        None => Some(would_fail(params, path, format!("{} is not a taskId", id.sort()), label)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lints::messages;
    use crate::pipeline_version::PipelineVersion;

    #[test]
    fn earlier_tasks_are_named_by_task_id() {
        let config = "{previous_group_ids: [bNBrAkLqQpCpuxfMe3I-mw, group], existing_tasks: {a-b: 7}}";
        assert_eq!(
            messages(config, PipelineVersion::December2024, |params, _| check(params)),
            [
                "would-fail previous_group_ids[1]: `group` is not a taskId: \
                 a taskId has 22 characters: letters, digits, `_` and `-`",
                "would-fail existing_tasks.a-b: an integer is not a taskId: \
                 a taskId has 22 characters: letters, digits, `_` and `-`",
            ]
        );
    }
}
