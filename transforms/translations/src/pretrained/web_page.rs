//! Addresses of pages that people look at. They are copied from a browser where the address of files is wanted, and a
//! server answers for them with a page, whatever name is joined to them.

use taskgraph::task::id::TaskId;
use taskgraph_compat::python::url::Url;

/// A page, and where the files are that it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WebPage {
    /// Description: `a page of GitHub`.
    pub what: &'static str,
    /// The address of the folder or the file that it shows, if that follows from its own.
    pub files: Option<String>,
}

/// Folder that a training publishes its products in.
const ARTIFACTS: &str = "artifacts/public/build";

/// The deployment that Treeherder shows tasks of.
const FIREFOX_CI: &str = "https://firefox-ci-tc.services.mozilla.com";

/// Hosts on which everything is a page.
const PAGES: &[(&str, &str)] = &[
    ("portal.azure.com", "the Azure portal"),
    ("drive.google.com", "a page of Google Drive"),
    ("docs.google.com", "a page of Google Docs"),
    ("colab.research.google.com", "a notebook"),
    ("www.dropbox.com", "a page of Dropbox"),
    ("dropbox.com", "a page of Dropbox"),
    ("onedrive.live.com", "a page of OneDrive"),
    ("1drv.ms", "a page of OneDrive"),
    ("wetransfer.com", "a page of WeTransfer"),
    ("we.tl", "a page of WeTransfer"),
    ("mega.nz", "a page of Mega"),
    ("www.kaggle.com", "a page of Kaggle"),
    ("gist.github.com", "a page of GitHub"),
];

/// The page at a url; nothing if it may be files.
pub(crate) fn web_page(url: &Url) -> Option<WebPage> {
    let host = url.hostname()?;
    // The consoles add what they show to the path: `bucket/folder;tab=objects`.
    let path = url.path.split(';').next().unwrap_or_default();
    let steps: Vec<&str> = path.split('/').filter(|step| !step.is_empty()).collect();
    if let Some((_, what)) = PAGES.iter().find(|(page, _)| *page == host) {
        return Some(WebPage { what, files: None });
    }
    match host.as_str() {
        "console.cloud.google.com" => Some(google(&steps)),
        "storage.cloud.google.com" => {
            let what = "a page of Google Cloud for who is signed in";
            Some(WebPage { what, files: Some(joined("https://storage.googleapis.com", &steps)) })
        }
        "treeherder.mozilla.org" => Some(treeherder(url)),
        "github.com" | "www.github.com" => github(&steps),
        "huggingface.co" | "hf.co" | "www.huggingface.co" => hugging_face(&steps),
        "bitbucket.org" => forge(url, &steps, &["src"], "raw", "a page of Bitbucket"),
        host if host == "console.aws.amazon.com" || host.ends_with(".console.aws.amazon.com") => {
            Some(amazon(url, &steps))
        }
        _ => taskcluster(url, &steps).or_else(|| gitlab(url, &steps)).or_else(|| gitea(url, &steps)),
    }
}

fn joined(home: &str, steps: &[&str]) -> String {
    format!("{home}/{}", steps.join("/"))
}

/// `/storage/browser/BUCKET/FOLDER`, and `/storage/browser/_details/BUCKET/FILE`.
fn google(steps: &[&str]) -> WebPage {
    let files = match steps {
        ["storage", "browser", "_details", rest @ ..] | ["storage", "browser", rest @ ..]
            if !rest.is_empty() =>
        {
            Some(joined("https://storage.googleapis.com", rest))
        }
        _ => None,
    };
    WebPage { what: "the web console of Google Cloud", files }
}

/// `/s3/buckets/BUCKET?prefix=FOLDER/`, and `/s3/object/BUCKET?prefix=FILE`.
fn amazon(url: &Url, steps: &[&str]) -> WebPage {
    let prefix = url.query.split('&').find_map(|part| part.strip_prefix("prefix=")).unwrap_or_default();
    let files = match steps {
        ["s3", "buckets" | "object", bucket] => Some(format!(
            "https://{bucket}.s3.amazonaws.com/{}",
            prefix.replace("%2F", "/").trim_end_matches('/')
        )),
        _ => None,
    };
    WebPage { what: "the web console of AWS", files }
}

/// `/OWNER/REPOSITORY/tree/REF/FOLDER`, `…/blob/REF/FILE`, `…/releases/tag/TAG`.
fn github(steps: &[&str]) -> Option<WebPage> {
    let page = |files: Option<String>| Some(WebPage { what: "a page of GitHub", files });
    match steps {
        [_, _, "raw" | "archive" | "zipball" | "tarball", ..] | [_, _, "releases", "download", ..] => None,
        [owner, name, "tree" | "blob", at @ ..] if !at.is_empty() => {
            page(Some(joined("https://raw.githubusercontent.com", &[&[*owner, *name], at].concat())))
        }
        [owner, name, "releases", "tag", tag] => {
            page(Some(joined("https://github.com", &[owner, name, "releases", "download", tag])))
        }
        _ => page(None),
    }
}

/// `/OWNER/MODEL`, `/OWNER/MODEL/tree/REF/FOLDER`, `…/blob/REF/FILE`, all of them also below `datasets`.
fn hugging_face(steps: &[&str]) -> Option<WebPage> {
    let (start, rest) = match steps {
        ["datasets" | "spaces", rest @ ..] => (&steps[..1], rest),
        rest => (&steps[..0], rest),
    };
    let files = match rest {
        [_, _, "resolve", ..] => return None,
        [owner, name] => Some([&[*owner, *name][..], &["resolve", "main"]].concat()),
        [owner, name, "tree" | "blob", at @ ..] if !at.is_empty() => {
            Some([&[*owner, *name, "resolve"][..], at].concat())
        }
        _ => None,
    };
    let files = files.map(|steps| joined("https://huggingface.co", &[start, &steps].concat()));
    Some(WebPage { what: "a page of Hugging Face", files })
}

/// `/GROUP/…/PROJECT/-/tree/REF/FOLDER`, on any host.
fn gitlab(url: &Url, steps: &[&str]) -> Option<WebPage> {
    let at = steps.windows(2).position(|pair| matches!(pair, ["-", "tree" | "blob"]))?;
    let files = [&steps[..at], &["-", "raw"], &steps[at + 2..]].concat();
    Some(WebPage { what: "a page of GitLab", files: Some(joined(&home(url), &files)) })
}

/// `/OWNER/REPOSITORY/src/branch/REF/FOLDER`, on any host.
fn gitea(url: &Url, steps: &[&str]) -> Option<WebPage> {
    match steps {
        [_, _, "src", "branch" | "commit" | "tag", ..] => {
            forge(url, steps, &["src"], "raw", "a page of a forge")
        }
        _ => None,
    }
}

/// A forge that has the word `shown` in its pages where files have `raw`.
fn forge(url: &Url, steps: &[&str], shown: &[&str], raw: &str, what: &'static str) -> Option<WebPage> {
    match steps {
        [_, _, word, ..] if *word == raw => None,
        [owner, name, word, at @ ..] if shown.contains(word) && !at.is_empty() => {
            let files = [&[*owner, *name, raw][..], at].concat();
            Some(WebPage { what, files: Some(joined(&home(url), &files)) })
        }
        [_, _, "downloads", ..] => None,
        _ => Some(WebPage { what, files: None }),
    }
}

/// The pages of Taskcluster, which has them on the host of its services, and what its queue has about a task.
fn taskcluster(url: &Url, steps: &[&str]) -> Option<WebPage> {
    let artifacts = |task: &str| Some(format!("{}/api/queue/v1/task/{task}/{ARTIFACTS}", home(url)));
    let is_task = |id: &str| TaskId::parse(id).is_ok();
    match steps {
        ["tasks", "groups", ..] => {
            Some(WebPage { what: "the page of a task group of Taskcluster", files: None })
        }
        ["tasks", id, "runs", run, ..] if is_task(id) => Some(WebPage {
            what: "the page of a task of Taskcluster",
            files: artifacts(&format!("{id}/runs/{run}")),
        }),
        ["tasks", id, ..] if is_task(id) => {
            Some(WebPage { what: "the page of a task of Taskcluster", files: artifacts(id) })
        }
        ["api", "queue", "v1", "task", id] | ["api", "queue", "v1", "task", id, "status" | "artifacts"]
            if is_task(id) =>
        {
            Some(WebPage { what: "a page of the queue about a task", files: artifacts(id) })
        }
        _ => None,
    }
}

/// `/jobs?repo=…&selectedTaskRun=TASK.RUN`.
fn treeherder(url: &Url) -> WebPage {
    let parts = url.query.split('&').chain(url.fragment.split(['&', '?']));
    let selected = parts.filter_map(|part| part.strip_prefix("selectedTaskRun=")).next();
    let task = selected.and_then(|run| run.split('.').next()).filter(|task| TaskId::parse(task).is_ok());
    let files = task.map(|task| format!("{FIREFOX_CI}/api/queue/v1/task/{task}/{ARTIFACTS}"));
    WebPage { what: "a page of Treeherder", files }
}

/// The scheme and the host, without a user or a password.
fn home(url: &Url) -> String {
    let host = url.netloc.rsplit('@').next().unwrap_or_default();
    format!("{}://{host}", url.scheme)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "fOQsIonXQki5adS3LAQjRQ";

    fn message(url: &str) -> String {
        match web_page(&Url::split(url).unwrap()) {
            None => "files".into(),
            Some(WebPage { what, files: None }) => what.into(),
            Some(WebPage { what, files: Some(files) }) => format!("{what}: {files}"),
        }
    }

    #[test]
    fn consoles_show_buckets() {
        for (page, right) in [
            (
                "https://console.cloud.google.com/storage/browser/b/models/ru-en;tab=objects?project=x&prefix=",
                "the web console of Google Cloud: https://storage.googleapis.com/b/models/ru-en",
            ),
            (
                "https://console.cloud.google.com/storage/browser/_details/b/m/model.npz",
                "the web console of Google Cloud: https://storage.googleapis.com/b/m/model.npz",
            ),
            ("https://console.cloud.google.com/home/dashboard", "the web console of Google Cloud"),
            (
                "https://storage.cloud.google.com/b/m",
                "a page of Google Cloud for who is signed in: https://storage.googleapis.com/b/m",
            ),
            (
                "https://us-east-1.console.aws.amazon.com/s3/buckets/b?region=us-east-1&prefix=models/ru-en/",
                "the web console of AWS: https://b.s3.amazonaws.com/models/ru-en",
            ),
            ("https://s3.console.aws.amazon.com/s3/home", "the web console of AWS"),
            ("https://portal.azure.com/#view/x", "the Azure portal"),
        ] {
            assert_eq!(message(page), right, "{page}");
        }
    }

    #[test]
    fn forges_and_hubs_show_files() {
        for (page, right) in [
            ("https://github.com/o/r", "a page of GitHub"),
            (
                "https://github.com/o/r/tree/main/m/ru",
                "a page of GitHub: https://raw.githubusercontent.com/o/r/main/m/ru",
            ),
            (
                "https://github.com/o/r/blob/main/m.npz",
                "a page of GitHub: https://raw.githubusercontent.com/o/r/main/m.npz",
            ),
            (
                "https://github.com/o/r/releases/tag/v1",
                "a page of GitHub: https://github.com/o/r/releases/download/v1",
            ),
            ("https://github.com/o/r/releases/download/v1", "files"),
            ("https://raw.githubusercontent.com/o/r/main/m", "files"),
            (
                "https://gitlab.com/g/s/p/-/tree/main/m",
                "a page of GitLab: https://gitlab.com/g/s/p/-/raw/main/m",
            ),
            (
                "https://git.h.org/p/r/-/blob/v1/m.npz",
                "a page of GitLab: https://git.h.org/p/r/-/raw/v1/m.npz",
            ),
            (
                "https://codeberg.org/o/r/src/branch/main/m",
                "a page of a forge: https://codeberg.org/o/r/raw/branch/main/m",
            ),
            (
                "https://bitbucket.org/o/r/src/main/m",
                "a page of Bitbucket: https://bitbucket.org/o/r/raw/main/m",
            ),
            ("https://huggingface.co/o/m", "a page of Hugging Face: https://huggingface.co/o/m/resolve/main"),
            (
                "https://huggingface.co/o/m/tree/main/x",
                "a page of Hugging Face: https://huggingface.co/o/m/resolve/main/x",
            ),
            (
                "https://huggingface.co/datasets/o/d/blob/v/x.zst",
                "a page of Hugging Face: https://huggingface.co/datasets/o/d/resolve/v/x.zst",
            ),
            ("https://huggingface.co/o/m/resolve/main", "files"),
            ("https://drive.google.com/drive/folders/x", "a page of Google Drive"),
        ] {
            assert_eq!(message(page), right, "{page}");
        }
    }

    #[test]
    fn taskcluster_shows_artifacts() {
        let api = |task: &str| format!("https://tc.h/api/queue/v1/task/{task}/artifacts/public/build");
        let page = "the page of a task of Taskcluster";
        assert_eq!(message(&format!("https://tc.h/tasks/{ID}")), format!("{page}: {}", api(ID)));
        let run = format!("{ID}/runs/1");
        assert_eq!(
            message(&format!("https://tc.h/tasks/{run}/logs/live.log")),
            format!("{page}: {}", api(&run))
        );
        assert_eq!(
            message(&format!("https://tc.h/tasks/groups/{ID}")),
            "the page of a task group of Taskcluster"
        );
        let queue = "a page of the queue about a task";
        assert_eq!(
            message(&format!("https://tc.h/api/queue/v1/task/{ID}/artifacts")),
            format!("{queue}: {}", api(ID))
        );
        assert_eq!(message(&api(ID)), "files");
        assert_eq!(message("https://tc.h/tasks/model"), "files");
        assert_eq!(
            message(&format!("https://treeherder.mozilla.org/jobs?repo=t&selectedTaskRun={ID}.0")),
            format!("a page of Treeherder: {FIREFOX_CI}/api/queue/v1/task/{ID}/artifacts/public/build")
        );
    }

    #[test]
    fn passwords_stay_out() {
        let message = message(&format!("https://me:s3cret@tc.h/tasks/{ID}"));
        assert!(!message.contains("s3cret"), "{message}");
    }
}
