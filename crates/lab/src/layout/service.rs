//! What a load balancer's node does with what it gets at a port.
//!
//! Which target is chosen nobody is promised. Here it hangs on the low bits of the sender's port, so that who
//! sends chooses: every target can be asked for.

use std::net::SocketAddr;

/// A port that is listened at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listen {
    /// TCP; else UDP.
    pub tcp: bool,
    /// The port.
    pub port: u16,
}

/// Where that goes which is got at a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// As many as a power of two.
    slots: Vec<Onward>,
}

/// Where one of them goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Onward {
    /// On to a target, in its family and from the balancer's own address.
    To(SocketAddr),
    /// Answered there.
    Itself,
    /// Dropped there: the filter says why.
    Nowhere,
}

impl Service {
    /// So many targets are built; the others are never chosen.
    pub const MOST: usize = 16;

    /// A service that goes on to these in turn; none: it answers by itself.
    pub fn new(targets: &[Onward]) -> Self {
        let targets = match targets.get(..Self::MOST).unwrap_or(targets) {
            [] => &[Onward::Itself],
            some => some,
        };
        let slots = targets.len().next_power_of_two();
        let all = targets.iter().cycle();
        Self {
            slots: all.take(slots).copied().collect(),
        }
    }

    /// The low bits of a sender's port that choose.
    pub fn mask(&self) -> u16 {
        u16::try_from(self.slots.len() - 1).unwrap_or(0)
    }

    /// Whom each value of these bits chooses.
    pub fn slots(&self) -> &[Onward] {
        &self.slots
    }

    /// Where that goes which comes from this port.
    pub fn onward(&self, from: u16) -> Onward {
        let slot = usize::from(from & self.mask());
        self.slots.get(slot).copied().unwrap_or(Onward::Nowhere)
    }
}
