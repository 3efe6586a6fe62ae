//! Merge keys and duplicate keys of maps, as PyYAML's `flatten_mapping` and Python's `dict` handle them.

use indexmap::IndexMap;

use crate::source::Span;
use crate::value::path::{KeyPath, Step};
use crate::yaml::error::Problem;
use crate::yaml::node::{Data, Key, Node, Pairs};

/// A key that stands twice in one map. The last value counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Duplicate {
    /// The path of the key.
    pub path: KeyPath,
    /// The first place of the key.
    pub first: Span,
    /// The second place of the key.
    pub again: Span,
}

/// Puts the entries of a map together as a `dict` does: a key keeps its first position and gets the last value.
pub(super) fn settle(merged: Pairs, own: Pairs, text: &str, duplicates: &mut Vec<Duplicate>) -> Pairs {
    let first_own = merged.len();
    let mut entries = merged;
    if entries.is_empty() {
        entries = own;
    } else {
        entries.extend(own);
    }
    let Some(equals) = equal_keys(&entries) else { return entries };
    let mut settled = Pairs::with_capacity(entries.len());
    let mut places: Vec<(usize, Option<Span>)> = Vec::with_capacity(entries.len());
    for (position, (key, value)) in entries.into_iter().enumerate() {
        let is_own = position >= first_own;
        let equal = equals[position];
        if equal == position {
            places.push((settled.len(), is_own.then_some(key.span)));
            settled.push((key, value));
            continue;
        }
        let (place, first) = places[equal];
        if is_own {
            match first {
                None => places[equal].1 = Some(key.span),
                Some(first) => {
                    let path = KeyPath(vec![Step::Key(key.name(text))]);
                    duplicates.push(Duplicate { path, first, again: key.span });
                }
            }
        }
        places.push((place, None));
        settled[place].0.span = key.span;
        settled[place].1 = value;
    }
    settled
}

/// For each entry the position of the first one with an equal key. None if all keys differ.
fn equal_keys(entries: &[(Node, Node)]) -> Option<Vec<usize>> {
    // Most maps are small, and most keys are strings: this costs less than a table.
    const SMALL: usize = 12;
    if entries.len() <= SMALL {
        let distinct = entries.iter().enumerate().all(|(position, (key, _))| {
            entries[..position].iter().all(|(other, _)| match (&key.data, &other.data) {
                (Data::Str(key), Data::Str(other)) => key != other,
                (key, other) => key.key() != other.key(),
            })
        });
        if distinct {
            return None;
        }
    }
    let mut table: IndexMap<Key<'_>, usize, foldhash::fast::RandomState> = IndexMap::default();
    table.reserve(entries.len());
    let keys = entries.iter().filter_map(|(key, _)| key.data.key());
    let equals: Vec<usize> =
        keys.enumerate().map(|(position, key)| *table.entry(key).or_insert(position)).collect();
    (table.len() < entries.len()).then_some(equals)
}

/// Adds the entries of a merged map, or of a list of maps, of which the first has the last word.
pub(super) fn merge(source: &Node, merged: &mut Pairs) -> Result<(), Problem> {
    let maps = match &source.data {
        Data::List(items) => items.as_slice(),
        _ => std::slice::from_ref(source),
    };
    for map in maps.iter().rev() {
        match &map.data {
            Data::Map(entries) | Data::Set(entries) => merged.extend(entries.iter().cloned()),
            other => {
                let message = format!("`<<` merges a map or a list of maps, found {}", other.sort());
                return Err(Problem::new(message, map.span));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::source::Source;
    use crate::yaml::{Document, read};

    fn document(text: &str) -> Document {
        read(Source::new("a.yml", text)).unwrap()
    }

    /// Path, and lines of the key, of each duplicate.
    fn duplicates(text: &str) -> Vec<(String, u32, u32)> {
        let found = document(text).duplicates;
        found.iter().map(|found| (found.path.to_string(), found.first.line, found.again.line)).collect()
    }

    #[test]
    fn merged_entries_come_first_and_have_the_last_word_nowhere() {
        let value = document("x: &x {p: 1, q: 2}\ny: {z: 0, <<: *x, q: 9}\n").value().unwrap();
        assert_eq!(format!("{:?}", value.get("y").unwrap()), r#"{"p": 1, "q": 9, "z": 0}"#);
    }

    #[test]
    fn the_first_map_of_a_merged_list_wins_but_the_last_gives_the_order() {
        let value = document("- &a {k: 1}\n- &b {j: 2, k: 2}\n- {<<: [*a, *b]}\n").value().unwrap();
        assert_eq!(format!("{:?}", value.as_list().unwrap()[2]), r#"{"j": 2, "k": 1}"#);
    }

    #[test]
    fn an_overriding_key_is_found_where_it_stands() {
        let document = document("x: &x\n  p: 1\ny:\n  <<: *x\n  p: 2\n");
        let path = crate::value::path::KeyPath::dotted("y.p");
        assert_eq!(document.locate(&path).unwrap().key.unwrap().line, 5);
    }

    #[test]
    fn only_maps_are_merged() {
        for text in ["<<: 1\n", "<<:\n", "<<: [{a: 1}, b]\n", "<<: [[{a: 1}]]\n"] {
            let error = read(Source::new("a.yml", text)).unwrap_err();
            assert!(error.message.starts_with("`<<` merges a map or a list of maps, found "), "{error}");
        }
    }

    #[test]
    fn equal_keys_are_remembered_with_their_paths() {
        let text = "a: 1\nb:\n  - c: 1\n    d: 2\n    c: {e: 1, e: 1}\na: 2\na: 3\n";
        let expected = [("b[0].c.e", 5, 5), ("b[0].c", 3, 5), ("a", 1, 6), ("a", 1, 7)];
        let expected = expected.map(|(path, first, again)| (path.to_owned(), first, again));
        let mut found = duplicates(text);
        found.sort_by_key(|(path, _, again)| (std::cmp::Reverse(path.len()), *again));
        assert_eq!(found, expected);
    }

    #[test]
    fn keys_that_python_holds_equal_are_equal() {
        assert_eq!(duplicates("1: a\ntrue: b\n1.0: c\n").len(), 2);
        assert_eq!(duplicates("1: a\n'1': b\n").len(), 0);
    }

    #[test]
    fn equal_keys_are_found_in_long_maps() {
        let mut text: String = (0..50).map(|number| format!("k{number}: 1\n")).collect();
        assert!(duplicates(&text).is_empty());
        text.push_str("k7: 2\n");
        assert_eq!(duplicates(&text), [("k7".to_owned(), 8, 51)]);
    }

    #[test]
    fn merged_keys_are_no_duplicates() {
        assert!(duplicates("x: &x {p: 1}\ny: {<<: *x, <<: *x, p: 2}\n").is_empty());
        assert_eq!(duplicates("y: {<<: [{p: {q: 1, q: 2}}]}\n"), [("y.p.q".to_owned(), 1, 1)]);
    }
}
