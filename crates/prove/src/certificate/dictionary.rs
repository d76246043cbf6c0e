//! The traffic sets of a certificate, numbered as they are met.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::rc::Rc;

use crate::set::{Arena, TrafficId, TrafficSet};

/// Numbers and text of traffic sets.
#[derive(Debug, Default)]
pub(super) struct Dictionary {
    sets: Vec<String>,
    numbers: BTreeMap<TrafficSet, usize>,
    /// The names of one arena, for it has the same name for the same set.
    known: BTreeMap<TrafficId, usize>,
    arena: Option<Rc<RefCell<Arena>>>,
}

impl Dictionary {
    /// The number of a set, which it gets when it has none.
    pub(super) fn number(
        &mut self,
        id: TrafficId,
        arena: &Rc<RefCell<Arena>>,
    ) -> io::Result<usize> {
        let same = self
            .arena
            .as_ref()
            .is_some_and(|known| Rc::ptr_eq(known, arena));
        if !same {
            self.known.clear();
            self.arena = Some(Rc::clone(arena));
        }
        if let Some(number) = self.known.get(&id) {
            return Ok(*number);
        }
        let arena = arena.borrow();
        let set = arena.get(id);
        let number = if let Some(number) = self.numbers.get(set) {
            *number
        } else {
            let boxes: Vec<_> = set.boxes().collect();
            self.sets.push(serde_json::to_string(&boxes)?);
            self.numbers.insert(set.clone(), self.sets.len() - 1);
            self.sets.len() - 1
        };
        self.known.insert(id, number);
        Ok(number)
    }

    /// All sets as they are written.
    pub(super) fn sets(&self) -> &[String] {
        &self.sets
    }
}
