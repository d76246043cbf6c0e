//! An estate looked up by what a packet shows: addresses, above all.

mod build;

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use sixward_estate::{
    Estate, Firewall, Gateway, GatewayKind, Index, Interface, InterfaceOwner, Link, Network,
    NetworkId, Subject, Subnet, SubnetId, TransitId,
};
use sixward_net::{IpNet, Ipv6Net};

use super::known;

/// The lowest port that a NAT gateway chooses (Amazon VPC, NAT gateway basics).
pub(super) const NAT_FIRST_PORT: u16 = 1024;

/// An estate, indexed.
#[derive(Debug)]
pub(super) struct Atlas<'a> {
    pub(super) estate: &'a Estate,
    pub(super) index: Index<'a>,
    gaps: BTreeSet<(&'a str, &'a str)>,
    private: BTreeMap<IpAddr, Vec<&'a Interface>>,
    delegated: BTreeMap<Ipv6Addr, (Ipv6Net, &'a Interface)>,
    translators: BTreeMap<Ipv4Addr, Vec<&'a Gateway>>,
    public: BTreeMap<Ipv4Addr, Public<'a>>,
    default_lists: BTreeMap<&'a NetworkId, &'a Firewall>,
    peers: BTreeSet<(&'a NetworkId, &'a NetworkId)>,
    attachments: BTreeMap<(&'a NetworkId, &'a TransitId), &'a Link>,
    nat_ports: BTreeSet<u16>,
}

/// Who carries an address in a network.
#[derive(Debug, Clone, Copy)]
pub(super) enum Carrier<'a> {
    Interface(&'a Interface),
    Nat(&'a Gateway),
}

/// What a public IPv4 address is mapped to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Public<'a> {
    pub(super) network: &'a NetworkId,
    pub(super) subnet: &'a SubnetId,
    pub(super) private: Ipv4Addr,
    pub(super) nat: bool,
}

/// Two carry one address: nobody can say which of them gets the packet.
#[derive(Debug)]
pub(super) struct Ambiguous(pub(super) Subject);

impl<'a> Atlas<'a> {
    /// Whether something is there that is not modelled or could not be read.
    pub(super) fn has_gap(&self, subject: &Subject) -> bool {
        self.gaps
            .contains(&(subject.noun.as_str(), subject.id.as_str()))
    }

    /// The NAT gateway that an interface belongs to.
    pub(super) fn nat_of(&self, interface: &Interface) -> Option<&'a Gateway> {
        let InterfaceOwner::Gateway(id) = &interface.owner else {
            return None;
        };
        let gateway = self.estate.gateways.get(id)?;
        matches!(gateway.kind, GatewayKind::Nat { .. }).then_some(gateway)
    }

    /// Who carries an address in a network.
    pub(super) fn carrier(
        &self,
        network: &NetworkId,
        address: IpAddr,
    ) -> Result<Option<Carrier<'a>>, Ambiguous> {
        let mut here = self.interfaces(address).filter(|it| it.network == *network);
        if let Some(interface) = here.next() {
            if here.next().is_some() {
                return Err(Ambiguous(known::interface(self.estate, interface)));
            }
            let nat = self.nat_of(interface).map(Carrier::Nat);
            return Ok(Some(nat.unwrap_or(Carrier::Interface(interface))));
        }
        Ok(self.translator(network, address).map(Carrier::Nat))
    }

    fn translator(&self, network: &NetworkId, address: IpAddr) -> Option<&'a Gateway> {
        let IpAddr::V4(address) = address else {
            return None;
        };
        let mut gateways = self.translators.get(&address)?.iter().copied();
        gateways.find(|gateway| gateway.network.as_ref() == Some(network))
    }

    /// The interfaces that carry a private IPv4 address, or an IPv6 address or its prefix.
    pub(super) fn interfaces(&self, address: IpAddr) -> impl Iterator<Item = &'a Interface> {
        let exact = self.private.get(&address).map_or(&[][..], Vec::as_slice);
        let delegated = match address {
            IpAddr::V6(address) if exact.is_empty() => self.delegate(address),
            _ => None,
        };
        exact.iter().copied().chain(delegated)
    }

    fn delegate(&self, address: Ipv6Addr) -> Option<&'a Interface> {
        let (_, (prefix, interface)) = self.delegated.range(..=address).next_back()?;
        prefix.contains(&address).then_some(*interface)
    }

    /// What a public IPv4 address is mapped to.
    pub(super) fn public(&self, address: Ipv4Addr) -> Option<Public<'a>> {
        self.public.get(&address).copied()
    }

    /// The public IPv4 address of a private one.
    pub(super) fn public_of(&self, network: &NetworkId, private: Ipv4Addr) -> Option<Ipv4Addr> {
        let of_interface = self
            .interfaces(private.into())
            .filter(|it| it.network == *network)
            .flat_map(|it| &it.addresses4)
            .find(|address| address.address == private)
            .and_then(|address| address.public);
        of_interface.or_else(|| self.public_of_translator(network, private))
    }

    fn public_of_translator(&self, network: &NetworkId, private: Ipv4Addr) -> Option<Ipv4Addr> {
        let gateway = self.translator(network, private.into())?;
        let GatewayKind::Nat { addresses, .. } = &gateway.kind else {
            return None;
        };
        let mut own = addresses.iter().filter(|own| own.private == Some(private));
        own.find_map(|own| own.public)
    }

    /// The network whose IPv6 block holds an address.
    pub(super) fn network6(&self, address: Ipv6Addr) -> Option<&'a Network> {
        let mut networks = self.estate.networks.iter();
        networks.find(|network| {
            network
                .blocks6
                .iter()
                .any(|block| block.net.contains(&address))
        })
    }

    /// The subnet of a network that an address is in.
    pub(super) fn subnet(&self, network: &NetworkId, address: IpAddr) -> Option<&'a Subnet> {
        let mut subnets = self.index.subnets_of_network(network).iter().copied();
        subnets.find(|subnet| covers(subnet, address))
    }

    /// The list that holds for subnets that name none.
    pub(super) fn default_list(&self, network: &NetworkId) -> Option<&'a Firewall> {
        self.default_lists.get(network).copied()
    }

    /// A network that is known only as the far side of a peering.
    pub(super) fn foreign(&self, id: &NetworkId) -> Option<&'a NetworkId> {
        let mut sides = self.peers.iter().map(|(side, _)| *side);
        sides.find(|side| *side == id)
    }

    /// The ports that stand for all those that a NAT gateway may choose: lists treat two alike that
    /// no bound of a rule lies between.
    pub(super) fn nat_ports(&self) -> impl Iterator<Item = u16> {
        self.nat_ports.iter().copied()
    }

    /// Whether a peering joins two networks of one region, whose firewalls know each other's members
    /// (Amazon VPC: Update your security groups to reference peer security groups).
    pub(super) fn are_near_peers(&self, one: &NetworkId, other: &NetworkId) -> bool {
        let region = |id| Some(&self.estate.networks.get(id)?.place.region);
        let regions = region(one).zip(region(other));
        self.peers.contains(&(one, other)) && regions.is_some_and(|(a, b)| a == b)
    }

    /// The hub that two networks are attached to.
    pub(super) fn hub(&self, one: &NetworkId, other: &NetworkId) -> Option<&'a TransitId> {
        let hubs = self
            .attachments
            .keys()
            .filter(|(network, _)| *network == one);
        let mut hubs = hubs.map(|(_, hub)| *hub);
        hubs.find(|hub| self.attachments.contains_key(&(other, *hub)))
    }

    /// The attachment of a network to a hub.
    pub(super) fn attachment(&self, network: &NetworkId, hub: &TransitId) -> Option<&'a Link> {
        self.attachments.get(&(network, hub)).copied()
    }
}

/// Whether an address is in a subnet's blocks.
pub(super) fn covers(subnet: &Subnet, address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => subnet.block4.is_some_and(|block| block.contains(&address)),
        IpAddr::V6(address) => subnet.block6.is_some_and(|block| block.contains(&address)),
    }
}

/// Whether an address is in a network's blocks.
pub(super) fn owns(network: &Network, address: IpAddr) -> bool {
    blocks(network).any(|block| block.contains(&address))
}

/// A network's blocks of both families.
pub(super) fn blocks(network: &Network) -> impl Iterator<Item = IpNet> {
    let blocks4 = network.blocks4.iter().copied().map(IpNet::V4);
    blocks4.chain(network.blocks6.iter().map(|block| IpNet::V6(block.net)))
}
