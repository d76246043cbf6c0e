//! The peers, their timers and what waits for them, in bounded memory (P8, V17): a flood of strangers
//! displaces strangers, never a peer that proved itself and is in use.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::Ipv6Addr;
use std::ops::Bound;

use super::waiting::{Held, Limits, Way};
use super::{Peer, Trust, VALID};
use crate::bucket::Bucket;
use crate::reject::Reject;
use crate::time::Time;

/// Who asks for a new peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Something behind the tunnel wants to go there.
    Ours,
    /// Something came from there.
    Stranger,
}

/// All peers.
#[derive(Debug)]
pub(crate) struct Peers {
    map: BTreeMap<Ipv6Addr, Peer>,
    timers: BTreeSet<(Time, Ipv6Addr)>,
    /// Where the search for room goes on.
    hand: Ipv6Addr,
    limits: Limits,
    strangers: Bucket,
    wishes: Bucket,
    packets: usize,
    bytes: usize,
    /// Ports of peers that are gone.
    orphans: Vec<u16>,
}

/// How many entries are looked at to make room for one: the oldest of so many is old enough.
const LOOK: usize = 32;

impl Peers {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            map: BTreeMap::new(),
            timers: BTreeSet::new(),
            hand: Ipv6Addr::UNSPECIFIED,
            strangers: Bucket::full(limits.strangers),
            wishes: Bucket::full(limits.wishes),
            limits,
            packets: 0,
            bytes: 0,
            orphans: Vec::new(),
        }
    }

    pub(crate) fn get(&self, address: Ipv6Addr) -> Option<&Peer> {
        self.map.get(&address)
    }

    pub(crate) fn get_mut(&mut self, address: Ipv6Addr) -> Option<&mut Peer> {
        self.map.get_mut(&address)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (Ipv6Addr, &Peer)> {
        self.map.iter().map(|(address, peer)| (*address, peer))
    }

    pub(crate) fn len(&self) -> usize {
        self.map.len()
    }

    /// The peer, made if there is room and time for another.
    pub(crate) fn admit(
        &mut self,
        address: Ipv6Addr,
        wish: Wish,
        now: Time,
    ) -> Result<&mut Peer, Reject> {
        if !self.map.contains_key(&address) {
            let allowed = match wish {
                Wish::Ours => self.wishes.take(self.limits.wishes, now),
                Wish::Stranger => self.strangers.take(self.limits.strangers, now),
            };
            if !allowed || !self.room(now) {
                return Err(Reject::TooManyPeers);
            }
        }
        let peer = self.map.entry(address).or_insert_with(|| Peer::new(now));
        peer.used = now;
        if wish == Wish::Ours && peer.trust == Trust::Unknown {
            peer.trust = Trust::Wanted;
        }
        Ok(peer)
    }

    /// Makes room for one more, if need be.
    fn room(&mut self, now: Time) -> bool {
        if self.map.len() < self.limits.peers {
            return true;
        }
        let after = (Bound::Excluded(self.hand), Bound::Unbounded);
        let around = self.map.range(after).chain(self.map.iter()).take(LOOK);
        let mut last = self.hand;
        let victim = around
            .inspect(|(address, _)| last = **address)
            .filter(|(_, peer)| peer.trust < Trust::Proved || !peer.heard_within(VALID, now))
            .min_by_key(|(_, peer)| (peer.trust, peer.used))
            .map(|(address, _)| *address);
        self.hand = last;
        if let Some(victim) = victim {
            self.remove(victim);
        }
        victim.is_some()
    }

    /// Sets or removes the peer's timer.
    pub(crate) fn schedule(&mut self, address: Ipv6Addr, when: Option<Time>) {
        let Some(peer) = self.map.get_mut(&address) else {
            return;
        };
        if let Some(before) = peer.wake.take() {
            self.timers.remove(&(before, address));
        }
        if let Some(when) = when {
            peer.wake = Some(when);
            self.timers.insert((when, address));
        }
    }

    /// When the next timer ends.
    pub(crate) fn due(&self) -> Option<Time> {
        self.timers.first().map(|(when, _)| *when)
    }

    /// A peer whose timer has ended.
    pub(crate) fn pop(&mut self, now: Time) -> Option<Ipv6Addr> {
        let (when, address) = *self.timers.first()?;
        if when > now {
            return None;
        }
        self.schedule(address, None);
        Some(address)
    }

    /// Keeps a packet until its peer is known.
    pub(crate) fn hold(&mut self, address: Ipv6Addr, way: Way, bytes: &[u8]) -> Result<(), Reject> {
        let peer = self.map.get_mut(&address).ok_or(Reject::UnknownPeer)?;
        let mine: usize = peer.waiting.iter().map(|held| held.bytes.len()).sum();
        let full = peer.waiting.len() >= self.limits.packets_each
            || mine.saturating_add(bytes.len()) > self.limits.bytes_each
            || self.packets >= self.limits.packets
            || self.bytes.saturating_add(bytes.len()) > self.limits.bytes;
        if full {
            return Err(Reject::QueueFull);
        }
        let bytes: Box<[u8]> = bytes.into();
        self.packets += 1;
        self.bytes = self.bytes.saturating_add(bytes.len());
        peer.waiting.push_back(Held { way, bytes });
        Ok(())
    }

    /// What waited, oldest first.
    pub(crate) fn release(&mut self, address: Ipv6Addr) -> VecDeque<Held> {
        let waiting = self
            .map
            .get_mut(&address)
            .map(|peer| std::mem::take(&mut peer.waiting));
        let waiting = waiting.unwrap_or_default();
        self.forget(&waiting);
        waiting
    }

    fn forget(&mut self, waiting: &VecDeque<Held>) {
        let bytes: usize = waiting.iter().map(|held| held.bytes.len()).sum();
        self.packets = self.packets.saturating_sub(waiting.len());
        self.bytes = self.bytes.saturating_sub(bytes);
    }

    pub(crate) fn remove(&mut self, address: Ipv6Addr) {
        self.schedule(address, None);
        if let Some(peer) = self.map.remove(&address) {
            self.forget(&peer.waiting);
            self.orphans.extend(peer.ports.own);
        }
    }

    /// A port that was for a peer which is gone.
    pub(crate) fn orphan(&mut self) -> Option<u16> {
        self.orphans.pop()
    }

    pub(crate) fn clear(&mut self) {
        let ports = self.map.values().filter_map(|peer| peer.ports.own);
        self.orphans.extend(ports);
        self.map.clear();
        self.timers.clear();
        (self.packets, self.bytes) = (0, 0);
    }

    /// Packets and bytes that wait.
    pub(crate) fn waiting(&self) -> (usize, usize) {
        (self.packets, self.bytes)
    }
}
