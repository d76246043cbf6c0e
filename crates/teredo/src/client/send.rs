//! Packets for the tunnel (RFC 4380 section 5.2.4): straight to a peer that is known, into its queue
//! if it is not.

use std::net::Ipv6Addr;

use sixward_net::Teredo;

use super::Client;
use crate::arrival::Outbound;
use crate::output::Output;
use crate::packet::{self, Header, Unreachable};
use crate::peer::{Contact, STALE, Way, Wish};
use crate::reject::Reject;
use crate::surroundings::Surroundings;
use crate::time::Time;

/// From where ICMPv6 errors come: no router here has an address of its own.
pub(crate) const ROUTER: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0x7e4e, 0xd0);

impl Client {
    /// A packet has come from the tunnel interface.
    pub fn from_tun(&mut self, now: Time, packet: &[u8]) -> Outbound {
        self.transmit(now, packet)
            .unwrap_or_else(|reject| Outbound::Rejected(self.counters.count(reject)))
    }

    fn transmit(&mut self, now: Time, packet: &[u8]) -> Result<Outbound, Reject> {
        let header = Header::read(packet)?;
        if packet.len() < header.length() {
            return Err(Reject::Truncated);
        }
        let own = self.address.ok_or(Reject::NotQualified)?;
        if header.source != own {
            return Err(self.foreign_source(now, &header, packet));
        }
        let peer = self.peers.get_mut(header.destination);
        if let Some((peer, place)) = peer.and_then(|peer| peer.direct(now).map(|at| (peer, at))) {
            peer.spoken = Some(now);
            peer.used = now;
            let via = peer.ports.via();
            let stale = !peer.heard_within(STALE, now);
            if stale && matches!(peer.contact, Contact::Quiet) {
                self.call(now, header.destination);
            }
            return Ok(via.map_or(Outbound::Send(place), |port| {
                Outbound::SendFrom(port, place)
            }));
        }
        self.first_contact(now, &header, packet)
    }

    /// P10: only our own address may be spoken for. What a kernel says for its link's sake is dropped
    /// without a word.
    fn foreign_source(&mut self, now: Time, header: &Header, packet: &[u8]) -> Reject {
        let link = header.source.is_unicast_link_local() || header.source.is_unspecified();
        if !link {
            self.refuse(now, packet, Unreachable::Prohibited);
        }
        Reject::NotServed
    }

    /// P2, P3, P4: the packet waits, and its peer is called.
    fn first_contact(
        &mut self,
        now: Time,
        header: &Header,
        packet: &[u8],
    ) -> Result<Outbound, Reject> {
        let destination = header.destination;
        self.may_go(destination)?;
        let peer = self.peers.admit(destination, Wish::Ours, now)?;
        if let Contact::Refused { until } = peer.contact {
            if until > now {
                self.refuse(now, packet, Unreachable::Address);
                return Err(Reject::Unreachable);
            }
            peer.contact = Contact::Quiet;
        }
        let quiet = matches!(peer.contact, Contact::Quiet);
        let held = self.peers.hold(destination, Way::Out, packet);
        if quiet {
            self.call(now, destination);
        }
        // The last of four rounds may have been in vain already; then the packet was refused by now.
        held.map(|()| Outbound::Held)
    }

    fn may_go(&self, destination: Ipv6Addr) -> Result<(), Reject> {
        if let Some(teredo) = Teredo::of(destination) {
            if Some(teredo.client) == self.place {
                return Err(Reject::Loop);
            }
            self.config.surroundings.target(*teredo.client.ip())?;
            return self.config.surroundings.target(teredo.server);
        }
        let global = Surroundings::default().source(destination).is_ok();
        if global && !destination.is_unicast_link_local() {
            Ok(())
        } else {
            Err(Reject::NoUnicast)
        }
    }

    /// P11: an ICMPv6 error to whoever sent the packet, unless there were too many or none may be.
    pub(super) fn refuse(&mut self, now: Time, packet: &[u8], why: Unreachable) {
        let Ok(header) = Header::read(packet) else {
            return;
        };
        let payload = packet.get(Header::LENGTH..).unwrap_or_default();
        if packet::is_error(&header, payload) || !self.errors.take(self.config.limits.errors, now) {
            return;
        }
        self.put(Output::Tun(packet::error(
            ROUTER,
            header.source,
            why,
            packet,
        )));
    }
}
