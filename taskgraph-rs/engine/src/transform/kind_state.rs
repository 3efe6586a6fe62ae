//! What transforms keep while the tasks of one kind are made: each type once.

use std::any::Any;
use std::sync::{Arc, Mutex, PoisonError};

/// What is looked at by all rows of tasks, and what goes from row to row.
#[derive(Default)]
pub struct Shelf {
    shared: Mutex<Vec<Arc<dyn Any + Send + Sync>>>,
    lent: Mutex<Vec<Box<dyn Any + Send>>>,
}

impl Shelf {
    /// The one `T`, made when it is asked for first. What makes it must not ask for anything from the shelf itself.
    pub fn shared<T: Any + Send + Sync>(&self, make: impl FnOnce() -> T) -> Arc<T> {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = shared.iter().find_map(|one| one.clone().downcast::<T>().ok()) {
            return found;
        }
        let made = Arc::new(make());
        shared.push(made.clone());
        made
    }

    /// Hands a `T` to `work` that nobody else has at the moment, as the last one left it; `begin` makes the first of
    /// them. There are as many as were in use at once.
    pub fn lend<T: Any + Send, R>(&self, begin: impl FnOnce() -> T, work: impl FnOnce(&mut T) -> R) -> R {
        let mut one = self.take().unwrap_or_else(|| Box::new(begin()));
        let result = work(&mut one);
        self.lent.lock().unwrap_or_else(PoisonError::into_inner).push(one);
        result
    }

    fn take<T: Any + Send>(&self) -> Option<Box<T>> {
        let mut lent = self.lent.lock().unwrap_or_else(PoisonError::into_inner);
        let index = lent.iter().rposition(|one| one.is::<T>())?;
        lent.swap_remove(index).downcast().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shared_is_made_once_for_each_type() {
        let shelf = Shelf::default();
        assert_eq!(*shelf.shared(|| 1_u8), 1);
        assert_eq!(*shelf.shared(|| 2_u8), 1);
        assert_eq!(*shelf.shared(|| 3_u16), 3);
    }

    #[test]
    fn what_is_lent_comes_back_as_it_was_left() {
        let shelf = Shelf::default();
        let push = |text: &str| {
            shelf.lend(Vec::new, |list: &mut Vec<String>| {
                list.push(text.to_owned());
                list.len()
            })
        };
        assert_eq!([push("a"), push("b")], [1, 2]);
        let inner = shelf.lend(Vec::new, |outer: &mut Vec<String>| (outer.len(), push("c")));
        assert_eq!(inner, (2, 1));
    }
}
