//! VPC peering and VPN connections. What is attached to a transit gateway is in [`super::transit`].

use serde::Deserialize;
use sixward_estate::{GatewayId, Link, LinkId, LinkKind, NetworkId, PeerSide, TransitId};
use sixward_net::{IpNet, Ipv4Net, Ipv6Net};

use super::file::Raw;
use super::gateway::is_gone;
use super::merge::Trouble;
use super::place;
use super::stock::Intake;
use super::value::{List, Maybe, State, Tag, Text, name};
use crate::subject::found;

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a peering",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawPeering<'a> {
    vpc_peering_connection_id: Text<'a>,
    status: State<'a>,
    requester_vpc_info: Maybe<RawSide<'a>>,
    accepter_vpc_info: Maybe<RawSide<'a>>,
    tags: List<Tag<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a VPC",
    bound(deserialize = "'de: 'a")
)]
struct RawSide<'a> {
    vpc_id: Text<'a>,
    owner_id: Text<'a>,
    region: Text<'a>,
    cidr_block: Text<'a>,
    cidr_block_set: List<RawNet<'a>>,
    ipv6_cidr_block_set: List<RawNet<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a block",
    bound(deserialize = "'de: 'a")
)]
struct RawNet<'a> {
    cidr_block: Text<'a>,
    ipv6_cidr_block: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a VPN connection",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawVpnConnection<'a> {
    vpn_connection_id: Text<'a>,
    state: Text<'a>,
    vpn_gateway_id: Text<'a>,
    transit_gateway_id: Text<'a>,
    options: Maybe<RawOptions<'a>>,
    routes: List<RawVpnRoute<'a>>,
    tags: List<Tag<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "options",
    bound(deserialize = "'de: 'a")
)]
struct RawOptions<'a> {
    tunnel_inside_ip_version: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a route",
    bound(deserialize = "'de: 'a")
)]
struct RawVpnRoute<'a> {
    destination_cidr_block: Text<'a>,
    state: Text<'a>,
}

/// A link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FoundLink {
    pub(super) link: Link,
}

found! { FoundLink { link: Link } }

impl<'de> Raw<'de> for RawPeering<'de> {
    fn take(self, intake: &mut Intake) {
        let code = &*self.status;
        if !matches!(
            code,
            "active" | "pending-acceptance" | "provisioning" | "initiating-request"
        ) {
            return;
        }
        let known = |side: &RawSide<'_>| !side.vpc_id.is_empty();
        if self.vpc_peering_connection_id.is_empty()
            || !known(&self.requester_vpc_info)
            || !known(&self.accepter_vpc_info)
        {
            return intake.incomplete("peerings");
        }
        let mut trouble = Trouble::default();
        let kind = LinkKind::Peering {
            requester: self.requester_vpc_info.side(&mut trouble),
            accepter: self.accepter_vpc_info.side(&mut trouble),
        };
        let id = LinkId::new(self.vpc_peering_connection_id.small());
        let link = Link {
            id,
            name: name(&self.tags),
            kind,
        };
        intake
            .stock
            .links
            .insert(&intake.source, FoundLink { link }, trouble);
    }
}

impl RawSide<'_> {
    fn side(&self, trouble: &mut Trouble) -> PeerSide {
        let blocks4 = self.cidr_block_set.iter().map(|block| &block.cidr_block);
        let mut blocks4: Vec<Ipv4Net> = std::iter::once(&self.cidr_block)
            .chain(blocks4)
            .filter_map(|block| trouble.net4("block", block))
            .collect();
        let blocks6 = self.ipv6_cidr_block_set.iter();
        let mut blocks6: Vec<Ipv6Net> = blocks6
            .filter_map(|block| trouble.net6("block", &block.ipv6_cidr_block))
            .collect();
        blocks4.sort();
        blocks4.dedup();
        blocks6.sort();
        blocks6.dedup();
        PeerSide {
            network: NetworkId::new(self.vpc_id.small()),
            place: place::place(&*self.owner_id, &*self.region),
            blocks4,
            blocks6,
        }
    }
}

impl<'de> Raw<'de> for RawVpnConnection<'de> {
    fn take(self, intake: &mut Intake) {
        if is_gone(&self.state) {
            return;
        }
        if self.vpn_connection_id.is_empty() {
            return intake.incomplete("VPN connections");
        }
        let mut trouble = Trouble::default();
        let routes = self.routes.iter().filter(|route| !is_gone(&route.state));
        let mut routes: Vec<IpNet> = routes
            .filter_map(|route| trouble.read("route", &route.destination_cidr_block))
            .map(|net: IpNet| net.trunc())
            .collect();
        routes.sort();
        routes.dedup();
        let kind = LinkKind::Vpn {
            gateway: self.vpn_gateway_id.given().map(GatewayId::new),
            transit: self.transit_gateway_id.given().map(TransitId::new),
            v6: &*self.options.tunnel_inside_ip_version == "ipv6",
            routes,
        };
        let id = LinkId::new(self.vpn_connection_id.small());
        let link = Link {
            id,
            name: name(&self.tags),
            kind,
        };
        intake
            .stock
            .links
            .insert(&intake.source, FoundLink { link }, trouble);
    }
}
