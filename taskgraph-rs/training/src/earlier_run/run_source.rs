//! Source of the models: an id, an address, or a file that contains one.

use taskgraph::task::id::TaskId;

/// Task or group that an id or an address names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunSource {
    /// The task, or the group: both have ids of the same form.
    pub id: TaskId,
    /// The instance, if an address names it.
    pub root_url: Option<String>,
}

/// Text before an id in the addresses of the queue, and of the pages of Taskcluster.
const BEFORE: [&str; 5] = [
    "/api/queue/v1/task/",
    "/api/queue/v1/task-group/",
    "/tasks/groups/",
    "/task-group-inspector/#/",
    "/tasks/",
];

impl RunSource {
    /// Reads an id or an address; why it is none otherwise.
    pub fn parse(text: &str) -> Result<Self, String> {
        if let Ok(id) = TaskId::parse(text) {
            return Ok(RunSource { id, root_url: None });
        }
        let Some((scheme, rest)) = text.split_once("://").filter(|(it, _)| matches!(*it, "http" | "https"))
        else {
            return Err(
                "it is neither a taskId (22 letters, digits, `-` or `_`), nor an address, nor a file".into(),
            );
        };
        let found = BEFORE.iter().find_map(|before| rest.split_once(before));
        let Some((host, behind)) = found.filter(|(host, _)| !host.is_empty() && !host.contains('/')) else {
            return Err(
                "no task stands in this address: https://HOST/api/queue/v1/task/TASK_ID/artifacts/…, \
                        https://HOST/tasks/TASK_ID and https://HOST/tasks/groups/GROUP_ID do"
                    .into(),
            );
        };
        let id = behind.split(['/', '?', '#']).next().unwrap_or_default();
        let id = TaskId::parse(id).map_err(|error| error.to_string())?;
        Ok(RunSource { id, root_url: Some(format!("{scheme}://{host}")) })
    }

    /// The one id or address in the text of a file; lines that begin with `#` and empty ones aside.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        match (lines.next(), lines.next()) {
            (Some(line), None) => RunSource::parse(line),
            (None, _) => Err("the file is empty".into()),
            (Some(_), Some(_)) => Err("the file has more than one line: one id or address is meant".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "vLbaYNyfFziQ1WZW1EAhcg";

    #[test]
    fn ids_and_addresses_name_a_task_and_its_instance() {
        let own = RunSource { id: TaskId::parse(ID).unwrap(), root_url: None };
        assert_eq!(RunSource::parse(ID), Ok(own.clone()));
        let there = RunSource { root_url: Some("https://tc.example.org".into()), ..own.clone() };
        for address in [
            format!("https://tc.example.org/api/queue/v1/task/{ID}/artifacts/public/build"),
            format!("https://tc.example.org/api/queue/v1/task/{ID}/runs/0/artifacts/public/build/model.npz"),
            format!("https://tc.example.org/tasks/{ID}/runs/0/logs/public/logs/live.log"),
            format!("https://tc.example.org/tasks/groups/{ID}?x=1"),
            format!("https://tc.example.org/api/queue/v1/task-group/{ID}/list"),
        ] {
            assert_eq!(RunSource::parse(&address), Ok(there.clone()), "{address}");
        }
        assert_eq!(RunSource::read(&format!("# the teacher\n\n  {ID}\n")), Ok(own));
    }

    #[test]
    fn what_names_none_says_why() {
        for (text, why) in [
            ("short", "neither a taskId"),
            ("https://example.org/x", "no task stands in this address"),
            ("ftp://example.org/tasks/x", "neither a taskId"),
            ("https://example.org/tasks/short", "`short` is not a taskId"),
        ] {
            assert!(
                RunSource::parse(text).unwrap_err().contains(why),
                "{text}: {:?}",
                RunSource::parse(text)
            );
        }
        assert!(RunSource::read("\n").unwrap_err().contains("empty"));
        assert!(RunSource::read("a\nb").unwrap_err().contains("more than one line"));
    }
}
