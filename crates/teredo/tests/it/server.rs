//! V1 to V19, and S4, S5, S7: what a server answers, forwards and drops.

use std::net::{Ipv6Addr, SocketAddrV4};
use std::time::Duration;

use sixward_net::Teredo;
use sixward_teredo::packet::Packet;
use sixward_teredo::server::{Action, Config, Key, Side};
use sixward_teredo::{Reject, Secret, Server, Time};

use crate::lone::{ip, place, teredo};
use crate::wire;
use crate::world::{NATIVE, PRIMARY, SECONDARY, Seed, at};

const FROM: &str = "203.0.113.66:40000";

fn server(tell: impl FnOnce(&mut Config)) -> Server {
    let mut config = Config::new(PRIMARY, SECONDARY);
    tell(&mut config);
    Server::new(config, Box::new(Seed(1)))
}

/// What a server did.
#[derive(Debug, PartialEq, Eq)]
enum Did {
    Sent(Side, SocketAddrV4, Vec<u8>),
    Routed(Vec<u8>),
    Dropped(Reject),
}

fn ask_at(server: &mut Server, now: Time, from: &str, bytes: &[u8]) -> Did {
    match server.from_udp(now, place(from), Side::Primary, bytes) {
        Action::Send { side, to, bytes } => Did::Sent(side, to, bytes.to_vec()),
        Action::Route(range) => Did::Routed(bytes[range].to_vec()),
        Action::Reject(reject) => Did::Dropped(reject),
    }
}

fn ask(server: &mut Server, from: &str, bytes: &[u8]) -> Did {
    ask_at(server, at(0), from, bytes)
}

fn dropped(from: &str, bytes: &[u8]) -> Reject {
    match ask(&mut server(|_| {}), from, bytes) {
        Did::Dropped(reject) => reject,
        other => panic!("{other:?}"),
    }
}

fn solicitation(source: &str) -> Vec<u8> {
    wire::icmp(ip(source), ip("ff02::2"), 133, &[0; 4])
}

fn me() -> Ipv6Addr {
    teredo(FROM)
}

fn peer() -> Ipv6Addr {
    teredo("203.0.113.12:4096")
}

/// A client of another server.
fn foreign() -> Ipv6Addr {
    Teredo {
        server: "198.51.100.77".parse().unwrap(),
        ..Teredo::of(peer()).unwrap()
    }
    .address()
}

#[test]
fn v1_each_rule_has_its_own_counter() {
    let mut server = server(|_| {});
    let cases = [
        (FROM, vec![0x45; 60], Reject::NotIpv6),
        (
            FROM,
            wire::packet(me(), peer(), 17, 64, &[0; 8]),
            Reject::NotForwarded,
        ),
        (
            "10.0.0.1:40000",
            wire::bubble(me(), peer(), &[]),
            Reject::SourceNotGlobal,
        ),
        (
            FROM,
            wire::icmp(NATIVE, ip("ff02::2"), 133, &[0; 4]),
            Reject::BadSolicitation,
        ),
        (
            FROM,
            wire::bubble(teredo("203.0.113.66:1"), peer(), &[]),
            Reject::MappingMismatch,
        ),
        (
            FROM,
            wire::bubble(NATIVE, foreign(), &[]),
            Reject::ForeignClient,
        ),
    ];
    for (from, bytes, reject) in cases {
        assert_eq!(ask(&mut server, from, &bytes), Did::Dropped(reject));
        assert_eq!(server.counters().of(reject), 1);
    }
    assert_eq!(server.counters().sum(), 6);
}

#[test]
fn v1_the_rules_come_in_their_order() {
    // Breaks rules 2, 3 and 5; then 3 and 5; then 5.
    let udp = wire::packet(teredo("203.0.113.66:1"), peer(), 17, 64, &[0; 8]);
    assert_eq!(dropped("10.0.0.1:1", &udp), Reject::NotForwarded);
    let bubble = wire::bubble(teredo("203.0.113.66:1"), peer(), &[]);
    assert_eq!(dropped("10.0.0.1:2", &bubble), Reject::SourceNotGlobal);
    assert_eq!(dropped(FROM, &bubble), Reject::MappingMismatch);
}

#[test]
fn v2_a_source_that_is_not_global_is_dropped() {
    for from in [
        "10.1.1.1:1",
        "192.168.1.1:1",
        "127.0.0.1:1",
        "224.0.0.1:1",
        "0.0.0.1:1",
    ] {
        assert_eq!(
            dropped(from, &solicitation("fe80::1")),
            Reject::SourceNotGlobal
        );
    }
    let mut private = server(|config| {
        config.surroundings.allowed = vec!["10.0.0.0/8".parse().unwrap()];
    });
    let did = ask(&mut private, "10.1.1.1:4096", &solicitation("fe80::1"));
    assert!(matches!(did, Did::Sent(..)), "{did:?}");
}

#[test]
fn v3_neither_udp_nor_tcp_nor_options_are_forwarded() {
    for next in [0, 6, 17, 43, 44, 60] {
        let packet = wire::packet(me(), peer(), next, 64, &[58, 0, 1, 4, 0, 0, 0, 0]);
        assert_eq!(dropped(FROM, &packet), Reject::NotForwarded, "{next}");
    }
    let no_bubble = wire::packet(me(), peer(), 59, 64, &[1]);
    assert_eq!(dropped(FROM, &no_bubble), Reject::NotForwarded);
}

#[test]
fn v4_a_solicitation_is_link_local_and_to_all_routers() {
    let mut one = server(|_| {});
    assert!(matches!(
        ask(&mut one, FROM, &solicitation("fe80::1")),
        Did::Sent(..)
    ));
    for (source, destination) in [("2001:db8::1", "ff02::2"), ("fe80::1", "ff02::1")] {
        let question = wire::icmp(ip(source), ip(destination), 133, &[0; 4]);
        assert_eq!(dropped(FROM, &question), Reject::BadSolicitation);
    }
}

#[test]
fn v5_a_solicitation_with_a_bad_checksum_or_hop_limit_is_dropped() {
    let mut bad = solicitation("fe80::1");
    bad[42] ^= 0xff;
    assert_eq!(dropped(FROM, &bad), Reject::BadChecksum);
    let mut routed = solicitation("fe80::1");
    routed[7] = 64;
    assert_eq!(dropped(FROM, &routed), Reject::BadHopLimit);
    let short = wire::icmp(ip("fe80::1"), ip("ff02::2"), 133, &[]);
    assert_eq!(dropped(FROM, &short), Reject::BadSolicitation);
}

#[test]
fn v6_a_client_speaks_from_where_its_address_says() {
    let mut one = server(|_| {});
    let did = ask(&mut one, FROM, &wire::bubble(me(), peer(), &[]));
    assert!(matches!(did, Did::Sent(..)));
    for claimed in ["203.0.113.66:40009", "203.0.113.99:40000"] {
        let bubble = wire::bubble(teredo(claimed), peer(), &[]);
        assert_eq!(dropped(FROM, &bubble), Reject::MappingMismatch);
    }
}

#[test]
fn v7_a_native_source_reaches_only_clients_of_this_server() {
    let mut one = server(|_| {});
    for source in [NATIVE, ip("fe80::1")] {
        let did = ask(&mut one, FROM, &wire::bubble(source, peer(), &[]));
        assert!(matches!(did, Did::Sent(..)));
        assert_eq!(
            dropped(FROM, &wire::bubble(source, foreign(), &[])),
            Reject::ForeignClient
        );
        assert_eq!(
            dropped(FROM, &wire::bubble(source, NATIVE, &[])),
            Reject::ForeignClient
        );
    }
}

#[test]
fn v8_v10_the_advertisement_is_the_primarys_whoever_was_asked() {
    let mut server = server(|_| {});
    let question = [wire::nonce([7; 8]), solicitation("fe80::5")].concat();
    for side in [Side::Primary, Side::Secondary] {
        let action = server.from_udp(at(0), place(FROM), side, &question);
        let Action::Send {
            side: from,
            to,
            bytes,
        } = action
        else {
            panic!("{action:?}");
        };
        assert_eq!((from, to), (side, place(FROM)));
        let packet = Packet::read(bytes).unwrap();
        assert_eq!(packet.authentication.unwrap().nonce, [7; 8]);
        assert_eq!(packet.origin, Some(place(FROM)));
        assert_eq!(
            (packet.header.hop_limit, packet.header.destination),
            (255, ip("fe80::5"))
        );
        let message = packet.payload();
        let sum = wire::checksum(packet.header.source, packet.header.destination, 58, message);
        assert_eq!(sum, 0, "with its own checksum inside the sum is nothing");
        assert_eq!(message[0..2], [134, 0]);
        // Lifetime 0; RetransTimer 2000; the prefix for ever; MTU 1280.
        assert_eq!(message[6..8], [0, 0]);
        assert_eq!(message[12..16], 2000_u32.to_be_bytes());
        assert_eq!(message[16..20], [3, 4, 64, 0x40]);
        assert_eq!(message[20..28], [0xff; 8]);
        assert_eq!(message[32..48], ip("2001:0:c633:6401::").octets());
        assert_eq!(message[48..], [5, 1, 0, 0, 0, 0, 5, 0]);
    }
    assert_eq!(server.served(), (2, 0));
}

#[test]
fn v9_a_client_that_says_cone_is_answered_from_the_other_address() {
    let mut server = server(|_| {});
    for (source, asked, answers) in [
        ("fe80::1", Side::Primary, Side::Primary),
        ("fe80::1", Side::Secondary, Side::Secondary),
        ("fe80::8000:0:0:1", Side::Primary, Side::Secondary),
        ("fe80::8000:0:0:1", Side::Secondary, Side::Primary),
    ] {
        let action = server.from_udp(at(0), place(FROM), asked, &solicitation(source));
        let Action::Send { side, .. } = action else {
            panic!("{action:?}");
        };
        assert_eq!(side, answers, "{source} asked {asked:?}");
    }
}

#[test]
fn v10_v11_bubbles_go_to_the_place_in_the_address_with_all_trailers() {
    let mut server = server(|_| {});
    let trailers = [wire::trailer(1, b"abcd"), vec![0x7f, 9, 1]].concat();
    let bubble = wire::bubble(me(), peer(), &trailers);
    let told = [wire::origin(place(FROM)), bubble.clone()].concat();
    let did = ask(&mut server, FROM, &bubble);
    assert_eq!(
        did,
        Did::Sent(Side::Primary, place("203.0.113.12:4096"), told)
    );
    // A client of another server is not told an origin that it could not believe.
    let bubble = wire::bubble(me(), foreign(), &trailers);
    let did = ask(&mut server, FROM, &bubble);
    assert_eq!(
        did,
        Did::Sent(Side::Primary, place("203.0.113.12:4096"), bubble)
    );
}

#[test]
fn v12_what_is_not_global_is_never_forwarded() {
    for destination in [
        "fe80::1",
        "::1",
        "ff0e::1",
        "ff02::2",
        "::",
        "fec0::1",
        "::ffff:1.2.3.4",
    ] {
        let ping = wire::ping(me(), ip(destination), 1);
        assert_eq!(
            dropped(FROM, &ping),
            Reject::DestinationNotGlobal,
            "{destination}"
        );
    }
}

#[test]
fn v13_nothing_goes_to_an_ipv4_address_that_is_not_global() {
    for target in [
        "10.0.0.1",
        "192.168.1.1",
        "127.0.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "169.254.1.1",
        "192.88.99.1",
        "0.1.2.3",
        "172.16.5.5",
    ] {
        let bubble = wire::bubble(me(), teredo(&format!("{target}:40001")), &[]);
        assert_eq!(dropped(FROM, &bubble), Reject::TargetNotGlobal, "{target}");
    }
}

#[test]
fn v14_a_test_goes_to_native_ipv6_as_it_is() {
    let ping = wire::ping(me(), NATIVE, 1);
    assert_eq!(ask(&mut server(|_| {}), FROM, &ping), Did::Routed(ping));
}

#[test]
fn v15_a_server_is_no_relay_for_large_messages() {
    let of = |length| wire::icmp(me(), peer(), 128, &vec![0; length]);
    assert!(matches!(
        ask(&mut server(|_| {}), FROM, &of(124)),
        Did::Sent(..)
    ));
    assert_eq!(dropped(FROM, &of(125)), Reject::TooLarge);
}

#[test]
fn v16_nothing_of_its_own_comes_back() {
    for own in ["198.51.100.1:3544", "198.51.100.2:3544"] {
        assert_eq!(dropped(own, &solicitation("fe80::1")), Reject::Loop);
        let bubble = wire::bubble(me(), teredo(own), &[]);
        assert_eq!(dropped(FROM, &bubble), Reject::Loop);
    }
}

#[test]
fn v17_memory_stays_the_same_under_a_million_sources() {
    let mut server = server(|_| {});
    let before = format!("{server:?}").len();
    let bubble = |from: SocketAddrV4| wire::bubble(teredo(&from.to_string()), peer(), &[]);
    for number in 0..1_000_000_u32 {
        let from = SocketAddrV4::new((0x0b00_0000 + number * 16).into(), 4096);
        if number % 1000 == 0 {
            server.from_udp(at(u64::from(number)), from, Side::Primary, &bubble(from));
        } else {
            server.from_udp(at(u64::from(number)), from, Side::Primary, &[0x60; 40]);
        }
    }
    // Digits of counters and bucket levels grow; entries would be megabytes.
    let after = format!("{server:?}").len();
    assert!(after < before * 2, "{before} {after}");
}

#[test]
fn v18_a_source_gets_at_most_one_answer_each_and_so_many_a_second() {
    let mut server = server(|_| {});
    let mut answers = 0;
    for millis in 0..10_000 {
        let did = ask_at(&mut server, at(millis), FROM, &solicitation("fe80::1"));
        answers += u32::from(matches!(did, Did::Sent(..)));
    }
    // 200 at once and 50 a second.
    assert!((699..=701).contains(&answers), "{answers}");
    assert_eq!(
        server.counters().of(Reject::RateLimited),
        10_000 - u64::from(answers)
    );
    // Others are served meanwhile.
    let did = ask_at(
        &mut server,
        at(10_000),
        "203.0.113.67:1",
        &solicitation("fe80::1"),
    );
    assert!(matches!(did, Did::Sent(..)));
}

#[test]
fn v19_after_the_sunset_nobody_is_given_an_address() {
    let mut server = server(|config| config.sunset = Some(at(1000)));
    let question = solicitation("fe80::1");
    assert!(matches!(
        ask_at(&mut server, at(999), FROM, &question),
        Did::Sent(..)
    ));
    assert_eq!(
        ask_at(&mut server, at(1000), FROM, &question),
        Did::Dropped(Reject::Sunset)
    );
    let did = ask_at(
        &mut server,
        at(2000),
        FROM,
        &wire::bubble(me(), peer(), &[]),
    );
    assert!(
        matches!(did, Did::Sent(..)),
        "who has an address keeps it: {did:?}"
    );
}

fn guarded(expired: bool) -> (Server, Secret) {
    let secret = Secret::new(b"me".to_vec(), b"a shared secret".to_vec()).unwrap();
    let key = Key {
        secret: secret.clone(),
        expired,
    };
    let server = server(|config| {
        config.secrets.insert(b"me".to_vec(), key);
    });
    (server, secret)
}

fn proved(secret: &Secret, nonce: [u8; 8]) -> Vec<u8> {
    let question = solicitation("fe80::1");
    let proof = secret.prove(nonce, 0, &question);
    let head = [0, 1, 2, 20, b'm', b'e'];
    [&head[..], &proof, &nonce, &[0], &question].concat()
}

#[test]
fn s4_a_server_with_secrets_answers_only_who_proves_himself() {
    let (mut server, secret) = guarded(false);
    let good = proved(&secret, [3; 8]);
    assert!(matches!(ask(&mut server, FROM, &good), Did::Sent(..)));
    let question = solicitation("fe80::1");
    assert_eq!(
        ask(&mut server, FROM, &question),
        Did::Dropped(Reject::NoAuthentication)
    );
    // Any other byte of proof, nonce, confirmation or packet is a bad authentication.
    for place in [4, 6, 25, 26, 33, 34, 35 + 20, 35 + 40] {
        let mut bad = good.clone();
        bad[place] ^= 1;
        let did = ask(&mut server, FROM, &bad);
        assert!(matches!(did, Did::Dropped(_)), "byte {place}: {did:?}");
    }
}

#[test]
fn s5_the_answer_repeats_name_and_nonce_and_is_proved() {
    for expired in [false, true] {
        let (mut server, secret) = guarded(expired);
        let Did::Sent(_, _, bytes) = ask(&mut server, FROM, &proved(&secret, [3; 8])) else {
            panic!("not answered");
        };
        let authentication = Packet::read(&bytes).unwrap().authentication.unwrap();
        assert_eq!(
            (authentication.id, authentication.nonce),
            (&b"me"[..], [3; 8])
        );
        assert_eq!(authentication.confirmation, u8::from(expired));
        let clear = &bytes[4 + 2 + 20 + 8 + 1..];
        assert!(secret.verify(&authentication, clear));
    }
}

#[test]
fn s7_who_sends_no_authentication_gets_none_and_nobody_elses() {
    let mut server = server(|_| {});
    let asked = [wire::nonce([0xaa; 8]), solicitation("fe80::1")].concat();
    ask(&mut server, "203.0.113.67:1", &asked);
    let Did::Sent(_, _, bytes) = ask(&mut server, FROM, &solicitation("fe80::1")) else {
        panic!("not answered");
    };
    assert!(Packet::read(&bytes).unwrap().authentication.is_none());
    assert!(!bytes.windows(8).any(|window| window == [0xaa; 8]));
}

#[test]
fn an_answer_waits_for_nothing_and_the_bucket_fills_again() {
    let mut server = server(|config| config.each.burst = 1);
    let question = solicitation("fe80::1");
    assert!(matches!(
        ask_at(&mut server, at(0), FROM, &question),
        Did::Sent(..)
    ));
    assert_eq!(
        ask_at(&mut server, at(0), FROM, &question),
        Did::Dropped(Reject::RateLimited)
    );
    let later = at(0) + Duration::from_millis(20);
    assert!(matches!(
        ask_at(&mut server, later, FROM, &question),
        Did::Sent(..)
    ));
}
