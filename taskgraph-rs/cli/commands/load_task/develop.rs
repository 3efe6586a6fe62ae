//! `--develop`: the checkout of this machine in the place of a clone.

use std::io::{self, BufRead as _};

use crate::commands::load_task::container_options::ContainerOptions;
use crate::commands::load_task::payload::Payload;
use crate::commands::load_task::run_task::use_checkout;
use crate::container::volume;
use crate::environment::{current_dir, variable};
use crate::output_medium::one_line;
use anstream::eprint;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::{OrMachine as _, Result};
use taskgraph::tree::git::top_above;

/// The variable that answers the question in advance; the reference has it, too.
const NO_QUESTION: &str = "TASKGRAPH_LOAD_TASK_NO_WARN";

/// Has a task use the checkout that the current directory is in, once somebody has said that its files may change.
pub(super) fn apply(task: &str, payload: &mut Payload, given: &mut ContainerOptions) -> Result<()> {
    let Some(top) = top_above(&current_dir()?) else {
        let message = "--develop needs a checkout: the current directory is in no git repository";
        return Err(Problems::from(Problem::error("develop", message)).into());
    };
    let inside = use_checkout(task, &mut payload.command, &mut payload.env, &given.mounted)?;
    if variable(NO_QUESTION).is_none_or(|value| value.is_empty()) {
        eprint!(
            "The task works on the files of {}, and may change or remove them. ({NO_QUESTION}=1 asks no more.)\nGo on? [y/N] ",
            one_line(&top.display().to_string())
        );
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer).or_machine(|| "standard input cannot be read")?;
        if !matches!(&*answer.trim().to_lowercase(), "y" | "yes") {
            let message = "--develop was not agreed to";
            let help = format!("answer `y`, or set {NO_QUESTION}=1");
            return Err(Problems::from(Problem::error("develop", message).help(help)).into());
        }
    }
    // Git does not look into what belongs to somebody else, unless it is allowed to.
    let safe = [("COUNT", "1"), ("KEY_0", "safe.directory"), ("VALUE_0", inside.trim_end_matches('/'))];
    for (name, value) in safe {
        payload.env.entry(format!("GIT_CONFIG_{name}")).or_insert_with(|| value.to_owned());
    }
    given.volumes.push(volume(&top, inside.trim_end_matches('/'), "")?);
    given.mounted.push(inside);
    Ok(())
}
