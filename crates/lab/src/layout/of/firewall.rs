//! Groups and lists as chains.
//!
//! Groups allow, and all groups of an interface together; lists decide by their first rule that matches, and
//! their end denies. Amazon VPC User Guide: Security group rules; Network ACL rules.

use std::collections::BTreeSet;

use sixward_estate::{
    Action, Direction, Firewall, FirewallId, FirewallKind, Interface, InterfaceOwner, LinkKind,
    NetworkId, Remote, Rule,
};
use sixward_net::{Family, IpNet, Ports, Traffic};

use super::Maker;
use crate::layout::{ChainName, Drop, Filter, Match, Set, SetName, Verdict};

const ICMP: u8 = 1;
const TCP: u8 = 6;
const UDP: u8 = 17;
const ICMP6: u8 = 58;

/// The mark of a connection that is not kept in mind.
const UNTRACKED: u32 = 1;

/// Whether the addresses behind a group's name match.
enum Reach {
    Yes,
    No,
    /// What would tell is not in the estate.
    Unknown,
}

impl Maker<'_> {
    /// The chain of all groups of an interface in one direction; interfaces with the same groups share it.
    pub(super) fn profile(
        &self,
        filter: &mut Filter,
        interface: &Interface,
        direction: Direction,
    ) -> ChainName {
        let groups: Vec<_> = interface.firewalls.iter().map(FirewallId::as_str).collect();
        let groups = groups.join(" ");
        let bare = groups.is_empty();
        let host = matches!(interface.owner, InterfaceOwner::Host(_));
        let name = if bare && host {
            ChainName::new(format!("{direction} {}", interface.id))
        } else {
            ChainName::new(format!("{direction} [{groups}]"))
        };
        if filter.chains.contains_key(&name) {
            return name;
        }
        filter.chain(name.0.clone());
        if bare {
            // Only managed services have interfaces without a group.
            let verdict = if host {
                Verdict::Drop(Drop::unknown(&interface.id, "its groups are not known"))
            } else {
                Verdict::Accept
            };
            filter.rule(&name, [], verdict);
            return name;
        }
        let mut unknown = Vec::new();
        for id in &interface.firewalls {
            match self.estate.firewalls.get(id) {
                Some(group) if group.kind == FirewallKind::Group => {
                    for rule in group.rules(direction) {
                        for matches in self.untracked(interface, rule) {
                            filter.rule(&name, matches, Verdict::MarkConnection(UNTRACKED));
                        }
                        self.allow(filter, &name, group, rule, &mut unknown);
                    }
                }
                _ => unknown.push((Vec::new(), Drop::unknown(id, "its rules are not known"))),
            }
        }
        for (matches, drop) in unknown {
            filter.rule(&name, matches, Verdict::Drop(drop));
        }
        let why = format!("no {direction} rule matches");
        filter.rule(&name, [], Verdict::Drop(Drop::new(groups, why)));
        name
    }

    /// What a rule lets begin without keeping it in mind: what everybody may send, where everything may be answered to
    /// everybody. Each of its packets is held against the rules, and ends when they go (Amazon EC2, Security group
    /// connection tracking: Untracked connections).
    fn untracked(&self, interface: &Interface, rule: &Rule) -> Vec<Vec<Match>> {
        let Remote::Net(net) = rule.remote else {
            return Vec::new();
        };
        let back = match rule.direction {
            Direction::Ingress => Direction::Egress,
            Direction::Egress => Direction::Ingress,
        };
        let groups = interface.firewalls.iter();
        let groups = groups.filter_map(|id| self.estate.firewalls.get(id));
        let answers: Vec<_> = groups
            .flat_map(|group| group.rules(back))
            .filter(|other| net.prefix_len() == 0 && other.remote == rule.remote)
            .collect();
        let begins = |protocol: u8, all: Traffic| {
            let own = match (rule.traffic, all) {
                (Traffic::All, _) => vec![Match::Protocol(protocol)],
                (Traffic::Tcp(_), Traffic::Tcp(_)) | (Traffic::Udp(_), Traffic::Udp(_)) => {
                    traffic(rule.traffic)
                }
                _ => return None,
            };
            let open = |it: &&Rule| it.traffic == Traffic::All || it.traffic == all;
            answers.iter().any(open).then(|| {
                let mut matches = vec![remote(rule.direction, net)];
                matches.extend(own);
                matches
            })
        };
        let kinds = [
            (TCP, Traffic::Tcp(Ports::ALL)),
            (UDP, Traffic::Udp(Ports::ALL)),
        ];
        kinds
            .into_iter()
            .filter_map(|(protocol, all)| begins(protocol, all))
            .collect()
    }

    fn allow(
        &self,
        filter: &mut Filter,
        chain: &ChainName,
        group: &Firewall,
        rule: &Rule,
        unknown: &mut Vec<(Vec<Match>, Drop)>,
    ) {
        let traffic = traffic(rule.traffic);
        let mut accept = |mut matches: Vec<Match>| {
            matches.extend(traffic.clone());
            filter.rule(chain, matches, Verdict::Accept);
        };
        match &rule.remote {
            Remote::Net(net) => accept(vec![remote(rule.direction, *net)]),
            Remote::PrefixList(list) => match self.entries(list) {
                Some(nets) => nets
                    .iter()
                    .for_each(|net| accept(vec![remote(rule.direction, *net)])),
                None => {
                    unknown.push((traffic, Drop::unknown(list, "its prefixes are not known")));
                }
            },
            Remote::Tag(tag) => unknown.push((traffic, Drop::unknown(tag, "is not known"))),
            Remote::Firewall(other) => match self.reach(&group.network, other) {
                Reach::No => {}
                reach => {
                    for family in [Family::V4, Family::V6] {
                        let set = self.members(filter, other, family);
                        let mut matches = vec![match rule.direction {
                            Direction::Ingress => Match::SourceIn(set, family),
                            Direction::Egress => Match::DestinationIn(set, family),
                        }];
                        matches.extend(traffic.clone());
                        if matches!(reach, Reach::Yes) {
                            filter.rule(chain, matches, Verdict::Accept);
                        } else {
                            let why = "whether its name holds in another network is not known";
                            unknown.push((matches, Drop::unknown(other, why)));
                        }
                    }
                }
            },
        }
    }

    /// Whether a group's name in the rule of another network's group stands for its members: in the same
    /// network, and over a peering within one region.
    fn reach(&self, network: &NetworkId, group: &FirewallId) -> Reach {
        let Some(named) = self.estate.firewalls.get(group) else {
            return Reach::Unknown;
        };
        if named.network == *network {
            return Reach::Yes;
        }
        let mut reach = Reach::Unknown;
        for link in &self.estate.links {
            let LinkKind::Peering {
                requester,
                accepter,
            } = &link.kind
            else {
                continue;
            };
            let ends = [&requester.network, &accepter.network];
            if ends.contains(&network) && ends.contains(&&named.network) {
                reach = if requester.place.region == accepter.place.region {
                    Reach::Yes
                } else {
                    Reach::No
                };
            }
        }
        reach
    }

    /// The set of the private addresses of a group's members.
    fn members(&self, filter: &mut Filter, group: &FirewallId, family: Family) -> SetName {
        let interfaces = self.index.interfaces_of_firewall(group).iter();
        match family {
            Family::V4 => {
                let all = interfaces.flat_map(|interface| &interface.addresses4);
                let set: BTreeSet<_> = all.map(|pair| pair.address).collect();
                filter.set(format!("{group} v4"), Set::Addresses4(set))
            }
            Family::V6 => {
                let all = interfaces.flat_map(|interface| &interface.addresses6);
                let set: BTreeSet<_> = all.copied().collect();
                filter.set(format!("{group} v6"), Set::Addresses6(set))
            }
        }
    }

    /// The chain of a list in one direction: it returns for what is allowed.
    pub(super) fn list(
        &self,
        filter: &mut Filter,
        id: Option<&FirewallId>,
        direction: Direction,
    ) -> ChainName {
        let word = id.map_or("no list", FirewallId::as_str);
        let name = ChainName::new(format!("{direction} {word}"));
        if filter.chains.contains_key(&name) {
            return name;
        }
        filter.chain(name.0.clone());
        // A subnet of no provider's may have none: nothing is dropped at its edge.
        let Some(id) = id else {
            return name;
        };
        let list = self.estate.firewalls.get(id);
        let Some(list) = list.filter(|list| list.kind == FirewallKind::List) else {
            let drop = Drop::unknown(word, "its rules are not known");
            filter.rule(&name, [], Verdict::Drop(drop));
            return name;
        };
        for rule in list.rules(direction) {
            let verdict = match rule.action {
                Action::Allow => Verdict::Return,
                Action::Deny => Verdict::Drop(Drop::new(&list.id, rule.to_string())),
            };
            let (nets, verdict) = match &rule.remote {
                Remote::Net(net) => (vec![*net], verdict),
                other => {
                    let drop = Drop::unknown(&list.id, format!("what is {other}"));
                    (Vec::new(), Verdict::Drop(drop))
                }
            };
            if nets.is_empty() {
                filter.rule(&name, traffic(rule.traffic), verdict);
                continue;
            }
            for net in nets {
                let mut matches = vec![remote(rule.direction, net)];
                matches.extend(traffic(rule.traffic));
                filter.rule(&name, matches, verdict.clone());
            }
        }
        let why = format!("no {direction} rule matches");
        filter.rule(&name, [], Verdict::Drop(Drop::new(&list.id, why)));
        name
    }

    /// The prefixes of a list, where they are known.
    pub(super) fn entries(&self, id: &sixward_estate::PrefixListId) -> Option<Vec<IpNet>> {
        self.estate.prefix_lists.get(id)?.entries.clone()
    }
}

fn remote(direction: Direction, net: IpNet) -> Match {
    match direction {
        Direction::Ingress => Match::Source(net),
        Direction::Egress => Match::Destination(net),
    }
}

fn traffic(traffic: Traffic) -> Vec<Match> {
    match traffic {
        Traffic::All => Vec::new(),
        Traffic::Tcp(ports) => vec![Match::Protocol(TCP), Match::Ports(ports)],
        Traffic::Udp(ports) => vec![Match::Protocol(UDP), Match::Ports(ports)],
        Traffic::Icmp(message) => vec![Match::Protocol(ICMP), Match::Icmp(message)],
        Traffic::Icmp6(message) => vec![Match::Protocol(ICMP6), Match::Icmp(message)],
        Traffic::Protocol(number) => vec![Match::Protocol(number)],
    }
}
