//! The drawings: how large they are, how they are moved, and what is lit in them.

use serde_json::json;

use crate::browser::Browser;
use crate::{Page, TEACHER, example, large};

/// The place of the drawing within its frame, and the size of the frame.
const INSIDE: &str = "(() => { const canvas = document.querySelector('#canvas'); \
    const [at, frame] = [canvas.querySelector('svg'), canvas].map((one) => one.getBoundingClientRect()); \
    return at.left >= frame.left && at.top >= frame.top && at.right <= frame.left + canvas.clientWidth + 1 && at.bottom <= frame.top + canvas.clientHeight + 1; })()";

/// Returns the number of visible boxes.
const IN_SIGHT: &str = "(() => { const canvas = document.querySelector('#canvas'); const frame = canvas.getBoundingClientRect(); \
    return [...canvas.querySelectorAll('.node')].filter((one) => { const at = one.getBoundingClientRect(); \
    return at.left >= frame.left && at.top >= frame.top && at.right <= frame.right && at.bottom <= frame.bottom; }).length; })()";

#[test]
fn the_whole_drawing_fits_and_the_place_it_opens_at_is_not_blank() {
    let Some(browser) = Browser::start() else { return };
    let page = Page::new(&example());
    for (width, height) in [(1400, 900), (1400, 500), (900, 700), (400, 800)] {
        browser.resize(width, height);
        browser.open(&page.path(), "");
        assert!(browser.ask(IN_SIGHT).as_u64().unwrap() >= 2, "{width} × {height}");
        browser.click("#fit");
        assert_eq!(browser.ask(INSIDE), true, "{width} × {height}");
        // As large as that allows.
        browser.click("#in");
        assert_eq!(browser.ask(INSIDE), false, "{width} × {height}");
    }
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn no_button_lies_on_a_link() {
    let Some(browser) = Browser::start() else { return };
    let page = Page::new(&example());
    let canvas = "document.querySelector('#canvas').getBoundingClientRect()";
    for (width, height) in [(1400, 900), (400, 800)] {
        browser.resize(width, height);
        browser.open(&page.path(), "");
        let over = format!(
            "[...document.querySelectorAll('button')].filter((one) => {{ const at = one.getBoundingClientRect(); \
            return at.width && at.bottom > {canvas}.top && at.top < {canvas}.bottom && at.right > {canvas}.left && at.left < {canvas}.right; }}).length"
        );
        assert_eq!(browser.ask(&over), 0, "{width} × {height}");
    }
}

#[test]
fn a_mouse_drags_the_drawing_and_selects_nothing_by_that() {
    let Some(browser) = Browser::start() else { return };
    let page = Page::new(&example());
    browser.open(&page.path(), "");
    let place = "document.querySelector('#canvas').scrollTop";
    let before = browser.ask(place).as_i64().unwrap();
    let kind = "#canvas a[href*=\"kind=train-backwards\"]";
    browser.drag(kind, -60, -120);
    let after = browser.ask(place).as_i64().unwrap();
    assert_eq!(after - before, 120);
    browser.sees("Overview");
    assert_eq!(browser.text("location.hash"), "");
    // A click is still a click.
    browser.click(kind);
    browser.sees("train-backwards");
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn the_wheel_enlarges_with_control_and_scrolls_without() {
    let Some(browser) = Browser::start() else { return };
    let page = Page::new(&example());
    browser.open(&page.path(), "");
    let width = "document.querySelector('#canvas svg').getBoundingClientRect().width";
    let kind = "#canvas a[href*=\"kind=train-backwards\"]";
    let middle = format!(
        "(() => {{ const at = document.querySelector({}).getBoundingClientRect(); return (at.left + at.right) / 2; }})()",
        json!(kind)
    );
    let (before, place) = (browser.ask(width).as_f64().unwrap(), browser.ask(&middle).as_f64().unwrap());
    browser.wheel(kind, -120, true);
    browser.wait(&format!("{width} > {before} * 1.1"));
    // What lies under the pointer stays there, and the page itself is as large as it was.
    let moved = (browser.ask(&middle).as_f64().unwrap() - place).abs();
    assert!(moved < 3.0, "{moved}");
    assert_eq!(browser.ask("visualViewport.scale"), 1);
    let enlarged = browser.ask(width).as_f64().unwrap();
    browser.wheel("#canvas", 120, false);
    browser.wait("document.querySelector('#canvas').scrollTop > 0");
    assert_eq!(browser.ask(width).as_f64().unwrap(), enlarged);
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn a_selected_kind_lights_up_its_neighbours() {
    let Some(browser) = Browser::start() else { return };
    let page = Page::new(&example());
    let names = |selector: &str| {
        let names = format!(
            "[...document.querySelectorAll('{selector}')].map((one) => one.getAttribute('href').split('kind=')[1]).sort().join(' ')"
        );
        browser.text(&names)
    };
    for fragment in ["#kind=train-teacher", &format!("#task={TEACHER}")] {
        browser.open(&page.path(), fragment);
        assert_eq!(names("#canvas a[aria-current]"), "train-teacher", "{fragment}");
        assert_eq!(
            names("#canvas a.near"),
            "alignments-backtranslated alignments-original evaluate evaluate-teacher-ensemble merge-devset toolchain translate-corpus translate-mono-src"
        );
        assert!(browser.ask("document.querySelectorAll('#canvas .edge.lit').length").as_u64().unwrap() >= 5);
        assert!(names("#canvas a.dim").contains("export"));
    }
    // The list of a kind names the same.
    browser.open(&page.path(), "#kind=train-teacher");
    let named = "[...document.querySelectorAll('#panel p a')].map((one) => one.textContent).filter((one) => one !== 'Overview').sort().join(' ')";
    assert_eq!(browser.text(named), names("#canvas a.near"));
    // Without the models, the vocabulary is one of them.
    browser.open(&page.path(), "#kind=train-teacher&run=without");
    assert!(names("#canvas a.near").contains("train-vocab"));
}

#[test]
fn tasks_are_drawn_with_their_neighbours_and_never_all_at_once() {
    let Some(browser) = Browser::start() else { return };
    let page = Page::new(&large());
    let labels = "[...document.querySelectorAll('#canvas a.node')].map((one) => one.getAttribute('aria-label')).join('|')";
    browser.open(&page.path(), "");
    browser.click("#view-tasks");
    assert!(
        browser.text("document.querySelector('#canvas').textContent").contains("Select a kind or a task")
    );
    browser.open(&page.path(), &format!("#view=tasks&task={TEACHER}"));
    let drawn = browser.text(labels);
    for one in [
        "train-teacher-ru-en-1 continue",
        "merge-devset-ru-en unchanged",
        "alignments-original-ru-en",
        "evaluate-teacher-flores-devtest-ru-en-1",
        "translate-corpus 20 only downstream",
    ] {
        assert!(drawn.split('|').any(|label| label.starts_with(one)), "{one}: {drawn}");
    }
    assert_eq!(
        browser.text("document.querySelector('#canvas a[aria-current]').getAttribute('aria-label')"),
        "train-teacher-ru-en-1 continue"
    );
    // What is needed stands above.
    let top = |label: &str| {
        browser
            .ask(&format!(
                "document.querySelector('#canvas a[aria-label^=\"{label}\"]').getBoundingClientRect().top"
            ))
            .as_f64()
            .unwrap()
    };
    assert!(top("merge-devset-ru-en") < top(TEACHER) && top(TEACHER) < top("translate-corpus"));
    // A kind of many hundred tasks is a few boxes.
    browser.open(&page.path(), "#view=tasks&kind=dataset");
    let boxes = browser.ask("document.querySelectorAll('#canvas a.node').length").as_u64().unwrap();
    assert!((20..60).contains(&boxes), "{boxes}");
    assert!(
        browser.text(labels).split('|').any(|label| label.starts_with("dataset 6")),
        "{}",
        browser.text(labels)
    );
    // One leads to the next.
    browser.ask("document.querySelector('#canvas a[aria-label^=\"dataset-flores-dev-\"]').focus()");
    browser.keys(crate::ENTER);
    browser.sees("dataset-flores-dev-ru-en");
    assert_eq!(browser.ask("document.querySelector('#canvas a[aria-current]').getAttribute('aria-label').startsWith('dataset-flores-dev-ru-en')"), true);
    assert_eq!(browser.complaints(), [""; 0]);
}
