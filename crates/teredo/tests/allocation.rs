//! The data path allocates nothing: packets to and from an established peer, and what a server
//! forwards. A test program of its own, because it counts for the whole program.
#![expect(clippy::unwrap_used, reason = "a panic is the report of a test")]

#[path = "it/wire.rs"]
#[expect(dead_code, reason = "another test's file")]
mod wire;

use std::net::{Ipv6Addr, SocketAddrV4};
use std::time::Duration;

use sixward_net::Teredo;
use sixward_teredo::client::{self, Config};
use sixward_teredo::server::{Action, Side};
use sixward_teredo::{
    Arrival, Client, Inbound, Outbound, Output, Random, Relay, RelayConfig, Time,
};

struct Ones;

impl Random for Ones {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill(1);
    }
}

const SERVER: &str = "198.51.100.1:3544";
const PEER: &str = "203.0.113.12:4096";

fn place(text: &str) -> SocketAddrV4 {
    text.parse().unwrap()
}

fn teredo(client: &str) -> Ipv6Addr {
    let client = place(client);
    let server = *place(SERVER).ip();
    Teredo {
        server,
        flags: 0,
        client,
    }
    .address()
}

fn now() -> Time {
    Time::at(Duration::from_secs(100))
}

fn server() -> sixward_teredo::Server {
    let primary = *place(SERVER).ip();
    let config = sixward_teredo::server::Config::new(primary, "198.51.100.2".parse().unwrap());
    sixward_teredo::Server::new(config, Box::new(Ones))
}

fn data(from: Ipv6Addr, to: Ipv6Addr) -> Vec<u8> {
    wire::packet(from, to, 17, 64, &[0; 1200])
}

fn client() -> (Client, Ipv6Addr) {
    let asked = client::Server {
        primary: *place(SERVER).ip(),
        secondary: None,
    };
    let mut client = Client::new(
        Config::new(asked, place("192.168.1.2:40002")),
        Box::new(Ones),
    );
    client.start(now());
    let mut server = server();
    while let Some(output) = client.output() {
        if let Output::Udp(question) = output
            && let Action::Send { bytes, .. } = server.from_udp(
                now(),
                place("203.0.113.11:40002"),
                Side::Primary,
                &question.bytes,
            )
        {
            client.from_udp(now(), Arrival::of(question.to), &mut bytes.to_vec());
        }
    }
    let own = client.address().unwrap();
    client.from_udp(
        now(),
        Arrival::of(place(PEER)),
        &mut data(teredo(PEER), own),
    );
    (client, own)
}

#[test]
fn the_data_path_of_a_client_allocates_nothing() {
    let (mut client, own) = client();
    let mut inward = data(teredo(PEER), own);
    let outward = data(own, teredo(PEER));
    let counted = allocation_counter::measure(|| {
        for _ in 0..1000 {
            let sent = client.from_tun(now(), &outward);
            assert_eq!(sent, Outbound::Send(place(PEER)));
            let taken = client.from_udp(now(), Arrival::of(place(PEER)), &mut inward);
            assert!(matches!(taken, Inbound::Deliver(_)));
        }
    });
    assert_eq!(counted.count_total, 0);
}

#[test]
fn the_data_path_of_a_relay_allocates_nothing() {
    let native: Ipv6Addr = "2001:db8:64::100".parse().unwrap();
    let serves = vec!["2001:db8:64::/64".parse().unwrap()];
    let config = RelayConfig::new("2001:db8:64::10".parse().unwrap(), serves);
    let mut relay = Relay::new(config, Box::new(Ones));
    let (outward, mut inward) = (data(native, teredo(PEER)), data(teredo(PEER), native));
    relay.from_tun(now(), &outward);
    relay.from_udp(now(), Arrival::of(place(PEER)), &mut inward);
    while relay.output().is_some() {}
    let counted = allocation_counter::measure(|| {
        for _ in 0..1000 {
            assert_eq!(relay.from_tun(now(), &outward), Outbound::Send(place(PEER)));
            let taken = relay.from_udp(now(), Arrival::of(place(PEER)), &mut inward);
            assert!(matches!(taken, Inbound::Deliver(_)));
        }
    });
    assert_eq!(counted.count_total, 0);
}

#[test]
fn what_a_server_forwards_allocates_nothing() {
    let mut server = server();
    let bubble = wire::bubble(teredo(PEER), teredo("203.0.113.11:40002"), &[]);
    let counted = allocation_counter::measure(|| {
        for _ in 0..100 {
            let action = server.from_udp(now(), place(PEER), Side::Primary, &bubble);
            assert!(matches!(action, Action::Send { .. }));
        }
    });
    assert_eq!(counted.count_total, 0);
}
