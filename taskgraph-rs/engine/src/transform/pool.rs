//! Values that threads reuse, each of which one thread has at a time.

use std::sync::{Mutex, PoisonError};

/// Values that are expensive to fill, such as memos. A thread takes one for as long as it works with it, and a new one
/// if all are taken: so there are as many as there were threads at the same time, and none waits for another.
#[derive(Default)]
pub struct Pool<T>(Mutex<Vec<T>>);

impl<T: Default> Pool<T> {
    /// Calls `work` with a value that no other thread has.
    pub fn with<R>(&self, work: impl FnOnce(&mut T) -> R) -> R {
        let free = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut value = free.unwrap_or_default();
        let result = work(&mut value);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(value);
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_comes_back_as_it_was_left_and_is_used_by_one_at_a_time() {
        let pool = Pool::<Vec<u8>>::default();
        let push = |byte| {
            pool.with(|bytes| {
                bytes.push(byte);
                bytes.len()
            })
        };
        assert_eq!([push(1), push(2)], [1, 2]);
        let inner = pool.with(|outer| (outer.len(), push(3)));
        assert_eq!(inner, (2, 1));
    }
}
