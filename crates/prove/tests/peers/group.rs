//! Row 17 of `../shared/research/reach.md` section 4: Batfish's single security groups
//! (`SecurityGroupsTest`), and its list and route table of IPv6 (`NetworkAclTest`, `RouteTableTest`).
//!
//! Batfish asserts the line that a rule becomes. Here each group is the only one of the host in its public
//! subnet, whose list is open, and what the internet can begin with it must be that line, no more and no
//! less: by the sets whole, by the tracer at the edges.

use std::fs;
use std::net::IpAddr;
use std::path::Path;

use sixward_estate::{
    Action, Destination, Direction, Estate, Firewall, FirewallId, FirewallKind, InterfaceId,
    NetworkId, PrefixList, PrefixListId, Remote, RouteTableId, RouteTarget, Rule, SmolStr,
};
use sixward_net::{Family, IcmpMatch, IpNet, Ports, Traffic};
use sixward_prove::set::TrafficSet;
use sixward_prove::symbolic::Analysis;
use sixward_prove::trace::{Outcome, Tracer};
use sixward_prove::{End, L4, Packet};

use crate::given::read;

/// The host of `test-public-subnet`, by its private and its public address.
const HOST: (&str, &str) = ("10.0.0.91", "18.216.80.133");
/// Whom most rules name, and who stands beside.
const NAMED: &str = "1.2.3.4";
const BESIDE: &str = "1.2.3.5";

/// `testSinglePort`, `testBeginningHalfOpenInterval`, `testEndHalfOpenInterval`, `testFullInterval`,
/// `testClosedInterval`.
#[test]
fn row17_intervals_of_ports() {
    let cases = [
        (0, 22, 22),
        (1, 0, 22),
        (2, 65_530, 65_535),
        (3, 0, 65_535),
        (5, 45, 50),
    ];
    for (at, first, last) in cases {
        let estate = host_under(group(at));
        let line = tcp(first, last);
        lets_in(&estate, NAMED, &line);
        lets_in(&estate, BESIDE, &TrafficSet::empty());
    }
}

/// `testInvalidStartInterval`, `testInvalidEndInterval`: half of the interval is -1, which for TCP means
/// nothing. Batfish takes it for the first port and for the last one.
#[test]
fn row17_intervals_without_an_end() {
    for (at, first, last) in [(6, 0, 50), (7, 30, 65_535)] {
        let estate = host_under(group(at));
        lets_in(&estate, NAMED, &tcp(first, last));
        lets_in(&estate, BESIDE, &TrafficSet::empty());
    }
}

/// `testAllTrafficAllowed`.
#[test]
fn row17_all_traffic() {
    let estate = host_under(group(4));
    lets_in(&estate, NAMED, &TrafficSet::all());
    lets_in(&estate, BESIDE, &TrafficSet::all());
}

/// `testIcmpType`, `testIcmpTypeAndCode`.
#[test]
fn row17_icmp() {
    for (at, wanted) in [(9, IcmpMatch::Type(8)), (10, IcmpMatch::Code(8, 9))] {
        let estate = host_under(group(at));
        lets_in(&estate, NAMED, &TrafficSet::of(Traffic::Icmp(wanted)));
    }
}

/// `testIcmpInvalidCodeOnly`: a code without a type matches nothing.
#[test]
fn row17_a_code_without_a_type() {
    let estate = host_under(group(11));
    lets_in(&estate, NAMED, &TrafficSet::empty());
}

/// `testStatefulTcpRules`, `testDeniedSynOnlyResponse`, `testDeniedWrongIpResponse`: what begins at port 22
/// is no answer, to whomever it goes; answers need no rule.
#[test]
fn row17_answers_and_what_is_none() {
    let estate = host_under(group(8));
    lets_in(&estate, NAMED, &tcp(22, 22));
    lets_in(&estate, BESIDE, &TrafficSet::empty());
    lets_out(&estate, "5.6.7.8", &tcp(80, 80));
    lets_out(&estate, NAMED, &TrafficSet::empty());
    lets_out(&estate, BESIDE, &TrafficSet::empty());
}

/// `testPrefixList`: in its range, and outside of it.
#[test]
fn row17_a_prefix_list() {
    let list = PrefixListId::new("pl-7ba54012");
    let mut estate = host_under(out(Traffic::All, Remote::PrefixList(list.clone())));
    let network = estate.networks.iter().next().unwrap();
    estate.prefix_lists.insert(PrefixList {
        id: list,
        name: SmolStr::default(),
        place: network.place.clone(),
        family: Family::V4,
        managed: false,
        max_entries: None,
        // Batfish's 10.10.10.0/24 is nobody's of the internet.
        entries: Some(vec!["198.51.100.0/24".parse::<IpNet>().unwrap()]),
    });
    lets_out(&estate, "198.51.100.1", &TrafficSet::all());
    lets_out(&estate, "1.1.1.1", &TrafficSet::empty());
}

/// `testToAclLines`.
#[test]
fn row17_a_range() {
    let net = "2.2.2.0/24".parse::<IpNet>().unwrap();
    let estate = host_under(out(Traffic::Tcp(Ports::one(22)), Remote::Net(net)));
    lets_out(&estate, "2.2.2.255", &tcp(22, 22));
    lets_out(&estate, "2.2.3.0", &TrafficSet::empty());
}

/// `NetworkAclTest.testDeserializationV6`, `RouteTableTest.testDeserializationV6`.
#[test]
fn row17_a_list_and_a_table_of_ipv6() {
    let estate = read("batfish-unit");
    let list = estate
        .firewalls
        .get(&FirewallId::new("acl-4db39c28"))
        .unwrap();
    assert_eq!((list.kind, list.default), (FirewallKind::List, true));
    assert_eq!(list.network, NetworkId::new("vpc-f8fad69d"));
    let [rule] = list.rules.as_slice() else {
        panic!("{:?}", list.rules)
    };
    assert_eq!(
        (rule.direction, rule.order, rule.action),
        (Direction::Egress, Some(100), Action::Allow)
    );
    assert_eq!(
        (rule.traffic, &rule.remote),
        (Traffic::All, &Remote::Net("::/0".parse().unwrap()))
    );
    let table = estate
        .route_tables
        .get(&RouteTableId::new("rtb-296bf350"))
        .unwrap();
    assert!(table.main && table.network == NetworkId::new("vpc-815775e7"));
    let [route] = table.routes.as_slice() else {
        panic!("{:?}", table.routes)
    };
    let net = "2600:1f16:751:7800::/56".parse().unwrap();
    assert_eq!(route.destination, Destination::Net(net));
    assert_eq!(route.target, RouteTarget::Local);
}

/// A group of `SecurityGroupTest.json`, by its place in it: three of them have one id.
fn group(at: usize) -> Firewall {
    let estates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ingest/tests/estates");
    let text = fs::read(estates.join("batfish-unit/SecurityGroupTest.json")).unwrap();
    let mut groups: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let one = groups["SecurityGroups"][at].take();
    let alone = serde_json::json!({ "SecurityGroups": [one] });
    let mut reader = sixward_ingest::aws::Reader::new();
    let bytes = serde_json::to_vec(&alone).unwrap();
    reader.read("SecurityGroupTest.json", &bytes).unwrap();
    let estate = reader.finish().estate;
    assert_eq!(estate.firewalls.len(), 1);
    estate.firewalls.iter().next().unwrap().clone()
}

/// A group with one rule for what goes out.
fn out(traffic: Traffic, remote: Remote) -> Firewall {
    let mut group = group(0);
    group.rules.clear();
    group.add(Rule {
        direction: Direction::Egress,
        order: None,
        action: Action::Allow,
        traffic,
        remote,
        note: SmolStr::default(),
    });
    group
}

/// The public subnet's estate with its host under a group alone.
fn host_under(mut group: Firewall) -> Estate {
    let mut estate = read("batfish-public-subnet");
    let host = id(&estate);
    let interface = estate.interfaces.get_mut(&host).unwrap();
    interface.firewalls = vec![group.id.clone()];
    group.network = interface.network.clone();
    estate.firewalls.insert(group);
    estate
}

fn id(estate: &Estate) -> InterfaceId {
    let private: IpAddr = HOST.0.parse().unwrap();
    let mut all = estate.interfaces.iter();
    let own = all.find(|it| it.addresses4.iter().any(|own| private == own.address));
    own.unwrap().id.clone()
}

fn tcp(first: u16, last: u16) -> TrafficSet {
    TrafficSet::of(Traffic::Tcp(Ports::new(first, last).unwrap()))
}

/// The internet can begin exactly this with the host.
fn lets_in(estate: &Estate, from: &str, line: &TrafficSet) {
    let (remote, own) = (from.parse().unwrap(), HOST.0.parse().unwrap());
    let host = End::Interface(id(estate));
    let verdict = Analysis::new(estate).allowed_at((&End::Internet, remote), (&host, own));
    assert_eq!(
        (&verdict.traffic, &verdict.possible),
        (line, line),
        "from {from}"
    );
    let public = HOST.1.parse().unwrap();
    traced(estate, (&End::Internet, remote), (&host, public), line);
}

/// The host can begin exactly this with the internet.
fn lets_out(estate: &Estate, to: &str, line: &TrafficSet) {
    let (remote, own) = (to.parse().unwrap(), HOST.0.parse().unwrap());
    let host = End::Interface(id(estate));
    let verdict = Analysis::new(estate).allowed_at((&host, own), (&End::Internet, remote));
    assert_eq!(
        (&verdict.traffic, &verdict.possible),
        (line, line),
        "to {to}"
    );
    traced(estate, (&host, own), (&End::Internet, remote), line);
}

fn traced(estate: &Estate, from: (&End, IpAddr), to: (&End, IpAddr), line: &TrafficSet) {
    let tracer = Tracer::new(estate);
    let edges = [
        0, 22, 23, 29, 30, 44, 45, 50, 51, 80, 65_529, 65_530, 65_535,
    ];
    let ports = edges.map(|destination| L4::Tcp {
        source: 22,
        destination,
    });
    let messages = [(0, 0), (8, 0), (8, 9), (3, 9)].map(|(kind, code)| L4::Icmp { kind, code });
    let udp = L4::Udp {
        source: 22,
        destination: 22,
    };
    for l4 in ports
        .into_iter()
        .chain(messages)
        .chain([udp, L4::Other(50)])
    {
        let packet = Packet {
            source: from.1,
            destination: to.1,
            l4,
        };
        let outcome = tracer.trace(from.0, packet).outcome;
        let arrives = outcome == Outcome::Delivered(to.0.clone());
        assert_eq!(arrives, line.contains(l4), "{l4}: {outcome:?}");
    }
}
