//! X6: rules that name an internal IPv4 block such as `10.0.0.0/8`. IPv6 has no such thing: each network's
//! block is another, and what holds them all holds strangers, too.

use std::collections::{BTreeMap, BTreeSet};

use sixward_estate::{
    Action, BlockSource, Finding, Firewall, LinkKind, Network, NetworkId, Remote, Rule, Severity,
    TransitId,
};
use sixward_net::{Family, IpNet, Ipv4Net, Ipv6Net};

use super::scene::{Scene, Side};
use super::{admit, report, way};

pub(super) fn find(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    let mut within = Within::new(&scene.now);
    for firewall in &scene.now.estate.firewalls {
        let known = scene.now.is_known(&firewall.network);
        if !known || !scene.now.is_live_under(&firewall.id) {
            continue;
        }
        let (side, rules4) = scene.firewall4(firewall);
        let (mut wide, mut left) = (Vec::new(), Vec::new());
        for rule in &rules4.rules {
            let Some(net) = internal(rule) else {
                continue;
            };
            let networks = within.networks(net, &firewall.network);
            if networks.is_empty() {
                continue;
            }
            wide.extend(strangers(scene, (side, rules4), firewall, rule, &networks));
            left.extend(unnamed(scene, firewall, rule, &networks));
        }
        found.extend(tell(firewall, wide, left));
    }
}

fn tell(firewall: &Firewall, wide: Vec<String>, left: Vec<String>) -> Option<Finding> {
    let (severity, message, lines) = if !wide.is_empty() {
        let message = "its IPv6 rule for an internal IPv4 block holds strangers, too: internal \
                       networks have no one IPv6 prefix";
        (Severity::Warning, message, wide)
    } else if !left.is_empty() {
        let message = "its rule for an internal IPv4 block has an IPv6 half for some networks of \
                       the block and not for others that have IPv6";
        (Severity::Note, message, left)
    } else {
        return None;
    };
    let subject = report::firewall(firewall);
    let finding = Finding::new(severity, super::INTERNAL_BLOCK, subject, message.to_owned())
        .help("name the IPv6 block of each network that is meant, or a prefix list of them");
    Some(report::seen(finding, lines))
}

/// The internal block that a rule allows.
fn internal(rule: &Rule) -> Option<Ipv4Net> {
    const SHARED: Ipv4Net = Ipv4Net::new_assert(std::net::Ipv4Addr::new(100, 64, 0, 0), 10);
    match rule.remote {
        Remote::Net(IpNet::V4(net)) if rule.action == Action::Allow => {
            let address = net.network();
            (address.is_private() || SHARED.contains(&address)).then_some(net)
        }
        _ => None,
    }
}

/// IPv6 rules that came since for the same traffic, and hold more than the networks.
fn strangers(
    scene: &Scene<'_>,
    (side, rules4): (&Side<'_>, &Firewall),
    firewall: &Firewall,
    rule: &Rule,
    networks: &[&Network],
) -> Vec<String> {
    let same = |other: &&Rule| other.direction == rule.direction && other.action == Action::Allow;
    let everyone4 = rules4.rules.iter().filter(same).any(|other| {
        admit::is_everyone(side, other, Family::V4) && other.traffic.contains(rule.traffic)
    });
    if everyone4 {
        return Vec::new();
    }
    let came = firewall
        .rules
        .iter()
        .filter(same)
        .filter(|other| rule.traffic.v6_twin().contains(&other.traffic) && !rules4.has(other));
    let wide = came.filter(|other| {
        let mut nets = admit::nets(&scene.now, other).unwrap_or_default().iter();
        nets.any(|net| matches!(net, IpNet::V6(net) if holds_strangers(*net, networks)))
    });
    wide.map(|other| format!("{rule} and {other}")).collect()
}

/// Everybody, or the provider's other customers: it hands out neighbouring blocks.
fn holds_strangers(net: Ipv6Net, networks: &[&Network]) -> bool {
    let given = |network: &&Network| {
        network.blocks6.iter().any(|block| {
            let given = matches!(block.source, BlockSource::Provider { .. });
            given && net != block.net && net.contains(&block.net)
        })
    };
    way::is_internet(net) || networks.iter().any(given)
}

/// Networks of the block that a rule's IPv6 half leaves out, where it has one.
fn unnamed(
    scene: &Scene<'_>,
    firewall: &Firewall,
    rule: &Rule,
    networks: &[&Network],
) -> Vec<String> {
    let twins = rule.traffic.v6_twin();
    let same = firewall.rules.iter().filter(|other| {
        let alike = twins.iter().any(|twin| other.traffic.overlaps(*twin));
        other.direction == rule.direction && other.action == Action::Allow && alike
    });
    let nets: Vec<_> = same
        .flat_map(|other| admit::nets(&scene.now, other).unwrap_or_default())
        .filter(|net| matches!(net, IpNet::V6(_)))
        .collect();
    let is_named = |network: &&Network| {
        network.blocks6.iter().any(|block| {
            let block = IpNet::V6(block.net);
            nets.iter()
                .any(|net| net.contains(&block) || block.contains(*net))
        })
    };
    let (named, left): (Vec<_>, Vec<_>) = networks.iter().copied().partition(is_named);
    if named.is_empty() {
        return Vec::new();
    }
    left.iter()
        .map(|network| format!("{rule}: network/{}", network.id))
        .collect()
}

/// Which networks with IPv6 an internal block holds, as a network means it: itself and those that it is
/// linked to.
struct Within<'a> {
    live: Vec<&'a Network>,
    inside: BTreeMap<Ipv4Net, Vec<&'a Network>>,
    peers: BTreeSet<(&'a NetworkId, &'a NetworkId)>,
    hubs: BTreeMap<&'a NetworkId, BTreeSet<&'a TransitId>>,
}

impl<'a> Within<'a> {
    fn new(side: &Side<'a>) -> Self {
        let subnets = side.estate.subnets.iter();
        let live = subnets.filter(|subnet| side.is_live(&subnet.id));
        let live: BTreeSet<_> = live.map(|subnet| &subnet.network).collect();
        let mut within = Self {
            live: live
                .into_iter()
                .filter_map(|id| side.estate.networks.get(id))
                .collect(),
            inside: BTreeMap::new(),
            peers: BTreeSet::new(),
            hubs: BTreeMap::new(),
        };
        for link in &side.estate.links {
            match &link.kind {
                LinkKind::Peering {
                    requester,
                    accepter,
                } => {
                    let (one, other) = (&requester.network, &accepter.network);
                    within.peers.extend([(one, other), (other, one)]);
                }
                LinkKind::Transit(attachment) => {
                    if let Some(network) = &attachment.network {
                        within
                            .hubs
                            .entry(network)
                            .or_default()
                            .insert(&attachment.transit);
                    }
                }
                LinkKind::Vpn { .. } => {}
            }
        }
        within
    }

    /// Nothing where the block is no wider than one network.
    fn networks(&mut self, net: Ipv4Net, from: &NetworkId) -> Vec<&'a Network> {
        let live = &self.live;
        let inside = self.inside.entry(net).or_insert_with(|| {
            let inside = live.iter().filter(|network| {
                let mut blocks = network.blocks4.iter();
                blocks.any(|block| *block != net && net.contains(block))
            });
            inside.copied().collect()
        });
        let inside = inside.clone();
        inside
            .into_iter()
            .filter(|network| self.sees(from, &network.id))
            .collect()
    }

    fn sees(&self, from: &NetworkId, to: &NetworkId) -> bool {
        let hub = || {
            let (one, other) = (self.hubs.get(from)?, self.hubs.get(to)?);
            one.intersection(other).next()
        };
        from == to || self.peers.contains(&(from, to)) || hub().is_some()
    }
}
