//! How a change stands: seen in what was read, never concluded from an answer.

use std::fmt::Display;
use std::net::Ipv6Addr;

use sixward_estate::{
    Block6, BlockSource, Estate, FamilyMode, Firewall, Gateway, HostState, Interface, Item,
    Network, Route, RouteTable, RouteTarget, Rule, SmolStr, Table, TransitRoute, TransitTable,
    TransitTarget,
};
use sixward_net::{Ipv6Net, symbol};
use sixward_plan::{Bindings, Change};

/// How a change stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Not done, or not whole.
    Undone,
    /// Done, and what the provider chose.
    Done(Bindings),
    /// Something else is there instead; in words.
    Otherwise(SmolStr),
    /// An estate does not show it: it happens inside hosts or zones.
    Unseen,
}

/// How a change of a plan stands in what was read now. `base` is the estate before the plan, for what is
/// new can only be told by what was there.
#[expect(clippy::too_many_lines, reason = "a line or two for each change")]
pub fn standing(planned: &Change, known: &Bindings, base: &Estate, now: &Estate) -> Standing {
    match planned.bound(known) {
        Change::AddNetworkBlock { network, block } => {
            found(&now.networks, &network, "network", |it| {
                block_added(planned, &block, base.networks.get(&network), it)
            })
        }
        Change::RemoveNetworkBlock { network, block } => {
            found(&now.networks, &network, "network", |it| {
                block_removed(&block, base.networks.get(&network), it)
            })
        }
        Change::AddSubnetBlock { subnet, net } => {
            found(&now.subnets, &subnet, "subnet", |it| match it.block6 {
                None => Standing::Undone,
                Some(there) if there == net => done(),
                Some(there) => instead(format_args!("it has {there}")),
            })
        }
        Change::RemoveSubnetBlock { subnet, net } => {
            found(&now.subnets, &subnet, "subnet", |it| match it.block6 {
                None => done(),
                Some(there) if there == net => Standing::Undone,
                Some(there) => instead(format_args!("it has {there}")),
            })
        }
        Change::SetAutoAssign { subnet, on } => found(&now.subnets, &subnet, "subnet", |it| {
            done_if(it.assign6_on_create == on)
        }),
        Change::CreateGateway { gateway } => gateway_made(planned, &gateway, base, now),
        Change::DeleteGateway { gateway } => gateway_deleted(planned, &gateway, base, now),
        Change::AddRoute { table, route } => {
            found(&now.route_tables, &table, "route table", |it| {
                added(leads(it, &route), &route.target)
            })
        }
        Change::RemoveRoute { table, route } => {
            found(&now.route_tables, &table, "route table", |it| {
                removed(leads(it, &route), &route.target)
            })
        }
        Change::AddTransitRoute { table, route } => {
            found(&now.transit_tables, &table, "transit table", |it| {
                added(hub_leads(it, &route), &route.target)
            })
        }
        Change::RemoveTransitRoute { table, route } => {
            found(&now.transit_tables, &table, "transit table", |it| {
                removed(hub_leads(it, &route), &route.target)
            })
        }
        Change::SetAttachmentV6 { link, on } => found(&now.links, &link, "attachment", |it| {
            done_if(it.attachment().is_some_and(|it| it.v6 == on))
        }),
        Change::AddRule { firewall, rule } => found(&now.firewalls, &firewall, "firewall", |it| {
            rule_added(it, &rule)
        }),
        Change::RemoveRule { firewall, rule } => {
            found(&now.firewalls, &firewall, "firewall", |it| {
                rule_removed(it, &rule)
            })
        }
        Change::SetMachineType { host, from, to } => found(&now.hosts, &host, "host", |it| {
            let ran = base.hosts.get(&host).map(|it| it.state);
            match &it.machine_type {
                there if *there == to => done_if(it.state == ran.unwrap_or(HostState::Running)),
                there if *there == from => Standing::Undone,
                there => instead(format_args!("it is a {there}")),
            }
        }),
        Change::AssignAddress {
            interface,
            address,
            automatic,
        } => found(&now.interfaces, &interface, "interface", |it| {
            let before = base.interfaces.get(&interface);
            address_assigned(planned, address, automatic, before, it)
        }),
        Change::UnassignAddress {
            interface,
            address,
            automatic,
        } => found(&now.interfaces, &interface, "interface", |it| {
            let waits = automatic && !is_chosen(planned, known);
            let before = base.interfaces.get(&interface);
            address_unassigned(address, waits, before, it)
        }),
        Change::SetBalancerFamily { balancer, from, to } => {
            found(&now.balancers, &balancer, "load balancer", |it| {
                family(it.family, from, to)
            })
        }
        Change::SetServiceFamily { service, from, to } => {
            found(&now.services, &service, "service", |it| {
                family(it.family, from, to)
            })
        }
        Change::SetEndpointFamily { endpoint, from, to } => {
            found(&now.endpoints, &endpoint, "endpoint", |it| {
                family(it.family, from, to)
            })
        }
        Change::OpenTunnel { .. }
        | Change::CloseTunnel { .. }
        | Change::JoinTunnel { .. }
        | Change::LeaveTunnel { .. }
        | Change::ConfigureGuest { .. }
        | Change::RestoreGuest { .. }
        | Change::PublishNames { .. }
        | Change::WithdrawNames { .. } => Standing::Unseen,
    }
}

fn leads<'a>(table: &'a RouteTable, route: &Route) -> Option<&'a RouteTarget> {
    table.route(&route.destination).map(|it| &it.target)
}

/// A static route is not hidden by what the hub learnt for the same prefix.
fn hub_leads<'a>(table: &'a TransitTable, route: &TransitRoute) -> Option<&'a TransitTarget> {
    let alike =
        |it: &&TransitRoute| it.destination == route.destination && it.origin == route.origin;
    table.routes.iter().find(alike).map(|it| &it.target)
}

fn block_added(
    planned: &Change,
    block: &Block6,
    before: Option<&Network>,
    now: &Network,
) -> Standing {
    if !symbol::is_symbolic(block.net) {
        return done_if(has_block(now, block.net));
    }
    let Change::AddNetworkBlock {
        block: placeholder, ..
    } = planned
    else {
        return Standing::Undone;
    };
    match new_blocks(block, before, now).as_slice() {
        [] => Standing::Undone,
        [one] => Standing::Done(Bindings {
            blocks: [(placeholder.net, (*one).clone())].into(),
            ..Bindings::default()
        }),
        many => instead(format_args!(
            "it has {} new blocks; give all but one back",
            many.len()
        )),
    }
}

/// A block that nobody saw come may have come since.
fn block_removed(block: &Block6, before: Option<&Network>, now: &Network) -> Standing {
    if !symbol::is_symbolic(block.net) {
        return done_if(!has_block(now, block.net));
    }
    none_new(new_blocks(block, before, now).len(), "block")
}

/// Blocks like this one that were not there before the plan.
fn new_blocks<'a>(block: &Block6, before: Option<&Network>, now: &'a Network) -> Vec<&'a Block6> {
    let old = |net: Ipv6Net| before.is_some_and(|it| has_block(it, net));
    let alike = |it: &&Block6| {
        it.net.prefix_len() == block.net.prefix_len() && from_same(&it.source, &block.source)
    };
    let new = now.blocks6.iter().filter(|it| !old(it.net));
    new.filter(alike).collect()
}

fn none_new(count: usize, noun: &str) -> Standing {
    match count {
        0 => done(),
        1 => instead(format_args!("a new {noun} is there; try again")),
        many => instead(format_args!(
            "{many} new {noun}s are there; take away those that are not yours"
        )),
    }
}

fn has_block(network: &Network, net: Ipv6Net) -> bool {
    network.blocks6.iter().any(|block| block.net == net)
}

/// A provider says more of a block's source than was asked for: where it is advertised. Of an address
/// manager's pools it does not say which one.
fn from_same(a: &BlockSource, b: &BlockSource) -> bool {
    match (a, b) {
        (BlockSource::Provider { .. }, BlockSource::Provider { .. })
        | (BlockSource::Ipam(_), BlockSource::Ipam(_)) => true,
        _ => a == b,
    }
}

fn gateway_made(planned: &Change, gateway: &Gateway, base: &Estate, now: &Estate) -> Standing {
    if now.gateways.contains(&gateway.id) {
        return done();
    }
    let Change::CreateGateway { gateway: planned } = planned else {
        return Standing::Undone;
    };
    match new_gateways(gateway, base, now).as_slice() {
        [] => Standing::Undone,
        [one] => Standing::Done(Bindings {
            gateways: [(planned.id.clone(), one.id.clone())].into(),
            ..Bindings::default()
        }),
        many => instead(format_args!(
            "there are {} new ones; delete all but one",
            many.len()
        )),
    }
}

fn gateway_deleted(planned: &Change, gateway: &Gateway, base: &Estate, now: &Estate) -> Standing {
    if now.gateways.contains(&gateway.id) {
        return Standing::Undone;
    }
    match planned {
        // What stood for its id still does: nobody saw it come.
        Change::DeleteGateway { gateway: planned }
            if planned.id == gateway.id && !base.gateways.contains(&planned.id) =>
        {
            none_new(new_gateways(gateway, base, now).len(), "gateway")
        }
        _ => done(),
    }
}

/// Gateways like this one that were not there before the plan.
fn new_gateways<'a>(gateway: &Gateway, base: &Estate, now: &'a Estate) -> Vec<&'a Gateway> {
    let alike = |it: &&Gateway| {
        it.network == gateway.network && it.kind == gateway.kind && !base.gateways.contains(&it.id)
    };
    now.gateways.iter().filter(alike).collect()
}

fn rule_added(firewall: &Firewall, rule: &Rule) -> Standing {
    match rule_there(firewall, rule) {
        None => Standing::Undone,
        Some(there) if there.same_meaning(rule) => done(),
        Some(_) => instead(format_args!("another rule has its number")),
    }
}

fn rule_removed(firewall: &Firewall, rule: &Rule) -> Standing {
    done_if(!rule_there(firewall, rule).is_some_and(|there| there.same_meaning(rule)))
}

/// Where rules have numbers, two of them may say the same.
fn rule_there<'a>(firewall: &'a Firewall, rule: &Rule) -> Option<&'a Rule> {
    let same = |it: &&Rule| match rule.order {
        Some(_) => (it.order, it.direction) == (rule.order, rule.direction),
        None => it.same_meaning(rule),
    };
    firewall.rules.iter().find(same)
}

fn address_assigned(
    planned: &Change,
    address: Ipv6Addr,
    automatic: bool,
    before: Option<&Interface>,
    now: &Interface,
) -> Standing {
    if now.addresses6.contains(&address) {
        return done();
    }
    let Change::AssignAddress {
        address: planned, ..
    } = planned
    else {
        return Standing::Undone;
    };
    match new_addresses(before, now).as_slice() {
        [chosen] if automatic => Standing::Done(Bindings {
            addresses: [(*planned, *chosen)].into(),
            ..Bindings::default()
        }),
        many @ [_, _, ..] if automatic => instead(format_args!(
            "it has {} new addresses; unassign all but one",
            many.len()
        )),
        _ => Standing::Undone,
    }
}

/// Whether it is known which address the provider chose.
fn is_chosen(planned: &Change, known: &Bindings) -> bool {
    matches!(planned, Change::UnassignAddress { address, .. } if known.addresses.contains_key(address))
}

fn address_unassigned(
    address: Ipv6Addr,
    waits: bool,
    before: Option<&Interface>,
    now: &Interface,
) -> Standing {
    if now.addresses6.contains(&address) {
        return Standing::Undone;
    }
    if waits {
        return none_new(new_addresses(before, now).len(), "address");
    }
    done()
}

/// Addresses that were not there before the plan.
fn new_addresses(before: Option<&Interface>, now: &Interface) -> Vec<Ipv6Addr> {
    let old = |it: &Ipv6Addr| before.is_some_and(|before| before.addresses6.contains(it));
    let new = now.addresses6.iter().filter(|it| !old(it));
    new.copied().collect()
}

fn added<T: PartialEq + Display>(there: Option<&T>, wanted: &T) -> Standing {
    match there {
        None => Standing::Undone,
        Some(there) if there == wanted => done(),
        Some(there) => instead(format_args!("it leads to {there}")),
    }
}

fn removed<T: PartialEq + Display>(there: Option<&T>, wanted: &T) -> Standing {
    match there {
        None => done(),
        Some(there) if there == wanted => Standing::Undone,
        Some(there) => instead(format_args!("it leads to {there}")),
    }
}

fn family(there: FamilyMode, from: FamilyMode, to: FamilyMode) -> Standing {
    match there {
        there if there == to => done(),
        there if there == from => Standing::Undone,
        there => instead(format_args!("it is {there}")),
    }
}

fn found<T: Item>(
    table: &Table<T>,
    id: &T::Id,
    noun: &str,
    stands: impl FnOnce(&T) -> Standing,
) -> Standing {
    match table.get(id) {
        Some(item) => stands(item),
        None => instead(format_args!("the {noun} is not there")),
    }
}

fn done() -> Standing {
    Standing::Done(Bindings::default())
}

fn done_if(condition: bool) -> Standing {
    if condition { done() } else { Standing::Undone }
}

fn instead(what: impl Display) -> Standing {
    Standing::Otherwise(what.to_string().into())
}
