//! X8 and X9: ports that are predicted behind symmetric NATs which keep ports.

use std::net::Ipv6Addr;

use sixward_teredo::{Arrival, Inbound, Outbound, Reject};

use crate::lone::{Lone, OTHER, SERVER, answer, place, secs, teredo, trailer_of};
use crate::wire;
use crate::world::{Kind, World};

const PEER: &str = "203.0.113.12:4096";

fn peer() -> Ipv6Addr {
    teredo(PEER)
}

fn data(from: Ipv6Addr, to: Ipv6Addr) -> Vec<u8> {
    wire::packet(from, to, 17, 64, &[0, 1, 0, 2, 0, 12, 0, 0, 1, 2, 3, 4])
}

/// A client whose NAT keeps the port for the first server and has another for the second.
fn preserved() -> Lone {
    let mut lone = Lone::new(|config| config.random_ports = true);
    let questions = lone.start();
    lone.receive(SERVER, &answer(&questions[0], place("203.0.113.11:40002")));
    lone.receive(OTHER, &answer(&questions[1], place("203.0.113.11:40777")));
    lone.sent();
    lone
}

fn pair(one: Kind, other: Kind, ports: bool) -> Vec<u16> {
    let mut world = World::new();
    for kind in [one, other] {
        let nat = world.nat(kind);
        world.client(Some(nat), |config| config.random_ports = ports);
    }
    world.settle();
    let (from, to) = (world.hosts[0].address(), world.hosts[1].address());
    for number in 0..8 {
        world.send(0, &wire::ping(from, to, number));
        world.run(500);
    }
    world.run(2000);
    world.hosts[0].ponged()
}

#[test]
fn x8_symmetric_nats_that_keep_ports_meet_what_they_could_not() {
    let all: Vec<u16> = (0..8).collect();
    let kinds = [Kind::Cone, Kind::Address, Kind::Port, Kind::Preserving];
    for other in kinds {
        for (one, other) in [(Kind::Preserving, other), (other, Kind::Preserving)] {
            assert_eq!(pair(one, other, true), all, "{one:?} to {other:?}");
        }
    }
    // It is the ports that do it.
    assert!(pair(Kind::Preserving, Kind::Port, false).is_empty());
    assert!(pair(Kind::Preserving, Kind::Preserving, false).is_empty());
}

#[test]
fn x8_the_port_is_told_in_an_indirect_bubble_and_listened_to() {
    let mut lone = preserved();
    let own = lone.address();
    lone.transmit(&data(own, peer()));
    let sent = lone.sent();
    let indirect = sent.iter().find(|sent| sent.to == SERVER).unwrap();
    let told = trailer_of(&indirect.bytes, 5).unwrap();
    let port = u16::from_be_bytes([told[0], told[1]]);
    assert_eq!(lone.opened, [port]);
    assert!(port >= 49_152);
    // What comes to it from somebody else is dropped.
    let to_port = |from: &str| Arrival {
        port: Some(port),
        ..Arrival::of(place(from))
    };
    let stranger = data(teredo("203.0.113.66:1"), own);
    let inbound = lone.arrive(to_port("203.0.113.66:1"), &stranger);
    assert_eq!(inbound, Inbound::Rejected(Reject::UnknownPeer));
    // The peer, proved by our nonce, is reached from there.
    let nonce = trailer_of(&indirect.bytes, 1).unwrap();
    let bubble = wire::bubble(peer(), own, &wire::trailer(1, &nonce));
    let from = "203.0.113.12:50505";
    assert_eq!(lone.arrive(to_port(from), &bubble), Inbound::Consumed);
    let sent = lone.sent();
    assert_eq!((sent[0].port, sent[0].to), (Some(port), place(from)));
    assert_eq!(
        lone.transmit(&data(own, peer())),
        Outbound::SendFrom(port, place(from))
    );
}

#[test]
fn x8_a_bubble_to_the_service_port_closes_the_other() {
    let mut lone = preserved();
    let own = lone.address();
    lone.transmit(&data(own, peer()));
    lone.sent();
    assert_eq!(lone.opened.len(), 1);
    lone.receive(place(PEER), &wire::bubble(peer(), own, &[]));
    lone.sent();
    assert!(lone.opened.is_empty());
    assert_eq!(
        lone.transmit(&data(own, peer())),
        Outbound::Send(place(PEER))
    );
}

#[test]
fn x8_ports_go_with_the_address_and_are_few() {
    let mut lone = preserved();
    let own = lone.address();
    for port in 1..500 {
        lone.transmit(&data(own, teredo(&format!("203.0.113.12:{port}"))));
        lone.sent();
    }
    assert_eq!(lone.opened.len(), 64);
    lone.client.stop();
    lone.sent();
    assert!(lone.opened.is_empty());
}

#[test]
fn x8_nothing_is_opened_where_ports_are_not_kept_or_it_is_switched_off() {
    for (mapped, on) in [("203.0.113.11:40003", true), ("203.0.113.11:40002", false)] {
        let mut lone = Lone::new(|config| config.random_ports = on);
        let questions = lone.start();
        lone.receive(SERVER, &answer(&questions[0], place(mapped)));
        lone.receive(OTHER, &answer(&questions[1], place("203.0.113.11:40777")));
        let own = lone.address();
        lone.transmit(&data(own, peer()));
        lone.sent();
        assert!(lone.opened.is_empty());
    }
}

#[test]
fn x9_an_idle_port_is_kept_for_twenty_refreshes() {
    let mut lone = preserved();
    let own = lone.address();
    lone.transmit(&data(own, peer()));
    let sent = lone.sent();
    let nonce = sent
        .iter()
        .find_map(|sent| trailer_of(&sent.bytes, 1))
        .unwrap();
    let port = lone.opened[0];
    let arrival = Arrival {
        port: Some(port),
        ..Arrival::of(place("203.0.113.12:50505"))
    };
    lone.arrive(
        arrival,
        &wire::bubble(peer(), own, &wire::trailer(1, &nonce)),
    );
    lone.sent();
    let kept: Vec<_> = lone
        .pass(secs(2000))
        .into_iter()
        .filter(|(_, sent)| sent.port == Some(port))
        .map(|(at, _)| at)
        .collect();
    assert_eq!(kept.len(), 20);
    assert!(
        kept.windows(2).all(|two| two[1] - two[0] == 30_000),
        "{kept:?}"
    );
}
