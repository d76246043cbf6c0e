//! The smallest cases in which the sets and the tracer once said different things.

use std::net::IpAddr;

use sixward_estate::{
    Destination, Estate, HostId, InterfaceId, InterfaceOwner, Provider, PublicAccessMode,
    RouteOrigin, Subject,
};
use sixward_net::{Family, Traffic};
use sixward_prove::symbolic::{Analysis, Verdict};
use sixward_prove::{End, L4};

use crate::compare::compared;
use crate::estates::addresses;
use crate::palette::{Prefix, remotes};
use crate::spec::{RemoteSpec, RouteSpec, RuleSpec, Spec};

const HTTP: L4 = L4::Tcp {
    source: 32_768,
    destination: 80,
};
const UNANSWERED: L4 = L4::Icmp { kind: 3, code: 4 };

/// Everything is open, and the networks are joined: not, by the peering, by the hub.
pub(crate) fn open(joined: u8) -> Spec {
    Spec {
        open: (true, true),
        joined,
        wide: false,
        default: (0, 0),
        groups: vec![Vec::new(); 3],
        lists: vec![Vec::new(); 2],
        members: vec![vec![0]; 8],
        public: vec![true; 8],
        tunnelled: vec![false; 8],
        list_of: vec![Some(0); 4],
        tables: vec![Vec::new(); 4],
        hub: Vec::new(),
        lock: PublicAccessMode::Off,
        excluded: Vec::new(),
    }
}

fn rule(egress: bool, deny: bool, remote: RemoteSpec) -> RuleSpec {
    RuleSpec {
        egress,
        deny,
        family: Family::V4,
        traffic: Traffic::All,
        remote,
    }
}

fn estate(spec: &Spec) -> Estate {
    let estate = spec.estate(|family| family);
    same(&estate);
    estate
}

fn same(estate: &Estate) {
    let tally = compared(estate);
    assert_eq!(tally.different(), 0, "{tally}");
}

fn end(estate: &Estate, id: &str, family: Family) -> (End, IpAddr) {
    if id == "internet" {
        return (End::Internet, remotes(family)[2]);
    }
    let mut all = addresses(estate, family).into_iter();
    let (id, address) = all.find(|(own, _)| own.as_str() == id).unwrap();
    (End::Interface(id), address)
}

fn verdict(estate: &Estate, from: &str, to: &str, family: Family) -> Verdict {
    let (from, to) = (end(estate, from, family), end(estate, to, family));
    Analysis::new(estate).allowed_at((&from.0, from.1), (&to.0, to.1))
}

fn is_open(verdict: &Verdict, l4: L4) -> (bool, bool) {
    (verdict.traffic.contains(l4), verdict.possible.contains(l4))
}

const YES: (bool, bool) = (true, true);
const MAY: (bool, bool) = (false, true);
const NO: (bool, bool) = (false, false);

#[test]
fn a_message_that_nothing_answers_needs_no_way_back() {
    let mut spec = open(1);
    // The first subnet of the second network does not know the way to the first network.
    spec.tables[2] = vec![RouteSpec {
        family: Family::V4,
        prefix: Some(Prefix::Subnet(0, 0)),
        target: 3,
        origin: RouteOrigin::Static,
        gone: false,
    }];
    let says = verdict(&estate(&spec), "interface-000", "interface-100", Family::V4);
    assert_eq!(is_open(&says, UNANSWERED), YES);
    assert_eq!(is_open(&says, HTTP), NO);
}

#[test]
fn nobody_promises_that_members_are_known_across_the_internet() {
    let mut spec = open(0);
    spec.open.0 = false;
    let all = RuleSpec {
        family: Family::V6,
        ..rule(true, false, RemoteSpec::Prefix(Prefix::Any))
    };
    spec.groups[0] = vec![all, rule(false, false, RemoteSpec::Group(0))];
    let says = verdict(&estate(&spec), "interface-000", "interface-100", Family::V6);
    assert_eq!(is_open(&says, HTTP), MAY);
}

#[test]
fn a_hub_behind_a_list_leaves_members_and_lists_open() {
    let mut spec = open(2);
    spec.open.0 = false;
    let all = rule(true, false, RemoteSpec::Prefix(Prefix::Any));
    spec.groups[0] = vec![all, rule(false, false, RemoteSpec::Group(0))];
    let corner = RemoteSpec::Prefix(Prefix::Corner);
    spec.lists[1] = vec![rule(false, true, corner)];
    spec.list_of[2] = Some(1);
    let estate = estate(&spec);
    let says = verdict(&estate, "interface-000", "interface-100", Family::V4);
    assert_eq!(is_open(&says, HTTP), MAY);
}

#[test]
fn from_a_hub_in_the_same_subnet_no_list_is_asked() {
    let mut spec = open(2);
    // The receivers' subnet, where the hub's interface is too, denies what comes from the senders.
    let sender = RemoteSpec::Prefix(Prefix::Subnet(0, 0));
    spec.lists[1] = vec![rule(false, true, sender)];
    spec.list_of[2] = Some(1);
    let says = verdict(&estate(&spec), "interface-000", "interface-100", Family::V4);
    assert!(says.possible.contains(HTTP));
}

#[test]
fn an_unattached_interface_counts_as_there() {
    let mut estate = estate(&open(1));
    let id = InterfaceId::new("interface-000");
    estate.interfaces.get_mut(&id).unwrap().owner = InterfaceOwner::Nobody;
    same(&estate);
    for other in ["interface-100", "internet"] {
        let says = verdict(&estate, other, "interface-000", Family::V4);
        assert_eq!(is_open(&says, HTTP), YES, "from {other}");
    }
    let rows = Analysis::new(&estate).exposure(Family::V4);
    assert!(rows.iter().any(|row| row.interfaces.contains(&id)));
}

#[test]
fn a_host_without_a_group_is_not_known_and_a_managed_interface_is_open() {
    let mut estate = estate(&open(1));
    let id = InterfaceId::new("interface-000");
    estate
        .networks
        .for_each_mut(|it| it.place.provider = Provider::Aws);
    let own = estate.interfaces.get_mut(&id).unwrap();
    own.firewalls.clear();
    same(&estate);
    let says = verdict(&estate, "internet", "interface-000", Family::V4);
    assert_eq!(is_open(&says, HTTP), YES);
    let own = estate.interfaces.get_mut(&id).unwrap();
    own.owner = InterfaceOwner::Host(HostId::new("host"));
    same(&estate);
    for other in ["interface-100", "internet"] {
        for says in [
            verdict(&estate, other, "interface-000", Family::V4),
            verdict(&estate, "interface-000", other, Family::V4),
        ] {
            assert_eq!(is_open(&says, HTTP), MAY);
            let waits = [Subject::new("interface", "interface-000", "")];
            assert_eq!(says.undetermined, waits);
        }
    }
    let rows = Analysis::new(&estate).exposure(Family::V4);
    let row = rows
        .iter()
        .find(|row| row.interfaces.contains(&id))
        .unwrap();
    assert_eq!(row.interfaces, [id]);
    assert!(row.traffic.is_empty());
}

#[test]
fn a_lock_that_leaves_out_the_nat_gateway_alone() {
    let mut spec = open(0);
    spec.default.0 = 5;
    spec.lock = PublicAccessMode::BlockBidirectional;
    spec.excluded = vec![(0, 0, PublicAccessMode::Off)];
    spec.tables[0] = vec![RouteSpec {
        family: Family::V4,
        prefix: Some(Prefix::Outside),
        target: 0,
        origin: RouteOrigin::Static,
        gone: false,
    }];
    let estate = estate(&spec);
    let from = end(&estate, "interface-010", Family::V4);
    let remote = remotes(Family::V4)[0];
    let says = Analysis::new(&estate).allowed_at((&from.0, from.1), (&End::Internet, remote));
    assert_eq!(is_open(&says, HTTP), MAY);
}

#[test]
fn every_table_has_a_route_to_each_block_of_its_network() {
    let mut estate = estate(&open(0));
    estate.route_tables.for_each_mut(|table| {
        table.routes.retain(|route| {
            let local = Destination::Net(Prefix::Network(0).net(Family::V4));
            route.destination != local
        });
    });
    same(&estate);
    let says = verdict(&estate, "interface-000", "interface-010", Family::V4);
    assert_eq!(is_open(&says, HTTP), YES);
}

/// A NAT gateway sends directly to who is in its subnet, whatever the subnet's table says.
#[test]
fn a_nat_gateway_and_its_neighbours() {
    let mut spec = open(0);
    let to = |target| RouteSpec {
        family: Family::V4,
        prefix: Some(Prefix::Subnet(1, 0)),
        target,
        origin: RouteOrigin::Static,
        gone: false,
    };
    spec.tables[2] = vec![to(0)];
    spec.tables[3] = vec![to(5)];
    let says = verdict(&estate(&spec), "interface-110", "interface-100", Family::V4);
    assert_eq!(is_open(&says, HTTP), MAY);
}

/// A prefix list's route to local is not the network's own: a learnt route that is longer takes of it.
#[test]
fn a_prefix_list_that_is_local() {
    let mut spec = open(0);
    let to = |prefix, target, origin| RouteSpec {
        family: Family::V6,
        prefix,
        target,
        origin,
        gone: false,
    };
    spec.tables[3] = vec![
        to(Some(Prefix::Host(0, 1, 0)), 0, RouteOrigin::Propagated),
        to(None, 8, RouteOrigin::Static),
    ];
    let says = verdict(&estate(&spec), "interface-010", "interface-110", Family::V6);
    assert_eq!(is_open(&says, HTTP), YES);
}
