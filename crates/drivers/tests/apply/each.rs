//! Every change that a call can make, made and taken back, and seen both times; on an estate with one of
//! everything.

use std::net::Ipv6Addr;

use sixward_apply::{Driver as _, FaultClass, Flow, Order, Scope, Standing, standing};
use sixward_estate::*;
use sixward_net::{ANY6, IcmpMatch, Ipv6Net, Ports, Traffic};
use sixward_plan::{Bindings, Change};
use sixward_testkit::{Cloud, tools};

use crate::course::Course;
use crate::inside;

#[test]
fn every_change_there_and_back() {
    if !inside("each::every_change_there_and_back") {
        return;
    }
    let mut course = Course::begin(Cloud::start());
    every_noun(&course);
    let start = course.live();
    // What needs blocks of subnets comes after them, and goes before them.
    let groups = [blocks(&start), within(&start)];
    for changes in &groups {
        made(&mut course, &start, changes);
    }
    for changes in groups.iter().rev() {
        let back: Vec<_> = changes.iter().rev().map(Change::inverse).collect();
        made(&mut course, &start, &back);
    }
    let differences = sixward_apply::drift(&start, &course.live());
    assert!(differences.is_empty(), "{differences:#?}");
}

/// A host that was stopped for a type that is refused runs again.
#[test]
fn a_host_whose_new_type_is_refused_runs_again() {
    if !inside("each::a_host_whose_new_type_is_refused_runs_again") {
        return;
    }
    let mut course = Course::begin(Cloud::start());
    let start = course.live();
    let host = start.hosts.iter().next().unwrap();
    let change = Change::SetMachineType {
        host: host.id.clone(),
        from: host.machine_type.clone(),
        to: MachineTypeName::new("m4.tremendous"),
    };
    let scope = Scope::of([&change]);
    let before = course.driver().read(&scope).unwrap();
    let token = "each".into();
    let mut answer = None;
    let order = Order {
        token,
        change,
        before,
    };
    course.driver().make(&[order], &mut |_, it| {
        answer = Some(it);
        Flow::Go
    });
    let fault = answer.unwrap().unwrap_err();
    assert_eq!(fault.class, FaultClass::Refused, "{fault:?}");
    let calls = ["StopInstances", "ModifyInstanceAttribute", "StartInstances"];
    assert_eq!(course.proxy.writes(), calls);
    let differences = sixward_apply::drift(&start, &course.live());
    assert!(differences.is_empty(), "{differences:#?}");
}

pub(crate) fn every_noun(course: &Course) {
    let script = tools::workspace().join("crates/drivers/tests/support/every_noun.py");
    let made = std::process::Command::new(tools::program("python"))
        .arg(script)
        .envs(course.cloud.env())
        .status();
    assert!(made.unwrap().success());
}

/// Makes each change, the addresses that the provider chooses taken from what is seen.
fn made(course: &mut Course, start: &Estate, changes: &[Change]) {
    for planned in changes {
        let mut bound = Bindings::default();
        if let Change::UnassignAddress {
            interface,
            address,
            automatic: true,
        } = planned
        {
            let seen = course.driver().read(&Scope::of([planned])).unwrap();
            let mut chosen = seen.interfaces.get(interface).unwrap().addresses6.iter();
            bound.addresses.insert(*address, *chosen.next().unwrap());
        }
        let change = planned.bound(&bound);
        assert_eq!(course.driver().by_hand(&change), None, "{change:?}");
        let scope = Scope::of([&change]);
        let before = course.driver().read(&scope).unwrap();
        let stands = |seen: &Estate| standing(planned, &bound, start, seen);
        assert_eq!(stands(&before), Standing::Undone, "{change:?}");
        let order = Order {
            token: "each".into(),
            change: change.clone(),
            before,
        };
        let mut answers = Vec::new();
        course.driver().make(&[order], &mut |_, answer| {
            answers.push(answer);
            Flow::Go
        });
        assert_eq!(answers, [Ok(())], "{change:?}");
        let after = course.driver().read(&scope).unwrap();
        let seen = stands(&after);
        let done = matches!(seen, Standing::Done(_));
        assert!(done, "{change:?}: {seen:?}");
    }
}

fn hub(estate: &Estate) -> &Attachment {
    let mut links = estate.links.iter().filter_map(Link::attachment);
    links.find(|link| link.network.is_some()).unwrap()
}

/// The network with one of everything in it.
fn network(estate: &Estate) -> &Network {
    estate
        .networks
        .get(hub(estate).network.as_ref().unwrap())
        .unwrap()
}

fn subnets(estate: &Estate) -> Vec<&Subnet> {
    let all = estate.subnets.iter();
    all.filter(|it| it.network == network(estate).id).collect()
}

/// The `n`-th of the subnets' blocks.
fn block(estate: &Estate, n: u16) -> Ipv6Net {
    let block = network(estate).blocks6[0].net;
    let place = (u128::from(block.addr())) | (u128::from(n) << 64);
    Ipv6Net::new(Ipv6Addr::from(place), 64).unwrap()
}

fn blocks(estate: &Estate) -> Vec<Change> {
    let mut changes = Vec::new();
    for (n, subnet) in (1..).zip(subnets(estate)) {
        let (subnet, net) = (subnet.id.clone(), block(estate, n));
        changes.push(Change::AddSubnetBlock { subnet, net });
    }
    changes
}

fn within(estate: &Estate) -> Vec<Change> {
    let subnet = subnets(estate)[0];
    let mut changes = vec![Change::SetAutoAssign {
        subnet: subnet.id.clone(),
        on: true,
    }];
    changes.extend(routes(estate));
    changes.extend(rules(estate));
    changes.extend(hubs(estate));
    let loose = |it: &&Interface| it.subnet == subnet.id;
    for (n, interface) in estate.interfaces.iter().filter(loose).enumerate().take(2) {
        changes.push(Change::AssignAddress {
            interface: interface.id.clone(),
            address: Ipv6Addr::from(u128::from(block(estate, 1).addr()) + 0xa0a),
            automatic: n > 0,
        });
    }
    changes.extend(families(estate));
    changes
}

/// One for each kind of target that there is, to as many prefixes.
fn routes(estate: &Estate) -> Vec<Change> {
    let here = network(estate);
    let table = estate
        .route_tables
        .iter()
        .find(|it| it.network == here.id && it.main)
        .unwrap();
    let gateways = estate
        .gateways
        .iter()
        .filter(|it| it.network.as_ref() == Some(&here.id));
    let mut targets: Vec<_> = gateways
        .map(|it| RouteTarget::Gateway(it.id.clone()))
        .collect();
    assert_eq!(targets.len(), 3, "egress-only, internet, VPN");
    let peering = estate
        .links
        .iter()
        .find(|it| matches!(it.kind, LinkKind::Peering { .. }));
    targets.push(RouteTarget::Link(peering.unwrap().id.clone()));
    targets.push(RouteTarget::Transit(hub(estate).transit.clone()));
    let interface = estate
        .interfaces
        .iter()
        .find(|it| it.network == here.id)
        .unwrap();
    targets.push(RouteTarget::Interface(interface.id.clone()));
    let routes = (1..).zip(targets).map(|(n, target)| Change::AddRoute {
        table: table.id.clone(),
        route: Route {
            destination: format!("2001:db8:{n}::/48")
                .parse::<Ipv6Net>()
                .unwrap()
                .into(),
            target,
            origin: RouteOrigin::Static,
            state: RouteState::Active,
        },
    });
    routes.collect()
}

fn rules(estate: &Estate) -> Vec<Change> {
    let here = network(estate);
    let of = |kind| {
        let all = estate.firewalls.iter();
        let mut all = all.filter(|it| it.network == here.id && it.kind == kind && !it.default);
        all.next().unwrap()
    };
    let (group, list) = (of(FirewallKind::Group), of(FirewallKind::List));
    let any = || Remote::from(ANY6);
    let ssh = Traffic::Tcp(Ports::new(22, 23).unwrap());
    let dns = Traffic::Udp(Ports::new(53, 53).unwrap());
    let echo = Traffic::Icmp6(IcmpMatch::Code(128, 0));
    let lists = estate.prefix_lists.iter().find(|it| !it.managed).unwrap();
    let mut changes = Vec::new();
    for (firewall, order, action, traffic, remote) in [
        (group, None, Action::Allow, ssh, any()),
        (
            group,
            None,
            Action::Allow,
            dns,
            Remote::PrefixList(lists.id.clone()),
        ),
        (group, None, Action::Allow, echo, any()),
        (
            group,
            None,
            Action::Allow,
            Traffic::All,
            Remote::Firewall(group.id.clone()),
        ),
        (list, Some(110), Action::Allow, ssh, any()),
        (list, Some(111), Action::Deny, dns, any()),
        (list, Some(112), Action::Allow, echo, any()),
        (list, Some(113), Action::Allow, Traffic::All, any()),
    ] {
        for direction in [Direction::Ingress, Direction::Egress] {
            let rule = Rule {
                direction,
                order,
                action,
                traffic,
                remote: remote.clone(),
                note: SmolStr::default(),
            };
            // A new group lets everything out to the first prefix already.
            let firewall = firewall.id.clone();
            changes.push(Change::AddRule { firewall, rule });
        }
    }
    changes
}

fn hubs(estate: &Estate) -> Vec<Change> {
    let table = estate
        .transit_tables
        .iter()
        .find(|it| !it.routes.is_empty())
        .unwrap();
    let mut links = estate.links.iter();
    let link = links
        .find(|it| it.attachment().is_some_and(|it| it.v6))
        .unwrap();
    let route = |destination: &str, target, state| Change::AddTransitRoute {
        table: table.id.clone(),
        route: TransitRoute {
            destination: destination.parse::<Ipv6Net>().unwrap().into(),
            target,
            origin: RouteOrigin::Static,
            state,
        },
    };
    let to = TransitTarget::Link(link.id.clone());
    vec![
        route("2001:db8:a::/48", to, RouteState::Active),
        route(
            "2001:db8:b::/48",
            TransitTarget::Nowhere,
            RouteState::Blackhole,
        ),
        Change::SetAttachmentV6 {
            link: link.id.clone(),
            on: false,
        },
    ]
}

fn families(estate: &Estate) -> Vec<Change> {
    let (from, to) = (FamilyMode::V4, FamilyMode::Dual);
    let mut changes = Vec::new();
    for balancer in estate
        .balancers
        .iter()
        .filter(|it| it.id.as_str().starts_with("arn:"))
    {
        let balancer = balancer.id.clone();
        changes.push(Change::SetBalancerFamily { balancer, from, to });
    }
    for service in estate
        .services
        .iter()
        .filter(|it| it.id.as_str().contains(":rds:"))
    {
        let service = service.id.clone();
        changes.push(Change::SetServiceFamily { service, from, to });
    }
    for endpoint in &estate.endpoints {
        let endpoint = endpoint.id.clone();
        changes.push(Change::SetEndpointFamily { endpoint, from, to });
    }
    assert_eq!(
        changes.len(),
        5,
        "two balancers, two databases, an endpoint"
    );
    changes
}
