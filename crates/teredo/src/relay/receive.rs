//! Packets from clients (RFC 4380 section 5.4.2, L3, L4): only from those that were called, and from
//! the place that their address or our nonce proves.

use sixward_net::Teredo;

use super::Relay;
use crate::arrival::{Arrival, Inbound};
use crate::packet::{self, Packet, Trailers};
use crate::peer::Contact;
use crate::reject::Reject;
use crate::time::Time;

impl Relay {
    pub(super) fn receive(
        &mut self,
        now: Time,
        arrival: Arrival,
        packet: &Packet<'_>,
    ) -> Result<Inbound, Reject> {
        let header = &packet.header;
        let teredo = Teredo::of(header.source).ok_or(Reject::BadSource)?;
        let peer = self
            .peers
            .get_mut(header.source)
            .ok_or(Reject::UnknownPeer)?;
        packet::destined(header, packet.payload())?;
        let trailers = Trailers::read(packet.trailers)?;
        if peer.is_at(arrival.from) {
            peer.hear(now);
            if !matches!(peer.contact, Contact::Quiet) {
                self.establish(now, header.source, arrival.from);
            }
        } else {
            let nonce = trailers.nonce.filter(|_| packet.is_bubble());
            let known = peer.direct(now).is_some();
            // Z4: a forged UDP source in the client's own place does not displace a proved one.
            let embedded = teredo.client == arrival.from && !known;
            if !peer.proves(nonce, false, now) && !embedded {
                return Err(Reject::UnprovedPeer);
            }
            self.establish(now, header.source, arrival.from);
        }
        if packet.is_bubble() {
            return Ok(Inbound::Consumed);
        }
        if !self
            .config
            .serves
            .iter()
            .any(|net| net.contains(&header.destination))
        {
            return Err(Reject::NotServed);
        }
        Ok(Inbound::Deliver(packet.range()))
    }
}
