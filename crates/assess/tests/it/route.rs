//! Routes.

use expect_test::expect;
use sixward_assess::twin::{Realm, of_net};
use sixward_estate::*;

use crate::build::{Build, plain, two_tier};
use crate::show::check;

const ROUTE: &[&str] = &["route/"];

fn appliance() -> RouteTarget {
    RouteTarget::Interface(InterfaceId::new("eni-fw"))
}

fn through_appliance() -> Build {
    Build::new()
        .network("vpc", "10.0.0.0/16", plain)
        .table("rtb", "vpc", |t| t.main = true)
        .route("rtb", "0.0.0.0/0", appliance())
        .route("rtb", "172.16.0.0/12", appliance())
        .route("rtb", "2001:db8::/32", appliance())
        .subnet("sub", "vpc", "10.0.1.0/24", plain)
}

#[test]
fn routes_through_an_appliance_are_asked_for() {
    check(
        through_appliance(),
        "",
        ROUTE,
        &expect![[r#"
            open route:rtb:0.0.0.0/0 route/through-middle route-table/rtb: IPv4 leaves through eni-fw: how does IPv6 leave? (whatever eni-fw inspects or forbids, IPv6 that goes round it escapes)
                leave-out: it stays IPv4 only
                egress-only: IPv6 leaves by an egress-only gateway: nobody outside can begin, and nothing in between inspects it
                same-target: IPv6 goes to the same target: it must forward, and inspect, IPv6
                <prefixes>: these IPv6 prefixes, such as "2001:db8::7/128"
                <prefix-list>: the id of a list of IPv6 prefixes in this estate, to the same target
                meanwhile: 0.0.0.0/0 has no IPv6 route in this table
                - route-table/rtb: 0.0.0.0/0 to eni-fw
            open route:rtb:172.16.0.0/12 route/through-middle route-table/rtb: which IPv6 prefixes lie behind eni-fw, as 172.16.0.0/12 does over IPv4? (they are routed to the same target, which must forward, and inspect, IPv6)
                leave-out: it stays IPv4 only
                <prefixes>: these IPv6 prefixes, such as "2001:db8::7/128"
                <prefix-list>: the id of a list of IPv6 prefixes in this estate, to the same target
                meanwhile: 172.16.0.0/12 has no IPv6 route in this table
                - route-table/rtb: 172.16.0.0/12 to eni-fw
        "#]],
    );
    let answers = "[answers]\n\"route:rtb:0.0.0.0/0\" = \"egress-only\"\n\"route:rtb:172.16.0.0/12\" = \"same-target\"";
    check(
        through_appliance(),
        answers,
        &["intent/"],
        &expect![[r#"
        warning intent/answer-not-understood intent/answers.route:rtb:172.16.0.0/12: the answer "same-target" is not one of the choices
            help: answer with leave-out, <prefixes>, <prefix-list>
    "#]],
    );
}

#[test]
fn routes_that_get_no_twin() {
    let build = two_tier()
        .route_with("rtb-priv", "10.8.0.0/16", appliance(), |r| {
            r.state = RouteState::Blackhole;
        })
        .route_with(
            "rtb-priv",
            "10.7.0.0/16",
            RouteTarget::Gateway(GatewayId::new("vgw")),
            |r| {
                r.origin = RouteOrigin::Propagated;
            },
        )
        .route(
            "rtb-priv",
            "10.6.0.0/16",
            RouteTarget::Unmodelled("core-network".into()),
        )
        .table("rtb-edge", "vpc", |t| t.edges = vec![GatewayId::new("igw")])
        .route(
            "rtb-edge",
            "10.0.1.0/24",
            RouteTarget::Endpoint(EndpointId::new("vpce-fw")),
        );
    check(
        build,
        "",
        ROUTE,
        &expect![[r#"
        warning route/blackhole route-table/rtb-priv: 1 route leads nowhere any more (blackhole), and IPv6 gets none for it
            help: remove them, or mend their targets first if IPv6 is to have them
            - 10.8.0.0/16 to eni-fw
        warning route/edge-v4-only route-table/rtb-edge: what comes in by igw over IPv4 is led through a middle, and IPv6 would go round it
            help: add the IPv6 routes of this table by hand once the subnets have blocks, before any default route for IPv6
            - 10.0.1.0/24 to vpce-fw
        warning route/not-modelled route-table/rtb-priv: 1 route leads to something that is not modelled, and IPv6 gets none for it
            help: add the IPv6 routes by hand, and check what they bypass
            - 10.6.0.0/16 to core-network
        warning route/propagated route-table/rtb-priv: it learns 1 route from a gateway: those of IPv6 come only if they are announced
            help: announce the IPv6 prefixes over BGP (an IPv6 peer on the connection); the plan adds no route for them
            - 10.7.0.0/16 to vgw
    "#]],
    );
}

#[test]
fn more_routes_than_the_provider_allows() {
    let prefixes: Vec<_> = (0..501)
        .map(|n| format!("\"2001:db8:{n:x}::/48\""))
        .collect();
    let answer = format!(
        "answers.\"route:rtb:172.16.0.0/12\" = [{}]",
        prefixes.join(",")
    );
    check(
        through_appliance(),
        &answer,
        &["route/route-quota"],
        &expect![[r#"
            blocker route/route-quota route-table/rtb: it needs 502 IPv6 routes and may have 500
                help: ask the provider to raise the quota, or answer with fewer prefixes
                - 1 there, 501 to come; quota: static routes of a route table, each family by itself
        "#]],
    );
}

#[test]
fn a_default_route_that_lets_in() {
    let build = two_tier()
        .route(
            "rtb-priv",
            "::/0",
            RouteTarget::Gateway(GatewayId::new("igw")),
        )
        .group("web", &["ingress tcp/80 from 0.0.0.0/0"])
        .host("db", ("priv", "10.0.2.5"), "t3.small", |_, interface| {
            interface.firewalls = vec![FirewallId::new("web")];
        });
    check(
        build,
        "",
        &["route/", "firewall/exposes"],
        &expect![[r#"
            warning route/v6-lets-in route-table/rtb-priv: over IPv6 its default route leads to igw, which lets the internet in; over IPv4 it leads to nat
                help: lead ::/0 to an egress-only gateway instead, before more addresses are assigned
                - ::/0 to igw
            open expose:web firewall/exposes firewall/web: may the internet reach 1 interface over IPv6? (rules admit it, and over IPv4 only the lack of a public address hides it: host/db)
                leave-out: it stays IPv4 only
                mirror: open the same to everyone over IPv6: they become reachable from the internet
                <prefixes>: open it to these IPv6 prefixes only
                <prefix-list>: open it to a list of IPv6 prefixes in this estate only
                meanwhile: rules that admit the internet stay IPv4 only for all that is under this firewall
                - firewall/web: ingress tcp/80 from 0.0.0.0/0
        "#]],
    );
}

/// Two peers with one block: each peering's route means what its own peer has. A rule means them all.
#[test]
fn peers_that_share_a_block_are_told_apart() {
    let side = |network: &str| PeerSide {
        network: NetworkId::new(network),
        place: crate::build::aws(),
        blocks4: Vec::new(),
        blocks6: Vec::new(),
    };
    let peering = |peer: &str| LinkKind::Peering {
        requester: side("vpc"),
        accepter: side(peer),
    };
    let to = |link: &str| RouteTarget::Link(LinkId::new(link));
    let build = two_tier()
        .network("b", "192.168.0.0/16", plain)
        .subnet("b-1", "b", "192.168.1.0/24", plain)
        .network("c", "192.168.0.0/16", plain)
        .subnet("c-2", "c", "192.168.2.0/24", plain)
        .link("pcx-b", peering("b"))
        .link("pcx-c", peering("c"))
        .route("rtb-priv", "192.168.1.0/24", to("pcx-b"))
        .route("rtb-priv", "192.168.2.0/24", to("pcx-c"));
    let intent = sixward_estate::intent::Intent::default();
    let survey = sixward_assess::Survey::new(&build.0, &intent);
    let table = build.0.route_tables.get(&RouteTableId::new("rtb-priv"));
    let twins = sixward_assess::route::twins(&survey, table.unwrap());
    let twins = twins
        .iter()
        .filter(|twin| matches!(twin.route.target, RouteTarget::Link(_)));
    let said: Vec<_> = twins
        .map(|twin| format!("{} {:?}\n", twin.route.destination, twin.destination))
        .collect();
    let said = said.concat();
    expect![[r#"
        192.168.1.0/24 Spans([Subnet(SubnetId("b-1"))])
        192.168.2.0/24 Spans([Subnet(SubnetId("c-2"))])
    "#]]
    .assert_eq(&said);
    let vpc = || Realm::Of(NetworkId::new("vpc"));
    let meant = |net: &str| of_net(&survey, vpc(), net.parse().unwrap());
    expect![[r#"
        Spans([Subnet(SubnetId("c-2"))])
        Spans([Network(NetworkId("b")), Network(NetworkId("c"))])
        Waits(Wait { key: "address:192.168.0.0/15", why: Wider([Network(NetworkId("b")), Network(NetworkId("c"))]) })
    "#]].assert_eq(&format!(
        "{:?}\n{:?}\n{:?}\n",
        meant("192.168.2.0/24"),
        meant("192.168.0.0/16"),
        meant("192.168.0.0/15"),
    ));
}

/// A hub's wide route and a peering's longer one: the peer is reached by the peering in both families.
#[test]
fn longer_prefixes_take_their_part() {
    let side = |network: &str| PeerSide {
        network: NetworkId::new(network),
        place: crate::build::aws(),
        blocks4: Vec::new(),
        blocks6: Vec::new(),
    };
    let attachment = |network: &str| {
        LinkKind::Transit(Attachment {
            transit: TransitId::new("tgw"),
            network: Some(NetworkId::new(network)),
            other: "".into(),
            subnets: Vec::new(),
            v6: false,
            table: None,
            propagates_to: Vec::new(),
        })
    };
    let hub = || RouteTarget::Transit(TransitId::new("tgw"));
    let peering = LinkKind::Peering {
        requester: side("vpc"),
        accepter: side("peer"),
    };
    let build = two_tier()
        .whole("peer", "10.9.0.0/16", plain)
        .whole("far", "10.8.0.0/16", plain)
        .link("pcx", peering)
        .link("att-1", attachment("vpc"))
        .link("att-2", attachment("far"))
        .route("rtb-priv", "10.0.0.0/8", hub())
        .route(
            "rtb-priv",
            "10.9.0.0/16",
            RouteTarget::Link(LinkId::new("pcx")),
        );
    let intent = sixward_estate::intent::Intent::default();
    let survey = sixward_assess::Survey::new(&build.0, &intent);
    let table = build.0.route_tables.get(&RouteTableId::new("rtb-priv"));
    let twins = sixward_assess::route::twins(&survey, table.unwrap());
    let said = |twin: &sixward_assess::route::RouteTwin<'_>| {
        format!("{} {:?}\n", twin.route.destination, twin.destination)
    };
    let said: String = twins.iter().map(said).collect();
    expect![[r#"
        0.0.0.0/0 Any
        10.0.0.0/8 Spans([Network(NetworkId("far"))])
        10.9.0.0/16 Spans([Network(NetworkId("peer"))])
    "#]]
    .assert_eq(&said);
}

/// The private subnet leaves through a NAT gateway in the public one, which is under this list.
fn behind_list(rules: &[&str], own: &[&str]) -> Build {
    let mut build = two_tier()
        .firewall("acl", FirewallKind::List, rules, plain)
        .firewall("own", FirewallKind::List, own, plain);
    for (subnet, list) in [("pub", "acl"), ("priv", "own")] {
        let subnet = build.0.subnets.get_mut(&SubnetId::new(subnet)).unwrap();
        subnet.firewall = Some(FirewallId::new(list));
    }
    build
}

const ALL: [&str; 2] = [
    "ingress 100 allow all from 0.0.0.0/0",
    "egress 100 allow all to 0.0.0.0/0",
];
const WEB: [&str; 2] = [
    "ingress 100 allow tcp/1024-65535 from 0.0.0.0/0",
    "egress 100 allow tcp/443 to 0.0.0.0/0",
];
const DENY: &str = "ingress 90 deny all from 198.51.100.0/24";

#[test]
fn a_list_around_nat_that_may_drop_is_asked_for() {
    let list = [DENY, ALL[0], ALL[1]];
    check(
        behind_list(&list, &WEB),
        "",
        &["route/filtered"],
        &expect![[r#"
            open route:rtb-priv:0.0.0.0/0 route/filtered route-table/rtb-priv: how does IPv6 leave? (IPv4 leaves through a NAT gateway, past the list of its subnet, firewall/acl: whatever that drops, IPv6 by an egress-only gateway escapes)
                leave-out: it stays IPv4 only
                egress-only: IPv6 leaves by an egress-only gateway: nobody outside can begin, and nothing in between inspects it
                meanwhile: 0.0.0.0/0 has no IPv6 route in this table
                - route-table/rtb-priv: 0.0.0.0/0 to nat
        "#]],
    );
    for word in ["leave-out", "egress-only"] {
        let answer = format!("answers.\"route:rtb-priv:0.0.0.0/0\" = \"{word}\"");
        check(
            behind_list(&list, &WEB),
            &answer,
            &["intent/"],
            &expect![[""]],
        );
    }
    let answer = "answers.\"route:rtb-priv:0.0.0.0/0\" = \"same-target\"";
    check(
        behind_list(&list, &WEB),
        answer,
        &["intent/"],
        &expect![[r#"
            warning intent/answer-not-understood intent/answers.route:rtb-priv:0.0.0.0/0: the answer "same-target" is not one of the choices
                help: answer with leave-out, egress-only
        "#]],
    );
}

#[test]
fn a_list_around_nat_that_drops_nothing_more_is_no_question() {
    let silent = |list: &[&str], own: &[&str]| {
        check(
            behind_list(list, own),
            "",
            &["route/filtered"],
            &expect![[""]],
        );
    };
    silent(&ALL, &WEB);
    silent(&ALL, &ALL);
    // What the sender's own list lets out and back in, and no more.
    let just = [
        "ingress 100 allow tcp/443 from 10.0.2.0/24",
        "ingress 110 allow tcp/1024-65535 from 0.0.0.0/0",
        "egress 100 allow tcp/443 to 0.0.0.0/0",
        "egress 110 allow tcp/1024-65535 to 10.0.0.0/16",
    ];
    silent(&just, &WEB);
    // The sender's own list denies the same.
    silent(&[DENY, ALL[0], ALL[1]], &[DENY, ALL[0], ALL[1]]);
}

#[test]
fn a_list_around_nat_that_lacks_something_is_a_question() {
    let asks = |list: &[&str], own: &[&str]| {
        let build = behind_list(list, own);
        let intent = sixward_estate::intent::Intent::default();
        let assessed = sixward_assess::assess(&sixward_assess::Survey::new(&build.0, &intent));
        let mut open = assessed.decisions.open.iter();
        assert!(
            open.any(|it| it.code.as_str() == "route/filtered"),
            "{list:?}"
        );
    };
    // No answers from the internet, no packets from the sender, no packets out, no answers to it.
    let just = [
        "ingress 100 allow tcp/443 from 10.0.2.0/24",
        "ingress 110 allow tcp/1024-65535 from 0.0.0.0/0",
        "egress 100 allow tcp/443 to 0.0.0.0/0",
        "egress 110 allow tcp/1024-65535 to 10.0.0.0/16",
    ];
    for missing in 0..just.len() {
        let mut list = just.to_vec();
        list.remove(missing);
        asks(&list, &WEB);
    }
    // The sender's own list denies it too late.
    let late = ["ingress 110 deny all from 198.51.100.0/24", ALL[0], ALL[1]];
    asks(&[DENY, ALL[0], ALL[1]], &late);
    asks(&WEB, &ALL);
}
