//! The server's answer (RFC 4380 section 5.2.1, Q3, Q4, Q10): what makes it believable, and what
//! follows from it.

use std::net::SocketAddrV4;
use std::time::Duration;

use sixward_net::Teredo;

use super::qualify::Side;
use super::{Client, State, Why};
use crate::arrival::Arrival;
use crate::nat::Nat;
use crate::output::{Event, Output};
use crate::packet::{Advertised, Packet};
use crate::reject::Reject;
use crate::time::Time;

/// No mapping that Teredo can keep open dies sooner.
const SHORTEST: Duration = Duration::from_secs(10);

impl Client {
    /// Takes an advertisement, whose message is known to be sound; one clause after the other.
    pub(super) fn advertisement(
        &mut self,
        now: Time,
        side: Side,
        arrival: Arrival,
        packet: &Packet<'_>,
        advertised: Result<Advertised, Reject>,
    ) -> Result<(), Reject> {
        let authentication = packet.authentication.ok_or(Reject::NoAuthentication)?;
        let probe = self.probe(side).as_ref().ok_or(Reject::Unsolicited)?;
        if !crate::packet::same(&probe.nonce, &authentication.nonce) {
            return Err(Reject::BadNonce);
        }
        let rtt = (probe.tries == 1).then(|| now.since(probe.first));
        if packet.header.destination != self.link_local {
            return Err(Reject::WrongDestination);
        }
        let secret = self.config.secret.as_ref();
        if secret.is_some_and(|secret| !secret.verify(&authentication, packet.clear)) {
            self.bad_authentication = true;
            return Err(Reject::BadAuthentication);
        }
        if authentication.confirmation != 0 {
            self.offline(now, Why::KeyExpired);
            return Err(Reject::KeyExpired);
        }
        let advertised = advertised?;
        let origin = packet.origin.filter(|origin| origin.port() != 0);
        let origin = origin.ok_or(Reject::BadOrigin)?;
        if !self.config.surroundings.is_global(*origin.ip()) {
            return Err(Reject::BadOrigin);
        }
        *self.probe(side) = None;
        self.rtt = rtt.or(self.rtt);
        self.hops = arrival.ttl.map(hops).or(self.hops);
        match side {
            Side::Primary => {
                self.hear_server(now);
                self.settle_primary(now, origin, advertised.mtu);
            }
            Side::Secondary => self.settle_secondary(now, Some(origin)),
        }
        Ok(())
    }

    /// Q9: whatever comes from the server puts the next question off, by a time that is never the same
    /// and always below the interval: Linux forgets after exactly 30 s.
    pub(super) fn hear_server(&mut self, now: Time) {
        self.heard = Some(now);
        if self.silent_since.take().is_some() && self.address.is_some() {
            self.put(Output::Event(Event::ServerBack));
        }
        if self.address.is_some() {
            self.retry_at = None;
            let (least, most) = (self.interval * 3 / 4, self.interval * 24 / 25);
            self.refresh_at = Some(now + self.chance.between(least, most));
        }
    }

    fn settle_primary(&mut self, now: Time, origin: SocketAddrV4, mtu: u16) {
        let changed = self.place.is_some_and(|place| place != origin);
        let first = self.place.is_none();
        let other_server = self
            .address
            .and_then(Teredo::of)
            .map(|teredo| teredo.server)
            != self.server().map(|server| server.primary);
        if changed && self.address.is_some() {
            self.learn_interval();
            self.nat = Nat::Unknown;
            self.secondary_seen = None;
            self.ask(now, Side::Secondary);
        } else if !first {
            self.changes = 0;
        }
        let undecided = !self.config.symmetric && self.secondary.is_some();
        if undecided && changed {
            self.lose_address();
        }
        self.place = Some(origin);
        self.mtu = mtu;
        self.tell_nat();
        if undecided && self.address.is_none() {
            return self.become_state(State::ProbeSecondary);
        }
        if changed || first || other_server || self.address.is_none() {
            self.qualify(now);
        }
    }

    /// The second answer, or that there was none.
    pub(super) fn settle_secondary(&mut self, now: Time, origin: Option<SocketAddrV4>) {
        self.secondary_seen = origin;
        self.tell_nat();
        if self.config.symmetric || self.place.is_none() {
            return;
        }
        if origin.is_none() {
            return self.offline(now, Why::SecondarySilent);
        }
        self.qualify(now);
    }

    /// Q4, Q14: what two answers say of the NAT.
    fn tell_nat(&mut self) {
        self.nat = match (self.place, self.secondary_seen) {
            (Some(place), _) if place == self.config.local => Nat::None,
            (Some(one), Some(other)) => Nat::of(one, other),
            _ => Nat::Unknown,
        };
    }

    /// A1, A2: an address from server, place and twelve random bits; the old one goes first.
    fn qualify(&mut self, now: Time) {
        let Some((server, place)) = self.server().zip(self.place) else {
            return;
        };
        let same = |address| {
            Teredo::of(address).is_some_and(|t| t.server == server.primary && t.client == place)
        };
        if self.address.is_some_and(same) {
            return;
        }
        if !self.config.symmetric {
            if self.nat.symmetric() {
                return self.offline(now, Why::Symmetric);
            }
            if server.secondary.is_some() && self.secondary_seen.is_none() {
                return self.offline(now, Why::SecondarySilent);
            }
        }
        let seen = self.secondary_seen;
        self.lose_address();
        (self.place, self.secondary_seen) = (Some(place), seen);
        self.tell_nat();
        let teredo = Teredo {
            server: server.primary,
            flags: self.chance.flags(),
            client: place,
        };
        let address = teredo.address();
        self.address = Some(address);
        let mtu = self.mtu;
        self.put(Output::Event(Event::AddressAdded { address, mtu }));
        self.become_state(State::Qualified);
        self.hear_server(now);
        self.begin_discovery(now);
        self.begin_trial(now);
    }

    /// Q10, Q11: the address goes, and what was known by it.
    pub(super) fn lose_address(&mut self) {
        (self.place, self.secondary_seen) = (None, None);
        self.nat = Nat::Unknown;
        self.peers.clear();
        self.end_trial();
        if let Some(address) = self.address.take() {
            self.put(Output::Event(Event::AddressRemoved(address)));
        }
    }

    /// A mapping that changes at one refresh after another dies between them.
    fn learn_interval(&mut self) {
        self.changes = self.changes.saturating_add(1);
        if self.changes > 1 {
            self.longest = self.interval;
            self.interval = (self.interval * 3 / 4).max(SHORTEST.min(self.config.refresh));
        }
    }
}

/// How far away something is whose packet came with this TTL left; systems begin with 64, 128 or 255.
pub(super) fn hops(left: u8) -> u8 {
    let begun = [64, 128, 255].into_iter().find(|begun| *begun >= left);
    begun.unwrap_or(255).saturating_sub(left)
}
