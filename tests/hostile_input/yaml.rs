//! YAML: what is too deep, too large, or no text at all.

use crate::folder::{Folder, task};

fn plain() -> String {
    crate::folder::kind(&[], &task("one", ""))
}

/// A kind with a line more, which no transform looks at.
fn with(line: &str) -> Folder {
    Folder::kind(plain() + line + "\n")
}

#[test]
fn a_plain_tree_has_its_task() {
    assert_eq!(Folder::kind(plain()).full(&[]).fine(), "k-one\n");
}

#[test]
fn aliases_that_stand_for_billions_are_refused() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..10 {
        bomb += &format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 9].join(", "));
    }
    let reported = ["the aliases stand for more than 2000000 values", "kind.yml:12:"];
    with(&bomb).full(&[]).refused(&reported[..1]);
    let folder = Folder::kind(plain());
    folder.file("p.yml", &bomb);
    folder.full(&[]).refused(&reported[..1]);
    let folder = Folder::empty();
    folder.file("c.yml", &bomb);
    folder.call(&["graph", "preview", "c.yml"]).refused(&reported[..1]);
}

#[test]
fn merges_of_merges_have_the_same_budget() {
    let keys: Vec<String> = (0..1_000).map(|key| format!("k{key}: 1")).collect();
    let mut bomb = format!("m0: &m0 {{{}}}\n", keys.join(", "));
    for level in 1..6 {
        let merged = vec![format!("*m{}", level - 1); 50].join(", ");
        bomb += &format!("m{level}: &m{level} {{<<: [{merged}]}}\n");
    }
    with(&bomb).full(&[]).refused(&["the aliases stand for more than 2000000 values"]);
}

#[test]
fn an_alias_of_what_it_stands_in_is_refused() {
    with("b: &a {x: *a}").full(&[]).refused(&["the alias `*a` stands for what contains it", "kind.yml:5:11"]);
}

#[test]
fn ten_thousand_levels_are_refused_in_every_kind_of_file() {
    let deep = "[".repeat(10_000) + &"]".repeat(10_000);
    let reported = ["lists and maps are nested deeper than 200 levels"];
    with(&format!("b: {deep}")).full(&[]).refused(&reported);
    let block: String = (0..10_000).map(|depth| format!("{}-\n", " ".repeat(depth))).collect();
    with(&format!("b:\n{block}")).full(&[]).refused(&reported);
    let folder = Folder::kind(plain());
    folder.file("q.yml", format!("a: {deep}"));
    folder.call(&["full", "-p", "q.yml"]).refused(&reported);
    folder.file("q.json", format!("{{\"a\": {deep}}}"));
    folder.call(&["full", "-p", "q.json"]).refused(&["is not JSON"]);
    folder.file("c.yml", format!("experiment: {deep}"));
    folder.call(&["graph", "preview", "c.yml"]).refused(&[]);
}

#[test]
fn a_scalar_of_a_hundred_megabytes_is_a_value_like_others() {
    let long = "x".repeat(100_000_000);
    let folder = Folder::tasks(&[], &task("one", &format!("index: {long}")));
    let reported = folder.full(&[]).refused(&["`index` must be a map", "kind.yml:4:"]);
    assert!(reported.len() < 1_000, "{} bytes are printed", reported.len());
    let folder = Folder::tasks(&[], &task("one", &format!("attributes: {{a: {long}}}")));
    assert_eq!(folder.full(&[]).fine(), "k-one\n");
}

#[test]
fn bytes_that_are_no_text_are_refused_with_their_place() {
    with("a: \0").full(&[]).refused(&["the character U+0000 is not allowed", "kind.yml:5:4"]);
    let mut bytes = plain().into_bytes();
    bytes.extend(b"a: \xff\n");
    Folder::kind(bytes).full(&[]).refused(&["kind.yml:5:4: the byte 0xff is not UTF-8"]);
    let utf16: Vec<u8> = plain().encode_utf16().flat_map(u16::to_le_bytes).collect();
    Folder::kind(utf16).full(&[]).refused(&["U+0000"]);
    let folder = Folder::kind(plain());
    folder.file("q.json", b"{\"owner\": \"\\ud800\"}");
    folder.call(&["full", "-p", "q.json"]).refused(&["is not JSON"]);
}

#[test]
fn other_line_breaks_and_a_byte_order_mark_change_nothing() {
    assert_eq!(Folder::kind(plain().replace('\n', "\r\n")).full(&[]).fine(), "k-one\n");
    assert_eq!(Folder::kind(plain().replace('\n', "\r")).full(&[]).fine(), "k-one\n");
    assert_eq!(Folder::kind(format!("\u{feff}{}", plain())).full(&[]).fine(), "k-one\n");
}

#[test]
fn a_tab_that_indents_is_refused() {
    with("\tx: 1").full(&[]).refused(&["a tab cannot indent here: use spaces", "kind.yml:5:1"]);
}

#[test]
fn what_cannot_be_merged_is_refused() {
    let reported = ["`<<` merges a map or a list of maps"];
    for line in ["b: {<<: 1}", "b: {<<: [{a: 1}, 2]}", "b: {<<: text}", "b: {<<: null}"] {
        with(line).full(&[]).refused(&reported);
    }
}

#[test]
fn numbers_that_json_lacks_are_refused_with_their_place() {
    for (number, reported) in [
        (".nan", "the number NaN"),
        ("-.inf", "the number -inf"),
        ("99999999999999999999999", "the integer 99999999999999999999999"),
        ("-9223372036854775809", "the integer -9223372036854775809"),
    ] {
        let folder = Folder::tasks(&[], &task("one", &format!("attributes: {{a: [0, {number}]}}")));
        assert_eq!(folder.full(&[]).fine(), "k-one\n");
        for form in ["-J", "-Y"] {
            folder.full(&[form]).refused(&["`k-one` has", reported, "at attributes.a[1]", "kind.yml:4:"]);
        }
    }
    let folder = Folder::tasks(&[], &task("one", "attributes: {a: 18446744073709551615}"));
    assert!(folder.full(&["-J"]).fine().contains("\"a\": 18446744073709551615"));
    Folder::tasks(&[], &task("one", &format!("priority: {}", "9".repeat(100_000)))).full(&[]).refused(&[]);
}

#[test]
fn keys_that_are_no_text_are_refused_all_at_once() {
    let reported = with("a: {2: a, true: b, null: c, 1.5: d, 2020-01-01: e}").full(&[]).refused(&[]);
    assert_eq!(reported.matches("a key must be a string").count(), 5, "{reported}");
    with("? [a]\n: b").full(&[]).refused(&["a list cannot be a key"]);
    with("? {a: 1}\n: b").full(&[]).refused(&["a map cannot be a key"]);
}
