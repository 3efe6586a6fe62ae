//! A map from types to values, for what the engine carries without knowing it.

use std::any::Any;
use std::sync::Arc;

/// At most one value of each type. Copies share their values.
#[derive(Clone, Debug, Default)]
pub struct TypeMap(Vec<Arc<dyn Any + Send + Sync>>);

impl TypeMap {
    /// The same with `value`, which takes the place of one of the same type.
    pub fn with<T: Any + Send + Sync>(mut self, value: T) -> Self {
        self.insert(value);
        self
    }

    /// Puts `value` in, in the place of one of the same type.
    pub fn insert<T: Any + Send + Sync>(&mut self, value: T) {
        self.insert_shared(Arc::new(value));
    }

    /// Puts a value in that others may share, in the place of one of the same type.
    pub fn insert_shared<T: Any + Send + Sync>(&mut self, value: Arc<T>) {
        match self.position::<T>() {
            Some(position) => self.0[position] = value,
            None => {
                // Nearly all have one value at most, and there is one of these for each task.
                self.0.reserve_exact(1);
                self.0.push(value);
            }
        }
    }

    /// Takes the value of a type out.
    pub fn remove<T: Any + Send + Sync>(&mut self) {
        if let Some(position) = self.position::<T>() {
            self.0.remove(position);
        }
    }

    /// The value of a type.
    pub fn get<T: Any + Send + Sync>(&self) -> Option<&T> {
        self.0.iter().find_map(|value| value.downcast_ref())
    }

    /// The value of a type, to change it: a default one if there is none, a copy if others share it.
    pub fn get_mut_or_default<T: Any + Send + Sync + Clone + Default>(&mut self) -> &mut T {
        let position = self.position::<T>().unwrap_or_else(|| {
            self.insert(T::default());
            self.0.len() - 1
        });
        let value = &mut self.0[position];
        if Arc::strong_count(value) > 1 {
            let copy = value.downcast_ref::<T>().cloned().unwrap_or_default();
            *value = Arc::new(copy);
        }
        let value = Arc::get_mut(value).and_then(|value| value.downcast_mut());
        value.expect("it has this type, and nobody shares it")
    }

    fn position<T: Any + Send + Sync>(&self) -> Option<usize> {
        self.0.iter().position(|value| value.is::<T>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_value_of_each_type_and_a_change_does_not_reach_copies() {
        let mut map = TypeMap::default().with(1_u8).with("text".to_owned()).with(2_u8);
        assert_eq!((map.get(), map.get::<String>().map(String::as_str)), (Some(&2_u8), Some("text")));
        assert_eq!(map.get::<u16>(), None);
        let copy = map.clone();
        *map.get_mut_or_default::<u8>() += 1;
        *map.get_mut_or_default::<u16>() += 7;
        assert_eq!(
            (map.get(), map.get(), copy.get(), copy.get::<u16>()),
            (Some(&3_u8), Some(&7_u16), Some(&2_u8), None)
        );
    }
}
