//! Finds the interpreter that has Taskgraph. Nothing is started for that.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// Environment variables about Python. The command line reads them.
#[derive(Clone, Debug, Default)]
pub struct PythonEnvironment {
    /// PATH.
    pub path: OsString,
    /// TASKGRAPH_PYTHON: an interpreter.
    pub taskgraph_python: Option<PathBuf>,
    /// VIRTUAL_ENV: the folder of an environment that is active.
    pub virtual_env: Option<PathBuf>,
}

/// Choice of an interpreter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// The one that is found.
    #[default]
    Auto,
    /// None: no code of a tree is run.
    Never,
    /// This one.
    Path(PathBuf),
}

/// An interpreter, and where its packages are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interpreter {
    /// The program.
    pub program: PathBuf,
    /// Reason for the choice, for messages: `--python`, `the virtual environment that is active`.
    pub found_by: &'static str,
    /// The folders that packages are installed in, as far as they are known without starting it.
    pub site_packages: Vec<PathBuf>,
}

/// The interpreter to take: the one that is named, that of the environment that is active, that of the `taskgraph` on
/// PATH, or the `python3` on PATH, in this order. Nothing if there is none of them.
pub(crate) fn find(choice: &Choice, environment: &PythonEnvironment) -> Option<Interpreter> {
    match choice {
        Choice::Never => return None,
        Choice::Path(program) => return Some(interpreter(on_path(program, environment), "--python")),
        Choice::Auto => {}
    }
    if let Some(program) = &environment.taskgraph_python {
        return Some(interpreter(on_path(program, environment), "TASKGRAPH_PYTHON"));
    }
    let active = environment.virtual_env.iter().map(|environment| environment.join("bin/python3"));
    if let Some(program) = active.into_iter().find(|program| program.is_file()) {
        return Some(interpreter(program, "the virtual environment that is active"));
    }
    if let Some(script) = which("taskgraph", environment)
        && let Some(program) = interpreter_of_script(&script)
    {
        return Some(interpreter(program, "the `taskgraph` on PATH"));
    }
    which("python3", environment).map(|program| interpreter(program, "the `python3` on PATH"))
}

/// A name without a slash stands for a program on PATH, as in a shell.
fn on_path(program: &Path, environment: &PythonEnvironment) -> PathBuf {
    let is_name = program.parent().is_some_and(|parent| parent.as_os_str().is_empty());
    let found = is_name.then(|| which(program.to_str()?, environment)).flatten();
    found.unwrap_or_else(|| std::path::absolute(program).unwrap_or_else(|_| program.to_owned()))
}

fn which(name: &str, environment: &PythonEnvironment) -> Option<PathBuf> {
    std::env::split_paths(&environment.path).map(|folder| folder.join(name)).find(|program| program.is_file())
}

/// The interpreter that the first line of an installed script names.
fn interpreter_of_script(script: &Path) -> Option<PathBuf> {
    let text = fs::read(script).ok()?;
    let first = text.split(|byte| *byte == b'\n').next()?;
    let named = std::str::from_utf8(first).ok()?.strip_prefix("#!")?.split_whitespace().next()?;
    let program = PathBuf::from(named);
    let is_python = program.file_name()?.to_str()?.starts_with("python");
    (is_python && program.is_file()).then_some(program)
}

fn interpreter(program: PathBuf, found_by: &'static str) -> Interpreter {
    let site_packages = site_packages(&program);
    Interpreter { program, found_by, site_packages }
}

/// The folders beside an interpreter that packages are installed in. That of a virtual environment is a link to the one it
/// was made with, whose packages are not its own.
fn site_packages(program: &Path) -> Vec<PathBuf> {
    let own = folders_of(program);
    if !own.is_empty() {
        return own;
    }
    program.canonicalize().map(|program| folders_of(&program)).unwrap_or_default()
}

fn folders_of(program: &Path) -> Vec<PathBuf> {
    let Some(prefix) = program.parent().and_then(Path::parent) else { return Vec::new() };
    let mut found = Vec::new();
    for library in [prefix.join("local/lib"), prefix.join("lib")] {
        let mut pythons: Vec<PathBuf> = fs::read_dir(&library)
            .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
            .unwrap_or_default();
        pythons.sort();
        let folders = pythons.iter().rev().filter(|path| {
            path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with("python3"))
        });
        for python in folders {
            found.extend(
                ["dist-packages", "site-packages"]
                    .map(|name| python.join(name))
                    .into_iter()
                    .filter(|f| f.is_dir()),
            );
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[test]
    fn the_nearest_interpreter_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let top = folder.path();
        let program = |name: &str| top.join(name).join("bin/python3");
        for name in ["named", "active", "installed", "plain"] {
            file(&program(name), "");
            fs::create_dir_all(top.join(name).join("lib/python3.11/site-packages")).unwrap();
        }
        let shebang = format!("#!{}\nimport taskgraph\n", program("installed").display());
        file(&top.join("scripts/taskgraph"), &shebang);
        let path = std::env::join_paths([top.join("scripts"), top.join("plain/bin")]).unwrap();
        let mut around = PythonEnvironment {
            path,
            taskgraph_python: Some(program("named")),
            virtual_env: Some(top.join("active")),
        };
        let found = |around: &PythonEnvironment| find(&Choice::Auto, around).map(|found| found.program);
        assert_eq!(found(&around), Some(program("named")));
        around.taskgraph_python = None;
        assert_eq!(found(&around), Some(program("active")));
        around.virtual_env = None;
        assert_eq!(found(&around), Some(program("installed")));
        fs::remove_file(top.join("scripts/taskgraph")).unwrap();
        assert_eq!(found(&around), Some(program("plain")));
        assert_eq!(find(&Choice::Never, &around), None);
        let named = find(&Choice::Path("python3".into()), &around).unwrap();
        assert_eq!(named.program, program("plain"));
        assert_eq!(named.site_packages, [top.join("plain/lib/python3.11/site-packages")]);
        assert_eq!(find(&Choice::Auto, &PythonEnvironment::default()), None);
    }
}
