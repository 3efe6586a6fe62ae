//! `-p`: the parameters that are meant, and where they come from.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::progress::connect_for_a_look;
use crate::report::Reporter;
use taskgraph::diagnostics::{Problem, Problems};
use taskgraph::error::{OrMachine as _, Result};
use taskgraph::generator::Project;
use taskgraph::parameters::{LoadedValues, Params, Spec, read_file};

/// All that `-p` stands for; one set of defaults if it was not given.
pub(crate) fn specs(given: &[PathBuf]) -> Result<Vec<Option<Spec>>> {
    let mut specs = Vec::new();
    for path in given {
        match (path.is_dir(), path.to_str()) {
            (true, _) => specs.extend(in_folder(path)?.into_iter().map(|file| Some(Spec::File(file)))),
            (false, Some(text)) => specs.push(Some(Spec::parse(text)?)),
            (false, None) => specs.push(Some(Spec::File(path.clone()))),
        }
    }
    if given.is_empty() {
        specs.push(None);
    }
    Ok(specs)
}

fn in_folder(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = folder.read_dir().or_machine(|| format!("`{}` cannot be listed", folder.display()))?;
    let is_parameters = |path: &PathBuf| path.extension().is_some_and(|ext| ext == "yml" || ext == "json");
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(is_parameters).collect();
    files.sort();
    if files.is_empty() {
        let message = format!("there are no parameters in the folder `{}`", folder.display());
        let help = "they are files that end with `.yml` or `.json`";
        return Err(Problems::from(Problem::error("no-parameters", message).help(help)).into());
    }
    Ok(files)
}

/// Returns the name of a set of parameters for the names of files.
pub(crate) fn name_of(spec: Option<&Spec>) -> String {
    spec.map_or_else(|| "defaults".into(), |spec| spec.name().replace('/', "_"))
}

/// The parameters that `-p` names once, or those of the checkout; what is missing is filled in, and all is checked.
pub(crate) fn completed(project: &Project, given: Option<&str>, reporter: &Reporter) -> Result<Params> {
    let mut params = match given {
        None => Params::default(),
        Some(spec) => {
            let LoadedValues { values, layer } = read(&Spec::parse(spec)?, project)?;
            Params::new(values, vec![layer])
        }
    };
    let found = project.complete(&mut params, SystemTime::now())?;
    let (errors, warnings): (Vec<Problem>, Vec<Problem>) = found.into_iter().partition(Problem::is_error);
    Problems(errors).check()?;
    reporter.warnings(&warnings);
    Ok(params)
}

/// Reads parameters. Taskcluster is asked only for what is not a file.
pub(crate) fn read(spec: &Spec, project: &Project) -> Result<LoadedValues> {
    match spec {
        Spec::File(path) => read_file(path),
        other => other.read(project.config.trust_domain(), &connect_for_a_look()?),
    }
}
