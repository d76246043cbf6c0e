//! Whatever somebody else changes between plan and apply, or between a crash and going on, is refused
//! and named; and nothing of it is taken for ours on the way back.

use sixward_apply::{ApplyError, drift};
use sixward_estate::*;
use sixward_net::Traffic;
use sixward_plan::Plan;
use sixward_sim::Trouble;

use crate::course::{Course, Fate};
use crate::plans;

/// Changes of somebody else, each to something of its own.
type Foreign = (&'static str, fn(&mut Estate));

const FOREIGN: [Foreign; 11] = [
    ("network/", |it| {
        first(&mut it.networks, |it| it.name = "other".into());
    }),
    ("subnet/", |it| first(&mut it.subnets, |it| it.dns64 = true)),
    ("subnet/", |it| {
        first(&mut it.subnets, |it| it.firewall = None);
    }),
    ("route-table/", |it| {
        first(&mut it.route_tables, |it| drop(it.routes.pop()));
    }),
    ("gateway/", |it| {
        let id = it.gateways.iter().next_back().unwrap().id.clone();
        it.gateways.remove(&id);
    }),
    ("firewall/", |it| {
        let rule = foreign_rule();
        first(&mut it.firewalls, |it| {
            let order = (it.kind == FirewallKind::List).then_some(7);
            it.add(Rule { order, ..rule });
        });
    }),
    ("firewall/", |it| {
        last(&mut it.firewalls, |it| it.rules.clear());
    }),
    ("interface/", |it| {
        first(&mut it.interfaces, |it| {
            it.own_addresses_only = !it.own_addresses_only;
        });
    }),
    ("interface/", |it| {
        last(&mut it.interfaces, |it| {
            it.addresses6.push("2001:db8::1".parse().unwrap());
        });
    }),
    ("host/", |it| {
        first(&mut it.hosts, |it| it.image = "other".into());
    }),
    ("host/", |it| {
        last(&mut it.hosts, |it| {
            it.machine_type = MachineTypeName::new("t3.nano");
        });
    }),
];

fn foreign_rule() -> Rule {
    Rule {
        direction: Direction::Ingress,
        order: None,
        action: Action::Allow,
        traffic: Traffic::PACKET_TOO_BIG,
        remote: Remote::Net("2001:db8:7::/48".parse().unwrap()),
        note: SmolStr::default(),
    }
}

fn first<T: Item>(table: &mut Table<T>, change: impl FnOnce(&mut T)) {
    let id = table.iter().next().unwrap().id().clone();
    change(table.get_mut(&id).unwrap());
}

fn last<T: Item>(table: &mut Table<T>, change: impl FnOnce(&mut T)) {
    let id = table.iter().next_back().unwrap().id().clone();
    change(table.get_mut(&id).unwrap());
}

#[test]
fn between_plan_and_apply() {
    let plan = plans::of("aws-two-tier");
    for (noun, change) in FOREIGN {
        let mut course = Course::of(&plan);
        course.sim.change(change);
        refused(&plan, &mut course, noun);
    }
}

#[test]
fn between_a_crash_at_any_call_and_going_on() {
    let plan = plans::of("aws-two-tier");
    let calls = Course::of(&plan).apply(&plan).calls;
    for number in 1..=calls {
        for trouble in [Trouble::KilledBefore, Trouble::KilledAfter] {
            let mut crashed = Course::of(&plan);
            let fate = Fate {
                on_calls: vec![(number, trouble)],
                ..Fate::default()
            };
            crashed.apply_with(&plan, &fate);
            for (noun, change) in FOREIGN {
                let mut course = crashed.clone();
                course.sim.change(change);
                // A host may be half way to its new type, but not to another one.
                refused(&plan, &mut course, noun);
            }
        }
    }
}

/// It is refused again and again, and nothing is called; undone by hand, the walk goes on.
fn refused(plan: &Plan, course: &mut Course, noun: &str) {
    for _ in 0..2 {
        let went = course.apply(plan);
        let Err(ApplyError::Drifted(differences)) = &went.result else {
            panic!("{noun}: {went:?}");
        };
        assert_eq!(went.calls, 0);
        let names = differences.iter().any(|it| it.subject.starts_with(noun));
        assert!(names, "{noun}: {differences:?}");
    }
}

#[test]
fn what_others_add_after_a_crash_is_left_alone_on_the_way_back() {
    let plan = plans::of("aws-two-tier");
    let mut course = Course::of(&plan);
    let fate = Fate {
        on_calls: vec![(1, Trouble::KilledAfter)],
        ..Fate::default()
    };
    course.apply_with(&plan, &fate);
    let add = |estate: &mut Estate| {
        last(&mut estate.firewalls, |it| it.add(foreign_rule()));
    };
    course.sim.change(add);
    assert!(course.rollback(&plan).is_done());
    let mut wanted = plan.before.clone();
    add(&mut wanted);
    let differences = drift(&wanted, course.sim.estate());
    assert!(differences.is_empty(), "{differences:?}");
}

/// What the provider gives a dual-stack balancer's interfaces is nobody's change; on one of IPv4 it is.
#[test]
fn addresses_of_a_balancer_are_the_providers_where_it_is_dual_stack() {
    for (family, is_told) in [(FamilyMode::Dual, false), (FamilyMode::V4, true)] {
        let mut expected = plans::of("aws-edge-only").before;
        let ids: Vec<_> = expected.balancers.iter().map(|it| it.id.clone()).collect();
        expected.balancers.for_each_mut(|it| it.family = family);
        let mut seen = expected.clone();
        let mut given = 0;
        seen.interfaces.for_each_mut(|it| match &it.owner {
            InterfaceOwner::Balancer(id) if ids.contains(id) => {
                it.addresses6.push("2001:db8::1".parse().unwrap());
                given += 1;
            }
            _ => {}
        });
        assert!(given > 0);
        let told = drift(&expected, &seen).len();
        assert_eq!(told, if is_told { given } else { 0 });
    }
}
