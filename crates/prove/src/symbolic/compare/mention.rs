//! Which sets of firewalls have rules that name each other's members.
//!
//! Asked of a few sets at a time: all of them with all they name would be most of the pairs there are.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use sixward_estate::{Direction, FirewallId};

use crate::symbolic::address::Address;
use crate::symbolic::half::Half;
use crate::symbolic::roster::Roster;

/// Who names whom, by number of a set of firewalls.
#[derive(Debug)]
pub(super) struct Mentions<'a, A> {
    roster: &'a Roster,
    half: &'a Half<A>,
    /// By firewall, those with a rule in this direction that names it.
    egress: OnceCell<Namers<'a>>,
    ingress: OnceCell<Namers<'a>>,
    known: BTreeMap<(Direction, usize), Rc<BTreeSet<usize>>>,
}

type Namers<'a> = BTreeMap<&'a FirewallId, Vec<&'a FirewallId>>;

impl<'a, A: Address> Mentions<'a, A> {
    pub(super) fn of(roster: &'a Roster, half: &'a Half<A>) -> Self {
        Self {
            roster,
            half,
            egress: OnceCell::new(),
            ingress: OnceCell::new(),
            known: BTreeMap::new(),
        }
    }

    /// The sets to whose members those of one may begin something because a rule of either names the
    /// other: outward. Inward, from whose members.
    pub(super) fn of_set(&mut self, number: usize, direction: Direction) -> Rc<BTreeSet<usize>> {
        if let Some(known) = self.known.get(&(direction, number)) {
            return Rc::clone(known);
        }
        let (namers, back) = match direction {
            Direction::Egress => (&self.ingress, Direction::Ingress),
            Direction::Ingress => (&self.egress, Direction::Egress),
        };
        let namers = namers.get_or_init(|| namers_of(self.half, back));
        let own = self.half.profiles.get(number);
        let own = own.map(|profile| &profile.side(direction).references);
        let own = own.into_iter().flatten().map(|(id, _)| id);
        let mut sets: BTreeSet<usize> = own.flat_map(|id| self.roster.under(id)).collect();
        let firewalls = self.roster.firewalls(number).iter();
        let naming = firewalls.filter_map(|id| namers.get(id)).flatten();
        // A set of which nothing is known names nobody.
        let speaks = |set: &usize| !self.half.profiles[*set].side(back).references.is_empty();
        sets.extend(naming.flat_map(|id| self.roster.under(id)).filter(speaks));
        let sets = Rc::new(sets);
        self.known.insert((direction, number), Rc::clone(&sets));
        sets
    }
}

fn namers_of<A: Address>(half: &Half<A>, direction: Direction) -> Namers<'_> {
    let mut namers = Namers::new();
    for (id, group) in &half.groups {
        for (named, _) in &group.side(direction).references {
            namers.entry(named).or_default().push(id);
        }
    }
    namers
}
