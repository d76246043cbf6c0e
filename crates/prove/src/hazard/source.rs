//! X5: rules that name a public address of this estate. Over IPv6 nothing is translated: hosts come with
//! their own addresses, so that the twin must name them or their subnets.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};

use sixward_estate::{
    Action, Direction, Finding, Firewall, FirewallId, Gateway, GatewayId, GatewayKind, Interface,
    Remote, RouteTarget, Rule, Severity, Subnet,
};
use sixward_net::{Family, IpNet, Ipv4Net, Ipv6Net, scope::Scope};

use super::scene::{Scene, Side, has_v6};
use super::{admit, report};

pub(super) fn find(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    let own = Own::new(scene.before);
    for firewall in &scene.now.estate.firewalls {
        let known = scene.now.is_known(&firewall.network);
        if !known || !scene.now.is_live_under(&firewall.id) {
            continue;
        }
        let (side, rules4) = scene.firewall4(firewall);
        let (mut wrong, mut missing) = (Vec::new(), Vec::new());
        for rule in rules4.rules(Direction::Ingress) {
            let Some(behind) = own.named(rule) else {
                continue;
            };
            let spans = own.spans(scene, behind);
            if spans.is_empty() {
                continue;
            }
            wrong.extend(stand_ins(scene, (side, rules4), firewall, rule));
            let unnamed = spans
                .iter()
                .filter(|span| !is_named(scene, firewall, rule, span));
            missing.extend(unnamed.map(|span| format!("{rule}: {}", span.what)));
        }
        found.extend(tell(firewall, wrong, missing));
    }
}

fn tell(firewall: &Firewall, wrong: Vec<String>, missing: Vec<String>) -> Option<Finding> {
    let (severity, message, lines) = if !wrong.is_empty() {
        let message = "it stands in for a public address of this estate by what is not that over \
                       IPv6: hosts come with their own addresses, which no gateway translates";
        (Severity::Warning, message, wrong)
    } else if !missing.is_empty() {
        let message = "it admits who comes by a public address of this estate, and not the same \
                       hosts by their own addresses over IPv6: there they are dropped";
        (Severity::Note, message, missing)
    } else {
        return None;
    };
    let subject = report::firewall(firewall);
    let finding = Finding::new(severity, super::OWN_ADDRESS, subject, message.to_owned()).help(
        "name the IPv6 addresses of the hosts, or the blocks of the subnets behind the gateway",
    );
    Some(report::seen(finding, lines))
}

/// Who comes by a public address.
enum Behind<'a> {
    Interface(&'a Interface),
    Nat(&'a GatewayId),
}

/// Those who come by one address over IPv4, as they come over IPv6.
struct Span<'a> {
    what: String,
    nets: Vec<Ipv6Net>,
    groups: &'a [FirewallId],
}

/// The public addresses of an estate.
struct Own<'a> {
    addresses: BTreeMap<Ipv4Addr, Behind<'a>>,
    subnets: BTreeMap<&'a GatewayId, Vec<&'a Subnet>>,
}

impl<'a> Own<'a> {
    fn new(side: &Side<'a>) -> Self {
        let mut own = Self {
            addresses: BTreeMap::new(),
            subnets: BTreeMap::new(),
        };
        for interface in &side.estate.interfaces {
            let public = interface.addresses4.iter().filter_map(|it| it.public);
            let behind = public.map(|address| (address, Behind::Interface(interface)));
            own.addresses.extend(behind);
        }
        for address in &side.estate.addresses {
            let carrier = address.interface.as_ref();
            if let Some(it) = carrier.and_then(|id| side.estate.interfaces.get(id)) {
                own.addresses.insert(address.address, Behind::Interface(it));
            }
        }
        // A NAT gateway's addresses are on interfaces, too, and are its own all the same.
        for gateway in &side.estate.gateways {
            let public = nat_addresses(gateway);
            own.addresses
                .extend(public.map(|address| (address, Behind::Nat(&gateway.id))));
        }
        for table in &side.estate.route_tables {
            for route in &table.routes {
                if let RouteTarget::Gateway(id) = &route.target {
                    let under = side.index.subnets_of_table(&table.id);
                    own.subnets.entry(id).or_default().extend(under);
                }
            }
        }
        own
    }

    fn named(&self, rule: &Rule) -> Option<&Behind<'a>> {
        let Remote::Net(IpNet::V4(net)) = rule.remote else {
            return None;
        };
        let one = net.prefix_len() == 32 && rule.action == Action::Allow;
        one.then(|| self.addresses.get(&net.addr()))?
    }

    /// Who of them has IPv6 now.
    fn spans<'s>(&self, scene: &'s Scene<'_>, behind: &Behind<'_>) -> Vec<Span<'s>> {
        match behind {
            Behind::Interface(interface) => {
                let now = scene.now.estate.interfaces.get(&interface.id);
                let now = now.filter(|interface| has_v6(interface));
                now.map(|interface| of_interface(scene, interface))
                    .into_iter()
                    .collect()
            }
            Behind::Nat(gateway) => {
                let subnets = self.subnets.get(gateway).map_or(&[][..], Vec::as_slice);
                let now = subnets
                    .iter()
                    .filter_map(|it| scene.now.estate.subnets.get(&it.id));
                let live = now.filter(|subnet| scene.now.is_live(&subnet.id));
                live.map(of_subnet).collect()
            }
        }
    }
}

fn nat_addresses(gateway: &Gateway) -> impl Iterator<Item = Ipv4Addr> + '_ {
    let addresses = match &gateway.kind {
        GatewayKind::Nat { addresses, .. } => addresses.as_slice(),
        _ => &[],
    };
    addresses.iter().filter_map(|address| address.public)
}

fn of_interface<'s>(scene: &Scene<'_>, interface: &'s Interface) -> Span<'s> {
    let addresses = interface
        .addresses6
        .iter()
        .map(|address| Ipv6Net::from(*address));
    Span {
        what: report::interface(scene.now.estate, interface).to_string(),
        nets: addresses
            .chain(interface.prefixes6.iter().copied())
            .collect(),
        groups: &interface.firewalls,
    }
}

fn of_subnet(subnet: &Subnet) -> Span<'_> {
    Span {
        what: report::subnet(subnet).to_string(),
        nets: subnet.block6.into_iter().collect(),
        groups: &[],
    }
}

/// Whether the IPv6 side of a firewall names a host, or at least some of a subnet.
fn is_named(scene: &Scene<'_>, firewall: &Firewall, rule: &Rule, span: &Span<'_>) -> bool {
    let twins = rule.traffic.v6_twin();
    let mut same = firewall.rules(Direction::Ingress).filter(|other| {
        let alike = twins.is_empty() || twins.iter().any(|it| other.traffic.overlaps(*it));
        other.action == Action::Allow && alike
    });
    twins.is_empty()
        || same.any(|other| match &other.remote {
            // Which of a subnet's hosts are under a group is another question.
            Remote::Firewall(group) => span.groups.is_empty() || span.groups.contains(group),
            _ => admit::nets(&scene.now, other).is_none_or(|nets| {
                let meets = |net: &Ipv6Net| nets.iter().any(|named| meet(*named, *net));
                span.nets.iter().any(meets)
            }),
        })
}

fn meet(one: IpNet, other: Ipv6Net) -> bool {
    let other = IpNet::V6(other);
    one.contains(&other) || other.contains(&one)
}

/// IPv6 rules that came since, and that stand for the address itself or for everyone.
fn stand_ins(
    scene: &Scene<'_>,
    (side, rules4): (&Side<'_>, &Firewall),
    firewall: &Firewall,
    rule: &Rule,
) -> Vec<String> {
    let Remote::Net(IpNet::V4(address)) = rule.remote else {
        return Vec::new();
    };
    let twins = rule.traffic.v6_twin();
    let everyone4 = rules4.rules(Direction::Ingress).filter(|other| {
        other.action == Action::Allow && admit::is_everyone(side, other, Family::V4)
    });
    let everyone4: Vec<_> = everyone4.map(|other| other.traffic).collect();
    let came = firewall.rules(Direction::Ingress).filter(|other| {
        other.action == Action::Allow && twins.contains(&other.traffic) && !rules4.has(other)
    });
    let wrong = came.filter(|other| {
        let widened = admit::is_everyone(&scene.now, other, Family::V6)
            && !everyone4.iter().any(|it| it.contains(rule.traffic));
        let mut nets = admit::nets(&scene.now, other).unwrap_or_default().iter();
        widened || nets.any(|net| embeds(*net, address))
    });
    wrong.map(|other| format!("{rule} and {other}")).collect()
}

/// Whether a prefix is an IPv4 address in IPv6 writing: IPv4-mapped (RFC 4291 section 2.5.5.2) or NAT64
/// (RFC 6052 section 2.2).
fn embeds(net: IpNet, address: Ipv4Net) -> bool {
    let IpNet::V6(net) = net else {
        return false;
    };
    let written = net.addr();
    let bits = u32::try_from(u128::from(written) & u128::from(u32::MAX)).unwrap_or_default();
    let holds = is_writing(written) && net.prefix_len() == 128;
    holds && Ipv4Addr::from(bits) == address.addr()
}

fn is_writing(address: Ipv6Addr) -> bool {
    address.to_ipv4_mapped().is_some() || Scope::of(address) == Scope::Nat64
}
