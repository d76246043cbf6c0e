//! How networks are tied together, as far as it decides where packets go.
//!
//! Kept apart from the estate so that a change which means nothing to packets leaves it as it is.

use std::collections::BTreeMap;

use sixward_estate::{
    Estate, GatewayId, GatewayKind, LinkId, LinkKind, NetworkId, RouteTableId, SmolStr, SubnetId,
    TransitId, TransitTableId,
};
use sixward_net::{Family, IpNet};

use super::address::Address;
use super::route::Hop;
use super::unknown::subject;

/// Attachments, peerings, VPN connections and the places of NAT gateways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ties {
    attachments: BTreeMap<(TransitId, NetworkId), Tie>,
    /// Attachments of what is no network of the estate.
    others: BTreeMap<LinkId, (TransitId, Option<TransitTableId>, SmolStr)>,
    peerings: BTreeMap<LinkId, LinkKind>,
    nats: BTreeMap<GatewayId, GatewayKind>,
    vpns: BTreeMap<GatewayId, Vec<Connection>>,
    /// The networks of VPN gateways.
    homes: BTreeMap<GatewayId, Option<NetworkId>>,
    /// The tables that route what comes in through gateways.
    edge_tables: BTreeMap<GatewayId, RouteTableId>,
}

/// A VPN connection of a gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Connection {
    link: LinkId,
    family: Family,
    routes: Vec<IpNet>,
}

/// An attachment to a hub: whether it carries IPv6 is said by routes alone, for the setting "does not
/// filter IPv6 traffic" (Amazon VPC: CreateTransitGatewayVpcAttachmentRequestOptions).
#[derive(Debug, Clone, PartialEq, Eq)]
struct Tie {
    link: LinkId,
    table: Option<TransitTableId>,
    subnets: Vec<SubnetId>,
}

impl Ties {
    pub(super) fn of(estate: &Estate) -> Self {
        let attachments = estate.links.iter().filter_map(|link| {
            let attachment = link.attachment()?;
            let network = attachment.network.clone()?;
            let tie = Tie {
                link: link.id.clone(),
                table: attachment.table.clone(),
                subnets: attachment.subnets.clone(),
            };
            Some(((attachment.transit.clone(), network), tie))
        });
        let others = estate.links.iter().filter_map(|link| {
            let attachment = link.attachment().filter(|it| it.network.is_none())?;
            let kind = attachment.other.clone();
            let tie = (attachment.transit.clone(), attachment.table.clone(), kind);
            Some((link.id.clone(), tie))
        });
        let peerings = estate.links.iter();
        let peerings = peerings.filter(|link| matches!(link.kind, LinkKind::Peering { .. }));
        let gateways = estate.gateways.iter();
        let vpn = estate
            .gateways
            .iter()
            .filter(|gateway| gateway.kind == GatewayKind::Vpn);
        let homes = vpn.map(|gateway| (gateway.id.clone(), gateway.network.clone()));
        let nats = gateways.filter(|gateway| matches!(gateway.kind, GatewayKind::Nat { .. }));
        // A gateway has one at most; of an input that says otherwise the first holds, as in a trace.
        let tables = estate.route_tables.iter().rev();
        let edges = tables.flat_map(|table| table.edges.iter().map(move |id| (id.clone(), table)));
        Self {
            attachments: attachments.collect(),
            others: others.collect(),
            peerings: peerings
                .map(|link| (link.id.clone(), link.kind.clone()))
                .collect(),
            nats: nats.map(|nat| (nat.id.clone(), nat.kind.clone())).collect(),
            vpns: vpns(estate),
            homes: homes.collect(),
            edge_tables: edges.map(|(id, table)| (id, table.id.clone())).collect(),
        }
    }

    /// The link by which a network is attached to a hub.
    pub(super) fn attachment(&self, hub: &TransitId, network: &NetworkId) -> Option<&LinkId> {
        let tie = self.attachments.get(&(hub.clone(), network.clone()))?;
        Some(&tie.link)
    }

    /// The table that routes what comes in through a gateway, when it has one.
    pub(super) fn edge_table(&self, gateway: &GatewayId) -> Option<&RouteTableId> {
        self.edge_tables.get(gateway)
    }

    /// All such tables.
    pub(super) fn edge_tables(&self) -> impl Iterator<Item = (&GatewayId, &RouteTableId)> {
        self.edge_tables.iter()
    }

    /// By which connection of a VPN gateway packets for an address go. Static routes decide where there
    /// are any; without them only a single connection says (AWS Site-to-Site VPN: Route tables).
    pub(super) fn by_vpn<A: Address>(&self, gateway: &GatewayId, to: A) -> Hop {
        let chance = || Hop::Undetermined(subject("gateway", gateway));
        let Some(connections) = self.vpns.get(gateway) else {
            return chance();
        };
        let own = connections.iter().filter(|it| it.family == A::FAMILY);
        let own: Vec<_> = own.collect();
        let is_static = own.iter().any(|it| !it.routes.is_empty());
        let leads = |it: &&&Connection| {
            let mut routes = it.routes.iter();
            !is_static || routes.any(|net| net.contains(&to.ip()))
        };
        let mut leading = own.iter().filter(leads);
        match (leading.next(), leading.next()) {
            (Some(only), None) => Hop::Link(only.link.clone()),
            (None, _) => Hop::Nowhere,
            (Some(_), Some(_)) => chance(),
        }
    }

    /// Where it may begin to differ by which connection packets go.
    pub(super) fn vpn_cuts<A: Address>(&self, gateway: &GatewayId) -> impl Iterator<Item = A> {
        let connections = self.vpns.get(gateway).into_iter().flatten();
        let routes = connections.flat_map(|it| &it.routes);
        routes.filter_map(|net| A::range(*net)).flat_map(edges)
    }

    /// Whether it is known of all packets that a VPN gateway takes that they leave the estate or are
    /// dropped.
    pub(super) fn leads_out(&self, gateway: &GatewayId, family: Family) -> bool {
        self.vpns.get(gateway).is_some_and(|connections| {
            let own = connections.iter().filter(|it| it.family == family);
            own.count() <= 1
        })
    }
}

/// Where a range begins and where it is over.
pub(super) fn edges<A: Address>((first, last): (A, A)) -> impl Iterator<Item = A> {
    [Some(first), last.next()].into_iter().flatten()
}

fn vpns(estate: &Estate) -> BTreeMap<GatewayId, Vec<Connection>> {
    let mut vpns: BTreeMap<GatewayId, Vec<Connection>> = BTreeMap::new();
    for link in &estate.links {
        let LinkKind::Vpn {
            gateway: Some(gateway),
            v6,
            routes,
            ..
        } = &link.kind
        else {
            continue;
        };
        vpns.entry(gateway.clone()).or_default().push(Connection {
            link: link.id.clone(),
            family: if *v6 { Family::V6 } else { Family::V4 },
            routes: routes.clone(),
        });
    }
    vpns
}
