//! Where route tables and tables of transit hubs must lead: the longest prefix, then the kind of route;
//! between equals that contradict each other nobody knows (Amazon VPC: Route priority).

use ipnet::IpNet;
use sixward_estate::{
    Destination, Estate, GatewayKind, LinkKind, Route, RouteOrigin, RouteState, RouteTable,
    RouteTarget, TransitTable, TransitTarget,
};
use sixward_net::Family;
use smol_str::{SmolStr, format_smolstr};

use crate::table::{Column, Columns, Meaning, Unknown, constant, is_gap, is_of, listed, names};

/// A route: its prefix, what its kind weighs, where it leads.
type Entry = (IpNet, u8, SmolStr);

/// The kinds of routes by weight. One that lists a prefix list is between learnt and static.
const LEARNT: u8 = 0;
const LISTED: u8 = 1;
const STATIC: u8 = 2;
const LOCAL: u8 = 3;

pub(crate) fn table(estate: &Estate, it: &RouteTable, family: Family) -> Columns {
    let (mut unknown, mut beyond, mut routes) = (Unknown::new(), Unknown::new(), Vec::new());
    if is_gap(estate, "route-table", it.id.as_str()) {
        unknown.insert(("route-table", it.id.as_str().into()));
    }
    let mut locals = unlisted(estate, it);
    for net in &locals {
        routes.push((*net, LOCAL, "local".into()));
    }
    for route in &it.routes {
        let way = way(estate, it, route, family);
        match &route.destination {
            Destination::Net(net) => {
                if route.target == RouteTarget::Local {
                    locals.push(*net);
                }
                let weight = match route.origin {
                    RouteOrigin::Local => LOCAL,
                    RouteOrigin::Static => STATIC,
                    RouteOrigin::Propagated => LEARNT,
                };
                routes.push((*net, weight, way));
            }
            Destination::PrefixList(id) => {
                let managed = estate.prefix_lists.get(id).is_some_and(|list| list.managed);
                // A list of the provider's own holds public addresses of its services.
                let missing = if managed { &mut beyond } else { &mut unknown };
                let learnt = route.origin == RouteOrigin::Propagated;
                let weight = if learnt { LEARNT } else { LISTED };
                let nets = listed(estate, id, family, missing).into_iter();
                routes.extend(nets.map(|net| (net, weight, way.clone())));
            }
        }
    }
    let chance = format_smolstr!("undetermined route-table/{}", it.id);
    Columns::from([
        ("way".into(), longest(routes, locals, chance, family)),
        ("unknown".into(), names(&unknown)),
        ("unknown beyond".into(), names(&beyond)),
    ])
}

/// The blocks of its network to which a table lists no route: it has a local one all the same (Amazon
/// VPC: Route tables).
fn unlisted(estate: &Estate, it: &RouteTable) -> Vec<IpNet> {
    let network = estate.networks.get(&it.network);
    let four = network.into_iter().flat_map(|it| &it.blocks4);
    let six = network.into_iter().flat_map(|it| &it.blocks6);
    let blocks = four
        .map(|net| IpNet::V4(*net))
        .chain(six.map(|block| IpNet::V6(block.net)));
    let is_listed = |block: &IpNet| {
        let mut listed = it.routes.iter().map(|route| &route.destination);
        listed.any(|listed| *listed == Destination::Net(*block))
    };
    blocks.filter(|block| !is_listed(block)).collect()
}

pub(crate) fn hub(estate: &Estate, it: &TransitTable, family: Family) -> Columns {
    let chance = format_smolstr!("undetermined transit-table/{}", it.id);
    let way = if is_gap(estate, "transit-table", it.id.as_str()) {
        constant(move || Meaning::Text(chance.clone()))
    } else {
        let routes = it.routes.iter().map(|route| {
            let learnt = route.origin == RouteOrigin::Propagated;
            let way = match (&route.target, route.state) {
                (TransitTarget::Link(id), RouteState::Active) => format_smolstr!("link {id}"),
                _ => "nowhere".into(),
            };
            (route.destination, if learnt { LEARNT } else { STATIC }, way)
        });
        longest(routes.collect(), Vec::new(), chance, family)
    };
    Columns::from([("way".into(), way)])
}

fn longest(mut routes: Vec<Entry>, locals: Vec<IpNet>, chance: SmolStr, of: Family) -> Column {
    routes.retain(|(net, ..)| is_of(of, net.addr()));
    let nets = routes.iter().map(|(net, ..)| *net).collect();
    let at = Box::new(move |at| {
        // "the local route is most preferred even if the propagated routes are more specific"
        let is_local = locals.iter().any(|net| net.contains(&at));
        let fits = |entry: &&Entry| entry.0.contains(&at) && !(is_local && entry.1 == LEARNT);
        let fitting: Vec<_> = routes.iter().filter(fits).collect();
        let weight = |entry: &&Entry| (entry.0.prefix_len(), entry.1);
        let heaviest = fitting.iter().map(weight).max();
        let mut best = fitting
            .iter()
            .filter(|entry| Some(weight(entry)) == heaviest);
        Meaning::Text(match best.next() {
            None => "nowhere".into(),
            Some((.., way)) if best.all(|(.., other)| other == way) => way.clone(),
            Some(_) => chance.clone(),
        })
    });
    Column { nets, at }
}

fn way(estate: &Estate, table: &RouteTable, route: &Route, family: Family) -> SmolStr {
    let (noun, id) = match &route.target {
        _ if route.state == RouteState::Blackhole => return "nowhere".into(),
        RouteTarget::Local => return "local".into(),
        RouteTarget::Nowhere => return "nowhere".into(),
        RouteTarget::Gateway(id) => ("gateway", id.as_str()),
        RouteTarget::Link(id) => ("link", id.as_str()),
        RouteTarget::Transit(id) => ("transit", id.as_str()),
        RouteTarget::Interface(id) => ("interface", id.as_str()),
        RouteTarget::Host(id) => ("host", id.as_str()),
        RouteTarget::Endpoint(id) => ("endpoint", id.as_str()),
        RouteTarget::Unmodelled(name) => ("target", name.as_str()),
    };
    let known = match &route.target {
        _ if is_gap(estate, noun, id) => "",
        RouteTarget::Transit(_) => "transit",
        RouteTarget::Link(id) => match estate.links.get(id).map(|link| &link.kind) {
            Some(LinkKind::Peering { .. }) => "peering",
            _ => "",
        },
        RouteTarget::Gateway(id) => {
            let gateway = estate.gateways.get(id);
            let attached = gateway.filter(|it| it.network.as_ref() == Some(&table.network));
            match (attached.map(|gateway| &gateway.kind), family) {
                (Some(GatewayKind::Internet), _) => "internet",
                (Some(GatewayKind::Nat { public: true, .. }), Family::V4) => "nat",
                (Some(GatewayKind::EgressOnly), Family::V6) => "egress-only",
                (Some(GatewayKind::Vpn), _) => "vpn",
                _ => "",
            }
        }
        _ => "",
    };
    if known.is_empty() {
        return format_smolstr!("undetermined {noun}/{id}");
    }
    format_smolstr!("{known} {id}")
}
