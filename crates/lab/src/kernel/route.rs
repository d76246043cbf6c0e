//! Addresses, neighbours, routes and the order of tables (rtnetlink(7)).

use std::net::IpAddr;

use sixward_net::IpNet;

use super::link::Side;
use super::message::{Batch, CREATE, EXCLUSIVE, REPLACE};
use crate::layout::{Policy, TABLE_LOCAL, TABLE_MAIN};

const NEW_ADDRESS: u16 = 20;
const DELETE_ADDRESS: u16 = 21;
const NEW_ROUTE: u16 = 24;
const DELETE_ROUTE: u16 = 25;
const NEW_NEIGHBOUR: u16 = 28;
const NEW_RULE: u16 = 32;
const DELETE_RULE: u16 = 33;

const INET: u8 = 2;
const INET6: u8 = 10;
/// No duplicate address detection: it takes a second and there is nobody else on the wire.
const NO_DETECTION: u32 = 2;
const PERMANENT: u16 = 0x80;
const ONLINK: u32 = 4;
const UNICAST: u8 = 1;
const LOCAL: u8 = 2;
const BY_US: u8 = 4;
const TABLE_DEFAULT: u32 = 253;

/// Where a route leads, by the kernel's numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) enum To {
    /// To the other end of a wire.
    Over { index: u32, side: Side },
    /// To this namespace itself.
    Here,
}

/// Adds or removes an address.
pub(crate) fn address(batch: &mut Batch, add: bool, index: u32, net: IpNet) {
    let (kind, flags) = if add {
        (NEW_ADDRESS, CREATE | EXCLUSIVE)
    } else {
        (DELETE_ADDRESS, 0)
    };
    let header = [
        &[family(net), net.prefix_len(), 0, 0][..],
        &index.to_ne_bytes(),
    ]
    .concat();
    batch.add(kind, flags, &header, format!("address {net}"), |message| {
        let bytes = octets(net.addr());
        message.bytes(2, &bytes);
        message.bytes(1, &bytes);
        if net.addr().is_ipv6() {
            message.u32(8, NO_DETECTION);
        }
    });
    if net.addr().is_ipv6() {
        own_route(batch, add, index, net);
    }
}

/// The kernel makes an IPv6 address its own in its own time, and takes no packets for it until then; this
/// route makes it so at once.
fn own_route(batch: &mut Batch, add: bool, index: u32, net: IpNet) {
    const METRIC: u32 = 1024;
    let (kind, flags) = if add {
        (NEW_ROUTE, CREATE | EXCLUSIVE)
    } else {
        (DELETE_ROUTE, 0)
    };
    let header = header(net, 0, LOCAL, 0);
    batch.add(kind, flags, &header, format!("address {net}"), |message| {
        message.bytes(1, &octets(net.addr()));
        message.u32(15, TABLE_LOCAL);
        message.u32(6, METRIC);
        message.u32(4, index);
    });
}

/// Gives a port its link-local address, and says who is at the other end. Permanent entries are not
/// counted in the table that all namespaces share, which others overflow.
pub(crate) fn end(batch: &mut Batch, what: &str, index: u32, side: Side) {
    let header = [&[INET6, 64, 0, 0][..], &index.to_ne_bytes()].concat();
    batch.add(NEW_ADDRESS, CREATE | EXCLUSIVE, &header, what, |message| {
        message.bytes(1, &side.address());
        message.u32(8, NO_DETECTION);
    });
    let other = side.other();
    let mut header = vec![INET6, 0, 0, 0];
    header.extend(index.to_ne_bytes());
    header.extend(PERMANENT.to_ne_bytes());
    header.extend([0, 0]);
    batch.add(NEW_NEIGHBOUR, CREATE | REPLACE, &header, what, |message| {
        message.bytes(1, &other.address());
        message.bytes(2, &other.hardware());
    });
}

/// Adds a route, or puts it in the place of the one for the same prefix.
pub(crate) fn add(batch: &mut Batch, table: u32, net: IpNet, to: To) {
    let (kind, scope, flags) = match (to, net) {
        (To::Over { .. }, IpNet::V4(_)) => (UNICAST, 0, ONLINK),
        (To::Over { .. }, IpNet::V6(_)) => (UNICAST, 0, 0),
        (To::Here, IpNet::V4(_)) => (LOCAL, 254, 0),
        (To::Here, IpNet::V6(_)) => (LOCAL, 0, 0),
    };
    let header = header(net, scope, kind, flags);
    let what = format!("route {net} of table {table}");
    batch.add(NEW_ROUTE, CREATE | REPLACE, &header, what, |message| {
        message.bytes(1, &octets(net.network()));
        message.u32(15, table);
        match to {
            To::Over { index, side } => {
                let gateway = side.other().address();
                message.u32(4, index);
                if net.addr().is_ipv6() {
                    message.bytes(5, &gateway);
                } else {
                    let via = [&u16::from(INET6).to_ne_bytes()[..], &gateway].concat();
                    message.bytes(18, &via);
                }
            }
            To::Here => message.u32(4, 1),
        }
    });
}

/// Removes the route for a prefix.
pub(crate) fn remove(batch: &mut Batch, table: u32, net: IpNet) {
    const ANY_SCOPE: u8 = 255;
    let header = header(net, ANY_SCOPE, 0, 0);
    let what = format!("route {net} of table {table}");
    batch.add(DELETE_ROUTE, 0, &header, what, |message| {
        message.bytes(1, &octets(net.network()));
        message.u32(15, table);
    });
}

fn header(net: IpNet, scope: u8, kind: u8, flags: u32) -> Vec<u8> {
    let mut bytes = vec![family(net), net.prefix_len(), 0, 0, 0, BY_US, scope, kind];
    bytes.extend(flags.to_ne_bytes());
    bytes
}

/// The order of tables that every new namespace has.
pub(crate) fn usual() -> Vec<Policy> {
    let usual = [
        (0, TABLE_LOCAL),
        (32766, TABLE_MAIN),
        (32767, TABLE_DEFAULT),
    ];
    usual
        .map(|(order, table)| Policy {
            order,
            table,
            ..Policy::default()
        })
        .to_vec()
}

/// Adds or removes a rule about which table is asked, in each family that it is about.
pub(crate) fn policy(batch: &mut Batch, add: bool, policy: &Policy, from: Option<&str>) {
    let (kind, flags) = if add {
        (NEW_RULE, CREATE | EXCLUSIVE)
    } else {
        (DELETE_RULE, 0)
    };
    for family in [INET, INET6] {
        let other = policy.source.is_some_and(|net| self::family(net) != family);
        // Only IPv4 has the table of this name.
        if other || (policy.table == TABLE_DEFAULT && family == INET6) {
            continue;
        }
        let length = policy.source.map_or(0, |net| net.prefix_len());
        let header = [family, 0, length, 0, 0, 0, 0, 1, 0, 0, 0, 0];
        let what = format!("rule {} for table {}", policy.order, policy.table);
        batch.add(kind, flags, &header, what, |message| {
            message.u32(6, policy.order);
            message.u32(15, policy.table);
            if let Some(from) = from {
                message.text(3, from);
            }
            if let Some(net) = policy.source {
                message.bytes(2, &octets(net.network()));
            }
            if let Some(mark) = policy.mark {
                message.u32(10, mark);
                message.u32(16, u32::MAX);
            }
        });
    }
}

fn family(net: IpNet) -> u8 {
    match net {
        IpNet::V4(_) => INET,
        IpNet::V6(_) => INET6,
    }
}

fn octets(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}
