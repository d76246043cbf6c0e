//! X1 to X5, X11 to X13 and D1 to D4: what RFC 6081 adds, and neighbours.

use std::net::Ipv6Addr;

use sixward_net::Teredo;
use sixward_teredo::{Arrival, Inbound, Outbound, Reject};

use crate::lone::{Lone, SERVER, ip, is_bubble, place, secs, teredo, trailer_of};
use crate::wire;
use crate::world::{Kind, World};

const PEER: &str = "203.0.113.12:4096";

fn peer() -> Ipv6Addr {
    teredo(PEER)
}

fn data(from: Ipv6Addr, to: Ipv6Addr) -> Vec<u8> {
    wire::packet(from, to, 17, 64, &[0, 1, 0, 2, 0, 12, 0, 0, 1, 2, 3, 4])
}

/// An indirect bubble of the peer, as our server forwards it.
fn called(own: Ipv6Addr, trailers: &[u8]) -> Vec<u8> {
    [
        wire::origin(place(PEER)),
        wire::bubble(peer(), own, trailers),
    ]
    .concat()
}

#[test]
fn x2_a_direct_bubble_repeats_the_nonce_and_has_none_before_it_heard_one() {
    let mut lone = Lone::qualified(|_| {});
    let own = lone.address();
    lone.transmit(&data(own, peer()));
    let direct = |sent: Vec<sixward_teredo::Datagram>| {
        let direct = sent
            .into_iter()
            .find(|sent| sent.to == place(PEER))
            .unwrap();
        trailer_of(&direct.bytes, 1)
    };
    assert_eq!(direct(lone.sent()), None);
    lone.receive(SERVER, &called(own, &wire::trailer(1, b"abcd")));
    assert_eq!(direct(lone.sent()), Some(b"abcd".to_vec()));
    let later = lone
        .pass(secs(1))
        .into_iter()
        .map(|(_, sent)| sent)
        .collect();
    assert_eq!(direct(later), Some(b"abcd".to_vec()));
}

#[test]
fn x3_an_indirect_bubble_without_nonce_forgets_the_one_before() {
    let mut lone = Lone::qualified(|_| {});
    let own = lone.address();
    lone.receive(SERVER, &called(own, &wire::trailer(1, b"abcd")));
    lone.sent();
    lone.receive(SERVER, &called(own, &[]));
    let sent = lone.sent();
    let direct = sent.iter().find(|sent| sent.to == place(PEER)).unwrap();
    assert_eq!(trailer_of(&direct.bytes, 1), None);
}

#[test]
fn x4_the_place_that_a_nonce_proves_is_learnt() {
    let mut lone = Lone::qualified(|_| {});
    let own = lone.address();
    lone.transmit(&data(own, peer()));
    let nonce = lone
        .sent()
        .iter()
        .find_map(|sent| trailer_of(&sent.bytes, 1))
        .unwrap();
    let other = place("203.0.113.12:7777");
    let bubble = wire::bubble(peer(), own, &wire::trailer(1, &nonce));
    assert_eq!(lone.receive(other, &bubble), Inbound::Consumed);
    assert_eq!(lone.sent()[0].to, other);
    assert_eq!(lone.transmit(&data(own, peer())), Outbound::Send(other));
    assert!(matches!(
        lone.receive(other, &data(peer(), own)),
        Inbound::Deliver(_)
    ));
}

#[test]
fn x5_an_indirect_bubble_is_answered_indirectly_as_well_and_only_once() {
    let mut lone = Lone::qualified(|_| {});
    let own = lone.address();
    let asked = called(own, &wire::trailer(1, b"abcd"));
    lone.receive(SERVER, &asked);
    let sent = lone.sent();
    let places: Vec<_> = sent.iter().map(|sent| sent.to).collect();
    assert_eq!(places, [place(PEER), SERVER]);
    let nonce = trailer_of(&sent[1].bytes, 1).unwrap();
    assert_ne!(nonce, b"abcd");
    // Two clients that answer each other would never end.
    lone.receive(SERVER, &asked);
    let places: Vec<_> = lone.sent().iter().map(|sent| sent.to).collect();
    assert_eq!(places, [place(PEER)]);
}

#[test]
fn x5_a_peer_that_never_proves_itself_is_not_answered_for_ever() {
    let mut lone = Lone::qualified(|_| {});
    let own = lone.address();
    let mut sent = 0;
    for _ in 0..600 {
        lone.receive(SERVER, &called(own, &wire::trailer(1, b"abcd")));
        sent += lone
            .sent()
            .iter()
            .filter(|sent| is_bubble(&sent.bytes))
            .count();
        lone.pass(std::time::Duration::from_millis(500));
    }
    assert!(sent <= 16 + 4, "{sent}");
}

#[test]
fn x11_our_own_place_is_told_until_the_peer_has_one() {
    let mut lone = Lone::qualified(|_| {});
    let own = lone.address();
    lone.transmit(&data(own, peer()));
    let sent = lone.sent();
    let indirect = sent.iter().find(|sent| sent.to == SERVER).unwrap();
    let told = trailer_of(&indirect.bytes, 3).unwrap();
    assert_eq!(told, [0, 0, 192, 168, 1, 2, 0x9c, 0x42]);
    let direct = sent.iter().find(|sent| sent.to == place(PEER)).unwrap();
    assert_eq!(
        trailer_of(&direct.bytes, 3),
        None,
        "in indirect bubbles only"
    );
}

#[test]
fn x11_a_bad_alternate_address_drops_the_bubble() {
    let mut lone = Lone::qualified(|_| {});
    let own = lone.address();
    let nonce = wire::trailer(1, b"abcd");
    let good = [192, 168, 1, 3, 0x9c, 0x43];
    for bad in [
        vec![],
        vec![0],
        vec![0, 0],
        [&[0, 0][..], &good[..5]].concat(),
        [&[0, 0][..], &good.repeat(5)].concat(),
        vec![0, 0, 192, 168, 1, 3, 0, 0],
        vec![0, 0, 224, 0, 0, 1, 1, 1],
        vec![0, 0, 255, 255, 255, 255, 1, 1],
        vec![0, 0, 0, 0, 0, 0, 1, 1],
        vec![0, 0, 127, 0, 0, 1, 1, 1],
    ] {
        let trailers = [nonce.clone(), wire::trailer(3, &bad)].concat();
        let inbound = lone.receive(SERVER, &called(own, &trailers));
        assert_eq!(inbound, Inbound::Rejected(Reject::BadAlternate), "{bad:?}");
    }
    assert!(lone.sent().is_empty());
    let trailers = [nonce, wire::trailer(3, &[&[9, 9][..], &good].concat())].concat();
    assert_eq!(
        lone.receive(SERVER, &called(own, &trailers)),
        Inbound::Consumed
    );
}

#[test]
fn x12_alternates_of_the_same_nat_get_a_bubble_each_with_the_nonce() {
    let near = teredo("203.0.113.11:4096");
    for (source, wanted) in [(near, 5), (peer(), 1)] {
        let mut lone = Lone::qualified(|_| {});
        let own = lone.address();
        let mut list = vec![0, 0];
        for last in 3..7 {
            list.extend([192, 168, 1, last, 0x9c, 0x43]);
        }
        let trailers = [wire::trailer(1, b"abcd"), wire::trailer(3, &list)].concat();
        let client = Teredo::of(source).unwrap().client;
        let bytes = [wire::origin(client), wire::bubble(source, own, &trailers)].concat();
        lone.receive(SERVER, &bytes);
        let direct: Vec<_> = lone
            .sent()
            .into_iter()
            .filter(|sent| sent.to != SERVER)
            .collect();
        // Who is behind another NAT has no say about what is sent into ours.
        assert_eq!(direct.len(), wanted, "{source}");
        for sent in direct {
            assert_eq!(trailer_of(&sent.bytes, 1).unwrap(), b"abcd");
        }
    }
}

#[test]
fn x11_x12_neighbours_behind_a_nat_without_hairpin_meet() {
    for kind in Kind::ALL {
        for hairpin in [false, true] {
            let mut world = World::new();
            let nat = world.nat(kind);
            world.nats[nat].hairpin = hairpin;
            world.client(Some(nat), |_| {});
            world.client(Some(nat), |_| {});
            world.settle();
            let (from, to) = (world.hosts[0].address(), world.hosts[1].address());
            for number in 0..8 {
                world.send(0, &wire::ping(from, to, number));
                world.run(500);
            }
            let want: Vec<u16> = (0..8).collect();
            assert_eq!(world.hosts[0].ponged(), want, "{kind:?}, hairpin {hairpin}");
        }
    }
}

/// A client with a peer that speaks RFC 6081 and was last heard 31 s ago.
fn quiet() -> Lone {
    let mut lone = Lone::qualified(|_| {});
    let own = lone.address();
    lone.transmit(&data(own, peer()));
    let nonce = lone
        .sent()
        .iter()
        .find_map(|sent| trailer_of(&sent.bytes, 1))
        .unwrap();
    lone.receive(
        place(PEER),
        &wire::bubble(peer(), own, &wire::trailer(1, &nonce)),
    );
    lone.sent();
    lone.pass(secs(31));
    lone
}

#[test]
fn x13_a_quiet_peer_is_asked_directly_and_its_answer_is_enough() {
    let mut lone = quiet();
    let own = lone.address();
    assert_eq!(lone.transmit(&data(own, peer())), Outbound::Held);
    let sent = lone.sent();
    assert_eq!((sent.len(), sent[0].to), (1, place(PEER)));
    assert_eq!(trailer_of(&sent[0].bytes, 4).unwrap(), [0, 0, 0, 0]);
    let answer = wire::bubble(peer(), own, &wire::trailer(4, &[1, 0, 0, 0]));
    assert_eq!(lone.receive(place(PEER), &answer), Inbound::Consumed);
    let sent = lone.sent();
    assert_eq!((sent.len(), &sent[0].bytes), (1, &data(own, peer())));
}

#[test]
fn x13_three_solicitations_and_then_the_server() {
    let mut lone = quiet();
    let own = lone.address();
    lone.transmit(&data(own, peer()));
    assert_eq!(lone.sent().len(), 1);
    let later = lone.pass(secs(6));
    let asked = later
        .iter()
        .filter(|(_, sent)| trailer_of(&sent.bytes, 4).is_some());
    assert_eq!(asked.map(|(at, _)| *at).collect::<Vec<_>>(), [2000, 4000]);
    let indirect = later
        .iter()
        .find(|(_, sent)| sent.to == SERVER && is_bubble(&sent.bytes));
    assert_eq!(indirect.unwrap().0, 6000);
}

#[test]
fn x13_a_solicitation_is_answered_by_an_advertisement() {
    let mut lone = Lone::qualified(|_| {});
    let own = lone.address();
    let ask = wire::bubble(peer(), own, &wire::trailer(4, &[0, 0, 0, 0]));
    for _ in 0..3 {
        lone.receive(place(PEER), &ask);
        let sent = lone.sent();
        assert_eq!((sent.len(), sent[0].to), (1, place(PEER)));
        assert_eq!(trailer_of(&sent[0].bytes, 4).unwrap(), [1, 0, 0, 0]);
    }
    let forged = lone.receive(place("203.0.113.66:1"), &ask);
    assert_eq!(forged, Inbound::Rejected(Reject::UnprovedPeer));
    assert!(lone.sent().is_empty());
}

fn neighbourly() -> Lone {
    Lone::qualified(|config| {
        config.discovery = true;
        config.surroundings.attached = vec!["192.168.1.0/24".parse().unwrap()];
    })
}

fn multicast(from: &str) -> Arrival {
    Arrival {
        to: Some("224.0.0.253".parse().unwrap()),
        ..Arrival::of(place(from))
    }
}

#[test]
fn d1_discovery_bubbles_go_to_the_group_every_200_to_300_seconds() {
    let mut lone = neighbourly();
    let sent = lone.pass(secs(3000));
    let group = place("224.0.0.253:3544");
    let bubbles: Vec<_> = sent.iter().filter(|(_, sent)| sent.to == group).collect();
    for (_, sent) in &bubbles {
        assert_eq!(sent.ttl, Some(1));
        assert_eq!(
            (sent.bytes.len(), sent.bytes[6], sent.bytes[7]),
            (40, 59, 1)
        );
        assert_eq!(wire::destination(&sent.bytes), ip("ff02::1"));
    }
    let gaps: Vec<_> = bubbles.windows(2).map(|two| two[1].0 - two[0].0).collect();
    assert!(gaps.len() >= 9 && gaps.iter().all(|gap| (200_000..=300_000).contains(gap)));
    assert!(gaps.windows(2).any(|two| two[0] != two[1]));
    let mut silent = Lone::qualified(|_| {});
    assert!(
        silent
            .pass(secs(3000))
            .iter()
            .all(|(_, sent)| sent.to != group)
    );
}

#[test]
fn d3_a_discovery_bubble_from_elsewhere_or_of_no_client_is_dropped() {
    let bubble = |source| wire::packet(source, ip("ff02::1"), 59, 1, &[]);
    for (from, source) in [
        ("192.168.2.3:40003", peer()),
        ("192.168.1.3:40003", ip("2001:db8::1")),
        ("192.168.1.3:40003", teredo("10.0.0.1:1")),
    ] {
        let mut lone = neighbourly();
        lone.pass(secs(1));
        let inbound = lone.arrive(multicast(from), &bubble(source));
        assert_eq!(inbound, Inbound::Rejected(Reject::BadDiscovery));
        assert!(lone.sent().is_empty());
    }
    let mut deaf = Lone::qualified(|_| {});
    let inbound = deaf.arrive(multicast("192.168.1.3:40003"), &bubble(peer()));
    assert_eq!(inbound, Inbound::Rejected(Reject::BadDiscovery));
}

#[test]
fn d4_r7_a_neighbour_is_trusted_after_its_own_bubble_by_unicast() {
    let near = place("192.168.1.3:40003");
    let mut lone = neighbourly();
    lone.pass(secs(1));
    let own = lone.address();
    let bubble = wire::packet(peer(), ip("ff02::1"), 59, 1, &[]);
    lone.arrive(multicast("192.168.1.3:40003"), &bubble);
    let sent = lone.sent();
    assert_eq!((sent.len(), sent[0].to), (1, near));
    assert_eq!(wire::destination(&sent[0].bytes), peer());
    assert!(
        lone.client
            .peers(lone.now)
            .all(|peer| !peer.trust.trusted())
    );
    let stranger = place("192.168.1.9:40003");
    let direct = wire::bubble(peer(), own, &[]);
    assert_eq!(
        lone.receive(stranger, &direct),
        Inbound::Rejected(Reject::UnprovedPeer)
    );
    assert_eq!(lone.receive(near, &direct), Inbound::Consumed);
    assert_eq!(lone.transmit(&data(own, peer())), Outbound::Send(near));
}

#[test]
fn d4_a_neighbour_is_called_on_the_link_first() {
    let near = place("192.168.1.3:40003");
    let mut lone = neighbourly();
    lone.pass(secs(1));
    let own = lone.address();
    let bubble = wire::packet(peer(), ip("ff02::1"), 59, 1, &[]);
    lone.arrive(multicast("192.168.1.3:40003"), &bubble);
    lone.sent();
    assert_eq!(lone.transmit(&data(own, peer())), Outbound::Held);
    let places: Vec<_> = lone.sent().iter().map(|sent| sent.to).collect();
    assert_eq!(places[..2], [near, place("224.0.0.253:3544")]);
}
