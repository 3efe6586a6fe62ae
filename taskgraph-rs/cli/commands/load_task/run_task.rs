//! Commands that begin with run-task: its own arguments, and those of the task behind `--`.

use indexmap::IndexMap;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph_compat::python::shell::quote;

/// Separator between the arguments of run-task and the command of the task.
const BORDER: &str = "--";

/// The variable that names the repositories which run-task clones.
const REPOSITORIES: &str = "REPOSITORIES";

/// Variables with the folders of the caches of tools.
const CACHE_VARIABLES: [&str; 4] = ["CARGO_HOME", "PIP_CACHE_DIR", "UV_CACHE_DIR", "npm_config_cache"];

/// The environment of the task once it is set up, for the shell.
const READY: &str = "/tmp/task-environment";

/// Suffix of a folder of fetches while nothing runs: run-task of Taskgraph 15 and older removes the folder in the end.
const ASIDE: &str = ".kept";

/// Whether a command is one of run-task.
pub(super) fn is_run_task(command: &[String]) -> bool {
    let program = command.first().and_then(|program| program.rsplit('/').next());
    matches!(program, Some("run-task" | "run-task-git" | "run-task-hg"))
}

/// The value of an argument: `--name value` or `--name=value`.
fn argument(command: &[String], name: &str) -> Option<String> {
    let own = command.iter().position(|word| word == BORDER).map_or(command, |border| &command[..border]);
    own.iter().enumerate().find_map(|(position, word)| match word.strip_prefix(name)? {
        "" => own.get(position + 1).cloned(),
        rest => rest.strip_prefix('=').map(str::to_owned),
    })
}

/// Takes an argument and its value away.
fn remove(command: &mut Vec<String>, name: &str) {
    let border = command.iter().position(|word| word == BORDER).unwrap_or(command.len());
    let Some(position) = command[..border]
        .iter()
        .position(|word| word == name || word.strip_prefix(name).is_some_and(|rest| rest.starts_with('=')))
    else {
        return;
    };
    // A flag such as `--ci-shallow-clone` has no value.
    let has_value = |next: &String| !next.starts_with("--");
    let words = match command[position] == name && command[..border].get(position + 1).is_some_and(has_value)
    {
        true => 2,
        false => 1,
    };
    command.drain(position..(position + words).min(border));
}

/// Builds the problem of a task that does not start with run-task, for a flag that needs it.
pub(super) fn needs_run_task(flag: &str, task: &str) -> Problem {
    Problem::error("no-run-task", format!("{flag} is for tasks that run-task begins; `{task}` is none"))
        .help("leave the flag out: the command of the task runs as it is")
}

/// Has a task use a checkout of this machine instead of a clone. Returns where it is to be mounted.
pub(super) fn use_checkout(
    task: &str,
    command: &mut Vec<String>,
    env: &mut IndexMap<String, String>,
    mounted: &[String],
) -> Result<String, Problems> {
    let refuse = |why: String| {
        let message = format!("`{task}` cannot use this checkout: {why}");
        Problems::from(Problem::error("develop", message))
    };
    let mut repositories: IndexMap<String, serde_json::Value> =
        env.get(REPOSITORIES).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let Some(name) = repositories.keys().next().cloned() else {
        return Err(refuse(format!("it clones no repository, as its variable {REPOSITORIES} says")));
    };
    let flag = format!("--{name}-checkout");
    let Some(folder) = argument(command, &flag) else {
        return Err(refuse(format!("its command has no `{flag}`")));
    };
    repositories.shift_remove(&name);
    let left = serde_json::to_string(&repositories).map_err(|error| refuse(error.to_string()))?;
    env.insert(REPOSITORIES.into(), left);
    for ending in ["checkout", "sparse-profile", "shallow-clone"] {
        remove(command, &format!("--{name}-{ending}"));
    }
    // Tools would write into folders of caches that are not mounted.
    for variable in CACHE_VARIABLES {
        if env.get(variable).is_some_and(|at| *at != folder && !mounted.contains(at)) {
            env.shift_remove(variable);
        }
    }
    Ok(folder)
}

/// Input of the shell: a command that sets the task up and then opens the shell, and the startup file.
pub(super) struct Shell {
    /// Command that runs in the container.
    pub command: Vec<String>,
    /// Startup file of the shell: it defines `exec-task`.
    pub startup: String,
}

/// Splits a command of run-task in two: it sets the task up, and the shell at `shell` has the rest as `exec-task`.
/// Nothing if there is no command behind run-task.
pub(super) fn pause(command: &[String], user: &str, shell: &str) -> Option<Shell> {
    let border = command.iter().position(|word| word == BORDER)?;
    let own = &command[border + 1..];
    if own.is_empty() {
        return None;
    }
    // run-task knows paths that nobody else does: they are handed on with the environment that it has made.
    let ready = format!(
        r#"export -p > {READY}; if [ -d "$MOZ_FETCHES_DIR" ]; then mv "$MOZ_FETCHES_DIR" "$MOZ_FETCHES_DIR{ASIDE}"; fi"#
    );
    let set_up: Vec<&str> =
        command[..=border].iter().map(String::as_str).chain(["bash", "-c", &*ready]).collect();
    let open = format!("{} && exec su -p -s {shell} {}", quote(set_up), quote([user]));
    let task = quote(own);
    let startup = format!(
        r#"[ ! -r ~/.bashrc ] || . ~/.bashrc
. {READY}
cd "$PWD"
TASK_DIRECTORY=$PWD
if [ -d "$MOZ_FETCHES_DIR{ASIDE}" ]; then mv "$MOZ_FETCHES_DIR{ASIDE}" "$MOZ_FETCHES_DIR"; fi
exec-task() {{
    (cd "$TASK_DIRECTORY" && {task})
}}
echo
echo 'The task is set up. exec-task runs its command:'
printf '    %s\n' {shown}
"#,
        shown = quote([&*task]),
    );
    Some(Shell { command: ["bash", "-c", &*open].map(str::to_owned).to_vec(), startup })
}

/// The program that is opened as the shell: it reads the file at `startup` first.
pub(super) fn shell_program(startup: &str) -> String {
    format!("#!/bin/sh\nexec bash --rcfile {startup} -i\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn run_task_is_known_by_its_name() {
        for command in ["run-task", "/usr/local/bin/run-task -- x", "./run-task-git", "run-task-hg"] {
            assert!(is_run_task(&words(command)), "{command}");
        }
        for command in ["bash run-task", "run-tasks", ""] {
            assert!(!is_run_task(&words(command)), "{command}");
        }
    }

    #[test]
    fn arguments_of_run_task_end_before_those_of_the_task() {
        let command = words("run-task --ci-checkout=/c --task-cwd /d -- x --ci-sparse-profile y");
        assert_eq!(argument(&command, "--ci-checkout").as_deref(), Some("/c"));
        assert_eq!(argument(&command, "--task-cwd").as_deref(), Some("/d"));
        assert_eq!(argument(&command, "--ci"), None);
        assert_eq!(argument(&command, "--ci-sparse-profile"), None);
        let mut less = command.clone();
        remove(&mut less, "--task-cwd");
        remove(&mut less, "--ci-sparse-profile");
        assert_eq!(less, words("run-task --ci-checkout=/c -- x --ci-sparse-profile y"));
    }

    #[test]
    fn a_checkout_of_this_machine_takes_the_place_of_the_first_clone() {
        let mut command = words("run-task --ci-checkout=/c/vcs --ci-shallow-clone --other-checkout=/o -- x");
        let mut env: IndexMap<String, String> = [
            ("REPOSITORIES", r#"{"ci": "CI", "other": "O"}"#),
            ("CARGO_HOME", "/c/cargo"),
            ("PIP_CACHE_DIR", "/mounted"),
            ("A", "1"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        let folder = use_checkout("t", &mut command, &mut env, &["/mounted".into()]).unwrap();
        assert_eq!(folder, "/c/vcs");
        assert_eq!(command, words("run-task --other-checkout=/o -- x"));
        let shown: Vec<String> = env.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(shown, [r#"REPOSITORIES={"other":"O"}"#, "PIP_CACHE_DIR=/mounted", "A=1"]);
    }

    #[test]
    fn a_pause_keeps_the_command_for_later() {
        let command = words("/usr/local/bin/run-task --task-cwd=/b/c -- bash -cx");
        let command = [command, vec!["echo 'hi'".into()]].concat();
        let shell = pause(&command, "worker", "/s/shell").unwrap();
        assert_eq!(shell.command[..2], ["bash".to_owned(), "-c".into()]);
        let script = &shell.command[2];
        assert!(script.starts_with("/usr/local/bin/run-task --task-cwd=/b/c -- bash -c '"), "{script}");
        assert!(script.ends_with(" && exec su -p -s /s/shell worker"), "{script}");
        let later = r#"(cd "$TASK_DIRECTORY" && bash -cx 'echo '\''hi'\''')"#;
        assert!(shell.startup.contains(later), "{}", shell.startup);
        assert!(pause(&words("run-task --task-cwd=/b"), "worker", "/s").is_none());
    }
}
