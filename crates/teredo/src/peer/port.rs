//! A port of our own for one peer (RFC 6081 section 5.4, X8): behind a symmetric NAT that keeps ports it
//! tells the peer beforehand where our packets will come from.

/// The ports between us and a peer.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Ports {
    /// Ours, for this peer alone ("Random Port").
    pub(crate) own: Option<u16>,
    /// The peer's, for us alone ("Peer Random Port").
    pub(crate) theirs: Option<u16>,
    /// Whether the peer is reached from ours ("Direct Receive on Random Port").
    pub(crate) used: bool,
    /// Bubbles since data last went out ("Connection Refresh Count").
    pub(crate) refreshes: u8,
}

impl Ports {
    /// From which port packets to the peer leave, if not from the service port.
    pub(crate) fn via(&self) -> Option<u16> {
        self.own.filter(|_| self.used)
    }
}
