//! A map from types to values, for what the engine carries without knowing it.

use std::any::{Any, TypeId};
use std::sync::Arc;

use smallvec::SmallVec;

/// At most one value of each type. Copies share their values.
#[derive(Clone, Debug, Default)]
pub struct TypeMap(SmallVec<[(TypeId, Arc<dyn Any + Send + Sync>); 1]>);

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
        self.put(TypeId::of::<T>(), value);
    }

    /// Takes the value of a type out.
    pub fn remove<T: Any + Send + Sync>(&mut self) {
        self.0.retain(|(id, _)| *id != TypeId::of::<T>());
    }

    /// The value of a type.
    pub fn get<T: Any + Send + Sync>(&self) -> Option<&T> {
        let (_, value) = self.0.iter().find(|(id, _)| *id == TypeId::of::<T>())?;
        // The key of a value is its type: it has that type.
        value.downcast_ref()
    }

    /// The value of a type, to change it: a default one if there is none, a copy if others share it.
    pub fn get_mut_or_default<T: Any + Send + Sync + Clone + Default>(&mut self) -> &mut T {
        let id = TypeId::of::<T>();
        if !self.is_alone(id) {
            let copy = self.get::<T>().cloned().unwrap_or_default();
            self.put(id, Arc::new(copy));
        }
        let found = self.0.iter_mut().find(|(known, _)| *known == id);
        // As in `get`.
        let value = found.and_then(|(_, value)| Arc::get_mut(value)?.downcast_mut());
        value.expect("it was put in above, and nobody shares it")
    }

    /// Whether there is a value of this type, and no copy shares it.
    fn is_alone(&self, id: TypeId) -> bool {
        self.0.iter().any(|(known, value)| *known == id && Arc::strong_count(value) == 1)
    }

    fn put(&mut self, id: TypeId, value: Arc<dyn Any + Send + Sync>) {
        match self.0.iter_mut().find(|(known, _)| *known == id) {
            Some((_, old)) => *old = value,
            None => self.0.push((id, value)),
        }
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
