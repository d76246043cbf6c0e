//! Everything read so far, noun by noun, before it is put together.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sixward_estate::{
    Balancer, Endpoint, FirewallId, Gateway, HostId, LinkId, MachineType, Network, PublicAddress,
    SmolStr, Subnet, Target, Transit, TransitRoute, TransitTable,
};
use sixward_net::IpNet;

use super::balancer::{FoundGroup, FoundListener, Pool};
use super::file::Facts;
use super::firewall::FoundFirewall;
use super::host::{FoundHost, FoundImage};
use super::interface::FoundInterface;
use super::link::FoundLink;
use super::listing::Listing;
use super::merge::{Gathered, Source};
use super::network::{Exclusion, Lock};
use super::place::Named;
use super::prefix_list::FoundList;
use super::route::FoundTable;
use super::service::{FoundService, SubnetGroup};
use super::transit::FoundAttachment;
use super::unmodelled::Unmodelled;

/// What one file, or all files together, gave.
#[derive(Debug, Default)]
pub(super) struct Stock {
    pub(super) files: BTreeMap<SmolStr, Facts>,
    pub(super) named: Named,
    pub(super) networks: Gathered<Network>,
    pub(super) locks: Gathered<Lock>,
    pub(super) exclusions: Gathered<Exclusion>,
    pub(super) subnets: Gathered<Subnet>,
    pub(super) route_tables: Gathered<FoundTable>,
    pub(super) gateways: Gathered<Gateway>,
    pub(super) addresses: Gathered<PublicAddress>,
    pub(super) links: Gathered<FoundLink>,
    pub(super) transits: Gathered<Transit>,
    pub(super) transit_tables: Gathered<TransitTable>,
    /// Two commands tell of attachments; each knows what the other does not.
    pub(super) attachments: Gathered<FoundAttachment>,
    pub(super) network_attachments: Gathered<FoundAttachment>,
    pub(super) transit_routes: Listing<TransitRoute>,
    pub(super) associations: Listing<LinkId>,
    pub(super) propagations: Listing<LinkId>,
    pub(super) endpoints: Gathered<Endpoint>,
    pub(super) firewalls: Gathered<FoundFirewall>,
    pub(super) foreign_firewalls: BTreeSet<FirewallId>,
    pub(super) prefix_lists: Gathered<FoundList>,
    /// The provider's own lists, by another command.
    pub(super) provider_lists: Gathered<FoundList>,
    pub(super) entries: Listing<IpNet>,
    pub(super) interfaces: Gathered<FoundInterface>,
    /// Interfaces as hosts show them, used where they are not listed themselves.
    pub(super) host_interfaces: Gathered<FoundInterface>,
    pub(super) hosts: Gathered<FoundHost>,
    pub(super) images: Gathered<FoundImage>,
    pub(super) scaling: BTreeMap<HostId, SmolStr>,
    pub(super) machine_types: Gathered<MachineType>,
    pub(super) balancers: Gathered<Balancer>,
    pub(super) listeners: Gathered<FoundListener>,
    /// Groups that rules of a listener forward to, by the listener.
    pub(super) forwards: Listing<SmolStr>,
    pub(super) pools: Gathered<Pool>,
    pub(super) target_groups: Gathered<FoundGroup>,
    pub(super) targets: Listing<Target>,
    pub(super) services: Gathered<FoundService>,
    pub(super) subnet_groups: Gathered<SubnetGroup>,
    pub(super) unmodelled: BTreeSet<Unmodelled>,
}

/// One file on its way in.
#[derive(Debug)]
pub(super) struct Intake {
    pub(super) source: Arc<Source>,
    pub(super) stock: Stock,
    pub(super) facts: Facts,
}

impl Intake {
    pub(super) fn new(path: &str) -> Self {
        Self {
            source: Source::new(path),
            stock: Stock::default(),
            facts: Facts::default(),
        }
    }

    /// Notes an item that lacks what it needs to be one.
    pub(super) fn incomplete(&mut self, what: &'static str) {
        *self.facts.incomplete.entry(what).or_default() += 1;
    }

    /// Takes in what comes after this in the same file.
    pub(super) fn join(&mut self, next: Self) {
        self.facts.join(next.facts);
        self.stock.absorb(next.stock);
    }
}

macro_rules! absorb {
    ($into:ident, $from:ident: $($field:ident)*) => {
        $($into.$field.absorb($from.$field);)*
    };
}

impl Stock {
    /// Takes one file in.
    pub(super) fn take(&mut self, intake: Intake) {
        self.files.insert(intake.source.path.clone(), intake.facts);
        self.absorb(intake.stock);
    }

    fn absorb(&mut self, from: Self) {
        self.named.accounts.extend(from.named.accounts);
        self.named.regions.extend(from.named.regions);
        self.foreign_firewalls.extend(from.foreign_firewalls);
        self.unmodelled.extend(from.unmodelled);
        for (host, group) in from.scaling {
            self.scales(host, group);
        }
        absorb!(self, from:
            networks locks exclusions subnets route_tables gateways addresses links transits
            transit_tables attachments network_attachments transit_routes associations
            propagations endpoints firewalls prefix_lists provider_lists entries interfaces
            host_interfaces hosts images machine_types balancers listeners forwards pools
            target_groups targets services subnet_groups);
    }

    /// Notes the scaling group of a host.
    pub(super) fn scales(&mut self, host: HostId, group: SmolStr) {
        let known = self.scaling.entry(host).or_insert_with(|| group.clone());
        // Two names for one host: the lesser one, whatever came first.
        if group < *known {
            *known = group;
        }
    }
}
