//! What is there, counted by noun and by place.

use std::collections::BTreeMap;

use serde::Serialize;
use sixward_estate::{Estate, FirewallKind, GatewayKind, LinkKind, NetworkId, Place};

/// What is there.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Found {
    /// Everything, by noun.
    pub counts: BTreeMap<&'static str, usize>,
    /// By provider, account and region.
    pub places: Vec<PlaceFound>,
    /// How many things are there that are not modelled.
    pub gaps: usize,
}

/// What is in one place.
#[derive(Debug, Clone, Serialize)]
pub struct PlaceFound {
    /// The place.
    #[serde(flatten)]
    pub place: Place,
    /// By noun.
    pub counts: BTreeMap<&'static str, usize>,
}

impl Found {
    pub(crate) fn new(estate: &Estate) -> Self {
        let mut count = Count {
            places: estate.networks.iter().map(|n| (&n.id, &n.place)).collect(),
            ..Count::default()
        };
        networks(estate, &mut count);
        links(estate, &mut count);
        hosts(estate, &mut count);
        let places = count.by_place.into_iter();
        Self {
            counts: count.all,
            places: places
                .map(|(place, counts)| PlaceFound { place, counts })
                .collect(),
            gaps: estate.gaps.len(),
        }
    }
}

#[derive(Default)]
struct Count<'a> {
    places: BTreeMap<&'a NetworkId, &'a Place>,
    all: BTreeMap<&'static str, usize>,
    by_place: BTreeMap<Place, BTreeMap<&'static str, usize>>,
}

impl Count<'_> {
    fn at(&mut self, noun: &'static str, place: Option<&Place>) {
        *self.all.entry(noun).or_default() += 1;
        if let Some(place) = place {
            let counts = self.by_place.entry(place.clone()).or_default();
            *counts.entry(noun).or_default() += 1;
        }
    }

    fn within(&mut self, noun: &'static str, network: Option<&NetworkId>) {
        let place = network.and_then(|id| self.places.get(id).copied());
        self.at(noun, place);
    }
}

fn networks(estate: &Estate, count: &mut Count<'_>) {
    for network in &estate.networks {
        count.at("network", Some(&network.place));
        if network.has_v6() {
            count.at("network-with-ipv6", Some(&network.place));
        }
    }
    for subnet in &estate.subnets {
        count.within("subnet", Some(&subnet.network));
    }
    for table in &estate.route_tables {
        count.within("route-table", Some(&table.network));
    }
    for gateway in &estate.gateways {
        count.within(gateway_noun(&gateway.kind), gateway.network.as_ref());
    }
    for firewall in &estate.firewalls {
        count.within(firewall_noun(firewall.kind), Some(&firewall.network));
    }
}

fn links(estate: &Estate, count: &mut Count<'_>) {
    for link in &estate.links {
        match &link.kind {
            LinkKind::Peering { requester, .. } => count.at("peering", Some(&requester.place)),
            LinkKind::Transit(attachment) => {
                count.within("transit-attachment", attachment.network.as_ref());
            }
            LinkKind::Vpn { .. } => count.at("vpn", None),
        }
    }
    for transit in &estate.transits {
        count.at("transit", Some(&transit.place));
    }
    for endpoint in &estate.endpoints {
        count.within("endpoint", Some(&endpoint.network));
    }
}

fn hosts(estate: &Estate, count: &mut Count<'_>) {
    for interface in &estate.interfaces {
        count.within("interface", Some(&interface.network));
    }
    for host in &estate.hosts {
        count.within("host", Some(&host.network));
    }
    for balancer in &estate.balancers {
        count.within("balancer", Some(&balancer.network));
    }
    for service in &estate.services {
        count.at("service", Some(&service.place));
    }
}

/// A firewall's noun by its kind: providers have a word for each.
pub(crate) fn firewall_noun(kind: FirewallKind) -> &'static str {
    match kind {
        FirewallKind::Group => "firewall-group",
        FirewallKind::List => "firewall-list",
        FirewallKind::Ordered => "firewall-ordered",
    }
}

fn gateway_noun(kind: &GatewayKind) -> &'static str {
    match kind {
        GatewayKind::Internet => "internet-gateway",
        GatewayKind::Nat { .. } => "nat-gateway",
        GatewayKind::EgressOnly => "egress-only-gateway",
        GatewayKind::Vpn => "vpn-gateway",
    }
}
