//! X8 over transit hubs: the way there needs a route of the network and one of the hub, and so does the
//! way back.

use std::collections::BTreeMap;

use sixward_estate::{
    Attachment, Link, NetworkId, RouteState, RouteTable, RouteTarget, Subject, Subnet, TransitId,
    TransitTableId, TransitTarget,
};
use sixward_net::IpNet;

use super::link::{OneWay, both_ways4, by_table, has_way, live_subnets};
use super::scene::{Scene, Side};
use super::{report, way};

pub(super) fn find(scene: &Scene<'_>, ends: &mut OneWay) {
    let hubs = Hubs::new(scene);
    for (network, hub) in hubs.attached.keys() {
        for (table, subnets) in by_table(scene, network) {
            for other in hubs.reached(scene, table, hub) {
                if other != *network {
                    hubs.both(scene, hub, (table, &subnets), other, ends);
                }
            }
        }
    }
}

/// Networks with IPv6 at hubs.
struct Hubs<'a> {
    attached: BTreeMap<(&'a NetworkId, &'a TransitId), &'a Attachment>,
    /// By the first address of a network's block.
    blocks: BTreeMap<(&'a TransitId, u128), (IpNet, &'a NetworkId)>,
}

impl<'a> Hubs<'a> {
    fn new(scene: &Scene<'a>) -> Self {
        let mut hubs = Self {
            attached: BTreeMap::new(),
            blocks: BTreeMap::new(),
        };
        for link in &scene.now.estate.links {
            let Some((network, attachment)) = of_network(link) else {
                continue;
            };
            if !scene.now.is_known(network) || live_subnets(scene, network).next().is_none() {
                continue;
            }
            let hub = &attachment.transit;
            hubs.attached.insert((network, hub), attachment);
            let known = scene.now.estate.networks.get(network);
            for block in known.into_iter().flat_map(|network| &network.blocks6) {
                let first = u128::from(block.net.network());
                hubs.blocks
                    .insert((hub, first), (block.net.into(), network));
            }
        }
        hubs
    }

    /// The networks that a table leads to by a hub.
    fn reached(
        &self,
        scene: &Scene<'a>,
        table: &'a RouteTable,
        hub: &TransitId,
    ) -> Vec<&'a NetworkId> {
        let to_hub = table.routes.iter().filter(|route| {
            let is_hub = matches!(&route.target, RouteTarget::Transit(id) if id == hub);
            is_hub && route.state == RouteState::Active
        });
        let mut networks = Vec::new();
        for net in to_hub.flat_map(|route| way::prefixes(&scene.now, &route.destination)) {
            let IpNet::V6(net) = net else {
                continue;
            };
            let (first, last) = (u128::from(net.network()), u128::from(net.broadcast()));
            let within = self.blocks.range((hub, first)..=(hub, last));
            let around = self.blocks.range((hub, 0)..(hub, first)).next_back();
            let around = around.filter(|(_, (block, _))| block.contains(&IpNet::V6(*net)));
            networks.extend(within.chain(around).map(|(_, (_, network))| *network));
        }
        networks.sort();
        networks.dedup();
        networks
    }

    fn both(
        &self,
        scene: &Scene<'a>,
        hub: &'a TransitId,
        (table, subnets): (&'a RouteTable, &[&'a Subnet]),
        other: &'a NetworkId,
        ends: &mut OneWay,
    ) {
        for (far, others) in by_table(scene, other) {
            for one in subnets {
                let begun = others.iter().filter(|other| {
                    by_hub(scene, table, other, hub)
                        && self.switched4(scene, hub, one, other)
                        && self.switched4(scene, hub, other, one)
                });
                let begun = begun.filter_map(|other| Some((both_ways4(scene, one, other)?, other)));
                let Some((lost, to)) = begun.min_by_key(|(lost, _)| *lost) else {
                    continue;
                };
                let line = format!(
                    "{} to {} over {hub}",
                    report::subnet(one),
                    report::subnet(to)
                );
                if !has_way(&scene.now, far, one) {
                    ends.lose(report::table(far), lost, line.clone());
                }
                for (from, to) in [(one, to), (to, one)] {
                    if let Some(at) = self.lost(scene, hub, from, to) {
                        ends.lose(at, lost, line.clone());
                    }
                }
            }
        }
    }

    /// The hub's table that has no IPv6 route from one subnet to another.
    fn lost(
        &self,
        scene: &Scene<'a>,
        hub: &'a TransitId,
        from: &Subnet,
        to: &Subnet,
    ) -> Option<Subject> {
        let (id, block) = (self.table(hub, from)?, to.block6?);
        let target = self.attached.get(&(&to.network, hub))?;
        // The provider adds these by itself, whether or not the input shows it already.
        let learns = target.v6 && target.propagates_to.contains(id);
        let lost = !learns && !switches(&scene.now, id, block.into());
        lost.then(|| Subject::new("transit-table", id.as_str(), ""))
    }

    /// Whether the hub had the way for IPv4.
    fn switched4(&self, scene: &Scene<'a>, hub: &'a TransitId, from: &Subnet, to: &Subnet) -> bool {
        let table = self.table(hub, from).zip(to.block4);
        table.is_some_and(|(id, block)| switches(scene.before, id, block.into()))
    }

    fn table(&self, hub: &'a TransitId, from: &Subnet) -> Option<&'a TransitTableId> {
        let attachment = self.attached.get(&(&from.network, hub))?;
        attachment.table.as_ref()
    }
}

fn of_network(link: &Link) -> Option<(&NetworkId, &Attachment)> {
    let attachment = link.attachment()?;
    Some((attachment.network.as_ref()?, attachment))
}

/// Whether a hub's table leads a prefix somewhere.
fn switches(side: &Side<'_>, id: &TransitTableId, to: IpNet) -> bool {
    let table = side.estate.transit_tables.get(id);
    let around = table
        .map_or(&[][..], |table| table.routes.as_slice())
        .iter();
    let around = around.filter(|route| route.destination.contains(&to));
    let longest = around.max_by_key(|route| route.destination.prefix_len());
    longest.is_some_and(|route| {
        route.state == RouteState::Active && route.target != TransitTarget::Nowhere
    })
}

/// Whether a table's IPv6 to a subnet takes this hub.
fn by_hub(scene: &Scene<'_>, table: &RouteTable, to: &Subnet, hub: &TransitId) -> bool {
    let route = to
        .block6
        .and_then(|to| way::longest(&scene.now, table, to.into()));
    route.is_some_and(|route| matches!(&route.target, RouteTarget::Transit(id) if id == hub))
}
