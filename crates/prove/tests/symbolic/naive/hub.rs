//! The lists past which one packet goes, by a hub or not.
//!
//! Onto a hub it goes past the list of the subnet by which it gets there, here always its own: no zone has
//! two. Off it
//! comes past the list of the subnet by which it leaves, but not to who is in that one (AWS transit
//! gateways: How network ACLs work with transit gateways).

use std::net::IpAddr;

use sixward_estate::{Action, Direction, Estate, Interface, Remote, Rule, Subnet};
use sixward_net::{Family, Traffic};
use sixward_prove::L4;

use super::far::passes;
use super::{Answer, Carry, all, decides, subnet};
use crate::equal::packets;
use crate::estates::addresses;
use crate::palette::{Prefix, remotes};

/// An interface at one of its addresses.
type End<'e> = (&'e Interface, IpAddr);

/// All lists from one interface to another.
pub(super) fn lists(e: &Estate, carry: Carry, (s, a): End<'_>, (d, b): End<'_>, l4: L4) -> Answer {
    let out = passes(e, &s.subnet, Direction::Egress, b, l4);
    let into = if comes_off_beside(e, carry, s, d) {
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
    let on = passes(e, &s.subnet, Direction::Ingress, a, l4);
    let off = if comes_off_beside(e, carry, s, d) {
        Answer::Yes
    } else {
        let by = lands(e, d.network.as_str(), &subnet(e, s).zone);
        passes(e, &by.id, Direction::Egress, b, l4)
    };
    all([on, off])
}

/// The subnet of a network by which the hub is entered and left in a zone.
pub(super) fn port<'e>(e: &'e Estate, network: &str, zone: &str) -> Option<&'e Subnet> {
    let mut ports = ports(e, network).into_iter();
    ports.find(|subnet| subnet.zone == zone)
}

/// The one by which what comes from a zone leaves the hub: no network has several elsewhere only.
pub(super) fn lands<'e>(e: &'e Estate, network: &str, zone: &str) -> &'e Subnet {
    port(e, network, zone).unwrap_or_else(|| ports(e, network)[0])
}

/// All of a network's.
pub(super) fn ports<'e>(e: &'e Estate, network: &str) -> Vec<&'e Subnet> {
    let attachments = e.links.iter().filter_map(|link| link.attachment());
    let mut own =
        attachments.filter(|it| it.network.as_ref().is_some_and(|id| id.as_str() == network));
    let subnets = own.next().unwrap().subnets.iter();
    subnets.map(|id| e.subnets.get(id).unwrap()).collect()
}

fn comes_off_beside(e: &Estate, carry: Carry, s: &Interface, d: &Interface) -> bool {
    matches!(carry, Carry::Hub) && lands(e, d.network.as_str(), &subnet(e, s).zone).id == d.subnet
}

/// Whether a subnet's list lets everything of an address's family pass.
pub(super) fn is_open(e: &Estate, subnet: &Subnet, like: IpAddr) -> bool {
    let Some(list) = &subnet.firewall else {
        return true;
    };
    let list = e.firewalls.get(list).unwrap();
    let family = match like {
        IpAddr::V4(_) => Family::V4,
        IpAddr::V6(_) => Family::V6,
    };
    let any = Remote::Net(Prefix::Any.net(family));
    let all = |rule: &&Rule| rule.traffic == Traffic::All && rule.remote == any;
    [Direction::Ingress, Direction::Egress].iter().all(|way| {
        let mut before = list.rules(*way).take_while(|rule| !all(rule));
        let plain = list
            .rules(*way)
            .find(all)
            .is_some_and(|rule| rule.action == Action::Allow)
            && before.all(|rule| rule.action == Action::Allow);
        plain || {
            let mut others = addresses(e, family).into_iter().map(|(_, address)| address);
            let packets = packets();
            others.all(|other| packets.iter().all(|l4| decides(e, list, *way, other, *l4)))
                && remotes(family)
                    .iter()
                    .all(|other| packets.iter().all(|l4| decides(e, list, *way, *other, *l4)))
        }
    })
}
