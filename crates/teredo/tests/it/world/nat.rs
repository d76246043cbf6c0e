//! NATs as the lab builds them with nftables. All but the cones are Linux's connection tracking: a
//! tuple that is taken makes it choose another port, whoever took it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::Duration;

use sixward_teredo::Time;

use super::Seed;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// One mapping for all partners, open to everybody.
    Cone,
    /// One mapping, open to addresses that were contacted.
    Address,
    /// Masquerade that drops what it does not expect.
    Port,
    /// Masquerade on a router that takes what it does not expect for its own, and remembers it.
    Masquerade,
    /// Keeps a port for the first partner, and has a random one for each other.
    Preserving,
    /// The next port for each partner.
    Sequential,
    /// A random port for each partner, from near ones.
    Symmetric,
    /// A random port for each partner, from all.
    Random,
}

impl Kind {
    pub(crate) const ALL: [Self; 6] = [
        Self::Cone,
        Self::Address,
        Self::Port,
        Self::Masquerade,
        Self::Symmetric,
        Self::Random,
    ];

    fn cone(self) -> bool {
        matches!(self, Self::Cone | Self::Address)
    }
}

pub(crate) struct Nat {
    pub(crate) public: Ipv4Addr,
    /// Whether packets from inside to its own public address come back in.
    pub(crate) hairpin: bool,
    pub(crate) kind: Kind,
    /// Cones: who is inside behind which port.
    ports: BTreeMap<u16, SocketAddrV4>,
    seen: BTreeSet<(u16, Ipv4Addr)>,
    /// Connection tracking: port outside and partner; who is inside, and until when. Nobody inside is
    /// the router itself.
    flows: BTreeMap<(u16, SocketAddrV4), (Option<SocketAddrV4>, Time)>,
    pub(crate) timeout: Duration,
    seed: Seed,
    /// Sequential ones: the port that was given out last.
    pub(crate) last: u16,
}

impl Nat {
    pub(crate) fn new(kind: Kind, public: Ipv4Addr, seed: u64) -> Self {
        Self {
            public,
            hairpin: false,
            kind,
            ports: BTreeMap::new(),
            seen: BTreeSet::new(),
            flows: BTreeMap::new(),
            timeout: Duration::from_secs(30),
            seed: Seed(seed + 77),
            last: 20_000,
        }
    }

    /// Forgets all, as after a reboot.
    pub(crate) fn reboot(&mut self, kind: Kind) {
        *self = Self {
            hairpin: self.hairpin,
            timeout: self.timeout,
            ..Self::new(kind, self.public, self.seed.next())
        };
    }

    pub(crate) fn outbound(
        &mut self,
        now: Time,
        from: SocketAddrV4,
        to: SocketAddrV4,
    ) -> Option<SocketAddrV4> {
        let port = if self.kind.cone() {
            let known = self.ports.iter().find(|(_, inside)| **inside == from);
            let port = known
                .map(|(port, _)| *port)
                .or_else(|| self.free(from.port()))?;
            self.ports.insert(port, from);
            self.seen.insert((port, *to.ip()));
            port
        } else {
            self.flows.retain(|_, (_, until)| *until > now);
            let known = self
                .flows
                .iter()
                .find(|((_, partner), (inside, _))| *partner == to && *inside == Some(from));
            let port = match known {
                Some(((port, _), _)) => *port,
                None => self.choose(from.port(), to),
            };
            self.flows
                .insert((port, to), (Some(from), now + self.timeout));
            port
        };
        Some(SocketAddrV4::new(self.public, port))
    }

    fn free(&self, wanted: u16) -> Option<u16> {
        (wanted..u16::MAX).find(|port| !self.ports.contains_key(port))
    }

    fn choose(&mut self, wanted: u16, to: SocketAddrV4) -> u16 {
        let keeps = matches!(self.kind, Kind::Port | Kind::Masquerade);
        if keeps && !self.flows.contains_key(&(wanted, to)) {
            return wanted;
        }
        let first = !self.flows.keys().any(|(port, _)| *port == wanted);
        if self.kind == Kind::Preserving && first {
            return wanted;
        }
        if self.kind == Kind::Sequential {
            self.last = self.last.wrapping_add(1).max(20_000);
            return self.last;
        }
        let range = if self.kind == Kind::Symmetric {
            4096
        } else {
            60_000
        };
        loop {
            let drawn = u16::try_from(1024 + self.seed.next() % range).unwrap();
            if drawn != wanted && !self.flows.contains_key(&(drawn, to)) {
                return drawn;
            }
        }
    }

    pub(crate) fn inbound(
        &mut self,
        now: Time,
        from: SocketAddrV4,
        port: u16,
    ) -> Option<SocketAddrV4> {
        if self.kind.cone() {
            let open = self.kind == Kind::Cone || self.seen.contains(&(port, *from.ip()));
            return self.ports.get(&port).copied().filter(|_| open);
        }
        self.flows.retain(|_, (_, until)| *until > now);
        let until = now + self.timeout;
        if let Some((inside, expires)) = self.flows.get_mut(&(port, from)) {
            *expires = until;
            return *inside;
        }
        if self.kind == Kind::Masquerade {
            self.flows.insert((port, from), (None, until));
        }
        None
    }
}
