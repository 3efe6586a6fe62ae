//! Identity of values, and a memo of the last argument that compares by it.
//!
//! Values are shared until they change, so two of the same address are equal without a look at them. Only this module,
//! `generator/dedup.rs` and `graph/json/delta.rs` compare addresses.

use std::sync::Arc;

use crate::value::{Map, Value, address};

/// Identity of a value: its address, or its content where it has none. Valid only while the value is alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity(u8, u64);

impl Identity {
    /// Identity of a list. All empty lists have the same.
    pub fn of_list(items: &Vec<Value>) -> Self {
        if items.is_empty() {
            return Identity(7, 0);
        }
        Identity(7, std::ptr::from_ref(items).addr() as u64)
    }

    /// Identity of a map. All empty maps have the same.
    pub fn of_map(map: &Map) -> Self {
        if map.is_empty() {
            return Identity(8, 0);
        }
        Identity(8, std::ptr::from_ref(map).addr() as u64)
    }
}

impl Value {
    /// Returns the identity of this value.
    pub fn identity(&self) -> Identity {
        match self {
            Value::Null => Identity(0, 0),
            Value::Bool(flag) => Identity(1, u64::from(*flag)),
            Value::Int(number) => Identity(2, number.cast_unsigned()),
            Value::BigInt(digits) => Identity(3, address(digits) as u64),
            Value::Float(number) => Identity(4, number.to_bits()),
            Value::Str(text) => Identity(5, address(text) as u64),
            Value::Time(time) => Identity(6, Arc::as_ptr(time).addr() as u64),
            Value::List(items) => Identity::of_list(items),
            Value::Map(map) => Identity::of_map(map),
        }
    }
}

/// Memoizes a function of a value for the most recent argument. Keeps the argument, so that no other value gets its
/// identity.
#[derive(Default)]
pub struct Memo<T> {
    of: Value,
    made: T,
}

impl<T> Memo<T> {
    /// Returns the result of `make` for a value. `make` is called only if the value is another one than before; before the
    /// first call the argument is nothing, and the result the default.
    pub fn of<E>(&mut self, value: &Value, make: impl FnOnce(&Value) -> Result<T, E>) -> Result<&T, E> {
        if self.of.identity() != value.identity() {
            self.made = make(value)?;
            self.of = value.clone();
        }
        Ok(&self.made)
    }
}
