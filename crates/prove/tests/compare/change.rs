//! Changes of an estate: those that a plan makes, those that an owner makes, and a few that nobody
//! should make.

use proptest::collection::vec;
use proptest::prelude::*;
use sixward_estate::{
    Estate, FirewallKind, Gap, GatewayId, GatewayKind, Interface, InterfaceOwner, Item, LinkKind,
    PrefixListId, Private4, RouteOrigin, RouteState, Subject, SubnetId, Table,
};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use crate::palette::Prefix;

/// What is changed, and of which items: numbers are taken modulo what there is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Change {
    what: What,
    at: u8,
    detail: u8,
}

/// What is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    // From another estate.
    Firewall,
    RouteTable,
    HubTable,
    Lock,
    InterfaceOfOther,
    SubnetOfOther,
    Rule,
    Route,
    // Taken away.
    NoRule,
    NoRoute,
    Blackhole,
    NoFirewall,
    NoInterface,
    NoGateway,
    Detached,
    NoLink,
    // Addresses.
    Second4,
    Second6,
    Unrouted6,
    No4,
    No6,
    SameAddress,
    Public,
    // The rest of an interface.
    Owner,
    Delegated,
    Groups,
    Moved,
    // What subnets stand under.
    ListOf,
    TableOf,
    MainTable,
    EdgeTable,
    DefaultList,
    // Others.
    Entries,
    Gap,
    HubSubnets,
    Region,
    NatSubnet,
    Kind,
}

use What::{
    Blackhole, DefaultList, Delegated, Detached, EdgeTable, Entries, Firewall, Groups, HubSubnets,
    HubTable, InterfaceOfOther, Kind, ListOf, Lock, MainTable, Moved, NatSubnet, No4, No6,
    NoFirewall, NoGateway, NoInterface, NoLink, NoRoute, NoRule, Owner, Public, Region, Route,
    RouteTable, Rule, SameAddress, Second4, Second6, SubnetOfOther, TableOf, Unrouted6,
};

const ALL: [(u32, What); 38] = [
    (4, Firewall),
    (4, RouteTable),
    (2, HubTable),
    (2, Lock),
    (3, InterfaceOfOther),
    (3, SubnetOfOther),
    (6, Rule),
    (6, Route),
    (5, NoRule),
    (5, NoRoute),
    (2, Blackhole),
    (1, NoFirewall),
    (1, NoInterface),
    (2, NoGateway),
    (1, Detached),
    (2, NoLink),
    (3, Second4),
    (3, Second6),
    (1, Unrouted6),
    (2, No4),
    (2, No6),
    (2, SameAddress),
    (2, Public),
    (2, Owner),
    (1, Delegated),
    (2, Groups),
    (1, Moved),
    (3, ListOf),
    (3, TableOf),
    (1, MainTable),
    (2, EdgeTable),
    (1, DefaultList),
    (2, Entries),
    (1, What::Gap),
    (1, HubSubnets),
    (1, Region),
    (1, NatSubnet),
    (1, Kind),
];

pub(crate) fn changes(count: Range<usize>) -> impl Strategy<Value = Vec<Change>> {
    let weighted = ALL.map(|(weight, what)| (weight, Just(what).boxed()));
    let what = proptest::strategy::Union::new_weighted(weighted.into());
    let one = (what, any::<u8>(), any::<u8>());
    vec(
        one.prop_map(|(what, at, detail)| Change { what, at, detail }),
        count,
    )
}

/// The estate after some changes; `other` gives what they bring.
pub(crate) fn changed(estate: &Estate, other: &Estate, changes: &[Change]) -> Estate {
    let mut estate = estate.clone();
    for change in changes {
        change.apply(&mut estate, other);
    }
    estate
}

impl Change {
    pub(crate) fn new(what: What, at: u8, detail: u8) -> Self {
        Self { what, at, detail }
    }

    fn apply(self, e: &mut Estate, other: &Estate) {
        match self.what {
            Firewall => bring(&mut e.firewalls, &other.firewalls, self.at),
            RouteTable => bring(&mut e.route_tables, &other.route_tables, self.at),
            HubTable => bring(&mut e.transit_tables, &other.transit_tables, self.at),
            Lock => e.public_access.clone_from(&other.public_access),
            InterfaceOfOther => bring(&mut e.interfaces, &other.interfaces, self.at),
            SubnetOfOther => bring(&mut e.subnets, &other.subnets, self.at),
            Rule | NoRule | Kind | DefaultList => self.firewall(e, other),
            Route | NoRoute | Blackhole | MainTable | EdgeTable => self.route_table(e, other),
            NoFirewall => take(&mut e.firewalls, self.at),
            NoInterface => take(&mut e.interfaces, self.at),
            NoGateway => take(&mut e.gateways, self.at),
            NoLink => take(&mut e.links, self.at),
            Second4 | Second6 | Unrouted6 | No4 | No6 | SameAddress | Public | Owner
            | Delegated | Groups | Moved => self.interface(e),
            ListOf | TableOf => self.subnet(e),
            _ => self.rest(e),
        }
    }

    fn firewall(self, e: &mut Estate, other: &Estate) {
        let donor = nth(&other.firewalls, self.at);
        let detail = usize::from(self.detail);
        change(&mut e.firewalls, self.at, |firewall| match self.what {
            Rule => {
                let rules = donor.map(|donor| donor.rules).unwrap_or_default();
                if let Some(rule) = rules.get(detail % rules.len().max(1)) {
                    firewall.add(rule.clone());
                }
            }
            NoRule if !firewall.rules.is_empty() => {
                firewall.rules.remove(detail % firewall.rules.len());
            }
            Kind if detail.is_multiple_of(2) => firewall.kind = FirewallKind::Group,
            Kind => firewall.kind = FirewallKind::List,
            DefaultList => firewall.default = !firewall.default,
            _ => {}
        });
    }

    fn route_table(self, e: &mut Estate, other: &Estate) {
        let donor = nth(&other.route_tables, self.at);
        let detail = usize::from(self.detail);
        change(&mut e.route_tables, self.at, |table| match self.what {
            Route => {
                let routes = donor.map(|donor| donor.routes).unwrap_or_default();
                if let Some(route) = routes.get(detail % routes.len().max(1)) {
                    table.add(route.clone());
                }
            }
            // Nobody can take a table's local routes.
            NoRoute | Blackhole => {
                let given = |route: &&sixward_estate::Route| route.origin != RouteOrigin::Local;
                let count = table.routes.iter().filter(given).count();
                let chosen = table.routes.iter().filter(given).nth(detail % count.max(1));
                if let Some(chosen) = chosen.cloned() {
                    table.routes.retain(|route| *route != chosen);
                    if self.what == Blackhole {
                        let state = RouteState::Blackhole;
                        table.add(sixward_estate::Route { state, ..chosen });
                    }
                }
            }
            MainTable => table.main = !table.main,
            EdgeTable if table.edges.is_empty() => {
                let id = u8::from(table.network.as_str() != "network-0");
                table.edges = vec![GatewayId::new(format!("internet-{id}"))];
            }
            EdgeTable => table.edges.clear(),
            _ => {}
        });
    }

    fn interface(self, e: &mut Estate) {
        // Of two networks: in one of them it would be a mistake that no provider lets happen.
        let network = nth(&e.interfaces, self.at).map(|it| it.network);
        let far =
            nth(&e.interfaces, self.detail).filter(|it| Some(&it.network) != network.as_ref());
        let shared = far.as_ref().and_then(|it| it.addresses4.first().cloned());
        let shared6 = far.and_then(|it| it.addresses6.first().copied());
        let subnet = nth(&e.subnets, self.detail);
        change(&mut e.interfaces, self.at, |it| match self.what {
            Second4 => {
                let public =
                    (self.detail.is_multiple_of(2)).then(|| Ipv4Addr::new(198, 18, 100, self.at));
                let private = home(it).0;
                // No provider gives one interface an address twice.
                it.addresses4.retain(|own| own.address != private);
                insert(
                    &mut it.addresses4,
                    self.detail,
                    Private4 {
                        address: private,
                        public,
                        held: false,
                    },
                );
            }
            Second6 => {
                let address = home(it).1;
                insert(&mut it.addresses6, self.detail, address);
            }
            Unrouted6 => insert(
                &mut it.addresses6,
                self.detail,
                Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, self.at.into()),
            ),
            No4 => drop(it.addresses4.pop()),
            No6 => drop(it.addresses6.pop()),
            SameAddress => {
                let known: Vec<_> = it.addresses4.iter().map(|own| own.address).collect();
                it.addresses4
                    .extend(
                        shared
                            .filter(|own| !known.contains(&own.address))
                            .map(|own| Private4 {
                                public: None,
                                ..own
                            }),
                    );
                let known = it.addresses6.clone();
                it.addresses6
                    .extend(shared6.filter(|own| !known.contains(own)));
            }
            Public => {
                if let Some(own) = it.addresses4.first_mut() {
                    own.public = own
                        .public
                        .is_none()
                        .then_some(Ipv4Addr::new(198, 18, 101, self.at));
                }
            }
            Owner => {
                it.owner = match self.detail % 3 {
                    0 => InterfaceOwner::Nobody,
                    1 => InterfaceOwner::Gateway(GatewayId::new("nat-0")),
                    _ => InterfaceOwner::Managed("test".into()),
                }
            }
            Delegated => {
                it.prefixes6 = if it.prefixes6.is_empty() {
                    vec![Prefix::Half(0, 0).net6()]
                } else {
                    Vec::new()
                }
            }
            Groups => {
                let all = ["group-0", "group-1", "group-2"];
                let chosen = (0..)
                    .zip(all)
                    .filter(|(bit, _)| self.detail >> bit & 1 == 1);
                it.firewalls = chosen
                    .map(|(_, id)| sixward_estate::FirewallId::new(id))
                    .collect();
            }
            Moved => {
                if let Some(subnet) = subnet.filter(|subnet| subnet.network == it.network) {
                    it.subnet = subnet.id;
                }
            }
            _ => {}
        });
    }

    fn subnet(self, e: &mut Estate) {
        let table = nth(&e.route_tables, self.detail);
        change(&mut e.subnets, self.at, |subnet| match self.what {
            ListOf => {
                subnet.firewall = match self.detail % 3 {
                    2 => None,
                    number => Some(sixward_estate::FirewallId::new(format!("list-{number}"))),
                }
            }
            _ => match table {
                Some(table) if table.network == subnet.network => {
                    subnet.route_table = Some(table.id);
                }
                _ => subnet.route_table = None,
            },
        });
    }

    fn rest(self, e: &mut Estate) {
        let detail = self.detail;
        match self.what {
            Detached => change(&mut e.gateways, self.at, |gateway| gateway.network = None),
            Entries => {
                let family = if self.at.is_multiple_of(2) {
                    "v4"
                } else {
                    "v6"
                };
                let id = PrefixListId::new(format!("prefixes-{family}-{}", self.at % 4 < 2));
                if let Some(list) = e.prefix_lists.get_mut(&id) {
                    let of = |prefix: Prefix| prefix.net(list.family);
                    list.entries = match detail % 4 {
                        0 => Some(Vec::new()),
                        1 => Some(vec![of(Prefix::Outside)]),
                        2 => Some(vec![of(Prefix::Subnet(0, 0)), of(Prefix::Corner)]),
                        _ => None,
                    };
                }
            }
            What::Gap => {
                let subjects = [
                    Subject::new("subnet", "subnet-00", ""),
                    Subject::new("network", "network-1", ""),
                    Subject::new("firewall", "group-0", ""),
                    Subject::new("firewall", "list-0", ""),
                    Subject::new("route-table", "table-10", ""),
                    Subject::new("link", "peering", ""),
                    Subject::new("transit", "hub", ""),
                    Subject::new("gateway", "nat-0", ""),
                    Subject::new("interface", "interface-000", ""),
                ];
                let subject = subjects[usize::from(detail) % subjects.len()].clone();
                e.gaps.push(Gap {
                    subject,
                    reason: "test".into(),
                });
            }
            HubSubnets => change(&mut e.links, self.at, |link| {
                if let LinkKind::Transit(attachment) = &mut link.kind {
                    match detail % 3 {
                        0 => attachment.table = None,
                        1 => attachment.subnets.clear(),
                        _ => {
                            let network = attachment
                                .network
                                .as_ref()
                                .map_or("0", |id| &id.as_str()[8..]);
                            attachment.subnets = vec![SubnetId::new(format!("subnet-{network}1"))];
                        }
                    }
                }
            }),
            Region => change(&mut e.networks, self.at, |network| {
                network.place.region = "there".into();
            }),
            NatSubnet => change(&mut e.gateways, self.at, |gateway| {
                if let GatewayKind::Nat { subnet, .. } = &mut gateway.kind {
                    let network = subnet.as_str()[7..8].to_owned();
                    *subnet = SubnetId::new(format!("subnet-{network}1"));
                }
            }),
            _ => {}
        }
    }
}

/// Another address in the interface's subnet.
fn home(it: &Interface) -> (Ipv4Addr, Ipv6Addr) {
    let digit = |at: usize| it.subnet.as_str().as_bytes()[at] - b'0';
    let (n, s) = (digit(7), digit(8));
    let (net4, net6) = (Prefix::Subnet(n, s).net4(), Prefix::Subnet(n, s).net6());
    let low = it.id.as_str().as_bytes()[12] - b'0';
    let low = 200 + low;
    let address4 = u32::from(net4.network()) | u32::from(low);
    let address6 = u128::from(net6.network()) | u128::from(low) << 48;
    (address4.into(), address6.into())
}

/// In front or behind.
fn insert<T: PartialEq>(into: &mut Vec<T>, detail: u8, item: T) {
    if !into.contains(&item) {
        let at = if detail & 2 == 0 { 0 } else { into.len() };
        into.insert(at, item);
    }
}

fn nth<T: Item>(table: &Table<T>, at: u8) -> Option<T> {
    let len = table.len();
    table.iter().nth(usize::from(at) % len.max(1)).cloned()
}

fn bring<T: Item>(into: &mut Table<T>, from: &Table<T>, at: u8) {
    if let Some(item) = nth(from, at) {
        into.insert(item);
    }
}

fn take<T: Item>(from: &mut Table<T>, at: u8) {
    if let Some(item) = nth(from, at) {
        from.remove(item.id());
    }
}

fn change<T: Item>(table: &mut Table<T>, at: u8, how: impl FnOnce(&mut T)) {
    if let Some(item) = nth(table, at)
        && let Some(item) = table.get_mut(item.id())
    {
        how(item);
    }
}
