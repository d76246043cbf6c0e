//! The assessment of any estate: the same twice, and no estate is too broken for it.

use proptest::prelude::*;
use sixward_assess::{Survey, assess};
use sixward_estate::intent::{Answer, Intent, Profile};
use sixward_estate::*;

use crate::build::{Build, nat, plain, under};

/// Ids of which some are there and some dangle.
const IDS: [&str; 4] = ["vpc", "a", "b", "gone"];
const NETS: [&str; 7] = [
    "0.0.0.0/0",
    "10.0.0.0/8",
    "10.0.0.0/16",
    "10.0.1.0/25",
    "10.0.1.7/32",
    "203.0.113.7/32",
    "::/0",
];
const TRAFFIC: [&str; 5] = ["all", "tcp/443", "icmp/8", "icmp/13", "udp/53"];
const TYPES: [&str; 4] = ["t2.micro", "m3.large", "x9.gone", ""];

fn id() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&IDS[..])
}

fn rule() -> impl Strategy<Value = Rule> {
    let remote = prop_oneof![
        3 => prop::sample::select(&NETS[..]).prop_map(str::to_owned),
        1 => id().prop_map(|id| format!("pl-{id}")),
        1 => id().prop_map(str::to_owned),
    ];
    let start =
        prop::sample::select(&["ingress", "egress", "ingress 7 deny", "ingress 9 allow"][..]);
    (start, prop::sample::select(&TRAFFIC[..]), remote).prop_map(|(start, traffic, remote)| {
        crate::build::rule(&format!("{start} {traffic} from {remote}"))
    })
}

fn target() -> impl Strategy<Value = RouteTarget> {
    (0..6, id()).prop_map(|(kind, id)| match kind {
        0 => RouteTarget::Gateway(GatewayId::new(id)),
        1 => RouteTarget::Link(LinkId::new(id)),
        2 => RouteTarget::Transit(TransitId::new(id)),
        3 => RouteTarget::Interface(InterfaceId::new(id)),
        4 => RouteTarget::Endpoint(EndpointId::new(id)),
        _ => RouteTarget::Unmodelled("thing".into()),
    })
}

prop_compose! {
    fn estate()(
        blocks in prop::collection::vec(0_u8..3, 1..4),
        subnets in prop::collection::vec((id(), id(), id(), any::<bool>()), 0..5),
        rules in prop::collection::vec(rule(), 0..8),
        kind in prop::sample::select(&[FirewallKind::Group, FirewallKind::List, FirewallKind::Ordered][..]),
        routes in prop::collection::vec((prop::sample::select(&NETS[..]), target()), 0..5),
        hosts in prop::collection::vec((id(), prop::sample::select(&TYPES[..]), 0..3_u8, any::<bool>()), 0..4),
        balancers in prop::collection::vec((id(), 0..4_u8), 0..3),
        services in prop::collection::vec((id(), prop::sample::select(&["rds-instance", "opensearch", "eks", "odd"][..])), 0..3),
        sides in (id(), id(), any::<bool>()),
    ) -> Estate {
        let mut build = Build::new();
        for (n, block) in blocks.iter().enumerate() {
            build = build.network(IDS[n % 3], &format!("10.{block}.0.0/16"), plain);
        }
        for (n, (network, table, firewall, dns64)) in subnets.into_iter().enumerate() {
            build = build.subnet(IDS[n % 3], network, &format!("10.0.{n}.0/24"), |s| {
                s.route_table = Some(RouteTableId::new(table));
                s.firewall = Some(FirewallId::new(firewall));
                s.dns64 = dns64;
            });
        }
        build = build
            .firewall("a", kind, &[], |f| f.rules = rules)
            .gateway("a", "vpc", GatewayKind::Internet)
            .gateway("b", "vpc", nat("gone", "203.0.113.7"))
            .table("a", "vpc", plain);
        for (destination, target) in routes {
            build = build.route("a", destination, target);
        }
        for (n, (subnet, kind, root, public)) in hosts.into_iter().enumerate() {
            build = build.host(IDS[n % 4], (subnet, "10.0.1.7"), kind, |host, interface| {
                host.root_device = [RootDevice::Volume, RootDevice::InstanceStore, RootDevice::Unknown][usize::from(root)];
                interface.addresses4[0].public = public.then(|| [203, 0, 113, 7].into());
                interface.firewalls = under(subnet);
            });
        }
        for (subnet, kind) in balancers {
            let kinds = [BalancerKind::Application, BalancerKind::Network, BalancerKind::Classic, BalancerKind::Inspection];
            build = build.balancer(subnet, kinds[usize::from(kind)], |b| b.subnets = vec![SubnetId::new(subnet)]);
        }
        for (subnet, kind) in services {
            build = build.service(subnet, kind, |s| s.subnets = vec![SubnetId::new(subnet)]);
        }
        link(build, sides).0
    }
}

fn link(build: Build, (a, b, transit): (&str, &str, bool)) -> Build {
    if transit {
        return build.link(
            "b",
            LinkKind::Transit(Attachment {
                transit: TransitId::new(a),
                network: Some(NetworkId::new(b)),
                other: "".into(),
                subnets: Vec::new(),
                v6: false,
                table: None,
                propagates_to: Vec::new(),
            }),
        );
    }
    let side = |network| PeerSide {
        network: NetworkId::new(network),
        place: crate::build::aws(),
        blocks4: Vec::new(),
        blocks6: Vec::new(),
    };
    build.link(
        "a",
        LinkKind::Peering {
            requester: side(a),
            accepter: side(b),
        },
    )
}

fn intent(profile: u8, answers: &[(SmolStr, &'static str)]) -> Intent {
    let answers = answers.iter().cloned();
    Intent {
        profile: [Profile::DualStack, Profile::EdgeOnly, Profile::EastWestIpv4]
            [usize::from(profile)],
        answers: answers
            .map(|(key, word)| (key, Answer::One(word.into())))
            .collect(),
        ..Intent::default()
    }
}

const WORDS: [&str; 9] = [
    "leave-out",
    "known",
    "mirror",
    "egress-only",
    "same-target",
    "yes",
    "no",
    "2001:db8::/64",
    "what",
];

proptest! {
    #[test]
    fn the_same_estate_is_assessed_alike(estate in estate(), profile in 0_u8..3) {
        let intent = intent(profile, &[]);
        let first = assess(&Survey::new(&estate, &intent));
        let second = assess(&Survey::new(&estate, &intent));
        prop_assert_eq!(&first, &second);
        prop_assert!(first.findings.is_sorted());
        prop_assert!(first.decisions.answered.is_empty());
    }

    /// Answers change what is open and never what is asked, but for what an answer itself brings up.
    #[test]
    fn answers_are_to_questions(estate in estate(), words in prop::collection::vec(0..WORDS.len(), 8)) {
        let silent = intent(0, &[]);
        let before = assess(&Survey::new(&estate, &silent));
        let keys = before.decisions.open.iter().map(|decision| decision.key.clone());
        let answers: Vec<_> = keys.zip(words.iter().map(|word| WORDS[*word])).collect();
        let answered = intent(0, &answers);
        let after = assess(&Survey::new(&estate, &answered));
        let all = |a: &sixward_assess::Assessment| {
            let lists = a.decisions.open.iter().chain(&a.decisions.answered);
            lists.map(|decision| decision.key.clone()).collect::<std::collections::BTreeSet<_>>()
        };
        prop_assert_eq!(all(&before), all(&after));
        let useless = after.findings.iter().filter(|f| f.code.as_str() == "intent/unknown-answer");
        prop_assert_eq!(useless.count(), 0);
    }
}
