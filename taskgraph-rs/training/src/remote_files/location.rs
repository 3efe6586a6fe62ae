//! Store that holds a file.

use serde::Serialize;

use taskgraph::task::id::TaskId;

/// Store that holds a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "store", rename_all = "kebab-case")]
pub enum Store {
    /// An artifact of a task. It expires.
    Taskcluster {
        /// The root url of the instance.
        root_url: String,
        /// The task.
        #[serde(serialize_with = "shown")]
        task_id: TaskId,
        /// The name of the artifact.
        artifact: String,
    },
    /// An object of a bucket of Google.
    GoogleStorage {
        /// The bucket.
        bucket: String,
    },
    /// Somewhere else.
    Other {
        /// The host.
        host: String,
    },
}

const QUEUE: &str = "/api/queue/v1/task/";
const GOOGLE: &str = "storage.googleapis.com";

impl Store {
    /// Returns the store of the file at a url.
    pub fn of(url: &str) -> Self {
        if let Some((root_url, rest)) = url.split_once(QUEUE)
            && let Some((task, rest)) = rest.split_once('/')
            && let Ok(task_id) = TaskId::parse(task)
            && let Some((_, artifact)) = rest.split_once("artifacts/")
        {
            return Store::Taskcluster { root_url: root_url.into(), task_id, artifact: artifact.into() };
        }
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let host = host.rsplit('@').next().unwrap_or_default();
        match host {
            GOOGLE => Store::GoogleStorage { bucket: path.split('/').next().unwrap_or_default().into() },
            host => match host.strip_suffix(&format!(".{GOOGLE}")) {
                Some(bucket) => Store::GoogleStorage { bucket: bucket.into() },
                None => Store::Other { host: host.into() },
            },
        }
    }

    /// In words: `artifacts of fOQsIonXQki5adS3LAQjRQ`.
    pub fn words(&self) -> String {
        match self {
            Store::Taskcluster { task_id, .. } => format!("artifacts of {}", task_id.as_str()),
            Store::GoogleStorage { bucket } => format!("bucket {bucket}"),
            Store::Other { host } => host.clone(),
        }
    }
}

fn shown<S: serde::Serializer>(task_id: &TaskId, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(task_id.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stores_are_reported_apart_by_their_urls() {
        let words = |url: &str| Store::of(url).words();
        let queue = "https://tc.example/api/queue/v1/task/fOQsIonXQki5adS3LAQjRQ";
        assert_eq!(
            Store::of(&format!("{queue}/runs/0/artifacts/public/build/model.npz")),
            Store::Taskcluster {
                root_url: "https://tc.example".into(),
                task_id: TaskId::parse("fOQsIonXQki5adS3LAQjRQ").unwrap(),
                artifact: "public/build/model.npz".into(),
            }
        );
        assert_eq!(words(&format!("{queue}/artifacts/public/x")), "artifacts of fOQsIonXQki5adS3LAQjRQ");
        assert_eq!(words("https://storage.googleapis.com/b/models/x"), "bucket b");
        assert_eq!(words("https://b.storage.googleapis.com/models/x"), "bucket b");
        assert_eq!(words("https://me:secret@h.example/x"), "h.example");
    }
}
