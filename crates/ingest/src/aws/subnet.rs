//! Subnets.

use serde::Deserialize;
use sixward_estate::{NetworkId, Subnet, SubnetId};

use super::file::Raw;
use super::merge::Trouble;
use super::network::RawBlock;
use super::stock::Intake;
use super::value::{List, Tag, Text, name};

/// A subnet as the API describes it.
#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a subnet",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawSubnet<'a> {
    subnet_id: Text<'a>,
    vpc_id: Text<'a>,
    availability_zone: Text<'a>,
    cidr_block: Text<'a>,
    ipv6_cidr_block_association_set: List<RawBlock<'a>>,
    map_public_ip_on_launch: Option<bool>,
    assign_ipv6_address_on_creation: Option<bool>,
    #[serde(rename = "EnableDns64")]
    enable_dns64: Option<bool>,
    ipv6_native: Option<bool>,
    tags: List<Tag<'a>>,
}

impl<'de> Raw<'de> for RawSubnet<'de> {
    fn take(self, intake: &mut Intake) {
        if self.subnet_id.is_empty() || self.vpc_id.is_empty() {
            return intake.incomplete("subnets");
        }
        let mut trouble = Trouble::default();
        let blocks = self.ipv6_cidr_block_association_set.iter();
        let mut blocks6: Vec<_> = blocks
            .filter_map(|block| trouble.net6("block", block.used6()?))
            .collect();
        blocks6.sort();
        if blocks6.len() > 1 {
            trouble.add("it has more than one IPv6 block");
        }
        let subnet = Subnet {
            id: SubnetId::new(self.subnet_id.small()),
            name: name(&self.tags),
            network: NetworkId::new(self.vpc_id.small()),
            zone: self.availability_zone.small(),
            block4: trouble.net4("block", &self.cidr_block),
            block6: blocks6.first().copied(),
            // Route tables and network ACLs say which subnets they hold for.
            route_table: None,
            firewall: None,
            public4_on_create: self.map_public_ip_on_launch == Some(true),
            assign6_on_create: self.assign_ipv6_address_on_creation == Some(true),
            dns64: self.enable_dns64 == Some(true),
            v6_only: self.ipv6_native == Some(true),
        };
        intake.stock.subnets.insert(&intake.source, subnet, trouble);
    }
}
