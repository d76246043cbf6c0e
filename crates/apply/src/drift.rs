//! What differs between the estate that a plan expects and the one that is there.

use std::fmt;

use serde::Serialize;
use serde_json::Value;
use sixward_estate::{
    Estate, FamilyMode, Interface, InterfaceOwner, Item, Link, LinkKind, SmolStr, Table,
};

/// One thing that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What it is: `subnet/subnet-1`.
    pub subject: SmolStr,
    /// What is different: `is gone`, `block6: none, now 2001:db8::/64`.
    pub what: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.subject, self.what)
    }
}

/// All that differs, in the order of the nouns. Machine types are the provider's catalogue, as far as
/// it was asked for, and do not count.
pub fn drift(expected: &Estate, seen: &Estate) -> Vec<Difference> {
    let (a, b) = (expected, seen);
    let mut found = Vec::new();
    table(&mut found, "network", &a.networks, &b.networks);
    whole(
        &mut found,
        "public access",
        &a.public_access,
        &b.public_access,
    );
    table(&mut found, "subnet", &a.subnets, &b.subnets);
    table(&mut found, "route-table", &a.route_tables, &b.route_tables);
    table(&mut found, "gateway", &a.gateways, &b.gateways);
    table(&mut found, "address", &a.addresses, &b.addresses);
    table(&mut found, "link", &without_copies(a), &without_copies(b));
    table(&mut found, "transit", &a.transits, &b.transits);
    table(
        &mut found,
        "transit-table",
        &a.transit_tables,
        &b.transit_tables,
    );
    table(&mut found, "endpoint", &a.endpoints, &b.endpoints);
    table(&mut found, "firewall", &a.firewalls, &b.firewalls);
    table(&mut found, "prefix-list", &a.prefix_lists, &b.prefix_lists);
    table(
        &mut found,
        "interface",
        &without_given(a),
        &without_given(b),
    );
    table(&mut found, "host", &a.hosts, &b.hosts);
    table(&mut found, "balancer", &a.balancers, &b.balancers);
    table(
        &mut found,
        "target-group",
        &a.target_groups,
        &b.target_groups,
    );
    table(&mut found, "service", &a.services, &b.services);
    table(&mut found, "tunnel", &a.tunnels, &b.tunnels);
    whole(&mut found, "gaps", &a.gaps, &b.gaps);
    found
}

/// The IPv6 addresses of a dual-stack balancer's interfaces are the provider's to give and to change
/// (Application Load Balancers: IP address type).
fn without_given(estate: &Estate) -> Table<Interface> {
    let mut interfaces = estate.interfaces.clone();
    let is_dual = |interface: &Interface| match &interface.owner {
        InterfaceOwner::Balancer(id) => {
            let balancer = estate.balancers.get(id);
            balancer.is_some_and(|balancer| balancer.family != FamilyMode::V4)
        }
        _ => false,
    };
    interfaces.change_where(is_dual, |interface| interface.addresses6.clear());
    interfaces
}

/// Peerings show the blocks of both sides again: what is in the estate itself is looked at there.
fn without_copies(estate: &Estate) -> Table<Link> {
    let mut links = estate.links.clone();
    links.change_where(
        |link| matches!(link.kind, LinkKind::Peering { .. }),
        |link| {
            let LinkKind::Peering {
                requester,
                accepter,
            } = &mut link.kind
            else {
                return;
            };
            for side in [requester, accepter] {
                if estate.networks.contains(&side.network) {
                    side.blocks6.clear();
                }
            }
        },
    );
    links
}

fn table<T>(found: &mut Vec<Difference>, noun: &str, expected: &Table<T>, seen: &Table<T>)
where
    T: Item + PartialEq + Serialize,
    T::Id: fmt::Display,
{
    for pair in expected.differences(seen) {
        let (item, what) = match pair {
            (Some(item), None) => (item, "is gone".to_owned()),
            (None, Some(item)) => (item, "is new".to_owned()),
            (Some(old), Some(new)) => (old, changed(old, new)),
            (None, None) => continue,
        };
        found.push(Difference {
            subject: format!("{noun}/{}", item.id()).into(),
            what,
        });
    }
}

fn whole<T: PartialEq>(found: &mut Vec<Difference>, what: &str, expected: &[T], seen: &[T]) {
    if expected != seen {
        found.push(Difference {
            subject: what.into(),
            what: format!("changed: {} before, {} now", expected.len(), seen.len()),
        });
    }
}

/// Field by field, as the snapshot has them.
fn changed(old: &impl Serialize, new: &impl Serialize) -> String {
    let (Ok(Value::Object(old)), Ok(Value::Object(new))) =
        (serde_json::to_value(old), serde_json::to_value(new))
    else {
        return "changed".to_owned();
    };
    let mut fields: Vec<_> = old.keys().chain(new.keys()).collect();
    fields.sort();
    fields.dedup();
    let differing = fields
        .into_iter()
        .filter(|field| old.get(*field) != new.get(*field));
    let told = differing.map(|field| told(field, old.get(field), new.get(field)));
    told.collect::<Vec<_>>().join("; ")
}

fn told(field: &str, old: Option<&Value>, new: Option<&Value>) -> String {
    match (old, new) {
        (Some(Value::Array(old)), Some(Value::Array(new))) => entries(field, old, new),
        (None, Some(Value::Array(new))) => entries(field, &[], new),
        (Some(Value::Array(old)), None) => entries(field, old, &[]),
        _ => format!("{field}: {}, now {}", word(old), word(new)),
    }
}

/// Of lists only what is not in both.
fn entries(field: &str, old: &[Value], new: &[Value]) -> String {
    let only = |some: &[Value], others: &[Value], sign: &str| -> Vec<String> {
        let some = some.iter().filter(|it| !others.contains(it));
        some.map(|it| format!("{sign}{}", word(Some(it)))).collect()
    };
    let mut all = only(old, new, "-");
    all.extend(only(new, old, "+"));
    if all.is_empty() {
        return format!("{field}: another order");
    }
    format!("{field}: {}", all.join(" "))
}

fn word(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "none".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    }
}
