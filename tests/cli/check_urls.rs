//! `config check --urls`: files that answer and are none, files that several tasks mount, datasets by url.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::thread;

use crate::support::{program, whole};
use serde_json::Value;

/// Output of the program.
fn call(directory: &Path, arguments: &[&str]) -> String {
    program::call(directory, arguments).out
}

/// A server that has one answer for every HEAD, and one for every GET.
fn answering(head: &'static str, get: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let home = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let first = lines.next().unwrap().unwrap();
            lines.take_while(|line| line.as_ref().is_ok_and(|line| !line.is_empty())).for_each(drop);
            let answer = if first.starts_with("GET ") { get } else { head };
            // Whoever asked may be gone.
            let _ = stream.write_all(format!("HTTP/1.1 {answer}").as_bytes());
        }
    });
    home
}

/// The codes and messages about files of a config, and the last line of its table.
fn about_files(config: &str) -> (Vec<String>, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("c.yml"), config).unwrap();
    let json = call(folder.path(), &["config", "check", "c.yml", "--urls", "--json"]);
    let report: Value = serde_json::from_str(&json).unwrap();
    let problems = report["files"][0]["problems"].as_array().unwrap().iter();
    let text = |problem: &Value, key: &str| problem[key].as_str().unwrap_or_default().to_owned();
    let reported =
        problems.map(|it| format!("{} {}: {}", text(it, "severity"), text(it, "message"), text(it, "help")));
    let table = call(folder.path(), &["config", "check", "c.yml", "--urls", "--quiet"]);
    let totals = table.lines().find(|line| line.contains("that would be fetched")).unwrap_or_default();
    (reported.collect(), totals.trim().to_owned())
}

/// A config with a backwards model at a url.
fn with_model(url: &str) -> String {
    let model = format!("{{train-backwards: {{urls: [{url}], mode: use, type: default}}}}");
    whole(&format!("pretrained-models: {model}\n"))
}

#[test]
fn answers_that_are_no_files_are_reported() {
    let page = "200 OK\r\ncontent-type: text/html\r\ncontent-length: 306\r\nconnection: close\r\n\r\n";
    let (reported, _) =
        about_files(&with_model(&answering(page, "200 OK\r\nconnection: close\r\n\r\n<!doctype html>")));
    assert_eq!(
        reported,
        ["error `final.model.npz.best-chrf.npz` is a web page, and so are 16 more of 17 files: \
          the server has a page for every name: name the folder of the files themselves"]
    );
    let nothing = "200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let (reported, totals) = about_files(&with_model(&answering(nothing, nothing)));
    assert_eq!(
        reported,
        ["error `final.model.npz.best-chrf.npz` is empty, and so are 16 more of 17 files: \
          a file of 0 bytes is neither a model nor data"]
    );
    assert_eq!(totals, "17 files that would be fetched, 0 B together");
    let one = "200 OK\r\ncontent-length: 306\r\nconnection: close\r\n\r\n";
    let (reported, _) =
        about_files(&with_model(&answering(one, "500 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")));
    assert_eq!(
        reported,
        ["error all 17 files have 306 bytes: \
          the server answers every name with one thing: name the folder of the files themselves"]
    );
    // What may be asked for may not be fetched.
    let (reported, _) =
        about_files(&with_model(&answering(one, "403 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")));
    assert_eq!(
        reported,
        ["error none of the 17 files may be read (status 403): \
          a worker fetches files without credentials: everybody has to be able to read them"]
    );
    // A wrong folder is one mistake.
    let gone = "404 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let (reported, _) = about_files(&with_model(&answering(gone, gone)));
    assert_eq!(reported.len(), 1, "{reported:?}");
    assert!(
        reported[0].starts_with("error none of the 17 files is there (status 404): is the address right?"),
        "{reported:?}"
    );
}

#[test]
fn a_file_that_several_tasks_mount_counts_once() {
    let one = "200 OK\r\ncontent-length: 306\r\nconnection: close\r\n\r\n";
    let url = answering(one, "500 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    let models = format!("{{train-teacher: {{urls: [{url}, {url}/], mode: init, type: default}}}}");
    let (reported, totals) =
        about_files(&whole(&format!("experiment: {{teacher-ensemble: 2}}\npretrained-models: {models}\n")));
    assert_eq!(totals, "5 files that would be fetched, 1.5 kB together");
    assert!(
        reported
            .iter()
            .any(|reported| reported.starts_with("warning members 1 and 2 of the ensemble are one model")),
        "{reported:?}"
    );
}

#[test]
fn datasets_by_url_are_asked_for() {
    let url = answering("404 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n", "404 No\r\n\r\n");
    let datasets = format!(
        "datasets:\n  train: ['url_{url}/c.[LANG].zst', opus_ada83/v1]\n  devtest: [flores_dev]\n  \
         test: [flores_devtest]\n  mono-src: ['url_{url}/m.zst']\n  mono-trg: [news-crawl_news.2007]\n"
    );
    let (reported, _) = about_files(&whole(&datasets));
    let expected = ["c.ru.zst", "c.en.zst", "m.zst"]
        .map(|file| format!("error `{file}` is not there (status 404): the task that reads it will fail"));
    assert_eq!(reported, expected);
}
