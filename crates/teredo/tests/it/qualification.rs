//! Q1 to Q15: how a client gets, keeps and loses its address.

use std::time::Duration;

use sixward_net::Teredo;
use sixward_teredo::client::{Server, State, Why};
use sixward_teredo::{Arrival, Event, Inbound, Nat, Reject};

use crate::lone::{Lone, OTHER, SERVER, advertisement, answer, ip, mapped, place, secs, solicited};
use crate::wire;
use crate::world::{Kind, NATIVE, PRIMARY, SECONDARY, World};

fn moved() -> std::net::SocketAddrV4 {
    place("203.0.113.11:51515")
}

#[test]
fn q1_a_solicitation_is_sound_and_has_a_fresh_nonce() {
    let mut lone = Lone::new(|_| {});
    let mut nonces = std::collections::BTreeSet::new();
    for _ in 0..100 {
        let questions = lone.start();
        assert_eq!(
            questions.iter().map(|q| q.to).collect::<Vec<_>>(),
            [SERVER, OTHER]
        );
        for question in &questions {
            let (nonce, source) = solicited(question);
            nonces.insert(nonce);
            let want = wire::icmp(source, ip("ff02::2"), 133, &[0; 4]);
            assert_eq!(question.bytes, [wire::nonce(nonce), want].concat());
        }
        lone.client.stop();
        lone.sent();
    }
    assert_eq!(nonces.len(), 200);
}

#[test]
fn q2_a_silent_server_is_asked_three_times_and_then_now_and_again() {
    let mut lone = Lone::new(|_| {});
    lone.start();
    let asked = lone.pass(secs(60));
    let times: Vec<_> = asked
        .iter()
        .filter(|(_, q)| q.to == SERVER)
        .map(|(at, _)| *at)
        .collect();
    assert_eq!(times[..2], [4000, 8000]);
    assert_eq!(lone.client.state(), State::Offline(Why::PrimarySilent));
    assert_eq!(
        Why::PrimarySilent.to_string(),
        "primary server unreachable over UDP"
    );
    // A server that is back is found within seconds.
    assert!(
        times[2..].windows(2).all(|two| two[1] - two[0] <= 12_000),
        "{times:?}"
    );
    assert!(times.len() >= 6);
}

#[test]
fn f9_the_mtu_is_1280_unless_the_server_says_another_that_can_be() {
    for (told, want) in [
        (None, Some(1280)),
        (Some(1280), Some(1280)),
        (Some(1472), Some(1472)),
        (Some(65_535), Some(65_535)),
        (Some(1279), None),
        (Some(65_536), None),
    ] {
        let mut lone = Lone::new(|_| {});
        let questions = lone.start();
        let (nonce, source) = solicited(&questions[0]);
        let ra = advertisement(source, "2001:0:c633:6401::", 64, told);
        lone.receive(
            SERVER,
            &[wire::nonce(nonce), wire::origin(mapped()), ra].concat(),
        );
        lone.sent();
        let mtu = lone.events.iter().find_map(|event| match event {
            Event::AddressAdded { mtu, .. } => Some(*mtu),
            _ => None,
        });
        assert_eq!(mtu, want, "{told:?}");
    }
}

#[test]
fn q3_an_unasked_advertisement_is_nothing() {
    let mut lone = Lone::new(|_| {});
    let questions = lone.start();
    let answer = answer(&questions[0], mapped());
    lone.receive(SERVER, &answer);
    assert_eq!(
        lone.receive(SERVER, &answer),
        Inbound::Rejected(Reject::Unsolicited)
    );
}

fn compared(first: &str, second: &str, symmetric: bool) -> Lone {
    let mut lone = Lone::new(|config| config.symmetric = symmetric);
    let questions = lone.start();
    lone.receive(SERVER, &answer(&questions[0], place(first)));
    lone.receive(OTHER, &answer(&questions[1], place(second)));
    lone.sent();
    lone
}

#[test]
fn q4_the_second_server_address_tells_the_nat() {
    for (first, second, nat) in [
        ("203.0.113.11:40002", "203.0.113.11:40002", Nat::Restricted),
        (
            "203.0.113.11:40002",
            "203.0.113.11:40003",
            Nat::SymmetricPort,
        ),
        ("203.0.113.11:40002", "203.0.113.12:40002", Nat::Symmetric),
    ] {
        assert_eq!(compared(first, second, true).client.status().nat, nat);
    }
}

#[test]
fn q5_no_packet_asks_for_an_answer_from_elsewhere() {
    // What the second server sends unasked makes a masquerading router choose another port: the
    // client behind it must not look symmetric.
    let mut world = World::new();
    let nat = world.nat(Kind::Masquerade);
    world.client(Some(nat), |_| {});
    world.settle();
    assert_eq!(world.hosts[0].client.status().nat, Nat::Restricted);
}

#[test]
fn q6_without_rfc_6081_a_symmetric_nat_gives_no_address() {
    let lone = compared("203.0.113.11:40002", "203.0.113.11:40003", false);
    assert_eq!(lone.client.state(), State::Offline(Why::Symmetric));
    assert_eq!(Why::Symmetric.to_string(), "client behind symmetric NAT");
    assert_eq!(lone.client.address(), None);
    let lone = compared("203.0.113.11:40002", "203.0.113.11:40002", false);
    assert_eq!(lone.client.state(), State::Qualified);
}

#[test]
fn q6_the_second_server_is_waited_for_where_it_decides() {
    let mut lone = Lone::new(|config| config.symmetric = false);
    let questions = lone.start();
    lone.receive(SERVER, &answer(&questions[0], mapped()));
    assert_eq!(lone.client.state(), State::ProbeSecondary);
    lone.pass(secs(13));
    assert_eq!(lone.client.state(), State::Offline(Why::SecondarySilent));
}

#[test]
fn q7_with_rfc_6081_a_symmetric_nat_is_named_and_the_address_is_there() {
    let lone = compared("203.0.113.11:40002", "203.0.113.11:40003", true);
    assert_eq!(lone.client.state(), State::Qualified);
    assert_eq!(lone.client.status().nat.to_string(), "symmetric (port)");
}

#[test]
fn q8_a_nat_that_keeps_the_port_is_told() {
    for (seen, keeps) in [("203.0.113.11:40002", true), ("203.0.113.11:40003", false)] {
        let lone = compared(seen, seen, true);
        assert_eq!(lone.client.status().port_preserving, Some(keeps));
    }
}

#[test]
fn q9_a_quiet_server_is_asked_before_the_interval_ends_and_never_at_the_same_time() {
    let mut lone = Lone::qualified(|_| {});
    let mut gaps = Vec::new();
    for _ in 0..200 {
        let due = lone.client.due().unwrap();
        gaps.push(due.since(lone.now).as_millis());
        lone.now = due;
        lone.client.tick(due);
        let question = lone.sent().remove(0);
        assert_eq!(question.to, SERVER);
        lone.receive(SERVER, &answer(&question, mapped()));
    }
    assert!(
        gaps.iter().all(|gap| (22_500..=28_800).contains(gap)),
        "{gaps:?}"
    );
    let distinct: std::collections::BTreeSet<_> = gaps.iter().collect();
    assert!(distinct.len() > 150);
}

#[test]
fn q9_whatever_comes_from_the_server_puts_the_question_off() {
    let mut lone = Lone::qualified(|_| {});
    lone.pass(secs(20));
    let due = lone.client.due().unwrap();
    let own = lone.address();
    let bubble = wire::bubble(NATIVE, own, &[]);
    let bytes = [wire::origin(place("198.51.100.10:3545")), bubble].concat();
    lone.receive(SERVER, &bytes);
    assert!(lone.client.due().unwrap() > due);
}

/// Lets time pass until the server is asked, and answers.
fn refresh(lone: &mut Lone, seen: std::net::SocketAddrV4) {
    loop {
        lone.now = lone.client.due().unwrap();
        lone.client.tick(lone.now);
        let sent = lone.sent();
        let question = sent
            .iter()
            .find(|sent| sent.to == SERVER && sent.bytes[1] == 1);
        if let Some(question) = question {
            lone.receive(SERVER, &answer(question, seen));
            lone.sent();
            return;
        }
    }
}

#[test]
fn q10_q11_another_mapping_means_another_address_and_the_old_one_goes_first() {
    let mut lone = Lone::qualified(|_| {});
    let old = lone.address();
    lone.events.clear();
    refresh(&mut lone, moved());
    let new = lone.address();
    assert_eq!(Teredo::of(new).unwrap().client, moved());
    let added = Event::AddressAdded {
        address: new,
        mtu: 1280,
    };
    assert_eq!(lone.events, [Event::AddressRemoved(old), added]);
    lone.events.clear();
    lone.client.stop();
    lone.sent();
    let state = Event::State(State::Offline(Why::NotStarted));
    assert_eq!(lone.events, [Event::AddressRemoved(new), state]);
}

#[test]
fn q10_peers_are_forgotten_with_the_mapping() {
    let mut lone = Lone::qualified(|_| {});
    let packet = wire::ping(lone.address(), NATIVE, 1);
    lone.transmit(&packet);
    assert_eq!(lone.client.status().peers, 1);
    refresh(&mut lone, moved());
    assert_eq!(lone.client.status().peers, 0);
}

#[test]
fn q10_the_same_mapping_keeps_the_address() {
    let mut lone = Lone::qualified(|_| {});
    let own = lone.address();
    for _ in 0..10 {
        refresh(&mut lone, mapped());
    }
    assert_eq!(lone.address(), own);
}

#[test]
fn q12_mappings_that_die_at_each_refresh_shorten_the_interval() {
    let mut lone = Lone::qualified(|_| {});
    for port in 50_000..50_010 {
        refresh(&mut lone, place(&format!("203.0.113.11:{port}")));
    }
    let status = lone.client.status();
    assert_eq!(status.refresh, secs(10));
    assert!(status.unstable);
}

#[test]
fn q13_the_next_server_is_asked_when_one_is_silent() {
    let mut lone = Lone::new(|config| {
        config.servers.push(Server {
            primary: "198.51.100.77".parse().unwrap(),
            secondary: None,
        });
    });
    lone.start();
    let asked = lone.pass(secs(13));
    let last = &asked.last().unwrap().1;
    assert_eq!(last.to, place("198.51.100.77:3544"));
    let (nonce, source) = solicited(last);
    let ra = advertisement(source, "2001:0:c633:644d::", 64, None);
    let bytes = [wire::nonce(nonce), wire::origin(mapped()), ra].concat();
    assert_eq!(lone.receive(last.to, &bytes), Inbound::Consumed);
    assert_eq!(
        Teredo::of(lone.address()).unwrap().server.to_string(),
        "198.51.100.77"
    );
}

#[test]
fn q13_a_name_is_looked_up_again_after_a_failure() {
    let mut lone = Lone::new(|_| {});
    lone.start();
    lone.pass(secs(13));
    assert!(lone.events.contains(&Event::Resolve));
    let server = Server {
        primary: "198.51.100.77".parse().unwrap(),
        secondary: None,
    };
    lone.client.servers(lone.now, vec![server]);
    assert_eq!(lone.sent()[0].to, place("198.51.100.77:3544"));
    lone.client.servers(lone.now, vec![]);
    assert_eq!(lone.client.state(), State::Offline(Why::NoServer));
}

#[test]
fn q14_a_client_without_nat_says_so() {
    let mut world = World::new();
    world.client(None, |_| {});
    world.settle();
    let nat = world.hosts[0].client.status().nat;
    assert_eq!(nat.to_string(), "none (global connectivity)");
}

#[test]
fn q15_native_ipv6_sends_the_client_to_sleep_unless_told_otherwise() {
    let mut lone = Lone::qualified(|_| {});
    lone.client.native(lone.now, true);
    assert_eq!(
        (lone.client.state(), lone.client.address()),
        (State::Dormant, None)
    );
    assert!(lone.client.due().is_none());
    lone.client.native(lone.now, false);
    assert_eq!(lone.sent()[0].to, SERVER);
    let mut lone = Lone::qualified(|config| config.beside_native = true);
    lone.client.native(lone.now, true);
    assert_eq!(lone.client.state(), State::Qualified);
}

#[test]
fn a_server_outage_leaves_the_address_and_is_over_within_seconds() {
    let mut world = World::new();
    let nat = world.nat(Kind::Port);
    world.client(Some(nat), |_| {});
    world.settle();
    let own = world.hosts[0].address();
    world.server_up = false;
    world.run(100_000);
    assert_eq!(world.hosts[0].address(), own);
    world.server_up = true;
    let back = world.now;
    world.run(6000);
    let events = &world.hosts[0].events;
    let silent = events
        .iter()
        .find(|(_, event)| *event == Event::ServerSilent)
        .unwrap();
    let heard = events
        .iter()
        .find(|(_, event)| *event == Event::ServerBack)
        .unwrap();
    assert!(silent.0 < back);
    assert!(
        heard.0.since(back) <= Duration::from_millis(4100),
        "{:?}",
        heard.0.since(back)
    );
}

#[test]
fn a_network_change_asks_at_once() {
    let mut lone = Lone::qualified(|_| {});
    let local = place("192.168.7.2:40002");
    lone.client
        .network(lone.now, local, sixward_teredo::Surroundings::default());
    assert_eq!(lone.client.address(), None);
    let questions = lone.sent();
    assert_eq!(questions[0].to, SERVER);
    lone.receive(SERVER, &answer(&questions[0], moved()));
    assert_eq!(Teredo::of(lone.address()).unwrap().client, moved());
    lone.client.unplugged();
    assert_eq!(lone.client.state(), State::Offline(Why::NoNetwork));
}

#[test]
fn a_rebooted_nat_is_noticed_at_the_next_refresh() {
    let mut world = World::new();
    let nat = world.nat(Kind::Symmetric);
    world.client(Some(nat), |_| {});
    world.settle();
    let old = world.hosts[0].address();
    world.nats[nat].reboot(Kind::Symmetric);
    world.run(29_000);
    assert_ne!(world.hosts[0].address(), old);
}

#[test]
fn the_way_to_the_server_is_measured() {
    let mut lone = Lone::new(|_| {});
    let questions = lone.start();
    lone.now = lone.now + Duration::from_millis(30);
    let arrival = Arrival {
        ttl: Some(52),
        ..Arrival::of(SERVER)
    };
    lone.arrive(arrival, &answer(&questions[0], mapped()));
    let status = lone.client.status();
    assert_eq!(status.server_rtt, Some(Duration::from_millis(30)));
    assert_eq!(status.server_hops, Some(12));
    assert_eq!(
        (PRIMARY, Some(SECONDARY)),
        status.server.map(|s| (s.primary, s.secondary)).unwrap()
    );
}
