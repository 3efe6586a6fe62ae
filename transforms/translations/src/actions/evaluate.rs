//! `evaluate`: the final evaluation of models, outside of a training.

use crate::actions::train::TRAIN_2026;
use taskgraph::schema::fields::Fields as _;
use taskgraph_compat::map;
use taskgraph_compat::value::Value;
use taskgraph_decision::actions::{Action, Plan};

/// The action. Whoever may train may evaluate.
pub(super) const EVALUATE: Action = Action {
    name: "evaluate",
    callback_name: "evaluate",
    title: "Evaluate",
    description: "Run final evaluation.",
    symbol: "evaluate",
    order: 501,
    schema: Some(|_| {
        Ok(map! { "type" => "object", "properties" => Value::map(), "required" => Value::list() }.into())
    }),
    plan: |call| {
        let mut params = call.params.clone();
        let values = params.values_mut();
        values.put("target_tasks_method", "final-eval-target-tasks");
        values.put("tasks_for", "action");
        values.put("eval_config", call.input.value.clone());
        values.put("target-stage", "final-eval");
        Ok(Plan { decide: Some(params), ..Plan::default() })
    },
    ..TRAIN_2026
};
