//! Firewalls: AWS security groups and network ACLs, Azure NSGs.
//!
//! One type for all of them: what differs between providers is where a firewall is attached, whether
//! it keeps state, and how its rules are combined. [`FirewallKind`] says so.

use std::fmt;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use serde::{Deserialize, Serialize};
use sixward_net::{ANY4, ANY6, Family, Traffic};
use smol_str::SmolStr;

use crate::table::item;
use crate::{FirewallId, NetworkId, Place, PrefixListId};

/// A set of rules that interfaces or subnets are put under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Firewall {
    /// Its id.
    pub id: FirewallId,
    /// Its name; empty when it has none.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub name: SmolStr,
    /// The network it is part of.
    pub network: NetworkId,
    /// How its rules act.
    pub kind: FirewallKind,
    /// The network's own default one, which holds where nothing else is named.
    #[serde(default, skip_serializing_if = "crate::subnet::is_false")]
    pub default: bool,
    /// The rules, sorted. What no rule allows is denied.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
}

/// How a firewall's rules act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FirewallKind {
    /// On interfaces, stateful; any rule that matches allows (AWS security group).
    Group,
    /// On subnets, stateless; the first rule that matches decides (AWS network ACL).
    List,
    /// On subnets and interfaces, stateful; the first rule that matches decides (Azure NSG).
    Ordered,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Rule {
    /// Which packets, seen from what the firewall is on.
    pub direction: Direction,
    /// Its place among the others, lowest first; none in a [`FirewallKind::Group`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<u32>,
    /// What happens.
    #[serde(default, skip_serializing_if = "Action::is_allow")]
    pub action: Action,
    /// The protocol and ports.
    pub traffic: Traffic,
    /// The other end.
    pub remote: Remote,
    /// The owner's comment.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub note: SmolStr,
}

/// Which way a packet goes, seen from what the firewall is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// In.
    Ingress,
    /// Out.
    Egress,
}

/// What a rule does.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Lets the packet pass.
    #[default]
    Allow,
    /// Drops it.
    Deny,
}

/// The other end of a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Remote {
    /// A prefix; its family is the family of the rule.
    Net(IpNet),
    /// Interfaces under this firewall, by their private addresses of **both** families.
    Firewall(FirewallId),
    /// Every prefix of a list.
    PrefixList(PrefixListId),
    /// A name that the provider resolves to prefixes (Azure service tag).
    Tag(SmolStr),
}

/// A list of prefixes that rules and routes may name; one family.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrefixList {
    /// Its id.
    pub id: PrefixListId,
    /// Its name.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub name: SmolStr,
    /// Where it stands.
    pub place: Place,
    /// The family of its prefixes.
    pub family: Family,
    /// It is the provider's, not the owner's.
    #[serde(default, skip_serializing_if = "crate::subnet::is_false")]
    pub managed: bool,
    /// How many entries it counts for in a rule quota, whatever it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_entries: Option<u32>,
    /// The prefixes; none when the input does not hold them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entries: Option<Vec<IpNet>>,
}

item!(Firewall => FirewallId, PrefixList => PrefixListId);

impl Firewall {
    /// Rules of one direction, in order.
    pub fn rules(&self, direction: Direction) -> impl Iterator<Item = &Rule> {
        self.rules
            .iter()
            .filter(move |rule| rule.direction == direction)
    }

    /// Whether a rule says the same, whatever its order and comment.
    pub fn has(&self, rule: &Rule) -> bool {
        self.rules.iter().any(|other| other.same_meaning(rule))
    }

    /// Puts a rule in its place; the order is that of [`Rule`].
    pub fn add(&mut self, rule: Rule) {
        let at = self.rules.partition_point(|other| *other < rule);
        self.rules.insert(at, rule);
    }

    /// Whether one direction's rules are still those that the provider made it with.
    ///
    /// The provider adds the IPv6 half by itself only to such rules (Amazon VPC: Migrating to IPv6,
    /// step 3; Default network ACL). What counts is what the rules are, not what they once were.
    pub fn is_untouched(&self, direction: Direction) -> bool {
        let mut any4 = false;
        for rule in self.rules(direction) {
            match (rule.action, rule.traffic, &rule.remote) {
                (Action::Allow, Traffic::All, Remote::Net(net)) if *net == ANY4.into() => {
                    any4 = true;
                }
                (Action::Allow, Traffic::All, Remote::Net(net)) if *net == ANY6.into() => {}
                _ => return false,
            }
        }
        match self.kind {
            FirewallKind::Group => any4 && direction == Direction::Egress,
            FirewallKind::List => any4 && self.default,
            FirewallKind::Ordered => false,
        }
    }
}

impl Rule {
    /// The rule's family; none when its remote has both or is not known.
    pub fn family(&self) -> Option<Family> {
        match &self.remote {
            Remote::Net(IpNet::V4(_)) => Some(Family::V4),
            Remote::Net(IpNet::V6(_)) => Some(Family::V6),
            _ => None,
        }
    }

    /// Whether both decide the same packets alike.
    pub fn same_meaning(&self, other: &Self) -> bool {
        self.direction == other.direction
            && self.action == other.action
            && self.traffic == other.traffic
            && self.remote == other.remote
    }
}

impl Action {
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde asks for a reference"
    )]
    fn is_allow(&self) -> bool {
        *self == Self::Allow
    }
}

impl From<Ipv4Net> for Remote {
    fn from(net: Ipv4Net) -> Self {
        Self::Net(net.into())
    }
}

impl From<Ipv6Net> for Remote {
    fn from(net: Ipv6Net) -> Self {
        Self::Net(net.into())
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ingress => "ingress",
            Self::Egress => "egress",
        })
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
        })
    }
}

impl fmt::Display for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Net(net) => net.fmt(f),
            Self::Firewall(id) => id.fmt(f),
            Self::PrefixList(id) => id.fmt(f),
            Self::Tag(name) => f.pad(name),
        }
    }
}

/// `ingress tcp/443 from ::/0`, the way a person says it.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.direction)?;
        if let Some(order) = self.order {
            write!(f, " {order} {}", self.action)?;
        }
        let word = match self.direction {
            Direction::Ingress => "from",
            Direction::Egress => "to",
        };
        write!(f, " {} {word} {}", self.traffic, self.remote)
    }
}
