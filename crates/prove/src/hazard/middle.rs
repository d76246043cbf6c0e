//! X10: IPv4 goes through something that may inspect it, and IPv6 goes round it: on the way out of the
//! network, between its subnets, or on the way in by a gateway with a table of its own.

use std::collections::BTreeMap;

use sixward_estate::{Destination, Finding, NetworkId, Route, RouteTable, Severity, Subnet};
use sixward_net::{IpNet, Ipv4Net};

use super::report;
use super::route::{Lead, has_v6, lines, named, said};
use super::scene::Scene;
use super::way::{self, Way};

/// X10 for what leaves the network.
pub(super) fn bypass(
    scene: &Scene<'_>,
    table: &RouteTable,
    lead: &Lead,
    subnets: &[&Subnet],
) -> Option<Finding> {
    if !lead.ways.contains(&Way::Middle) {
        return None;
    }
    let routes = way::defaults6(&scene.now, table);
    let round = routes.into_iter().find(|route| {
        let way = way::kind(&scene.now, route);
        !matches!(way, Way::Middle | Way::Nowhere | Way::Unknown)
    })?;
    let lets_in = way::kind(&scene.now, round) == Way::Internet && !lead.locked;
    let severity = if lets_in && lead.live {
        Severity::Blocker
    } else {
        Severity::Warning
    };
    let message = format!(
        "over IPv4 {} goes through {}, which may inspect it; IPv6 goes round it by {}{}",
        named(subnets),
        said(&lead.targets),
        round.target,
        if lets_in {
            ", by which the internet may begin, too"
        } else {
            ""
        },
    );
    let finding = Finding::new(severity, super::BYPASS, report::table(table), message).help(format!(
        "lead {} to the same target once it forwards and inspects IPv6; or leave the route out, \
         unless {} does nothing but translate",
        round.destination,
        said(&lead.targets)
    ));
    Some(report::seen(finding, lines(subnets)))
}

/// X10 between subnets: IPv4 to a subnet's own prefix is led through a middle, and IPv6 stays local.
pub(super) fn within(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    let blocks: BTreeMap<_, _> = scene
        .now
        .subnets6()
        .filter_map(|subnet| Some(((&subnet.network, subnet.block4?), subnet)))
        .collect();
    for table in &scene.now.estate.route_tables {
        if !has_v6(scene, table) {
            continue;
        }
        let led = led_to_subnets(scene, table, &blocks);
        found.extend(round(
            scene,
            table,
            &led,
            "IPv4 to these subnets goes through a middle",
        ));
    }
}

/// X10 for what comes in by a gateway with a table of its own.
pub(super) fn edge(scene: &Scene<'_>, table: &RouteTable) -> Option<Finding> {
    if table.edges.is_empty() {
        return None;
    }
    let subnets = scene.now.index.subnets_of_network(&table.network);
    let entered = subnets
        .iter()
        .copied()
        .filter(|subnet| subnet.block6.is_some() && scene.finds6(subnet));
    let blocks = entered
        .filter_map(|subnet| Some(((&subnet.network, subnet.block4?), subnet)))
        .collect();
    let led = led_to_subnets(scene, table, &blocks);
    let what = "IPv4 that comes in by this gateway goes through a middle";
    round(scene, table, &led, what)
}

type Blocks<'a> = BTreeMap<(&'a NetworkId, Ipv4Net), &'a Subnet>;

/// Subnets whose IPv4 prefix a table leads through a middle, and whose IPv6 prefix not.
fn led_to_subnets<'a>(
    scene: &Scene<'a>,
    table: &'a RouteTable,
    blocks: &Blocks<'a>,
) -> Vec<(&'a Subnet, &'a Route)> {
    let side = scene.before.estate.route_tables.get(&table.id);
    let (side, table4) = side.map_or((&scene.now, table), |table| (scene.before, table));
    let through = table4
        .routes
        .iter()
        .filter(|route| way::kind(side, route) == Way::Middle);
    let led = through.filter_map(|route| match route.destination {
        Destination::Net(IpNet::V4(net)) => {
            let subnet = *blocks.get(&(&table.network, net))?;
            let to = IpNet::V6(subnet.block6?);
            let route6 = way::longest(&scene.now, table, to);
            let goes = route6.is_some_and(|it| way::kind(&scene.now, it) == Way::Middle);
            (!goes).then_some((subnet, route))
        }
        _ => None,
    });
    led.collect()
}

fn round(
    scene: &Scene<'_>,
    table: &RouteTable,
    led: &[(&Subnet, &Route)],
    what: &str,
) -> Option<Finding> {
    if led.is_empty() {
        return None;
    }
    let live = led.iter().any(|(subnet, _)| scene.now.is_live(&subnet.id));
    let message = format!(
        "{what}, which may inspect it; IPv6 {} round it",
        if live { "goes" } else { "will go" }
    );
    let finding = Finding::new(
        Severity::Warning,
        super::BYPASS,
        report::table(table),
        message,
    )
    .help("add the IPv6 routes for the same subnets to the same targets, before addresses");
    let lines = led.iter().map(|(subnet, route)| {
        format!(
            "{}: {} to {}",
            report::subnet(subnet),
            route.destination,
            route.target
        )
    });
    Some(report::seen(finding, lines))
}
