//! The form of the action: the JSON schema that actions.json shows for its input.

use crate::pipeline_version::PipelineVersion;
use crate::pretrained::STUDENT;
use taskgraph::diagnostics::document::load;
use taskgraph::diagnostics::{Problem, Problems, place_of_key};
use taskgraph::error::Result;
use taskgraph::generator::Project;
use taskgraph_compat::source::Source;
use taskgraph_compat::value::Value;
use taskgraph_compat::value::path::KeyPath;

const FORM_2024: &str = include_str!("form-2024.yml");

const FORM_2026: &str = include_str!("form-2026.yml");

/// The key of a part of a form that is there only for a tree whose students start from a model.
const IF_ASKED_FOR: &str = "$if-asked-for";

/// Values of the tree in the form of the action.
struct Tree {
    stages: Vec<Value>,
    config: Value,
    asks_for_student: bool,
}

/// The form, filled in for a tree.
pub(super) fn schema(project: &Project, pipeline_version: PipelineVersion) -> Result<Value> {
    let text = match pipeline_version {
        PipelineVersion::December2024 => FORM_2024,
        PipelineVersion::July2026 => FORM_2026,
    };
    let form = load(Source::new("<form of train>", text))?.1;
    let default = project.extension.defaults.iter().find(|(name, _)| *name == "training_config");
    let config = default.map(|(_, file)| load(project.tree.read(file)?)).transpose()?;
    let tree = Tree {
        stages: stages(project)?.to_vec(),
        config: config.map_or(Value::Null, |it| it.1),
        asks_for_student: pipeline_version.layout().is_asked_for(&project.tree, STUDENT),
    };
    Ok(tree.fill(&form))
}

/// The stages that config.yml allows.
fn stages(project: &Project) -> Result<&[Value]> {
    project.config.get("valid-stages").and_then(Value::as_list).ok_or_else(|| {
        let document = &project.config.document;
        let place = place_of_key(document, &KeyPath::default());
        let problem = Problem::error("missing-key", "missing key `valid-stages`")
            .at("valid-stages".into(), "the action `train` takes one of these as its target")
            .in_place(Some(place));
        Problems::from(problem).into()
    })
}

impl Tree {
    fn fill(&self, form: &Value) -> Value {
        match form {
            Value::Map(map) => {
                let is_here = |value: &Value| self.asks_for_student || value.get(IF_ASKED_FOR).is_none();
                let entries = map.iter().filter(|(key, value)| &***key != IF_ASKED_FOR && is_here(value));
                let entries = entries.map(|(key, value)| (key.clone(), self.fill(value)));
                entries.collect::<taskgraph_compat::value::Map>().into()
            }
            Value::List(items) => items.iter().map(|item| self.fill(item)).collect(),
            Value::Str(text) => match &**text {
                "$stages" => self.stages.clone().into(),
                "$stages-or-none" => self.stages.iter().cloned().chain(["".into()]).collect(),
                text => match text.strip_prefix("$config.") {
                    Some(path) => KeyPath::dotted(path).find(&self.config).cloned().unwrap_or_default(),
                    None => form.clone(),
                },
            },
            other => other.clone(),
        }
    }
}
