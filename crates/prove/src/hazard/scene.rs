//! The two estates that are compared, each indexed once.

use std::collections::{BTreeMap, BTreeSet};

use sixward_estate::{
    Estate, Firewall, FirewallId, FirewallKind, Index, Interface, NetworkId, Provider, RouteTable,
    Subnet, SubnetId,
};

use super::{lock, way};

/// The estate before the first step and the one that is looked at.
#[derive(Debug)]
pub(super) struct Scene<'a> {
    pub(super) before: &'a Side<'a>,
    pub(super) now: Side<'a>,
}

/// An estate, indexed.
#[derive(Debug)]
pub(super) struct Side<'a> {
    pub(super) estate: &'a Estate,
    pub(super) index: Index<'a>,
    default_lists: BTreeMap<&'a NetworkId, &'a Firewall>,
    live: BTreeSet<&'a SubnetId>,
    live_firewalls: BTreeSet<&'a FirewallId>,
}

impl<'a> Scene<'a> {
    pub(super) fn new(before: &'a Side<'a>, now: &'a Estate) -> Self {
        Self {
            before,
            now: Side::new(now),
        }
    }

    /// A subnet where its IPv4 is measured: as it was, or as it is when it is new.
    pub(super) fn yardstick<'s>(&'s self, subnet: &'a Subnet) -> (&'s Side<'a>, &'a Subnet) {
        match self.before.estate.subnets.get(&subnet.id) {
            Some(subnet) => (self.before, subnet),
            None => (&self.now, subnet),
        }
    }

    /// A firewall as its IPv4 is measured.
    pub(super) fn firewall4(&self, firewall: &'a Firewall) -> (&Side<'a>, &'a Firewall) {
        match self.before.estate.firewalls.get(&firewall.id) {
            Some(before) => (self.before, before),
            None => (&self.now, firewall),
        }
    }

    /// The table that an IPv4 packet of a subnet is routed by, and the estate that it stands in.
    pub(super) fn table4<'s>(
        &'s self,
        subnet: &'a Subnet,
    ) -> (&'s Side<'a>, Option<&'a RouteTable>) {
        let (side, subnet) = self.yardstick(subnet);
        (side, side.index.route_table(subnet))
    }

    /// Whether the internet finds an interface over IPv4, firewalls aside.
    pub(super) fn found4(&self, interface: &'a Interface) -> bool {
        let (side, interface) = self.interface4(interface);
        let subnet = side.estate.subnets.get(&interface.subnet);
        is_public4(side, interface) && subnet.is_some_and(|it| lock::of(side, it).is_open())
    }

    /// The same without a lock on public access, which holds for both families.
    pub(super) fn found4_but_for_a_lock(&self, interface: &'a Interface) -> bool {
        let (side, interface) = self.interface4(interface);
        is_public4(side, interface)
    }

    fn interface4<'s>(&'s self, interface: &'a Interface) -> (&'s Side<'a>, &'a Interface) {
        match self.before.estate.interfaces.get(&interface.id) {
            Some(was) => (self.before, was),
            None => (&self.now, interface),
        }
    }

    /// Whether the internet finds a subnet over IPv6, firewalls aside.
    pub(super) fn finds6(&self, subnet: &Subnet) -> bool {
        let table = self.now.index.route_table(subnet);
        table.is_some_and(|table| way::leads_to_internet6(&self.now, table))
            && lock::of(&self.now, subnet).is_open()
    }
}

impl<'a> Side<'a> {
    pub(super) fn new(estate: &'a Estate) -> Self {
        let lists = estate.firewalls.iter();
        let lists = lists.filter(|it| it.default && it.kind == FirewallKind::List);
        let mut side = Self {
            estate,
            index: Index::new(estate),
            default_lists: lists.map(|list| (&list.network, list)).collect(),
            live: BTreeSet::new(),
            live_firewalls: BTreeSet::new(),
        };
        side.see_live();
        side
    }

    fn see_live(&mut self) {
        for interface in self.estate.interfaces.iter().filter(|it| has_v6(it)) {
            self.live_firewalls.extend(&interface.firewalls);
            if self.live.insert(&interface.subnet) {
                let subnet = self.estate.subnets.get(&interface.subnet);
                let list = subnet.and_then(|subnet| self.list(subnet));
                self.live_firewalls.extend(list.map(|list| &list.id));
            }
        }
    }

    /// The list on a subnet's edge.
    pub(super) fn list(&self, subnet: &Subnet) -> Option<&'a Firewall> {
        let list = match &subnet.firewall {
            Some(id) => self.estate.firewalls.get(id)?,
            None => self.default_lists.get(&subnet.network)?,
        };
        (list.kind == FirewallKind::List).then_some(list)
    }

    /// Whether somebody in a subnet has an IPv6 address.
    pub(super) fn is_live(&self, subnet: &SubnetId) -> bool {
        self.live.contains(subnet)
    }

    /// Whether somebody under a firewall has an IPv6 address.
    pub(super) fn is_live_under(&self, firewall: &FirewallId) -> bool {
        self.live_firewalls.contains(firewall)
    }

    /// Whether the rules of a network are those that are known here; Azure's system routes are others.
    pub(super) fn is_known(&self, network: &NetworkId) -> bool {
        let network = self.estate.networks.get(network);
        network.is_some_and(|network| network.place.provider != Provider::Azure)
    }

    /// The subnets of known networks that have an IPv6 block.
    pub(super) fn subnets6(&self) -> impl Iterator<Item = &'a Subnet> + '_ {
        let subnets = self.estate.subnets.iter();
        subnets.filter(|subnet| subnet.block6.is_some() && self.is_known(&subnet.network))
    }
}

/// Whether an interface has a public IPv4 address and its subnet the way out and in.
fn is_public4<'a>(side: &Side<'a>, interface: &'a Interface) -> bool {
    let subnet = side.estate.subnets.get(&interface.subnet);
    let table = subnet.and_then(|subnet| side.index.route_table(subnet));
    interface.has_public4() && table.is_some_and(|table| way::leads_to_internet4(side, table))
}

/// Whether an interface has an address of IPv6, or a prefix of them.
/// A tunnel's is none of the network's own: neither its lists nor its groups see it.
pub(super) fn has_v6(interface: &Interface) -> bool {
    let any = !interface.addresses6.is_empty() || !interface.prefixes6.is_empty();
    any && interface.tunnel.is_none()
}
