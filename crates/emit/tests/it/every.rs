//! Every change there is has a line in both scripts and a title; bash reads what they say, whatever
//! the owner called her things.

use std::collections::BTreeSet;
use std::mem::discriminant;

use proptest::prelude::*;
use proptest::sample::subsequence;
use sixward_estate::*;
use sixward_net::{ANY6, Ipv4Net};
use sixward_plan::{Change, Plan};

use crate::fixture::{plan_of, provider_block, rule, two_tier, within};
use crate::shell::{Written, parses, said};

/// How many kinds of change there are. The compiler says when there is one more: `kinds` below.
const KINDS: usize = 28;

#[test]
fn every_change_is_written_in_both_scripts() {
    let before = estate();
    let changes = changes(&before);
    let kinds: Vec<_> = changes.iter().map(discriminant).collect();
    let distinct = changes.iter().map(kind).collect::<BTreeSet<_>>().len();
    assert_eq!(distinct, KINDS, "{kinds:?}");
    let plan = plan_of(before, changes);
    let written = Written::new(&plan);
    for name in ["apply.sh", "undo.sh"] {
        let printed = planned(&written, name);
        for step in &plan.steps {
            let head = format!("[{:>3}/{}] ", step.number, plan.steps.len());
            assert!(printed.contains(&head), "{name}: {head}\n{printed}");
        }
    }
    for step in &plan.steps {
        assert_ne!(
            sixward_emit::title(&step.change, &plan),
            "",
            "{:?}",
            step.change
        );
    }
}

#[test]
fn the_runbook_speaks_of_every_change() {
    let before = estate();
    let plan = plan_of(before.clone(), changes(&before));
    let book = sixward_emit::runbook(&plan);
    for step in &plan.steps {
        let title = sixward_emit::title(&step.change, &plan);
        assert!(book.contains(&title), "{title}");
    }
}

/// A name is the owner's text. It is shown, and it is never a command, a line or an escape sequence.
#[test]
fn names_are_never_commands() {
    let folder = tempfile::tempdir().unwrap();
    let trap = folder.path().join("ran");
    let name = format!(
        "it's $(touch {0}) `touch {0}` \"\\\n| ;\u{1b}[31m \u{e9}",
        trap.display()
    );
    let mut before = estate();
    before.subnets.for_each_mut(|subnet| {
        subnet.name = name.clone().into();
    });
    before.hosts.for_each_mut(|host| {
        host.name = name.clone().into();
    });
    let mut changes = changes(&before);
    for change in &mut changes {
        if let Change::AddRule { rule, .. } = change {
            rule.note = name.clone().into();
        }
    }
    let plan = plan_of(before, changes);
    let written = Written::new(&plan);
    let printed = planned(&written, "apply.sh") + &planned(&written, "undo.sh");
    assert!(!trap.exists(), "a name was run");
    assert!(
        !printed.contains('\u{1b}'),
        "a name reached the terminal as an escape sequence"
    );
    assert!(printed.contains("it's $(touch"), "and it is still shown");
    let note = r#""Description":"it'\''s $(touch"#;
    assert!(printed.contains(note), "{printed}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_plan_is_a_script(chosen in subsequence((0..changes(&estate()).len()).collect::<Vec<_>>(), 0..20)) {
        let before = estate();
        let all = changes(&before);
        let plan = plan_of(before, chosen.iter().map(|at| all[*at].clone()).collect());
        let written = Written::new(&plan);
        let lines = |text: String| text.lines().filter(|line| line.starts_with('[')).count();
        let side_effects: usize = plan.steps.iter().map(|step| step.side_effects.len()).sum();
        prop_assert_eq!(lines(planned(&written, "apply.sh")), plan.steps.len() + side_effects);
        let undo: usize = plan.steps.iter().map(|step| step.undo.len()).sum();
        prop_assert_eq!(lines(planned(&written, "undo.sh")), undo);
    }
}

/// What a script would do, as it says itself.
fn planned(written: &Written, name: &str) -> String {
    parses(&written.path(name));
    said(&written.run(name, &["--plan"]))
}

/// The guide's estate and what else steps can be done to.
fn estate() -> Estate {
    let mut estate = two_tier();
    let network = estate.networks.iter().next().unwrap().clone();
    let attachment = Attachment {
        transit: TransitId::new("tgw-1"),
        network: Some(network.id.clone()),
        other: SmolStr::default(),
        subnets: Vec::new(),
        v6: false,
        table: None,
        propagates_to: Vec::new(),
    };
    estate.links.insert(Link {
        id: LinkId::new("tgw-attach-1"),
        name: "hub".into(),
        kind: LinkKind::Transit(attachment),
    });
    estate.transits.insert(Transit {
        id: TransitId::new("tgw-1"),
        name: SmolStr::default(),
        place: network.place.clone(),
    });
    estate.transit_tables.insert(TransitTable {
        id: TransitTableId::new("tgw-rtb-1"),
        transit: TransitId::new("tgw-1"),
        routes: Vec::new(),
    });
    estate.balancers.insert(Balancer {
        id: BalancerId::new(BALANCER),
        name: "front".into(),
        network: network.id.clone(),
        kind: BalancerKind::Application,
        exposure: Exposure::Internet,
        family: FamilyMode::V4,
        dns_name: SmolStr::default(),
        subnets: Vec::new(),
        firewalls: Vec::new(),
        listeners: Vec::new(),
    });
    for kind in SERVICES {
        estate.services.insert(service(kind, &network));
    }
    estate.endpoints.insert(Endpoint {
        id: EndpointId::new("vpce-1"),
        name: SmolStr::default(),
        network: network.id.clone(),
        service: "com.amazonaws.us-east-1.ssm".into(),
        family: FamilyMode::V4,
        kind: EndpointKind::Inspection {
            subnets: Vec::new(),
        },
    });
    estate
}

const BALANCER: &str =
    "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/front/50dc6c495c0c9188";

/// Kinds that the script has a call for, and one that it has not.
const SERVICES: [&str; 11] = [
    "rds-instance",
    "rds-cluster",
    "docdb",
    "neptune",
    "redshift",
    "redshift-serverless",
    "dms",
    "msk",
    "lambda",
    "opensearch",
    "directory-service",
];

fn service(kind: &str, network: &Network) -> Service {
    Service {
        id: ServiceId::new(format!("arn:aws:x:us-east-1:123456789012:db:{kind}-1")),
        kind: kind.into(),
        name: SmolStr::default(),
        place: network.place.clone(),
        network: Some(network.id.clone()),
        family: FamilyMode::V4,
        allowed: Vec::new(),
        subnets: Vec::new(),
        firewalls: Vec::new(),
        engine: SmolStr::default(),
        public: false,
    }
}

/// One of every kind, and the opposite of each.
fn changes(before: &Estate) -> Vec<Change> {
    let mut changes = network_changes(before);
    changes.extend(route_changes(before));
    changes.extend(rule_changes(before));
    changes.extend(host_changes(before));
    changes.extend(family_changes(before));
    let opposites: Vec<_> = changes.iter().map(Change::inverse).collect();
    changes.extend(opposites);
    changes
}

fn network_changes(before: &Estate) -> Vec<Change> {
    let network = before.networks.iter().next().unwrap().id.clone();
    let subnet = before.subnets.iter().next().unwrap().id.clone();
    let net = |offset, length| {
        sixward_net::Ipv6Net::new(within(before, &network, offset), length).unwrap()
    };
    vec![
        Change::AddNetworkBlock {
            network: network.clone(),
            block: provider_block(net(0, 56)),
        },
        Change::AddSubnetBlock {
            subnet: subnet.clone(),
            net: net(0x1a << 64, 64),
        },
        Change::SetAutoAssign { subnet, on: true },
        Change::CreateGateway {
            gateway: egress_only(&network),
        },
    ]
}

fn egress_only(network: &NetworkId) -> Gateway {
    Gateway {
        id: GatewayId::new("new"),
        name: SmolStr::default(),
        network: Some(network.clone()),
        kind: GatewayKind::EgressOnly,
    }
}

fn route_changes(before: &Estate) -> Vec<Change> {
    let table = before.route_tables.iter().next().unwrap().id.clone();
    let network = before.networks.iter().next().unwrap().id.clone();
    let internet = before
        .gateways
        .iter()
        .find(|g| g.kind == GatewayKind::Internet)
        .unwrap();
    let targets = [
        RouteTarget::Gateway(internet.id.clone()),
        RouteTarget::Gateway(GatewayId::new("new")),
        RouteTarget::Link(LinkId::new("pcx-1")),
        RouteTarget::Transit(TransitId::new("tgw-1")),
        RouteTarget::Interface(InterfaceId::new("eni-1")),
        RouteTarget::Host(HostId::new("i-1")),
        RouteTarget::Endpoint(EndpointId::new("vpce-1")),
        RouteTarget::Nowhere,
    ];
    let mut destinations = vec![
        Destination::from(ANY6),
        Destination::PrefixList(PrefixListId::new("pl-1")),
    ];
    destinations.push(sixward_net::Ipv6Net::from(within(before, &network, 5)).into());
    let mut changes = Vec::new();
    for target in targets {
        for destination in &destinations {
            let (destination, target) = (destination.clone(), target.clone());
            let (origin, state) = (RouteOrigin::Static, RouteState::Active);
            let route = Route {
                destination,
                target,
                origin,
                state,
            };
            changes.push(Change::AddRoute {
                table: table.clone(),
                route,
            });
        }
    }
    changes.push(Change::SetAttachmentV6 {
        link: LinkId::new("tgw-attach-1"),
        on: true,
    });
    for target in [
        TransitTarget::Link(LinkId::new("tgw-attach-1")),
        TransitTarget::Nowhere,
    ] {
        let (destination, origin, state) = (ANY6.into(), RouteOrigin::Static, RouteState::Active);
        let route = TransitRoute {
            destination,
            target,
            origin,
            state,
        };
        changes.push(Change::AddTransitRoute {
            table: TransitTableId::new("tgw-rtb-1"),
            route,
        });
    }
    changes
}

fn rule_changes(before: &Estate) -> Vec<Change> {
    let mut changes = Vec::new();
    for firewall in &before.firewalls {
        let order = (firewall.kind == FirewallKind::List).then_some(200);
        for traffic in [
            "all",
            "tcp",
            "udp/53",
            "icmp/8",
            "icmpv6/2/0",
            "icmpv6",
            "protocol/50",
        ] {
            for direction in [Direction::Ingress, Direction::Egress] {
                let rule = rule(direction, order, traffic, ANY6.into());
                changes.push(Change::AddRule {
                    firewall: firewall.id.clone(),
                    rule,
                });
            }
        }
        let v4 = "10.0.0.0/8".parse::<Ipv4Net>().unwrap();
        let mut rule = rule(Direction::Ingress, order, "tcp/22", v4.into());
        changes.push(Change::AddRule {
            firewall: firewall.id.clone(),
            rule: rule.clone(),
        });
        rule.remote = Remote::PrefixList(PrefixListId::new("pl-1"));
        changes.push(Change::AddRule {
            firewall: firewall.id.clone(),
            rule,
        });
    }
    changes
}

fn host_changes(before: &Estate) -> Vec<Change> {
    let host = before.hosts.iter().next().unwrap().id.clone();
    let network = before.networks.iter().next().unwrap().id.clone();
    let interface = before.interfaces.iter().next().unwrap().id.clone();
    let address = within(before, &network, 0x1a << 64 | 0x0a00_0005);
    let (from, to) = (
        MachineTypeName::new("m3.large"),
        MachineTypeName::new("m5.large"),
    );
    let subject = Subject::new("host", host.as_str(), "web");
    let joined = interface.clone();
    let tunnel = Tunnel {
        id: TunnelId::new("old-rack"),
        network,
        subnet: SubnetId::new("tunnel-old-rack"),
        server: host.clone(),
        primary: [10, 0, 0, 1].into(),
        secondary: [10, 0, 0, 2].into(),
        relay: host.clone(),
        internet: false,
    };
    vec![
        Change::SetMachineType {
            host: host.clone(),
            from,
            to,
        },
        Change::AssignAddress {
            interface: interface.clone(),
            address,
            automatic: false,
        },
        Change::AssignAddress {
            interface,
            address,
            automatic: true,
        },
        Change::ConfigureGuest { host: host.clone() },
        Change::OpenTunnel {
            tunnel: tunnel.clone(),
        },
        Change::JoinTunnel {
            interface: joined,
            tunnel: tunnel.id,
            address: "2001:0:a00:1::1".parse().unwrap(),
            rules: Vec::new(),
        },
        Change::PublishNames {
            subject,
            addresses: vec![address],
        },
    ]
}

fn family_changes(before: &Estate) -> Vec<Change> {
    let (from, to) = (FamilyMode::V4, FamilyMode::Dual);
    let mut changes = vec![
        Change::SetBalancerFamily {
            balancer: BalancerId::new(BALANCER),
            from,
            to,
        },
        Change::SetEndpointFamily {
            endpoint: EndpointId::new("vpce-1"),
            from,
            to,
        },
    ];
    for service in &before.services {
        changes.push(Change::SetServiceFamily {
            service: service.id.clone(),
            from,
            to,
        });
    }
    changes
}

/// A number for each kind. A new kind does not compile until it is here and in `changes`.
fn kind(change: &Change) -> usize {
    match change {
        Change::AddNetworkBlock { .. } => 0,
        Change::RemoveNetworkBlock { .. } => 1,
        Change::AddSubnetBlock { .. } => 2,
        Change::RemoveSubnetBlock { .. } => 3,
        Change::SetAutoAssign { .. } => 4,
        Change::CreateGateway { .. } => 5,
        Change::DeleteGateway { .. } => 6,
        Change::AddRoute { .. } => 7,
        Change::RemoveRoute { .. } => 8,
        Change::SetAttachmentV6 { .. } => 9,
        Change::AddTransitRoute { .. } => 10,
        Change::RemoveTransitRoute { .. } => 11,
        Change::AddRule { .. } => 12,
        Change::RemoveRule { .. } => 13,
        Change::SetMachineType { .. } => 14,
        Change::AssignAddress { .. } => 15,
        Change::UnassignAddress { .. } => 16,
        Change::SetBalancerFamily { .. } => 17,
        Change::SetServiceFamily { .. } => 18,
        Change::SetEndpointFamily { .. } => 19,
        Change::ConfigureGuest { .. } => 20,
        Change::RestoreGuest { .. } => 21,
        Change::PublishNames { .. } => 22,
        Change::WithdrawNames { .. } => 23,
        Change::OpenTunnel { .. } => 24,
        Change::CloseTunnel { .. } => 25,
        Change::JoinTunnel { .. } => 26,
        Change::LeaveTunnel { .. } => 27,
    }
}

/// Linear in the steps: twice the steps, twice the text and no more.
#[test]
fn a_large_plan_is_written_in_linear_size() {
    let before = estate();
    let one = changes(&before);
    let many = |times: usize| -> Plan {
        let changes = one
            .iter()
            .cycle()
            .take(one.len() * times)
            .cloned()
            .collect();
        plan_of(before.clone(), changes)
    };
    let size = |plan: &Plan| {
        let scripts = sixward_emit::aws_scripts(plan);
        scripts.apply.len() + scripts.undo.len()
    };
    let (small, large) = (size(&many(1)), size(&many(10)));
    assert!(large < small * 10, "{small} {large}");
    assert!(sixward_emit::runbook(&many(10)).len() < 4_000_000);
}

/// A thousand like steps are a line and three examples.
#[test]
fn like_steps_are_folded() {
    let before = estate();
    let interface = before.interfaces.iter().next().unwrap().id.clone();
    let network = before.networks.iter().next().unwrap().id.clone();
    let change = |offset| Change::AssignAddress {
        interface: interface.clone(),
        address: within(&before, &network, offset),
        automatic: false,
    };
    let mut plan = plan_of(before.clone(), (0..1_240).map(change).collect());
    for step in &mut plan.steps {
        step.wave = 1;
    }
    let book = sixward_emit::runbook(&plan);
    assert!(
        book.contains("1,240 steps in 1 subnet, 1 to 1,240: see `plan.json`."),
        "{book}"
    );
    assert!(book.len() < 8_000, "{} bytes", book.len());
}
