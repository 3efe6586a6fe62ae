//! The script that stands before fetch-content in a container.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

/// Fetches as Taskgraph's script does.
const ORIGINAL: &str = r#"#!/usr/bin/env python3
import json, os, sys, urllib.request
if sys.argv[1] != "task-artifacts":
    sys.exit("asked for " + sys.argv[1])
for fetch in json.loads(os.environ["MOZ_FETCHES"]):
    root = os.environ["TASKCLUSTER_ROOT_URL" if fetch["artifact"].startswith("public/") else "TASKCLUSTER_PROXY_URL"]
    url = "{}/api/queue/v1/task/{}/artifacts/{}".format(root, fetch["task"], fetch["artifact"])
    with urllib.request.urlopen(url) as answer:
        assert int(answer.getheader("content-length")) > 0
        with open(os.path.basename(fetch["artifact"]), "wb") as out:
            out.write(answer.read())
"#;

#[test]
fn artifacts_are_handed_out_as_the_queue_would_and_all_else_is_left_to_the_script_behind() {
    let folder = tempfile::tempdir().unwrap();
    let path = |path: &str| folder.path().join(path);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/taskgraph-rs/cli/commands/load_task/fetch_content.py");
    let script = fs::read_to_string(script).unwrap();
    let artifacts = path("artifacts");
    let moved = script.replace("/taskgraph-artifacts", artifacts.to_str().unwrap());
    assert_ne!(moved, script);
    for (name, text) in [("own", &*moved), ("image", ORIGINAL)] {
        fs::create_dir(path(name)).unwrap();
        let file = path(name).join("fetch-content");
        fs::write(&file, text).unwrap();
        fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
    }
    for (artifact, text) in [("public/build/a.gz", "a"), ("private/b 1%.txt", "b")] {
        let file = artifacts.join("api/queue/v1/task/ID/artifacts").join(artifact);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    fs::create_dir(path("fetches")).unwrap();
    let call = |word: &str, fetches: &str| {
        let search = format!("{}:{}:/usr/bin:/bin", path("own").display(), path("image").display());
        // The environment may name a proxy, which nobody asks for a server of this machine.
        Command::new("python3")
            .arg(path("own").join("fetch-content"))
            .arg(word)
            .current_dir(path("fetches"))
            .env("PATH", format!("{search}:{}", python_folder()))
            .env("MOZ_FETCHES", fetches)
            .env("http_proxy", "http://127.0.0.1:1")
            .output()
            .unwrap()
    };
    let fetches = r#"[{"task": "ID", "artifact": "public/build/a.gz"}, {"task": "ID", "artifact": "private/b%201%25.txt"}]"#;
    let fetched = call("task-artifacts", fetches);
    assert!(fetched.status.success(), "{}", String::from_utf8_lossy(&fetched.stderr));
    assert_eq!(fs::read(path("fetches/a.gz")).unwrap(), b"a");
    assert_eq!(fs::read(path("fetches/b%201%25.txt")).unwrap(), b"b");
    let other = call("static-url", "[]");
    assert_eq!(String::from_utf8_lossy(&other.stderr), "asked for static-url\n");
    let missing = call("task-artifacts", r#"[{"task": "ID", "artifact": "public/none"}]"#);
    assert!(!missing.status.success());
    assert!(String::from_utf8_lossy(&missing.stderr).contains("404"));
}

/// The folder that `python3` of the caller is in.
fn python_folder() -> String {
    let output = Command::new("sh").args(["-c", "dirname \"$(command -v python3)\""]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
