//! What a load balancer does with what it gets at a port: from which of its addresses it speaks to which
//! targets, in the family of their group and not of its clients.
//!
//! Only who speaks to whom is said here: whether it passes is asked of a tracer or of sets. Which target
//! is chosen, and who is healthy, nobody knows beforehand (Elastic Load Balancing: Target groups; IP
//! address type of a target group).

use std::collections::BTreeMap;
use std::net::IpAddr;

use sixward_estate::{
    Balancer, BalancerKind, Estate, FamilyMode, HostId, Interface, InterfaceOwner, Listener,
    Subject, Target, TargetGroup, TargetGroupId, TargetKind,
};
use sixward_net::Family;

use crate::{End, L4, Packet};

/// The balancers of an estate, with who is behind them.
#[derive(Debug)]
pub struct Behind<'a> {
    estate: &'a Estate,
    primary: BTreeMap<&'a HostId, &'a Interface>,
}

/// What becomes of what a balancer gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Serving {
    /// It answers by itself, as it does to an echo request or with a redirection.
    Itself,
    /// It does not listen there.
    Refused,
    /// Something that was not read decides.
    Unknown(Lack),
    /// It speaks to targets: any of them may be chosen.
    Legs(Vec<Leg>),
}

/// What is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lack {
    /// Of whom.
    pub by: Subject,
    /// What is the case, said of it.
    pub why: &'static str,
    /// It may well be there: only it is not known.
    pub open: bool,
}

/// From one interface of a balancer to one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leg {
    /// The group.
    pub group: Subject,
    /// The target.
    pub target: Subject,
    /// The family that the group's targets are spoken to in.
    pub family: Family,
    /// How it is spoken to.
    pub call: Result<Call, Lack>,
    /// The target may see the client's address instead of the balancer's, where both are of one family:
    /// a setting of the group that is not read.
    pub keeps_client: bool,
    /// The target may not be chosen here: whether a balancer crosses zones is not read.
    pub crosses: bool,
}

/// How a target is spoken to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// With packets.
    Packet {
        /// Where they begin.
        from: End,
        /// The first one.
        packet: Packet,
        /// Who is to get it, where an interface of the estate is meant.
        to: Option<End>,
    },
    /// By the provider, without a way through networks.
    Provider,
}

impl<'a> Behind<'a> {
    /// The balancers of this estate.
    pub fn new(estate: &'a Estate) -> Self {
        let own = estate.interfaces.iter().filter(|it| it.primary);
        let own = own.filter_map(|interface| match &interface.owner {
            InterfaceOwner::Host(id) => Some((id, interface)),
            _ => None,
        });
        Self {
            estate,
            primary: own.collect(),
        }
    }

    /// The balancer that an interface belongs to.
    pub fn balancer(&self, node: &Interface) -> Option<&'a Balancer> {
        let InterfaceOwner::Balancer(id) = &node.owner else {
            return None;
        };
        self.estate.balancers.get(id)
    }

    /// What becomes of what an interface of a balancer gets, at the port that it is sent to.
    pub fn serving(&self, node: &Interface, l4: L4) -> Serving {
        let (port, is_udp) = match l4 {
            L4::Tcp { destination, .. } => (destination, false),
            L4::Udp { destination, .. } => (destination, true),
            _ => return Serving::Itself,
        };
        let Some(balancer) = self.balancer(node) else {
            return Serving::Itself;
        };
        if balancer.kind == BalancerKind::Inspection {
            return Serving::Unknown(lack(balancer, "hands packets to appliances"));
        }
        if balancer.listeners.is_empty() {
            return Serving::Unknown(lack(balancer, "has no listener in what was read"));
        }
        let at = |it: &&Listener| it.port == port && carries(&it.protocol, is_udp);
        let mut listeners = balancer.listeners.iter().filter(at);
        let Some(listener) = listeners.next() else {
            return Serving::Refused;
        };
        if listener.target_groups.is_empty() {
            return Serving::Itself;
        }
        let groups = listener.target_groups.iter();
        let legs = groups.flat_map(|id| self.legs(balancer, node, id, l4));
        Serving::Legs(legs.collect())
    }

    fn legs(&self, balancer: &Balancer, node: &Interface, id: &TargetGroupId, l4: L4) -> Vec<Leg> {
        let named = self.estate.target_groups.get(id);
        let name = named.map(|group| group.name.as_str()).unwrap_or_default();
        let subject = Subject::new("target-group", id.as_str(), name);
        let open = |why| Leg {
            group: subject.clone(),
            target: subject.clone(),
            family: Family::V4,
            call: Err(Lack {
                by: subject.clone(),
                why,
                open: true,
            }),
            keeps_client: false,
            crosses: false,
        };
        match named {
            None => vec![open("is not in what was read")],
            Some(group) if group.targets.is_empty() => {
                vec![open("has no target in what was read")]
            }
            Some(group) => {
                let targets = group.targets.iter();
                let legs = targets.flat_map(|target| self.leg(balancer, node, group, target, l4));
                legs.map(|leg| Leg {
                    group: subject.clone(),
                    ..leg
                })
                .collect()
            }
        }
    }

    /// More than one where the target has several interfaces to choose from.
    fn leg(
        &self,
        balancer: &Balancer,
        node: &Interface,
        group: &TargetGroup,
        target: &Target,
        l4: L4,
    ) -> Vec<Leg> {
        let family = match (&target.kind, group.family) {
            (TargetKind::Address(IpAddr::V4(_)) | TargetKind::Balancer(_), _) => Family::V4,
            (TargetKind::Address(IpAddr::V6(_)), _) | (_, FamilyMode::V6) => Family::V6,
            _ => Family::V4,
        };
        let leg = |subject: &Subject, call, to: Option<&Interface>| Leg {
            group: subject.clone(),
            target: subject.clone(),
            family,
            call,
            keeps_client: balancer.kind == BalancerKind::Network,
            crosses: balancer.kind == BalancerKind::Network
                && to.is_some_and(|to| self.zone(to) != self.zone(node)),
        };
        let to = |subject: &Subject, interface: &Interface| {
            let call = match first(interface, family) {
                Some(address) => {
                    let to = Some(End::Interface(interface.id.clone()));
                    packet(balancer, node, (address, to), (group, target), l4)
                }
                None => Err(Lack {
                    by: subject.clone(),
                    why: without(family),
                    open: false,
                }),
            };
            leg(subject, call, Some(interface))
        };
        let unread = |subject: &Subject| {
            let call = Err(Lack {
                by: subject.clone(),
                why: "has no interface in what was read",
                open: true,
            });
            vec![leg(subject, call, None)]
        };
        match &target.kind {
            TargetKind::Host(id) => {
                let name = self.estate.hosts.get(id).map(|host| host.name.as_str());
                let subject = Subject::new("host", id.as_str(), name.unwrap_or_default());
                let interface = self.primary.get(id);
                interface.map_or_else(
                    || unread(&subject),
                    |interface| vec![to(&subject, interface)],
                )
            }
            TargetKind::Balancer(id) => {
                let name = self.estate.balancers.get(id).map(|it| it.name.as_str());
                let subject = Subject::new("balancer", id.as_str(), name.unwrap_or_default());
                let own = self.estate.interfaces.iter();
                let own = own.filter(|it| it.owner == InterfaceOwner::Balancer(id.clone()));
                let legs: Vec<_> = own.map(|interface| to(&subject, interface)).collect();
                if legs.is_empty() {
                    return unread(&subject);
                }
                legs
            }
            TargetKind::Address(address) => {
                let interface = self.carrier(group, *address);
                let name = interface.and_then(|it| match &it.owner {
                    InterfaceOwner::Host(id) => self.estate.hosts.get(id),
                    _ => None,
                });
                let name = name.map(|host| host.name.as_str()).unwrap_or_default();
                let subject = Subject::new("address", address.to_string(), name);
                let end = interface.map(|it| End::Interface(it.id.clone()));
                let call = packet(balancer, node, (*address, end), (group, target), l4);
                vec![leg(&subject, call, interface)]
            }
            TargetKind::Other(id) => {
                let subject = Subject::new("target", id.as_str(), "");
                vec![leg(&subject, Ok(Call::Provider), None)]
            }
        }
    }

    /// Who carries an address in a group's network.
    fn carrier(&self, group: &TargetGroup, address: IpAddr) -> Option<&'a Interface> {
        let mut own = self.estate.interfaces.iter();
        own.find(|interface| {
            let here = group.network.as_ref() == Some(&interface.network);
            here && match address {
                IpAddr::V4(address) => {
                    let mut own = interface.addresses4.iter();
                    own.any(|own| own.address == address)
                }
                IpAddr::V6(address) => interface.addresses6.contains(&address),
            }
        })
    }

    fn zone(&self, interface: &Interface) -> Option<&'a str> {
        let subnet = self.estate.subnets.get(&interface.subnet)?;
        Some(subnet.zone.as_str())
    }
}

fn packet(
    balancer: &Balancer,
    node: &Interface,
    (destination, to): (IpAddr, Option<End>),
    (group, target): (&TargetGroup, &Target),
    l4: L4,
) -> Result<Call, Lack> {
    let family = match destination {
        IpAddr::V4(_) => Family::V4,
        IpAddr::V6(_) => Family::V6,
    };
    let Some(source) = first(node, family) else {
        let chosen = family == Family::V6 && balancer.family.has_v6();
        return Err(Lack {
            why: if chosen {
                "speaks IPv6 from addresses that the provider chooses"
            } else {
                without(family)
            },
            open: chosen,
            ..lack(balancer, "")
        });
    };
    let Some(port) = target.port else {
        return Err(lack(balancer, "speaks to a port that was not read"));
    };
    Ok(Call::Packet {
        from: End::Interface(node.id.clone()),
        packet: Packet {
            source,
            destination,
            l4: at(&group.protocol, port, l4),
        },
        to,
    })
}

fn lack(balancer: &Balancer, why: &'static str) -> Lack {
    Lack {
        by: Subject::new("balancer", balancer.id.as_str(), balancer.name.as_str()),
        why,
        open: true,
    }
}

fn without(family: Family) -> &'static str {
    match family {
        Family::V4 => "has no IPv4 address at this point",
        Family::V6 => "has no IPv6 address at this point",
    }
}

fn first(interface: &Interface, family: Family) -> Option<IpAddr> {
    match family {
        Family::V4 => Some(interface.addresses4.first()?.address.into()),
        Family::V6 => Some((*interface.addresses6.first()?).into()),
    }
}

/// Whether a listener takes TCP, or UDP, by its protocol in the provider's words.
fn carries(protocol: &str, is_udp: bool) -> bool {
    match protocol {
        "UDP" | "QUIC" => is_udp,
        "TCP_UDP" | "TCP_QUIC" => true,
        _ => !is_udp,
    }
}

/// What a target gets at its port; a group for both protocols gets what the client sent.
fn at(protocol: &str, destination: u16, l4: L4) -> L4 {
    let (source, is_udp) = match l4 {
        L4::Udp { source, .. } => (source, true),
        L4::Tcp { source, .. } => (source, false),
        _ => (0, false),
    };
    if is_udp && carries(protocol, true) {
        L4::Udp {
            source,
            destination,
        }
    } else {
        L4::Tcp {
            source,
            destination,
        }
    }
}
