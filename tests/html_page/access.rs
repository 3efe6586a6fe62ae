//! Accessibility: for people who do not use a mouse, see few colors, or hear the page.

use serde_json::json;

use crate::browser::Browser;
use crate::{Page, TEACHER, example};

/// Everything that can be pressed and is seen.
const TARGETS: &str = "[...document.querySelectorAll('a, button, input, select, summary')].filter((one) => one.getClientRects().length)";

#[test]
fn everything_can_be_hit_named_and_distinguished_from_text() {
    let Some(browser) = Browser::start() else { return };
    let page = Page::new(&example());
    let task = format!("#task={TEACHER}");
    for (width, height) in [(1400, 900), (400, 800)] {
        browser.resize(width, height);
        for fragment in [
            "",
            "#kind=translate-corpus",
            "#kind=evaluate&view=tasks",
            &task,
            "#q=teacher",
            "#fate=gone",
            "#run=without",
        ] {
            browser.open_all(&page, fragment);
            // Links in sentences may be as high as the line.
            let small = format!(
                "{TARGETS}.filter((one) => !one.closest('p')).map((one) => [one.textContent, one.getBoundingClientRect()]) \
                .filter(([, at]) => at.width < 24 || at.height < 24).map(([text, at]) => `${{text}} ${{at.width}} × ${{at.height}}`)"
            );
            assert_eq!(browser.ask(&small), json!([]), "{width}{fragment}");
            // Whoever speaks to the page says what is to be read.
            let misnamed = format!(
                "{TARGETS}.filter((one) => one.hasAttribute('aria-label') && !/^(INPUT|SELECT)$/.test(one.tagName)).map((one) => {{ \
                const plain = (text) => text.replace(/[^\\p{{L}}\\p{{N}}]+/gu, '').toLowerCase(); \
                const read = one.textContent; \
                return [plain(one.getAttribute('aria-label')), plain(read.replace(/…/g, '')), read.includes('…')]; }}) \
                .filter(([name, read, isCut]) => !isCut && !name.includes(read)).map((one) => one.join(': '))"
            );
            assert_eq!(browser.ask(&misnamed), json!([]), "{width}{fragment}");
            let unmarked = "[...document.querySelectorAll('#panel a, #idle a')].filter((one) => !getComputedStyle(one).textDecorationLine.includes('underline')).length";
            assert_eq!(browser.ask(unmarked), 0, "{width}{fragment}");
        }
    }
    // What is taken away is struck through or has a sign, besides its colour.
    browser.open_all(&page, &task);
    let bare = "[...document.querySelectorAll('#panel del')].filter((one) => !one.textContent.startsWith('− ') && !getComputedStyle(one).textDecorationLine.includes('line-through')).length";
    assert_eq!(browser.ask(bare), 0);
    assert_eq!(browser.complaints(), [""; 0]);
}
