//! Security groups and network ACLs. Prefix lists are in [`super::prefix_list`].

use serde::Deserialize;
use sixward_estate::{
    Action, Direction, Estate, Firewall, FirewallId, FirewallKind, NetworkId, PrefixListId, Remote,
    Rule, SmolStr, SubnetId,
};
use sixward_net::IpNet;

use super::file::Raw;
use super::merge::Trouble;
use super::network::is_associated;
use super::rule;
use super::stock::Intake;
use super::value::{List, Maybe, Number, Tag, Text, name};
use crate::report::Report;
use crate::subject::found;

/// A security group as the API describes it.
#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a security group",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawGroup<'a> {
    group_id: Text<'a>,
    group_name: Text<'a>,
    vpc_id: Text<'a>,
    owner_id: Text<'a>,
    ip_permissions: List<RawPermission<'a>>,
    ip_permissions_egress: List<RawPermission<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a permission",
    bound(deserialize = "'de: 'a")
)]
struct RawPermission<'a> {
    ip_protocol: Text<'a>,
    from_port: Number,
    to_port: Number,
    ip_ranges: List<RawRange<'a>>,
    ipv6_ranges: List<RawRange<'a>>,
    user_id_group_pairs: List<RawPair<'a>>,
    prefix_list_ids: List<RawListed<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a range",
    bound(deserialize = "'de: 'a")
)]
struct RawRange<'a> {
    cidr_ip: Text<'a>,
    cidr_ipv6: Text<'a>,
    description: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a group",
    bound(deserialize = "'de: 'a")
)]
struct RawPair<'a> {
    group_id: Text<'a>,
    group_name: Text<'a>,
    user_id: Text<'a>,
    vpc_peering_connection_id: Text<'a>,
    description: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a prefix list",
    bound(deserialize = "'de: 'a")
)]
struct RawListed<'a> {
    prefix_list_id: Text<'a>,
    description: Text<'a>,
}

/// A network ACL as the API describes it.
#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a network ACL",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawAcl<'a> {
    network_acl_id: Text<'a>,
    vpc_id: Text<'a>,
    is_default: Option<bool>,
    associations: List<RawAssociation<'a>>,
    entries: List<RawAclEntry<'a>>,
    tags: List<Tag<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "an association",
    bound(deserialize = "'de: 'a")
)]
struct RawAssociation<'a> {
    subnet_id: Text<'a>,
    state: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "an entry",
    bound(deserialize = "'de: 'a")
)]
struct RawAclEntry<'a> {
    rule_number: Number,
    egress: Option<bool>,
    rule_action: Text<'a>,
    protocol: Text<'a>,
    cidr_block: Text<'a>,
    ipv6_cidr_block: Text<'a>,
    port_range: Maybe<RawPorts>,
    icmp_type_code: Maybe<RawIcmp>,
}

#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(default, rename_all = "PascalCase", expecting = "a range of ports")]
struct RawPorts {
    from: Number,
    to: Number,
}

#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(default, rename_all = "PascalCase", expecting = "a type and code")]
struct RawIcmp {
    #[serde(rename = "Type")]
    kind: Number,
    code: Number,
}

/// A firewall, and the subnets that are under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FoundFirewall {
    firewall: Firewall,
    subnets: Vec<SubnetId>,
}

found! { FoundFirewall { firewall: Firewall } }

impl<'de> Raw<'de> for RawGroup<'de> {
    fn take(self, intake: &mut Intake) {
        if self.group_id.is_empty() || self.vpc_id.is_empty() {
            return intake.incomplete("security groups");
        }
        let mut trouble = Trouble::default();
        let mut rules = Vec::new();
        for (direction, permissions) in [
            (Direction::Ingress, &self.ip_permissions),
            (Direction::Egress, &self.ip_permissions_egress),
        ] {
            for permission in permissions.iter() {
                permission.add_rules(direction, &mut rules, &mut trouble);
                intake
                    .stock
                    .foreign_firewalls
                    .extend(permission.foreign(&self.owner_id));
            }
        }
        rules.sort();
        rules.dedup();
        rules.shrink_to_fit();
        let firewall = Firewall {
            id: FirewallId::new(self.group_id.small()),
            name: self.group_name.small(),
            network: NetworkId::new(self.vpc_id.small()),
            kind: FirewallKind::Group,
            default: &*self.group_name == "default",
            rules,
        };
        let found = FoundFirewall {
            firewall,
            subnets: Vec::new(),
        };
        intake
            .stock
            .firewalls
            .insert(&intake.source, found, trouble);
    }
}

impl RawPermission<'_> {
    /// One rule for each range, group and list.
    fn add_rules(&self, direction: Direction, rules: &mut Vec<Rule>, trouble: &mut Trouble) {
        let traffic = match rule::traffic(&self.ip_protocol, self.from_port.0, self.to_port.0) {
            Ok(traffic) => traffic,
            Err(why) => return trouble.rule(format!("its {direction} rule cannot be read: {why}")),
        };
        let rule = |remote, note: &Text<'_>| Rule {
            direction,
            order: None,
            action: Action::Allow,
            traffic,
            remote,
            note: note.small(),
        };
        for range in self.ip_ranges.iter() {
            let net = trouble.net4("rule's range", &range.cidr_ip);
            rules.extend(net.map(|net| rule(net.into(), &range.description)));
        }
        for range in self.ipv6_ranges.iter() {
            let net = trouble.net6("rule's range", &range.cidr_ipv6);
            rules.extend(net.map(|net| rule(net.into(), &range.description)));
        }
        for pair in self.user_id_group_pairs.iter() {
            match pair.group_id.given() {
                Some(id) => rules.push(rule(
                    Remote::Firewall(FirewallId::new(id)),
                    &pair.description,
                )),
                None => trouble.rule(format!(
                    "its rule names group `{}` without an id",
                    &*pair.group_name
                )),
            }
        }
        for list in self.prefix_list_ids.iter() {
            let id = list.prefix_list_id.given().map(PrefixListId::new);
            rules.extend(id.map(|id| rule(Remote::PrefixList(id), &list.description)));
        }
    }

    /// Groups of other accounts and of peers: they may be missing without anything being amiss.
    fn foreign<'a>(&'a self, owner: &'a str) -> impl Iterator<Item = FirewallId> + 'a {
        let pairs = self.user_id_group_pairs.iter();
        let foreign = pairs.filter(move |pair| {
            let other = !pair.user_id.is_empty() && !owner.is_empty() && *pair.user_id != *owner;
            other || !pair.vpc_peering_connection_id.is_empty()
        });
        foreign.filter_map(|pair| pair.group_id.given().map(FirewallId::new))
    }
}

impl<'de> Raw<'de> for RawAcl<'de> {
    fn take(self, intake: &mut Intake) {
        if self.network_acl_id.is_empty() || self.vpc_id.is_empty() {
            return intake.incomplete("network ACLs");
        }
        let mut trouble = Trouble::default();
        let entries = self.entries.iter().filter(|entry| !entry.is_implicit());
        let mut rules: Vec<Rule> = entries
            .filter_map(|entry| entry.rule(&mut trouble))
            .collect();
        rules.sort();
        rules.dedup();
        let associated = self
            .associations
            .iter()
            .filter(|held| is_associated(&held.state));
        let mut subnets: Vec<SubnetId> = associated
            .filter_map(|held| held.subnet_id.given().map(SubnetId::new))
            .collect();
        subnets.sort();
        let firewall = Firewall {
            id: FirewallId::new(self.network_acl_id.small()),
            name: name(&self.tags),
            network: NetworkId::new(self.vpc_id.small()),
            kind: FirewallKind::List,
            default: self.is_default == Some(true),
            rules,
        };
        intake
            .stock
            .firewalls
            .insert(&intake.source, FoundFirewall { firewall, subnets }, trouble);
    }
}

impl RawAclEntry<'_> {
    /// The `*` rule that ends every list: what no rule allows is denied anyway.
    fn is_implicit(&self) -> bool {
        matches!(self.rule_number.0, Some(32767 | 32768)) && &*self.rule_action == "deny"
    }

    fn rule(&self, trouble: &mut Trouble) -> Option<Rule> {
        let number = self.rule_number.0.unwrap_or(-1);
        let direction = if self.egress == Some(true) {
            Direction::Egress
        } else {
            Direction::Ingress
        };
        let mut refuse = |why: &str| {
            trouble.rule(format!(
                "its {direction} rule {number} cannot be read: {why}"
            ));
        };
        let Ok(order) = u32::try_from(number) else {
            refuse("it has no number");
            return None;
        };
        let action = match &*self.rule_action {
            "allow" => Action::Allow,
            "deny" => Action::Deny,
            other => {
                refuse(&format!("action `{other}` is not known"));
                return None;
            }
        };
        let (from, to) = match &*self.protocol {
            "1" | "58" | "icmp" | "icmpv6" => (self.icmp_type_code.kind, self.icmp_type_code.code),
            _ => (self.port_range.from, self.port_range.to),
        };
        let traffic = match rule::traffic(&self.protocol, from.0, to.0) {
            Ok(traffic) => traffic,
            Err(why) => {
                refuse(&why);
                return None;
            }
        };
        let block = self
            .cidr_block
            .given()
            .or(self.ipv6_cidr_block.given())
            .unwrap_or_default();
        let Ok(net) = block.parse::<IpNet>() else {
            refuse(&format!("`{block}` is no block"));
            return None;
        };
        let remote = Remote::Net(net.trunc());
        Some(Rule {
            direction,
            order: Some(order),
            action,
            traffic,
            remote,
            note: SmolStr::default(),
        })
    }
}

/// Puts the firewalls in, and tells subnets which list they are under.
pub(super) fn connect(firewalls: Vec<FoundFirewall>, estate: &mut Estate, report: &mut Report) {
    for FoundFirewall { firewall, subnets } in firewalls {
        for id in subnets {
            match estate.subnets.get_mut(&id) {
                Some(subnet) if subnet.firewall.is_none() => {
                    subnet.firewall = Some(firewall.id.clone());
                }
                Some(subnet) => crate::dangling::two_for_one(subnet, "network ACLs", report),
                None => crate::dangling::missing_subnet(&id, &firewall, report),
            }
        }
        estate.firewalls.insert(firewall);
    }
}
