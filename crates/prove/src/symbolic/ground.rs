//! What a subnet stands under: its network, its route table, its list, its locks on public access.

use std::collections::BTreeMap;

use sixward_estate::{
    Estate, Firewall, FirewallId, FirewallKind, GatewayId, GatewayKind, Network, NetworkId, Place,
    Provider, PublicAccessMode, RouteTableId, SmolStr, Subnet, SubnetId,
};
use sixward_net::Ipv4Net;

use super::unknown::{Gaps, Unknown, subject, unknown};

/// A subnet with all that it stands under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ground {
    pub(super) subnet: SubnetId,
    pub(super) network: NetworkId,
    pub(super) zone: SmolStr,
    /// Its addresses of IPv4.
    pub(super) block4: Option<Ipv4Net>,
    /// Where its network is, when that is known.
    pub(super) place: Option<Place>,
    /// The table that routes what leaves it.
    pub(super) table: Option<RouteTableId>,
    /// The list on its edge.
    pub(super) list: Option<FirewallId>,
    /// The internet gateway of its network.
    pub(super) internet: Option<GatewayId>,
    /// The table that routes what comes in through that gateway.
    pub(super) edge_table: Option<RouteTableId>,
    /// What of public access is blocked.
    pub(super) lock: PublicAccessMode,
    /// What is not known about all this.
    pub(super) unknown: Unknown,
    /// That of it which decides between neighbours too: what the network is.
    pub(super) obscure: Unknown,
}

/// The grounds of all subnets.
pub(super) fn grounds(estate: &Estate, gaps: &Gaps) -> BTreeMap<SubnetId, Ground> {
    let ways = Ways::of(estate);
    let subnets = estate.subnets.iter();
    subnets
        .map(|subnet| (subnet.id.clone(), ground(estate, gaps, &ways, subnet)))
        .collect()
}

/// Ways back from networks and gateways.
struct Ways<'e> {
    main_tables: BTreeMap<&'e NetworkId, &'e RouteTableId>,
    edge_tables: BTreeMap<&'e GatewayId, &'e RouteTableId>,
    internet: BTreeMap<&'e NetworkId, &'e GatewayId>,
    default_lists: BTreeMap<&'e NetworkId, &'e Firewall>,
}

impl<'e> Ways<'e> {
    fn of(estate: &'e Estate) -> Self {
        let tables = &estate.route_tables;
        let mains = tables.iter().filter(|table| table.main);
        // A gateway has one at most; of an input that says otherwise the first holds, as in a trace.
        let edges = tables.iter().rev();
        let edges = edges.flat_map(|table| table.edges.iter().map(move |id| (id, &table.id)));
        let gateways = estate.gateways.iter();
        let internet = gateways.filter(|gateway| gateway.kind == GatewayKind::Internet);
        let lists = estate.firewalls.iter();
        let defaults = lists.filter(|list| list.kind == FirewallKind::List && list.default);
        Self {
            main_tables: mains.map(|table| (&table.network, &table.id)).collect(),
            edge_tables: edges.collect(),
            internet: internet
                .filter_map(|gateway| Some((gateway.network.as_ref()?, &gateway.id)))
                .collect(),
            default_lists: defaults.map(|list| (&list.network, list)).collect(),
        }
    }
}

fn ground(estate: &Estate, gaps: &Gaps, ways: &Ways<'_>, subnet: &Subnet) -> Ground {
    let network = estate.networks.get(&subnet.network);
    let named = subnet.route_table.as_ref();
    let table = named.or_else(|| ways.main_tables.get(&subnet.network).copied());
    let table = table.filter(|id| estate.route_tables.contains(id));
    let (list, mut missing) = list(estate, ways, subnet, network);
    missing.extend(gaps.find("subnet", &subnet.id));
    let obscure = obscure(gaps, subnet, network);
    missing.extend(obscure.iter().cloned());
    if table.is_none() {
        missing.insert(subject("subnet", &subnet.id));
    }
    let internet = ways.internet.get(&subnet.network).copied();
    Ground {
        subnet: subnet.id.clone(),
        network: subnet.network.clone(),
        zone: subnet.zone.clone(),
        block4: subnet.block4,
        place: network.map(|network| network.place.clone()),
        table: table.cloned(),
        list: list.cloned(),
        internet: internet.cloned(),
        edge_table: internet.and_then(|id| ways.edge_tables.get(id).copied().cloned()),
        lock: network.map_or(PublicAccessMode::Off, |network| {
            lock(estate, subnet, network)
        }),
        unknown: missing,
        obscure,
    }
}

/// A network that is not there, has a gap, or has rules that are not these.
fn obscure(gaps: &Gaps, subnet: &Subnet, network: Option<&Network>) -> Unknown {
    let ours = network.is_some_and(|network| network.place.provider != Provider::Azure);
    if ours && gaps.find("network", &subnet.network).is_none() {
        return Unknown::new();
    }
    unknown("network", &subnet.network)
}

/// The list on a subnet's edge: the one it names, or its network's default one.
fn list<'e>(
    estate: &'e Estate,
    ways: &Ways<'e>,
    subnet: &'e Subnet,
    network: Option<&Network>,
) -> (Option<&'e FirewallId>, Unknown) {
    let always = network.is_some_and(|network| network.place.provider == Provider::Aws);
    match &subnet.firewall {
        Some(id) if estate.firewalls.contains(id) => (Some(id), Unknown::new()),
        Some(id) => (None, unknown("firewall", id)),
        None => match ways.default_lists.get(&subnet.network) {
            Some(list) => (Some(&list.id), Unknown::new()),
            // Every subnet of this provider has one, so the input lacks it.
            None if always => (None, unknown("subnet", &subnet.id)),
            None => (None, Unknown::new()),
        },
    }
}

/// What of public access is blocked in a subnet: by its own exclusion, its network's, or the place's.
fn lock(estate: &Estate, subnet: &Subnet, network: &Network) -> PublicAccessMode {
    let mut locks = estate.public_access.iter();
    let Some(lock) = locks.find(|lock| same_place(&lock.place, &network.place)) else {
        return PublicAccessMode::Off;
    };
    let own = lock
        .excluded_subnets
        .iter()
        .find(|(id, _)| *id == subnet.id);
    let wider = lock
        .excluded_networks
        .iter()
        .find(|(id, _)| *id == network.id);
    let excluded = own.map(|(_, mode)| *mode).or(wider.map(|(_, mode)| *mode));
    excluded.map_or(lock.mode, |mode| mode.min(lock.mode))
}

/// Whether two places are one, as far as the input says.
fn same_place(a: &Place, b: &Place) -> bool {
    let account = a.account == b.account || a.account.is_empty() || b.account.is_empty();
    a.provider == b.provider && a.region == b.region && account
}
