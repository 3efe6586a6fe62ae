//! Specifications of parameters: a file, a url, or the parameters of an earlier decision.
//! Python: `taskgraph.parameters.load_parameters_file`.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::diagnostics::{Problem, Problems};
use crate::error::Result;
use crate::parameters::{LoadedValues, read_file};
use crate::task::id::TaskId;
use taskgraph_compat::source::Source;

/// The name of a decision's parameters among its artifacts.
const ARTIFACT: &str = "public/parameters.yml";

/// A specification of parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spec {
    /// A file.
    File(PathBuf),
    /// `task-id=…`: those of a decision task.
    Task(TaskId),
    /// `project=…`: those of the latest decision of a project.
    Project(String),
    /// `index=…`: those of the decision task at an index path.
    Index(String),
    /// The address of a file.
    Url(String),
}

/// Fetches parameters. `None` stands for parameters that do not exist.
pub trait Fetch {
    /// The task at an index path.
    fn find_task(&self, index_path: &str) -> Result<Option<TaskId>>;

    /// An artifact of a task.
    fn artifact(&self, task: &TaskId, name: &str) -> Result<Option<Vec<u8>>>;

    /// The file at a url.
    fn file_at(&self, url: &str) -> Result<Option<Vec<u8>>>;
}

impl Spec {
    /// Takes text for a spec. What lies there as a file is a file, whatever it is called.
    pub fn parse(text: &str) -> Result<Self> {
        let path = Path::new(text);
        if path.exists() {
            return Ok(Spec::File(path.to_owned()));
        }
        let is_url = text.starts_with("http://") || text.starts_with("https://");
        match text.split_once('=') {
            _ if is_url => {
                ending(text)?;
                Ok(Spec::Url(text.to_owned()))
            }
            Some((_, "")) if ["task-id=", "project=", "index="].contains(&text) => {
                Err(refused(format!("nothing stands behind `{text}`")).into())
            }
            Some(("task-id", id)) => match TaskId::parse(id) {
                Ok(id) => Ok(Spec::Task(id)),
                Err(error) => Err(refused(error.to_string()).into()),
            },
            Some(("project", project)) => Ok(Spec::Project(project.to_owned())),
            Some(("index", path)) => Ok(Spec::Index(path.to_owned())),
            _ => Ok(Spec::File(path.to_owned())),
        }
    }

    /// Returns the name of these parameters among others. Python: `Parameters.format_spec`.
    pub fn name(&self) -> String {
        match self {
            Spec::File(path) => stem(path),
            Spec::Url(url) => stem(Path::new(url)),
            other => other.to_string(),
        }
    }

    /// Reads the parameters. Only files need nobody to fetch them.
    pub fn read(&self, trust_domain: &str, fetch: &dyn Fetch) -> Result<LoadedValues> {
        match self {
            Spec::File(path) => read_file(path),
            Spec::Task(task) => of_task(task, fetch),
            Spec::Index(path) => of_task(&find(path, fetch)?, fetch),
            Spec::Project(project) => {
                let path = format!("{trust_domain}.v2.{project}.latest.taskgraph.decision");
                of_task(&find(&path, fetch)?, fetch)
            }
            Spec::Url(url) => {
                let is_json = ending(url)?;
                match fetch.file_at(url)? {
                    Some(bytes) => LoadedValues::read(Source::decode(url.clone(), bytes)?, is_json),
                    None => Err(refused(format!("there is nothing at `{url}`")).into()),
                }
            }
        }
    }
}

impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Spec::File(path) => write!(f, "{}", path.display()),
            Spec::Task(task) => write!(f, "task-id={task}"),
            Spec::Project(project) => write!(f, "project={project}"),
            Spec::Index(path) => write!(f, "index={path}"),
            Spec::Url(url) => f.write_str(url),
        }
    }
}

fn find(path: &str, fetch: &dyn Fetch) -> Result<TaskId> {
    fetch.find_task(path)?.ok_or_else(|| {
        let problem = Problem::error("no-parameters", format!("there is no task at the index path `{path}`"));
        Problems::from(problem.help("the index has the latest decision of a project at `TRUST-DOMAIN.v2.PROJECT.latest.taskgraph.decision`")).into()
    })
}

fn of_task(task: &TaskId, fetch: &dyn Fetch) -> Result<LoadedValues> {
    match fetch.artifact(task, ARTIFACT)? {
        Some(bytes) => LoadedValues::read(Source::decode(format!("{task}/{ARTIFACT}"), bytes)?, false),
        None => {
            let message = format!("task `{task}` has no artifact `{ARTIFACT}`");
            let help = "only decisions have parameters; artifacts expire, and a task that has not ended has none yet";
            Err(Problems::from(Problem::error("no-parameters", message).help(help)).into())
        }
    }
}

/// Whether a url leads to JSON and not to YAML.
fn ending(url: &str) -> Result<bool> {
    match url.rsplit_once('.') {
        Some((_, "json")) => Ok(true),
        Some((_, "yml" | "yaml")) => Ok(false),
        _ => Err(refused(format!("`{url}` ends neither with .yml nor with .json")).into()),
    }
}

fn stem(path: &Path) -> String {
    path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
}

fn refused(message: String) -> Problems {
    let help = "parameters are a file, a url, task-id=TASK-ID, project=PROJECT or index=INDEX-PATH";
    Problem::error("no-parameters", message).help(help).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "fN1SbArXTPSVFUUvaOlinQ";

    /// Knows one task, one index path and one url.
    struct One;

    impl Fetch for One {
        fn find_task(&self, index_path: &str) -> Result<Option<TaskId>> {
            Ok((index_path == "t.v2.p.latest.taskgraph.decision").then(|| TaskId::parse(ID)).transpose()?)
        }

        fn artifact(&self, task: &TaskId, name: &str) -> Result<Option<Vec<u8>>> {
            Ok((task.as_str() == ID && name == ARTIFACT).then(|| b"level: '3'".to_vec()))
        }

        fn file_at(&self, url: &str) -> Result<Option<Vec<u8>>> {
            Ok(match url {
                "https://x/a/p.json" => Some(b"{\"level\": \"2\"}".to_vec()),
                "https://x/no.yml" => Some(b"<html>\n\tno: [".to_vec()),
                "https://x/list.yml" => Some(b"- a".to_vec()),
                _ => None,
            })
        }
    }

    fn level(text: &str) -> Result<String, String> {
        let spec = Spec::parse(text).map_err(|error| error.to_string())?;
        let given = spec.read("t", &One).map_err(|error| error.to_string())?;
        Ok(given.values["level"].as_str().unwrap().to_owned())
    }

    #[test]
    fn parameters_come_from_tasks_and_urls() {
        assert_eq!(level(&format!("task-id={ID}")).as_deref(), Ok("3"));
        assert_eq!(level("project=p").as_deref(), Ok("3"));
        assert_eq!(level("index=t.v2.p.latest.taskgraph.decision").as_deref(), Ok("3"));
        assert_eq!(level("https://x/a/p.json").as_deref(), Ok("2"));
    }

    #[test]
    fn what_is_not_there_is_reported_with_what_was_asked() {
        for (text, reported) in [
            ("task-id=short", "`short` is not a taskId: expected 22 letters, digits, `-` and `_`"),
            ("task-id=", "nothing stands behind `task-id=`"),
            (
                "task-id=AAAAAAAAAAAAAAAAAAAAAA",
                "task `AAAAAAAAAAAAAAAAAAAAAA` has no artifact `public/parameters.yml`",
            ),
            ("project=q", "there is no task at the index path `t.v2.q.latest.taskgraph.decision`"),
            ("index=a.b", "there is no task at the index path `a.b`"),
            ("https://x/p.yml", "there is nothing at `https://x/p.yml`"),
            ("https://x/p.txt", "`https://x/p.txt` ends neither with .yml nor with .json"),
            (
                "https://x/list.yml",
                "https://x/list.yml:1:1: `https://x/list.yml` must hold a map, found a list",
            ),
        ] {
            assert_eq!(level(text), Err(reported.to_owned()), "{text}");
        }
        assert!(level("https://x/no.yml").unwrap_err().starts_with("https://x/no.yml:2:"));
        assert!(level("no-such-file.yml").unwrap_err().contains("no-such-file.yml"));
    }

    #[test]
    fn parameters_have_names_for_files_of_results() {
        let name = |text: &str| Spec::parse(text).unwrap().name();
        assert_eq!(name("a/params.yml"), "params");
        assert_eq!(name("https://x/a/p.json"), "p");
        assert_eq!(name("project=p"), "project=p");
    }
}
