//! What a file is: decided by the keys of its top level, whatever the file is called.
//!
//! One streaming pass: every element of a known list becomes items as it is read, unknown values are
//! skipped. A file may hold several documents, as pages that were appended to it do.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use sixward_estate::SmolStr;

use super::stock::Intake;
use super::value::{List, Text};
use super::{
    balancer, endpoint, firewall, gateway, host, interface, link, network, page, prefix_list,
    route, service, subnet, transit, unmodelled,
};

/// What is known of a file beside its items.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// Keys that were read.
    pub(super) known: BTreeSet<&'static str>,
    /// Keys that were not.
    pub(super) unknown: BTreeSet<SmolStr>,
    /// It has a document.
    pub(super) content: bool,
    /// It is a list without the name that says of what: `--query` prints such.
    pub(super) bare: bool,
    /// Its listing goes on elsewhere.
    pub(super) continues: bool,
    /// Items that lack what they need to be one, by noun.
    pub(super) incomplete: BTreeMap<&'static str, usize>,
}

impl Facts {
    /// Adds what is known of what comes after this in the same file.
    pub(super) fn join(&mut self, next: Self) {
        self.known.extend(next.known);
        self.unknown.extend(next.unknown);
        self.content |= next.content;
        self.bare |= next.bare;
        // The last document of a file says whether its listing goes on.
        self.continues = next.continues;
        for (what, count) in next.incomplete {
            *self.incomplete.entry(what).or_default() += count;
        }
    }
}

/// An element of a listing.
pub(super) trait Raw<'de>: Deserialize<'de> {
    /// Turns it into items.
    fn take(self, intake: &mut Intake);

    /// Notes that there is such a listing, though it may be empty.
    fn open(_intake: &mut Intake) {}
}

/// Reads one document.
pub(super) struct Document<'i>(pub(super) &'i mut Intake);

impl<'de> DeserializeSeed<'de> for Document<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.0.facts.content = true;
        self.0.facts.continues = false;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Document<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Text<'de>>()? {
            if let Some(known) = read_key(self.0, &key, &mut map)? {
                self.0.facts.known.insert(known);
            } else {
                self.0.facts.unknown.insert(key.small());
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        if let Some(first) = list.next_element::<serde_json::Value>()? {
            let item = first.as_object();
            self.0.facts.bare |=
                item.is_some_and(|item| item.keys().any(|key| key.ends_with("Id")));
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }
}

/// Reads a listing element by element, and says whether it was one.
struct Elements<'i, R> {
    intake: &'i mut Intake,
    /// Whatever is no list is somebody else's.
    lenient: bool,
    raw: PhantomData<R>,
}

impl<'de, R: Raw<'de>> DeserializeSeed<'de> for Elements<'_, R> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, R: Raw<'de>> Visitor<'de> for Elements<'_, R> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<bool, A::Error> {
        R::open(self.intake);
        while let Some(raw) = list.next_element::<R>()? {
            raw.take(self.intake);
        }
        Ok(true)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        if !self.lenient {
            return Err(A::Error::invalid_type(serde::de::Unexpected::Map, &self));
        }
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(false)
    }

    fn visit_unit<E: Error>(self) -> Result<bool, E> {
        Ok(true)
    }
}

/// Words that stand for many things: only a list is taken for what `aws` prints.
const COMMON: [&str; 8] = [
    "Rules",
    "Routes",
    "Associations",
    "Entries",
    "Listeners",
    "Functions",
    "Clusters",
    "Images",
];

fn list<'de, R: Raw<'de>, A: MapAccess<'de>>(
    intake: &mut Intake,
    map: &mut A,
    key: &'static str,
) -> Result<Option<&'static str>, A::Error> {
    let lenient = COMMON.contains(&key) || key.starts_with(|letter: char| letter.is_lowercase());
    let read = map.next_value_seed(Elements::<R> {
        intake,
        lenient,
        raw: PhantomData,
    })?;
    Ok(read.then_some(key))
}

/// One arm for each key: its name and what its elements are.
macro_rules! keys {
    ($key:ident, $intake:ident, $map:ident: $($name:literal $(| $lower:literal)? => $raw:ty,)*) => {
        match $key {
            $($name => list::<$raw, A>($intake, $map, $name),
            $($lower => list::<$raw, A>($intake, $map, $lower),)?)*
            _ => read_other_key($intake, $key, $map),
        }
    };
}

/// Reads the value of a key, and says the key's name when it is known.
fn read_key<'de, A: MapAccess<'de>>(
    intake: &mut Intake,
    key: &str,
    map: &mut A,
) -> Result<Option<&'static str>, A::Error> {
    keys! { key, intake, map:
        "Vpcs" | "vpcs" => network::RawVpc<'de>,
        "VpcBlockPublicAccessExclusions" => network::RawExclusion<'de>,
        "Subnets" | "subnets" => subnet::RawSubnet<'de>,
        "RouteTables" | "route_tables" => route::RawRouteTable<'de>,
        "InternetGateways" | "internet_gateways" => gateway::RawInternetGateway<'de>,
        "EgressOnlyInternetGateways" => gateway::RawEgressOnlyGateway<'de>,
        "NatGateways" | "nat_gateways" => gateway::RawNatGateway<'de>,
        "VpnGateways" => gateway::RawVpnGateway<'de>,
        "Addresses" => gateway::RawAddress<'de>,
        "VpnConnections" => link::RawVpnConnection<'de>,
        "VpcPeeringConnections" => link::RawPeering<'de>,
        "TransitGateways" => transit::RawTransit<'de>,
        "TransitGatewayAttachments" => transit::RawAttachment<'de>,
        "TransitGatewayVpcAttachments" => transit::RawNetworkAttachment<'de>,
        "TransitGatewayRouteTables" => transit::RawTable<'de>,
        "Routes" => transit::RawRoute<'de>,
        "Associations" => transit::RawAssociation<'de>,
        "TransitGatewayRouteTablePropagations" => transit::RawPropagation<'de>,
        "TransitGatewayStaticRoutes" => transit::RawStaticRoutes<'de>,
        "TransitGatewayPropagations" => transit::RawPropagations<'de>,
        "VpcEndpoints" => endpoint::RawEndpoint<'de>,
        "SecurityGroups" | "security_groups" => firewall::RawGroup<'de>,
        "NetworkAcls" | "network_acls" => firewall::RawAcl<'de>,
        "PrefixLists" => prefix_list::RawPrefixList<'de>,
        "ManagedPrefixLists" => prefix_list::RawPrefixList<'de>,
        "Entries" => prefix_list::RawEntry<'de>,
        "NetworkInterfaces" => interface::RawListed<'de>,
        "Reservations" => host::RawReservation<'de>,
        "instances" => host::RawInstance<'de>,
        "InstanceTypes" => host::RawMachineType<'de>,
        "Images" => host::RawImage<'de>,
        "AutoScalingGroups" => host::RawScalingGroup<'de>,
        "LoadBalancers" => balancer::RawBalancer<'de>,
        "LoadBalancerDescriptions" => balancer::RawClassic<'de>,
        "Listeners" => balancer::RawListener<'de>,
        "LoadBalancerListeners" => balancer::RawListeners<'de>,
        "Rules" => balancer::RawForward<'de>,
        "TargetGroups" => balancer::RawGroup<'de>,
        "TargetHealthDescriptions" => balancer::RawTarget<'de>,
        "LoadBalancerTargetHealth" => balancer::RawTargets<'de>,
        "DBInstances" => service::RawDatabase<'de>,
        "DBClusters" => service::RawDatabaseCluster<'de>,
        "DBSubnetGroups" => service::RawSubnetGroup<'de>,
        "CacheClusters" => service::RawCache<'de>,
        "CacheSubnetGroups" => service::RawSubnetGroup<'de>,
        "ReplicationGroups" => service::RawReplication<'de>,
        "Functions" => service::RawFunction<'de>,
        "Clusters" => service::RawWarehouse<'de>,
        "ClusterSubnetGroups" => service::RawSubnetGroup<'de>,
        "DomainStatusList" => service::RawDomain<'de>,
        "AvailabilityZones" => Zone<'de>,
    }
}

/// Keys whose value is no listing of items, and keys of what is not modelled.
fn read_other_key<'de, A: MapAccess<'de>>(
    intake: &mut Intake,
    key: &str,
    map: &mut A,
) -> Result<Option<&'static str>, A::Error> {
    if let Some(kind) = unmodelled::kind(key) {
        map.next_value_seed(unmodelled::Resources { intake, kind })?;
        return Ok(Some(kind.key));
    }
    match key {
        "VpcBlockPublicAccessOptions" => {
            if let Some(raw) = map.next_value::<Option<network::RawLock<'de>>>()? {
                raw.take(intake);
            }
            Ok(Some("VpcBlockPublicAccessOptions"))
        }
        "Account" => {
            let account = map.next_value::<Text<'de>>()?;
            intake
                .stock
                .named
                .accounts
                .extend(account.given().map(SmolStr::new));
            Ok(Some("Account"))
        }
        _ => page::read_key(intake, key, map),
    }
}

/// A zone, for its region.
#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a zone",
    bound(deserialize = "'de: 'a")
)]
struct Zone<'a> {
    region_name: Text<'a>,
}

impl<'de> Raw<'de> for Zone<'de> {
    fn take(self, intake: &mut Intake) {
        intake
            .stock
            .named
            .regions
            .extend(self.region_name.given().map(SmolStr::new));
    }
}

/// Reads the ids of a list of objects that hold one each.
pub(super) fn ids<T, R>(list: List<R>, id: impl Fn(&R) -> Option<T>) -> Vec<T> {
    list.into_iter().filter_map(|item| id(&item)).collect()
}
