//! Private IPv4 blocks for networks and subnets, and public addresses. Estates of this
//! size use all of 10.0.0.0/8 first and then what else is private.

use std::fmt;
use std::io;
use std::net::Ipv4Addr;

/// A prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Block {
    first: u32,
    length: u8,
}

impl Block {
    /// The number of addresses.
    pub(crate) fn size(self) -> u32 {
        1 << (32 - self.length)
    }

    /// The address so many after the first.
    pub(crate) fn at(self, offset: u32) -> Ipv4Addr {
        Ipv4Addr::from(self.first + offset)
    }

    /// The `number`-th block of that length inside.
    fn part(self, length: u8, number: u32) -> Self {
        Self {
            first: self.first + (number << (32 - length)),
            length,
        }
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.at(0), self.length)
    }
}

/// The first addresses of a subnet and the last belong to the provider.
pub(crate) const FIRST_HOST: u32 = 4;

/// How many interfaces fit into a subnet.
pub(crate) fn room(subnet: Block) -> u32 {
    subnet.size() - FIRST_HOST - 1
}

/// Where networks come from: the first octets, how often, and the /16s in each.
const PRIVATE: [(u32, u32); 3] = [
    (u32::from_be_bytes([10, 0, 0, 0]), 256),
    (u32::from_be_bytes([172, 16, 0, 0]), 16),
    (u32::from_be_bytes([100, 64, 0, 0]), 64),
];

/// The block of the `number`-th of `count` networks: a /16, or a /18 if there are too many.
pub(crate) fn network(number: u32, count: u32) -> io::Result<Block> {
    let all: u32 = PRIVATE.iter().map(|(_, blocks)| blocks).sum();
    if count <= all {
        return sixteen(number).ok_or_else(|| full(count));
    }
    let sixteen = sixteen(number / 4).ok_or_else(|| full(count))?;
    Ok(sixteen.part(18, number % 4))
}

fn sixteen(mut number: u32) -> Option<Block> {
    for (first, blocks) in PRIVATE {
        if number < blocks {
            return Some(Block { first, length: 16 }.part(16, number));
        }
        number -= blocks;
    }
    None
}

fn full(count: u32) -> io::Error {
    let message = format!("{count} networks do not fit into private IPv4 space without overlap");
    io::Error::new(io::ErrorKind::InvalidInput, message)
}

/// The subnets of a network: /24 if that holds the interfaces, otherwise /22.
pub(crate) fn subnets(network: Block, count: u32, interfaces: u32) -> io::Result<Vec<Block>> {
    // A tenth is kept free, for what is not dealt out evenly.
    let each = interfaces.div_ceil(count) * 11 / 10;
    let fits = |length: &u8| {
        let subnet = network.part(*length, 0);
        each <= room(subnet)
            && u64::from(count) * u64::from(subnet.size()) <= u64::from(network.size())
    };
    let length = [24, 22].into_iter().find(fits).ok_or_else(|| {
        let message =
            format!("{interfaces} interfaces in {count} subnets do not fit into {network}");
        io::Error::new(io::ErrorKind::InvalidInput, message)
    })?;
    Ok((0..count)
        .map(|number| network.part(length, number))
        .collect())
}

/// The `number`-th public address.
pub(crate) fn public(number: u32) -> Ipv4Addr {
    Ipv4Addr::from(u32::from_be_bytes([52, 0, 0, 1]) + number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn networks(count: u32, numbers: &[u32]) -> Vec<String> {
        numbers
            .iter()
            .map(|&number| network(number, count).unwrap().to_string())
            .collect()
    }

    #[test]
    fn networks_fill_ten_and_then_the_rest() {
        assert_eq!(networks(100, &[0, 99]), ["10.0.0.0/16", "10.99.0.0/16"]);
        assert_eq!(
            networks(300, &[256, 271, 272]),
            ["172.16.0.0/16", "172.31.0.0/16", "100.64.0.0/16"]
        );
        assert_eq!(
            networks(1_000, &[5, 999]),
            ["10.1.64.0/18", "10.249.192.0/18"]
        );
        assert!(network(1_400, 1_500).is_err());
    }

    #[test]
    fn subnets_hold_their_interfaces() {
        let network = network(1, 2).unwrap();
        let show = |count, interfaces| {
            subnets(network, count, interfaces)
                .map(|all| all.last().unwrap().to_string())
                .ok()
        };
        assert_eq!(show(20, 1_000).as_deref(), Some("10.1.19.0/24"));
        assert_eq!(show(20, 10_000).as_deref(), Some("10.1.76.0/22"));
        assert_eq!(show(20, 100_000), None);
    }
}
