//! Neighbours on the same link (RFC 4380 section 5.2.8, D1 to D4): found by multicast, believed after
//! they answered by unicast. Off unless asked for.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4};
use std::time::Duration;

use sixward_net::Teredo;

use super::Client;
use super::direct::ALL_NODES;
use crate::arrival::{Arrival, PORT};
use crate::packet::{self, Packet, Trailers};
use crate::peer::Wish;
use crate::reject::Reject;
use crate::time::Time;

/// The group of discovery bubbles.
pub const GROUP: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 253);
const EVERY: (Duration, Duration) = (Duration::from_secs(200), Duration::from_mins(5));
/// How long a neighbour is remembered.
const REMEMBERED: Duration = Duration::from_mins(10);

impl Client {
    pub(super) fn begin_discovery(&mut self, now: Time) {
        self.announce_at = self.config.discovery.then_some(now);
    }

    /// D1: at random intervals.
    pub(super) fn tick_discovery(&mut self, now: Time) {
        if self.announce_at.is_none_or(|at| at > now) {
            return;
        }
        let (least, most) = EVERY;
        self.announce_at = Some(now + self.chance.between(least, most));
        self.announce();
    }

    pub(super) fn announce(&mut self) {
        let Some(own) = self.address else { return };
        let bytes = packet::discovery_bubble(own, ALL_NODES);
        self.send(SocketAddrV4::new(GROUP, PORT), Some(1), bytes);
    }

    /// R6, D2, D3, D4: a bubble to all neighbours makes an entry that is not trusted, and is answered
    /// by unicast.
    pub(super) fn discovered(
        &mut self,
        now: Time,
        arrival: Arrival,
        packet: &Packet<'_>,
    ) -> Result<(), Reject> {
        let source = packet.header.source;
        let from = *arrival.from.ip();
        let near = |net: &ipnet::Ipv4Net| net.contains(&from);
        let teredo = Teredo::of(source).ok_or(Reject::BadDiscovery)?;
        let fits = self.config.discovery
            && arrival.to == Some(GROUP)
            && packet.is_bubble()
            && self.config.surroundings.attached.iter().any(near)
            && self.config.surroundings.is_global(*teredo.client.ip());
        if !fits || Some(source) == self.address {
            return Err(Reject::BadDiscovery);
        }
        self.stranger_asks(now, arrival.from)?;
        let peer = self.peers.admit(source, Wish::Stranger, now)?;
        peer.local = Some((arrival.from, now));
        self.bubble(arrival.from, None, source, Trailers::default());
        Ok(())
    }

    /// Case 5: whether the peer was found there (R7).
    pub(super) fn is_neighbour(&self, now: Time, peer: Ipv6Addr, place: SocketAddrV4) -> bool {
        let local = self.peers.get(peer).and_then(|peer| peer.local);
        local.is_some_and(|(at, since)| at == place && now.since(since) < REMEMBERED)
    }

    /// Where a neighbour is that is not trusted yet.
    pub(super) fn neighbour(&self, now: Time, peer: Ipv6Addr) -> Option<SocketAddrV4> {
        let (at, since) = self.peers.get(peer)?.local?;
        (now.since(since) < REMEMBERED).then_some(at)
    }
}
