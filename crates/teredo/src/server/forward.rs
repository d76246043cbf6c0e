//! What a server forwards (RFC 4380 section 5.3.1, V6, V7, V10 to V15).

use std::net::SocketAddrV4;

use sixward_net::Teredo;

use super::{Server, Side, Verdict};
use crate::packet::{self, Packet};
use crate::reject::Reject;

impl Server {
    pub(super) fn forward(
        &mut self,
        from: SocketAddrV4,
        packet: &Packet<'_>,
    ) -> Result<Verdict, Reject> {
        let header = &packet.header;
        let destination = Teredo::of(header.destination);
        let ours = destination.filter(|teredo| teredo.server == self.config.primary);
        match Teredo::of(header.source) {
            Some(teredo) if teredo.client != from => return Err(Reject::MappingMismatch),
            None if ours.is_none() => return Err(Reject::ForeignClient),
            _ => {}
        }
        if header.payload > self.config.icmp {
            return Err(Reject::TooLarge);
        }
        let to = header.destination;
        let native = self
            .config
            .surroundings
            .native
            .iter()
            .any(|net| net.contains(&to));
        let global = matches!(to.segments(), [0x2000..=0x3fff, ..]) || native;
        if !global {
            return Err(Reject::DestinationNotGlobal);
        }
        let Some(teredo) = destination else {
            self.forwarded = self.forwarded.saturating_add(1);
            return Ok(Verdict::Route(packet.range()));
        };
        let own = [self.config.primary, self.config.secondary];
        if own.contains(teredo.client.ip()) {
            return Err(Reject::Loop);
        }
        self.config.surroundings.target(*teredo.client.ip())?;
        self.answer.clear();
        if ours.is_some() {
            packet::origin(from, &mut self.answer);
        }
        self.answer.extend_from_slice(packet.ipv6);
        self.answer.extend_from_slice(packet.trailers);
        self.forwarded = self.forwarded.saturating_add(1);
        Ok(Verdict::Send(Side::Primary, teredo.client))
    }
}
