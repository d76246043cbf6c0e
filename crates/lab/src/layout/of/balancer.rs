//! Load balancers: each interface hands on what it gets at a listener's port to a target, from its own address and
//! in the family of the target's group.
//!
//! Elastic Load Balancing: Target groups; IP address types. An Application Load Balancer speaks for itself in any case;
//! a Network Load Balancer, which may hand on the client's address, here does so too: settings of its groups are not
//! read. Targets are chosen by [`Service`], in any zone.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::net::{IpAddr, SocketAddr};

use sixward_estate::{
    Balancer, BalancerKind, FamilyMode, HostId, Interface, InterfaceOwner, Listener, Target,
    TargetGroup, TargetKind,
};
use sixward_net::{Family, Ports};

use super::{Maker, drop};
use crate::layout::{
    Drop, Filter, Hook, Listen, Match, Onward, Point, Port, Service, Translation, Verdict,
};

const TCP: u8 = 6;
const UDP: u8 = 17;

/// A target, or why nothing goes there.
type Chosen = (Onward, Option<Drop>);

impl Maker<'_> {
    /// Makes an interface's node that of a load balancer, where it is one's.
    pub(super) fn balancer(&mut self, interface: &Interface, port: &Port) {
        let InterfaceOwner::Balancer(id) = &interface.owner else {
            return;
        };
        let Some(balancer) = self.estate.balancers.get(id) else {
            return;
        };
        let mut filter = Filter::default();
        let here = filter.hook("here", Hook::Filter(Point::Here, 0));
        filter.rule(&here, [Match::Known], Verdict::Accept);
        let mut serves = BTreeMap::new();
        if let Some(why) = unknown(balancer) {
            for protocol in [TCP, UDP] {
                let verdict = Verdict::Drop(Drop::unknown(name(balancer), why));
                filter.rule(&here, [Match::Protocol(protocol)], verdict);
            }
        } else {
            for listener in &balancer.listeners {
                for tcp in protocols(&listener.protocol) {
                    let at = Listen {
                        tcp: *tcp,
                        port: listener.port,
                    };
                    if let Entry::Vacant(free) = serves.entry(at) {
                        free.insert(self.service(&mut filter, listener, at));
                    }
                }
            }
            for protocol in [TCP, UDP] {
                let verdict = drop(name(balancer), "does not listen there");
                filter.rule(&here, [Match::Protocol(protocol)], verdict);
            }
        }
        own_source(&mut filter, interface, port);
        let Some(id) = super::node_of(interface) else {
            return;
        };
        let node = self.layout.node(id);
        node.forwards = true;
        node.tracks = true;
        node.filter = filter;
        node.serves = serves;
    }

    fn service(&self, filter: &mut Filter, listener: &Listener, at: Listen) -> Service {
        let groups = listener.target_groups.iter();
        let mut chosen: Vec<Chosen> = groups
            .flat_map(|id| match self.estate.target_groups.get(id) {
                None => vec![nowhere(id, "is not in the estate")],
                Some(group) if group.targets.is_empty() => {
                    vec![nowhere(id, "has no target in the estate")]
                }
                Some(group) => {
                    let targets = group.targets.iter();
                    targets.map(|target| self.chosen(group, target)).collect()
                }
            })
            .collect();
        chosen.truncate(Service::MOST);
        let onward: Vec<_> = chosen.iter().map(|(onward, _)| *onward).collect();
        let service = Service::new(&onward);
        let protocol = if at.tcp { TCP } else { UDP };
        let here = filter.hook("here", Hook::Filter(Point::Here, 0));
        let destination = filter.hook("destination", Hook::Destination);
        let whys = chosen.iter().map(|(_, why)| why).cycle();
        for (bits, (onward, why)) in (0..).zip(service.slots().iter().zip(whys)) {
            let asked = vec![
                Match::Protocol(protocol),
                Match::Ports(Ports::one(at.port)),
                Match::SourceBits(service.mask(), bits),
            ];
            match (onward, why) {
                (Onward::To(to), _) => {
                    let family = family(to.ip());
                    let same = [&[Match::Family(family)][..], &asked].concat();
                    let to = Translation::DestinationTo(*to);
                    filter.rule(&destination, same, Verdict::Translate(to));
                    if !at.tcp {
                        let why = "datagrams from one family to the other";
                        let unknown = Drop::unknown("load balancer", why);
                        filter.rule(&here, asked, Verdict::Drop(unknown));
                    }
                }
                (Onward::Nowhere, Some(why)) => {
                    filter.rule(&here, asked, Verdict::Drop(why.clone()));
                }
                _ => {}
            }
        }
        let all = [Match::Protocol(protocol), Match::Ports(Ports::one(at.port))];
        filter.rule(&here, all, Verdict::Accept);
        service
    }

    fn chosen(&self, group: &TargetGroup, target: &Target) -> Chosen {
        let v6 = group.family == FamilyMode::V6;
        let address = match &target.kind {
            TargetKind::Address(address) => Some(*address),
            TargetKind::Host(id) => match self.primary(id) {
                None => return nowhere(id, "its interface is not known"),
                Some(interface) => first(interface, v6),
            },
            TargetKind::Balancer(id) => {
                let mut own = self.estate.interfaces.iter();
                let owner = InterfaceOwner::Balancer(id.clone());
                match own.find(|it| it.owner == owner) {
                    None => return nowhere(id, "its interfaces are not known"),
                    Some(interface) => first(interface, false),
                }
            }
            // The provider calls it, past all networks.
            TargetKind::Other(_) => return (Onward::Itself, None),
        };
        match (address, target.port) {
            (Some(address), Some(port)) => (Onward::To(SocketAddr::new(address, port)), None),
            (_, None) => nowhere(&group.id, "the port of its targets is not known"),
            (None, _) => {
                let why = "a target has no address of its family";
                (Onward::Nowhere, Some(Drop::new(&group.id, why)))
            }
        }
    }

    fn primary(&self, host: &HostId) -> Option<&Interface> {
        let mut own = self.index.interfaces_of_host(host).iter();
        own.find(|interface| interface.primary).copied()
    }
}

/// What goes on goes on in the balancer's own name.
fn own_source(filter: &mut Filter, interface: &Interface, port: &Port) {
    let source = filter.hook("source", Hook::Source);
    for v6 in [false, true] {
        if let Some(own) = first(interface, v6) {
            let out = [Match::Family(family(own)), Match::Out(port.clone())];
            let to = Translation::SourceAs(own);
            filter.rule(&source, out, Verdict::Translate(to));
        }
    }
}

fn unknown(balancer: &Balancer) -> Option<&'static str> {
    if balancer.kind == BalancerKind::Inspection {
        Some("hands packets to appliances")
    } else if balancer.listeners.is_empty() {
        Some("what it listens at is not known")
    } else {
        None
    }
}

fn name(balancer: &Balancer) -> &str {
    match balancer.name.as_str() {
        "" => balancer.id.as_str(),
        name => name,
    }
}

fn nowhere(by: impl std::fmt::Display, why: &str) -> Chosen {
    (Onward::Nowhere, Some(Drop::unknown(by, why)))
}

/// Whether a listener takes TCP, and whether UDP.
fn protocols(protocol: &str) -> &'static [bool] {
    match protocol {
        "UDP" | "QUIC" => &[false],
        "TCP_UDP" | "TCP_QUIC" => &[true, false],
        _ => &[true],
    }
}

fn first(interface: &Interface, v6: bool) -> Option<IpAddr> {
    if v6 {
        Some((*interface.addresses6.first()?).into())
    } else {
        Some(interface.addresses4.first()?.address.into())
    }
}

fn family(address: IpAddr) -> Family {
    match address {
        IpAddr::V4(_) => Family::V4,
        IpAddr::V6(_) => Family::V6,
    }
}
