//! The lists past which one packet goes, by a hub or not.
//!
//! Onto a hub it goes past the list of the subnet by which it gets there, its own subnet or not. Off it
//! comes past the list of the subnet by which it leaves, but not to who is in that one (AWS transit
//! gateways: How network ACLs work with transit gateways).

use std::net::IpAddr;

use sixward_estate::{Direction, Estate, Interface};
use sixward_prove::L4;

use super::far::{landing, passes};
use super::{Answer, Carry, all};

/// An interface at one of its addresses.
type End<'e> = (&'e Interface, IpAddr);

/// All lists from one interface to another.
pub(super) fn lists(e: &Estate, carry: Carry, (s, a): End<'_>, (d, b): End<'_>, l4: L4) -> Answer {
    let out = passes(e, &s.subnet, Direction::Egress, b, l4);
    let into = if comes_off_beside(e, carry, d) {
        Answer::Yes
    } else {
        passes(e, &d.subnet, Direction::Ingress, a, l4)
    };
    all([out, on_and_off(e, carry, (s, a), (d, b), l4), into])
}

/// Those of the subnets by which a hub is entered and left.
pub(super) fn on_and_off(
    e: &Estate,
    carry: Carry,
    (s, a): End<'_>,
    (d, b): End<'_>,
    l4: L4,
) -> Answer {
    if !matches!(carry, Carry::Hub) {
        return Answer::Yes;
    }
    let entry = landing(e, s.network.as_str());
    let off = if comes_off_beside(e, carry, d) {
        Answer::Yes
    } else {
        let by = landing(e, d.network.as_str());
        passes(e, &by.id, Direction::Egress, b, l4)
    };
    all([passes(e, &entry.id, Direction::Ingress, a, l4), off])
}

fn comes_off_beside(e: &Estate, carry: Carry, d: &Interface) -> bool {
    matches!(carry, Carry::Hub) && landing(e, d.network.as_str()).id == d.subnet
}
