//! Internet, NAT, egress-only and VPN gateways, and Elastic IP addresses.

use serde::Deserialize;
use sixward_estate::{
    AddressId, Gateway, GatewayId, GatewayKind, InterfaceId, NatAddress, NetworkId, PublicAddress,
    SmolStr, SubnetId,
};

use super::file::Raw;
use super::merge::Trouble;
use super::place;
use super::stock::Intake;
use super::unmodelled::Unmodelled;
use super::value::{List, Tag, Text, name};

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "an internet gateway",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawInternetGateway<'a> {
    internet_gateway_id: Text<'a>,
    attachments: List<RawAttachment<'a>>,
    tags: List<Tag<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "an egress-only gateway",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawEgressOnlyGateway<'a> {
    egress_only_internet_gateway_id: Text<'a>,
    attachments: List<RawAttachment<'a>>,
    tags: List<Tag<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a VPN gateway",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawVpnGateway<'a> {
    vpn_gateway_id: Text<'a>,
    state: Text<'a>,
    vpc_attachments: List<RawAttachment<'a>>,
    tags: List<Tag<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "an attachment",
    bound(deserialize = "'de: 'a")
)]
struct RawAttachment<'a> {
    state: Text<'a>,
    vpc_id: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a NAT gateway",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawNatGateway<'a> {
    nat_gateway_id: Text<'a>,
    vpc_id: Text<'a>,
    subnet_id: Text<'a>,
    state: Text<'a>,
    connectivity_type: Text<'a>,
    nat_gateway_addresses: List<RawNatAddress<'a>>,
    tags: List<Tag<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "an address",
    bound(deserialize = "'de: 'a")
)]
struct RawNatAddress<'a> {
    public_ip: Text<'a>,
    private_ip: Text<'a>,
    network_interface_id: Text<'a>,
    status: Text<'a>,
}

/// An Elastic IP address.
#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "an address",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawAddress<'a> {
    allocation_id: Text<'a>,
    public_ip: Text<'a>,
    network_interface_id: Text<'a>,
    network_border_group: Text<'a>,
    domain: Text<'a>,
}

impl<'de> Raw<'de> for RawInternetGateway<'de> {
    fn take(self, intake: &mut Intake) {
        let network = attached(&self.attachments);
        add(
            intake,
            &self.internet_gateway_id,
            &self.tags,
            network,
            GatewayKind::Internet,
        );
    }
}

impl<'de> Raw<'de> for RawEgressOnlyGateway<'de> {
    fn take(self, intake: &mut Intake) {
        let network = attached(&self.attachments);
        let id = &self.egress_only_internet_gateway_id;
        add(intake, id, &self.tags, network, GatewayKind::EgressOnly);
    }
}

impl<'de> Raw<'de> for RawVpnGateway<'de> {
    fn take(self, intake: &mut Intake) {
        if is_gone(&self.state) {
            return;
        }
        let network = attached(&self.vpc_attachments);
        add(
            intake,
            &self.vpn_gateway_id,
            &self.tags,
            network,
            GatewayKind::Vpn,
        );
    }
}

impl<'de> Raw<'de> for RawNatGateway<'de> {
    fn take(self, intake: &mut Intake) {
        if is_gone(&self.state) {
            return;
        }
        if self.nat_gateway_id.is_empty() || self.vpc_id.is_empty() {
            return intake.incomplete("NAT gateways");
        }
        // A regional NAT gateway stands in no subnet.
        let Some(subnet) = self.subnet_id.given() else {
            let regional =
                Unmodelled::new("gateway", &self.nat_gateway_id, "a regional NAT gateway");
            intake.stock.unmodelled.insert(regional);
            return;
        };
        let mut trouble = Trouble::default();
        let addresses = self.nat_gateway_addresses.iter();
        let used =
            addresses.filter(|address| !matches!(&*address.status, "failed" | "disassociating"));
        let mut addresses: Vec<NatAddress> =
            used.map(|address| address.address(&mut trouble)).collect();
        addresses.sort();
        let gateway = Gateway {
            id: GatewayId::new(self.nat_gateway_id.small()),
            name: name(&self.tags),
            network: Some(NetworkId::new(self.vpc_id.small())),
            kind: GatewayKind::Nat {
                subnet: SubnetId::new(subnet),
                public: &*self.connectivity_type != "private",
                addresses,
            },
        };
        intake
            .stock
            .gateways
            .insert(&intake.source, gateway, trouble);
    }
}

impl RawNatAddress<'_> {
    fn address(&self, trouble: &mut Trouble) -> NatAddress {
        NatAddress {
            public: trouble.read("public address", &self.public_ip),
            private: trouble.read("private address", &self.private_ip),
            interface: self.network_interface_id.given().map(InterfaceId::new),
        }
    }
}

impl<'de> Raw<'de> for RawAddress<'de> {
    fn take(self, intake: &mut Intake) {
        // Another command lists addresses for their reverse names, without saying where they are.
        if self.domain.is_empty() && self.network_interface_id.is_empty() {
            return intake.incomplete("addresses");
        }
        let mut trouble = Trouble::default();
        let Some(address) = trouble.read("address", &self.public_ip) else {
            return intake.incomplete("addresses");
        };
        let id = self.allocation_id.given().unwrap_or(&self.public_ip);
        let address = PublicAddress {
            id: AddressId::new(id),
            address,
            place: place::place("", place::region_of(&self.network_border_group)),
            interface: self.network_interface_id.given().map(InterfaceId::new),
        };
        intake
            .stock
            .addresses
            .insert(&intake.source, address, trouble);
    }
}

fn add(
    intake: &mut Intake,
    id: &str,
    tags: &[Tag<'_>],
    network: Option<NetworkId>,
    kind: GatewayKind,
) {
    if id.is_empty() {
        return intake.incomplete("gateways");
    }
    let gateway = Gateway {
        id: GatewayId::new(SmolStr::new(id)),
        name: name(tags),
        network,
        kind,
    };
    intake
        .stock
        .gateways
        .insert(&intake.source, gateway, Trouble::default());
}

/// The network it is attached to, or is being attached to.
fn attached(attachments: &[RawAttachment<'_>]) -> Option<NetworkId> {
    let attached = |state: &str| matches!(state, "" | "available" | "attached" | "attaching");
    let mut networks: Vec<NetworkId> = attachments
        .iter()
        .filter(|attachment| attached(&attachment.state))
        .filter_map(|attachment| attachment.vpc_id.given().map(NetworkId::new))
        .collect();
    networks.sort();
    networks.into_iter().next()
}

/// Whether a state says that a thing is gone, going, or never came to be.
pub(super) fn is_gone(state: &str) -> bool {
    matches!(
        state,
        "deleted"
            | "deleting"
            | "failed"
            | "failing"
            | "rejected"
            | "rejecting"
            | "expired"
            | "rollingBack"
            | "delete-complete"
            | "delete-in-progress"
            | "Deleted"
            | "Deleting"
            | "Failed"
            | "Rejected"
            | "Expired"
    )
}
