//! An ordered collection of one noun, keyed by the id that each item carries itself.

use std::collections::{BTreeMap, btree_map};

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

/// Something with an id of its own.
pub trait Item {
    /// The id's type.
    type Id: Ord + Clone;
    /// The item's id.
    fn id(&self) -> &Self::Id;
}

/// Items in the order of their ids; written as a plain sorted list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table<T: Item>(BTreeMap<T::Id, T>);

impl<T: Item> Table<T> {
    /// An empty table.
    pub fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The item of this id.
    pub fn get(&self, id: &T::Id) -> Option<&T> {
        self.0.get(id)
    }

    /// Whether an item of this id is here.
    pub fn contains(&self, id: &T::Id) -> bool {
        self.0.contains_key(id)
    }

    /// The item of this id, to be changed. Its id must stay what it is.
    pub fn get_mut(&mut self, id: &T::Id) -> Option<&mut T> {
        self.0.get_mut(id)
    }

    /// Puts an item in and returns the one of the same id that it replaces.
    pub fn insert(&mut self, item: T) -> Option<T> {
        self.0.insert(item.id().clone(), item)
    }

    /// Takes an item out.
    pub fn remove(&mut self, id: &T::Id) -> Option<T> {
        self.0.remove(id)
    }

    /// All items in the order of their ids.
    pub fn iter(&self) -> btree_map::Values<'_, T::Id, T> {
        self.0.values()
    }

    /// All items, to be changed. Their ids must stay what they are.
    pub fn iter_mut(&mut self) -> btree_map::ValuesMut<'_, T::Id, T> {
        self.0.values_mut()
    }
}

impl<T: Item> Default for Table<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<'a, T: Item> IntoIterator for &'a Table<T> {
    type Item = &'a T;
    type IntoIter = btree_map::Values<'a, T::Id, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a, T: Item> IntoIterator for &'a mut Table<T> {
    type Item = &'a mut T;
    type IntoIter = btree_map::ValuesMut<'a, T::Id, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

impl<T: Item> FromIterator<T> for Table<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self(
            items
                .into_iter()
                .map(|item| (item.id().clone(), item))
                .collect(),
        )
    }
}

impl<T: Item + Serialize> Serialize for Table<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self)
    }
}

impl<'de, T: Item + Deserialize<'de>> Deserialize<'de> for Table<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self::from_iter)
    }
}

/// Makes a noun an [`Item`] by its `id` field.
macro_rules! item {
    ($($noun:ty => $id:ty),* $(,)?) => {$(
        impl $crate::table::Item for $noun {
            type Id = $id;
            fn id(&self) -> &$id {
                &self.id
            }
        }
    )*};
}
pub(crate) use item;
