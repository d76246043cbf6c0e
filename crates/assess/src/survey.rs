//! Everything the questions are asked of: the estate indexed, the intent, who gets IPv6, and which
//! networks see one another.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use sixward_estate::intent::Intent;
use sixward_estate::{
    Estate, Index, Interface, InterfaceId, Link, LinkKind, NetworkId, Provider, SubnetId, TransitId,
};
use sixward_net::Ipv4Net;

use crate::firewall::under;
use crate::firewall::under::ComesUnder;
use crate::interface::reach_out::{self, ReachesOut};
use crate::twin::Realm;
use crate::{Selection, Span, Why};

/// An estate made ready for questions.
#[derive(Debug)]
pub struct Survey<'a> {
    /// The estate, indexed.
    pub index: Rc<Index<'a>>,
    /// What is wanted.
    pub intent: &'a Intent,
    /// Who gets IPv6.
    pub selection: Rc<Selection>,
    neighbours: Rc<Neighbours<'a>>,
    hubs_with_v6: Rc<BTreeSet<&'a TransitId>>,
    /// What prefixes are, in each realm: thousands of rules name the same ones, and each
    /// asks all networks on the hub.
    known: Rc<RefCell<BTreeMap<(Realm, Ipv4Net), Known>>>,
    /// Who would begin flows with the internet, worked out when it is asked first.
    pub(crate) reaching_out: OnceCell<Rc<ReachesOut>>,
    /// Who would come under rules that are there.
    pub(crate) coming_under: OnceCell<Rc<ComesUnder>>,
    /// Who gets no address before somebody says so, by subnets.
    held: OnceCell<BTreeMap<SubnetId, BTreeSet<InterfaceId>>>,
}

type Neighbours<'a> = BTreeMap<&'a NetworkId, BTreeSet<&'a NetworkId>>;

/// The known things that a prefix covers exactly, or why it does not.
type Known = Result<Vec<Span>, Why>;

impl<'a> Survey<'a> {
    /// Makes an estate ready for questions.
    pub fn new(estate: &'a Estate, intent: &'a Intent) -> Self {
        let index = Index::new(estate);
        let selection = Selection::new(&index, intent);
        Self {
            neighbours: Rc::new(neighbours(estate)),
            hubs_with_v6: Rc::new(hubs_with_v6(estate, &selection)),
            known: Rc::default(),
            reaching_out: OnceCell::new(),
            coming_under: OnceCell::new(),
            held: OnceCell::new(),
            index: Rc::new(index),
            intent,
            selection: Rc::new(selection),
        }
    }

    /// The same under an intent that differs in its answers only.
    pub(crate) fn answered_by<'b>(&self, intent: &'b Intent) -> Survey<'b>
    where
        'a: 'b,
    {
        let index: Rc<Index<'b>> = Rc::<Index<'a>>::clone(&self.index);
        Survey {
            index,
            intent,
            selection: Rc::clone(&self.selection),
            neighbours: Rc::<Neighbours<'a>>::clone(&self.neighbours),
            hubs_with_v6: Rc::<BTreeSet<&'a TransitId>>::clone(&self.hubs_with_v6),
            known: Rc::clone(&self.known),
            reaching_out: OnceCell::new(),
            coming_under: OnceCell::new(),
            held: OnceCell::new(),
        }
    }

    /// The estate itself.
    pub fn estate(&self) -> &'a Estate {
        self.index.estate
    }

    /// Networks whose private addresses mean something in this one: itself, its peers, and what
    /// hangs on the same transit hubs. Itself comes first.
    pub fn visible_from<'b>(
        &'b self,
        network: &'b NetworkId,
    ) -> impl Iterator<Item = &'b NetworkId> + 'b {
        let others = self.neighbours.get(network).into_iter().flatten().copied();
        std::iter::once(network).chain(others.filter(move |other| *other != network))
    }

    /// The networks in which a prefix of a realm is looked up.
    pub(crate) fn networks_of<'b>(&'b self, realm: &'b Realm) -> Vec<&'b NetworkId> {
        match realm {
            Realm::Of(network) => self.visible_from(network).collect(),
            Realm::Peer(network) => vec![network],
            Realm::Hub(hub) => {
                let attachments = self.estate().links.iter().filter_map(Link::attachment);
                let on = attachments.filter(|attachment| attachment.transit == *hub);
                let ids: BTreeSet<_> = on.filter_map(|it| it.network.as_ref()).collect();
                ids.into_iter().collect()
            }
        }
    }

    /// What a prefix is in a realm, worked out by `look` the first time.
    pub(crate) fn remember(
        &self,
        realm: Realm,
        net: Ipv4Net,
        look: impl FnOnce(&Realm) -> Known,
    ) -> Known {
        let key = (realm, net);
        if let Some(known) = self.known.borrow().get(&key) {
            return known.clone();
        }
        let known = look(&key.0);
        self.known.borrow_mut().insert(key, known.clone());
        known
    }

    /// Whether an interface is one that gets an address, if its host can have one.
    pub fn gets_address(&self, interface: &Interface) -> bool {
        let held = self.held().get(&interface.subnet);
        let held = held.is_some_and(|held| held.contains(&interface.id));
        self.selection.interface(interface) && !held
    }

    /// Whether a subnet holds interfaces that get no address, because nobody has said yet that what
    /// it would open is meant, or somebody said that it is not.
    pub fn holds_back(&self, subnet: &SubnetId) -> bool {
        self.held().contains_key(subnet)
    }

    fn held(&self) -> &BTreeMap<SubnetId, BTreeSet<InterfaceId>> {
        self.held.get_or_init(|| {
            let mut ids: BTreeSet<InterfaceId> = BTreeSet::new();
            for (subnet, reach) in self.reaching_out().iter() {
                if !reach_out::allowed(self, subnet) {
                    ids.extend(reach.gains.keys().cloned());
                }
            }
            for (firewall, under) in self.coming_under().iter() {
                if !under::allowed(self, firewall) {
                    ids.extend(under.newcomers.iter().cloned());
                }
            }
            let mut held: BTreeMap<SubnetId, BTreeSet<InterfaceId>> = BTreeMap::new();
            let interfaces = ids.iter().filter_map(|id| self.estate().interfaces.get(id));
            for interface in interfaces {
                let there = held.entry(interface.subnet.clone()).or_default();
                there.insert(interface.id.clone());
            }
            held
        })
    }

    /// Whose rules hold in a network; nothing when the network was not read.
    pub fn provider(&self, network: &NetworkId) -> Option<Provider> {
        let network = self.estate().networks.get(network)?;
        Some(network.place.provider)
    }

    /// Whether a network that gets a block hangs on a transit hub.
    pub fn hub_gets_v6(&self, hub: &TransitId) -> bool {
        self.hubs_with_v6.contains(hub)
    }

    /// Whether a network has, or will have, IPv6.
    pub fn gets_v6(&self, network: &NetworkId) -> bool {
        self.selection.network(network)
            || self
                .estate()
                .networks
                .get(network)
                .is_some_and(sixward_estate::Network::has_v6)
    }
}

fn hubs_with_v6<'a>(estate: &'a Estate, selection: &Selection) -> BTreeSet<&'a TransitId> {
    let attachments = estate.links.iter().filter_map(|link| link.attachment());
    let selected = attachments.filter(|attachment| {
        let network = attachment.network.as_ref();
        network.is_some_and(|network| selection.network(network))
    });
    selected.map(|attachment| &attachment.transit).collect()
}

fn neighbours(estate: &Estate) -> Neighbours<'_> {
    let mut neighbours = Neighbours::new();
    let mut hubs: BTreeMap<_, Vec<&NetworkId>> = BTreeMap::new();
    for link in &estate.links {
        match &link.kind {
            LinkKind::Peering {
                requester,
                accepter,
            } => {
                let (a, b) = (&requester.network, &accepter.network);
                neighbours.entry(a).or_default().insert(b);
                neighbours.entry(b).or_default().insert(a);
            }
            LinkKind::Transit(attachment) => {
                if let Some(network) = &attachment.network {
                    hubs.entry(&attachment.transit).or_default().push(network);
                }
            }
            LinkKind::Vpn { .. } => {}
        }
    }
    for networks in hubs.values() {
        for network in networks {
            neighbours
                .entry(network)
                .or_default()
                .extend(networks.iter().copied());
        }
    }
    neighbours
}
