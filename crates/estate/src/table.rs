//! An ordered collection of one noun, keyed by the id that each item carries itself.
//!
//! Tables share what they have in common: a clone costs nothing, a change copies the few items around
//! it, and two tables are compared without looking at what they share. So a plan's states are values,
//! and what differs between two of them is found at the cost of the difference.

use imbl::ordmap::{self, DiffItem, OrdMap};
use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

/// Something with an id of its own.
pub trait Item: Clone {
    /// The id's type.
    type Id: Ord + Clone;
    /// The item's id.
    fn id(&self) -> &Self::Id;
}

/// Items in the order of their ids; written as a plain sorted list.
#[derive(Debug, Clone)]
pub struct Table<T: Item>(OrdMap<T::Id, T>);

/// The items of a table.
pub(crate) type Iter<'a, T> =
    ordmap::Values<'a, <T as Item>::Id, T, imbl::shared_ptr::DefaultSharedPtr>;

impl<T: Item> Table<T> {
    /// An empty table.
    pub fn new() -> Self {
        Self(OrdMap::new())
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
    pub fn iter(&self) -> Iter<'_, T> {
        self.0.values()
    }

    /// Changes all items. Their ids must stay what they are.
    pub fn for_each_mut(&mut self, change: impl FnMut(&mut T)) {
        self.change_where(|_| true, change);
    }

    /// Changes the items that fit. Their ids must stay what they are.
    pub fn change_where(&mut self, fits: impl Fn(&T) -> bool, mut change: impl FnMut(&mut T)) {
        let fitting = self.iter().filter(|item| fits(item));
        let ids: Vec<_> = fitting.map(|item| item.id().clone()).collect();
        for id in ids {
            if let Some(item) = self.0.get_mut(&id) {
                change(item);
            }
        }
    }
}

impl<T: Item + PartialEq> Table<T> {
    /// The items that are not the same in both tables, in the order of their ids: as they are here and
    /// as they are there. What the tables share is not looked at.
    pub fn differences<'a>(
        &'a self,
        other: &'a Self,
    ) -> impl Iterator<Item = (Option<&'a T>, Option<&'a T>)> {
        self.0.diff(&other.0).map(|difference| match difference {
            DiffItem::Add(_, there) => (None, Some(there)),
            DiffItem::Update { old, new } => (Some(old.1), Some(new.1)),
            DiffItem::Remove(_, here) => (Some(here), None),
        })
    }
}

impl<T: Item + PartialEq> PartialEq for Table<T> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.differences(other).next().is_none()
    }
}

impl<T: Item + Eq> Eq for Table<T> {}

impl<T: Item> Default for Table<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<'a, T: Item> IntoIterator for &'a Table<T> {
    type Item = &'a T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
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
