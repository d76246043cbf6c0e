//! The refresh interval that a NAT allows, found out by a port of its own (Q12).

use std::time::Duration;

use sixward_teredo::Event;

use crate::world::{Kind, World};

/// A client behind a NAT that forgets after so many seconds, and the interval that it ends at.
fn settled(seconds: u64, lengthen: bool) -> (World, Duration) {
    let mut world = World::new();
    let nat = world.nat(Kind::Port);
    world.nats[nat].timeout = Duration::from_secs(seconds);
    world.client(Some(nat), |config| config.lengthen = lengthen);
    world.settle();
    world.run(600_000);
    let refresh = world.hosts[0].client.status().refresh;
    (world, refresh)
}

fn addresses(world: &World) -> usize {
    let events = world.hosts[0].events.iter();
    events
        .filter(|(_, event)| matches!(event, Event::AddressAdded { .. }))
        .count()
}

#[test]
fn q12_the_interval_grows_to_what_the_nat_allows() {
    for (seconds, refresh) in [(300, 90), (100, 90), (80, 75), (50, 45), (40, 37), (31, 30)] {
        let (mut world, found) = settled(seconds, true);
        assert_eq!(found.as_secs(), refresh, "{seconds} s");
        assert!(found < Duration::from_secs(seconds));
        assert!(world.hosts[0].ports.is_empty(), "every port is closed");
        world.run(1_000_000);
        assert_eq!(addresses(&world), 1, "the mapping never died: {seconds} s");
    }
}

#[test]
fn q12_nothing_is_tried_unless_wanted() {
    let (world, refresh) = settled(300, false);
    assert_eq!(refresh.as_secs(), 30);
    let own = world.hosts[0].local;
    let from = world.hosts[0].sent.iter();
    assert!(
        world.hosts[0].ports.is_empty() && from.count() > 10,
        "{own}"
    );
}

#[test]
fn q12_a_server_that_goes_meanwhile_proves_nothing() {
    let mut world = World::new();
    let nat = world.nat(Kind::Port);
    world.client(Some(nat), |config| config.lengthen = true);
    world.nats[nat].timeout = Duration::from_mins(5);
    world.settle();
    world.run(40_000);
    world.server_up = false;
    world.run(120_000);
    world.server_up = true;
    world.run(60_000);
    let refresh = world.hosts[0].client.status().refresh;
    assert!(
        refresh.as_secs() == 30 || refresh.as_secs() >= 60,
        "{refresh:?}"
    );
    assert!(world.hosts[0].ports.is_empty());
}
