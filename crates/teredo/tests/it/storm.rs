//! Packets by chance: sound ones with some bytes changed, cut or put together, from few places and at
//! any time, to a client, a server and a relay that go on meanwhile. Nothing may panic, and nothing may
//! grow.

use std::net::{Ipv6Addr, SocketAddrV4};
use std::time::Duration;

use sixward_teredo::client::{self, Config};
use sixward_teredo::server::{self, Side};
use sixward_teredo::{Arrival, Client, Output, Random, Relay, RelayConfig, Server, Time};

use crate::wire;

/// SplitMix64.
pub(crate) struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(most.max(1)).unwrap()).unwrap()
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }
}

impl Random for Dice {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill_with(|| self.byte());
    }
}

pub(crate) struct Storm {
    dice: Dice,
    now: Time,
    client: Client,
    server: Server,
    relay: Relay,
    /// Ports beside the client's service port.
    ports: Vec<u16>,
    /// Packets that were sound, to be spoilt.
    seeds: Vec<Vec<u8>>,
}

const PLACES: [&str; 8] = [
    "198.51.100.1:3544",
    "198.51.100.2:3544",
    "203.0.113.11:40002",
    "203.0.113.12:4096",
    "203.0.113.12:4097",
    "192.168.1.3:40003",
    "10.0.0.1:1",
    "224.0.0.253:3544",
];

const ADDRESSES: [&str; 10] = [
    "2001:0:c633:6401:0:63bd:34ff:8ef4",
    "2001:0:c633:6401:0:efff:34ff:8ef3",
    "2001:0:c633:6401:8000:effe:34ff:8ef3",
    "2001:0:c633:644d:0:efff:34ff:8ef3",
    "2001:db8:64::100",
    "2001:db8:64::10",
    "fe80::1",
    "ff02::1",
    "ff02::2",
    "::",
];

impl Storm {
    pub(crate) fn new(seed: u64) -> Self {
        let primary = "198.51.100.1".parse().unwrap();
        let secondary = "198.51.100.2".parse().unwrap();
        let asked = client::Server {
            primary,
            secondary: Some(secondary),
        };
        let mut config = Config::new(asked, "192.168.1.2:40002".parse().unwrap());
        config.discovery = true;
        config.random_ports = true;
        config.surroundings.attached = vec!["192.168.1.0/24".parse().unwrap()];
        let serves = vec!["2001:db8:64::/64".parse().unwrap()];
        let relay = RelayConfig::new("2001:db8:64::10".parse().unwrap(), serves);
        let duty = server::Config::new(primary, secondary);
        let mut storm = Self {
            dice: Dice(seed),
            now: Time::at(Duration::from_secs(1000)),
            client: Client::new(config, Box::new(Dice(seed + 1))),
            server: Server::new(duty, Box::new(Dice(seed + 2))),
            relay: Relay::new(relay, Box::new(Dice(seed + 3))),
            ports: Vec::new(),
            seeds: Vec::new(),
        };
        storm.client.start(storm.now);
        storm
    }

    /// One packet, to all three.
    pub(crate) fn blow(&mut self) {
        self.now = self.now + Duration::from_micros(self.dice.next() % 20_000);
        let from: SocketAddrV4 = PLACES[self.dice.below(PLACES.len())].parse().unwrap();
        let arrival = Arrival {
            to: PLACES[self.dice.below(PLACES.len())]
                .parse()
                .ok()
                .map(|to: SocketAddrV4| *to.ip()),
            ttl: Some(self.dice.byte()),
            ecn: self.dice.byte() & 3,
            port: self
                .ports
                .last()
                .copied()
                .filter(|_| self.dice.below(4) == 0),
            ..Arrival::of(from)
        };
        let mut bytes = self.packet();
        match self.dice.below(8) {
            0 | 1 => {
                self.server.from_udp(self.now, from, Side::Primary, &bytes);
            }
            2 => {
                self.relay.from_tun(self.now, &bytes);
            }
            3 => {
                self.relay.from_udp(self.now, arrival, &mut bytes);
            }
            4 => {
                self.client.from_tun(self.now, &bytes);
            }
            _ => {
                self.client.from_udp(self.now, arrival, &mut bytes);
            }
        }
        self.client.tick(self.now);
        self.relay.tick(self.now);
        self.drain();
    }

    /// What goes out is answered by the real server, and is a seed of what comes later.
    fn drain(&mut self) {
        while let Some(output) = self.client.output() {
            let datagram = match output {
                Output::Udp(datagram) => datagram,
                Output::Open(port) => {
                    self.ports.push(port);
                    continue;
                }
                Output::Close(port) => {
                    self.ports.retain(|open| *open != port);
                    continue;
                }
                Output::Tun(_) | Output::Event(_) => continue,
            };
            let mut seen: SocketAddrV4 = PLACES[2].parse().unwrap();
            if datagram.to == PLACES[1].parse().unwrap() {
                // The NAT is symmetric and keeps ports.
                seen.set_port(40_777);
            }
            let action = self
                .server
                .from_udp(self.now, seen, Side::Primary, &datagram.bytes);
            // Now and then the server is heard.
            if let server::Action::Send { bytes, .. } = action
                && self.dice.below(4) > 0
            {
                let mut bytes = bytes.to_vec();
                self.keep(&bytes);
                self.client
                    .from_udp(self.now, Arrival::of(datagram.to), &mut bytes);
            }
            self.keep(&datagram.bytes);
        }
        while let Some(output) = self.relay.output() {
            if let Output::Udp(datagram) = output {
                self.keep(&datagram.bytes);
            }
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.seeds.len() < 256 {
            self.seeds.push(bytes.to_vec());
        } else {
            let place = self.dice.below(256);
            self.seeds[place] = bytes.to_vec();
        }
    }

    fn address(&mut self) -> Ipv6Addr {
        let own = self.client.address().filter(|_| self.dice.below(2) == 0);
        own.unwrap_or_else(|| ADDRESSES[self.dice.below(ADDRESSES.len())].parse().unwrap())
    }

    fn packet(&mut self) -> Vec<u8> {
        let (source, destination) = (self.address(), self.address());
        let mut bytes = match self.dice.below(8) {
            0 => (0..self.dice.below(100))
                .map(|_| self.dice.byte())
                .collect(),
            1 => wire::ping(source, destination, 1),
            2 => {
                let kind = self.dice.byte() & 7;
                let value: Vec<u8> = (0..self.dice.below(28)).map(|_| self.dice.byte()).collect();
                wire::bubble(source, destination, &wire::trailer(kind, &value))
            }
            3 => {
                let place = PLACES[self.dice.below(PLACES.len())].parse().unwrap();
                [wire::origin(place), wire::bubble(source, destination, &[])].concat()
            }
            4 => {
                let next = [0, 43, 60, 17, 58, 59][self.dice.below(6)];
                let body: Vec<u8> = (0..self.dice.below(64)).map(|_| self.dice.byte()).collect();
                wire::packet(source, destination, next, 255, &body)
            }
            _ if self.seeds.is_empty() => vec![0x60; 40],
            _ => self.seeds[self.dice.below(self.seeds.len())].clone(),
        };
        for _ in 0..self.dice.below(4).saturating_sub(1) {
            let place = self.dice.below(bytes.len());
            if let Some(byte) = bytes.get_mut(place) {
                *byte = self.dice.byte();
            }
        }
        if self.dice.below(8) == 0 {
            bytes.truncate(self.dice.below(bytes.len() + 1));
        }
        bytes
    }

    /// How many ports are open.
    pub(crate) fn ports(&self) -> usize {
        self.ports.len()
    }

    /// What is kept, which has bounds.
    pub(crate) fn load(&self) -> (usize, usize) {
        let status = self.client.status();
        let (peers, _, bytes) = self.relay.load();
        (status.peers + peers, status.waiting.1 + bytes)
    }

    pub(crate) fn told(&self) -> String {
        let count = |counters: &sixward_teredo::Counters| {
            counters.all().filter(|(_, count)| *count > 0).count()
        };
        format!(
            "rules that dropped: client {}, server {}, relay {}; peers and bytes kept: {:?}; ports: {}",
            count(self.client.counters()),
            count(self.server.counters()),
            count(self.relay.counters()),
            self.load(),
            self.ports.len()
        )
    }

    /// How many rules dropped something.
    pub(crate) fn rules(&self) -> usize {
        let all = [
            self.client.counters(),
            self.server.counters(),
            self.relay.counters(),
        ];
        let rules = all.iter().flat_map(|counters| counters.all());
        let hit: std::collections::BTreeSet<_> = rules
            .filter(|(_, count)| *count > 0)
            .map(|(rule, _)| rule)
            .collect();
        hit.len()
    }
}
