//! Memoizes a function of a value for the most recent argument, compared by address.

use crate::value::Value;

/// What was made last, and of which value. It keeps the value, so that its identity stands for nothing else.
#[derive(Default)]
pub struct Last<T> {
    of: Value,
    made: T,
}

impl<T> Last<T> {
    /// What `make` makes of a value; made anew only if it is another one than before. At first it is what nothing makes:
    /// the default.
    pub fn of<E>(&mut self, value: &Value, make: impl FnOnce(&Value) -> Result<T, E>) -> Result<&T, E> {
        if self.of.identity() != value.identity() {
            self.made = make(value)?;
            self.of = value.clone();
        }
        Ok(&self.made)
    }
}
