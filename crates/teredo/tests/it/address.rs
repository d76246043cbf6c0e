//! A2 to A7: which addresses clients have and which are believed (A1 and A8 are tests of `net`).

use std::net::Ipv4Addr;

use sixward_net::Teredo;
use sixward_teredo::server::{Action, Config, Side};
use sixward_teredo::{Outbound, Reject, Server, Surroundings};

use crate::lone::{Lone, answer, ip, mapped, place, solicited, teredo};
use crate::wire;
use crate::world::{PRIMARY, SECONDARY, Seed, at};

#[test]
fn a2_twelve_bits_are_random_and_the_others_zero() {
    let mut lone = Lone::new(|_| {});
    let draws = 20_000;
    let mut ones = [0_i32; 16];
    for _ in 0..draws {
        for question in lone.start() {
            lone.receive(question.to, &answer(&question, mapped()));
        }
        lone.sent();
        let flags = Teredo::of(lone.address()).unwrap().flags;
        for (bit, count) in ones.iter_mut().enumerate() {
            *count += i32::from(flags >> bit & 1);
        }
        lone.client.stop();
    }
    for (bit, count) in ones.into_iter().enumerate() {
        if 0x3cff >> bit & 1 == 0 {
            assert_eq!(count, 0, "bit {bit} is not random");
        } else {
            // Five standard deviations of a fair coin.
            assert!(
                (count - draws / 2).abs() < 354,
                "bit {bit} was 1 {count} times"
            );
        }
    }
}

#[test]
fn a3_the_client_never_says_cone() {
    let mut lone = Lone::new(|_| {});
    for _ in 0..1000 {
        for question in lone.start() {
            let (_, source) = solicited(&question);
            assert_eq!(source.segments()[4] & 0x8000, 0);
            assert!(source.is_unicast_link_local());
        }
        lone.client.stop();
        lone.sent();
    }
}

#[test]
fn a4_a_peer_that_says_cone_is_called_like_any_other() {
    let mut lone = Lone::qualified(|_| {});
    let peer = Teredo {
        server: PRIMARY,
        flags: Teredo::CONE,
        client: place("203.0.113.12:4096"),
    };
    let packet = wire::ping(lone.address(), peer.address(), 1);
    assert_eq!(lone.transmit(&packet), Outbound::Held);
    assert!(
        lone.sent()
            .iter()
            .all(|datagram| datagram.bytes.len() < packet.len() + 40)
    );
}

#[test]
fn a5_the_server_heeds_cone_in_a_solicitation_and_says_it_of_itself() {
    let mut server = Server::new(Config::new(PRIMARY, SECONDARY), Box::new(Seed(1)));
    let from = place("203.0.113.66:40000");
    for (source, want) in [
        ("fe80::8000:1", Side::Primary),
        ("fe80::8000:0:0:1", Side::Secondary),
    ] {
        let question = wire::icmp(ip(source), ip("ff02::2"), 133, &[0; 4]);
        let action = server.from_udp(at(0), from, Side::Primary, &question);
        let Action::Send { side, bytes, .. } = action else {
            panic!("{action:?}");
        };
        assert_eq!(side, want, "{source}");
        // The lab's own reading of such an address, with the server's port and address turned.
        assert_eq!(wire::source(&bytes[8..]), ip("fe80::8000:f227:39cc:9bfe"));
    }
}

#[test]
fn a6_a_mapping_that_is_not_global_gives_no_address_unless_allowed() {
    for (seen, good) in [
        ("10.1.2.3:4096", false),
        ("192.0.2.1:0", false),
        ("192.0.2.1:1", true),
    ] {
        let mut lone = Lone::new(|_| {});
        for question in lone.start() {
            lone.receive(question.to, &answer(&question, place(seen)));
        }
        assert_eq!(lone.client.address().is_some(), good, "{seen}");
        assert_eq!(lone.client.counters().of(Reject::BadOrigin) > 0, !good);
    }
    let mut lone = Lone::new(|config| {
        config.surroundings.allowed = vec!["10.0.0.0/8".parse().unwrap()];
    });
    for question in lone.start() {
        lone.receive(question.to, &answer(&question, place("10.1.2.3:4096")));
    }
    assert!(lone.client.address().is_some());
}

#[test]
fn a7_what_is_not_global_unicast() {
    let around = Surroundings {
        attached: vec![
            "198.51.100.0/24".parse().unwrap(),
            "192.0.2.4/31".parse().unwrap(),
        ],
        ..Surroundings::default()
    };
    for (address, global) in [
        ("0.1.2.3", false),
        ("1.0.0.0", true),
        ("9.255.255.255", true),
        ("10.0.0.0", false),
        ("10.255.255.255", false),
        ("11.0.0.0", true),
        ("127.0.0.1", false),
        ("169.254.1.1", false),
        ("172.15.255.255", true),
        ("172.16.0.0", false),
        ("172.31.255.255", false),
        ("172.32.0.0", true),
        ("192.88.99.1", false),
        ("192.88.98.255", true),
        ("192.168.0.1", false),
        ("223.255.255.255", true),
        ("224.0.0.0", false),
        ("239.255.255.255", false),
        ("240.0.0.1", true),
        ("255.255.255.254", true),
        ("255.255.255.255", false),
        ("198.51.100.255", false),
        ("198.51.100.254", true),
        ("192.0.2.5", true),
    ] {
        let address: Ipv4Addr = address.parse().unwrap();
        assert_eq!(around.is_global(address), global, "{address}");
    }
}

#[test]
fn a7_no_peer_is_called_whose_address_is_not_global() {
    let mut lone = Lone::qualified(|_| {});
    for target in [
        "10.0.0.1:4096",
        "224.0.0.1:4096",
        "192.88.99.1:4096",
        "127.0.0.1:4096",
    ] {
        let packet = wire::ping(lone.address(), teredo(target), 1);
        assert_eq!(
            lone.transmit(&packet),
            Outbound::Rejected(Reject::TargetNotGlobal)
        );
    }
    assert!(lone.sent().is_empty() && lone.client.status().peers == 0);
}
