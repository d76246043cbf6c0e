//! The traffic sets of a certificate, numbered as they are met.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::rc::Rc;

use serde::Serialize;

use super::line::sha256;
use crate::L4;
use crate::set::{Arena, Point, TrafficId, TrafficSet};

/// Numbers, text and digests of traffic sets.
#[derive(Debug, Default)]
pub(super) struct Dictionary {
    /// The text and the digest of each set, by number.
    sets: Vec<(String, String)>,
    numbers: BTreeMap<TrafficSet, usize>,
    /// The names of one arena, for it has the same name for the same set.
    known: BTreeMap<TrafficId, usize>,
    arena: Option<Rc<RefCell<Arena>>>,
}

/// For each first value from here to the next one, the second values as ranges.
type Grid<P> = Vec<(P, Vec<(P, P)>)>;

/// A set as it is written.
#[derive(Serialize)]
struct Written {
    tcp: Grid<u16>,
    udp: Grid<u16>,
    icmp: Grid<u8>,
    icmpv6: Grid<u8>,
    protocols: Vec<u8>,
}

impl Dictionary {
    /// Makes sure that a set has a number.
    pub(super) fn add(&mut self, id: TrafficId, arena: &Rc<RefCell<Arena>>) -> io::Result<()> {
        if !self
            .arena
            .as_ref()
            .is_some_and(|known| Rc::ptr_eq(known, arena))
        {
            self.known.clear();
            self.arena = Some(Rc::clone(arena));
        }
        if self.known.contains_key(&id) {
            return Ok(());
        }
        let arena = arena.borrow();
        let set = arena.get(id);
        let number = if let Some(number) = self.numbers.get(set) {
            *number
        } else {
            let text = serde_json::to_string(&Written::new(set))?;
            let digest = sha256(text.as_bytes());
            self.numbers.insert(set.clone(), self.sets.len());
            self.sets.push((text, digest));
            self.sets.len() - 1
        };
        self.known.insert(id, number);
        Ok(())
    }

    /// The number of a set that was added.
    pub(super) fn number(&self, id: TrafficId) -> usize {
        self.known.get(&id).copied().unwrap_or(usize::MAX)
    }

    /// The digest of a set that was added.
    pub(super) fn digest(&self, id: TrafficId) -> &str {
        let set = self.sets.get(self.number(id));
        set.map_or("", |(_, digest)| digest)
    }

    /// All sets as they are written.
    pub(super) fn sets(&self) -> impl Iterator<Item = &str> {
        self.sets.iter().map(|(text, _)| text.as_str())
    }
}

/// Where a grid changes: by first value and second value, whether what begins there is in the set.
type Corners<P> = BTreeMap<P, BTreeMap<P, bool>>;

impl Written {
    /// Where a set changes is told by the corners of its boxes and of those that it leaves out.
    fn new(set: &TrafficSet) -> Self {
        let (mut tcp, mut udp) = (Corners::new(), Corners::new());
        let (mut icmp, mut icmpv6) = (Corners::new(), Corners::new());
        let rest = set.complement().samples();
        let rest = rest.into_iter().map(|corner| (corner, false));
        let corners = set.samples().into_iter().map(|corner| (corner, true));
        for (corner, inside) in corners.chain(rest) {
            match corner {
                L4::Tcp {
                    source,
                    destination,
                } => drop(tcp.entry(source).or_default().insert(destination, inside)),
                L4::Udp {
                    source,
                    destination,
                } => drop(udp.entry(source).or_default().insert(destination, inside)),
                L4::Icmp { kind, code } => {
                    icmp.entry(kind).or_default().insert(code, inside);
                }
                L4::Icmp6 { kind, code } => {
                    icmpv6.entry(kind).or_default().insert(code, inside);
                }
                // Protocols without ports are counted one by one.
                L4::Other(_) => {}
            }
        }
        let protocols = (0..=u8::MAX).filter(|number| set.contains(L4::Other(*number)));
        Self {
            tcp: grid(&tcp),
            udp: grid(&udp),
            icmp: grid(&icmp),
            icmpv6: grid(&icmpv6),
            protocols: protocols.collect(),
        }
    }
}

fn grid<P: Point>(corners: &Corners<P>) -> Grid<P> {
    let rows = corners.iter();
    rows.map(|(first, seconds)| (*first, ranges(seconds)))
        .collect()
}

fn ranges<P: Point>(seconds: &BTreeMap<P, bool>) -> Vec<(P, P)> {
    let ends = seconds.keys().skip(1).map(|next| next.previous());
    let ranges = seconds.iter().zip(ends.chain([P::MAX]));
    ranges
        .filter(|((_, inside), _)| **inside)
        .map(|((first, _), last)| (*first, last))
        .collect()
}
