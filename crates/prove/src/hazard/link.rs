//! X8 on peerings: IPv6 that finds the way over and none back. Each side has routes of its own, in each
//! family by itself.

use std::collections::{BTreeMap, BTreeSet};

use sixward_estate::{
    Finding, Link, LinkId, LinkKind, NetworkId, Route, RouteTable, RouteTableId, RouteTarget,
    Severity, Subject, Subnet,
};
use sixward_net::IpNet;

use super::report;
use super::scene::{Scene, Side};
use super::way::{self, Way};

/// Where ways end that begin elsewhere: who has no route back, and for whom.
#[derive(Debug, Default)]
pub(super) struct OneWay(BTreeMap<(Subject, Lost), BTreeSet<String>>);

/// What is lost where a way ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lost {
    /// IPv4 went both ways.
    Sure,
    /// Over IPv4 the one or the other way goes through something that may let it pass.
    Unsure,
    /// The other side is not in the estate.
    Unseen,
}

impl OneWay {
    /// A way ends here.
    pub(super) fn lose(&mut self, at: Subject, lost: Lost, line: String) {
        self.0.entry((at, lost)).or_default().insert(line);
    }

    pub(super) fn tell(self, found: &mut Vec<Finding>) {
        for ((subject, lost), lines) in self.0 {
            let (severity, message) = match lost {
                Lost::Sure => (
                    Severity::Warning,
                    "it has no IPv6 route for what comes to it or should pass it over a link: such \
                     connections hang, and do not fail",
                ),
                Lost::Unsure => (
                    Severity::Note,
                    "it has no IPv6 route for what comes to it over a link; whether IPv4 has a way \
                     back is not known, for it goes through something on the way",
                ),
                Lost::Unseen => (
                    Severity::Note,
                    "IPv6 routes lead over it, and its other side is not in the estate: whether \
                     there is a way back is not known",
                ),
            };
            let help = match lost {
                Lost::Sure | Lost::Unsure => {
                    "add the IPv6 route as IPv4 has it, before addresses; or take the other away"
                }
                Lost::Unseen => {
                    "add that network to the input, or ask its owner for the IPv6 route back"
                }
            };
            let message = message.to_owned();
            let finding = Finding::new(severity, super::HALF_OPEN, subject, message).help(help);
            found.push(report::seen(finding, lines));
        }
    }
}

pub(super) fn find(scene: &Scene<'_>, ends: &mut OneWay) {
    let routed = routed(&scene.now);
    for (id, tables) in routed {
        let Some(link) = scene.now.estate.links.get(id) else {
            continue;
        };
        let LinkKind::Peering {
            requester,
            accepter,
        } = &link.kind
        else {
            continue;
        };
        for (from, to) in [(requester, accepter), (accepter, requester)] {
            let (from, to) = (&from.network, &to.network);
            if !scene.now.estate.networks.contains(to) {
                unseen(scene, link, from, &tables, ends);
            } else if scene.now.is_known(to) {
                half(scene, link, (from, to), ends);
            }
        }
    }
}

/// Peerings that IPv6 routes lead over, with their tables.
fn routed<'a>(side: &Side<'a>) -> BTreeMap<&'a LinkId, Vec<&'a RouteTable>> {
    let mut routed = BTreeMap::<_, Vec<_>>::new();
    for table in &side.estate.route_tables {
        let six = table.routes.iter().filter(|route| is_v6(side, route));
        let links = six.filter_map(|route| match &route.target {
            RouteTarget::Link(id) => Some(id),
            _ => None,
        });
        for id in links.collect::<BTreeSet<_>>() {
            routed.entry(id).or_default().push(table);
        }
    }
    routed
}

fn is_v6<'a>(side: &Side<'a>, route: &'a Route) -> bool {
    let mut nets = way::prefixes(side, &route.destination).iter();
    nets.any(|net| matches!(net, IpNet::V6(_)))
}

fn unseen(
    scene: &Scene<'_>,
    link: &Link,
    from: &NetworkId,
    tables: &[&RouteTable],
    ends: &mut OneWay,
) {
    let near = tables.iter().filter(|table| table.network == *from);
    let live = near.filter(|table| {
        let mut subnets = scene.now.index.subnets_of_table(&table.id).iter();
        subnets.any(|subnet| scene.now.is_live(&subnet.id))
    });
    let lines: BTreeSet<_> = live.map(|table| report::table(table).to_string()).collect();
    if !lines.is_empty() {
        let subject = Subject::new("link", link.id.as_str(), &link.name);
        ends.0
            .entry((subject, Lost::Unseen))
            .or_default()
            .extend(lines);
    }
}

/// What goes from one side to the other, and has no way back there.
fn half(scene: &Scene<'_>, link: &Link, sides: (&NetworkId, &NetworkId), ends: &mut OneWay) {
    let from: Vec<_> = live_subnets(scene, sides.0).collect();
    if from.is_empty() {
        return;
    }
    for (table, subnets) in by_table(scene, sides.1) {
        for one in &from {
            if has_way(&scene.now, table, one) {
                continue;
            }
            let begun = subnets.iter().filter(|other| over(scene, one, other, link));
            let begun = begun.filter_map(|other| Some((both_ways4(scene, one, other)?, other)));
            if let Some((lost, other)) = begun.min_by_key(|(lost, _)| *lost) {
                let (one, other) = (report::subnet(one), report::subnet(other));
                let way = format!("{one} to {other} over {}", link.id);
                ends.lose(report::table(table), lost, way);
            }
        }
    }
}

/// The subnets of a network in which somebody has an IPv6 address.
pub(super) fn live_subnets<'s, 'a>(
    scene: &'s Scene<'a>,
    network: &NetworkId,
) -> impl Iterator<Item = &'a Subnet> + 's {
    let subnets = scene.now.index.subnets_of_network(network).to_vec();
    subnets
        .into_iter()
        .filter(|subnet| scene.now.is_live(&subnet.id))
}

/// The same by the table that holds for them.
pub(super) fn by_table<'a>(
    scene: &Scene<'a>,
    network: &NetworkId,
) -> Vec<(&'a RouteTable, Vec<&'a Subnet>)> {
    let mut tables = BTreeMap::<&RouteTableId, (&RouteTable, Vec<&Subnet>)>::new();
    for subnet in live_subnets(scene, network) {
        if let Some(table) = scene.now.index.route_table(subnet) {
            tables
                .entry(&table.id)
                .or_insert((table, Vec::new()))
                .1
                .push(subnet);
        }
    }
    tables.into_values().collect()
}

/// Whether a table leads to a subnet's IPv6 block in another network.
pub(super) fn has_way<'a>(side: &Side<'a>, table: &'a RouteTable, to: &Subnet) -> bool {
    to.block6
        .is_none_or(|to| way::leads_inside(side, table, to.into()))
}

/// Whether IPv4 had the way between two subnets, and back; nothing where it had not.
pub(super) fn both_ways4<'a>(
    scene: &Scene<'a>,
    one: &'a Subnet,
    other: &'a Subnet,
) -> Option<Lost> {
    let lost = |from, to: &Subnet| {
        let (side, table) = scene.table4(from);
        let route = way::longest(side, table?, to.block4?.into())?;
        match way::kind(side, route) {
            Way::Elsewhere => Some(Lost::Sure),
            Way::Middle | Way::Unknown => Some(Lost::Unsure),
            Way::Internet | Way::Outward | Way::Nowhere => None,
        }
    };
    Some(lost(one, other)?.max(lost(other, one)?))
}

/// Whether a subnet's IPv6 to another one takes this link.
fn over(scene: &Scene<'_>, one: &Subnet, other: &Subnet, link: &Link) -> bool {
    let table = scene.now.index.route_table(one);
    let route = table.zip(other.block6);
    let route = route.and_then(|(table, to)| way::longest(&scene.now, table, to.into()));
    route.is_some_and(|route| matches!(&route.target, RouteTarget::Link(id) if *id == link.id))
}
