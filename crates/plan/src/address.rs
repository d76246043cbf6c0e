//! The address plan: which IPv6 block goes where.
//!
//! A subnet's place in its network's block says what it is: the highest bits are its tier, the next
//! its zone, the lowest come from its place in the IPv4 block, bit-reversed so that neighbours stay
//! free for growth. It depends on the subnet alone, so that a plan made again, or made after subnets
//! were added, keeps every place; only a collision moves on to the next free one. `pair` in the intent
//! sets a place by hand.

mod pair;

use std::collections::BTreeMap;
use std::net::Ipv6Addr;

use serde::{Deserialize, Serialize};
use sixward_assess::{Span, Survey, Tier};
use sixward_estate::intent::BlockChoice;
use sixward_estate::{
    Block6, BlockSource, Code, Finding, Interface, Network, NetworkId, Severity, SmolStr, Subject,
    Subnet, SubnetId,
};
use sixward_net::Ipv6Net;
use sixward_net::scope::Scope;

use crate::symbol::Symbols;
use pair::Pairs;

/// The subnet's place is not hexadecimal, or does not fit the network's block.
const PAIR_INVALID: Code = Code::new("subnet/pair-invalid");
/// The subnet's place is another subnet's.
const PAIR_TAKEN: Code = Code::new("subnet/pair-taken");
/// The network's block has no place left.
const BLOCK_FULL: Code = Code::new("network/block-full");

/// The size of the block that AWS gives ("a fixed prefix length of /56").
const PROVIDER_LENGTH: u8 = 56;
const SUBNET_LENGTH: u8 = 64;

/// Which block goes where.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressPlan {
    /// By network.
    pub networks: BTreeMap<NetworkId, NetworkRow>,
    /// By subnet.
    pub subnets: BTreeMap<SubnetId, SubnetRow>,
}

/// A network's block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkRow {
    /// The block that its subnets get theirs from.
    pub block: Block6,
    /// The network has it already.
    pub existing: bool,
}

/// A subnet's block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubnetRow {
    /// Its network.
    pub network: NetworkId,
    /// What it is for.
    pub tier: Tier,
    /// The block.
    pub net: Ipv6Net,
    /// The subnet has it already.
    pub existing: bool,
}

impl AddressPlan {
    /// The plan for everything that is selected, the blocks that are not known yet, and what did not
    /// fit.
    pub fn new(survey: &Survey<'_>) -> (Self, Symbols, Vec<Finding>) {
        let wanted = survey
            .estate()
            .networks
            .iter()
            .filter(|n| survey.selection.network(&n.id));
        let wanted: Vec<_> = wanted.collect();
        let unknown = wanted
            .iter()
            .filter_map(|n| Some((&n.id, unknown_length(survey, n)?)));
        let symbols = Symbols::new(unknown);
        let mut plan = Self::default();
        let mut findings = Vec::new();
        for network in wanted {
            let row = network_row(survey, &symbols, network);
            plan.place_subnets(survey, network, row.block.net, &mut findings);
            plan.networks.insert(network.id.clone(), row);
        }
        (plan, symbols, findings)
    }

    /// The IPv6 block that a subnet has or gets.
    pub fn subnet(&self, id: &SubnetId) -> Option<Ipv6Net> {
        self.subnets.get(id).map(|row| row.net)
    }

    /// The address that an interface has or gets: its subnet's prefix with its IPv4 address in the
    /// lowest 32 bits.
    pub fn address(&self, interface: &Interface) -> Option<Ipv6Addr> {
        if let Some(address) = interface.addresses6.first() {
            return Some(*address);
        }
        let net = self.subnet(&interface.subnet)?;
        let v4 = interface.addresses4.first()?.address;
        Some(Ipv6Addr::from(
            u128::from(net.network()) | u128::from(u32::from(v4)),
        ))
    }

    /// The IPv6 prefixes of something known; none when it gets no IPv6.
    pub fn prefixes(&self, survey: &Survey<'_>, span: &Span) -> Vec<Ipv6Net> {
        let estate = survey.estate();
        match span {
            Span::Network(id) => {
                let existing = estate
                    .networks
                    .get(id)
                    .map(|network| network.blocks6.as_slice());
                let planned = self
                    .networks
                    .get(id)
                    .map(|row| std::slice::from_ref(&row.block));
                planned
                    .or(existing)
                    .unwrap_or_default()
                    .iter()
                    .map(|block| block.net)
                    .collect()
            }
            Span::Subnet(id) => {
                let existing = || estate.subnets.get(id).and_then(|subnet| subnet.block6);
                self.subnet(id).or_else(existing).into_iter().collect()
            }
            Span::Interface(id) => {
                let interface = estate.interfaces.get(id);
                let address = interface.and_then(|interface| self.address(interface));
                address.map(Ipv6Net::from).into_iter().collect()
            }
        }
    }

    fn place_subnets(
        &mut self,
        survey: &Survey<'_>,
        network: &Network,
        block: Ipv6Net,
        findings: &mut Vec<Finding>,
    ) {
        let mut places = Pairs::new(block);
        let all = survey.index.subnets_of_network(&network.id);
        for subnet in all {
            places.take_existing(subnet);
        }
        let mut wanted: Vec<_> = all
            .iter()
            .filter(|subnet| survey.selection.subnet(&subnet.id))
            .collect();
        // What is set by hand comes first, then the order of the IPv4 blocks.
        wanted.sort_by_key(|s| (pair(survey, s).is_none(), s.block4, s.id.clone()));
        let mut left_out = Vec::new();
        for subnet in wanted {
            let net = match (subnet.block6, pair(survey, subnet)) {
                (Some(net), _) => Some(net),
                (None, Some(digits)) => places.by_hand(subnet, digits, findings),
                (None, None) => {
                    let net = places.by_rule(network, subnet, &survey.selection);
                    left_out.extend(net.is_none().then_some(*subnet));
                    net
                }
            };
            let Some(net) = net else { continue };
            let row = SubnetRow {
                network: network.id.clone(),
                tier: survey.selection.tier(&subnet.id),
                net,
                existing: subnet.block6.is_some(),
            };
            self.subnets.insert(subnet.id.clone(), row);
        }
        if !left_out.is_empty() {
            findings.push(full(network, block, &left_out));
        }
    }
}

fn pair<'a>(survey: &Survey<'a>, subnet: &Subnet) -> Option<&'a SmolStr> {
    survey.intent.subnets.get(&subnet.id)?.pair.as_ref()
}

/// The length of the block that the provider will choose; none when the block is known.
fn unknown_length(survey: &Survey<'_>, network: &Network) -> Option<u8> {
    if network.has_v6() {
        return None;
    }
    match survey.intent.block_of(&network.id) {
        BlockChoice::Provider => Some(PROVIDER_LENGTH),
        BlockChoice::Ipam { length, .. } => Some(*length),
        BlockChoice::Pool { .. } => None,
    }
}

fn network_row(survey: &Survey<'_>, symbols: &Symbols, network: &Network) -> NetworkRow {
    let global = |block: &&Block6| Scope::of(block.net.network()) == Scope::Global;
    let existing = network
        .blocks6
        .iter()
        .find(global)
        .or(network.blocks6.first());
    if let Some(block) = existing {
        return NetworkRow {
            block: block.clone(),
            existing: true,
        };
    }
    let placeholder = symbols
        .of(&network.id)
        .map_or(sixward_net::symbol::SPACE, |s| s.placeholder);
    let special = survey.intent.networks.get(&network.id);
    let border_group = special
        .map(|special| special.border_group.clone())
        .unwrap_or_default();
    let block = match survey.intent.block_of(&network.id) {
        BlockChoice::Provider => Block6 {
            net: placeholder,
            source: BlockSource::Provider { border_group },
        },
        BlockChoice::Ipam { pool, .. } => Block6 {
            net: placeholder,
            source: BlockSource::Ipam(pool.clone()),
        },
        BlockChoice::Pool { pool, net } => Block6 {
            net: net.trunc(),
            source: BlockSource::Pool(pool.clone()),
        },
    };
    NetworkRow {
        block,
        existing: false,
    }
}

fn full(network: &Network, block: Ipv6Net, left_out: &[&Subnet]) -> Finding {
    let subject = Subject::new("network", network.id.as_str(), &network.name);
    let count = left_out.len();
    let message = format!(
        "a /{} has no place for {count} of its subnets",
        block.prefix_len()
    );
    let help = "take a larger block from a pool (`block` in the intent), or `skip` some subnets";
    let finding = Finding::new(Severity::Blocker, BLOCK_FULL, subject, message).help(help);
    left_out.iter().fold(finding, |finding, subnet| {
        finding.evidence(subnet.id.as_str())
    })
}
