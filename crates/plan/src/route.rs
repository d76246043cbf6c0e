//! Routes: each IPv4 route's twin, as `assess` says what it is.

use sixward_assess::{Survey, Tier, Twin, route::TwinTarget};
use sixward_estate::{
    Destination, Estate, Route, RouteOrigin, RouteState, RouteTable, RouteTableId, RouteTarget,
    Subject,
};
use sixward_net::{ANY6, Ipv6Net};

use crate::address::AddressPlan;
use crate::change::{Change, ChangeError};
use crate::draft::{About, Draft};
use crate::gateway;
use crate::step::{Cost, Risk};

pub(crate) fn steps(survey: &Survey<'_>, addresses: &AddressPlan, draft: &mut Draft) {
    for table in &survey.estate().route_tables {
        if sixward_assess::route::concerned(survey, table) {
            table_steps(survey, addresses, table, draft);
        }
    }
}

fn table_steps(
    survey: &Survey<'_>,
    addresses: &AddressPlan,
    table: &RouteTable,
    draft: &mut Draft,
) {
    for twin in sixward_assess::route::twins(survey, table) {
        let target = match &twin.target {
            TwinTarget::Same(target) => target.clone(),
            TwinTarget::EgressOnly => {
                RouteTarget::Gateway(gateway::egress_only(survey, &table.network))
            }
        };
        for destination in destinations(survey, addresses, &twin.destination) {
            let there = draft.state.route_tables.get(&table.id);
            if there.is_some_and(|table| table.route(&destination).is_some()) {
                continue;
            }
            let route = Route {
                destination,
                target: target.clone(),
                origin: RouteOrigin::Static,
                state: RouteState::Active,
            };
            let about = about(survey, table, &twin.target, &route);
            draft.step(
                Change::AddRoute {
                    table: table.id.clone(),
                    route,
                },
                about,
            );
        }
    }
}

/// The IPv6 destinations that a twin stands for.
fn destinations(survey: &Survey<'_>, addresses: &AddressPlan, twin: &Twin) -> Vec<Destination> {
    match twin {
        Twin::List(list) => vec![Destination::PrefixList(list.clone())],
        twin => prefixes(survey, addresses, twin)
            .into_iter()
            .map(Destination::from)
            .collect(),
    }
}

/// The IPv6 prefixes that a twin stands for; none while it waits.
pub(crate) fn prefixes(survey: &Survey<'_>, addresses: &AddressPlan, twin: &Twin) -> Vec<Ipv6Net> {
    match twin {
        Twin::Any => vec![ANY6],
        Twin::Nets(nets) => nets.clone(),
        Twin::Spans(spans) => spans
            .iter()
            .flat_map(|span| addresses.prefixes(survey, span))
            .collect(),
        Twin::List(_) | Twin::Itself | Twin::Nothing | Twin::Waits(_) => Vec::new(),
    }
}

fn about(survey: &Survey<'_>, table: &RouteTable, target: &TwinTarget, route: &Route) -> About {
    let public = survey
        .index
        .subnets_of_table(&table.id)
        .iter()
        .any(|subnet| survey.selection.tier(&subnet.id) == Tier::Public);
    match target {
        TwinTarget::EgressOnly => About::quiet(
            "IPv4 leaves through NAT; over IPv6 the egress-only gateway lets out and not in",
        )
        .risk(Risk::Low)
        .cost(Cost::Less),
        TwinTarget::Same(_) if route.destination == ANY6.into() && public => {
            About::quiet("IPv4 of this public subnet leaves and enters by the same gateway")
                .risk(Risk::Low)
        }
        TwinTarget::Same(_) => {
            About::quiet("IPv4 to the same place takes the same way").risk(Risk::Low)
        }
    }
}

pub(crate) fn add(
    estate: &mut Estate,
    id: &RouteTableId,
    route: &Route,
) -> Result<(), ChangeError> {
    let table = find(estate, id)?;
    if table.route(&route.destination).is_some() {
        return Err(ChangeError::Exists(
            subject(table),
            format!("a route for {}", route.destination),
        ));
    }
    table.add(route.clone());
    Ok(())
}

pub(crate) fn remove(
    estate: &mut Estate,
    id: &RouteTableId,
    route: &Route,
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

fn find<'a>(estate: &'a mut Estate, id: &RouteTableId) -> Result<&'a mut RouteTable, ChangeError> {
    let missing = || ChangeError::Missing(Subject::new("route-table", id.as_str(), ""));
    estate.route_tables.get_mut(id).ok_or_else(missing)
}

fn subject(table: &RouteTable) -> Subject {
    Subject::new("route-table", table.id.as_str(), &table.name)
}
