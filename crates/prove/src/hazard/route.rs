//! Hazards of routes: IPv6 that lets in what NAT kept out (X1), or leaves by another way than listed
//! IPv4 prefixes (X7). `middle.rs` has what goes round an appliance.

use std::collections::BTreeMap;

use sixward_estate::{
    Destination, EndpointId, Finding, Route, RouteState, RouteTable, RouteTableId, RouteTarget,
    Severity, Subnet,
};
use sixward_net::Family;

use super::scene::{Scene, Side};
use super::way::{self, Way};
use super::{lock, middle, report};

/// Subnets of one table that measure alike: where IPv4 leads, whether somebody has an address, and
/// whether a lock stands before them.
type Alike<'a> = BTreeMap<(&'a RouteTableId, Lead), Vec<&'a Subnet>>;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Lead {
    pub(super) ways: Vec<Way>,
    pub(super) targets: Vec<RouteTarget>,
    pub(super) live: bool,
    pub(super) locked: bool,
}

pub(super) fn find(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    for ((id, lead), subnets) in &alike(scene) {
        if let Some(table) = scene.now.estate.route_tables.get(id) {
            found.extend(lets_in(scene, table, lead, subnets));
            found.extend(middle::bypass(scene, table, lead, subnets));
        }
    }
    middle::within(scene, found);
    for table in &scene.now.estate.route_tables {
        if scene.now.is_known(&table.network) {
            found.extend(middle::edge(scene, table));
            found.extend(listed(scene, table));
        }
    }
}

fn alike<'a>(scene: &Scene<'a>) -> Alike<'a> {
    let mut alike = Alike::new();
    for subnet in scene.now.subnets6() {
        let Some(table) = scene.now.index.route_table(subnet) else {
            continue;
        };
        let (side, table4) = scene.table4(subnet);
        let routes: Vec<_> = table4
            .map(|table| way::defaults4(side, table).collect())
            .unwrap_or_default();
        let lead = Lead {
            ways: routes.iter().map(|route| way::kind(side, route)).collect(),
            targets: routes.iter().map(|route| route.target.clone()).collect(),
            live: scene.now.is_live(&subnet.id),
            locked: !lock::of(&scene.now, subnet).is_open(),
        };
        alike.entry((&table.id, lead)).or_default().push(subnet);
    }
    alike
}

/// X1. What goes through an appliance is asked below.
fn lets_in(
    scene: &Scene<'_>,
    table: &RouteTable,
    lead: &Lead,
    subnets: &[&Subnet],
) -> Option<Finding> {
    let route = default6(scene, table, Way::Internet)?;
    if lead
        .ways
        .iter()
        .any(|way| matches!(way, Way::Internet | Way::Middle))
    {
        return None;
    }
    let unknown = lead.ways.contains(&Way::Unknown);
    let severity = match lead {
        _ if unknown => Severity::Note,
        Lead { locked: true, .. } => Severity::Note,
        Lead { live: true, .. } => Severity::Blocker,
        Lead { .. } => Severity::Warning,
    };
    let to = said(&lead.targets);
    let message = format!(
        "over IPv6 {} leads to {}, by which the internet may begin; over IPv4 {}{}",
        named(subnets),
        route.target,
        match to.as_str() {
            "" => "there is no way to the internet".to_owned(),
            to if unknown => format!("it leads to {to}, and what that is, is not known"),
            to if lead.ways.contains(&Way::Elsewhere) => {
                format!("it leads to {to}, and to the internet only from there")
            }
            to => format!("it leads to {to}, by which nobody outside may"),
        },
        if lead.locked {
            " (the lock on public access still stops it)"
        } else {
            ""
        },
    );
    let finding =
        Finding::new(severity, super::LETS_IN, report::table(table), message).help(format!(
            "lead {} to an egress-only gateway, which lets out and not in",
            route.destination
        ));
    Some(report::seen(finding, lines(subnets)))
}

/// X7. IPv6 leaves by the default route what IPv4 leads by a list of prefixes.
fn listed(scene: &Scene<'_>, table: &RouteTable) -> Option<Finding> {
    let side = &scene.now;
    if !has_v6(scene, table) {
        return None;
    }
    let routes6 = way::defaults6(side, table);
    let away = routes6
        .into_iter()
        .find(|route| way::kind(side, route) != Way::Nowhere)?;
    let of = |family| {
        table
            .routes
            .iter()
            .filter(move |route| is_listed(side, route, family))
    };
    let only4 = of(Family::V4).filter(|route| {
        let has_twin = of(Family::V6).any(|other| other.target == route.target);
        !has_twin && route.target != away.target
    });
    let only4: Vec<_> = only4.collect();
    let answers = only4.iter().any(|route| answers6(side, &route.target));
    let first = only4.first()?;
    let message = format!(
        "over IPv6 what {} leads to {} goes by {} to {}: the list is of IPv4 prefixes only",
        first.destination, first.target, away.destination, away.target
    );
    let help = if answers {
        "add the route for the service's list of IPv6 prefixes: the endpoint answers IPv6"
    } else {
        "make the endpoint dual-stack, or route a list of the same IPv6 prefixes, if its policy or \
         the private path matters; else nothing"
    };
    let finding = Finding::new(
        Severity::Note,
        super::LISTED_V4_ONLY,
        report::table(table),
        message,
    )
    .help(help);
    let lines = only4
        .iter()
        .map(|route| format!("{} to {}", route.destination, route.target));
    Some(report::seen(finding, lines))
}

fn is_listed(side: &Side<'_>, route: &Route, family: Family) -> bool {
    let Destination::PrefixList(id) = &route.destination else {
        return false;
    };
    let list = side.estate.prefix_lists.get(id);
    route.state == RouteState::Active && list.is_some_and(|list| list.family == family)
}

fn answers6(side: &Side<'_>, target: &RouteTarget) -> bool {
    let endpoint = |id: &EndpointId| side.estate.endpoints.get(id);
    matches!(target, RouteTarget::Endpoint(id)
        if endpoint(id).is_some_and(|it| it.family != sixward_estate::FamilyMode::V4))
}

/// Whether a subnet under a table has somebody with an IPv6 address.
pub(super) fn has_v6(scene: &Scene<'_>, table: &RouteTable) -> bool {
    let mut subnets = scene.now.index.subnets_of_table(&table.id).iter();
    subnets.any(|subnet| scene.now.is_live(&subnet.id))
}

fn default6<'a>(scene: &Scene<'a>, table: &'a RouteTable, way: Way) -> Option<&'a Route> {
    let routes = way::defaults6(&scene.now, table);
    routes
        .into_iter()
        .find(|route| way::kind(&scene.now, route) == way)
}

pub(super) fn named(subnets: &[&Subnet]) -> String {
    let names: Vec<_> = subnets.iter().map(|subnet| subnet.id.as_str()).collect();
    report::named("subnet", &names)
}

pub(super) fn lines<'s>(subnets: &'s [&Subnet]) -> impl Iterator<Item = String> + 's {
    subnets
        .iter()
        .map(|subnet| report::subnet(subnet).to_string())
}

pub(super) fn said(targets: &[RouteTarget]) -> String {
    let targets: Vec<_> = targets.iter().map(ToString::to_string).collect();
    targets.join(" and ")
}
