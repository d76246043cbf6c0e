//! Transit hubs: attachments that carry IPv6, and static routes.

use sixward_assess::Survey;
use sixward_estate::intent::Profile;
use sixward_estate::{
    Estate, Link, LinkId, LinkKind, NetworkId, RouteOrigin, RouteState, Subject, TransitRoute,
    TransitTable, TransitTableId, TransitTarget,
};
use sixward_net::{IpNet, Ipv6Net};

use crate::address::AddressPlan;
use crate::change::{Change, ChangeError};
use crate::draft::{About, Draft};
use crate::route::prefixes;
use crate::step::Risk;

/// "When disabled … IPv6 routes do not propagate" (AWS, transit gateway VPC attachments).
pub(crate) fn attachment_steps(survey: &Survey<'_>, draft: &mut Draft) {
    if survey.selection.profile() != Profile::DualStack {
        return;
    }
    for link in &survey.estate().links {
        let Some(attachment) = link.attachment().filter(|attachment| !attachment.v6) else {
            continue;
        };
        if attachment
            .network
            .as_ref()
            .is_some_and(|id| survey.selection.network(id))
        {
            let reason = "without it the hub learns no IPv6 route of this network";
            let change = Change::SetAttachmentV6 {
                link: link.id.clone(),
                on: true,
            };
            draft.step(change, About::quiet(reason).risk(Risk::Low));
        }
    }
}

pub(crate) fn route_steps(survey: &Survey<'_>, addresses: &AddressPlan, draft: &mut Draft) {
    if survey.selection.profile() != Profile::DualStack {
        return;
    }
    for table in &survey.estate().transit_tables {
        for twin in sixward_assess::link::twins(survey, table) {
            for net in prefixes(survey, addresses, &twin.destination) {
                let there = draft.state.transit_tables.get(&table.id);
                if there.is_some_and(|table| has_static(table, net.into())) {
                    continue;
                }
                let route = TransitRoute {
                    destination: net.into(),
                    target: twin.route.target.clone(),
                    origin: RouteOrigin::Static,
                    state: RouteState::Active,
                };
                let change = Change::AddTransitRoute {
                    table: table.id.clone(),
                    route,
                };
                let about = About::quiet("the hub sends IPv4 to the same place the same way");
                draft.step(change, about.risk(Risk::Low));
            }
        }
    }
}

pub(crate) fn set_attachment_v6(
    estate: &mut Estate,
    id: &LinkId,
    on: bool,
) -> Result<(), ChangeError> {
    let missing = || ChangeError::Missing(Subject::new("link", id.as_str(), ""));
    match estate.links.get_mut(id) {
        Some(Link {
            kind: LinkKind::Transit(attachment),
            ..
        }) => {
            attachment.v6 = on;
            let network = attachment.network.clone();
            let network = network.and_then(|id| estate.networks.get(&id).cloned());
            for block in network.iter().flat_map(|network| &network.blocks6) {
                propagate(estate, id, block.net, on);
            }
            Ok(())
        }
        _ => Err(missing()),
    }
}

/// A network's block becomes known to its hubs, or is forgotten, where IPv6 support is on.
pub(crate) fn announce(estate: &mut Estate, network: &NetworkId, block: Ipv6Net, on: bool) {
    let links = estate.links.iter().filter(|link| {
        link.attachment()
            .is_some_and(|it| it.v6 && it.network.as_ref() == Some(network))
    });
    let links: Vec<_> = links.map(|link| link.id.clone()).collect();
    for link in links {
        propagate(estate, &link, block, on);
    }
}

/// What the provider does in the tables that learn from an attachment.
fn propagate(estate: &mut Estate, link: &LinkId, block: Ipv6Net, on: bool) {
    let route = TransitRoute {
        destination: block.into(),
        target: TransitTarget::Link(link.clone()),
        origin: RouteOrigin::Propagated,
        state: RouteState::Active,
    };
    let attachment = estate.links.get(link).and_then(Link::attachment);
    let learn = attachment.map_or(Vec::new(), |attachment| attachment.propagates_to.clone());
    for id in learn {
        if let Some(table) = estate.transit_tables.get_mut(&id) {
            table.routes.retain(|other| *other != route);
            if on {
                insert(table, &route);
            }
        }
    }
}

pub(crate) fn add_route(
    estate: &mut Estate,
    id: &TransitTableId,
    route: &TransitRoute,
) -> Result<(), ChangeError> {
    let table = find(estate, id)?;
    if has_static(table, route.destination) {
        return Err(ChangeError::Exists(
            subject(table),
            format!("a route for {}", route.destination),
        ));
    }
    insert(table, route);
    Ok(())
}

/// A propagated route does not stand in the way of a static one, which beats it.
fn has_static(table: &TransitTable, destination: IpNet) -> bool {
    let mut routes = table.routes.iter();
    routes.any(|it| it.destination == destination && it.origin == RouteOrigin::Static)
}

fn insert(table: &mut TransitTable, route: &TransitRoute) {
    let at = table.routes.partition_point(|other| other < route);
    table.routes.insert(at, route.clone());
}

pub(crate) fn remove_route(
    estate: &mut Estate,
    id: &TransitTableId,
    route: &TransitRoute,
) -> Result<(), ChangeError> {
    let table = find(estate, id)?;
    match table.routes.iter().position(|other| other == route) {
        Some(at) => {
            table.routes.remove(at);
            Ok(())
        }
        None => Err(ChangeError::Absent(
            subject(table),
            format!("the route for {}", route.destination),
        )),
    }
}

fn find<'a>(
    estate: &'a mut Estate,
    id: &TransitTableId,
) -> Result<&'a mut TransitTable, ChangeError> {
    let missing = || ChangeError::Missing(Subject::new("transit-table", id.as_str(), ""));
    estate.transit_tables.get_mut(id).ok_or_else(missing)
}

fn subject(table: &TransitTable) -> Subject {
    Subject::new("transit-table", table.id.as_str(), "")
}
