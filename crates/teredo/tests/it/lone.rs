//! One client without a world: the test is server, peer and clock.

use std::net::{Ipv6Addr, SocketAddrV4};
use std::time::Duration;

use sixward_net::Teredo;
use sixward_teredo::client::{Config, Server};
use sixward_teredo::{Arrival, Client, Datagram, Event, Inbound, Outbound, Output, PORT, Time};

use crate::wire;
use crate::world::{PRIMARY, SECONDARY, Seed, at};

pub(crate) const SERVER: SocketAddrV4 = SocketAddrV4::new(PRIMARY, PORT);
pub(crate) const OTHER: SocketAddrV4 = SocketAddrV4::new(SECONDARY, PORT);
pub(crate) const ROUTER: &str = "fe80::8000:f227:39cc:9bfe";

pub(crate) fn place(text: &str) -> SocketAddrV4 {
    text.parse().unwrap()
}

pub(crate) fn ip(text: &str) -> Ipv6Addr {
    text.parse().unwrap()
}

/// Where the NAT put the client.
pub(crate) fn mapped() -> SocketAddrV4 {
    place("203.0.113.11:40002")
}

/// A client of our server at this place.
pub(crate) fn teredo(client: &str) -> Ipv6Addr {
    let client = place(client);
    Teredo {
        server: PRIMARY,
        flags: 0,
        client,
    }
    .address()
}

/// An advertisement of this network, with an MTU option if wanted.
pub(crate) fn advertisement(to: Ipv6Addr, network: &str, length: u8, mtu: Option<u32>) -> Vec<u8> {
    let mut body = vec![0; 12];
    body.extend([3, 4, length, 0x40]);
    body.extend([0xff; 8]);
    body.extend([0; 4]);
    body.extend(ip(network).octets());
    if let Some(mtu) = mtu {
        body.extend([5, 1, 0, 0]);
        body.extend(mtu.to_be_bytes());
    }
    wire::icmp(ip(ROUTER), to, 134, &body)
}

/// What stands in a solicitation: the nonce and the source.
pub(crate) fn solicited(datagram: &Datagram) -> ([u8; 8], Ipv6Addr) {
    let nonce = datagram.bytes[4..12].try_into().unwrap();
    (nonce, wire::source(&datagram.bytes[13..]))
}

/// The answer that a server gives to a solicitation.
pub(crate) fn answer(datagram: &Datagram, seen: SocketAddrV4) -> Vec<u8> {
    let (nonce, source) = solicited(datagram);
    let mut bytes = wire::nonce(nonce);
    bytes.extend(wire::origin(seen));
    bytes.extend(advertisement(source, "2001:0:c633:6401::", 64, Some(1280)));
    bytes
}

pub(crate) struct Lone {
    pub(crate) client: Client,
    pub(crate) now: Time,
    pub(crate) events: Vec<Event>,
    /// Ports beside the service port.
    pub(crate) opened: Vec<u16>,
    /// Packets for the tunnel that did not come straight from a datagram.
    pub(crate) tun: Vec<Vec<u8>>,
}

impl Lone {
    /// A client that was not started.
    pub(crate) fn new(tell: impl FnOnce(&mut Config)) -> Self {
        let server = Server {
            primary: PRIMARY,
            secondary: Some(SECONDARY),
        };
        let mut config = Config::new(server, place("192.168.1.2:40002"));
        // No test of this file's clients is about a server that is gone for long.
        config.grace = secs(100_000);
        tell(&mut config);
        Self {
            client: Client::new(config, Box::new(Seed(42))),
            now: at(1_000_000),
            events: Vec::new(),
            opened: Vec::new(),
            tun: Vec::new(),
        }
    }

    /// A client that has its address; both servers see it at the same place.
    pub(crate) fn qualified(tell: impl FnOnce(&mut Config)) -> Self {
        let mut lone = Self::new(tell);
        for question in lone.start() {
            let answer = answer(&question, mapped());
            assert_eq!(lone.receive(question.to, &answer), Inbound::Consumed);
        }
        lone.sent();
        lone
    }

    /// Starts; the solicitations.
    pub(crate) fn start(&mut self) -> Vec<Datagram> {
        self.client.start(self.now);
        self.sent()
    }

    pub(crate) fn address(&self) -> Ipv6Addr {
        self.client.address().unwrap()
    }

    pub(crate) fn receive(&mut self, from: SocketAddrV4, bytes: &[u8]) -> Inbound {
        self.arrive(Arrival::of(from), bytes)
    }

    pub(crate) fn arrive(&mut self, arrival: Arrival, bytes: &[u8]) -> Inbound {
        self.client.from_udp(self.now, arrival, &mut bytes.to_vec())
    }

    pub(crate) fn transmit(&mut self, packet: &[u8]) -> Outbound {
        self.client.from_tun(self.now, packet)
    }

    /// What goes out over UDP; events and tunnel packets are put aside.
    pub(crate) fn sent(&mut self) -> Vec<Datagram> {
        let mut sent = Vec::new();
        while let Some(output) = self.client.output() {
            match output {
                Output::Udp(datagram) => sent.push(datagram),
                Output::Tun(packet) => self.tun.push(packet),
                Output::Event(event) => self.events.push(event),
                Output::Open(port) => self.opened.push(port),
                Output::Close(port) => self.opened.retain(|open| *open != port),
            }
        }
        sent
    }

    /// Lets time pass, from timer to timer; what goes out, with the milliseconds it took.
    pub(crate) fn pass(&mut self, time: Duration) -> Vec<(u128, Datagram)> {
        let (begin, end) = (self.now, self.now + time);
        let mut all = Vec::new();
        while let Some(due) = self.client.due().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            self.client.tick(self.now);
            let passed = self.now.since(begin).as_millis();
            all.extend(self.sent().into_iter().map(|datagram| (passed, datagram)));
        }
        self.now = end;
        all
    }
}

pub(crate) fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Whether these are the bytes of a bubble.
pub(crate) fn is_bubble(bytes: &[u8]) -> bool {
    bytes[0] >> 4 == 6 && bytes[6] == 59 && bytes[4..6] == [0, 0]
}

/// The value of the first trailer of this kind behind a bubble.
pub(crate) fn trailer_of(bytes: &[u8], kind: u8) -> Option<Vec<u8>> {
    if !is_bubble(bytes) {
        return None;
    }
    let mut rest = &bytes[40..];
    while rest.len() >= 2 {
        let (head, tail) = rest.split_at(2);
        let (value, tail) = tail.split_at(usize::from(head[1]));
        if head[0] == kind {
            return Some(value.to_vec());
        }
        rest = tail;
    }
    None
}
