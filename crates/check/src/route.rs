//! Where route tables and tables of transit hubs must lead: the longest prefix, then the kind of route;
//! between equals that contradict each other nobody knows (Amazon VPC: Route priority).

use sixward_estate::{
    Destination, Estate, GatewayKind, LinkKind, Route, RouteOrigin, RouteState, RouteTable,
    RouteTarget, TransitTable, TransitTarget,
};
use sixward_net::{Family, IpNet};
use smol_str::{SmolStr, format_smolstr};

use crate::facts::json;
use crate::firewall::entries;
use crate::table::{Column, Columns, Meaning, Span, Unknown, is_gap, names, span, text};

/// A route: its range, how much it weighs, where it leads.
type Entry = (Span, (u8, u8), SmolStr);

pub(crate) fn table<'e>(estate: &Estate, it: &RouteTable, family: Family) -> Columns<'e> {
    let (mut unknown, mut beyond, mut routes) = (Unknown::new(), Unknown::new(), Vec::new());
    if is_gap(estate, "route-table", it.id.as_str()) {
        unknown.insert(("route-table", it.id.as_str().into()));
    }
    for route in &it.routes {
        let way = way(estate, it, route, family);
        match &route.destination {
            Destination::Net(net) => {
                let rank = match route.origin {
                    RouteOrigin::Local => 3,
                    RouteOrigin::Static => 2,
                    RouteOrigin::Propagated => 0,
                };
                let span = span(*net, family);
                routes.extend(span.map(|span| (span, (net.prefix_len(), rank), way)));
            }
            Destination::PrefixList(id) => {
                let managed = estate.prefix_lists.get(id).is_some_and(|list| list.managed);
                let (entries, missing) = entries(estate, id, family);
                // A list of the provider's own holds public addresses of its services.
                let lists = if managed { &mut beyond } else { &mut unknown };
                lists.extend(missing);
                let rank = u8::from(route.origin != RouteOrigin::Propagated);
                let entries = entries.into_iter();
                routes.extend(entries.map(|(span, length)| (span, (length, rank), way.clone())));
            }
        }
    }
    let locals = it.routes.iter();
    let locals = locals.filter(|route| route.target == RouteTarget::Local);
    let locals = locals.filter_map(|route| match &route.destination {
        Destination::Net(net) => span(*net, family),
        Destination::PrefixList(_) => None,
    });
    let mut locals: Vec<Span> = locals.collect();
    for (span, length) in unlisted(estate, it, family) {
        routes.push((span, (length, 3), "local".into()));
        locals.push(span);
    }
    let chance = format_smolstr!("undetermined route-table/{}", it.id);
    Columns::from([
        (
            "head".into(),
            text(json(&(&it.network, it.main, &it.edges))),
        ),
        ("way".into(), longest(routes, locals, chance)),
        ("unknown".into(), names(&unknown)),
        ("unknown beyond".into(), names(&beyond)),
    ])
}

/// The blocks of its network to which a table lists no route: it has a local one all the same (Amazon
/// VPC: Route tables).
fn unlisted(estate: &Estate, it: &RouteTable, family: Family) -> Vec<(Span, u8)> {
    let Some(network) = estate.networks.get(&it.network) else {
        return Vec::new();
    };
    let four = network.blocks4.iter().map(|block| IpNet::V4(*block));
    let six = network.blocks6.iter().map(|block| IpNet::V6(block.net));
    let blocks = four.chain(six).filter(|block| {
        let mut listed = it.routes.iter().map(|route| &route.destination);
        listed.all(|listed| *listed != Destination::Net(*block))
    });
    let spans = blocks.filter_map(|block| Some((span(block, family)?, block.prefix_len())));
    spans.collect()
}

pub(crate) fn hub<'e>(estate: &Estate, it: &TransitTable, family: Family) -> Columns<'e> {
    let chance = format_smolstr!("undetermined transit-table/{}", it.id);
    let routes = it.routes.iter().filter_map(|route| {
        let rank = u8::from(route.origin != RouteOrigin::Propagated);
        let way = match (&route.target, route.state) {
            (TransitTarget::Link(id), RouteState::Active) => format_smolstr!("link {id}"),
            _ => "nowhere".into(),
        };
        let span = span(route.destination, family)?;
        Some((span, (route.destination.prefix_len(), rank), way))
    });
    let way = if is_gap(estate, "transit-table", it.id.as_str()) {
        text(chance)
    } else {
        longest(routes.collect(), Vec::new(), chance)
    };
    Columns::from([
        ("head".into(), text(json(&it.transit))),
        ("way".into(), way),
    ])
}

fn longest<'e>(routes: Vec<Entry>, locals: Vec<Span>, chance: SmolStr) -> Column<'e> {
    let spans = routes.iter().map(|(span, ..)| *span).collect();
    let at = Box::new(move |at| {
        let fitting = || {
            routes
                .iter()
                .filter(move |(span, ..)| span.0 <= at && at <= span.1)
        };
        // "the local route is most preferred even if the propagated routes are more specific"
        let is_local = locals.iter().any(|span| span.0 <= at && at <= span.1);
        let counts = |(_, weight, _): &&Entry| !(is_local && weight.1 == 0);
        let heaviest = fitting().filter(counts).map(|(_, weight, _)| weight).max();
        let mut best = fitting()
            .filter(counts)
            .filter(|(_, weight, _)| Some(weight) == heaviest);
        let way = best.next().map(|(.., way)| way);
        let way = way
            .filter(|way| best.all(|(.., other)| other == *way))
            .or(way.map(|_| &chance));
        Meaning::Text(way.cloned().unwrap_or("nowhere".into()))
    });
    Column { spans, at }
}

fn way(estate: &Estate, table: &RouteTable, route: &Route, family: Family) -> SmolStr {
    if route.state == RouteState::Blackhole {
        return "nowhere".into();
    }
    let (noun, id) = match &route.target {
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
    let word = match &route.target {
        _ if is_gap(estate, noun, id) => "undetermined",
        RouteTarget::Transit(_) => "transit",
        RouteTarget::Link(id) => match estate.links.get(id).map(|link| &link.kind) {
            Some(LinkKind::Peering { .. }) => "peering",
            _ => "undetermined",
        },
        RouteTarget::Gateway(id) => {
            let gateway = estate.gateways.get(id);
            let attached = gateway.filter(|it| it.network.as_ref() == Some(&table.network));
            match (attached.map(|gateway| &gateway.kind), family) {
                (Some(GatewayKind::Internet), _) => "internet",
                (Some(GatewayKind::Nat { public: true, .. }), Family::V4) => "nat",
                (Some(GatewayKind::EgressOnly), Family::V6) => "egress-only",
                (Some(GatewayKind::Vpn), _) => "vpn",
                _ => "undetermined",
            }
        }
        _ => "undetermined",
    };
    if word == "undetermined" {
        return format_smolstr!("{word} {noun}/{id}");
    }
    format_smolstr!("{word} {id}")
}
