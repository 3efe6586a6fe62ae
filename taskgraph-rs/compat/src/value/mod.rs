//! The value type of kinds, transforms and tasks: JSON-like, ordered, cheap to clone.
//!
//! Maps keep the order of the file, because the order is part of digests. Lists and maps are shared until they are
//! changed (copy on write), so that splitting a task into a thousand copies only what differs. Invariant: keys of
//! maps are strings; `yaml` refuses all other keys.

pub(crate) mod intern;
pub mod map;
pub mod memo;
pub mod path;

use serde::ser::{Error as _, Serialize, SerializeMap, SerializeSeq, Serializer};
use std::fmt;
use std::sync::Arc;

pub(crate) use intern::{address, known};
pub use intern::{intern, joined, written};
pub use map::Map;
pub use memo::Identity;

/// A shared piece of text. As small as a pointer.
pub type Str = arcstr::ArcStr;

/// One value. `Clone` is cheap: text, lists and maps are shared.
#[derive(Clone, PartialEq, Default)]
pub enum Value {
    /// `null`, Python's `None`.
    #[default]
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer that fits 64 bits.
    Int(i64),
    /// An integer beyond 64 bits, as decimal digits with an optional sign. Python keeps it; JSON output refuses it.
    BigInt(Str),
    /// A double.
    Float(f64),
    /// Text.
    Str(Str),
    /// A date or a point in time, as only YAML has them.
    Time(Arc<Timestamp>),
    /// A list.
    List(Arc<Vec<Value>>),
    /// A map.
    Map(Arc<Map>),
}

/// A YAML date or point in time, in the two spellings that Python gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timestamp {
    /// As Python's `str()` writes it: `2024-01-01`, `2024-01-01 00:00:00+00:00`.
    pub text: Str,
    /// As ISO 8601 writes it: `2024-01-01`, `2024-01-01T00:00:00+00:00`. This is what JSON gets.
    pub iso: Str,
    /// As Python's `repr()` writes it: `datetime.date(2024, 1, 1)`.
    pub repr: Str,
}

impl Value {
    /// An empty map.
    pub fn map() -> Self {
        Value::Map(Arc::default())
    }

    /// An empty list.
    pub fn list() -> Self {
        Value::List(Arc::default())
    }

    /// The text, if this is text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The integer, if this is one that fits 64 bits.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Value::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// The boolean, if this is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    /// The items, if this is a list.
    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The entries, if this is a map.
    pub fn as_map(&self) -> Option<&Map> {
        match self {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The items for changing, if this is a list. Unshares it.
    pub fn as_list_mut(&mut self) -> Option<&mut Vec<Value>> {
        match self {
            Value::List(items) => Some(Arc::make_mut(items)),
            _ => None,
        }
    }

    /// The entries for changing, if this is a map. Unshares it.
    pub fn as_map_mut(&mut self) -> Option<&mut Map> {
        match self {
            Value::Map(map) => Some(Arc::make_mut(map)),
            _ => None,
        }
    }

    /// The value under `key`, if this is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_map()?.get(key)
    }

    /// The same value. If it is a text, it is the one that [`intern`] gives: never freed, and so never counted.
    pub fn known(&self) -> Value {
        match self {
            Value::Str(text) => intern(text).into(),
            other => other.clone(),
        }
    }

    /// Python's truth: `None`, `False`, zero and what is empty are false.
    pub fn truthy(&self) -> bool {
        match self {
            Value::Null => false,
            Value::Bool(flag) => *flag,
            Value::Int(number) => *number != 0,
            Value::BigInt(_) | Value::Time(_) => true,
            Value::Float(number) => *number != 0.0,
            Value::Str(text) => !text.is_empty(),
            Value::List(items) => !items.is_empty(),
            Value::Map(map) => !map.is_empty(),
        }
    }

    /// Returns the sort of value in words for a message: `a string`, `a list`.
    pub fn sort(&self) -> &'static str {
        match self {
            Value::Null => "nothing (null)",
            Value::Bool(_) => "a boolean",
            Value::Int(_) | Value::BigInt(_) => "an integer",
            Value::Float(_) => "a float",
            Value::Str(_) => "a string",
            Value::Time(_) => "a date",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        }
    }
}

/// Short, JSON-like, for test failures.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => f.write_str("null"),
            Value::Bool(flag) => write!(f, "{flag}"),
            Value::Int(number) => write!(f, "{number}"),
            Value::BigInt(digits) => f.write_str(digits),
            Value::Float(number) => write!(f, "{number:?}"),
            Value::Str(text) => write!(f, "{text:?}"),
            Value::Time(time) => write!(f, "{}", time.iso),
            Value::List(items) => f.debug_list().entries(items.iter()).finish(),
            Value::Map(map) => f.debug_map().entries(map.iter()).finish(),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Str(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Str(text.into())
    }
}

impl From<Str> for Value {
    fn from(text: Str) -> Self {
        Value::Str(text)
    }
}

impl From<&Str> for Value {
    fn from(text: &Str) -> Self {
        Value::Str(text.clone())
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Value::Bool(flag)
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Value::Int(number.into())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Value::Int(number)
    }
}

impl From<Map> for Value {
    fn from(map: Map) -> Self {
        Value::Map(Arc::new(map))
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Self {
        Value::List(Arc::new(items))
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

impl<T: Into<Value>> FromIterator<T> for Value {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        items.into_iter().map(Into::into).collect::<Vec<_>>().into()
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(flag) => serializer.serialize_bool(*flag),
            Value::Int(number) => serializer.serialize_i64(*number),
            Value::BigInt(digits) => match digits.parse::<u64>() {
                Ok(number) => serializer.serialize_u64(number),
                Err(_) => Err(S::Error::custom(format!("the integer {digits} does not fit 64 bits"))),
            },
            // serde_json would write `null`, and the reader would never know.
            Value::Float(number) if !number.is_finite() => {
                Err(S::Error::custom(format!("{number} has no place in JSON")))
            }
            Value::Float(number) => serializer.serialize_f64(*number),
            Value::Str(text) => serializer.serialize_str(text),
            Value::Time(time) => serializer.serialize_str(&time.iso),
            Value::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items.iter() {
                    list.serialize_element(item)?;
                }
                list.end()
            }
            Value::Map(map) => {
                let mut entries = serializer.serialize_map(Some(map.len()))?;
                for (key, value) in map.iter() {
                    entries.serialize_entry(&**key, value)?;
                }
                entries.end()
            }
        }
    }
}

/// The name of a field that is a literal, shared with all who ask for it. Each place asks once.
#[macro_export]
macro_rules! name {
    ($name:literal) => {{
        static NAME: ::std::sync::LazyLock<$crate::value::Str> =
            ::std::sync::LazyLock::new(|| $crate::value::intern($name));
        $crate::value::Str::clone(&NAME)
    }};
}

/// Builds a [`Map`] from `key => value` pairs, in that order. Keys that are literals have to differ.
#[macro_export]
macro_rules! map {
    ($($key:literal => $value:expr),* $(,)?) => {{
        const { assert!($crate::value::map::differ(&[$($key),*]), "a key stands twice") };
        $crate::value::Map::of([$(($crate::name!($key), $crate::value::Value::from($value))),*])
    }};
    ($($key:expr => $value:expr),* $(,)?) => {{
        let mut map = $crate::value::Map::new();
        $(map.insert($crate::value::intern($key), $crate::value::Value::from($value));)*
        map
    }};
}
