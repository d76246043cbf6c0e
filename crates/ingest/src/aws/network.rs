//! VPCs, and the region's lock on public access (VPC Block Public Access).

use std::collections::BTreeMap;

use serde::Deserialize;
use sixward_estate::{
    Block6, BlockSource, Network, NetworkId, Place, PublicAccess, PublicAccessMode, SmolStr,
    SubnetId,
};
use sixward_net::Ipv4Net;

use super::file::Raw;
use super::merge::Trouble;
use super::place::{self, arn};
use super::stock::Intake;
use super::value::{List, State, Tag, Text, name};
use crate::subject::found;

/// A VPC as the API describes it.
#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a VPC",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawVpc<'a> {
    vpc_id: Text<'a>,
    owner_id: Text<'a>,
    region: Text<'a>,
    cidr_block: Text<'a>,
    cidr_block_association_set: List<RawBlock<'a>>,
    ipv6_cidr_block_association_set: List<RawBlock<'a>>,
    tags: List<Tag<'a>>,
}

/// A block of a VPC or a subnet, and whether it is in use.
#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a block",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawBlock<'a> {
    cidr_block: Text<'a>,
    ipv6_cidr_block: Text<'a>,
    cidr_block_state: State<'a>,
    ipv6_cidr_block_state: State<'a>,
    ipv6_pool: Text<'a>,
    network_border_group: Text<'a>,
    ip_source: Text<'a>,
}

/// Whether something is associated, or about to be. What says nothing was listed because it is.
pub(super) fn is_associated(state: &str) -> bool {
    matches!(state, "" | "associated" | "associating")
}

impl<'de> Raw<'de> for RawVpc<'de> {
    fn take(self, intake: &mut Intake) {
        // Other commands list VPCs too, without their blocks.
        if self.vpc_id.is_empty() || self.cidr_block.is_empty() {
            return intake.incomplete("networks");
        }
        let mut trouble = Trouble::default();
        let network = Network {
            id: NetworkId::new(self.vpc_id.small()),
            name: name(&self.tags),
            place: place::place(&*self.owner_id, &*self.region),
            blocks4: self.blocks4(&mut trouble),
            blocks6: self.blocks6(&mut trouble),
        };
        intake
            .stock
            .networks
            .insert(&intake.source, network, trouble);
    }
}

impl RawVpc<'_> {
    /// The primary block first, the others sorted.
    fn blocks4(&self, trouble: &mut Trouble) -> Vec<Ipv4Net> {
        let primary = trouble.net4("block", &self.cidr_block);
        let others = self.cidr_block_association_set.iter();
        let used = others.filter(|block| is_associated(&block.cidr_block_state));
        let mut others: Vec<Ipv4Net> = used
            .filter_map(|block| trouble.net4("block", &block.cidr_block))
            .collect();
        others.retain(|block| Some(*block) != primary);
        others.sort();
        others.dedup();
        primary.into_iter().chain(others).collect()
    }

    fn blocks6(&self, trouble: &mut Trouble) -> Vec<Block6> {
        let blocks = self.ipv6_cidr_block_association_set.iter();
        let used = blocks.filter(|block| is_associated(&block.ipv6_cidr_block_state));
        let mut blocks: Vec<Block6> = used
            .filter_map(|block| {
                let net = trouble.net6("block", &block.ipv6_cidr_block)?;
                Some(Block6 {
                    net,
                    source: block.source(),
                })
            })
            .collect();
        blocks.sort();
        blocks.dedup();
        blocks
    }
}

impl RawBlock<'_> {
    /// The IPv6 block of a subnet, when it is in use.
    pub(super) fn used6(&self) -> Option<&str> {
        let used = is_associated(&self.ipv6_cidr_block_state);
        used.then(|| self.ipv6_cidr_block.given()).flatten()
    }

    fn source(&self) -> BlockSource {
        match &*self.ipv6_pool {
            "" | "Amazon" if matches!(&*self.ip_source, "" | "amazon") => {
                let group = &*self.network_border_group;
                let own = place::is_region(group);
                let border_group = if own {
                    SmolStr::default()
                } else {
                    SmolStr::new(group)
                };
                BlockSource::Provider { border_group }
            }
            pool if pool.starts_with("ipv6pool-") => BlockSource::Pool(SmolStr::new(pool)),
            // The description of a VPC does not say which of the manager's pools it is.
            pool => BlockSource::Ipam(SmolStr::new(pool)),
        }
    }
}

/// The lock on public access of one region.
#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "options",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawLock<'a> {
    aws_account_id: Text<'a>,
    aws_region: Text<'a>,
    internet_gateway_block_mode: Text<'a>,
}

/// A lock, by its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lock {
    id: SmolStr,
    pub(super) place: Place,
    pub(super) mode: PublicAccessMode,
}

impl RawLock<'_> {
    pub(super) fn take(self, intake: &mut Intake) {
        let mut trouble = Trouble::default();
        let mut place = place::place(&*self.aws_account_id, &*self.aws_region);
        intake.source.hint.fill(&mut place);
        let mode = match &*self.internet_gateway_block_mode {
            "off" | "" => PublicAccessMode::Off,
            "block-ingress" => PublicAccessMode::BlockIngress,
            "block-bidirectional" => PublicAccessMode::BlockBidirectional,
            other => {
                trouble.add(format!("its mode `{other}` is not known"));
                PublicAccessMode::Off
            }
        };
        let lock = Lock {
            id: SmolStr::new(place.to_string()),
            place,
            mode,
        };
        intake.stock.locks.insert(&intake.source, lock, trouble);
    }
}

/// What a lock on public access leaves out.
#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "an exclusion",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawExclusion<'a> {
    exclusion_id: Text<'a>,
    internet_gateway_exclusion_mode: Text<'a>,
    resource_arn: Text<'a>,
    state: Text<'a>,
}

/// An exclusion from a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Exclusion {
    id: SmolStr,
    place: Place,
    /// `vpc/vpc-1` or `subnet/subnet-1`.
    resource: SmolStr,
    /// What still is blocked.
    mode: PublicAccessMode,
}

impl<'de> Raw<'de> for RawExclusion<'de> {
    fn take(self, intake: &mut Intake) {
        if matches!(
            &*self.state,
            "delete-complete" | "delete-in-progress" | "create-failed" | "disable-complete"
        ) {
            return;
        }
        let Some(target) = arn(&self.resource_arn) else {
            return intake.incomplete("exclusions");
        };
        let mut trouble = Trouble::default();
        let mode = match &*self.internet_gateway_exclusion_mode {
            "allow-bidirectional" => PublicAccessMode::Off,
            "allow-egress" => PublicAccessMode::BlockIngress,
            other => {
                trouble.add(format!("its mode `{other}` is not known"));
                PublicAccessMode::BlockBidirectional
            }
        };
        let exclusion = Exclusion {
            id: self.exclusion_id.small(),
            place: place::place(target.account, target.region),
            resource: SmolStr::new(target.resource),
            mode,
        };
        intake
            .stock
            .exclusions
            .insert(&intake.source, exclusion, trouble);
    }
}

found! { Lock { id } as "public-access" Exclusion { id } as "public-access-exclusion" }

/// Puts the exclusions into the locks of their places.
pub(super) fn locks(locks: Vec<Lock>, exclusions: &[Exclusion]) -> Vec<PublicAccess> {
    let mut by_place: BTreeMap<Place, PublicAccess> = BTreeMap::new();
    for Lock { place, mode, .. } in locks {
        let lock = PublicAccess {
            place: place.clone(),
            mode,
            excluded_networks: Vec::new(),
            excluded_subnets: Vec::new(),
        };
        by_place.insert(place, lock);
    }
    for exclusion in exclusions {
        let same =
            |place: &Place| place.region.is_empty() || place.region == exclusion.place.region;
        for lock in by_place.values_mut().filter(|lock| same(&lock.place)) {
            match exclusion.resource.split_once('/') {
                Some(("vpc", id)) => lock
                    .excluded_networks
                    .push((NetworkId::new(id), exclusion.mode)),
                Some(("subnet", id)) => lock
                    .excluded_subnets
                    .push((SubnetId::new(id), exclusion.mode)),
                _ => {}
            }
        }
    }
    let sorted = by_place.into_values().map(|mut lock| {
        lock.excluded_networks.sort();
        lock.excluded_subnets.sort();
        lock
    });
    sorted.collect()
}
