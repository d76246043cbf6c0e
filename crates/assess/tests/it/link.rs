//! Links between networks.

use expect_test::expect;
use sixward_estate::*;

use crate::build::{Build, aws, plain, two_tier};
use crate::show::check;

const LINK: &[&str] = &["link/"];

fn side(network: &str) -> PeerSide {
    PeerSide {
        network: NetworkId::new(network),
        place: aws(),
        blocks4: Vec::new(),
        blocks6: Vec::new(),
    }
}

fn attachment(network: Option<&str>, other: &str) -> LinkKind {
    LinkKind::Transit(Attachment {
        transit: TransitId::new("tgw"),
        network: network.map(NetworkId::new),
        other: other.into(),
        subnets: Vec::new(),
        v6: false,
        table: None,
        propagates_to: Vec::new(),
    })
}

fn peered() -> Build {
    let kind = LinkKind::Peering {
        requester: side("vpc"),
        accepter: side("theirs"),
    };
    two_tier().link("pcx", kind).route(
        "rtb-priv",
        "10.9.0.0/16",
        RouteTarget::Link(LinkId::new("pcx")),
    )
}

#[test]
fn peerings_with_one_side() {
    check(
        peered(),
        "",
        LINK,
        &expect![[r#"
        warning link/half-open link/pcx: its other side theirs is not in the estate, so that nothing passes here over IPv6
            help: add its dumps to the input, or agree with its owner on IPv6 routes of both sides
            - routes lead to it
    "#]],
    );
    let ours = peered().whole("theirs", "10.9.0.0/16", plain);
    check(
        ours,
        "exclude = [\"theirs\"]",
        LINK,
        &expect![[r#"
        warning link/half-open link/pcx: its other side theirs gets no IPv6, so that nothing passes here over IPv6
            help: select that network too, or keep names from pointing across the link (AAAA)
            - routes lead to it
    "#]],
    );
    check(
        peered().whole("theirs", "10.9.0.0/16", plain),
        "",
        LINK,
        &expect![""],
    );
}

#[test]
fn hubs_and_vpns() {
    let vpn = LinkKind::Vpn {
        gateway: None,
        transit: Some(TransitId::new("tgw")),
        v6: false,
        routes: Vec::new(),
    };
    let build = two_tier()
        .network("left", "10.1.0.0/16", plain)
        .link("att-vpc", attachment(Some("vpc"), ""))
        .link("att-left", attachment(Some("left"), ""))
        .link("att-dx", attachment(None, "direct-connect-gateway"))
        .link("vpn", vpn);
    check(
        build,
        "exclude = [\"left\"]",
        LINK,
        &expect![[r#"
        warning link/half-open link/att-dx: behind it is direct-connect-gateway, and whether that carries IPv6 is not known
            help: announce IPv6 prefixes from there (BGP), or answer the decisions of the routes to it with leave-out
            - hub tgw
        warning link/half-open link/att-left: its network left gets no IPv6, and others on the hub do
            help: select that network too, or keep names from pointing there (AAAA)
            - hub tgw
        warning link/vpn-v4 link/vpn: it carries IPv4 only: a VPN connection carries one family
            help: make a second connection with IPv6 inside, at a transit hub: other gateways take IPv4 only
            - tunnels: IPv4 inside
        note link/attachment-v4 link/att-vpc: the attachment of vpc does not carry IPv6 yet
            help: nothing: the plan turns its IPv6 support on, after its subnets have blocks
            - IPv6 support: off
    "#]],
    );
}

#[test]
fn a_hubs_default_route_is_asked_for() {
    let hub = || {
        let mut build = two_tier().link("att-vpc", attachment(Some("vpc"), ""));
        build.0.transit_tables.insert(TransitTable {
            id: TransitTableId::new("tgw-rtb"),
            transit: TransitId::new("tgw"),
            routes: vec![TransitRoute {
                destination: "0.0.0.0/0".parse().unwrap(),
                target: TransitTarget::Link(LinkId::new("att-vpc")),
                origin: RouteOrigin::Static,
                state: RouteState::Active,
            }],
        });
        build
    };
    let codes = &["link/hub-default", "intent/"];
    check(
        hub(),
        "",
        codes,
        &expect![[r#"
        open route:tgw-rtb:0.0.0.0/0 link/hub-default transit-table/tgw-rtb: does the hub lead IPv6 for everywhere to vpc, as it does IPv4? (egress-only gateways serve their own network only, so that vpc must have another way out for the others)
            leave-out: it stays IPv4 only
            same-target: ::/0 leads there too: its appliances must forward, and inspect, IPv6
            <prefixes>: these IPv6 prefixes, such as "2001:db8::7/128"
            <prefix-list>: the id of a list of IPv6 prefixes in this estate
            meanwhile: the hub has no IPv6 route for 0.0.0.0/0: each network has its own way out
            - transit-table/tgw-rtb: 0.0.0.0/0 to vpc
    "#]],
    );
    let same = "answers.\"route:tgw-rtb:0.0.0.0/0\" = \"same-target\"";
    check(hub(), same, &["intent/"], &expect![[""]]);
}
