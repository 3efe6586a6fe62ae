//! Keys of the input beside the training config: the tasks of earlier groups to use again.

use crate::parameter::refused;
use crate::pipeline_version::PipelineVersion;
use indexmap::IndexMap;
use taskgraph::diagnostics::Problem;
use taskgraph::parameters::Params;
use taskgraph::schema::fields::Fields as _;
use taskgraph::schema::found;
use taskgraph::task::Label;
use taskgraph::task::id::TaskId;
use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;

/// Names of the keys in a pipeline version.
struct Keys {
    groups: &'static str,
    start: &'static str,
    /// Whether groups without a start say what is wanted.
    start_is_optional: bool,
}

const KEYS_2024: Keys = Keys { groups: "previous_group_ids", start: "start-stage", start_is_optional: false };

const KEYS_2026: Keys =
    Keys { groups: "previous-group-ids", start: "start-task-prefix", start_is_optional: true };

const EXISTING: &str = "existing_tasks";

/// Tasks of earlier groups to use again.
#[derive(Debug, Default)]
pub(super) struct TrainInput {
    /// Groups, and where each is named.
    pub groups: Vec<(TaskId, KeyPath)>,
    /// Start of the tasks to do anew, a stage or a prefix of labels, and its place in the input.
    pub start: Option<(String, KeyPath)>,
    /// Tasks by label.
    pub existing: IndexMap<Label, TaskId>,
}

impl TrainInput {
    /// Takes it out of the input, so that only a training config is left.
    pub(super) fn take(
        params: &mut Params,
        pipeline_version: PipelineVersion,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let keys = match pipeline_version {
            PipelineVersion::December2024 => KEYS_2024,
            PipelineVersion::July2026 => KEYS_2026,
        };
        let config = KeyPath::dotted("training_config");
        let mut take = |key: &str| {
            let map = params.find_mut(&config).and_then(Value::as_map_mut);
            map.and_then(|map| map.take(key)).unwrap_or_default()
        };
        let (groups, start, existing) = (take(keys.groups), take(keys.start), take(EXISTING));
        let mut read = Reader { params, problems };
        let input = TrainInput {
            groups: read.groups(groups, &config.join(keys.groups)),
            start: read.start(start, &config.join(keys.start)),
            existing: read.existing(existing, &config.join(EXISTING)),
        };
        input.check(&keys, &config, read);
        input
    }

    /// Neither says anything without the other.
    fn check(&self, keys: &Keys, config: &KeyPath, read: Reader<'_>) {
        let (alone, other, why) = match (&self.groups[..], &self.start) {
            ([], Some(_)) => (keys.start, keys.groups, "without groups there is nothing to go on from"),
            ([_, ..], None) if !keys.start_is_optional => {
                (keys.groups, keys.start, "without a stage to start at no task of the groups is used")
            }
            _ => return,
        };
        // Violations of the schema were reported already.
        if read.problems.iter().any(|problem| problem.path.last_key() == Some(other)) {
            return;
        }
        let message = format!("`{alone}` needs `{other}`");
        read.problems.push(refused(read.params, "missing-key", &config.join(alone), message, why));
    }
}

struct Reader<'r> {
    params: &'r Params,
    problems: &'r mut Vec<Problem>,
}

impl Reader<'_> {
    fn wrong(&mut self, path: &KeyPath, needed: &str, value: &Value) {
        let message = format!("`{}` must be {needed}", path.last_key().unwrap_or_default());
        let label = format!("found {}", found(value));
        self.problems.push(refused(self.params, "wrong-value", path, message, label));
    }

    fn groups(&mut self, value: Value, path: &KeyPath) -> Vec<(TaskId, KeyPath)> {
        let list = match &value {
            Value::Null => &[],
            Value::List(items) => &items[..],
            other => {
                self.wrong(path, "a list of taskIds", other);
                &[]
            }
        };
        let mut groups = Vec::new();
        for (index, item) in list.iter().enumerate() {
            let path = path.join(index);
            if let Some(group) = self.task_id(item, &path) {
                groups.push((group, path));
            }
        }
        groups
    }

    fn start(&mut self, value: Value, path: &KeyPath) -> Option<(String, KeyPath)> {
        match value {
            Value::Null => None,
            Value::Str(text) => (!text.is_empty()).then(|| (text.to_string(), path.clone())),
            other => {
                self.wrong(path, "a string", &other);
                None
            }
        }
    }

    fn existing(&mut self, value: Value, path: &KeyPath) -> IndexMap<Label, TaskId> {
        let map = match &value {
            Value::Null => None,
            Value::Map(map) => Some(&**map),
            other => {
                self.wrong(path, "a map from labels to taskIds", other);
                None
            }
        };
        let mut existing = IndexMap::new();
        for (label, task) in map.into_iter().flatten() {
            let path = path.join(label);
            match (Label::parse(label), self.task_id(task, &path)) {
                (Ok(label), Some(task)) => {
                    existing.insert(label, task);
                }
                (Err(error), _) => {
                    self.problems.push(refused(self.params, "wrong-value", &path, error.to_string(), ""));
                }
                (Ok(_), None) => {}
            }
        }
        existing
    }

    fn task_id(&mut self, value: &Value, path: &KeyPath) -> Option<TaskId> {
        let parsed = value.as_str().map(TaskId::parse);
        if let Some(Ok(task)) = parsed {
            return Some(task);
        }
        self.wrong(path, "a taskId: 22 letters, digits, `-` or `_`", value);
        None
    }
}
