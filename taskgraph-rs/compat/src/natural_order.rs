//! Natural order of names: numbers in them compare by value, `2/20` before `10/20`.

use std::cmp::Ordering;

/// Compares two names. Names that differ only in zeros before a number are in the order of their characters.
pub fn natural(one: &str, other: &str) -> Ordering {
    let (mut left, mut right) = (one, other);
    loop {
        let (a, b) = (digits(left), digits(right));
        if !a.is_empty() && !b.is_empty() {
            let (x, y) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
            // A longer number is the greater one; a number may be of any length.
            match x.len().cmp(&y.len()).then_with(|| x.cmp(y)) {
                Ordering::Equal => {}
                differs => return differs,
            }
            (left, right) = (&left[a.len()..], &right[b.len()..]);
            continue;
        }
        let (mut ours, mut theirs) = (left.chars(), right.chars());
        match (ours.next(), theirs.next()) {
            (Some(a), Some(b)) if a == b => (left, right) = (ours.as_str(), theirs.as_str()),
            (None, None) => return one.cmp(other),
            (a, b) => return a.cmp(&b),
        }
    }
}

/// The digits that a text begins with.
fn digits(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_by_their_size() {
        let mut names =
            ["t-10/20", "t-2/20", "t-1/20", "t", "t-1/3", "s-100", "t-02/20", "t-x", "1", "é2", "é10"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(
            names,
            ["1", "s-100", "t", "t-1/3", "t-1/20", "t-02/20", "t-2/20", "t-10/20", "t-x", "é2", "é10"]
        );
    }

    #[test]
    fn numbers_of_any_length_have_an_order() {
        let long = "9".repeat(100);
        assert_eq!(natural(&format!("a{long}"), "a10"), Ordering::Greater);
        assert_eq!(natural("a", "a"), Ordering::Equal);
        assert_eq!(natural("a01", "a1"), natural("a1", "a01").reverse());
    }
}
