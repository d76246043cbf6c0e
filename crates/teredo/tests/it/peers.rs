//! P1 to P12: how a client reaches its peers, and what it does when it cannot.

use std::net::Ipv6Addr;

use sixward_net::Teredo;
use sixward_teredo::client::NoPath;
use sixward_teredo::{Event, Inbound, Outbound, Rate, Reject};

use crate::lone::{Lone, SERVER, ip, is_bubble, place, secs, teredo, trailer_of};
use crate::wire;
use crate::world::NATIVE;

const PEER: &str = "203.0.113.12:4096";
const RELAY: &str = "198.51.100.10:3545";

fn peer() -> Ipv6Addr {
    teredo(PEER)
}

/// The client of another server.
fn foreign() -> Ipv6Addr {
    Teredo {
        server: "198.51.100.77".parse().unwrap(),
        ..Teredo::of(peer()).unwrap()
    }
    .address()
}

fn data(from: Ipv6Addr, to: Ipv6Addr) -> Vec<u8> {
    wire::packet(from, to, 17, 64, &[0, 1, 0, 2, 0, 12, 0, 0, 1, 2, 3, 4])
}

#[test]
fn p1_a_peer_is_valid_for_30_seconds_after_it_was_heard() {
    for (seconds, direct) in [(0, true), (29, true), (30, false)] {
        let mut lone = Lone::qualified(|_| {});
        let own = lone.address();
        lone.receive(place(PEER), &data(peer(), own));
        lone.now = lone.now + secs(seconds);
        let sent = lone.transmit(&data(own, peer()));
        assert_eq!(
            sent == Outbound::Send(place(PEER)),
            direct,
            "after {seconds} s: {sent:?}"
        );
    }
}

#[test]
fn p1_sending_does_not_keep_a_peer_valid() {
    let mut lone = Lone::qualified(|_| {});
    let own = lone.address();
    lone.receive(place(PEER), &data(peer(), own));
    for _ in 0..29 {
        assert_eq!(
            lone.transmit(&data(own, peer())),
            Outbound::Send(place(PEER))
        );
        lone.pass(secs(1));
    }
    lone.pass(secs(1));
    // It was asked meanwhile, four times in vain.
    assert_eq!(
        lone.transmit(&data(own, peer())),
        Outbound::Rejected(Reject::Unreachable)
    );
}

#[test]
fn p1_a_flow_one_way_asks_again_before_the_peer_becomes_invalid() {
    let mut lone = Lone::qualified(|_| {});
    let own = lone.address();
    lone.receive(place(PEER), &data(peer(), own));
    let mut held = 0;
    for _ in 0..120 {
        held += u32::from(lone.transmit(&data(own, peer())) == Outbound::Held);
        let mut all = lone.sent();
        all.extend(lone.pass(secs(1)).into_iter().map(|(_, sent)| sent));
        if all.iter().any(|sent| is_bubble(&sent.bytes)) {
            lone.receive(place(PEER), &wire::bubble(peer(), own, &[]));
            lone.sent();
        }
    }
    assert_eq!(held, 0);
}

#[test]
fn p2_a_native_host_is_tested_four_times_and_then_what_waits_is_refused() {
    let mut lone = Lone::qualified(|_| {});
    let own = lone.address();
    let packets: Vec<_> = (0..3).map(|_| data(own, NATIVE)).collect();
    for packet in &packets {
        assert_eq!(lone.transmit(packet), Outbound::Held);
    }
    assert_eq!(lone.sent().len(), 1);
    let again: Vec<_> = lone
        .pass(secs(10))
        .into_iter()
        .map(|(at, sent)| (at, sent.to))
        .collect();
    assert_eq!(again, [(2000, SERVER), (4000, SERVER), (6000, SERVER)]);
    assert_eq!(lone.tun.len(), 3);
    for (error, packet) in lone.tun.iter().zip(&packets) {
        assert_eq!(wire::destination(error), own);
        assert_eq!(
            (error[40], error[41], &error[48..]),
            (1, 3, packet.as_slice())
        );
        let sum = wire::checksum(wire::source(error), own, 58, &error[40..]);
        assert_eq!(sum, 0);
    }
    let told = lone.events.last();
    let why = NoPath::NoEcho;
    assert_eq!(told, Some(&Event::Unreachable { peer: NATIVE, why }));
}

#[test]
fn p3_a_client_is_called_directly_and_by_way_of_its_own_server() {
    let mut lone = Lone::qualified(|_| {});
    let own = lone.address();
    assert_eq!(lone.transmit(&data(own, foreign())), Outbound::Held);
    let sent = lone.sent();
    let places: Vec<_> = sent.iter().map(|sent| sent.to).collect();
    assert_eq!(places, [place(PEER), place("198.51.100.77:3544")]);
    assert!(sent.iter().all(|sent| is_bubble(&sent.bytes)));
}

#[test]
fn p4_neither_client_nor_server_of_a_peer_may_be_private() {
    let mut lone = Lone::qualified(|_| {});
    let own = lone.address();
    for (server, client) in [
        ("198.51.100.1", "192.168.1.1:1"),
        ("10.0.0.1", PEER),
        ("255.255.255.255", PEER),
        ("127.0.0.1", PEER),
    ] {
        let to = Teredo {
            server: server.parse().unwrap(),
            flags: 0,
            client: place(client),
        };
        let packet = data(own, to.address());
        assert_eq!(
            lone.transmit(&packet),
            Outbound::Rejected(Reject::TargetNotGlobal)
        );
    }
    assert_eq!(lone.client.status().peers, 0);
    assert!(lone.sent().is_empty() && lone.tun.is_empty());
}

#[test]
fn p5_bubbles_go_every_two_seconds_four_times_in_five_minutes() {
    let mut lone = Lone::qualified(|_| {});
    let own = lone.address();
    let mut rounds = Vec::new();
    // Something goes there every 100 ms for 700 s.
    for tenth in 0..7000_u32 {
        lone.transmit(&data(own, peer()));
        let sent = lone.sent();
        let later = lone.pass(std::time::Duration::from_millis(100));
        let all = sent.into_iter().map(|sent| (0, sent)).chain(later);
        let indirect = all.filter(|(_, sent)| sent.to == SERVER && is_bubble(&sent.bytes));
        rounds.extend(indirect.map(|_| tenth));
    }
    assert_eq!(rounds.len(), 12, "{rounds:?}");
    assert!(
        rounds.windows(2).all(|two| two[1] - two[0] >= 19),
        "{rounds:?}"
    );
    assert!(
        rounds.windows(5).all(|five| five[4] - five[0] >= 2999),
        "{rounds:?}"
    );
    assert!(lone.client.counters().of(Reject::Unreachable) > 1000);
}

#[test]
fn p5_p9_an_answer_begins_the_count_anew_and_silence_keeps_it() {
    let mut lone = Lone::qualified(|_| {});
    let own = lone.address();
    lone.transmit(&data(own, peer()));
    lone.pass(secs(4));
    let bubbles = |lone: &Lone| lone.client.peers(lone.now).next().unwrap().bubbles;
    assert_eq!(bubbles(&lone), 3);
    lone.receive(place(PEER), &wire::bubble(peer(), own, &[]));
    assert_eq!(bubbles(&lone), 0);
    // Invalid again, and called in vain: the entry stays for its count and is used for nothing.
    lone.pass(secs(31));
    assert_eq!(lone.transmit(&data(own, peer())), Outbound::Held);
    lone.pass(secs(20));
    assert_eq!(bubbles(&lone), 4);
    assert_eq!(
        lone.transmit(&data(own, peer())),
        Outbound::Rejected(Reject::Unreachable)
    );
}

#[test]
fn p6_the_source_of_an_indirect_bubble_is_our_address() {
    let mut lone = Lone::qualified(|_| {});
    let own = lone.address();
    lone.transmit(&data(own, peer()));
    for sent in lone.sent() {
        assert_eq!(
            (wire::source(&sent.bytes), wire::destination(&sent.bytes)),
            (own, peer())
        );
    }
}

#[test]
fn p7_what_waits_leaves_in_order() {
    for size in [40, 1000] {
        let mut lone = Lone::qualified(|_| {});
        let own = lone.address();
        let packets: Vec<_> = (0..20_u8)
            .map(|number| wire::packet(own, peer(), 17, 64, &vec![number; size]))
            .collect();
        for packet in &packets {
            assert_eq!(lone.transmit(packet), Outbound::Held);
        }
        lone.sent();
        lone.receive(place(PEER), &wire::bubble(peer(), own, &[]));
        let sent: Vec<_> = lone.sent().into_iter().map(|sent| sent.bytes).collect();
        assert_eq!(sent, packets);
    }
}

#[test]
fn p7_the_queue_is_bounded_for_each_peer_and_for_all() {
    let mut lone = Lone::qualified(|config| {
        config.limits.packets_each = 4;
        config.limits.bytes_each = 3000;
        config.limits.packets = 6;
        config.limits.bytes = 4000;
    });
    let own = lone.address();
    let of = |port: u16, size: usize| {
        let to = teredo(&format!("203.0.113.12:{port}"));
        wire::packet(own, to, 17, 64, &vec![0; size - 40])
    };
    let full = Outbound::Rejected(Reject::QueueFull);
    for _ in 0..4 {
        assert_eq!(lone.transmit(&of(1, 100)), Outbound::Held);
    }
    assert_eq!(lone.transmit(&of(1, 100)), full, "packets of one");
    assert_eq!(lone.transmit(&of(2, 2900)), Outbound::Held);
    assert_eq!(lone.transmit(&of(2, 200)), full, "bytes of one");
    assert_eq!(lone.transmit(&of(3, 800)), full, "bytes of all");
    assert_eq!(lone.transmit(&of(3, 100)), Outbound::Held);
    assert_eq!(lone.transmit(&of(4, 100)), full, "packets of all");
    assert_eq!(lone.client.status().waiting, (6, 3400));
}

#[test]
fn p8_a_flood_of_strangers_displaces_no_peer_in_use() {
    let mut lone = Lone::qualified(|config| {
        config.limits.peers = 500;
        config.limits.strangers = Rate {
            burst: 100_000,
            per_second: 100_000,
        };
    });
    let own = lone.address();
    let friends: Vec<_> = (0..100)
        .map(|port| teredo(&format!("203.0.113.12:{}", 5000 + port)))
        .collect();
    for friend in &friends {
        lone.transmit(&data(own, *friend));
        let place = Teredo::of(*friend).unwrap().client;
        lone.receive(place, &wire::bubble(*friend, own, &[]));
    }
    lone.sent();
    for number in 0..20_000_u32 {
        let from = std::net::SocketAddrV4::new((0x0b00_0000 + number).into(), 4096);
        lone.receive(from, &wire::bubble(teredo(&from.to_string()), own, &[]));
        lone.sent();
    }
    assert_eq!(lone.client.status().peers, 500);
    for friend in friends {
        let place = Teredo::of(friend).unwrap().client;
        assert_eq!(lone.transmit(&data(own, friend)), Outbound::Send(place));
    }
}

#[test]
fn p8_new_peers_that_strangers_cause_come_at_a_bounded_rate() {
    let mut lone = Lone::qualified(|_| {});
    let own = lone.address();
    for number in 0..10_000_u32 {
        let from = std::net::SocketAddrV4::new((0x0b00_0000 + number).into(), 4096);
        lone.receive(from, &wire::bubble(teredo(&from.to_string()), own, &[]));
        lone.sent();
    }
    assert_eq!(lone.client.status().peers, 256);
    assert_eq!(
        lone.client.counters().of(Reject::TooManyPeers),
        10_000 - 256
    );
}

#[test]
fn p8_memory_stays_the_same_under_a_million_sources() {
    let mut lone = Lone::qualified(|_| {});
    let own = lone.address();
    for number in 0..1_000_000_u32 {
        let from = std::net::SocketAddrV4::new((0x0b00_0000 + number).into(), 4096);
        let source = teredo(&from.to_string());
        if number % 2 == 0 {
            lone.receive(from, &data(source, own));
        } else {
            lone.receive(
                SERVER,
                &[wire::origin(from), wire::bubble(source, own, &[])].concat(),
            );
        }
        lone.now = lone.now + std::time::Duration::from_micros(100);
        lone.sent();
    }
    let status = lone.client.status();
    assert!(
        status.peers <= 4096 && status.waiting.1 <= 4 << 20,
        "{status:?}"
    );
    // And it still works.
    let packet = data(own, peer());
    assert_eq!(lone.transmit(&packet), Outbound::Held);
    lone.receive(place(PEER), &wire::bubble(peer(), own, &[]));
    assert_eq!(lone.sent().last().unwrap().bytes, packet);
}

#[test]
fn p10_only_our_own_address_may_speak() {
    let mut lone = Lone::qualified(|_| {});
    for (source, told) in [
        (NATIVE, true),
        (peer(), true),
        (ip("fe80::1"), false),
        (ip("::"), false),
    ] {
        lone.tun.clear();
        let packet = data(source, NATIVE);
        assert_eq!(
            lone.transmit(&packet),
            Outbound::Rejected(Reject::NotServed)
        );
        lone.sent();
        assert_eq!(!lone.tun.is_empty(), told, "{source}");
        if told {
            assert_eq!(
                (lone.tun[0][40], lone.tun[0][41]),
                (1, 1),
                "administratively prohibited"
            );
        }
    }
}

#[test]
fn p11_errors_are_few_small_and_never_about_errors() {
    let mut lone = Lone::qualified(|_| {});
    for _ in 0..1000 {
        lone.transmit(&wire::packet(NATIVE, peer(), 17, 64, &[0; 1300]));
    }
    lone.sent();
    assert_eq!(lone.tun.len(), 64);
    assert!(lone.tun.iter().all(|error| error.len() == 1280));
    let mut lone = Lone::qualified(|_| {});
    for kind in [1, 2, 3, 4, 127] {
        lone.transmit(&wire::icmp(NATIVE, peer(), kind, &[0; 44]));
    }
    lone.transmit(&data(NATIVE, ip("ff02::1")));
    lone.sent();
    assert!(lone.tun.is_empty());
    lone.transmit(&wire::icmp(NATIVE, peer(), 128, &[0; 44]));
    lone.sent();
    assert_eq!(lone.tun.len(), 1);
}

#[test]
fn p12_the_opener_dies_early_the_indirect_bubble_follows_and_the_full_one_comes_later() {
    let mut lone = Lone::qualified(|config| config.opener = Some(3));
    let own = lone.address();
    lone.transmit(&data(own, peer()));
    let first: Vec<_> = lone
        .sent()
        .into_iter()
        .map(|sent| (sent.to, sent.ttl))
        .collect();
    assert_eq!(first, [(place(PEER), Some(3)), (SERVER, None)]);
    let later = lone.pass(secs(1));
    let later: Vec<_> = later
        .into_iter()
        .map(|(at, sent)| (at, sent.to, sent.ttl))
        .collect();
    assert_eq!(later, [(1000, place(PEER), None)]);
}

#[test]
fn p12_the_opener_goes_half_of_the_way_to_the_server() {
    for (left, ttl) in [(64, 2), (60, 2), (52, 6), (40, 8), (115, 6), (245, 5)] {
        let mut lone = Lone::new(|_| {});
        for question in lone.start() {
            let arrival = sixward_teredo::Arrival {
                ttl: Some(left),
                ..sixward_teredo::Arrival::of(question.to)
            };
            let answer = crate::lone::answer(&question, crate::lone::mapped());
            assert_eq!(lone.arrive(arrival, &answer), Inbound::Consumed);
        }
        lone.sent();
        lone.transmit(&data(lone.address(), peer()));
        assert_eq!(lone.sent()[0].ttl, Some(ttl), "TTL {left} left");
    }
}

#[test]
fn destinations_that_no_tunnel_carries_are_dropped() {
    let mut lone = Lone::qualified(|_| {});
    let own = lone.address();
    for to in ["ff02::1", "fe80::1", "::1", "::", "::ffff:1.2.3.4"] {
        let sent = lone.transmit(&data(own, ip(to)));
        assert_eq!(sent, Outbound::Rejected(Reject::NoUnicast), "{to}");
    }
}

#[test]
fn a_relay_may_change_when_the_new_one_is_proved() {
    let mut lone = Lone::qualified(|_| {});
    let own = lone.address();
    lone.transmit(&wire::ping(own, NATIVE, 1));
    let test = lone.sent().remove(0).bytes;
    lone.receive(place(RELAY), &wire::pong(&test).unwrap());
    lone.sent();
    let new = place("198.51.100.20:3545");
    let packet = data(NATIVE, own);
    assert_eq!(lone.receive(new, &packet), Inbound::Held);
    assert_eq!(
        lone.transmit(&data(own, NATIVE)),
        Outbound::Send(place(RELAY))
    );
    let test = lone.sent().remove(0).bytes;
    lone.receive(new, &wire::pong(&test).unwrap());
    lone.sent();
    assert_eq!(lone.tun, [packet]);
    assert_eq!(lone.transmit(&data(own, NATIVE)), Outbound::Send(new));
}

#[test]
fn x1_bubbles_have_a_nonce_that_differs_each_time() {
    let mut lone = Lone::qualified(|_| {});
    let own = lone.address();
    lone.transmit(&data(own, peer()));
    let mut sent = lone.sent();
    sent.extend(lone.pass(secs(7)).into_iter().map(|(_, sent)| sent));
    let indirect = sent.iter().filter(|sent| sent.to == SERVER);
    let nonces: std::collections::BTreeSet<_> = indirect
        .map(|sent| trailer_of(&sent.bytes, 1).unwrap())
        .collect();
    assert_eq!(nonces.len(), 4);
}
