//! Network things of AWS that the estate has no noun for. They are gaps, never silence.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use sixward_estate::{Finding, Severity, SmolStr, Subject};

use super::gateway::is_gone;
use super::stock::Intake;
use super::value::{State, Text};
use crate::code;
use crate::report::Report;

/// A kind of resource: the key of its listing, the field that holds its id, what it is.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) key: &'static str,
    id: &'static str,
    noun: &'static str,
    what: &'static str,
}

/// One resource that is there.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Unmodelled {
    noun: SmolStr,
    id: SmolStr,
    what: SmolStr,
}

macro_rules! kinds {
    ($($key:literal $id:literal $noun:literal $what:literal;)*) => {
        &[$(Kind { key: $key, id: $id, noun: $noun, what: $what },)*]
    };
}

const KINDS: &[Kind] = kinds! {
    "CarrierGateways" "CarrierGatewayId" "gateway" "a carrier gateway";
    "LocalGateways" "LocalGatewayId" "gateway" "a local gateway";
    "LocalGatewayRouteTables" "LocalGatewayRouteTableId" "route-table" "a local gateway's route table";
    "LocalGatewayVirtualInterfaceGroups" "LocalGatewayVirtualInterfaceGroupId" "link" "a local gateway's interface group";
    "LocalGatewayRouteTableVpcAssociations" "LocalGatewayRouteTableVpcAssociationId" "link" "a local gateway's association";
    "ClientVpnEndpoints" "ClientVpnEndpointId" "gateway" "a client VPN endpoint";
    "ClientVpnTargetNetworks" "AssociationId" "link" "a client VPN association";
    "TransitGatewayPeeringAttachments" "TransitGatewayAttachmentId" "link" "a peering of transit gateways";
    "TransitGatewayConnects" "TransitGatewayAttachmentId" "link" "a transit gateway's Connect attachment";
    "TransitGatewayConnectPeers" "TransitGatewayConnectPeerId" "link" "a transit gateway's Connect peer";
    "TransitGatewayMulticastDomains" "TransitGatewayMulticastDomainId" "transit" "a multicast domain";
    "TransitGatewayPolicyTables" "TransitGatewayPolicyTableId" "transit-table" "a transit gateway's policy table";
    "TransitGatewayPrefixListReferences" "PrefixListId" "transit-table" "a transit gateway's prefix list";
    "VerifiedAccessInstances" "VerifiedAccessInstanceId" "gateway" "a Verified Access instance";
    "VerifiedAccessEndpoints" "VerifiedAccessEndpointId" "endpoint" "a Verified Access endpoint";
    "InstanceConnectEndpoints" "InstanceConnectEndpointId" "endpoint" "an instance connect endpoint";
    "ServiceConfigurations" "ServiceId" "endpoint" "an endpoint service of this account";
    "VpcEncryptionControls" "VpcEncryptionControlId" "network" "an encryption control";
    "RouteServers" "RouteServerId" "gateway" "a route server";
    "Firewalls" "FirewallArn" "firewall" "a network firewall";
    "CoreNetworks" "CoreNetworkId" "transit" "a core network";
    "GlobalNetworks" "GlobalNetworkId" "transit" "a global network";
    "Accelerators" "AcceleratorArn" "balancer" "a global accelerator";
    "TrafficMirrorSessions" "TrafficMirrorSessionId" "link" "a traffic mirror session";
    "SecurityGroupVpcAssociations" "GroupId" "firewall" "a security group in another VPC";
    "directConnectGateways" "directConnectGatewayId" "gateway" "a Direct Connect gateway";
    "virtualInterfaces" "virtualInterfaceId" "link" "a Direct Connect interface";
    "connections" "connectionId" "link" "a Direct Connect connection";
};

/// The kind that a key lists.
pub(super) fn kind(key: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.key == key)
}

impl Unmodelled {
    pub(super) fn new(noun: &'static str, id: &str, what: impl AsRef<str>) -> Self {
        Self {
            noun: SmolStr::new_static(noun),
            id: SmolStr::new(id),
            what: SmolStr::new(what),
        }
    }

    /// Makes it a gap and says so.
    pub(super) fn tell(&self, report: &mut Report) {
        let name = SmolStr::default();
        let subject = Subject {
            noun: self.noun.clone(),
            id: self.id.clone(),
            name,
        };
        let text = format!("{} is not modelled", self.what);
        report.gap(subject.clone(), &text);
        let finding = Finding::new(Severity::Warning, code::NOT_MODELLED, subject, text)
            .help("nothing is proved about flows through it; look at them yourself");
        report.add("are not modelled", finding);
    }
}

/// Reads a listing of one kind, or one resource of it.
pub(super) struct Resources<'i> {
    pub(super) intake: &'i mut Intake,
    pub(super) kind: &'static Kind,
}

impl<'de> DeserializeSeed<'de> for Resources<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Resources<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Self { intake, kind } = self;
        while list
            .next_element_seed(Resources {
                intake: &mut *intake,
                kind,
            })?
            .is_some()
        {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let (mut id, mut gone) = (SmolStr::default(), false);
        while let Some(key) = map.next_key::<Text<'de>>()? {
            if *key == *self.kind.id {
                id = map.next_value::<Text<'de>>()?.small();
            } else if &*key == "State" {
                gone = is_gone(&map.next_value::<State<'de>>()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        if !gone {
            let found = Unmodelled::new(self.kind.noun, &id, self.kind.what);
            self.intake.stock.unmodelled.insert(found);
        }
        Ok(())
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        Ok(())
    }
}
