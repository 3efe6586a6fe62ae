//! The page in a narrow window: whatever is selected is seen.

use serde_json::json;

use crate::browser::Browser;
use crate::{Page, TEACHER, example};

/// Whether the heading of what is selected can be seen and touched where it is.
fn sees(browser: &Browser, heading: &str) {
    browser.sees(heading);
    let seen = "(() => { const at = document.querySelector('#panel h2').getBoundingClientRect(); \
        const top = document.elementFromPoint(at.left + 2, at.top + at.height / 2); \
        return at.top >= 0 && at.bottom <= innerHeight && document.querySelector('#panel').contains(top); })()";
    browser.wait(seen);
}

#[test]
fn whatever_is_selected_in_a_narrow_window_is_seen() {
    let Some(browser) = Browser::start() else { return };
    let page = Page::new(&example());
    for (width, height) in [(900, 700), (400, 800), (360, 640)] {
        browser.resize(width, height);
        // A shared link.
        browser.open(&page.path(), &format!("#task={TEACHER}"));
        sees(&browser, TEACHER);
        // A tap.
        browser.open(&page.path(), "");
        browser.click("#canvas a[href*=\"kind=train-backwards\"]");
        sees(&browser, "train-backwards");
        // The way back to the drawing, and what was selected is in sight there.
        browser.click("#show-drawing");
        let current = "(() => { const at = document.querySelector('#canvas [aria-current]').getBoundingClientRect(); \
            return at.left >= 0 && at.right <= innerWidth && at.top >= 0 && at.bottom <= innerHeight; })()";
        browser.wait(current);
        // A search, while the field stays where it is.
        browser.open(&page.path(), "");
        browser.click("#search");
        browser.keys("teacher");
        sees(&browser, "Tasks");
        assert_eq!(browser.ask("document.querySelector('#search').getBoundingClientRect().top >= 0"), true);
        assert_eq!(browser.text("document.activeElement.id"), "search");
        // A chip.
        browser.open(&page.path(), "");
        browser.ask("document.querySelector('#fate-gone').scrollIntoView()");
        browser.click("#fate-gone");
        sees(&browser, "Tasks");
        // A menu.
        browser.open(&page.path(), "");
        let choose = "(() => { const menu = document.querySelector('#kind'); menu.value = 'evaluate'; \
            menu.dispatchEvent(new Event('change')); return true; })()";
        assert_eq!(browser.ask(choose), true);
        sees(&browser, "evaluate");
        // Nothing stands out of the window sideways.
        assert_eq!(browser.ask("document.documentElement.scrollWidth"), json!(width));
    }
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn a_refused_config_is_reported_in_a_narrow_window() {
    let Some(browser) = Browser::start() else { return };
    let page = Page::refused(&example().replace("mode: continue", "mode: contiune"));
    browser.resize(400, 800);
    browser.open(&page.path(), "");
    sees(&browser, "Refused: nothing was generated");
    assert!(browser.text("document.querySelector('#panel').innerText").contains("contiune"));
    assert_eq!(browser.complaints(), [""; 0]);
}
