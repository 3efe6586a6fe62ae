//! References to other tasks in a definition: `task-reference: <build>`, `artifact-reference: <build/public/x>`.

use std::fmt;
use std::sync::LazyLock;

use indexmap::IndexMap;
use regex::{Captures, Regex};

use crate::schema::found;
use crate::task::id::TaskId;
use crate::task::reference::fill_fields;
use taskgraph_compat::suggest;
use taskgraph_compat::value::{Map, Str, Value};

const TASK: &str = "task-reference";
const ARTIFACT: &str = "artifact-reference";

static TASKS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("<([^>]+)>").expect("a pattern of this program compiles"));
static ARTIFACTS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("<([^/]+)/([^>]+)>").expect("a pattern of this program compiles"));

/// The targets of the references of one task.
pub(super) struct References<'a> {
    /// The task's own id.
    pub own: &'a TaskId,
    /// The decision task.
    pub decision: &'a str,
    /// Its dependencies by name, soft ones among them.
    pub dependencies: &'a IndexMap<Str, TaskId>,
    /// The root url of public artifacts.
    pub root_url: &'a str,
    /// The url of all other artifacts, from inside a task.
    pub proxy_url: Option<&'a str>,
}

/// A reference that leads nowhere.
#[derive(Debug)]
pub(super) struct Astray {
    /// The text it stands in; empty if it is none.
    pub text: String,
    /// The message.
    pub message: String,
    /// The nearest name of a dependency.
    pub nearest: Option<String>,
}

impl fmt::Display for Astray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl References<'_> {
    /// A definition in which all references are resolved, or all that lead nowhere.
    pub(super) fn resolve(&self, definition: &Map) -> Result<Map, Vec<Astray>> {
        let mut astray = Vec::new();
        let filled = fill_fields(definition, &[TASK, ARTIFACT], &mut |name, value| {
            let Value::Str(text) = value else {
                let message = format!("`{name}` must be a string, found {}", found(value));
                astray.push(Astray { text: String::new(), message, nearest: None });
                return Ok::<Str, std::convert::Infallible>("".into());
            };
            let reported = astray.len();
            let resolved = match name {
                TASK => TASKS.replace_all(text, |groups: &Captures<'_>| self.task(groups, &mut astray)),
                _ => ARTIFACTS.replace_all(text, |groups: &Captures<'_>| self.artifact(groups, &mut astray)),
            };
            astray[reported..].iter_mut().for_each(|one| one.text = text.to_string());
            Ok(resolved.into())
        });
        let Ok(filled) = filled;
        if astray.is_empty() { Ok(filled.unwrap_or_else(|| definition.clone())) } else { Err(astray) }
    }

    fn task(&self, groups: &Captures<'_>, astray: &mut Vec<Astray>) -> String {
        match &groups[1] {
            "self" => self.own.to_string(),
            "decision" => self.decision.to_owned(),
            name => match self.dependencies.get(name) {
                Some(id) => id.to_string(),
                // `<<>` is how a `<` is written.
                None if name == "<" => name.to_owned(),
                None => self.unknown(name, astray),
            },
        }
    }

    fn artifact(&self, groups: &Captures<'_>, astray: &mut Vec<Astray>) -> String {
        let (name, artifact) = (&groups[1], &groups[2]);
        let mut refuse = |message: String| {
            astray.push(Astray { text: String::new(), message, nearest: None });
            String::new()
        };
        let task = match name {
            "self" => {
                return refuse("a task cannot refer to its own artifacts: it has none before it runs".into());
            }
            "decision" => self.decision.to_owned(),
            name => match self.dependencies.get(name) {
                Some(id) => id.to_string(),
                None => return self.unknown(name, astray),
            },
        };
        let root = match artifact.starts_with("public/") {
            true => self.root_url,
            false => match self.proxy_url {
                Some(proxy) => proxy,
                None => {
                    return refuse(format!(
                        "`{artifact}` is a private artifact: its url goes through a proxy, and TASKCLUSTER_PROXY_URL is not set"
                    ));
                }
            },
        };
        format!("{}/api/queue/v1/task/{task}/artifacts/{artifact}", root.trim_end_matches('/'))
    }

    fn unknown(&self, name: &str, astray: &mut Vec<Astray>) -> String {
        let nearest = suggest::nearest(name, self.dependencies.keys().map(|name| &**name));
        astray.push(Astray {
            text: String::new(),
            message: format!("there is no dependency `{name}`"),
            nearest: nearest.map(str::to_owned),
        });
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use taskgraph_compat::map;

    /// One definition with this under `x`, resolved with the dependencies `a` and `b c`.
    fn resolve(placeholder: Map, proxy_url: Option<&str>) -> Result<Value, Vec<String>> {
        let id = |letter: &str| TaskId::parse(&letter.repeat(22)).unwrap();
        let dependencies = [("a".into(), id("A")), ("b c".into(), id("B"))].into_iter().collect();
        let references = References {
            own: &id("S"),
            decision: "DECISION-TASK",
            dependencies: &dependencies,
            root_url: "https://tc.example.org/",
            proxy_url,
        };
        references
            .resolve(&map! { "x" => placeholder })
            .map(|definition| definition["x"].clone())
            .map_err(|astray| astray.into_iter().map(|one| one.message).collect())
    }

    #[test]
    fn references_to_tasks_become_ids() {
        for (text, expected) in [
            ("<a>", "AAAAAAAAAAAAAAAAAAAAAA"),
            ("<self> <decision> <b c>", "SSSSSSSSSSSSSSSSSSSSSS DECISION-TASK BBBBBBBBBBBBBBBBBBBBBB"),
            ("1 <<> 2 > 1, <>", "1 < 2 > 1, <>"),
            ("<unclosed", "<unclosed"),
        ] {
            assert_eq!(resolve(map! { TASK => text }, None), Ok(expected.into()), "{text}");
        }
        let keyed =
            resolve(map! { TASK => map! { "<a>/x" => map! { TASK => "<a>" }, "y" => 1 } }, None).unwrap();
        assert_eq!(format!("{keyed:?}"), r#"{"AAAAAAAAAAAAAAAAAAAAAA/x": "AAAAAAAAAAAAAAAAAAAAAA", "y": 1}"#);
        let beside = map! { TASK => "<a>", "other" => 1 };
        assert_eq!(resolve(beside.clone(), None), Ok(beside.into()));
    }

    #[test]
    fn references_to_artifacts_become_addresses() {
        let artifacts = "/api/queue/v1/task/AAAAAAAAAAAAAAAAAAAAAA/artifacts";
        let public = resolve(map! { ARTIFACT => "get <a/public/x y.zip>" }, None);
        assert_eq!(public, Ok(format!("get https://tc.example.org{artifacts}/public/x y.zip").into()));
        let private = resolve(map! { ARTIFACT => "<a/x>" }, Some("http://taskcluster"));
        assert_eq!(private, Ok(format!("http://taskcluster{artifacts}/x").into()));
        let decision = resolve(map! { ARTIFACT => "<decision/public/x>" }, None).unwrap();
        assert_eq!(
            decision,
            "https://tc.example.org/api/queue/v1/task/DECISION-TASK/artifacts/public/x".into()
        );
        // Without an artifact it is not such a reference.
        assert_eq!(resolve(map! { ARTIFACT => "<a>" }, None), Ok("<a>".into()));
    }

    #[test]
    fn all_that_leads_nowhere_is_reported() {
        assert_eq!(
            resolve(map! { TASK => "<aa> <b>" }, None).unwrap_err(),
            ["there is no dependency `aa`", "there is no dependency `b`"]
        );
        assert_eq!(
            resolve(map! { TASK => 1 }, None).unwrap_err(),
            ["`task-reference` must be a string, found the integer 1"]
        );
        for (text, reported) in [
            ("<self/public/x>", "a task cannot refer to its own artifacts"),
            ("<c/public/x>", "there is no dependency `c`"),
            ("<a/private/x>", "TASKCLUSTER_PROXY_URL is not set"),
        ] {
            let found = resolve(map! { ARTIFACT => text }, None).unwrap_err();
            assert!(found.len() == 1 && found[0].contains(reported), "{found:?}");
        }
    }
}
