//! What stateful firewalls and gateways remember of a flow.

use sixward_estate::{Gateway, SmolStr};

use super::reply::{belongs, reply, too_big};
use crate::Packet;

/// The memory of everything that a flow passes.
#[derive(Debug, Default)]
pub(super) struct Session<'a> {
    tracked: Vec<(SmolStr, Packet)>,
    translated: Vec<(&'a Gateway, Packet, Packet)>,
    let_out: Vec<(&'a Gateway, Packet)>,
}

impl<'a> Session<'a> {
    /// A stateful firewall at `place`, an interface or a subnet, let this packet pass.
    pub(super) fn track(&mut self, place: &str, packet: Packet) {
        self.tracked.push((SmolStr::new(place), packet));
    }

    /// Whether this packet answers one that passed at `place`.
    pub(super) fn answers(&self, place: &str, packet: &Packet) -> bool {
        let mut here = self.tracked.iter().filter(|(at, _)| at == place);
        here.any(|(_, passed)| belongs(packet, passed))
    }

    /// A NAT gateway made `after` of `before`.
    pub(super) fn translate(&mut self, gateway: &'a Gateway, before: Packet, after: Packet) {
        self.translated.push((gateway, before, after));
    }

    /// What the gateway makes of an answer; nothing when it answers nothing.
    pub(super) fn translate_back(&self, gateway: &Gateway, packet: &Packet) -> Option<Packet> {
        let mut entries = self.translated.iter();
        let (_, before, after) =
            entries.find(|(at, _, after)| at.id == gateway.id && belongs(packet, after))?;
        if reply(after) == Some(*packet) {
            return reply(before);
        }
        let error = too_big(before);
        let is_same_family = packet.family() == error.family();
        let source = if is_same_family {
            packet.source
        } else {
            error.source
        };
        Some(Packet { source, ..error })
    }

    /// An egress-only gateway let this packet out.
    pub(super) fn let_out(&mut self, gateway: &'a Gateway, packet: Packet) {
        self.let_out.push((gateway, packet));
    }

    /// The egress-only gateway that lets this answer in.
    pub(super) fn lets_in(&self, packet: &Packet) -> Option<&'a Gateway> {
        let mut entries = self.let_out.iter();
        let found = entries.find(|(_, passed)| belongs(packet, passed));
        found.map(|(gateway, _)| *gateway)
    }
}
