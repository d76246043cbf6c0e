//! Cases that were missed once, each as small as it got.

use proptest::test_runner::TestCaseError;
use sixward_estate::{Estate, PublicAccessMode, RouteOrigin};
use sixward_net::{Family, Traffic};

use crate::change::What::{
    Blackhole, Delegated, Gap, Groups, HubSubnets, Kind, ListOf, Moved, NatSubnet, No6, NoFirewall,
    NoInterface, NoLink, NoRule, Owner, Region, RouteTable, Rule, SameAddress, Second4, Second6,
    TableOf,
};
use crate::change::{Change, changed};
use crate::palette::Prefix;
use crate::spec::{NO_TARGET, RemoteSpec, RouteSpec, RuleSpec, Spec};
use crate::{families, incremental, pairs, single};

/// Nothing filtered, nothing joined, both families out to the internet.
pub(crate) fn plain() -> Spec {
    Spec {
        open: (true, true),
        joined: 0,
        wide: false,
        default: (0, 0),
        groups: vec![Vec::new(); 3],
        lists: vec![Vec::new(); 2],
        members: vec![vec![0]; 8],
        public: vec![true; 8],
        tunnelled: vec![false; 8],
        list_of: vec![None; 4],
        tables: vec![Vec::new(); 4],
        hub: Vec::new(),
        lock: PublicAccessMode::Off,
        excluded: Vec::new(),
    }
}

fn rule(egress: bool, family: Family, remote: RemoteSpec) -> RuleSpec {
    RuleSpec {
        egress,
        deny: false,
        family,
        traffic: Traffic::All,
        remote,
    }
}

/// All that the other files show, of this estate and of it after each change.
fn check(spec: &Spec, steps: &[Change]) -> Result<(), TestCaseError> {
    let base = spec.estate(|family| family);
    let donor = plain().estate(|family| family);
    let mut states: Vec<Estate> = vec![base];
    for step in steps {
        let next = changed(&states[states.len() - 1], &donor, &[*step]);
        states.push(next);
    }
    incremental::sound(&states)?;
    incremental::watched(&states)?;
    for two in states.windows(2) {
        pairs::all_found(&two[0], &two[1])?;
        single::all_said(&two[0], &two[1])?;
        families::both_hold(&two[0], &two[1])?;
    }
    Ok(())
}

/// Lists of the subnets by which a hub is entered decide whether what it carries is known.
#[test]
fn a_hub_behind_a_list() -> Result<(), TestCaseError> {
    let spec = Spec {
        joined: 2,
        default: (NO_TARGET, NO_TARGET),
        list_of: vec![Some(0), None, None, None],
        ..plain()
    };
    check(
        &spec,
        &[
            Change::new(NoRule, 3, 0),
            Change::new(Rule, 3, 0),
            Change::new(HubSubnets, 0, 2),
        ],
    )
}

/// Rules that name a group mean its members, who come and go.
#[test]
fn a_member_leaves() -> Result<(), TestCaseError> {
    let by = |egress| rule(egress, Family::V4, RemoteSpec::Group(1));
    let spec = Spec {
        open: (false, true),
        groups: vec![
            vec![by(true), by(false)],
            vec![by(true), by(false)],
            Vec::new(),
        ],
        members: vec![
            vec![0, 1],
            vec![1],
            vec![0],
            vec![1],
            vec![0],
            vec![],
            vec![1],
            vec![2],
        ],
        ..plain()
    };
    check(
        &spec,
        &[
            Change::new(Groups, 1, 1),
            Change::new(Groups, 1, 2),
            Change::new(Groups, 0, 0),
        ],
    )
}

/// Of a firewall that is not there nobody knows what it lets pass.
#[test]
fn a_firewall_is_found() -> Result<(), TestCaseError> {
    let spec = Spec {
        members: vec![vec![2]; 8],
        ..plain()
    };
    check(
        &spec,
        &[
            Change::new(NoFirewall, 2, 0),
            Change::new(crate::change::What::Firewall, 2, 0),
        ],
    )
}

/// What moves to another subnet leaves its neighbours, to whom lists are nothing.
#[test]
fn an_interface_moves() -> Result<(), TestCaseError> {
    let spec = Spec {
        open: (true, false),
        list_of: vec![Some(0), Some(0), None, None],
        ..plain()
    };
    check(&spec, &[Change::new(Moved, 1, 1), Change::new(Moved, 1, 0)])
}

/// The second address of an interface may be the one that the internet knows.
#[test]
fn the_second_address_is_the_public_one() -> Result<(), TestCaseError> {
    let spec = Spec {
        public: vec![false; 8],
        ..plain()
    };
    check(
        &spec,
        &[
            Change::new(Second4, 0, 2),
            Change::new(Second6, 0, 0),
            Change::new(Second4, 3, 0),
        ],
    )
}

/// A NAT gateway's own subnet shares a table with others, whom it serves.
#[test]
fn a_subnet_of_a_nat_gateway() -> Result<(), TestCaseError> {
    let spec = Spec {
        default: (5, 6),
        ..plain()
    };
    check(
        &spec,
        &[
            Change::new(TableOf, 1, 0),
            Change::new(NatSubnet, 4, 0),
            Change::new(Blackhole, 0, 0),
        ],
    )
}

/// A list that changes while no subnet is under it is another one when it is used again.
#[test]
fn a_list_comes_back() -> Result<(), TestCaseError> {
    let spec = Spec {
        list_of: vec![Some(0), None, None, None],
        ..plain()
    };
    check(
        &spec,
        &[
            Change::new(ListOf, 0, 2),
            Change::new(NoRule, 3, 0),
            Change::new(ListOf, 0, 0),
        ],
    )
}

/// A firewall that becomes a list, and the other way round.
#[test]
fn a_firewall_of_another_kind() -> Result<(), TestCaseError> {
    let spec = Spec {
        list_of: vec![Some(0), None, None, None],
        ..plain()
    };
    check(
        &spec,
        &[
            Change::new(Kind, 3, 0),
            Change::new(Kind, 0, 1),
            Change::new(Kind, 3, 1),
        ],
    )
}

/// Neighbours and the internet that lose the same flows are not one box.
#[test]
fn neighbours_and_the_internet() -> Result<(), TestCaseError> {
    let any = |family| rule(false, family, RemoteSpec::Prefix(Prefix::Any));
    let spec = Spec {
        groups: vec![vec![any(Family::V4)], vec![any(Family::V6)], Vec::new()],
        ..plain()
    };
    check(
        &spec,
        &[
            Change::new(Groups, 0, 4),
            Change::new(NoRule, 0, 0),
            Change::new(NoRule, 2, 0),
        ],
    )
}

/// Who has an interface decides whether it serves.
#[test]
fn nobody_serves() -> Result<(), TestCaseError> {
    check(
        &plain(),
        &[
            Change::new(Owner, 0, 0),
            Change::new(Owner, 0, 1),
            Change::new(Owner, 0, 2),
        ],
    )
}

/// A way across the internet that is not known on its way back, under a lock.
#[test]
fn no_table_under_a_lock() -> Result<(), TestCaseError> {
    let spec = Spec {
        lock: PublicAccessMode::BlockIngress,
        ..plain()
    };
    check(
        &spec,
        &[Change::new(TableOf, 2, 0), Change::new(TableOf, 2, 2)],
    )
}

#[test]
fn a_table_of_which_nothing_is_known() -> Result<(), TestCaseError> {
    let mut spec = plain();
    spec.public = vec![false; 8];
    check(&spec, &[Change::new(Gap, 0, 22), Change::new(Gap, 0, 22)])
}

#[test]
fn a_firewall_of_another_kind_beside_a_group() -> Result<(), TestCaseError> {
    let mut spec = plain();
    let tcp = RuleSpec {
        traffic: Traffic::Tcp(sixward_net::Ports::ALL),
        ..rule(false, Family::V6, RemoteSpec::Prefix(Prefix::Any))
    };
    spec.open.0 = false;
    spec.groups[0] = vec![tcp];
    spec.members = vec![Vec::new(); 8];
    let steps = [
        Change::new(Groups, 0, 123),
        Change::new(Kind, 16, 19),
        Change::new(Second6, 0, 0),
    ];
    check(&spec, &steps)
}

#[test]
fn who_waits_for_more_over_a_hub() -> Result<(), TestCaseError> {
    let mut spec = plain();
    spec.open = (false, false);
    spec.joined = 2;
    spec.groups[1] = vec![rule(false, Family::V4, RemoteSpec::Group(1))];
    spec.groups[2] = vec![rule(true, Family::V6, RemoteSpec::Prefix(Prefix::Any))];
    spec.members = vec![Vec::new(); 8];
    spec.members[1] = vec![1, 2];
    spec.members[4] = vec![1];
    spec.hub = vec![(Family::V6, Prefix::Subnet(0, 0), None)];
    check(&spec, &[Change::new(RouteTable, 14, 0)])
}

/// What is sent to a new address across the internet is new, whoever could send to the old one.
#[test]
fn a_second_address_on_the_internet() -> Result<(), TestCaseError> {
    let mut spec = plain();
    spec.members = vec![Vec::new(); 8];
    spec.public = vec![false; 8];
    spec.public[4] = true;
    check(&spec, &[Change::new(Second6, 60, 0)])
}

/// A hub tells members of firewalls in both families or in none.
#[test]
fn a_hub_that_may_tell_members() -> Result<(), TestCaseError> {
    let spec = Spec {
        open: (true, false),
        joined: 2,
        default: (NO_TARGET, NO_TARGET),
        groups: vec![
            vec![rule(false, Family::V4, RemoteSpec::Group(0))],
            vec![rule(false, Family::V6, RemoteSpec::Prefix(Prefix::Any))],
            Vec::new(),
        ],
        ..plain()
    };
    check(
        &spec,
        &[Change::new(Groups, 0, 3), Change::new(Groups, 7, 2)],
    )
}

/// What waits for a peering that is gone besides what both wait for is compared bound by bound.
#[test]
fn who_waits_for_a_peering() -> Result<(), TestCaseError> {
    let spec = Spec {
        open: (false, true),
        joined: 1,
        public: vec![false; 8],
        members: vec![Vec::new(); 8],
        ..plain()
    };
    check(
        &spec,
        &[
            Change::new(SameAddress, 6, 216),
            Change::new(Delegated, 12, 0),
            Change::new(NoLink, 0, 0),
            Change::new(NoLink, 0, 0),
            Change::new(NoLink, 0, 0),
        ],
    )
}

/// Peered networks of two regions do not know each other's members.
#[test]
fn a_network_in_another_region() -> Result<(), TestCaseError> {
    let mut spec = Spec {
        open: (false, false),
        joined: 1,
        public: vec![false; 8],
        members: vec![Vec::new(); 8],
        ..plain()
    };
    let by = |egress| rule(egress, Family::V4, RemoteSpec::Group(1));
    spec.groups[2] = vec![by(true), by(false)];
    spec.members[0] = vec![1, 2];
    spec.members[4] = vec![1, 2];
    check(&spec, &[Change::new(Region, 0, 0)])
}

/// Over the internet a message that nothing answers arrives at who has no way out.
#[test]
fn a_twin_of_which_one_has_a_way_out() -> Result<(), TestCaseError> {
    let any = rule(true, Family::V4, RemoteSpec::Prefix(Prefix::Any));
    let near = rule(false, Family::V4, RemoteSpec::Prefix(Prefix::Subnet(0, 0)));
    let out = RouteSpec {
        family: Family::V4,
        prefix: Some(Prefix::Any),
        target: 0,
        origin: RouteOrigin::Static,
        gone: false,
    };
    families::no_excess(Spec {
        open: (false, false),
        default: (9, 9),
        groups: vec![vec![any, near], Vec::new(), Vec::new()],
        members: (0..8)
            .map(|at| if at % 7 == 0 { vec![0] } else { Vec::new() })
            .collect(),
        tables: vec![vec![out], Vec::new(), Vec::new(), Vec::new()],
        ..plain()
    })
}

/// Who has one address under two public ones is still one.
#[test]
fn one_address_twice() -> Result<(), TestCaseError> {
    let base = plain().estate(|family| family);
    let twice = [Change::new(Second4, 18, 0), Change::new(Second4, 218, 0)];
    single::all_said(&base, &changed(&base, &base, &twice))
}

/// Of what has a gap nothing is said, not even among neighbours: a network, an interface.
#[test]
fn neighbours_of_whom_something_is_not_known() -> Result<(), TestCaseError> {
    for gap in [1, 8] {
        check(
            &plain(),
            &[Change::new(Gap, 0, gap), Change::new(NoInterface, 1, 0)],
        )?;
    }
    Ok(())
}

/// An address that becomes a part of a delegated prefix is still there, as far as anybody knows.
#[test]
fn an_address_is_delegated() -> Result<(), TestCaseError> {
    let base = plain().estate(|family| family);
    let given = [Change::new(No6, 0, 0), Change::new(Delegated, 0, 0)];
    single::all_said(&base, &changed(&base, &base, &given))?;
    pairs::all_found(&base, &changed(&base, &base, &given))?;
    check(&plain(), &given)
}

/// Behind a hub packets go on by the table of the subnet that it leads to, of which nothing may be known.
#[test]
fn a_hub_into_a_table_with_a_gap() -> Result<(), TestCaseError> {
    let spec = Spec {
        joined: 2,
        ..plain()
    };
    check(
        &spec,
        &[Change::new(Gap, 0, 4), Change::new(NoInterface, 0, 0)],
    )
}

/// Who comes under a firewall that another's rules name leaves it open what else those rules name.
#[test]
fn who_comes_under_a_firewall_behind_a_hub() -> Result<(), TestCaseError> {
    let icmp = Traffic::Icmp(sixward_net::IcmpMatch::Type(0));
    let only = |remote| RuleSpec {
        traffic: icmp,
        ..rule(true, Family::V4, remote)
    };
    let any = RemoteSpec::Prefix(Prefix::Any);
    let mut spec = Spec {
        open: (false, true),
        joined: 2,
        groups: vec![
            vec![rule(false, Family::V4, any), only(any)],
            Vec::new(),
            vec![
                rule(true, Family::V4, RemoteSpec::Group(2)),
                only(RemoteSpec::Unlisted),
            ],
        ],
        members: vec![Vec::new(); 8],
        list_of: vec![Some(1), None, None, None],
        ..plain()
    };
    let deny = RuleSpec {
        deny: true,
        ..rule(false, Family::V4, any)
    };
    spec.lists[1] = vec![deny];
    spec.members[1] = vec![0, 2];
    check(&spec, &[Change::new(Groups, 6, 5)])
}
