//! Random flows of a big estate, those near the edges of its rules more often than others.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use sixward_estate::{
    Destination, Direction, Estate, FirewallId, Interface, NetworkId, Remote, SubnetId,
};
use sixward_net::{Family, IpNet, Ports, Traffic};
use sixward_prove::{End, L4};

use crate::judge::Flow;

/// A source of flows; the same seed, the same flows.
#[derive(Debug)]
pub(crate) struct Sampler<'e> {
    estate: &'e Estate,
    family: Family,
    random: Random,
    all: Vec<&'e Interface>,
    by_network: BTreeMap<&'e NetworkId, Vec<&'e Interface>>,
    by_subnet: BTreeMap<&'e SubnetId, Vec<&'e Interface>>,
    by_group: BTreeMap<&'e FirewallId, Vec<&'e Interface>>,
    /// First and last ports of all rules, and their neighbours.
    ports: Vec<u16>,
    /// First and last addresses of all prefixes, and their neighbours, that the internet can have.
    remotes: Vec<IpAddr>,
}

/// Numbers that look random (splitmix64; Steele, Lea, Flood 2014).
#[derive(Debug)]
struct Random(u64);

/// So many packets of each flow.
const PACKETS: usize = 12;

impl<'e> Sampler<'e> {
    pub(crate) fn new(estate: &'e Estate, family: Family, seed: u64) -> Self {
        let all: Vec<&Interface> = estate.interfaces.iter().collect();
        let all: Vec<_> = all
            .into_iter()
            .filter(|it| own(it, family).is_some())
            .collect();
        let mut by_network: BTreeMap<_, Vec<_>> = BTreeMap::new();
        let mut by_subnet: BTreeMap<_, Vec<_>> = BTreeMap::new();
        let mut by_group: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for own in &all {
            by_network.entry(&own.network).or_default().push(*own);
            by_subnet.entry(&own.subnet).or_default().push(*own);
            for group in &own.firewalls {
                by_group.entry(group).or_default().push(*own);
            }
        }
        Self {
            estate,
            family,
            random: Random(seed),
            all,
            by_network,
            by_subnet,
            by_group,
            ports: ports(estate),
            remotes: remotes(estate, family),
        }
    }

    /// Some packets of one flow.
    pub(crate) fn next(&mut self) -> (Flow, Vec<L4>) {
        let flow = loop {
            if let Some(flow) = self.flow() {
                break flow;
            }
        };
        let wanted = self.wanted(&flow);
        let packets = (0..PACKETS).map(|_| self.packet(&wanted)).collect();
        (flow, packets)
    }

    fn flow(&mut self) -> Option<Flow> {
        let from = *self.random.pick(&self.all)?;
        let address = own(from, self.family)?;
        let near = |others: Option<&Vec<&'e Interface>>| others.cloned().unwrap_or_default();
        let others = match self.random.below(20) {
            0..3 => {
                let remote = *self.random.pick(&self.remotes)?;
                return Some(Flow::outbound((from, address), remote));
            }
            3..7 => {
                let remote = *self.random.pick(&self.remotes)?;
                return Flow::inbound(remote, (from, address));
            }
            7..10 => near(self.by_network.get(&from.network)),
            10..12 => near(self.by_subnet.get(&from.subnet)),
            12..17 => near(self.named(from).and_then(|group| self.by_group.get(group))),
            _ => vec![*self.random.pick(&self.all)?],
        };
        let to = *self.random.pick(&others)?;
        let destination = own(to, self.family)?;
        let ends = [(from, address), (to, destination)];
        let [from, to] = if self.random.below(2) == 0 {
            ends
        } else {
            [ends[1], ends[0]]
        };
        (from.0.id != to.0.id).then(|| Flow::between(from, to))
    }

    /// A group that a rule of the interface's groups names.
    fn named(&mut self, own: &'e Interface) -> Option<&'e FirewallId> {
        let group = self
            .estate
            .firewalls
            .get(self.random.pick(&own.firewalls)?)?;
        let named: Vec<_> = [Direction::Ingress, Direction::Egress]
            .into_iter()
            .flat_map(|direction| group.rules(direction))
            .filter_map(|rule| match &rule.remote {
                Remote::Firewall(id) => Some(id),
                _ => None,
            })
            .collect();
        self.random.pick(&named).copied()
    }

    /// What the groups of the receiver let in, or those of the sender out.
    fn wanted(&self, flow: &Flow) -> Vec<Traffic> {
        let (end, direction) = match (&flow.from.0, &flow.to.0) {
            (_, End::Interface(id)) => (id, Direction::Ingress),
            (End::Interface(id), _) => (id, Direction::Egress),
            _ => return Vec::new(),
        };
        let own = self.estate.interfaces.get(end).into_iter();
        let groups = own.flat_map(|own| &own.firewalls);
        let groups = groups.filter_map(|group| self.estate.firewalls.get(group));
        let rules = groups.flat_map(|group| group.rules(direction));
        rules.map(|rule| rule.traffic).collect()
    }

    fn packet(&mut self, wanted: &[Traffic]) -> L4 {
        if self.random.below(2) == 0 {
            let source = self.port();
            let edge = |ports: Ports, last: bool| if last { ports.last() } else { ports.first() };
            let last = self.random.below(2) == 0;
            match self.random.pick(wanted) {
                Some(Traffic::Tcp(ports)) => {
                    let destination = edge(*ports, last);
                    return L4::Tcp {
                        source,
                        destination,
                    };
                }
                Some(Traffic::Udp(ports)) => {
                    let destination = edge(*ports, last);
                    return L4::Udp {
                        source,
                        destination,
                    };
                }
                _ => {}
            }
        }
        let kind = self.random.below(20);
        let ports = [self.port(), self.port()];
        let [source, destination] = ports;
        let message = *self
            .random
            .pick(&[8, 8, 0, 3, 128, 128, 129, 1])
            .unwrap_or(&8);
        match (kind, self.family) {
            (0..14, _) => L4::Tcp {
                source,
                destination,
            },
            (14..17, _) => L4::Udp {
                source,
                destination,
            },
            (17 | 18, Family::V4) => L4::Icmp {
                kind: message,
                code: 0,
            },
            (17 | 18, Family::V6) => L4::Icmp6 {
                kind: message,
                code: 0,
            },
            _ => L4::Other(*self.random.pick(&[47, 50, 51, 132]).unwrap_or(&50)),
        }
    }

    fn port(&mut self) -> u16 {
        match self.random.below(4) {
            0 => u16::try_from(self.random.below(1 << 16)).unwrap_or_default(),
            _ => self.random.pick(&self.ports).copied().unwrap_or_default(),
        }
    }
}

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        let end = from.len() as u64;
        let at = if end == 0 { 0 } else { self.below(end) };
        from.get(usize::try_from(at).ok()?)
    }
}

fn own(interface: &Interface, family: Family) -> Option<IpAddr> {
    match family {
        Family::V4 => interface.addresses4.first().map(|own| own.address.into()),
        Family::V6 => interface.addresses6.first().map(|own| (*own).into()),
    }
}

fn ports(estate: &Estate) -> Vec<u16> {
    let rules = estate.firewalls.iter().flat_map(|firewall| &firewall.rules);
    let ranges = rules.filter_map(|rule| match rule.traffic {
        Traffic::Tcp(ports) | Traffic::Udp(ports) => Some(ports),
        _ => None,
    });
    let mut ports = vec![0, 22, 1023, 1024, 32_767, 32_768, 61_000, 61_001, u16::MAX];
    for range in ranges {
        ports.extend([range.first().saturating_sub(1), range.first()]);
        ports.extend([range.last(), range.last().saturating_add(1)]);
    }
    ports.sort_unstable();
    ports.dedup();
    ports
}

fn remotes(estate: &Estate, family: Family) -> Vec<IpAddr> {
    let rules = estate.firewalls.iter().flat_map(|firewall| &firewall.rules);
    let nets = rules.filter_map(|rule| match rule.remote {
        Remote::Net(net) => Some(net),
        _ => None,
    });
    let tables = estate.route_tables.iter().flat_map(|table| &table.routes);
    let routed = tables.filter_map(|route| match route.destination {
        Destination::Net(net) => Some(net),
        Destination::PrefixList(_) => None,
    });
    let listed = estate
        .prefix_lists
        .iter()
        .filter_map(|list| list.entries.as_ref())
        .flatten();
    let mut addresses: Vec<IpAddr> = nets
        .chain(routed)
        .chain(listed.copied())
        .flat_map(edges)
        .collect();
    addresses.extend([[8, 8, 8, 8], [198, 51, 100, 7]].map(|octets| IpAddr::V4(octets.into())));
    addresses.extend(
        [0x2400, 0x2a00].map(|first| IpAddr::V6(Ipv6Addr::new(first, 1, 0, 0, 0, 0, 0, 7))),
    );
    let own = estate.interfaces.iter().flat_map(|own| &own.addresses4);
    let public: BTreeSet<Ipv4Addr> = own.filter_map(|own| own.public).collect();
    addresses.retain(|address| {
        address.is_ipv4() == (family == Family::V4) && is_away(estate, &public, *address)
    });
    addresses.sort();
    addresses.dedup();
    addresses
}

fn edges(net: IpNet) -> [IpAddr; 4] {
    let beside = |address: IpAddr, by: i8| match address {
        IpAddr::V4(address) => IpAddr::V4(u32::from(address).wrapping_add_signed(by.into()).into()),
        IpAddr::V6(address) => {
            IpAddr::V6(u128::from(address).wrapping_add_signed(by.into()).into())
        }
    };
    let (first, last) = (net.network(), net.broadcast());
    [beside(first, -1), first, last, beside(last, 1)]
}

/// Not an address of the estate: then it is no host of the internet's.
fn is_away(estate: &Estate, public: &BTreeSet<Ipv4Addr>, address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !public.contains(&address),
        IpAddr::V6(address) => estate.networks.iter().all(|network| {
            let mut blocks = network.blocks6.iter();
            blocks.all(|block| !block.net.contains(&address))
        }),
    }
}
