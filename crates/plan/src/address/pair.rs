//! The places of one network's block, and which are free.
//!
//! A place is what stands between the block and bit 64: at a /56 a pair of hexadecimal digits, as the
//! AWS guide calls it.

use std::collections::BTreeSet;
use std::net::Ipv6Addr;

use sixward_assess::{Selection, Tier};
use sixward_estate::{Finding, Network, Severity, SmolStr, Subject, Subnet};
use sixward_net::{Ipv4Net, Ipv6Net};

use super::{PAIR_INVALID, PAIR_TAKEN, SUBNET_LENGTH};

/// The places of one network's block: which are free.
pub(super) struct Pairs {
    block: Ipv6Net,
    bits: u32,
    taken: BTreeSet<u32>,
}

impl Pairs {
    pub(super) fn new(block: Ipv6Net) -> Self {
        // Twenty bits are more than any provider gives a network (a /44).
        let bits = u32::from(SUBNET_LENGTH.saturating_sub(block.prefix_len())).min(20);
        Self {
            block,
            bits,
            taken: BTreeSet::new(),
        }
    }

    fn count(&self) -> u32 {
        1 << self.bits
    }

    fn net(&self, place: u32) -> Option<Ipv6Net> {
        let base = u128::from(self.block.network()) | u128::from(place) << 64;
        Ipv6Net::new(Ipv6Addr::from(base), SUBNET_LENGTH).ok()
    }

    pub(super) fn take_existing(&mut self, subnet: &Subnet) {
        let Some(net) = subnet.block6.filter(|net| self.block.contains(net)) else {
            return;
        };
        let first = (u128::from(net.network()) - u128::from(self.block.network())) >> 64;
        let count = 1_u128 << u32::from(SUBNET_LENGTH.saturating_sub(net.prefix_len())).min(20);
        let places = (first..first + count).filter_map(|place| u32::try_from(place).ok());
        self.taken.extend(places);
    }

    pub(super) fn by_hand(
        &mut self,
        subnet: &Subnet,
        digits: &SmolStr,
        findings: &mut Vec<Finding>,
    ) -> Option<Ipv6Net> {
        let subject = Subject::new("subnet", subnet.id.as_str(), &subnet.name);
        let place = u32::from_str_radix(digits, 16)
            .ok()
            .filter(|place| *place < self.count());
        let Some(place) = place else {
            let message = format!(
                "`pair = \"{digits}\"` is not a place in a /{}",
                self.block.prefix_len()
            );
            let width = (self.bits / 4).max(1);
            let help = format!("give {width} hexadecimal digits, or leave `pair` out");
            findings
                .push(Finding::new(Severity::Blocker, PAIR_INVALID, subject, message).help(help));
            return None;
        };
        if !self.taken.insert(place) {
            let message = format!("`pair = \"{digits}\"` is the place of another subnet");
            let help = "give another pair, or leave `pair` out";
            findings.push(Finding::new(Severity::Blocker, PAIR_TAKEN, subject, message).help(help));
            return None;
        }
        self.net(place)
    }

    pub(super) fn by_rule(
        &mut self,
        network: &Network,
        subnet: &Subnet,
        selection: &Selection,
    ) -> Option<Ipv6Net> {
        let group = self.group(selection.tier(&subnet.id), &subnet.zone);
        let first = ordinal(network, subnet);
        let slots = 1_u32 << self.slot_bits();
        let in_group =
            (0..slots).map(|step| group | reversed(first.wrapping_add(step), self.slot_bits()));
        let anywhere = (0..self.count()).rev();
        let place = in_group
            .chain(anywhere)
            .find(|place| !self.taken.contains(place))?;
        self.taken.insert(place);
        self.net(place)
    }

    /// The highest bits: two for the tier and, where there is room, three for the zone.
    fn group(&self, tier: Tier, zone: &str) -> u32 {
        let tier = match tier {
            Tier::Public => 0,
            Tier::Private => 1,
            Tier::Isolated => 2,
        };
        let zone = zone
            .bytes()
            .last()
            .filter(u8::is_ascii_lowercase)
            .map_or(0, |last| last - b'a');
        match self.bits {
            0..2 => 0,
            2..8 => tier << (self.bits - 2),
            bits => tier << (bits - 2) | u32::from(zone % 8) << (bits - 5),
        }
    }

    fn slot_bits(&self) -> u32 {
        match self.bits {
            bits @ 0..2 => bits,
            bits @ 2..8 => bits - 2,
            bits => bits - 5,
        }
    }
}

/// A subnet's number among those of its size in the network's IPv4 block.
fn ordinal(network: &Network, subnet: &Subnet) -> u32 {
    let around = |net: Ipv4Net| {
        network
            .blocks4
            .iter()
            .find(move |block| block.contains(&net))
            .copied()
    };
    let Some(net) = subnet.block4 else { return 0 };
    let base = around(net).map_or(0, |block| u32::from(block.network()));
    let distance = u32::from(net.network()).wrapping_sub(base);
    distance
        .checked_shr(32 - u32::from(net.prefix_len()))
        .unwrap_or(0)
}

/// The lowest `bits` bits of a number, back to front: 0 1 2 3 become 0 4 2 6 of 8.
fn reversed(number: u32, bits: u32) -> u32 {
    if bits == 0 {
        0
    } else {
        number.reverse_bits() >> (32 - bits)
    }
}
