//! Facts of the page about tasks: their number, their properties, and differences.

use crate::browser::Browser;
use crate::{Page, TEACHER, example};

const FACTS: &str = "document.querySelector('#facts').textContent";
const CHIPS: &str =
    "[...document.querySelectorAll('#fates button')].map((one) => one.textContent.trim()).join(', ')";

#[test]
fn earlier_runs_tell_how_long_the_tasks_of_a_pool_take() {
    let Some(browser) = Browser::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let (history, prices) = (folder.path().join("history.jsonl"), folder.path().join("prices.yml"));
    let run = "{\"kind\": \"train-teacher\", \"pool\": \"translations-1/b-linux-v100-gpu-4-1tb-standard\", \"seconds\": 7200}";
    std::fs::write(&history, format!("{{\"version\": 1}}\n{run}\n")).unwrap();
    std::fs::write(&prices, "{version: 1, currency: EUR, prices: {'*': 3}}").unwrap();
    let (history, prices) = (history.to_str().unwrap(), prices.to_str().unwrap());
    let flags = ["--root", env!("CARGO_MANIFEST_DIR"), "--history", history, "--prices", prices];
    let page = Page::with(&example(), &flags);
    browser.open_all(&page, "");
    let panel = browser.text("document.querySelector('#panel').textContent");
    for reported in [
        "by earlier runs",
        "cost, EUR",
        "by 1 earlier task: 2 h of machines and 8 h of single GPUs, 6.00 EUR; ",
        "have no earlier run",
        "Critical path: 2 h in ",
    ] {
        assert!(panel.contains(reported), "{reported}: {panel}");
    }
    // Of the other graph nobody has asked.
    browser.click("#run-1");
    let other = "This is the same config without pretrained models.";
    browser.wait(&format!("document.querySelector('#panel').textContent.includes('{other}')"));
    let panel = browser.text("document.querySelector('#panel').textContent");
    assert!(!panel.contains("earlier run"), "{panel}");
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn the_columns_of_the_worker_pools_sort() {
    let Some(browser) = Browser::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let (history, prices) = (folder.path().join("history.jsonl"), folder.path().join("prices.yml"));
    let run = |kind: &str, pool: &str, seconds: u64| {
        format!("{{\"kind\": \"{kind}\", \"pool\": \"translations-1/{pool}\", \"seconds\": {seconds}}}\n")
    };
    let runs = run("train-teacher", "b-linux-v100-gpu-4-1tb-standard", 7200)
        + &run("translate-corpus", "b-linux-v100-gpu-4-1tb", 7200)
        + &run("cefilter", "b-linux-large-gcp-1tb-32-256-d2g", 600);
    std::fs::write(&history, format!("{{\"version\": 1}}\n{runs}")).unwrap();
    std::fs::write(&prices, "{version: 1, currency: EUR, prices: {'*-standard': 100, '*-gpu-4-1tb': 0.1}}")
        .unwrap();
    let (history, prices) = (history.to_str().unwrap(), prices.to_str().unwrap());
    let flags = ["--root", env!("CARGO_MANIFEST_DIR"), "--history", history, "--prices", prices];
    let page = Page::with(&example(), &flags);
    browser.open_all(&page, "");
    // The first cells of a column, how many rows there are, and what is said of the order.
    let column = |number: usize| {
        let cells = format!("[...document.querySelectorAll('#panel tbody td:nth-child({number})')]");
        let shown = format!(
            "{cells}.slice(0, 3).map((cell) => cell.firstChild.textContent).join(', ') + ' of ' + {cells}.length + ', last ' + \
            {cells}.at(-1).firstChild.textContent + ' ' + document.querySelector('#panel th:nth-child({number})').ariaSort"
        );
        browser.text(&shown)
    };
    let head = |number: usize| format!("#panel th:nth-child({number}) button");
    let before = column(4);
    assert!(before.starts_with("no earlier run, ") && before.ends_with(" null"), "{before}");
    browser.click(&head(4));
    let many = before.split(" of ").nth(1).unwrap().split(',').next().unwrap().to_owned();
    assert_eq!(column(4), format!("1 d 16 h, 2 h, 10 min of {many}, last no earlier run descending"));
    browser.click(&head(4));
    assert_eq!(column(4), format!("10 min, 2 h, 1 d 16 h of {many}, last no earlier run ascending"));
    browser.click(&head(5));
    assert_eq!(column(5), format!("200.00, 4.00, - of {many}, last - descending"));
    assert!(column(4).ends_with(" null"), "one column at a time: {}", column(4));
    browser.click(&head(5));
    assert_eq!(column(5), format!("4.00, 200.00, - of {many}, last - ascending"));
    // It stays so while something else is looked at.
    browser.open(&page.path(), "");
    browser.click(&head(1));
    let tasks = column(1);
    browser.ask("location.hash = '#kind=train-teacher'");
    browser.sees("train-teacher");
    browser.ask("location.hash = ''");
    browser.sees("Overview");
    assert_eq!(column(1), tasks);
    assert!(tasks.ends_with(" descending"), "{tasks}");
    let pools = "[...document.querySelectorAll('#panel tbody td:nth-child(2)')].map((cell) => cell.firstChild.textContent)";
    browser.click(&head(2));
    let sorted =
        format!("{pools}.every((pool, at, all) => !at || all[at - 1] <= pool || pool.includes('-32-'))");
    assert_eq!(browser.ask(&sorted), true, "{}", browser.ask(pools));
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn before_a_look_up_nobody_says_what_would_run() {
    let Some(browser) = Browser::start() else { return };
    let page = Page::new(&example());
    browser.open_all(&page, "");
    assert!(browser.text(FACTS).ends_with("167 tasks, nothing looked up yet"), "{}", browser.text(FACTS));
    // The other graph has numbers of its own, in the panel as well.
    browser.click("#run-1");
    browser.wait(&format!("{FACTS}.endsWith('169 tasks, nothing looked up yet')"));
    let panel = browser.text("document.querySelector('#panel').textContent");
    assert!(
        panel.contains("This is the same config without pretrained models.") && panel.contains("169 tasks, "),
        "{panel}"
    );
    for text in [panel, browser.text("document.body.innerText")] {
        assert!(!text.contains("to run") && !text.contains("would run"), "{text}");
    }
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn where_there_is_nothing_to_compare_no_state_is_shown() {
    let Some(browser) = Browser::start() else { return };
    let page = Page::with(&example(), &["--against", "none"]);
    browser.open_all(&page, "");
    assert_eq!(browser.text(CHIPS), "⇩ download only 1, ▸ continue 1");
    assert_eq!(browser.ask("document.querySelector('#runs').hidden"), true);
    let label = |kind: &str| {
        browser.text(&format!(
            "document.querySelector('#canvas a[href=\"#kind={kind}\"]').getAttribute('aria-label')"
        ))
    };
    assert_eq!(label("translate-corpus"), "translate-corpus 20 tasks");
    assert_eq!(label("train-teacher"), "train-teacher 1 continue");
    browser.open_all(&page, "#kind=translate-corpus");
    for word in ["unchanged", "runs", "would run"] {
        assert!(!browser.text("document.body.innerText").contains(word), "{word}");
    }
    // The other graph is compared with nothing either.
    let page = Page::new(&example());
    browser.open_all(&page, "#run=without");
    assert_eq!(browser.text(CHIPS), "○ from scratch 2");
}

#[test]
fn a_rewritten_task_tells_key_by_key_what_differs() {
    let Some(browser) = Browser::start() else { return };
    let page = Page::new(&example());
    browser.open_all(&page, &format!("#task={TEACHER}"));
    let change = |path: &str| {
        browser.text(&format!("[...document.querySelectorAll('#panel .change')].find((one) => one.querySelector('.path').textContent === '{path}')?.innerText"))
    };
    assert_eq!(
        change("task.payload.env.PRETRAINED_TYPE"),
        "task.payload.env.PRETRAINED_TYPE\n− None\n+ default"
    );
    // A list that stands in a text, item by item.
    assert_eq!(
        change("task.payload.env.MOZ_FETCHES.task-reference"),
        "task.payload.env.MOZ_FETCHES.task-reference\n− public/build/vocab.spm of <train-vocab>"
    );
    // A file that is mounted.
    let url = "https://models.example.org/ru-en/winter/teacher-1/devset.out";
    assert_eq!(
        change("task.payload.mounts[0]"),
        format!("task.payload.mounts[0]\n+ ./artifacts/devset.out ← {url}")
    );
    assert_eq!(change("dependencies.train-vocab"), "dependencies.train-vocab\n− train-vocab-ru-en");
    // What the worker does comes first.
    let first = "document.querySelector('#panel .change .path').textContent.startsWith('task.payload.')";
    assert_eq!(browser.ask(first), true);
    // A command of another length is still compared, line by line.
    browser.open_all(&page, "#task=train-backwards-ru-en");
    let command = change("task.payload.command[1][4]");
    for line in ["\nset -euo pipefail\n", "\n− mkdir -p artifacts checkpoint\n", "\n+ cd artifacts\n"] {
        assert!(command.contains(line), "{line}\n{command}");
    }
    let paths = "[...document.querySelectorAll('#panel .change .path')].map((one) => one.textContent)";
    assert_eq!(browser.ask(&format!("new Set({paths}).size === {paths}.length")), true);
    // A task that only has another digest says so, and which of those it is made from is another one.
    browser.open_all(&page, "#task=translate-corpus-ru-en-1/20");
    let panel = browser.text("document.querySelector('#panel').innerText");
    assert!(
        panel.contains("something that it is made from has changed. Upstream: train-teacher-ru-en-1"),
        "{panel}"
    );
    assert_eq!(browser.ask("document.querySelectorAll('#panel .change').length"), 0);
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn a_browser_that_cannot_unpack_the_definitions_shows_all_else() {
    let Some(browser) = Browser::start() else { return };
    browser.prepare("delete globalThis.DecompressionStream");
    let page = Page::new(&example());
    browser.open_all(&page, &format!("#task={TEACHER}"));
    browser.sees(TEACHER);
    let panel = browser.text("document.querySelector('#panel').innerText");
    for part in [
        "This browser cannot read the definitions",
        "alignments-original-ru-en",
        "translate-corpus-ru-en-1/20",
    ] {
        assert!(panel.contains(part), "{part}\n{panel}");
    }
    browser.open_all(&page, "#run=without");
    assert!(
        browser.text("document.querySelector('#panel').innerText").contains("cannot read the definitions"),
        "nobody has counted the tasks of the other graph"
    );
    assert_eq!(browser.complaints(), [""; 0]);
}
