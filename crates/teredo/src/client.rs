//! The Teredo client (RFC 4380 section 5.2, RFC 6081): learns its address from a server, finds a
//! direct way to each peer, keeps its NAT open. Its data path allocates nothing; all else comes out
//! of [`Client::output`].

mod config;
mod contact;
mod direct;
mod discovery;
mod lengthen;
mod news;
mod port;
mod qualify;
mod send;
mod server;
mod settle;
mod state;
mod status;

pub use config::{Config, Server};
pub use discovery::GROUP;
pub use state::{NoPath, State, Why};
pub use status::{PeerStatus, Status};

use std::collections::BTreeSet;
use std::net::{Ipv6Addr, SocketAddrV4};
use std::time::Duration;

use crate::arrival::{Arrival, Inbound};
use crate::bucket::{Bucket, Buckets, Rate};
use crate::nat::Nat;
use crate::output::{Datagram, Outbox, Output};
use crate::packet::{self, Packet};
use crate::peer::Peers;
use crate::random::{Chance, Random};
use crate::reject::{Counters, Reject};
use crate::time::Time;
use lengthen::Trial;
use qualify::Probe;

/// A client.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, whatever the others are"
)]
#[derive(Debug)]
pub struct Client {
    config: Config,
    chance: Chance,
    outbox: Outbox,
    counters: Counters,
    peers: Peers,
    state: State,
    /// Whether it was ever started.
    begun: bool,
    native: bool,
    managed: bool,
    /// Which server, by place in the configuration.
    turn: usize,
    primary: Option<Probe>,
    secondary: Option<Probe>,
    /// What the other address saw.
    secondary_seen: Option<SocketAddrV4>,
    bad_authentication: bool,
    link_local: Ipv6Addr,
    address: Option<Ipv6Addr>,
    place: Option<SocketAddrV4>,
    mtu: u16,
    nat: Nat,
    /// When the server was last heard.
    heard: Option<Time>,
    rtt: Option<Duration>,
    hops: Option<u8>,
    /// When it is asked again if nothing comes before.
    refresh_at: Option<Time>,
    retry_at: Option<Time>,
    silent_since: Option<Time>,
    /// The refresh interval in use: what was configured, or shorter if mappings died.
    interval: Duration,
    /// A silence that is too long, as far as is known.
    longest: Duration,
    trial: Option<Trial>,
    /// Mappings that changed at one refresh after another.
    changes: u32,
    announce_at: Option<Time>,
    /// Ports beside the service port.
    open: BTreeSet<u16>,
    tests: Bucket,
    errors: Bucket,
    /// Bubbles to places that strangers named.
    strangers: Buckets,
}

/// To one place that strangers name.
const EACH_STRANGER: Rate = Rate {
    burst: 8,
    per_second: 2,
};

impl Client {
    /// A client that does nothing until it is started.
    pub fn new(config: Config, random: Box<dyn Random>) -> Self {
        let mut chance = Chance::new(random);
        let limits = config.limits.clone();
        Self {
            strangers: Buckets::new(EACH_STRANGER, chance.bytes(), 1024),
            tests: Bucket::full(limits.tests),
            errors: Bucket::full(limits.errors),
            interval: config.refresh,
            longest: lengthen::LONGEST,
            trial: None,
            peers: Peers::new(limits),
            config,
            chance,
            outbox: Outbox::default(),
            counters: Counters::default(),
            state: State::Offline(Why::NotStarted),
            begun: false,
            native: false,
            managed: false,
            turn: 0,
            primary: None,
            secondary: None,
            secondary_seen: None,
            bad_authentication: false,
            link_local: Ipv6Addr::UNSPECIFIED,
            address: None,
            place: None,
            mtu: 1280,
            nat: Nat::Unknown,
            heard: None,
            rtt: None,
            hops: None,
            refresh_at: None,
            retry_at: None,
            silent_since: None,
            changes: 0,
            announce_at: None,
            open: BTreeSet::new(),
        }
    }

    /// A datagram has come in on the service port.
    pub fn from_udp(&mut self, now: Time, arrival: Arrival, datagram: &mut [u8]) -> Inbound {
        let judged = match self.judge(now, arrival, datagram) {
            Ok(Inbound::Deliver(range)) => {
                let packet = datagram.get_mut(range.clone()).unwrap_or_default();
                packet::ecn(arrival.ecn, packet).map(|()| Inbound::Deliver(range))
            }
            other => other,
        };
        judged.unwrap_or_else(|reject| Inbound::Rejected(self.counters.count(reject)))
    }

    fn judge(&mut self, now: Time, arrival: Arrival, datagram: &[u8]) -> Result<Inbound, Reject> {
        let packet = Packet::read(datagram)?;
        match self.side(arrival.from) {
            _ if self.is_tried(arrival) => self.receive_tried(now, arrival, &packet),
            // Any other port beside the service port is for one peer.
            _ if arrival.port.is_some() => self.receive_direct(now, arrival, &packet),
            Some(side) => self.receive_from_server(now, side, arrival, &packet),
            None => self.receive_direct(now, arrival, &packet),
        }
    }

    /// When [`Client::tick`] has something to do.
    pub fn due(&self) -> Option<Time> {
        let probes = [&self.primary, &self.secondary].map(|probe| probe.as_ref().map(|p| p.again));
        let rest = [
            self.refresh_at,
            self.retry_at,
            self.announce_at,
            self.trial.as_ref().map(|trial| trial.again),
            self.peers.due(),
        ];
        probes.into_iter().chain(rest).flatten().min()
    }

    /// Time has passed.
    pub fn tick(&mut self, now: Time) {
        self.tick_server(now);
        self.tick_discovery(now);
        self.tick_trial(now);
        while let Some(peer) = self.peers.pop(now) {
            self.wake(now, peer);
        }
    }

    /// What is to be done, one thing at a time.
    pub fn output(&mut self) -> Option<Output> {
        while let Some(port) = self.peers.orphan() {
            self.closed(port);
        }
        self.outbox.pop()
    }

    /// What was dropped, by rule.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// The client's address.
    pub fn address(&self) -> Option<Ipv6Addr> {
        self.address
    }

    /// Where it stands.
    pub fn state(&self) -> State {
        self.state
    }

    fn put(&mut self, output: Output) {
        self.outbox.push(output, &mut self.counters);
    }

    fn send(&mut self, to: SocketAddrV4, ttl: Option<u8>, bytes: Vec<u8>) {
        self.send_from(None, to, ttl, bytes);
    }

    fn send_from(&mut self, port: Option<u16>, to: SocketAddrV4, ttl: Option<u8>, bytes: Vec<u8>) {
        let datagram = Datagram {
            port,
            to,
            ttl,
            bytes,
        };
        self.put(Output::Udp(datagram));
    }
}
