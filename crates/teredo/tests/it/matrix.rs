//! Every NAT against every NAT, and against the relay. All works that RFC 6081 and the opener make
//! possible; what stays impossible is said in words.

use sixward_teredo::Event;
use sixward_teredo::client::NoPath;

use crate::wire;
use crate::world::{Kind, NATIVE, World};

/// Whether two clients behind such NATs can meet: a NAT that lets in only the port it knows cannot
/// meet one whose port nobody can know, and neither can two of the latter.
pub(crate) fn possible(one: Kind, other: Kind) -> bool {
    let narrow = |kind| !matches!(kind, Kind::Cone | Kind::Address);
    let unknown = |kind| matches!(kind, Kind::Symmetric | Kind::Random);
    !(unknown(one) && narrow(other) || unknown(other) && narrow(one))
}

fn pair(one: Kind, other: Kind) -> World {
    let mut world = World::new();
    for kind in [one, other] {
        let nat = world.nat(kind);
        world.client(Some(nat), |_| {});
    }
    world.settle();
    world
}

fn pings(world: &mut World, count: u16) {
    let (from, to) = (world.hosts[0].address(), world.hosts[1].address());
    for number in 0..count {
        world.send(0, &wire::ping(from, to, number));
        world.run(500);
    }
    world.run(2000);
}

#[test]
fn x4_x5_p12_clients_meet_behind_every_pair_of_nats_that_allows_it() {
    for one in Kind::ALL {
        for other in Kind::ALL {
            let mut world = pair(one, other);
            pings(&mut world, 12);
            let want: Vec<u16> = if possible(one, other) {
                (0..12).collect()
            } else {
                vec![]
            };
            assert_eq!(world.hosts[0].ponged(), want, "{one:?} to {other:?}");
        }
    }
}

#[test]
fn x5_the_first_packet_takes_no_second_try() {
    for one in Kind::ALL {
        for other in Kind::ALL.into_iter().filter(|other| possible(one, *other)) {
            let mut world = pair(one, other);
            let begin = world.now;
            pings(&mut world, 1);
            let (end, _) = world.hosts[0].received[0];
            // Five flights of bubbles at most, then there and back.
            assert!(
                end.since(begin).as_millis() <= 80,
                "{one:?} to {other:?}: {end:?}"
            );
        }
    }
}

#[test]
fn p5_what_cannot_be_reached_is_said_in_words() {
    for one in Kind::ALL {
        for other in Kind::ALL.into_iter().filter(|other| !possible(one, *other)) {
            let mut world = pair(one, other);
            pings(&mut world, 20);
            let ours = matches!(one, Kind::Symmetric | Kind::Random);
            let told = world.hosts[0]
                .events
                .iter()
                .find_map(|(_, event)| match event {
                    Event::Unreachable { why, .. } => Some(*why),
                    _ => None,
                });
            assert_eq!(
                told,
                Some(NoPath::ServerOnly { ours }),
                "{one:?} to {other:?}"
            );
            let unreachable = world.hosts[0].received.iter();
            assert!(unreachable.filter(|(_, packet)| packet[40] == 1).count() > 0);
        }
    }
}

#[test]
fn l2_l3_native_hosts_and_clients_meet_behind_every_nat() {
    for kind in Kind::ALL {
        let mut world = World::new();
        let nat = world.nat(kind);
        world.client(Some(nat), |_| {});
        world.settle();
        let own = world.hosts[0].address();
        for number in 0..8 {
            world.send(0, &wire::ping(own, NATIVE, number));
            world.run(500);
        }
        assert_eq!(
            world.hosts[0].ponged(),
            (0..8).collect::<Vec<_>>(),
            "{kind:?} to the host"
        );
    }
}

#[test]
fn r8_native_hosts_call_clients_behind_every_nat() {
    for kind in Kind::ALL {
        let mut world = World::new();
        let nat = world.nat(kind);
        world.client(Some(nat), |_| {});
        world.settle();
        let own = world.hosts[0].address();
        for number in 0..8 {
            world.send_natively(wire::ping(NATIVE, own, number));
            world.run(500);
        }
        let answered: Vec<_> = world
            .native
            .iter()
            .filter_map(|packet| wire::ponged(packet))
            .collect();
        assert_eq!(answered, (0..8).collect::<Vec<_>>(), "the host to {kind:?}");
    }
}

#[test]
fn p12_two_masquerading_routers_need_the_opener() {
    for (ttl, count) in [(2, 3), (64, 0)] {
        let mut world = World::new();
        for _ in 0..2 {
            let nat = world.nat(Kind::Masquerade);
            world.client(Some(nat), |config| config.opener = Some(ttl));
        }
        world.settle();
        pings(&mut world, 3);
        assert_eq!(world.hosts[0].ponged().len(), count, "opener of {ttl}");
    }
}
