//! Of suspects, the pairs that firewalls let begin anything at all: found by what firewalls say of whole
//! ranges, so that pairs that they keep apart are never looked at.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::mem;
use std::ops::{ControlFlow, Range};

use sixward_estate::Direction;

use super::crowd::Crowd;
use super::scope::{From, Suspect};
use crate::set::TrafficId;
use crate::symbolic::Analysis;
use crate::symbolic::address::Address;
use crate::symbolic::half::Half;
use crate::symbolic::profile::Side;
use crate::symbolic::roster::Roster;

/// So few sources are cheaper asked one by one than looked up in what destinations let in.
const FEW: usize = 32;

/// What firewalls let begin in one view.
pub(super) struct Openings<'a, X, Y> {
    crowd: &'a Crowd<X, Y>,
    half: &'a Half<X>,
    roster: &'a Roster,
    /// Seats by number of their profile.
    under: OnceCell<Vec<Vec<usize>>>,
    /// By number of a destination's profile.
    allowed: BTreeMap<usize, Sources>,
    /// By source, and by number of a destination's profile: whether that one lets it in.
    met: BTreeMap<usize, Vec<Option<bool>>>,
}

/// Takes a destination with its sources.
type Show<'s> = dyn FnMut(usize, &[usize]) -> ControlFlow<()> + 's;

/// Whom a profile may let in.
#[derive(Debug)]
struct Sources {
    anybody: bool,
    ranges: Vec<Range<usize>>,
    /// Ascending.
    single: Vec<usize>,
}

impl<'a, X: Address, Y: Address> Openings<'a, X, Y> {
    pub(super) fn new(analysis: &'a Analysis, crowd: &'a Crowd<X, Y>) -> Self {
        Self {
            crowd,
            half: X::half(analysis),
            roster: &analysis.roster,
            under: OnceCell::new(),
            allowed: BTreeMap::new(),
            met: BTreeMap::new(),
        }
    }

    /// Shows the pairs, destination by destination with its sources, for as long as more are wanted.
    pub(super) fn each(&mut self, suspect: &Suspect, show: &mut Show<'_>) -> ControlFlow<()> {
        match suspect.why.from {
            From::Allowed if suspect.sources.len() <= FEW => self.few(suspect, show),
            From::Anybody => {
                let mut destinations = suspect.destinations.iter();
                destinations.try_for_each(|number| self.show(*number, &suspect.sources, show))
            }
            From::Allowed => self.many(suspect, show),
        }
    }

    fn few(&mut self, suspect: &Suspect, show: &mut Show<'_>) -> ControlFlow<()> {
        let met = mem::take(&mut self.met);
        let kept = met.into_iter().take(FEW);
        let mut met: BTreeMap<_, _> = kept.collect();
        let count = self.half.profiles.len();
        for source in suspect.sources.iter() {
            met.entry(*source).or_insert_with(|| vec![None; count]);
        }
        for destination in suspect.destinations.iter() {
            let profile = self.crowd.seats[*destination].profiles.0;
            let mut sources = Vec::new();
            for source in suspect.sources.iter() {
                let lets_in = || self.passes(Direction::Ingress, profile, *source);
                let known = met.get_mut(source).and_then(|met| met.get_mut(profile));
                if known.is_none_or(|known| *known.get_or_insert_with(lets_in)) {
                    sources.push(*source);
                }
            }
            self.show(*destination, &sources, show)?;
        }
        self.met = met;
        ControlFlow::Continue(())
    }

    fn many(&mut self, suspect: &Suspect, show: &mut Show<'_>) -> ControlFlow<()> {
        let mut under: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for number in suspect.destinations.iter() {
            let profile = self.crowd.seats[*number].profiles.0;
            under.entry(profile).or_default().push(*number);
        }
        for (profile, destinations) in under {
            let sources = self.allowed(profile).of(&suspect.sources);
            for destination in destinations {
                self.show(destination, &sources, show)?;
            }
        }
        ControlFlow::Continue(())
    }

    fn show(&self, destination: usize, sources: &[usize], show: &mut Show<'_>) -> ControlFlow<()> {
        let lets_out = |source: &usize| {
            let profile = self.crowd.seats[*source].profiles.0;
            self.passes(Direction::Egress, profile, destination)
        };
        let sources: Vec<_> = sources.iter().copied().filter(lets_out).collect();
        if sources.is_empty() {
            return ControlFlow::Continue(());
        }
        show(destination, &sources)
    }

    fn allowed(&mut self, profile: usize) -> &Sources {
        if !self.allowed.contains_key(&profile) {
            let side = self.half.profiles[profile].side(Direction::Ingress);
            let runs = side.nets.runs();
            let open = runs.filter(|(_, _, traffic)| **traffic != TrafficId::EMPTY);
            let sources = Sources {
                anybody: side.may != TrafficId::EMPTY,
                ranges: open
                    .map(|(first, last, _)| self.crowd.range(first, last))
                    .collect(),
                single: self.members(side),
            };
            self.allowed.insert(profile, sources);
        }
        &self.allowed[&profile]
    }

    /// The seats under the firewalls that a side names.
    fn members(&self, side: &Side<X>) -> Vec<usize> {
        let named = side.references.iter();
        let named = named.filter(|(_, traffic)| *traffic != TrafficId::EMPTY);
        let profiles = named.flat_map(|(id, _)| self.roster.under(id));
        let mut seats: Vec<usize> = profiles
            .flat_map(|profile| &self.under()[profile])
            .copied()
            .collect();
        seats.sort_unstable();
        seats.dedup();
        seats
    }

    fn under(&self) -> &[Vec<usize>] {
        self.under.get_or_init(|| {
            let mut under = vec![Vec::new(); self.roster.count()];
            for (number, seat) in self.crowd.seats.iter().enumerate() {
                under[seat.profiles.0].push(number);
            }
            under
        })
    }

    /// Whether a profile may let anything pass to or from a seat.
    fn passes(&self, direction: Direction, profile: usize, other: usize) -> bool {
        let side = self.half.profiles[profile].side(direction);
        let other = &self.crowd.seats[other];
        let named = || {
            let firewalls = self.roster.firewalls(other.profiles.0);
            let mut named = side.references.iter();
            named.any(|(id, traffic)| *traffic != TrafficId::EMPTY && firewalls.contains(id))
        };
        side.may != TrafficId::EMPTY || *side.nets.get(other.x) != TrafficId::EMPTY || named()
    }
}

impl Sources {
    /// Those of some seats, given in order.
    fn of(&self, seats: &[usize]) -> Vec<usize> {
        if self.anybody {
            return seats.to_vec();
        }
        let mut found = Vec::new();
        for range in &self.ranges {
            let first = seats.partition_point(|number| *number < range.start);
            let after = seats.partition_point(|number| *number < range.end);
            found.extend_from_slice(&seats[first..after.max(first)]);
        }
        let single = self.single.iter();
        found.extend(single.filter(|number| seats.binary_search(number).is_ok()));
        found.sort_unstable();
        found.dedup();
        found
    }
}
