//! What each route is in IPv6.
//!
//! To the internet gateway stays to the internet gateway; through a NAT gateway becomes through an
//! egress-only gateway, which keeps what NAT also gave: nobody outside can begin. A route through an
//! appliance, a hub's central egress or a VPN is asked for: IPv6 that goes round them may go round an
//! inspection.

mod filtered;
mod findings;
mod longest;

use sixward_estate::intent::Profile;
use sixward_estate::{
    Code, Destination, EndpointKind, Gateway, GatewayKind, NetworkId, Route, RouteOrigin,
    RouteState, RouteTable, RouteTarget, SmolStr,
};
use sixward_net::{ANY4, Family, IpNet, Ipv4Net};

use crate::survey::Survey;
use crate::twin::{self, EGRESS_ONLY, LEAVE_OUT, Realm, SAME_TARGET, Span, Twin, Wait, Why};

pub(crate) use filtered::decision as filtered;
pub(crate) use findings::{decision, find};
pub(crate) use longest::kept;

/// A route leads through something that IPv6 might not pass, or must not go round.
pub const THROUGH_MIDDLE: Code = Code::new("route/through-middle");
/// A route leads through a NAT gateway behind a list that may drop some of it.
pub const FILTERED: Code = Code::new("route/filtered");
/// A route's target is gone.
pub const BLACKHOLE: Code = Code::new("route/blackhole");
/// Routes are learnt from a gateway, which must learn those of IPv6 too.
pub const PROPAGATED: Code = Code::new("route/propagated");
/// A route leads to something that is not modelled.
pub const NOT_MODELLED: Code = Code::new("route/not-modelled");
/// IPv4 leaves through something that lets nobody in, and IPv6 by the internet gateway.
pub const V6_LETS_IN: Code = Code::new("route/v6-lets-in");
/// A gateway's inbound IPv4 traffic is led through something, and IPv6 is not.
pub const EDGE_V4_ONLY: Code = Code::new("route/edge-v4-only");
/// There would be more IPv6 routes than the provider allows.
pub const ROUTE_QUOTA: Code = Code::new("route/route-quota");

/// An IPv4 route and what it is in IPv6.
#[derive(Debug)]
pub struct RouteTwin<'a> {
    /// The IPv4 route.
    pub route: &'a Route,
    /// Its destination in IPv6.
    pub destination: Twin,
    /// Its target in IPv6.
    pub target: TwinTarget,
}

/// Where an IPv6 route leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TwinTarget {
    /// Where the IPv4 route leads.
    Same(RouteTarget),
    /// To the network's egress-only gateway, made when there is none.
    EgressOnly,
}

/// The twins of a table's routes. Local and learnt routes come by themselves and are not among them.
pub fn twins<'a>(survey: &Survey<'_>, table: &'a RouteTable) -> Vec<RouteTwin<'a>> {
    table
        .routes
        .iter()
        .filter(|route| route.origin == RouteOrigin::Static && route.state == RouteState::Active)
        .filter_map(|route| twin(survey, table, route))
        .collect()
}

/// Whether a table routes for something that gets IPv6.
pub fn concerned(survey: &Survey<'_>, table: &RouteTable) -> bool {
    let subnets = survey.index.subnets_of_table(&table.id);
    table.edges.is_empty()
        && subnets
            .iter()
            .any(|subnet| survey.selection.subnet(&subnet.id))
}

/// Whether some subnet under a table must not reach the internet over IPv6.
pub fn pinned(survey: &Survey<'_>, table: &RouteTable) -> bool {
    survey
        .index
        .subnets_of_table(&table.id)
        .iter()
        .any(|subnet| survey.is_pinned(&subnet.id))
}

fn twin<'a>(survey: &Survey<'_>, table: &'a RouteTable, route: &'a Route) -> Option<RouteTwin<'a>> {
    if is_v6(survey, &route.destination) {
        return None;
    }
    let same = TwinTarget::Same(route.target.clone());
    let is_default = route.destination == ANY4.into();
    let (destination, target) = match &route.target {
        RouteTarget::Local | RouteTarget::Nowhere | RouteTarget::Unmodelled(_) => return None,
        RouteTarget::Gateway(id) => match survey.estate().gateways.get(id) {
            Some(Gateway {
                kind: GatewayKind::Internet,
                ..
            }) => (destination(survey, table, route)?, same),
            Some(Gateway {
                kind: GatewayKind::Nat { public: true, .. },
                ..
            }) => (through_nat(survey, table, route)?, TwinTarget::EgressOnly),
            Some(Gateway {
                kind: GatewayKind::EgressOnly,
                ..
            })
            | None => return None,
            Some(_) => through_middle(survey, table, route),
        },
        RouteTarget::Link(_) | RouteTarget::Transit(_) if is_default => {
            through_middle(survey, table, route)
        }
        RouteTarget::Link(_) => (between(survey, destination(survey, table, route)?), same),
        RouteTarget::Transit(_) => {
            let known = known_part(destination(survey, table, route)?, &table.network);
            (between(survey, known), same)
        }
        RouteTarget::Endpoint(id) => match survey.estate().endpoints.get(id).map(|e| &e.kind) {
            Some(EndpointKind::Gateway { .. }) | None => return None,
            Some(_) => through_middle(survey, table, route),
        },
        RouteTarget::Interface(_) | RouteTarget::Host(_) => through_middle(survey, table, route),
    };
    let destination = match route.destination {
        Destination::Net(IpNet::V4(net)) => kept(survey, net, prefixes4(table), destination),
        _ => destination,
    };
    let leaves = destination == Twin::Any;
    let destination = if leaves && pinned(survey, table) {
        Twin::Nothing
    } else {
        destination
    };
    Some(RouteTwin {
        route,
        destination,
        target,
    })
}

/// Whether a target is an internet gateway: over IPv6 it lets in whatever the filters let in.
pub(crate) fn is_internet(survey: &Survey<'_>, target: &RouteTarget) -> bool {
    let RouteTarget::Gateway(id) = target else {
        return false;
    };
    let gateway = survey.estate().gateways.get(id);
    gateway.is_some_and(|gateway| gateway.kind == GatewayKind::Internet)
}

/// Whether a target leads to the internet over IPv6.
pub(crate) fn leads_out6(survey: &Survey<'_>, target: &RouteTarget) -> bool {
    let RouteTarget::Gateway(id) = target else {
        return false;
    };
    let gateway = survey.estate().gateways.get(id);
    gateway.is_some_and(|it| matches!(it.kind, GatewayKind::Internet | GatewayKind::EgressOnly))
}

/// The key of the decision about a route.
pub(crate) fn key(table: &RouteTable, route: &Route) -> SmolStr {
    format!("route:{}:{}", table.id, route.destination).into()
}

/// The IPv4 prefixes that a table routes, whoever put them there: a blackhole wins the longest match too.
fn prefixes4(table: &RouteTable) -> impl Iterator<Item = Ipv4Net> + '_ {
    table
        .routes
        .iter()
        .filter_map(|route| match route.destination {
            Destination::Net(IpNet::V4(net)) => Some(net),
            _ => None,
        })
}

/// Whether a route is an IPv6 one itself.
pub(crate) fn is_v6(survey: &Survey<'_>, destination: &Destination) -> bool {
    match destination {
        Destination::Net(net) => matches!(net, IpNet::V6(_)),
        Destination::PrefixList(list) => {
            let list = survey.estate().prefix_lists.get(list);
            list.is_some_and(|list| list.family == Family::V6)
        }
    }
}

/// The twin of a route's destination; none when the route is an IPv6 one itself.
fn destination(survey: &Survey<'_>, table: &RouteTable, route: &Route) -> Option<Twin> {
    match &route.destination {
        Destination::Net(IpNet::V4(net)) => {
            Some(twin::of_net(survey, realm(survey, table, route), *net))
        }
        Destination::Net(IpNet::V6(_)) => None,
        Destination::PrefixList(list) => Some(twin::of_list(survey, list)),
    }
}

/// Where a route's destination is looked up: behind its target, where that leads to networks.
fn realm(survey: &Survey<'_>, table: &RouteTable, route: &Route) -> Realm {
    let peer = |link| survey.estate().links.get(link)?.peer_of(&table.network);
    match &route.target {
        RouteTarget::Link(link) => peer(link).map(|side| Realm::Peer(side.network.clone())),
        RouteTarget::Transit(hub) => Some(Realm::Hub(hub.clone())),
        _ => None,
    }
    .unwrap_or_else(|| Realm::Of(table.network.clone()))
}

/// A hub's route often covers more than the networks behind it: those that are known are routed,
/// which is never more than IPv4 has. The network's own block is local already.
fn known_part(twin: Twin, own: &NetworkId) -> Twin {
    let spans = match twin {
        Twin::Waits(Wait {
            why: Why::Wider(spans),
            ..
        })
        | Twin::Spans(spans) => spans,
        other => return other,
    };
    let others = spans
        .into_iter()
        .filter(|span| !matches!(span, Span::Network(id) if id == own));
    Twin::Spans(others.collect())
}

/// Traffic between networks stays IPv4 where the profile says so.
fn between(survey: &Survey<'_>, twin: Twin) -> Twin {
    match survey.selection.profile() {
        Profile::DualStack => twin,
        Profile::EastWestIpv4 | Profile::EdgeOnly => Twin::Nothing,
    }
}

/// The destination of a route through a NAT gateway. Its subnet's list is a filter too, and IPv6 that
/// leaves by an egress-only gateway goes round it.
fn through_nat(survey: &Survey<'_>, table: &RouteTable, route: &Route) -> Option<Twin> {
    let twin = destination(survey, table, route)?;
    let (Twin::Any, Some(list)) = (&twin, filtered::by(survey, table, route)) else {
        return Some(twin);
    };
    let key = key(table, route);
    Some(match survey.intent.answer(&key) {
        Some([word]) if word == EGRESS_ONLY => twin,
        Some([word]) if word == LEAVE_OUT => Twin::Nothing,
        _ => Twin::Waits(Wait {
            key,
            why: Why::Filtered(list.id.clone()),
        }),
    })
}

/// A route through something that IPv6 might not pass, or must not go round.
fn through_middle(survey: &Survey<'_>, table: &RouteTable, route: &Route) -> (Twin, TwinTarget) {
    let same = TwinTarget::Same(route.target.clone());
    let key = key(table, route);
    let direct = || match route.destination {
        Destination::Net(net) if net == IpNet::from(ANY4) => Twin::Any,
        _ => Twin::Nothing,
    };
    match survey.intent.answer(&key) {
        Some([word]) if word == EGRESS_ONLY => (direct(), TwinTarget::EgressOnly),
        Some([word]) if word == SAME_TARGET => (direct(), same),
        _ => {
            let why = Why::Middle(route.target.to_string().into());
            (twin::answered(survey, key, why), same)
        }
    }
}
