//! The Teredo server (RFC 4380 section 5.3): tells a client where its NAT put it, and forwards bubbles
//! and tests to clients that only their server can reach. It keeps no state about anybody.

mod forward;
mod solicit;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4};
use std::ops::Range;

use sixward_net::Teredo;

use crate::arrival::PORT;
use crate::bucket::{Buckets, Rate};
use crate::packet::{self, Packet};
use crate::random::{Chance, Random};
use crate::reject::{Counters, Reject};
use crate::secret::Secret;
use crate::surroundings::Surroundings;
use crate::time::Time;

/// What a server is told.
#[derive(Debug, Clone)]
pub struct Config {
    /// The address in its clients' addresses.
    pub primary: Ipv4Addr,
    /// The other one.
    pub secondary: Ipv4Addr,
    /// The networks around; its own addresses need not stand there.
    pub surroundings: Surroundings,
    /// What the link carries, as advertised.
    pub mtu: u16,
    /// The clients' secrets by name. If there are any, nobody else is served (S4).
    pub secrets: BTreeMap<Vec<u8>, Key>,
    /// What one source may make the server send (V18).
    pub each: Rate,
    /// The longest ICMPv6 message that is forwarded (V15).
    pub icmp: u16,
    /// When the service ends (V19).
    pub sunset: Option<Time>,
}

/// A client's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The secret.
    pub secret: Secret,
    /// Whether the client is told to get another.
    pub expired: bool,
}

impl Config {
    /// The defaults for these two addresses.
    pub fn new(primary: Ipv4Addr, secondary: Ipv4Addr) -> Self {
        Self {
            primary,
            secondary,
            surroundings: Surroundings::default(),
            mtu: 1280,
            secrets: BTreeMap::new(),
            each: Rate {
                burst: 200,
                per_second: 50,
            },
            icmp: 128,
            sunset: None,
        }
    }
}

/// Which of the server's addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The one in its clients' addresses.
    Primary,
    /// The other one.
    Secondary,
}

impl Side {
    pub(crate) const fn other(self) -> Self {
        match self {
            Self::Primary => Self::Secondary,
            Self::Secondary => Self::Primary,
        }
    }
}

/// What becomes of a datagram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action<'a> {
    /// Send this, from that address of the server, port 3544.
    Send {
        /// From which address.
        side: Side,
        /// To where.
        to: SocketAddrV4,
        /// What.
        bytes: &'a [u8],
    },
    /// These bytes of the datagram are a packet for native IPv6.
    Route(Range<usize>),
    /// It goes no further.
    Reject(Reject),
}

/// What is to be done, before the answer is borrowed.
enum Verdict {
    Send(Side, SocketAddrV4),
    Route(Range<usize>),
}

/// A server.
#[derive(Debug)]
pub struct Server {
    config: Config,
    link_local: Ipv6Addr,
    buckets: Buckets,
    counters: Counters,
    /// The answer in the making; kept, so that an answer allocates nothing.
    answer: Vec<u8>,
    answered: u64,
    forwarded: u64,
}

/// V17: as many classes of sources, and so many bytes, whatever comes.
const CLASSES: usize = 16_384;

impl Server {
    /// A server.
    pub fn new(config: Config, random: Box<dyn Random>) -> Self {
        let mut chance = Chance::new(random);
        // A5: its own address says "cone". The rest is that of a Teredo address of the server itself.
        let teredo = Teredo {
            server: config.primary,
            flags: Teredo::CONE,
            client: SocketAddrV4::new(config.primary, PORT),
        };
        let id = u128::from(teredo.address()) & u128::from(u64::MAX);
        Self {
            buckets: Buckets::new(config.each, chance.bytes(), CLASSES),
            link_local: Ipv6Addr::from(0xfe80_u128 << 112 | id),
            config,
            counters: Counters::default(),
            answer: Vec::with_capacity(2048),
            answered: 0,
            forwarded: 0,
        }
    }

    /// A datagram has come in on port 3544 of this address.
    pub fn from_udp(
        &mut self,
        now: Time,
        from: SocketAddrV4,
        side: Side,
        datagram: &[u8],
    ) -> Action<'_> {
        match self.judge(now, from, side, datagram) {
            Ok(Verdict::Send(side, to)) => Action::Send {
                side,
                to,
                bytes: &self.answer,
            },
            Ok(Verdict::Route(range)) => Action::Route(range),
            Err(reject) => Action::Reject(self.counters.count(reject)),
        }
    }

    /// V1: the rules of section 5.3.1 in their order.
    fn judge(
        &mut self,
        now: Time,
        from: SocketAddrV4,
        side: Side,
        datagram: &[u8],
    ) -> Result<Verdict, Reject> {
        let packet = Packet::read(datagram)?;
        let icmp = packet.icmp();
        if !packet.is_bubble() && icmp.is_none() {
            return Err(Reject::NotForwarded);
        }
        let own = [self.config.primary, self.config.secondary];
        if own.contains(from.ip()) && from.port() == PORT {
            return Err(Reject::Loop);
        }
        if !self.config.surroundings.is_global(*from.ip()) {
            return Err(Reject::SourceNotGlobal);
        }
        if !self.buckets.take(u128::from(from.ip().to_bits()), now) {
            return Err(Reject::RateLimited);
        }
        if let Some(icmp) = icmp
            && packet::is_solicitation(&packet.header, &icmp)?
        {
            return self.solicited(now, from, side, &packet);
        }
        self.forward(from, &packet)
    }

    /// What was dropped, by rule.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Solicitations answered and packets forwarded.
    pub fn served(&self) -> (u64, u64) {
        (self.answered, self.forwarded)
    }
}
