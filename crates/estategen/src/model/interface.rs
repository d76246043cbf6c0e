//! Interfaces and the servers behind them. What the gateways and services of a network
//! need comes first; the rest are servers, with a few functions, second cards and
//! leftovers among them.

use std::net::Ipv4Addr;
use std::ops::Range;

use super::service::{BALANCER_PLACES, Services};
use super::{Group, Subnet};
use crate::address::{self, FIRST_HOST};
use crate::id::Ids;
use crate::random::Random;

#[derive(Debug)]
pub(crate) struct Interface {
    pub(crate) number: u32,
    pub(crate) id: String,
    pub(crate) subnet: usize,
    pub(crate) address: Ipv4Addr,
    pub(crate) public: Option<Public>,
    pub(crate) groups: Vec<usize>,
    pub(crate) role: Role,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Public {
    pub(crate) address: Ipv4Addr,
    /// An elastic address, which stays when the server goes.
    pub(crate) elastic: bool,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Role {
    Server(Server),
    /// The second card of the server just before it in the list.
    Second,
    /// Attached to nothing.
    Loose,
    Nat,
    Transit,
    /// By place among the network's balancers.
    Balancer(usize),
    /// By place among the network's databases.
    Database(usize),
    Function,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Server {
    pub(crate) kind: &'static str,
    pub(crate) running: bool,
    pub(crate) instance_store: bool,
    pub(crate) paravirtual: bool,
}

/// Types that know IPv6, most of them of the current generations.
const MODERN: [&str; 10] = [
    "t3.micro",
    "t3.small",
    "t3.medium",
    "t3.large",
    "m5.large",
    "m5.xlarge",
    "m5.2xlarge",
    "c5.large",
    "c5.xlarge",
    "c5.4xlarge",
];

/// Types of the first generations, which do not.
const OLD: [&str; 4] = ["m3.medium", "m3.large", "m1.small", "m1.large"];

pub(super) fn interfaces(
    ids: Ids,
    random: &mut Random,
    subnets: &[Subnet],
    groups: &[Group],
    services: &Services,
    numbers: Range<u32>,
) -> Vec<Interface> {
    let mut places = Places {
        next: vec![FIRST_HOST; subnets.len()],
        turn: 0,
        subnets,
    };
    let mut wanted = managed(services);
    let mut interfaces: Vec<Interface> = Vec::with_capacity(numbers.len());
    for number in numbers {
        let (role, subnet) = wanted.pop().unwrap_or_else(|| {
            let role = some_role(random, interfaces.last());
            (role, subnet_for(role, interfaces.last(), &mut places))
        });
        let (subnet, address) = places.take(subnet);
        let in_public = subnets.get(subnet).is_some_and(|subnet| subnet.public);
        let public = has_public(role, in_public, random);
        interfaces.push(Interface {
            number,
            id: ids.of("eni", number),
            subnet,
            address,
            public: public.map(|elastic| Public {
                address: address::public(number),
                elastic,
            }),
            groups: member_of(role, interfaces.last(), random, groups.len()),
            role,
        });
    }
    interfaces
}

/// What gateways and services need, with its subnet, the first at the end.
fn managed(services: &Services) -> Vec<(Role, usize)> {
    let mut wanted = vec![
        (Role::Nat, 0),
        (Role::Transit, 1),
        (Role::Transit, 3),
        (Role::Transit, 5),
    ];
    for (place, balancer) in services.balancers.iter().enumerate() {
        let first = if balancer.public { 2 } else { 3 };
        wanted.extend((0..BALANCER_PLACES).map(|zone| (Role::Balancer(place), first + 2 * zone)));
    }
    let databases = 0..services.databases.len();
    wanted.extend(databases.map(|place| (Role::Database(place), 1 + 2 * (place % 3))));
    wanted.reverse();
    wanted
}

fn some_role(random: &mut Random, before: Option<&Interface>) -> Role {
    let follows_server = before.is_some_and(|before| matches!(before.role, Role::Server(_)));
    match random.below(1_000) {
        0..40 => Role::Function,
        40..50 => Role::Loose,
        50..80 if follows_server => Role::Second,
        _ => Role::Server(server(random)),
    }
}

fn server(random: &mut Random) -> Server {
    let old = random.permille(20);
    let paravirtual = random.permille(2);
    let kind = if old || paravirtual {
        random.pick(OLD)
    } else {
        random.pick(MODERN)
    };
    Server {
        kind,
        running: !random.permille(20),
        instance_store: random.permille(5),
        paravirtual,
    }
}

/// A second card sits in the zone of its server, and most often in its subnet.
fn subnet_for(role: Role, before: Option<&Interface>, places: &mut Places<'_>) -> usize {
    match (role, before) {
        (Role::Second, Some(server)) => server.subnet,
        // Functions reach the internet through the NAT gateway, so they live in private subnets.
        (Role::Function, _) => (places.turn() | 1) % places.subnets.len(),
        _ => places.turn(),
    }
}

/// Whether there is a public address, and whether it is an elastic one.
fn has_public(role: Role, in_public: bool, random: &mut Random) -> Option<bool> {
    match role {
        Role::Nat => Some(true),
        Role::Balancer(_) if in_public => Some(false),
        Role::Server(server) if in_public && random.permille(600) => {
            let elastic = random.permille(100);
            // An address that is not elastic is given back when the server stops.
            (server.running || elastic).then_some(elastic)
        }
        _ => None,
    }
}

fn member_of(
    role: Role,
    before: Option<&Interface>,
    random: &mut Random,
    groups: usize,
) -> Vec<usize> {
    let other = |random: &mut Random| 1 + random.below(groups - 1);
    match (role, before) {
        (Role::Nat | Role::Transit, _) => Vec::new(),
        // The groups of a balancer are those of each of its interfaces.
        (
            Role::Balancer(place),
            Some(Interface {
                role: Role::Balancer(of),
                groups,
                ..
            }),
        ) if place == *of => groups.clone(),
        _ if random.permille(20) => vec![0],
        _ => {
            let mut member_of = vec![other(random)];
            let second = other(random);
            if random.below(3) == 0 && !member_of.contains(&second) {
                member_of.push(second);
            }
            member_of
        }
    }
}

/// Deals out addresses, one subnet after the other.
struct Places<'a> {
    subnets: &'a [Subnet],
    next: Vec<u32>,
    turn: usize,
}

impl Places<'_> {
    fn turn(&mut self) -> usize {
        self.turn = (self.turn + 1) % self.subnets.len();
        self.turn
    }

    /// The next address in that subnet, or in the next one that has room.
    fn take(&mut self, subnet: usize) -> (usize, Ipv4Addr) {
        let count = self.subnets.len();
        let in_order = (0..count).map(|step| (subnet + step) % count);
        // INVARIANT: `address::subnets` keeps a tenth free, so one has room.
        let place = in_order
            .into_iter()
            .find(|&place| self.has_room(place))
            .unwrap_or(subnet);
        let offset = self.next[place];
        self.next[place] += 1;
        (place, self.subnets[place].block.at(offset))
    }

    fn has_room(&self, place: usize) -> bool {
        self.next[place] - FIRST_HOST < address::room(self.subnets[place].block)
    }
}
