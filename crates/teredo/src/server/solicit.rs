//! The answer to a solicitation (RFC 4380 section 5.3.2, V4, V8, V9, V10; S4, S5, S7).

use std::net::SocketAddrV4;

use super::{Server, Side, Verdict};
use crate::packet::{self, ALL_ROUTERS, Authentication, Packet};
use crate::reject::Reject;
use crate::time::Time;

impl Server {
    pub(super) fn solicited(
        &mut self,
        now: Time,
        from: SocketAddrV4,
        side: Side,
        packet: &Packet<'_>,
    ) -> Result<Verdict, Reject> {
        let header = &packet.header;
        if !header.source.is_unicast_link_local() || header.destination != ALL_ROUTERS {
            return Err(Reject::BadSolicitation);
        }
        if self.config.sunset.is_some_and(|sunset| sunset <= now) {
            return Err(Reject::Sunset);
        }
        self.identified(packet)?;
        // A5, V9: a client that says "cone" wants to know whether strangers get through to it.
        let [_, _, _, _, _, _, _, _, flags, ..] = header.source.octets();
        let side = if flags & 0x80 > 0 { side.other() } else { side };
        let primary = self.config.primary;
        let mtu = u32::from(self.config.mtu);
        let advertisement = packet::advertisement(self.link_local, header.source, primary, mtu);
        let mut clear = Vec::with_capacity(advertisement.len().saturating_add(8));
        packet::origin(from, &mut clear);
        clear.extend_from_slice(&advertisement);
        self.answer.clear();
        self.authenticate(packet.authentication, &clear);
        self.answer.extend_from_slice(&clear);
        self.answered = self.answered.saturating_add(1);
        Ok(Verdict::Send(side, from))
    }

    /// S4: who is not proved is not served, if anybody has a key.
    fn identified(&self, packet: &Packet<'_>) -> Result<(), Reject> {
        if self.config.secrets.is_empty() {
            return Ok(());
        }
        let authentication = packet.authentication.ok_or(Reject::NoAuthentication)?;
        let key = self.config.secrets.get(authentication.id);
        let proved = key.is_some_and(|key| key.secret.verify(&authentication, packet.clear));
        if proved {
            Ok(())
        } else {
            Err(Reject::BadAuthentication)
        }
    }

    /// S5: name and nonce as they came, with a proof of our own; S7: nothing if nothing came.
    fn authenticate(&mut self, asked: Option<Authentication<'_>>, clear: &[u8]) {
        let Some(asked) = asked else { return };
        let key = self.config.secrets.get(asked.id);
        let confirmation = u8::from(key.is_some_and(|key| key.expired));
        let value = key.map(|key| key.secret.prove(asked.nonce, confirmation, clear));
        let answer = Authentication {
            id: key.map(|_| asked.id).unwrap_or_default(),
            value: value.as_ref().map(<[u8; 20]>::as_slice).unwrap_or_default(),
            nonce: asked.nonce,
            confirmation,
        };
        packet::authentication(&answer, &mut self.answer);
    }
}
