//! One refusal, choice or side effect after another, by the provider's codes.

use sixward_apply::{Driver, Scope};
use sixward_estate::*;
use sixward_net::{ANY6, Traffic};
use sixward_plan::Change;
use sixward_sim::{Habits, Sim};

use crate::world::{
    add_block, call, call_with, network, small, subnet, with_block, with_subnet_block,
};

fn sim() -> Sim {
    Sim::new(small(), 6)
}

fn rule(direction: Direction, order: Option<u32>, net: &str) -> Rule {
    Rule {
        direction,
        order,
        action: Action::Allow,
        traffic: Traffic::All,
        remote: Remote::Net(net.parse().unwrap()),
        note: SmolStr::default(),
    }
}

#[test]
fn a_network_gets_what_the_provider_chooses_and_five_at_most() {
    let mut sim = sim();
    let first = with_block(&mut sim);
    assert!(first.net.to_string().starts_with("2600:1f18:"), "{first:?}");
    assert_eq!(first.net.prefix_len(), 56);
    for _ in 1..5 {
        with_block(&mut sim);
    }
    assert_eq!(call(&mut sim, add_block()), "CidrLimitExceeded");
    let blocks = &sim.estate().networks.get(&network()).unwrap().blocks6;
    assert!(blocks.windows(2).all(|pair| pair[0].net != pair[1].net));
}

#[test]
fn a_block_opens_untouched_firewalls_and_adds_local_routes() {
    let mut sim = sim();
    let block = with_block(&mut sim);
    let open = |id: &str, direction| {
        let firewall = sim.estate().firewalls.get(&FirewallId::new(id)).unwrap();
        firewall
            .rules(direction)
            .any(|it| it.remote == Remote::from(ANY6))
    };
    assert!(open("acl-0-default", Direction::Ingress));
    assert!(open("acl-0-default", Direction::Egress));
    assert!(open("sg-0-0", Direction::Egress));
    assert!(!open("acl-0-custom", Direction::Egress));
    let local = |table: &RouteTable| table.route(&Destination::from(block.net)).is_some();
    assert!(sim.estate().route_tables.iter().all(local));
}

#[test]
fn a_block_that_was_given_back_does_not_come_again_nor_show() {
    let mut sim = sim();
    let first = with_block(&mut sim);
    let change = Change::RemoveNetworkBlock {
        network: network(),
        block: first.clone(),
    };
    assert_eq!(call(&mut sim, change.clone()), "ok");
    assert_eq!(
        call(&mut sim, change),
        "InvalidVpcCidrBlockAssociationID.NotFound"
    );
    let second = with_block(&mut sim);
    let seen = sim.discover().unwrap();
    let shown = &seen.networks.get(&network()).unwrap().blocks6;
    assert!(shown.len() == 1 && shown[0] == second);
    assert_ne!(first, second);
}

#[test]
fn what_is_used_is_not_given_back() {
    let mut sim = sim();
    let block = with_block(&mut sim);
    let net = with_subnet_block(&mut sim, 0, &block);
    let interface = InterfaceId::new("eni-0-0");
    let address = "::10".parse::<std::net::Ipv6Addr>().unwrap();
    let address = (u128::from(net.network()) | u128::from(address)).into();
    let auto = |on| Change::SetAutoAssign {
        subnet: subnet(0),
        on,
    };
    let assign = Change::AssignAddress {
        interface,
        address,
        automatic: false,
    };
    assert_eq!(call(&mut sim, auto(true)), "ok");
    assert_eq!(call(&mut sim, assign.clone()), "ok");
    assert_eq!(call(&mut sim, assign.clone()), "InvalidIPAddress.InUse");
    let of_network = Change::RemoveNetworkBlock {
        network: network(),
        block,
    };
    let of_subnet = Change::RemoveSubnetBlock {
        subnet: subnet(0),
        net,
    };
    for (undo, code) in [
        (auto(false), "InvalidCidrBlock.InUse"),
        (assign.inverse(), "InvalidCidrBlock.InUse"),
    ] {
        assert_eq!(call(&mut sim, of_subnet.clone()), code);
        assert_eq!(call(&mut sim, undo), "ok");
    }
    assert_eq!(call(&mut sim, of_network.clone()), "InvalidCidrBlock.InUse");
    assert_eq!(call(&mut sim, of_subnet), "ok");
    assert_eq!(call(&mut sim, of_network), "ok");
}

#[test]
fn a_subnets_block_is_one_within_the_networks_and_nobody_elses() {
    let mut sim = sim();
    let add = |number, net| Change::AddSubnetBlock {
        subnet: subnet(number),
        net,
    };
    let block = with_block(&mut sim);
    let net = with_subnet_block(&mut sim, 0, &block);
    assert_eq!(call(&mut sim, add(0, net)), "CidrLimitExceeded");
    assert_eq!(call(&mut sim, add(1, net)), "InvalidSubnet.Conflict");
    let outside = "2600:1f18:ffff:ffff::/64".parse().unwrap();
    assert_eq!(call(&mut sim, add(1, outside)), "InvalidSubnet.Range");
    let odd = block.net.subnets(63).unwrap().nth(3).unwrap();
    assert_eq!(call(&mut sim, add(1, odd)), "InvalidParameterValue");
    let auto = Change::SetAutoAssign {
        subnet: subnet(1),
        on: true,
    };
    assert_eq!(call(&mut sim, auto), "InvalidParameterValue");
}

#[test]
fn addresses_are_within_the_subnet_and_chosen_when_asked() {
    let mut sim = sim();
    let interface = InterfaceId::new("eni-0-0");
    let assign = |address, automatic| Change::AssignAddress {
        interface: interface.clone(),
        address,
        automatic,
    };
    let outside = "2001:db8::10".parse().unwrap();
    assert_eq!(
        call(&mut sim, assign(outside, false)),
        "InvalidParameterCombination"
    );
    let block = with_block(&mut sim);
    let net = with_subnet_block(&mut sim, 0, &block);
    assert_eq!(
        call(&mut sim, assign(outside, false)),
        "InvalidParameterValue"
    );
    assert_eq!(
        call(&mut sim, assign(net.network(), false)),
        "InvalidParameterValue"
    );
    assert_eq!(call(&mut sim, assign(outside, true)), "ok");
    let chosen = &sim.estate().interfaces.get(&interface).unwrap().addresses6;
    assert!(chosen.len() == 1 && net.contains(&chosen[0]), "{chosen:?}");
}

#[test]
fn rules_are_not_doubled_and_not_too_many() {
    let mut sim = sim();
    let add = |id: &str, rule| Change::AddRule {
        firewall: FirewallId::new(id),
        rule,
    };
    let in_group = |n: u32| {
        add(
            "sg-0-0",
            rule(Direction::Ingress, None, &format!("2001:db8:{n:x}::/48")),
        )
    };
    for n in 0..60 {
        assert_eq!(call(&mut sim, in_group(n)), "ok");
    }
    assert_eq!(call(&mut sim, in_group(7)), "InvalidPermission.Duplicate");
    assert_eq!(
        call(&mut sim, in_group(60)),
        "RulesPerSecurityGroupLimitExceeded"
    );
    // Each direction counts by itself.
    let out = add("sg-0-0", rule(Direction::Egress, None, "2001:db8::/48"));
    assert_eq!(call(&mut sim, out), "ok");

    let in_list = |n: u32| {
        add(
            "acl-0-custom",
            rule(Direction::Egress, Some(n), &format!("2001:db8:{n:x}::/48")),
        )
    };
    for n in 1..20 {
        assert_eq!(call(&mut sim, in_list(n)), "ok");
    }
    assert_eq!(call(&mut sim, in_list(7)), "NetworkAclEntryAlreadyExists");
    assert_eq!(call(&mut sim, in_list(20)), "NetworkAclEntryLimitExceeded");
    assert_eq!(call(&mut sim, in_list(40_000)), "InvalidParameterValue");
    assert_eq!(call(&mut sim, in_list(7).inverse()), "ok");
    assert_eq!(
        call(&mut sim, in_list(7).inverse()),
        "InvalidNetworkAclEntry.NotFound"
    );
}

#[test]
fn gateways_are_known_by_their_token_and_routes_outlive_them() {
    let mut sim = sim();
    let gateway = Gateway {
        id: GatewayId::new("eigw-new"),
        name: SmolStr::default(),
        network: Some(network()),
        kind: GatewayKind::EgressOnly,
    };
    let create = Change::CreateGateway { gateway };
    let made = |sim: &Sim| {
        let gateways = sim.estate().gateways.iter();
        gateways
            .filter(|it| it.kind == GatewayKind::EgressOnly)
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(call_with(&mut sim, create.clone(), "a"), "ok");
    assert_eq!(call_with(&mut sim, create.clone(), "a"), "ok");
    assert_eq!(made(&sim).len(), 1);
    assert_eq!(call_with(&mut sim, create, "b"), "ok");
    let [one, _] = &made(&sim)[..] else {
        unreachable!()
    };
    assert!(one.id.as_str().starts_with("eigw-0"), "{one:?}");

    let table = RouteTableId::new("rtb-0-1");
    let route = |target: &GatewayId| Route {
        destination: Destination::from(ANY6),
        target: RouteTarget::Gateway(target.clone()),
        origin: RouteOrigin::Static,
        state: RouteState::Active,
    };
    let add = |target: &GatewayId| Change::AddRoute {
        table: table.clone(),
        route: route(target),
    };
    assert_eq!(
        call(&mut sim, add(&GatewayId::new("eigw-gone"))),
        "InvalidGatewayID.NotFound"
    );
    assert_eq!(call(&mut sim, add(&one.id)), "ok");
    assert_eq!(call(&mut sim, add(&one.id)), "RouteAlreadyExists");
    assert_eq!(
        call(
            &mut sim,
            Change::DeleteGateway {
                gateway: one.clone()
            }
        ),
        "ok"
    );
    let left = sim.estate().route_tables.get(&table).unwrap();
    let left = left.route(&Destination::from(ANY6)).unwrap();
    assert_eq!(left.state, RouteState::Blackhole);
    // It goes by its destination, wherever it leads.
    assert_eq!(call(&mut sim, add(&one.id).inverse()), "ok");
    assert_eq!(
        call(&mut sim, add(&one.id).inverse()),
        "InvalidRoute.NotFound"
    );
}

#[test]
fn a_running_host_is_stopped_changed_and_started_and_loses_what_it_does_not_hold() {
    let mut sim = sim();
    let host = HostId::new("i-0-1");
    let public = |sim: &Sim| {
        let interface = sim.estate().interfaces.get(&InterfaceId::new("eni-0-1"));
        let interface = interface.unwrap();
        (interface.addresses4[0].public, interface.addresses4[0].held)
    };
    sim.change(|estate| {
        let interface = estate
            .interfaces
            .get_mut(&InterfaceId::new("eni-0-1"))
            .unwrap();
        interface.addresses4[0].held = false;
    });
    let (before, _) = public(&sim);
    let change = Change::SetMachineType {
        host: host.clone(),
        from: MachineTypeName::new("m3.large"),
        to: MachineTypeName::new("m4.large"),
    };
    assert_eq!(call(&mut sim, change.clone()), "ok");
    let there = sim.estate().hosts.get(&host).unwrap();
    assert_eq!(there.machine_type.as_str(), "m4.large");
    assert_eq!(there.state, HostState::Running);
    let (after, _) = public(&sim);
    assert!(before.is_some() && after.is_some() && before != after);
    // Done already: no call is made.
    assert_eq!(call(&mut sim, change), "ok");
}

#[test]
fn both_families_only_where_all_subnets_have_a_block() {
    let mut estate = small();
    let id = BalancerId::new("web");
    estate.balancers.insert(Balancer {
        id: id.clone(),
        name: SmolStr::default(),
        network: network(),
        kind: BalancerKind::Application,
        exposure: Exposure::Internet,
        family: FamilyMode::V4,
        dns_name: SmolStr::default(),
        subnets: vec![subnet(0), subnet(1)],
        firewalls: vec![],
        listeners: vec![],
    });
    let mut sim = Sim::new(estate, 6);
    let change = Change::SetBalancerFamily {
        balancer: id,
        from: FamilyMode::V4,
        to: FamilyMode::Dual,
    };
    let block = with_block(&mut sim);
    with_subnet_block(&mut sim, 0, &block);
    assert_eq!(call(&mut sim, change.clone()), "ValidationError");
    with_subnet_block(&mut sim, 1, &block);
    assert_eq!(call(&mut sim, change.clone()), "ok");
    assert_eq!(call(&mut sim, change), "ok");
}

#[test]
fn reads_are_behind_and_blocks_take_their_time() {
    let habits = Habits {
        lag: 2,
        associating: 3,
        ..Habits::default()
    };
    let mut sim = sim().habits(habits);
    let scope = Scope::of([&add_block()]);
    assert_eq!(call(&mut sim, add_block()), "ok");
    let mut reads = 0;
    while sim
        .read(&scope)
        .unwrap()
        .networks
        .get(&network())
        .unwrap()
        .blocks6
        .is_empty()
    {
        reads += 1;
    }
    assert_eq!(reads, 4);
}

#[test]
fn a_machine_type_without_ipv6_gets_no_address() {
    let mut estate = small();
    estate.machine_types.insert(MachineType {
        id: MachineTypeName::new("m3.large"),
        place: crate::estates::place(),
        v6: false,
        addresses6_per_interface: 0,
        instance_store: true,
    });
    let mut sim = Sim::new(estate, 6);
    let block = with_block(&mut sim);
    let net = with_subnet_block(&mut sim, 1, &block);
    let address = (u128::from(net.network()) | 0x10).into();
    let interface = InterfaceId::new("eni-0-1");
    let assign = Change::AssignAddress {
        interface,
        address,
        automatic: false,
    };
    assert_eq!(call(&mut sim, assign), "UnsupportedOperation");
}
