//! Network interfaces, those of instances and those of managed services alike.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr};

use serde::Deserialize;
use sixward_estate::{
    FirewallId, HostId, Interface, InterfaceId, InterfaceOwner, NetworkId, Private4, SmolStr,
    SubnetId,
};
use sixward_net::Ipv6Net;

use super::file::Raw;
use super::merge::Trouble;
use super::stock::{Intake, Stock};
use super::value::{List, Maybe, Number, Text};
use crate::report::Report;
use crate::subject::found;

/// A network interface as the API describes it, alone or within an instance.
#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a network interface",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawInterface<'a> {
    network_interface_id: Text<'a>,
    vpc_id: Text<'a>,
    subnet_id: Text<'a>,
    description: Text<'a>,
    interface_type: Text<'a>,
    requester_id: Text<'a>,
    attachment: Maybe<RawAttachment<'a>>,
    groups: List<RawGroup<'a>>,
    private_ip_address: Text<'a>,
    private_ip_addresses: List<RawAddress<'a>>,
    association: Maybe<RawAssociation<'a>>,
    ipv6_addresses: List<RawIpv6<'a>>,
    ipv6_prefixes: List<RawPrefix<'a>>,
    ipv4_prefixes: List<RawPrefix<'a>>,
    source_dest_check: Option<bool>,
}

/// A network interface of a listing of interfaces.
#[derive(Debug, Deserialize)]
#[serde(transparent, bound(deserialize = "'de: 'a"))]
pub(super) struct RawListed<'a>(RawInterface<'a>);

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "an attachment",
    bound(deserialize = "'de: 'a")
)]
struct RawAttachment<'a> {
    instance_id: Text<'a>,
    instance_owner_id: Text<'a>,
    device_index: Number,
    status: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a group",
    bound(deserialize = "'de: 'a")
)]
struct RawGroup<'a> {
    group_id: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "an address",
    bound(deserialize = "'de: 'a")
)]
struct RawAddress<'a> {
    primary: Option<bool>,
    private_ip_address: Text<'a>,
    association: Maybe<RawAssociation<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "an association",
    bound(deserialize = "'de: 'a")
)]
struct RawAssociation<'a> {
    public_ip: Text<'a>,
    carrier_ip: Text<'a>,
    ip_owner_id: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "an address",
    bound(deserialize = "'de: 'a")
)]
struct RawIpv6<'a> {
    ipv6_address: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a prefix",
    bound(deserialize = "'de: 'a")
)]
struct RawPrefix<'a> {
    ipv4_prefix: Text<'a>,
    ipv6_prefix: Text<'a>,
}

/// An interface, and the words that say whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FoundInterface {
    pub(super) interface: Interface,
    /// The host it is attached to, when it is attached to one.
    pub(super) host: Option<HostId>,
    /// What the provider says of an interface of its own; empty on others.
    pub(super) words: SmolStr,
}

found! { FoundInterface { interface: Interface } }

impl<'de> Raw<'de> for RawListed<'de> {
    fn take(self, intake: &mut Intake) {
        if let Some((found, trouble)) = self.0.found(None, intake) {
            intake
                .stock
                .interfaces
                .insert(&intake.source, found, trouble);
        }
    }
}

impl RawInterface<'_> {
    /// Takes an interface that an instance shows.
    pub(super) fn take_of_host(self, host: &HostId, intake: &mut Intake) {
        if let Some((found, trouble)) = self.found(Some(host), intake) {
            intake
                .stock
                .host_interfaces
                .insert(&intake.source, found, trouble);
        }
    }

    fn found(
        self,
        host: Option<&HostId>,
        intake: &mut Intake,
    ) -> Option<(FoundInterface, Trouble)> {
        if self.network_interface_id.is_empty()
            || self.vpc_id.is_empty()
            || self.subnet_id.is_empty()
        {
            intake.incomplete("network interfaces");
            return None;
        }
        let mut trouble = Trouble::default();
        let host = host
            .cloned()
            .or_else(|| self.attachment.instance_id.given().map(HostId::new));
        let mut firewalls: Vec<FirewallId> = self
            .groups
            .iter()
            .filter_map(|group| group.group_id.given().map(FirewallId::new))
            .collect();
        firewalls.sort();
        firewalls.dedup();
        let words = if host.is_none() {
            self.words()
        } else {
            SmolStr::default()
        };
        let interface = Interface {
            id: InterfaceId::new(self.network_interface_id.small()),
            network: NetworkId::new(self.vpc_id.small()),
            subnet: SubnetId::new(self.subnet_id.small()),
            owner: InterfaceOwner::Nobody,
            primary: host.is_some() && self.attachment.device_index.0 == Some(0),
            addresses4: self.addresses4(&mut trouble),
            addresses6: self.addresses6(&mut trouble),
            prefixes6: self.prefixes(&mut trouble),
            firewalls,
            own_addresses_only: self.source_dest_check != Some(false),
            tunnel: None,
        };
        Some((
            FoundInterface {
                interface,
                host,
                words,
            },
            trouble,
        ))
    }

    /// Empty when it is attached to nothing.
    fn words(&self) -> SmolStr {
        let attachment = &self.attachment;
        let detached = attachment.instance_owner_id.is_empty() && attachment.status.is_empty()
            || &*attachment.status == "detached";
        let requested =
            !self.requester_id.is_empty() || !matches!(&*self.interface_type, "" | "interface");
        if detached && !requested {
            return SmolStr::default();
        }
        let words = [
            &self.description,
            &self.interface_type,
            &attachment.instance_owner_id,
        ];
        let words = words.into_iter().find_map(|words| words.given());
        SmolStr::new(words.unwrap_or("a managed service"))
    }

    /// The primary address first, the others sorted.
    fn addresses4(&self, trouble: &mut Trouble) -> Vec<Private4> {
        if self.private_ip_addresses.is_empty() {
            let only = private(&self.private_ip_address, &self.association, trouble);
            return only.into_iter().collect();
        }
        let addresses = self.private_ip_addresses.iter();
        let mut addresses: Vec<(bool, Private4)> = addresses
            .filter_map(|raw| {
                let address = private(&raw.private_ip_address, &raw.association, trouble)?;
                Some((raw.primary != Some(true), address))
            })
            .collect();
        addresses.sort();
        addresses.dedup();
        addresses.into_iter().map(|(_, address)| address).collect()
    }

    fn addresses6(&self, trouble: &mut Trouble) -> Vec<Ipv6Addr> {
        let addresses = self.ipv6_addresses.iter();
        let mut addresses: Vec<Ipv6Addr> = addresses
            .filter_map(|raw| trouble.read("address", &raw.ipv6_address))
            .collect();
        addresses.sort();
        addresses.dedup();
        addresses
    }

    fn prefixes(&self, trouble: &mut Trouble) -> Vec<Ipv6Net> {
        for raw in self.ipv4_prefixes.iter() {
            trouble.unmodelled(format!(
                "its IPv4 prefix `{}` is not modelled",
                &*raw.ipv4_prefix
            ));
        }
        let prefixes = self.ipv6_prefixes.iter();
        let mut prefixes: Vec<Ipv6Net> = prefixes
            .filter_map(|raw| trouble.net6("prefix", &raw.ipv6_prefix))
            .collect();
        prefixes.sort();
        prefixes.dedup();
        prefixes
    }
}

fn private(
    address: &str,
    association: &RawAssociation<'_>,
    trouble: &mut Trouble,
) -> Option<Private4> {
    if let Some(carrier) = association.carrier_ip.given() {
        trouble.unmodelled(format!("its carrier address `{carrier}` is not modelled"));
    }
    let owner = &*association.ip_owner_id;
    let public: Option<Ipv4Addr> = trouble.read("public address", &association.public_ip);
    Some(Private4 {
        address: trouble.read("address", address)?,
        public,
        // `amazon`, and `amazon-elb` for what a load balancer is lent.
        held: public.is_some() && !owner.is_empty() && !owner.starts_with("amazon"),
    })
}

/// All interfaces; those of hosts where the listing of interfaces has them not.
pub(super) fn settle(stock: &mut Stock, report: &mut Report) -> Vec<FoundInterface> {
    let mut all = std::mem::take(&mut stock.interfaces);
    all.complete(std::mem::take(&mut stock.host_interfaces));
    all.settle(report, |_, _| {})
}

/// Marks addresses that the owner holds by the listing of held addresses.
pub(super) fn hold(interface: &mut Interface, held: &BTreeSet<Ipv4Addr>) {
    for address in &mut interface.addresses4 {
        if address.public.is_some_and(|public| held.contains(&public)) {
            address.held = true;
        }
    }
}
