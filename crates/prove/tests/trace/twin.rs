//! An estate and its IPv6 twin, in which every prefix `a.b.c.d/n` is `2600:1f18::a.b.c.d/(96 + n)`.
//!
//! Where nothing is translated, both families follow the same rules, so the twin packet must have the
//! same fate. The estates are random: two networks of two subnets each, lists, groups that name
//! prefixes and one another, routes to peering, hub, nowhere and a VPN gateway.

use std::fmt::Write;
use std::mem::discriminant;

use proptest::collection::vec;
use proptest::prelude::*;
use sixward_estate::{
    Action, Direction, Estate, FirewallId, FirewallKind, RouteOrigin, RouteTarget, SubnetId,
};
use sixward_prove::L4;
use sixward_prove::trace::{Outcome, Trace};

use crate::given::{
    add, clear, firewall, host, hub, interface, net, network, numbered, peer, put, rule, subnet,
    to_gateway, to_link,
};

const HOSTS: [(&str, &str, &str); 6] = [
    ("a", "one", "10.0.0.10"),
    ("b", "one", "10.0.0.11"),
    ("c", "priv", "10.0.1.10"),
    ("d", "faraway", "10.9.0.10"),
    ("e", "faraway", "10.9.0.200"),
    ("f", "last", "10.9.1.10"),
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_families_have_one_fate(tape in vec(any::<u8>(), 300)) {
        let mut tape = Tape(tape.into_iter());
        let estate = random(&mut tape);
        for _ in 0..12 {
            let (from, _, source) = tape.one_of(&HOSTS);
            let to = tape.address();
            let l4 = tape.l4();
            let four = crate::given::trace(&estate, from, source, &to, l4);
            let six = crate::given::trace(&estate, from, &twin(source), &twin(&to), l4);
            prop_assert!(alike(&four, &six), "{four}\n{six}");
            consistent(&four)?;
            consistent(&six)?;
        }
    }
}

fn alike(four: &Trace, six: &Trace) -> bool {
    let same = match (&four.outcome, &six.outcome) {
        (Outcome::Dropped(one), Outcome::Dropped(other)) => {
            discriminant(one) == discriminant(other)
        }
        (one, other) => one == other,
    };
    same && four.arrives() == six.arrives() && four.forward.len() == six.forward.len()
}

/// What a trace says at its end is what its last hop says.
fn consistent(trace: &Trace) -> Result<(), TestCaseError> {
    let last = trace.back.last().or(trace.forward.last());
    prop_assert!(last.is_some(), "no hop");
    prop_assert_eq!(trace.works() && !trace.arrives(), false, "{}", trace);
    Ok(())
}

fn random(tape: &mut Tape) -> Estate {
    let mut estate = Estate::default();
    for (id, block) in [("net", "10.0.0.0/16"), ("far", "10.9.0.0/16")] {
        network(&mut estate, id, block, &twin_net(block));
    }
    for (id, network, block) in [
        ("one", "net", "10.0.0.0/24"),
        ("priv", "net", "10.0.1.0/24"),
        ("faraway", "far", "10.9.0.0/24"),
        ("last", "far", "10.9.1.0/24"),
    ] {
        subnet(&mut estate, id, network, block, &twin_net(block));
    }
    for (id, at, address) in HOSTS {
        host(&mut estate, id, at, address, &twin(address));
        interface(&mut estate, id).own_addresses_only = !tape.chance(20);
    }
    groups(tape, &mut estate);
    lists(tape, &mut estate);
    links(tape, &mut estate);
    estate
}

fn groups(tape: &mut Tape, estate: &mut Estate) {
    for (id, ..) in HOSTS {
        for direction in [Direction::Ingress, Direction::Egress] {
            if tape.chance(40) {
                clear(estate, &format!("sg-{id}"), direction);
                for _ in 0..tape.next() % 3 {
                    group_rule(tape, estate, id, direction);
                }
            }
        }
    }
}

fn group_rule(tape: &mut Tape, estate: &mut Estate, id: &str, direction: Direction) {
    let (traffic, group) = (tape.traffic(), format!("sg-{id}"));
    if tape.chance(35) {
        let (other, ..) = tape.one_of(&HOSTS);
        return add(
            estate,
            &group,
            rule(direction, traffic, &format!("sg-{other}")),
        );
    }
    let prefix = tape.prefix();
    for prefix in [prefix.to_owned(), twin_net(prefix)] {
        add(estate, &group, rule(direction, traffic, &prefix));
    }
}

fn lists(tape: &mut Tape, estate: &mut Estate) {
    for (id, at) in [("acl-1", "one"), ("acl-2", "faraway")] {
        if !tape.chance(40) {
            continue;
        }
        let network = if at == "one" { "net" } else { "far" };
        firewall(estate, id, network, FirewallKind::List);
        for direction in [Direction::Ingress, Direction::Egress] {
            for order in 1..=u32::from(tape.next() % 5) {
                let action = if tape.chance(70) {
                    Action::Allow
                } else {
                    Action::Deny
                };
                let (traffic, prefix) = (tape.traffic(), tape.prefix());
                let order = order * 10;
                add(
                    estate,
                    id,
                    numbered(direction, order, action, traffic, prefix),
                );
                let prefix = twin_net(prefix);
                add(
                    estate,
                    id,
                    numbered(direction, order + 1, action, traffic, &prefix),
                );
            }
        }
        let subnet = estate.subnets.get_mut(&SubnetId::new(at)).unwrap();
        subnet.firewall = Some(FirewallId::new(id));
    }
}

fn links(tape: &mut Tape, estate: &mut Estate) {
    if tape.chance(50) {
        peer(estate);
    }
    if tape.chance(50) {
        hub_of_twins(estate);
    }
    for at in ["one", "priv", "faraway", "last"] {
        for _ in 0..tape.next() % 4 {
            let prefix = tape.prefix();
            let host = tape.one_of(&HOSTS).0;
            let target = match tape.next() % 6 {
                0 | 1 => to_link("pcx"),
                2 => RouteTarget::Nowhere,
                3 => RouteTarget::Interface(sixward_estate::InterfaceId::new(host)),
                4 => to_gateway("vgw"),
                _ => RouteTarget::Transit(sixward_estate::TransitId::new("tgw")),
            };
            let origin = if tape.chance(25) {
                RouteOrigin::Propagated
            } else {
                RouteOrigin::Static
            };
            put(estate, at, net(prefix), target.clone(), origin);
            put(estate, at, net(&twin_net(prefix)), target, origin);
        }
    }
}

/// The fixture's hub, its routes those of the twins, and no route to it yet.
fn hub_of_twins(estate: &mut Estate) {
    let before = estate.route_tables.clone();
    let table = crate::given::table(estate, "one").clone();
    let id = sixward_estate::RouteTableId::new("rt-pub");
    estate
        .route_tables
        .insert(sixward_estate::RouteTable { id, ..table });
    hub(estate);
    estate.route_tables = before;
    estate.transit_tables.for_each_mut(|table| {
        for route in &mut table.routes {
            let text = route.destination.to_string();
            route.destination = match text.as_str() {
                "2600:1f18:0:100::/56" => twin_net("10.0.0.0/16").parse().unwrap(),
                "2600:1f18:0:900::/56" => twin_net("10.9.0.0/16").parse().unwrap(),
                _ => route.destination,
            };
        }
    });
}

/// Bytes that decide everything, so that a failing case shrinks.
struct Tape(std::vec::IntoIter<u8>);

impl Tape {
    fn next(&mut self) -> u8 {
        self.0.next().unwrap_or(0)
    }

    fn chance(&mut self, percent: u8) -> bool {
        self.next() % 100 < percent
    }

    fn one_of<T: Copy>(&mut self, list: &[T]) -> T {
        list[usize::from(self.next()) % list.len()]
    }

    fn prefix(&mut self) -> &'static str {
        self.one_of(&[
            "0.0.0.0/0",
            "10.0.0.0/16",
            "10.9.0.0/16",
            "10.0.0.0/24",
            "10.0.1.0/24",
            "10.9.0.0/24",
            "10.9.1.0/24",
            "10.0.0.10/32",
            "10.9.0.10/32",
            "10.9.0.128/25",
            "10.0.0.0/8",
        ])
    }

    fn address(&mut self) -> String {
        if self.chance(80) {
            return self.one_of(&HOSTS).2.to_owned();
        }
        format!(
            "10.{}.{}.{}",
            self.one_of(&[0, 9]),
            self.next() % 3,
            3 + self.next() % 250
        )
    }

    fn traffic(&mut self) -> &'static str {
        self.one_of(&[
            "all",
            "tcp",
            "tcp/443",
            "tcp/1024-65535",
            "udp/53",
            "protocol/50",
            "udp",
        ])
    }

    fn l4(&mut self) -> L4 {
        let source = self.one_of(&[1000, 40000, 443]);
        let destination = self.one_of(&[443, 53, 22]);
        match self.next() % 4 {
            0 | 1 => L4::Tcp {
                source,
                destination,
            },
            2 => L4::Udp {
                source,
                destination,
            },
            _ => L4::Other(50),
        }
    }
}

fn twin(address: &str) -> String {
    let mut text = String::new();
    write!(text, "2600:1f18::{address}").unwrap();
    text
}

fn twin_net(net: &str) -> String {
    let (address, length) = net.split_once('/').unwrap();
    let length: u8 = length.parse().unwrap();
    if length == 0 {
        return "::/0".to_owned();
    }
    format!("{}/{}", twin(address), 96 + length)
}
