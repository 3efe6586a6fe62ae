//! Results of a search: best first, and in sight.

use crate::browser::Browser;
use crate::{ENTER, ESCAPE, Page, TEACHER, example};

const LABELS: &str =
    "[...document.querySelectorAll('#panel .labels a')].map((one) => one.textContent).join(' ')";

#[test]
fn the_best_matches_come_first() {
    let Some(browser) = Browser::start() else { return };
    let tests: String = (0..30).map(|number| format!("    - sacrebleu_wmt{number}\n")).collect();
    let page = Page::new(&example().replace("    - sacrebleu_wmt20\n", &tests));
    for (query, first) in [
        // The very label, though others begin with it.
        ("translate-corpus-ru-en-1/20", "translate-corpus-ru-en-1/20"),
        // What begins with it, before thirty evaluations of it.
        ("train-teacher", TEACHER),
        // The beginning of a word; the earlier the better.
        ("teacher", TEACHER),
        ("student ru", "train-student-ru-en"),
        ("backwards", "train-backwards-ru-en"),
        // Any other place.
        ("eacher", TEACHER),
    ] {
        browser.open(&page.path(), "");
        browser.click("#search");
        browser.keys(query);
        browser.wait("document.querySelector('#panel h2').textContent === 'Tasks'");
        let labels = browser.text(LABELS);
        assert_eq!(labels.split(' ').next(), Some(first), "{query}: {labels}");
        // Enter opens it.
        browser.keys(ENTER);
        browser.sees(first);
    }
    // Numbers count as numbers.
    browser.open(&page.path(), "#kind=translate-corpus");
    assert!(
        browser.text(LABELS).starts_with(
            "translate-corpus-ru-en-1/20 translate-corpus-ru-en-2/20 translate-corpus-ru-en-3/20"
        )
    );
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn a_match_is_scrolled_to() {
    let Some(browser) = Browser::start() else { return };
    let page = Page::new(&example());
    for query in ["export", "dataset-opus", "quantize"] {
        browser.open(&page.path(), "");
        browser.click("#in");
        browser.click("#in");
        browser.click("#search");
        browser.keys(query);
        let seen = "(() => { const canvas = document.querySelector('#canvas'); const frame = canvas.getBoundingClientRect(); \
            const found = canvas.querySelector('a.node:not(.dim)'); if (!found) return false; const at = found.getBoundingClientRect(); \
            return at.left >= frame.left && at.right <= frame.right && at.top >= frame.top && at.bottom <= frame.bottom; })()";
        browser.wait(seen);
        assert_eq!(browser.ask("scrollY"), 0);
    }
}

#[test]
fn the_focus_is_never_lost() {
    let Some(browser) = Browser::start() else { return };
    let page = Page::new(&example());
    let focus = || browser.text("document.activeElement.id || document.activeElement.tagName");
    browser.open(&page.path(), "#kind=translate-corpus");
    browser.click("#clear");
    browser.sees("Overview");
    assert_eq!(focus(), "search");
    browser.keys("teacher");
    browser.sees("Tasks");
    browser.keys(ESCAPE);
    browser.sees("Overview");
    assert_eq!(
        (focus().as_str(), browser.text("document.querySelector('#search').value").as_str()),
        ("search", "")
    );
    // A link that goes with the panel that it stands in.
    browser.open(&page.path(), &format!("#task={TEACHER}"));
    browser.ask("document.querySelector('#panel .crumbs a').focus()");
    browser.keys(ENTER);
    browser.sees("Overview");
    assert_eq!(focus(), "H2");
    // A button that goes with the rows that it stands for.
    browser.open_all(&page, "#task=toolchain-marian");
    let button =
        "[...document.querySelectorAll('#panel button')].find((one) => one.textContent.startsWith('Show'))";
    browser.ask(&format!("{button}.focus()"));
    browser.keys(ENTER);
    assert_eq!(focus(), "LI");
    // A chip that has no task in the other graph.
    browser.open(&page.path(), "#fate=gone");
    browser.click("#run-1");
    browser.wait("location.hash.includes('run=without')");
    assert_eq!(focus(), "run-1");
    assert_eq!(browser.text("document.querySelector('#fate-gone').textContent").trim(), "− gone 0");
    assert_eq!(browser.complaints(), [""; 0]);
}
