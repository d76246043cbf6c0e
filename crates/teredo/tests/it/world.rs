//! A world with NATs and a clock of its own: two servers' addresses, a relay, a native host, clients
//! behind NATs. Every packet takes 10 ms and crosses one router in the core.

mod host;
mod nat;

pub(crate) use host::Host;
pub(crate) use nat::{Kind, Nat};

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4};
use std::time::Duration;

use sixward_net::Teredo;
use sixward_teredo::client::Config;
use sixward_teredo::server::{Action, Config as ServerConfig, Side};
use sixward_teredo::{Arrival, Client, Outbound, PORT, Random, Relay, RelayConfig, Server, Time};

use crate::wire;

pub(crate) const PRIMARY: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 1);
pub(crate) const SECONDARY: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 2);
const RELAY: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(198, 51, 100, 10), 3545);
const RELAY6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0x64, 0, 0, 0, 0, 0x10);
pub(crate) const NATIVE: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0x64, 0, 0, 0, 0, 0x100);
const DELAY: Duration = Duration::from_millis(10);

/// SplitMix64: a seed instead of the system's randomness.
#[derive(Debug)]
pub(crate) struct Seed(pub(crate) u64);

impl Seed {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

impl Random for Seed {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let drawn = self.next().to_be_bytes();
            chunk.copy_from_slice(&drawn[..chunk.len()]);
        }
    }
}

pub(crate) fn at(millis: u64) -> Time {
    Time::at(Duration::from_millis(millis))
}

/// A datagram of IPv4 on its way.
#[derive(Debug, Clone)]
pub(crate) struct Ip {
    pub(crate) from: SocketAddrV4,
    pub(crate) to: SocketAddrV4,
    pub(crate) ttl: u8,
    pub(crate) bytes: Vec<u8>,
}

pub(crate) struct World {
    pub(crate) now: Time,
    pub(crate) server: Server,
    /// Whether the server's machine runs.
    pub(crate) server_up: bool,
    pub(crate) relay: Relay,
    pub(crate) nats: Vec<Nat>,
    pub(crate) hosts: Vec<Host>,
    /// What the native host received.
    pub(crate) native: Vec<Vec<u8>>,
    flying: BTreeMap<(Time, u64), Flying>,
    number: u64,
}

enum Flying {
    /// In the core, on its way to a public address.
    Core(Ip),
    /// On a client's own link.
    Link(usize, Ip),
    /// Native IPv6.
    Native(Vec<u8>),
}

impl World {
    pub(crate) fn new() -> Self {
        let serves = vec!["2001:db8:64::/64".parse().unwrap()];
        Self {
            now: at(0),
            server: Server::new(ServerConfig::new(PRIMARY, SECONDARY), Box::new(Seed(1))),
            server_up: true,
            relay: Relay::new(RelayConfig::new(RELAY6, serves), Box::new(Seed(2))),
            nats: Vec::new(),
            hosts: Vec::new(),
            native: Vec::new(),
            flying: BTreeMap::new(),
            number: 0,
        }
    }

    /// A NAT; its number is the third byte of its private network and the last of its public address.
    pub(crate) fn nat(&mut self, kind: Kind) -> usize {
        let number = u8::try_from(self.nats.len()).unwrap();
        let public = Ipv4Addr::new(203, 0, 113, 11 + number);
        self.nats.push(Nat::new(kind, public, u64::from(number)));
        self.nats.len() - 1
    }

    /// A client behind a NAT, or without one.
    pub(crate) fn client(&mut self, nat: Option<usize>, tell: impl FnOnce(&mut Config)) -> usize {
        let index = self.hosts.len();
        let last = u8::try_from(index).unwrap() + 2;
        let address = match nat {
            Some(nat) => Ipv4Addr::new(192, 168, u8::try_from(nat).unwrap(), last),
            None => Ipv4Addr::new(203, 0, 113, 100 + last),
        };
        let local = SocketAddrV4::new(address, 40_000 + u16::from(last));
        let server = sixward_teredo::client::Server {
            primary: PRIMARY,
            secondary: Some(SECONDARY),
        };
        let mut config = Config::new(server, local);
        tell(&mut config);
        let seed = Seed(1000 + u64::try_from(index).unwrap());
        let client = Client::new(config, Box::new(seed));
        self.hosts.push(Host::new(client, local, nat));
        index
    }

    /// Starts the clients and lets them qualify.
    pub(crate) fn settle(&mut self) {
        for index in 0..self.hosts.len() {
            let now = self.now;
            self.hosts[index].client.start(now);
            self.drain(index);
        }
        self.run(1000);
    }

    /// Lets this many milliseconds pass.
    pub(crate) fn run(&mut self, millis: u64) {
        let end = self.now + Duration::from_millis(millis);
        while let Some(next) = self.next().filter(|next| *next <= end) {
            self.now = self.now.max(next);
            self.step();
        }
        self.now = end;
    }

    fn next(&self) -> Option<Time> {
        let flying = self.flying.keys().next().map(|(when, _)| *when);
        let hosts = self.hosts.iter().filter_map(|host| host.client.due());
        hosts.chain(flying).chain(self.relay.due()).min()
    }

    fn step(&mut self) {
        if let Some(entry) = self.flying.first_entry()
            && entry.key().0 <= self.now
        {
            return match entry.remove() {
                Flying::Core(ip) => self.arrive(ip),
                Flying::Link(nat, ip) => self.arrive_on_link(nat, &ip),
                Flying::Native(packet) => self.arrive_natively(packet),
            };
        }
        let now = self.now;
        self.relay.tick(now);
        self.drain_relay();
        for index in 0..self.hosts.len() {
            self.hosts[index].client.tick(now);
            self.drain(index);
        }
    }

    fn fly(&mut self, flying: Flying) {
        self.number += 1;
        self.flying.insert((self.now + DELAY, self.number), flying);
    }

    /// A program on the host sends a packet into the tunnel.
    pub(crate) fn send(&mut self, host: usize, packet: &[u8]) {
        let now = self.now;
        match self.hosts[host].client.from_tun(now, packet) {
            Outbound::Send(to) => self.emit(host, None, to, 64, packet.to_vec()),
            Outbound::SendFrom(port, to) => self.emit(host, Some(port), to, 64, packet.to_vec()),
            Outbound::Held | Outbound::Rejected(_) => {}
        }
        self.drain(host);
    }

    /// A native host sends a packet to a client.
    pub(crate) fn send_natively(&mut self, packet: Vec<u8>) {
        self.fly(Flying::Native(packet));
    }

    /// Does what the client wants done.
    fn drain(&mut self, host: usize) {
        while let Some(output) = self.hosts[host].client.output() {
            match output {
                sixward_teredo::Output::Udp(datagram) => {
                    let ttl = datagram.ttl.unwrap_or(64);
                    self.emit(host, datagram.port, datagram.to, ttl, datagram.bytes);
                }
                sixward_teredo::Output::Tun(packet) => self.deliver(host, packet),
                sixward_teredo::Output::Open(port) => {
                    self.hosts[host].ports.insert(port);
                }
                sixward_teredo::Output::Close(port) => {
                    self.hosts[host].ports.remove(&port);
                }
                sixward_teredo::Output::Event(event) => {
                    let now = self.now;
                    self.hosts[host].events.push((now, event));
                }
            }
        }
    }

    /// The host's kernel gets a packet, and answers a ping.
    fn deliver(&mut self, host: usize, packet: Vec<u8>) {
        let answer = wire::pong(&packet);
        let now = self.now;
        self.hosts[host].received.push((now, packet));
        if let Some(answer) = answer {
            self.send(host, &answer);
        }
    }

    /// A datagram leaves the host: over its link, through its NAT, into the core.
    fn emit(&mut self, host: usize, port: Option<u16>, to: SocketAddrV4, ttl: u8, bytes: Vec<u8>) {
        let now = self.now;
        let mut from = self.hosts[host].local;
        if let Some(port) = port {
            from.set_port(port);
        }
        let nat = self.hosts[host].nat;
        self.hosts[host].sent.push((now, to, ttl, bytes.clone()));
        let mut ip = Ip {
            from,
            to,
            ttl,
            bytes,
        };
        if let Some(nat) = nat {
            if to.ip().is_private() || to.ip().is_multicast() {
                return self.fly(Flying::Link(nat, ip));
            }
            ip.ttl -= 1;
            let Some(outside) = self.nats[nat].outbound(now, from, to) else {
                return;
            };
            ip.from = outside;
            if *to.ip() == self.nats[nat].public {
                // Back to where it came from.
                if self.nats[nat].hairpin {
                    self.fly(Flying::Core(ip));
                }
                return;
            }
        }
        // The core.
        if ip.ttl > 1 {
            ip.ttl -= 1;
            self.fly(Flying::Core(ip));
        }
    }

    fn arrive(&mut self, ip: Ip) {
        let now = self.now;
        match *ip.to.ip() {
            PRIMARY => self.arrive_at_server(&ip, Side::Primary),
            SECONDARY => self.arrive_at_server(&ip, Side::Secondary),
            address if address == *RELAY.ip() => self.arrive_at_relay(ip),
            address => {
                let nat = self.nats.iter().position(|nat| nat.public == address);
                match nat {
                    Some(nat) => {
                        if let Some(inside) = self.nats[nat].inbound(now, ip.from, ip.to.port()) {
                            let ip = Ip { to: inside, ..ip };
                            self.arrive_on_link(nat, &ip);
                        }
                    }
                    None => self.arrive_at_host(&ip),
                }
            }
        }
    }

    fn arrive_on_link(&mut self, nat: usize, ip: &Ip) {
        if ip.to.ip().is_multicast() {
            for index in 0..self.hosts.len() {
                if self.hosts[index].nat == Some(nat) && self.hosts[index].local != ip.from {
                    self.hand(index, ip);
                }
            }
            return;
        }
        self.arrive_at_host(ip);
    }

    fn arrive_at_host(&mut self, ip: &Ip) {
        let here = |host: &Host| {
            let port = ip.to.port();
            host.local.ip() == ip.to.ip()
                && (host.local.port() == port || host.ports.contains(&port))
        };
        if let Some(host) = self.hosts.iter().position(here) {
            self.hand(host, ip);
        }
    }

    fn hand(&mut self, host: usize, ip: &Ip) {
        let arrival = Arrival {
            to: Some(*ip.to.ip()),
            ttl: Some(ip.ttl),
            port: Some(ip.to.port()).filter(|port| self.hosts[host].ports.contains(port)),
            ..Arrival::of(ip.from)
        };
        let mut bytes = ip.bytes.clone();
        let now = self.now;
        let inbound = self.hosts[host].client.from_udp(now, arrival, &mut bytes);
        self.hosts[host]
            .arrived
            .push((now, ip.from, ip.bytes.clone()));
        // What waited goes before what proved it.
        self.drain(host);
        if let sixward_teredo::Inbound::Deliver(range) = inbound {
            self.deliver(host, bytes[range].to_vec());
        }
    }

    fn arrive_at_server(&mut self, ip: &Ip, side: Side) {
        if !self.server_up || ip.to.port() != PORT {
            return;
        }
        match self.server.from_udp(self.now, ip.from, side, &ip.bytes) {
            Action::Send { side, to, bytes } => {
                let address = match side {
                    Side::Primary => PRIMARY,
                    Side::Secondary => SECONDARY,
                };
                let ip = Ip {
                    from: SocketAddrV4::new(address, PORT),
                    to,
                    ttl: 60,
                    bytes: bytes.to_vec(),
                };
                self.fly(Flying::Core(ip));
            }
            Action::Route(range) => {
                let packet = ip.bytes[range].to_vec();
                self.fly(Flying::Native(packet));
            }
            Action::Reject(_) => {}
        }
    }

    fn arrive_at_relay(&mut self, ip: Ip) {
        if ip.to != RELAY {
            return;
        }
        let mut bytes = ip.bytes;
        let now = self.now;
        let inbound = self.relay.from_udp(now, Arrival::of(ip.from), &mut bytes);
        self.drain_relay();
        if let sixward_teredo::Inbound::Deliver(range) = inbound {
            self.fly(Flying::Native(bytes[range].to_vec()));
        }
    }

    fn drain_relay(&mut self) {
        while let Some(output) = self.relay.output() {
            match output {
                sixward_teredo::Output::Udp(datagram) => {
                    let ip = Ip {
                        from: RELAY,
                        to: datagram.to,
                        ttl: 60,
                        bytes: datagram.bytes,
                    };
                    self.fly(Flying::Core(ip));
                }
                sixward_teredo::Output::Tun(packet) => self.fly(Flying::Native(packet)),
                _ => {}
            }
        }
    }

    /// Native routing: Teredo addresses are behind the relay.
    fn arrive_natively(&mut self, packet: Vec<u8>) {
        let destination = wire::destination(&packet);
        if Teredo::of(destination).is_some() {
            let now = self.now;
            if let sixward_teredo::Outbound::Send(to) = self.relay.from_tun(now, &packet) {
                let ip = Ip {
                    from: RELAY,
                    to,
                    ttl: 60,
                    bytes: packet,
                };
                self.fly(Flying::Core(ip));
            }
            self.drain_relay();
        } else if destination == NATIVE {
            if let Some(answer) = wire::pong(&packet) {
                self.fly(Flying::Native(answer));
            }
            self.native.push(packet);
        }
    }
}
