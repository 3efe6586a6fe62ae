//! Suggestions for messages: the nearest allowed word, and lists of words.

use std::borrow::Cow;

use strsim::osa_distance;

/// Longer words are compared with nothing: they are not typing errors.
const LONGEST: usize = 200;

/// The shortest word that may stand for a longer one that contains it.
const SHORTEST_PART: usize = 4;

/// The number of characters that a message shows of a long text.
const SHOWN: usize = 60;

/// The allowed word that was most likely meant, if one is near enough. Among equally near ones the first in
/// alphabetical order.
///
/// Near is a typing error (about one slip in three letters at most), another case or another of `-_. `, or one word
/// being a part of the other between such marks: `teacher` for `train-teacher`.
pub fn nearest<'a>(word: &str, allowed: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > LONGEST {
        return None;
    }
    allowed.into_iter().filter_map(|one| Some((distance(word, one)?, one))).min().map(|(_, one)| one)
}

/// Returns the distance between two words; parts of words rank behind all typing errors. `None` if they are not near.
fn distance(word: &str, allowed: &str) -> Option<usize> {
    let (plain, other) = (folded(word), folded(allowed));
    if plain.is_empty() || allowed.len() > LONGEST {
        return None;
    }
    let (length, other_length) = (plain.chars().count(), other.chars().count());
    let shorter = length.min(other_length);
    let most = shorter.div_ceil(4).max(1).min(shorter.saturating_sub(1));
    let is_part = has_part(&other, &plain) || has_part(&plain, &other);
    // Words of quite different lengths need no slip counted, and most words are such.
    if length.abs_diff(other_length) > most && !is_part {
        return None;
    }
    let slips = osa_distance(&plain, &other);
    if slips <= most {
        return Some(slips);
    }
    is_part.then_some(LONGEST + slips)
}

/// Lower case, with one mark between parts.
fn folded(word: &str) -> Cow<'_, str> {
    // Most words are.
    let is_folded = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    match word.bytes().all(is_folded) {
        true => Cow::Borrowed(word),
        false => Cow::Owned(word.to_lowercase().replace(['_', '.', ' '], "-")),
    }
}

/// Whether `part` stands in `whole` between marks or ends.
fn has_part(whole: &str, part: &str) -> bool {
    // It may begin at the start, and behind each mark.
    let mut rest = whole;
    while part.len() >= SHORTEST_PART && rest.len() >= part.len() {
        let is_whole = |behind: &str| behind.is_empty() || behind.starts_with('-');
        if rest.strip_prefix(part).is_some_and(is_whole) {
            return true;
        }
        let Some((_, behind)) = rest.split_once('-') else { return false };
        rest = behind;
    }
    false
}

/// The start of a text that may be long, for a message.
pub fn shorten(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// The words of a choice: `a`, `a or b`, `a, b or c`.
pub fn list<S: AsRef<str>>(words: impl IntoIterator<Item = S>) -> String {
    let words: Vec<S> = words.into_iter().collect();
    let mut out = String::new();
    for (position, word) in words.iter().enumerate() {
        out.push_str(match position {
            0 => "",
            _ if position + 1 == words.len() => " or ",
            _ => ", ",
        });
        out.push_str(word.as_ref());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_stands_between_marks_or_ends() {
        for (whole, part, is_part) in [
            ("train-teacher", "teacher", true),
            ("train-teacher", "train", true),
            ("teacher", "teacher", true),
            ("train-teacher-model", "train-teacher", true),
            ("bab-a-bab-a-x", "bab-a-x", true),
            ("xbab-bab-bab", "bab-bab", true),
            ("teachers-train", "teacher", false),
            ("trainteacher", "teacher", false),
            ("teach", "teacher", false),
            ("", "teacher", false),
            ("ü-teacher", "teacher", true),
        ] {
            assert_eq!(has_part(whole, part), is_part, "{part} in {whole}");
        }
    }

    #[test]
    fn the_word_that_was_meant_is_found() {
        let kinds = ["train-teacher", "train-backwards", "train-student"];
        assert_eq!(nearest("train-backward", kinds), Some("train-backwards"));
        assert_eq!(nearest("teacher", kinds), Some("train-teacher"));
        assert_eq!(nearest("Train_Teacher", kinds), Some("train-teacher"));
        assert_eq!(nearest("train-teacher-model", kinds), Some("train-teacher"));
        assert_eq!(nearest("train-backwrads", kinds), Some("train-backwards"));
        assert_eq!(nearest("contiune", ["use", "continue", "init"]), Some("continue"));
        assert_eq!(nearest("continued", ["use", "continue", "init"]), Some("continue"));
        assert_eq!(nearest("url", ["urls", "mode", "type"]), Some("urls"));
        assert_eq!(nearest("intit", ["use", "continue", "init"]), Some("init"));
    }

    #[test]
    fn a_word_that_is_far_off_gets_no_hint() {
        assert_eq!(nearest("train-student", ["train-teacher", "train-backwards"]), None);
        assert_eq!(nearest("fresh", ["use", "continue", "init"]), None);
        assert_eq!(nearest("set", ["use"]), None);
        assert_eq!(nearest("x", ["y", "z"]), None);
        assert_eq!(nearest("", ["a"]), None);
        assert_eq!(nearest(&"a".repeat(100_000), ["a"]), None);
    }

    #[test]
    fn equally_near_words_are_taken_in_alphabetical_order() {
        assert_eq!(nearest("cas", ["cat", "car"]), Some("car"));
        assert_eq!(nearest("cas", ["car", "cat"]), Some("car"));
    }

    #[test]
    fn a_choice_reads_as_a_sentence() {
        assert_eq!(list(["a", "b", "c"]), "a, b or c");
        assert_eq!(list(["a", "b"]), "a or b");
        assert_eq!(list(["a"]), "a");
        assert_eq!(list([""; 0]), "");
    }
}
