//! Where packets go that leave a subnet: longest prefix, in each family by itself.
//!
//! On equal prefixes a static route beats a prefix list's, and that one a learnt one; among equals the
//! provider chooses, so nobody knows. A learnt route takes nothing that a local one holds, however long
//! its prefix (Amazon VPC: Route priority). A route whose target is gone still wins, and drops.

use std::collections::BTreeMap;

use sixward_estate::{
    Destination, Estate, GatewayId, GatewayKind, LinkId, LinkKind, Route, RouteOrigin, RouteState,
    RouteTable, RouteTarget, Subject, TransitId, TransitTable, TransitTarget,
};
use sixward_net::{Family, IpNet};

use super::address::Address;
use super::profile::list_ranges;
use super::unknown::{Gaps, Unknown, subject};
use crate::set::{Intervals, Steps, reduce};

/// Where a packet goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Way {
    Local,
    Internet(GatewayId),
    Nat(GatewayId),
    EgressOnly(GatewayId),
    Peering(LinkId),
    Transit(TransitId),
    Vpn(GatewayId),
    Nowhere,
    Undetermined(Subject),
}

/// A route table by destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Routes<A> {
    pub(super) ways: Steps<A, Way>,
    /// Lists that hold unknown prefixes, anywhere.
    pub(super) anywhere: Unknown,
    /// The provider's own lists of unknown prefixes, which hold public addresses of its services.
    pub(super) beyond: Unknown,
}

/// Where a transit hub's table leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Hop {
    Link(LinkId),
    Nowhere,
    Undetermined(Subject),
}

/// How much a route weighs: its prefix's length, then what it is.
type Weight = (u8, u8);

impl<A: Address> Routes<A> {
    /// A table of which nothing is known.
    pub(super) fn unknown(subject: Subject) -> Self {
        Self {
            ways: Steps::constant(Way::Undetermined(subject)),
            anywhere: Unknown::new(),
            beyond: Unknown::new(),
        }
    }

    pub(super) fn of(estate: &Estate, gaps: &Gaps, table: &RouteTable) -> Self {
        let (mut anywhere, mut beyond) = (Unknown::new(), Unknown::new());
        anywhere.extend(gaps.find("route-table", &table.id));
        let mut entries = Vec::new();
        let implied = implied::<A>(estate, table);
        let local = local::<A>(table).union(&Intervals::ranges(implied.iter().map(|it| it.0)));
        entries.extend(
            implied
                .into_iter()
                .map(|(range, length)| (range, (length, 3), Way::Local)),
        );
        for route in &table.routes {
            let way = way::<A>(estate, gaps, table, route);
            let prefixes: Vec<_> = match &route.destination {
                Destination::Net(net) => {
                    let range = A::range(*net);
                    range.map(|it| (it, net.prefix_len())).into_iter().collect()
                }
                Destination::PrefixList(id) => {
                    let managed = estate.prefix_lists.get(id).is_some_and(|list| list.managed);
                    let (ranges, missing) = list_ranges::<A>(estate, id);
                    let lists = if managed { &mut beyond } else { &mut anywhere };
                    lists.extend(missing);
                    ranges.into_iter().map(|it| (it, length(it))).collect()
                }
            };
            for (range, length) in prefixes {
                let taken = taken(route, range, &local).into_iter();
                let weight = (length, rank(route));
                entries.extend(taken.map(|range| (range, weight, way.clone())));
            }
        }
        let chance = Way::Undetermined(subject("route-table", &table.id));
        Self {
            ways: longest(entries, &chance).map(|way| way.clone().unwrap_or(Way::Nowhere)),
            anywhere,
            beyond,
        }
    }
}

impl<A> Routes<A> {
    /// Lists of unknown prefixes, any of which may hold an address of the internet.
    pub(super) fn unlisted(&self) -> Unknown {
        self.anywhere.union(&self.beyond).cloned().collect()
    }
}

/// What of a prefix a route may take.
fn taken<A: Address>(route: &Route, whole: (A, A), local: &Intervals<A>) -> Vec<(A, A)> {
    if route.origin != RouteOrigin::Propagated {
        return vec![whole];
    }
    let rest = Intervals::range(whole.0, whole.1).difference(local);
    rest.iter().collect()
}

fn rank(route: &Route) -> u8 {
    match (&route.destination, route.origin) {
        (_, RouteOrigin::Propagated) => 0,
        (Destination::PrefixList(_), _) => 1,
        (Destination::Net(_), RouteOrigin::Static) => 2,
        (Destination::Net(_), RouteOrigin::Local) => 3,
    }
}

/// The blocks of a table's network that it does not list: every table has a local route to each.
fn implied<A: Address>(estate: &Estate, table: &RouteTable) -> Vec<((A, A), u8)> {
    let network = estate.networks.get(&table.network).into_iter();
    let blocks = network.flat_map(|network| {
        let four = network.blocks4.iter().map(|block| IpNet::V4(*block));
        four.chain(network.blocks6.iter().map(|block| IpNet::V6(block.net)))
    });
    let unlisted = blocks.filter(|block| table.route(&Destination::Net(*block)).is_none());
    let ranges = unlisted.filter_map(|block| Some((A::range(block)?, block.prefix_len())));
    ranges.collect()
}

/// What a table's local routes hold.
fn local<A: Address>(table: &RouteTable) -> Intervals<A> {
    let routes = table.routes.iter();
    let routes = routes.filter(|route| route.target == RouteTarget::Local);
    Intervals::ranges(routes.filter_map(|route| match &route.destination {
        Destination::Net(net) => A::range(*net),
        Destination::PrefixList(_) => None,
    }))
}

/// A transit hub's table by destination. What is in none of its routes is dropped.
pub(super) fn hops<A: Address>(gaps: &Gaps, table: &TransitTable) -> Steps<A, Hop> {
    let chance = Hop::Undetermined(subject("transit-table", &table.id));
    if gaps.find("transit-table", &table.id).is_some() {
        return Steps::constant(chance);
    }
    let entries = table.routes.iter().filter_map(|route| {
        let range = A::range(route.destination)?;
        let rank = u8::from(route.origin != RouteOrigin::Propagated);
        let hop = match (&route.target, route.state) {
            (TransitTarget::Nowhere, _) | (_, RouteState::Blackhole) => Hop::Nowhere,
            (TransitTarget::Link(id), RouteState::Active) => Hop::Link(id.clone()),
        };
        Some((range, (route.destination.prefix_len(), rank), hop))
    });
    longest(entries.collect(), &chance).map(|hop| hop.clone().unwrap_or(Hop::Nowhere))
}

/// Longest match; `chance` where two entries of one weight contradict each other.
fn longest<A: Address, W: Clone + Eq>(
    entries: Vec<((A, A), Weight, W)>,
    chance: &W,
) -> Steps<A, Option<W>> {
    let mut best: BTreeMap<(Weight, (A, A)), W> = BTreeMap::new();
    for (range, weight, way) in entries {
        best.entry((weight, range))
            .and_modify(|other| {
                if *other != way {
                    *other = chance.clone();
                }
            })
            .or_insert(way);
    }
    let parts = best.into_iter();
    let parts = parts.map(|((_, (first, last)), way)| Steps::on(first, last, Some(way), None));
    let later = |a: &Steps<A, Option<W>>, b: &Steps<A, Option<W>>| {
        a.zip(b, |lighter, heavier| {
            heavier.clone().or_else(|| lighter.clone())
        })
    };
    reduce(parts.collect(), later).unwrap_or_else(|| Steps::constant(None))
}

/// The length of the prefix that a range is.
fn length<A: Address>((first, last): (A, A)) -> u8 {
    let lengths = 0..=128_u8;
    let net = |length| IpNet::new(first.ip(), length).ok();
    let mut fitting =
        lengths.filter(|length| net(*length).and_then(A::range) == Some((first, last)));
    fitting.next().unwrap_or(0)
}

fn way<A: Address>(estate: &Estate, gaps: &Gaps, table: &RouteTable, route: &Route) -> Way {
    if route.state == RouteState::Blackhole {
        return Way::Nowhere;
    }
    let not_known = |noun, id: &dyn std::fmt::Display| Way::Undetermined(subject(noun, id));
    match &route.target {
        RouteTarget::Local => Way::Local,
        RouteTarget::Nowhere => Way::Nowhere,
        RouteTarget::Gateway(id) if gaps.find("gateway", id).is_some() => not_known("gateway", id),
        RouteTarget::Gateway(id) => {
            let gateway = estate.gateways.get(id);
            let attached =
                gateway.filter(|gateway| gateway.network.as_ref() == Some(&table.network));
            match (attached.map(|gateway| &gateway.kind), A::FAMILY) {
                (Some(GatewayKind::Internet), _) => Way::Internet(id.clone()),
                (Some(GatewayKind::Nat { public: true, .. }), Family::V4) => Way::Nat(id.clone()),
                (Some(GatewayKind::EgressOnly), Family::V6) => Way::EgressOnly(id.clone()),
                (Some(GatewayKind::Vpn), _) => Way::Vpn(id.clone()),
                _ => not_known("gateway", id),
            }
        }
        RouteTarget::Link(id) => match estate.links.get(id).map(|link| &link.kind) {
            Some(LinkKind::Peering { .. }) if gaps.find("link", id).is_none() => {
                Way::Peering(id.clone())
            }
            _ => not_known("link", id),
        },
        RouteTarget::Transit(id) if gaps.find("transit", id).is_none() => Way::Transit(id.clone()),
        RouteTarget::Transit(id) => not_known("transit", id),
        RouteTarget::Interface(id) => not_known("interface", id),
        RouteTarget::Host(id) => not_known("host", id),
        RouteTarget::Endpoint(id) => not_known("endpoint", id),
        RouteTarget::Unmodelled(name) => not_known("target", name),
    }
}
