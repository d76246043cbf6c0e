//! Addresses of network interfaces.

use std::net::Ipv6Addr;

use sixward_estate::InterfaceId;

use super::line::{Context, Line};
use super::shell::Noun;

pub(super) fn assign(
    context: &Context<'_>,
    interface: &InterfaceId,
    address: Ipv6Addr,
    automatic: bool,
) -> Line {
    let args = words(context, interface, address, automatic);
    Line::add(Noun::Interface, "address", args)
}

pub(super) fn unassign(
    context: &Context<'_>,
    interface: &InterfaceId,
    address: Ipv6Addr,
    automatic: bool,
) -> Line {
    let args = words(context, interface, address, automatic);
    Line::remove(Noun::Interface, "address", args)
}

/// The VPC goes first: its interfaces are all read in one call.
fn words(
    context: &Context<'_>,
    interface: &InterfaceId,
    address: Ipv6Addr,
    automatic: bool,
) -> [String; 3] {
    let known = context.plan.before.interfaces.get(interface);
    let vpc = known.map(|interface| interface.network.to_string());
    let address = if automatic {
        "automatic".to_owned()
    } else {
        context.address(address)
    };
    [vpc.unwrap_or_default(), interface.to_string(), address]
}
