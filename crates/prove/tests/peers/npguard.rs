//! Rows 18 to 20 of `../shared/research/reach.md` section 4: np-guard's matrices of all pairs.
//!
//! Its dumps hold no route tables: the estates get the local routes that every network has. Its text
//! speaks of TCP, UDP and ICMP, of ports from 1 on, and asks for an answer of TCP only; each pair is
//! compared exactly within that, both by the sets and by the tracer at the edges of the boxes.

use std::collections::BTreeSet;
use std::net::IpAddr;

use sixward_estate::{
    Action, Direction, Estate, Firewall, FirewallId, FirewallKind, Interface, InterfaceId,
    InterfaceOwner, Private4, Remote, Rule, SmolStr, Subnet,
};
use sixward_net::{ANY4, Family, IpNet, Ipv4Net, Traffic};
use sixward_prove::set::TrafficSet;
use sixward_prove::symbolic::Analysis;
use sixward_prove::trace::Tracer;
use sixward_prove::{End, L4, Packet};

use crate::given::read_without_tables;
use crate::matrix::{Cell, Matrix, matrix, universe};

/// Row 18: `aws_sg_1_all_vpcs_.txt`, security groups that name one another.
#[test]
fn row18_groups() {
    hosts("npguard-sg_1", "aws_sg_1_all_vpcs_.txt");
}

/// Row 19: `aws_acl_1_all_vpcs_.txt`, network ACLs and a TCP answer that one of them drops.
#[test]
fn row19_lists() {
    hosts("npguard-acl_1", "aws_acl_1_all_vpcs_.txt");
}

/// Row 20: `basic_config_with_sg_all_vpcs_.txt`.
#[test]
fn row20_basic() {
    hosts("npguard-basic", "basic_config_with_sg_all_vpcs_.txt");
}

/// Rows 18 to 20 again, `*_subnetsBased_withPGW.txt`: what the lists alone let pass between subnets.
#[test]
fn rows18_to_20_between_subnets() {
    subnets("npguard-sg_1", "aws_sg_1_all_vpcs_subnetsBased_withPGW.txt");
    subnets(
        "npguard-acl_1",
        "aws_acl_1_all_vpcs_subnetsBased_withPGW.txt",
    );
    let basic = "basic_config_with_sg_all_vpcs_subnetsBased_withPGW.txt";
    subnets("npguard-basic", basic);
}

/// All pairs of hosts of an estate against its matrix.
fn hosts(estate: &str, file: &str) {
    let estate = read_without_tables(estate);
    let names: Vec<Place> = estate
        .interfaces
        .iter()
        .map(|own| {
            let host = estate.hosts.get(own.host().unwrap()).unwrap();
            let address = own.addresses4[0].address;
            (
                format!("{}[{address}]", host.name),
                own.id.clone(),
                address.into(),
            )
        })
        .collect();
    compare(&estate, &names, &matrix(file));
}

/// All pairs of subnets: each gets a host under an open group at every address where some rule begins
/// or ends, so that what is equal for all of them holds for the whole subnets.
fn subnets(estate: &str, file: &str) {
    let mut estate = read_without_tables(estate);
    let cuts = cuts(&estate);
    let mut names = Vec::new();
    let all: Vec<Subnet> = estate.subnets.iter().cloned().collect();
    estate.interfaces = [].into_iter().collect();
    for subnet in all {
        let open = open_group(&subnet);
        let block = subnet.block4.unwrap();
        let mut inside: Vec<u32> = cuts.clone();
        inside.push(block.network().into());
        inside.push(block.broadcast().into());
        inside.retain(|cut| block.contains(&std::net::Ipv4Addr::from(*cut)));
        inside.sort_unstable();
        inside.dedup();
        for address in inside {
            let own = host(&subnet, &open.id, address);
            let name = if subnet.name.is_empty() {
                subnet.id.to_string()
            } else {
                subnet.name.to_string()
            };
            names.push((name, own.id.clone(), IpAddr::V4(own.addresses4[0].address)));
            estate.interfaces.insert(own);
        }
        estate.firewalls.insert(open);
    }
    compare(&estate, &names, &matrix(file));
}

/// The matrix's name of an end, and where that is.
type Place = (String, InterfaceId, IpAddr);

fn compare(estate: &Estate, places: &[Place], matrix: &Matrix) {
    let analysis = Analysis::new(estate);
    let tracer = Tracer::new(estate);
    let mut met = BTreeSet::new();
    for (name, id, source) in places {
        for (other, other_id, destination) in places.iter().filter(|(_, other, _)| other != id) {
            if name == other {
                continue;
            }
            let ends = (name.clone(), other.clone());
            let cell = matrix.get(&ends).cloned().unwrap_or_else(Cell::empty);
            let (from, to) = (End::Interface(id.clone()), End::Interface(other_id.clone()));
            let what = format!("{name} {source} => {other} {destination}");
            by_sets(
                &analysis,
                (&from, *source),
                (&to, *destination),
                &cell,
                &what,
            );
            by_packets(&tracer, &from, *source, *destination, &cell, &what);
            if cell != Cell::empty() {
                met.insert(ends);
            }
        }
    }
    assert_eq!(met, matrix.keys().cloned().collect(), "lines that are met");
}

fn by_sets(analysis: &Analysis, from: (&End, IpAddr), to: (&End, IpAddr), cell: &Cell, what: &str) {
    let verdict = analysis.allowed_at(from, to);
    assert_eq!(verdict.undetermined, [], "{what}");
    assert_eq!(
        verdict.traffic.intersection(&universe()),
        cell.answered,
        "{what}"
    );
    let all = analysis.allowed(from.0, to.0, Family::V4);
    assert_eq!(all, verdict, "{what}: an end has one address here");
}

/// The tracer at both edges of every box of the matrix, and beside them.
fn by_packets(
    tracer: &Tracer<'_>,
    from: &End,
    source: IpAddr,
    destination: IpAddr,
    cell: &Cell,
    what: &str,
) {
    for l4 in packets(cell) {
        let trace = tracer.trace(
            from,
            Packet {
                source,
                destination,
                l4,
            },
        );
        assert_eq!(trace.works(), cell.answered.contains(l4), "{what}\n{trace}");
        let arrives = cell.answered.contains(l4) || cell.unanswered.contains(l4);
        assert_eq!(trace.arrives(), arrives, "{what}\n{trace}");
    }
}

fn packets(cell: &Cell) -> Vec<L4> {
    let outside = universe().difference(&cell.answered.union(&cell.unanswered));
    let sets = [&cell.answered, &cell.unanswered, &outside];
    let mut packets: Vec<L4> = sets.into_iter().flat_map(TrafficSet::samples).collect();
    for source in [1, 1024, 9079, 9080, 9081, 65_535] {
        for destination in [1, 1024, 9079, 9080, 9081, 65_535] {
            packets.push(L4::Tcp {
                source,
                destination,
            });
            packets.push(L4::Udp {
                source,
                destination,
            });
        }
    }
    packets.extend([(0, 0), (3, 4), (8, 0)].map(|(kind, code)| L4::Icmp { kind, code }));
    packets
}

/// The first address of every prefix of a list, and the one after its last.
fn cuts(estate: &Estate) -> Vec<u32> {
    let lists = estate.firewalls.iter();
    let lists = lists.filter(|firewall| firewall.kind == FirewallKind::List);
    let nets = lists
        .flat_map(|list| &list.rules)
        .filter_map(|rule| match &rule.remote {
            Remote::Net(IpNet::V4(net)) => Some(*net),
            _ => None,
        });
    let edges = |net: Ipv4Net| {
        [
            u32::from(net.network()),
            u32::from(net.broadcast()).wrapping_add(1),
        ]
    };
    nets.flat_map(edges).collect()
}

fn open_group(subnet: &Subnet) -> Firewall {
    let rule = |direction| Rule {
        direction,
        order: None,
        action: Action::Allow,
        traffic: Traffic::All,
        remote: Remote::Net(ANY4.into()),
        note: SmolStr::default(),
    };
    let mut open = Firewall {
        id: FirewallId::new(format!("open-{}", subnet.id)),
        name: SmolStr::default(),
        network: subnet.network.clone(),
        kind: FirewallKind::Group,
        default: false,
        rules: Vec::new(),
    };
    open.add(rule(Direction::Ingress));
    open.add(rule(Direction::Egress));
    open
}

fn host(subnet: &Subnet, group: &FirewallId, address: u32) -> Interface {
    Interface {
        id: InterfaceId::new(format!("at-{}-{address}", subnet.id)),
        network: subnet.network.clone(),
        subnet: subnet.id.clone(),
        owner: InterfaceOwner::Managed(SmolStr::new("test")),
        primary: true,
        addresses4: vec![Private4 {
            address: address.into(),
            public: None,
            held: false,
        }],
        addresses6: Vec::new(),
        prefixes6: Vec::new(),
        firewalls: vec![group.clone()],
        own_addresses_only: true,
        tunnel: None,
    }
}
