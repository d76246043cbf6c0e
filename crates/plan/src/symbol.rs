//! Symbols: blocks that the provider has not chosen yet, and how they are shown.
//!
//! A prefix within the unknown block of `vpc-1` is shown as `{vpc-1}1a::/64`: put the block's own
//! digits in place of the braces and it reads as the address that it will be.

use std::net::Ipv6Addr;

use serde::{Deserialize, Serialize};
use sixward_estate::NetworkId;
use sixward_net::{IpNet, Ipv6Net, symbol};

/// A block that the provider has not chosen yet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Symbol {
    /// The network that will get it.
    pub network: NetworkId,
    /// What stands for it until then.
    pub placeholder: Ipv6Net,
}

/// The symbols of a plan, in the order of their placeholders.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Symbols(Vec<Symbol>);

impl Symbols {
    /// The symbols for networks whose blocks have these lengths. The same network gets the same
    /// placeholder whatever the others are, unless two names collide.
    pub fn new<'a>(blocks: impl IntoIterator<Item = (&'a NetworkId, u8)>) -> Self {
        let mut taken = std::collections::BTreeSet::new();
        let mut symbols: Vec<_> = blocks
            .into_iter()
            .map(|(network, length)| {
                let mut slot = symbol::first_slot(network.as_str());
                while !taken.insert(slot) {
                    slot = (slot + 1) % symbol::SLOTS;
                }
                Symbol {
                    network: network.clone(),
                    placeholder: symbol::placeholder(slot, length),
                }
            })
            .collect();
        symbols.sort_by_key(|symbol| symbol.placeholder);
        Self(symbols)
    }

    /// All of them.
    pub fn as_slice(&self) -> &[Symbol] {
        &self.0
    }

    /// Whether every block is known.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The symbol of a network.
    pub fn of(&self, network: &NetworkId) -> Option<&Symbol> {
        self.0.iter().find(|symbol| symbol.network == *network)
    }

    /// The symbol that a prefix lies within.
    pub fn around(&self, net: Ipv6Net) -> Option<&Symbol> {
        let after = self
            .0
            .partition_point(|symbol| symbol.placeholder.network() <= net.network());
        let symbol = self.0.get(after.checked_sub(1)?)?;
        symbol.placeholder.contains(&net).then_some(symbol)
    }

    /// A prefix as it is shown to people.
    pub fn show(&self, net: Ipv6Net) -> String {
        match self.around(net) {
            Some(symbol) if net.prefix_len() == 128 => symbolic(symbol, net.addr()),
            Some(symbol) => format!("{}/{}", symbolic(symbol, net.network()), net.prefix_len()),
            None => net.to_string(),
        }
    }

    /// A prefix of either family as it is shown to people.
    pub fn show_any(&self, net: IpNet) -> String {
        match net {
            IpNet::V4(net) => net.to_string(),
            IpNet::V6(net) => self.show(net),
        }
    }

    /// An address as it is shown to people.
    pub fn show_address(&self, address: Ipv6Addr) -> String {
        let net = address.into();
        match self.around(net) {
            Some(symbol) => symbolic(symbol, address),
            None => address.to_string(),
        }
    }
}

/// `{vpc-1}1a::a00:5`: the digits between the block and bit 64, then the host part.
fn symbolic(symbol: &Symbol, address: Ipv6Addr) -> String {
    let length = u32::from(symbol.placeholder.prefix_len());
    let network_half = (u128::from(address) >> 64) & ((1 << (64 - length)) - 1);
    let digits = subnet_digits(network_half, 64 - length);
    let host = Ipv6Addr::from(u128::from(address) & u128::from(u64::MAX)).to_string();
    let colon = if host.starts_with("::") { "" } else { ":" };
    format!("{{{}}}{digits}{colon}{host}", symbol.network)
}

/// The subnet's digits: at a /56 two, at a /48 `:001a`, at a /44 `0:001a`.
fn subnet_digits(value: u128, bits: u32) -> String {
    let all = format!("{value:0width$x}", width = (bits / 4) as usize);
    if bits < 16 {
        return all;
    }
    let (high, low) = all.split_at(all.len().saturating_sub(4));
    format!("{high}:{low}")
}
