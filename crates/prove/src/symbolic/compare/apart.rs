//! A box from out of the estate by who it comes from: what is accepted of one prefix is not of its neighbour.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv6Addr};

use sixward_net::Ipv6Net;

use super::Excess;

impl Excess {
    /// The box in parts, each of which lies within a prefix or beside it.
    pub(crate) fn apart(self, nets: &BTreeSet<Ipv6Net>) -> Vec<Self> {
        let Some(ranges) = self.from.hosts() else {
            return vec![self];
        };
        // The first addresses of parts.
        let mut cuts: BTreeSet<u128> = BTreeSet::new();
        for net in nets {
            cuts.insert(net.network().to_bits());
            cuts.extend(net.broadcast().to_bits().checked_add(1));
        }
        let mut parts: Vec<Vec<(IpAddr, IpAddr)>> = Vec::new();
        let mut rest = Vec::new();
        for (first, last) in ranges {
            let (IpAddr::V6(low), IpAddr::V6(high)) = (first, last) else {
                rest.push((*first, *last));
                continue;
            };
            let (mut low, high) = (low.to_bits(), high.to_bits());
            let inner: Vec<_> = cuts.range(low..=high).copied().collect();
            if inner.iter().all(|cut| *cut == low) && !is_in(low, nets) {
                rest.push((*first, *last));
                continue;
            }
            for cut in inner
                .into_iter()
                .filter(|cut| *cut != low)
                .collect::<Vec<_>>()
            {
                parts.push(vec![range(low, cut - 1)]);
                low = cut;
            }
            parts.push(vec![range(low, high)]);
        }
        if !rest.is_empty() {
            parts.insert(0, rest);
        }
        if parts.len() == 1 {
            return vec![self];
        }
        let parts = parts.into_iter();
        parts.map(|ranges| self.beginning_in(ranges)).collect()
    }

    /// Whether all of it comes from a prefix.
    pub(crate) fn comes_from(&self, net: Ipv6Net) -> bool {
        let Some(ranges) = self.from.hosts() else {
            return false;
        };
        let inside = |address: &IpAddr| match address {
            IpAddr::V6(address) => net.contains(address),
            IpAddr::V4(_) => false,
        };
        ranges
            .iter()
            .all(|(first, last)| inside(first) && inside(last))
    }

    fn beginning_in(&self, ranges: Vec<(IpAddr, IpAddr)>) -> Self {
        let mut part = self.clone();
        let source = part.witness.packet.source;
        let there = ranges
            .iter()
            .any(|(first, last)| *first <= source && source <= *last);
        if let (false, Some((first, _))) = (there, ranges.first()) {
            part.witness.packet.source = *first;
        }
        part.from = self.from.at(ranges);
        part
    }
}

fn is_in(address: u128, nets: &BTreeSet<Ipv6Net>) -> bool {
    let address = Ipv6Addr::from_bits(address);
    nets.iter().any(|net| net.contains(&address))
}

fn range(first: u128, last: u128) -> (IpAddr, IpAddr) {
    (
        Ipv6Addr::from_bits(first).into(),
        Ipv6Addr::from_bits(last).into(),
    )
}
