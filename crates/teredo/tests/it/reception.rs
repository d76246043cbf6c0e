//! R1 to R11 and Z1 to Z6: what a client takes from whom.

use std::net::{Ipv6Addr, SocketAddrV4};

use sixward_net::Teredo;
use sixward_teredo::{Arrival, Inbound, Outbound, Reject, Trust};

use crate::lone::{Lone, OTHER, SERVER, ip, is_bubble, mapped, place, secs, teredo, trailer_of};
use crate::wire;
use crate::world::NATIVE;

const PEER: &str = "203.0.113.12:4096";
const RELAY: &str = "198.51.100.10:3545";

fn peer() -> Ipv6Addr {
    teredo(PEER)
}

fn data(from: Ipv6Addr, to: Ipv6Addr) -> Vec<u8> {
    wire::packet(from, to, 17, 64, &[0, 1, 0, 2, 0, 12, 0, 0, 1, 2, 3, 4])
}

fn rejected(lone: &mut Lone, from: &str, bytes: &[u8]) -> Reject {
    match lone.receive(place(from), bytes) {
        Inbound::Rejected(reject) => reject,
        other => panic!("{other:?}"),
    }
}

/// What the server forwards for somebody at this place.
fn forwarded(origin: &str, packet: &[u8]) -> Vec<u8> {
    [wire::origin(place(origin)), packet.to_vec()].concat()
}

/// The test that a client sends to a native host.
fn tested(lone: &mut Lone, host: Ipv6Addr) -> Vec<u8> {
    let sent = lone.sent();
    let test = sent
        .iter()
        .find(|sent| wire::destination(&sent.bytes) == host)
        .unwrap();
    assert_eq!((test.to, test.bytes[40]), (SERVER, 128));
    test.bytes.clone()
}

#[test]
fn r1_only_what_is_for_our_own_address_is_taken() {
    let mut lone = Lone::qualified(|_| {});
    let own = lone.address();
    let other = Teredo {
        flags: Teredo::of(own).unwrap().flags ^ 1,
        ..Teredo::of(own).unwrap()
    };
    for to in [
        other.address(),
        peer(),
        ip("ff02::2"),
        ip("ff0e::1"),
        NATIVE,
        ip("fe80::1"),
    ] {
        let reject = rejected(&mut lone, PEER, &data(peer(), to));
        assert_eq!(reject, Reject::WrongDestination, "{to}");
    }
    // Nor from a peer that is already trusted.
    assert!(matches!(
        lone.receive(place(PEER), &data(peer(), own)),
        Inbound::Deliver(_)
    ));
    assert_eq!(
        rejected(&mut lone, PEER, &data(peer(), NATIVE)),
        Reject::WrongDestination
    );
}

#[test]
fn r2_a_bubble_by_way_of_the_server_is_answered_directly() {
    let mut lone = Lone::qualified(|_| {});
    let bubble = wire::bubble(NATIVE, lone.address(), &wire::trailer(1, b"abcd"));
    assert_eq!(
        lone.receive(SERVER, &forwarded(RELAY, &bubble)),
        Inbound::Consumed
    );
    let sent = lone.sent();
    let answer = wire::bubble(lone.address(), NATIVE, &wire::trailer(1, b"abcd"));
    assert_eq!(sent.len(), 1);
    assert_eq!((sent[0].to, &sent[0].bytes), (place(RELAY), &answer));
    // A relay that has only a link-local address is answered too.
    let bubble = wire::bubble(ip("fe80::1234"), lone.address(), &[]);
    lone.receive(SERVER, &forwarded(RELAY, &bubble));
    assert_eq!(lone.sent()[0].to, place(RELAY));
}

#[test]
fn r2_no_origin_no_answer() {
    let mut lone = Lone::qualified(|_| {});
    let bubble = wire::bubble(NATIVE, lone.address(), &[]);
    assert_eq!(
        lone.receive(SERVER, &bubble),
        Inbound::Rejected(Reject::BadOrigin)
    );
    let private = forwarded("10.0.0.1:4096", &bubble);
    assert_eq!(
        lone.receive(SERVER, &private),
        Inbound::Rejected(Reject::TargetNotGlobal)
    );
    assert!(lone.sent().is_empty());
}

#[test]
fn r3_a_trusted_peer_at_its_place_is_passed_on_without_any_ado() {
    let mut lone = Lone::qualified(|_| {});
    let own = lone.address();
    lone.receive(place(PEER), &data(peer(), own));
    let packet = data(peer(), own);
    let length = packet.len();
    for _ in 0..100 {
        assert_eq!(
            lone.receive(place(PEER), &packet),
            Inbound::Deliver(0..length)
        );
    }
    assert!(lone.sent().is_empty());
    assert_eq!(
        lone.transmit(&data(own, peer())),
        Outbound::Send(place(PEER))
    );
}

#[test]
fn r4_the_reply_to_our_test_proves_a_native_host_and_is_not_passed_on() {
    let mut lone = Lone::qualified(|_| {});
    let own = lone.address();
    let packets: Vec<_> = (0..3)
        .map(|number| wire::ping(own, NATIVE, number))
        .collect();
    for packet in &packets {
        assert_eq!(lone.transmit(packet), Outbound::Held);
    }
    let test = tested(&mut lone, NATIVE);
    let reply = wire::pong(&test).unwrap();
    for wrong in [0, 2, 10] {
        let mut body = test[44..].to_vec();
        body[wrong] ^= 1;
        let forged = wire::icmp(NATIVE, own, 129, &body);
        assert_eq!(
            lone.receive(place(RELAY), &forged),
            Inbound::Held,
            "byte {wrong}"
        );
        assert!(lone.sent().is_empty());
    }
    assert_eq!(lone.receive(place(RELAY), &reply), Inbound::Consumed);
    let sent: Vec<_> = lone
        .sent()
        .into_iter()
        .map(|sent| (sent.to, sent.bytes))
        .collect();
    let want: Vec<_> = packets
        .into_iter()
        .map(|packet| (place(RELAY), packet))
        .collect();
    assert_eq!(sent, want);
    let known: Vec<_> = lone.client.peers(lone.now).collect();
    assert_eq!(
        (known[0].mapping, known[0].trust),
        (Some(place(RELAY)), Trust::Proved)
    );
}

#[test]
fn r4_a_test_holds_for_its_own_host_only() {
    let mut lone = Lone::qualified(|_| {});
    let own = lone.address();
    lone.transmit(&wire::ping(own, NATIVE, 1));
    let test = tested(&mut lone, NATIVE);
    let other = ip("2001:db8:64::666");
    let forged = wire::icmp(other, own, 129, &test[44..]);
    assert_eq!(lone.receive(place(RELAY), &forged), Inbound::Held);
    let peers: Vec<_> = lone.client.peers(lone.now).collect();
    assert!(peers.iter().all(|peer| !peer.trust.trusted()));
}

#[test]
fn r5_a_client_at_the_place_in_its_address_becomes_a_peer() {
    let mut lone = Lone::qualified(|_| {});
    let own = lone.address();
    assert_eq!(lone.transmit(&data(own, peer())), Outbound::Held);
    lone.sent();
    assert_eq!(
        lone.receive(place(PEER), &wire::bubble(peer(), own, &[])),
        Inbound::Consumed
    );
    let sent = lone.sent();
    assert_eq!((sent.len(), sent[0].to), (1, place(PEER)));
    assert_eq!(sent[0].bytes, data(own, peer()));
    let packet = data(peer(), own);
    assert_eq!(
        lone.receive(place(PEER), &packet),
        Inbound::Deliver(0..packet.len())
    );
}

#[test]
fn r6_d2_a_discovery_bubble_is_one_only_by_multicast() {
    let mut lone = Lone::qualified(|config| {
        config.discovery = true;
        config.surroundings.attached = vec!["192.168.1.0/24".parse().unwrap()];
    });
    let bubble = wire::packet(peer(), ip("ff02::1"), 59, 1, &[]);
    let near = Arrival::of(place("192.168.1.3:40003"));
    let unicast = Arrival {
        to: Some("192.168.1.2".parse().unwrap()),
        ..near
    };
    for arrival in [near, unicast] {
        let inbound = lone.arrive(arrival, &bubble);
        assert_eq!(inbound, Inbound::Rejected(Reject::BadDiscovery));
    }
    let multicast = Arrival {
        to: Some("224.0.0.253".parse().unwrap()),
        ..near
    };
    assert_eq!(lone.arrive(multicast, &bubble), Inbound::Consumed);
}

#[test]
fn r8_a_stranger_waits_for_its_test_and_then_everything_comes_in_order() {
    let mut lone = Lone::qualified(|_| {});
    let own = lone.address();
    let packets: Vec<_> = (0..3)
        .map(|number| wire::ping(NATIVE, own, number))
        .collect();
    for packet in &packets {
        assert_eq!(lone.receive(place(RELAY), packet), Inbound::Held);
    }
    let test = tested(&mut lone, NATIVE);
    assert!(lone.tun.is_empty() && lone.sent().is_empty());
    lone.receive(place(RELAY), &wire::pong(&test).unwrap());
    lone.sent();
    assert_eq!(lone.tun, packets);
}

#[test]
fn r8_a_stranger_that_does_not_answer_is_dropped_without_a_word() {
    let mut lone = Lone::qualified(|_| {});
    let own = lone.address();
    lone.receive(place(RELAY), &wire::ping(NATIVE, own, 1));
    lone.sent();
    let tests = lone.pass(secs(9)).into_iter().map(|(at, _)| at);
    assert_eq!(tests.collect::<Vec<_>>(), [2000, 4000, 6000]);
    assert!(lone.tun.is_empty());
    assert_eq!(lone.client.counters().of(Reject::Expired), 1);
    let again = lone.receive(place(RELAY), &wire::ping(NATIVE, own, 2));
    assert_eq!(again, Inbound::Rejected(Reject::UnprovedPeer));
}

#[test]
fn r9_a_link_local_source_never_reaches_the_tunnel() {
    let mut lone = Lone::qualified(|_| {});
    let own = lone.address();
    for next in [6, 17, 58, 59, 0] {
        let packet = wire::packet(ip("fe80::1"), own, next, 255, &[0; 24]);
        assert_eq!(rejected(&mut lone, PEER, &packet), Reject::LinkLocalSource);
        let inbound = lone.receive(SERVER, &forwarded(PEER, &packet));
        assert_eq!(inbound, Inbound::Rejected(Reject::LinkLocalSource));
    }
    let bubble = wire::bubble(ip("fe80::1"), own, &[]);
    assert_eq!(rejected(&mut lone, PEER, &bubble), Reject::LinkLocalSource);
    // Nor does an advertisement from anybody else.
    let advertisement = crate::lone::advertisement(own, "2001:db8::", 64, None);
    assert_eq!(
        rejected(&mut lone, PEER, &advertisement),
        Reject::LinkLocalSource
    );
    assert!(lone.tun.is_empty());
}

#[test]
fn r10_a_source_that_cannot_be_is_dropped() {
    let mut lone = Lone::qualified(|_| {});
    let own = lone.address();
    for source in [
        own,
        ip("::"),
        ip("::1"),
        ip("ff02::1"),
        ip("::ffff:1.2.3.4"),
        ip("::1.2.3.4"),
    ] {
        assert_eq!(
            rejected(&mut lone, PEER, &data(source, own)),
            Reject::BadSource,
            "{source}"
        );
        let inbound = lone.receive(SERVER, &forwarded(PEER, &data(source, own)));
        assert_eq!(inbound, Inbound::Rejected(Reject::BadSource), "{source}");
    }
}

#[test]
fn r11_another_place_than_the_addresss_needs_a_proof() {
    let mut lone = Lone::qualified(|_| {});
    let own = lone.address();
    for bytes in [
        wire::bubble(peer(), own, &[]),
        wire::bubble(peer(), own, &wire::trailer(1, b"abcd")),
        data(peer(), own),
    ] {
        for from in ["203.0.113.12:4097", "203.0.113.13:4096"] {
            assert_eq!(rejected(&mut lone, from, &bytes), Reject::UnprovedPeer);
        }
    }
    assert_eq!(lone.client.status().peers, 0);
}

#[test]
fn r11_who_is_established_is_not_displaced_by_a_stranger() {
    let mut lone = Lone::qualified(|_| {});
    let own = lone.address();
    lone.receive(place(PEER), &data(peer(), own));
    assert_eq!(
        rejected(&mut lone, "203.0.113.66:4096", &data(peer(), own)),
        Reject::UnprovedPeer
    );
    assert_eq!(
        lone.transmit(&data(own, peer())),
        Outbound::Send(place(PEER))
    );
}

#[test]
fn a_client_without_address_takes_and_sends_nothing() {
    let mut lone = Lone::new(|_| {});
    assert_eq!(
        rejected(&mut lone, PEER, &data(peer(), NATIVE)),
        Reject::NotQualified
    );
    let packet = data(peer(), NATIVE);
    assert_eq!(
        lone.transmit(&packet),
        Outbound::Rejected(Reject::NotQualified)
    );
}

fn routed(next: u8, chain: &[&[u8]]) -> Vec<u8> {
    let body = [chain.concat(), vec![0; 8]].concat();
    wire::packet(peer(), NATIVE, next, 64, &body)
}

#[test]
fn z1_a_routing_header_that_goes_on_is_dropped_wherever_it_stands() {
    let routing = |left: u8| vec![17, 0, 0, left, 0, 0, 0, 0];
    let options = |next: u8| vec![next, 0, 1, 4, 0, 0, 0, 0];
    for (next, chain, good) in [
        (43, vec![routing(0)], true),
        (43, vec![routing(1)], false),
        (60, vec![options(43), routing(1)], false),
        (0, vec![options(60), options(43), routing(2)], false),
        (0, vec![options(60), options(17)], true),
    ] {
        for trusted in [false, true] {
            let mut lone = Lone::qualified(|_| {});
            let own = lone.address();
            if trusted {
                lone.receive(place(PEER), &data(peer(), own));
            }
            let chain: Vec<&[u8]> = chain.iter().map(Vec::as_slice).collect();
            let mut packet = routed(next, &chain);
            packet[24..40].copy_from_slice(&own.octets());
            let inbound = lone.receive(place(PEER), &packet);
            if good {
                assert!(matches!(inbound, Inbound::Deliver(_)), "{inbound:?}");
            } else {
                assert_eq!(inbound, Inbound::Rejected(Reject::RoutingHeader));
            }
        }
    }
}

#[test]
fn z2_a_stranger_on_an_attached_network_becomes_no_peer() {
    let mut lone = Lone::qualified(|config| {
        config.surroundings.attached = vec!["203.0.113.0/24".parse().unwrap()];
    });
    let own = lone.address();
    assert_eq!(
        rejected(&mut lone, PEER, &data(peer(), own)),
        Reject::AttachedNetwork
    );
    let inside = teredo("192.168.1.7:4096");
    let reject = rejected(&mut lone, "192.168.1.7:4096", &data(inside, own));
    assert_eq!(reject, Reject::TargetNotGlobal);
    assert_eq!(lone.client.status().peers, 0);
}

#[test]
fn z3_strangers_cause_a_bounded_number_of_tests_and_bubbles() {
    let mut lone = Lone::qualified(|_| {});
    let own = lone.address();
    let mut caused = 0;
    for number in 0..10_000_u32 {
        let host = Ipv6Addr::from(u128::from(NATIVE) + u128::from(number));
        lone.receive(place(RELAY), &wire::ping(host, own, 1));
        let bubble = wire::bubble(host, own, &[]);
        let victim = SocketAddrV4::new((0x0b00_0000 + number).into(), 4096);
        lone.receive(SERVER, &forwarded(&victim.to_string(), &bubble));
        caused += lone.sent().len();
    }
    assert!(caused <= 128, "{caused}");
    assert!(lone.client.counters().of(Reject::TooManyTests) > 0);
}

#[test]
fn z3_one_place_is_not_flooded_with_bubbles() {
    let mut lone = Lone::qualified(|_| {});
    let own = lone.address();
    let bubble = wire::bubble(NATIVE, own, &[]);
    for _ in 0..100 {
        lone.receive(SERVER, &forwarded("192.0.2.7:53", &bubble));
    }
    assert!(lone.sent().len() <= 8);
}

#[test]
fn z4_a_nonce_proves_one_peer_once_and_for_a_while() {
    let other = teredo("203.0.113.13:4096");
    let from = place("203.0.113.12:7777");
    let with = |nonce: &[u8], source, own| wire::bubble(source, own, &wire::trailer(1, nonce));
    let called = || {
        let mut lone = Lone::qualified(|_| {});
        let own = lone.address();
        lone.transmit(&data(own, peer()));
        lone.transmit(&data(own, other));
        let sent = lone.sent();
        let nonce = sent.iter().find_map(|sent| {
            let ours = is_bubble(&sent.bytes) && wire::destination(&sent.bytes) == peer();
            ours.then(|| trailer_of(&sent.bytes, 1)).flatten()
        });
        (lone, own, nonce.unwrap())
    };
    let unproved = Inbound::Rejected(Reject::UnprovedPeer);
    let (mut lone, own, nonce) = called();
    assert_eq!(
        lone.receive(from, &with(&nonce, other, own)),
        unproved,
        "another peer's"
    );
    for bit in 0..32 {
        let mut wrong = nonce.clone();
        wrong[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(
            lone.receive(from, &with(&wrong, peer(), own)),
            unproved,
            "bit {bit}"
        );
    }
    let short = with(&nonce[..3], peer(), own);
    assert_eq!(lone.receive(from, &short), unproved);
    assert_eq!(
        lone.receive(from, &with(&nonce, peer(), own)),
        Inbound::Consumed
    );
    let twice = lone.receive(place("203.0.113.66:1"), &with(&nonce, peer(), own));
    assert_eq!(twice, unproved, "a second time");
    let (mut lone, own, nonce) = called();
    lone.now = lone.now + secs(31);
    assert_eq!(
        lone.receive(from, &with(&nonce, peer(), own)),
        unproved,
        "too late"
    );
}

#[test]
fn z4_only_a_bubble_carries_a_proof() {
    let mut lone = Lone::qualified(|_| {});
    let own = lone.address();
    lone.transmit(&data(own, peer()));
    let nonce = lone
        .sent()
        .iter()
        .find_map(|sent| trailer_of(&sent.bytes, 1))
        .unwrap();
    let packet = [data(peer(), own), wire::trailer(1, &nonce)].concat();
    assert_eq!(
        rejected(&mut lone, "203.0.113.12:7777", &packet),
        Reject::UnprovedPeer
    );
}

#[test]
fn z5_nothing_goes_to_or_comes_from_ourselves() {
    let mut lone = Lone::qualified(|config| {
        config.surroundings.own = vec!["203.0.113.200".parse().unwrap()];
    });
    let own = lone.address();
    let mirror = Teredo {
        flags: 1,
        ..Teredo::of(own).unwrap()
    };
    let mirror = mirror.address();
    assert_eq!(
        rejected(&mut lone, "203.0.113.11:40002", &data(mirror, own)),
        Reject::Loop
    );
    assert_eq!(
        lone.transmit(&data(own, mirror)),
        Outbound::Rejected(Reject::Loop)
    );
    let machine = teredo("203.0.113.200:4096");
    assert_eq!(
        lone.transmit(&data(own, machine)),
        Outbound::Rejected(Reject::Loop)
    );
    let bubble = wire::bubble(NATIVE, own, &[]);
    let inbound = lone.receive(SERVER, &forwarded("203.0.113.200:1", &bubble));
    assert_eq!(inbound, Inbound::Rejected(Reject::Loop));
    assert!(lone.sent().is_empty());
    assert_eq!(mapped(), Teredo::of(own).unwrap().client);
}

#[test]
fn z6_what_is_native_here_does_not_come_through_the_tunnel() {
    let mut lone = Lone::qualified(|config| {
        config.surroundings.native = vec!["2001:db8:64::/64".parse().unwrap()];
    });
    let own = lone.address();
    assert_eq!(
        rejected(&mut lone, RELAY, &data(NATIVE, own)),
        Reject::BadSource
    );
}

#[test]
fn z7_nothing_is_sent_before_the_client_is_started() {
    let mut lone = Lone::new(|_| {});
    assert_eq!(lone.client.due(), None);
    assert!(lone.pass(secs(1000)).is_empty() && lone.sent().is_empty());
}

#[test]
fn the_second_server_address_sends_advertisements_and_nothing_else() {
    let mut lone = Lone::qualified(|_| {});
    let own = lone.address();
    let inbound = lone.receive(OTHER, &forwarded(RELAY, &wire::bubble(NATIVE, own, &[])));
    assert_eq!(inbound, Inbound::Rejected(Reject::Unsolicited));
    assert!(lone.sent().is_empty());
}

#[test]
fn f12_a_mark_on_the_outside_reaches_the_packet() {
    let mut lone = Lone::qualified(|_| {});
    let own = lone.address();
    lone.receive(place(PEER), &data(peer(), own));
    let marked = Arrival {
        ecn: 3,
        ..Arrival::of(place(PEER))
    };
    assert_eq!(
        lone.arrive(marked, &data(peer(), own)),
        Inbound::Rejected(Reject::Congestion)
    );
    let mut capable = data(peer(), own);
    capable[1] = 2 << 4;
    let inbound = lone.client.from_udp(lone.now, marked, &mut capable);
    assert!(matches!(inbound, Inbound::Deliver(_)));
    assert_eq!(capable[1] >> 4, 3);
}
