//! The rules of an estate as sets of packets: groups, lists, route tables.

use std::collections::BTreeMap;

use sixward_estate::{
    Action, Destination, Direction, Estate, Firewall, FirewallId, GatewayKind, Interface, Remote,
    RouteOrigin, RouteState, RouteTarget, Rule, SubnetId,
};
use sixward_net::{Family, IpNet};

use super::space::{Set, Space, Whose, and, not, or};

/// What is in it for sure, and what may be.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Bounds {
    pub(crate) sure: Set,
    pub(crate) possible: Set,
}

impl Bounds {
    pub(crate) fn exactly(set: Set) -> Self {
        let possible = set.clone();
        Self {
            sure: set,
            possible,
        }
    }

    pub(crate) fn and(&self, other: &Self) -> Self {
        Self {
            sure: and(&self.sure, &other.sure),
            possible: and(&self.possible, &other.possible),
        }
    }
}

/// What the firewalls of an interface let pass. A member stands for its addresses.
pub(crate) fn groups(space: &Space, e: &Estate, own: &Interface, direction: Direction) -> Bounds {
    if own.firewalls.is_empty() {
        return Bounds::exactly(space.all());
    }
    let mut bounds = Bounds::exactly(space.none());
    for id in &own.firewalls {
        for rule in e.firewalls.get(id).unwrap().rules(direction) {
            let carried = space.carrying(rule.traffic, Whose::Packet);
            let remote = remote(space, e, rule, far(space, direction));
            bounds.sure = or(&bounds.sure, &and(&carried, &remote.sure));
            bounds.possible = or(&bounds.possible, &and(&carried, &remote.possible));
        }
    }
    bounds
}

/// Whether some rule of an interface's firewalls names a firewall.
pub(crate) fn names_members(e: &Estate, own: &Interface) -> bool {
    let groups = own.firewalls.iter().map(|id| e.firewalls.get(id).unwrap());
    let mut rules = groups.flat_map(|group| &group.rules);
    rules.any(|rule| matches!(rule.remote, Remote::Firewall(_)))
}

/// What crosses the edge of a subnet one way, and whose answer crosses it the other way.
pub(crate) fn edge(space: &Space, e: &Estate, id: &SubnetId, direction: Direction) -> Set {
    let Some(list) = &e.subnets.get(id).unwrap().firewall else {
        return space.all();
    };
    let list = e.firewalls.get(list).unwrap();
    let opposite = match direction {
        Direction::Ingress => Direction::Egress,
        Direction::Egress => Direction::Ingress,
    };
    // The far end of the answer is the far end of the packet.
    let far = far(space, direction);
    let there = ordered(space, e, list, direction, far, Whose::Packet);
    let back = ordered(space, e, list, opposite, far, Whose::Answer);
    and(&there, &space.answered(&back))
}

/// The first rule that speaks of a packet decides, so the last is laid down first.
fn ordered(
    space: &Space,
    e: &Estate,
    list: &Firewall,
    direction: Direction,
    far: &[u32],
    whose: Whose,
) -> Set {
    let mut rules: Vec<&Rule> = list.rules(direction).collect();
    rules.sort_by_key(|rule| std::cmp::Reverse(rule.order));
    rules.into_iter().fold(space.none(), |below, rule| {
        let remote = remote(space, e, rule, far);
        assert!(remote.sure == remote.possible, "lists know their prefixes");
        let spoken = and(&space.carrying(rule.traffic, whose), &remote.sure);
        match rule.action {
            Action::Allow => or(&spoken, &below),
            Action::Deny => and(&not(&spoken), &below),
        }
    })
}

fn far(space: &Space, direction: Direction) -> &[u32] {
    match direction {
        Direction::Ingress => &space.source,
        Direction::Egress => &space.destination,
    }
}

fn remote(space: &Space, e: &Estate, rule: &Rule, far: &[u32]) -> Bounds {
    match &rule.remote {
        Remote::Net(net) => Bounds::exactly(space.inside(far, *net)),
        Remote::Firewall(id) => Bounds::exactly(members(space, e, id, far)),
        Remote::Tag(name) => unreachable!("no tag {name} in the small estates"),
        Remote::PrefixList(id) => {
            let list = e.prefix_lists.get(id).unwrap();
            let mine = (list.family == Family::V4) == (far.len() == 32);
            match &list.entries {
                Some(nets) => Bounds::exactly(union(space, nets, far)),
                None if mine => Bounds {
                    sure: space.none(),
                    possible: space.all(),
                },
                None => Bounds::exactly(space.none()),
            }
        }
    }
}

fn members(space: &Space, e: &Estate, id: &FirewallId, far: &[u32]) -> Set {
    let members = e.interfaces.iter().filter(|own| own.firewalls.contains(id));
    let nets: Vec<IpNet> = members
        .flat_map(|own| {
            let addresses4 = own
                .addresses4
                .iter()
                .map(|own| IpNet::from(std::net::IpAddr::from(own.address)));
            let addresses6 = own
                .addresses6
                .iter()
                .map(|own| IpNet::from(std::net::IpAddr::from(*own)));
            addresses4.chain(addresses6)
        })
        .collect();
    union(space, &nets, far)
}

fn union(space: &Space, nets: &[IpNet], far: &[u32]) -> Set {
    nets.iter()
        .fold(space.none(), |sum, net| or(&sum, &space.inside(far, *net)))
}

/// Where a route leads, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Way {
    To(RouteTarget),
    /// Two equals contradict each other.
    Chance,
}

/// For each way the destinations that take it. What is in none of them is dropped.
pub(crate) fn ways(space: &Space, e: &Estate, id: &SubnetId) -> BTreeMap<Way, Set> {
    let table = e.subnets.get(id).unwrap().route_table.as_ref().unwrap();
    let table = e.route_tables.get(table).unwrap();
    let mut entries: BTreeMap<(u8, u8), Vec<(IpNet, RouteTarget)>> = BTreeMap::new();
    for route in &table.routes {
        let target = match route.state {
            RouteState::Active => route.target.clone(),
            RouteState::Blackhole => RouteTarget::Nowhere,
        };
        let nets = match &route.destination {
            Destination::Net(net) => vec![*net],
            Destination::PrefixList(id) => e.prefix_lists.get(id).unwrap().entries.clone().unwrap(),
        };
        for net in nets {
            let rank = match (&route.destination, route.origin) {
                (_, RouteOrigin::Local) => 3,
                (_, RouteOrigin::Propagated) => 0,
                (Destination::PrefixList(_), _) => 1,
                _ => 2,
            };
            let here = entries.entry((net.prefix_len(), rank)).or_default();
            here.push((net, target.clone()));
        }
    }
    let locals = table.routes.iter();
    let locals = locals.filter(|route| route.target == RouteTarget::Local);
    let locals = locals.fold(space.none(), |sum, route| match &route.destination {
        Destination::Net(net) => or(&sum, &space.inside(&space.destination, *net)),
        Destination::PrefixList(_) => sum,
    });
    let mut ways: BTreeMap<Way, Set> = BTreeMap::new();
    for ((_, rank), equals) in entries {
        for (net, target) in &equals {
            let mut inside = space.inside(&space.destination, *net);
            if rank == 0 {
                // A learnt route takes nothing that a local one holds.
                inside = and(&inside, &not(&locals));
            }
            let rivals = equals
                .iter()
                .any(|(other, to)| other == net && to != target);
            let way = if rivals {
                Way::Chance
            } else {
                Way::To(target.clone())
            };
            for set in ways.values_mut() {
                *set = and(set, &not(&inside));
            }
            let set = ways.entry(way).or_insert_with(|| space.none());
            *set = or(set, &inside);
        }
    }
    ways
}

/// The kind of a gateway that a way leads to.
pub(crate) fn gateway<'e>(e: &'e Estate, way: &Way) -> Option<&'e GatewayKind> {
    match way {
        Way::To(RouteTarget::Gateway(id)) => Some(&e.gateways.get(id).unwrap().kind),
        _ => None,
    }
}
