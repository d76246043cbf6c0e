//! R1 to R14: routing, one test each.

use expect_test::expect;
use sixward_estate::{
    Destination, FirewallId, InterfaceId, Link, LinkId, LinkKind, NetworkId, PrefixList,
    PrefixListId, PublicAccess, PublicAccessMode, RouteOrigin, RouteState, RouteTarget, SmolStr,
    SubnetId,
};
use sixward_net::Family;
use sixward_prove::L4;

use crate::given::{
    APP4, APP6, DB4, DB6, OUT4, OUT6, WEB4, WEB4_PUBLIC, WEB6, estate, gateway, host, hub,
    interface, net, outcome, packet, peer, place, put, route, subnet, table, tcp, to_gateway,
    to_link, trace, verdict,
};

#[test]
fn r1_longest_prefix_and_each_family_by_itself() {
    let mut estate = estate();
    route(&mut estate, "pub", "198.51.100.0/24", RouteTarget::Nowhere);
    assert_eq!(
        verdict(&estate, "web", WEB4, OUT4),
        "dropped: the route leads nowhere"
    );
    assert_eq!(
        verdict(&estate, "web", WEB4, "8.8.8.8"),
        "delivered to internet"
    );
    table(&mut estate, "pub")
        .routes
        .retain(|it| it.destination != net("::/0"));
    assert_eq!(verdict(&estate, "web", WEB6, OUT6), "dropped: no route");
}

#[test]
fn r2_static_before_prefix_list_before_propagated_and_no_guess_between_lists() {
    let mut estate = estate();
    let list = |id: &str| PrefixList {
        id: PrefixListId::new(id),
        name: SmolStr::default(),
        place: place(),
        family: Family::V4,
        managed: false,
        max_entries: None,
        entries: Some(vec!["198.51.100.0/24".parse().unwrap()]),
    };
    estate.prefix_lists.insert(list("pl-1"));
    estate.prefix_lists.insert(list("pl-2"));
    let by_list = |id: &str| Destination::PrefixList(PrefixListId::new(id));
    let stays = RouteOrigin::Static;
    put(
        &mut estate,
        "pub",
        net("198.51.100.0/24"),
        to_gateway("igw"),
        RouteOrigin::Propagated,
    );
    put(
        &mut estate,
        "pub",
        by_list("pl-1"),
        RouteTarget::Nowhere,
        stays,
    );
    assert_eq!(
        verdict(&estate, "web", WEB4, OUT4),
        "dropped: the route leads nowhere"
    );
    put(
        &mut estate,
        "pub",
        by_list("pl-2"),
        to_gateway("igw"),
        stays,
    );
    assert_eq!(
        verdict(&estate, "web", WEB4, OUT4),
        "undetermined: route-table/rt-pub"
    );
    put(
        &mut estate,
        "pub",
        net("198.51.100.0/24"),
        to_gateway("igw"),
        stays,
    );
    assert_eq!(verdict(&estate, "web", WEB4, OUT4), "delivered to internet");
    let mut unknown = list("pl-1");
    unknown.entries = None;
    estate.prefix_lists.insert(unknown);
    assert_eq!(
        verdict(&estate, "web", WEB4, OUT4),
        "undetermined: prefix-list/pl-1"
    );
}

#[test]
fn r3_every_table_has_local_routes_and_they_beat_longer_propagated_ones() {
    let mut estate = estate();
    assert_eq!(verdict(&estate, "web", WEB4, DB4), "delivered to db");
    assert_eq!(verdict(&estate, "web", WEB6, DB6), "delivered to db");
    put(
        &mut estate,
        "pub",
        net("10.0.1.0/24"),
        to_gateway("igw"),
        RouteOrigin::Propagated,
    );
    assert_eq!(verdict(&estate, "web", WEB4, DB4), "delivered to db");
    put(
        &mut estate,
        "pub",
        net("10.0.1.0/24"),
        RouteTarget::Interface(InterfaceId::new("web")),
        RouteOrigin::Static,
    );
    assert_eq!(
        verdict(&estate, "web", WEB4, DB4),
        "dropped: it does not forward for others"
    );
    // In the block and in no subnet; in a subnet and nobody's.
    assert_eq!(
        verdict(&estate, "web", WEB4, "10.0.7.1"),
        "dropped: the address is in no subnet"
    );
    assert_eq!(
        verdict(&estate, "db", DB4, "10.0.0.77"),
        "dropped: nobody has the address"
    );
}

#[test]
fn r4_main_table_and_edge_tables() {
    let mut estate = estate();
    table(&mut estate, "pub").main = true;
    estate
        .subnets
        .get_mut(&SubnetId::new("pub"))
        .unwrap()
        .route_table = None;
    assert_eq!(verdict(&estate, "web", WEB4, OUT4), "delivered to internet");
    subnet(
        &mut estate,
        "edge",
        "net",
        "10.0.9.0/24",
        "2600:1f18:0:109::/64",
    );
    estate.subnets.remove(&SubnetId::new("edge"));
    table(&mut estate, "edge").edges = vec![sixward_estate::GatewayId::new("igw")];
    assert_eq!(
        verdict(&estate, "internet", OUT4, WEB4_PUBLIC),
        "delivered to web"
    );
    host(
        &mut estate,
        "box",
        "priv",
        "10.0.1.66",
        "2600:1f18:0:101::66",
    );
    let to_box = RouteTarget::Interface(InterfaceId::new("box"));
    route(&mut estate, "edge", "10.0.0.0/24", to_box);
    assert_eq!(
        verdict(&estate, "internet", OUT4, WEB4_PUBLIC),
        "dropped: it does not forward for others"
    );
    interface(&mut estate, "box").own_addresses_only = false;
    assert_eq!(
        verdict(&estate, "internet", OUT4, WEB4_PUBLIC),
        "undetermined: interface/box (box)"
    );
}

#[test]
fn r5_within_a_subnet_no_list_and_no_route_is_asked() {
    let mut estate = estate();
    host(
        &mut estate,
        "web2",
        "pub",
        "10.0.0.11",
        "2600:1f18:0:100::b",
    );
    estate
        .firewalls
        .get_mut(&FirewallId::new("acl-net"))
        .unwrap()
        .rules
        .clear();
    table(&mut estate, "pub").routes.clear();
    assert_eq!(
        verdict(&estate, "web", WEB4, "10.0.0.11"),
        "delivered to web2"
    );
    assert_eq!(
        verdict(&estate, "web", WEB6, "2600:1f18:0:100::b"),
        "delivered to web2"
    );
    assert_eq!(
        verdict(&estate, "web", WEB4, DB4),
        "dropped: no egress rule matches"
    );
}

#[test]
fn r6_the_providers_own_addresses_are_not_routed() {
    let mut estate = estate();
    route(
        &mut estate,
        "pub",
        "169.254.169.254/32",
        RouteTarget::Nowhere,
    );
    let service = "delivered to the provider's service at network/net";
    assert_eq!(verdict(&estate, "web", WEB4, "169.254.169.254"), service);
    assert_eq!(verdict(&estate, "web", WEB6, "fd00:ec2::254"), service);
}

#[test]
fn r7_a_blackhole_wins_the_longest_match_and_drops() {
    let mut estate = estate();
    route(&mut estate, "pub", "2001:4860::/32", to_gateway("igw"));
    table(&mut estate, "pub").routes.iter_mut().for_each(|it| {
        if it.destination == net("2001:4860::/32") {
            it.state = RouteState::Blackhole;
        }
    });
    assert_eq!(
        verdict(&estate, "web", WEB6, OUT6),
        "dropped: the route leads nowhere"
    );
    assert_eq!(
        verdict(&estate, "web", WEB6, "2a00::1"),
        "delivered to internet"
    );
}

#[test]
fn r8_peering_needs_routes_on_both_sides_and_is_not_transitive() {
    let mut estate = estate();
    peer(&mut estate);
    route(&mut estate, "pub", "2600:1f18:0:900::/56", to_link("pcx"));
    route(&mut estate, "pub", "10.9.0.0/16", to_link("pcx"));
    assert_eq!(
        verdict(&estate, "web", WEB4, APP4),
        "answer dropped: no route"
    );
    assert_eq!(
        verdict(&estate, "web", WEB6, APP6),
        "answer dropped: no route"
    );
    route(&mut estate, "faraway", "10.0.0.0/16", to_link("pcx"));
    assert_eq!(verdict(&estate, "web", WEB4, APP4), "delivered to app");
    assert_eq!(
        verdict(&estate, "web", WEB6, APP6),
        "answer dropped: no route"
    );
    route(&mut estate, "faraway", "::/0", to_link("pcx"));
    assert_eq!(verdict(&estate, "web", WEB6, APP6), "delivered to app");
    assert_eq!(
        verdict(&estate, "app", APP6, OUT6),
        "dropped: not between these two networks"
    );
}

#[test]
fn r9_a_hub_is_reached_from_its_zones_only() {
    let mut estate = estate();
    hub(&mut estate);
    assert_eq!(verdict(&estate, "db", DB4, APP4), "delivered to app");
    assert_eq!(
        verdict(&estate, "db", DB6, APP6),
        "delivered to app",
        "`v6` off filters nothing"
    );
    estate.subnets.get_mut(&SubnetId::new("pub")).unwrap().zone = SmolStr::new("b");
    let no_zone = "dropped: no interface of the hub in the sender's zone";
    assert_eq!(verdict(&estate, "web", WEB4, APP4), no_zone);
    assert_eq!(
        verdict(&estate, "app", APP4, WEB4),
        format!("answer {no_zone}")
    );
    let att = LinkId::new("att-far");
    let Some(LinkKind::Transit(attachment)) = estate.links.get_mut(&att).map(|it| &mut it.kind)
    else {
        panic!("no attachment");
    };
    attachment.table = None;
    assert_eq!(
        verdict(&estate, "app", APP4, DB4),
        "dropped: the attachment has no table"
    );
}

#[test]
fn r10_nat_serves_ipv4_tcp_udp_and_icmp_from_other_subnets() {
    let mut estate = estate();
    assert_eq!(verdict(&estate, "db", DB4, OUT4), "delivered to internet");
    let echo = L4::Icmp { kind: 8, code: 0 };
    assert_eq!(
        outcome(&estate, "db", DB4, OUT4, echo),
        "delivered to internet"
    );
    let not_carried = "dropped: does not carry this family or protocol";
    assert_eq!(
        outcome(&estate, "db", DB4, OUT4, L4::Other(50)),
        not_carried
    );
    // A protocol is its number, whatever it is meant for: ICMPv6 in an IPv4 packet, and the other way.
    let echo6 = L4::Icmp6 { kind: 128, code: 0 };
    assert_eq!(outcome(&estate, "db", DB4, OUT4, echo6), not_carried);
    assert_eq!(
        verdict(&estate, "internet", OUT4, "203.0.113.99"),
        "dropped: nothing inside began this"
    );
    assert_eq!(
        verdict(&estate, "web", WEB4, "10.0.0.99"),
        "dropped: nothing inside began this"
    );
    route(&mut estate, "pub", "192.0.2.0/24", to_gateway("nat"));
    assert_eq!(
        verdict(&estate, "web", WEB4, "192.0.2.1"),
        "dropped: does not serve its own subnet"
    );
    // Only with a route for its prefix does it translate from IPv6.
    assert_eq!(
        verdict(&estate, "db", DB6, "64:ff9b::c633:6407"),
        "dropped: not an address of the internet"
    );
    route(&mut estate, "priv", "64:ff9b::/96", to_gateway("nat"));
    let translated = "64:ff9b::c633:6407";
    assert_eq!(
        verdict(&estate, "db", DB6, translated),
        "delivered to internet"
    );
    assert_eq!(
        outcome(&estate, "db", DB6, translated, echo6),
        "delivered to internet"
    );
    assert_eq!(outcome(&estate, "db", DB6, translated, echo), not_carried);
}

#[test]
fn r11_the_internet_gateway_needs_a_public_address_for_ipv4_and_none_for_ipv6() {
    let mut estate = estate();
    assert_eq!(verdict(&estate, "web", WEB4, OUT4), "delivered to internet");
    assert_eq!(
        verdict(&estate, "internet", OUT4, WEB4_PUBLIC),
        "delivered to web"
    );
    assert_eq!(
        verdict(&estate, "internet", OUT4, WEB4),
        "dropped: not an address of the internet"
    );
    interface(&mut estate, "web").addresses4[0].public = None;
    assert_eq!(
        verdict(&estate, "web", WEB4, OUT4),
        "dropped: the source has no public address"
    );
    assert_eq!(
        verdict(&estate, "internet", OUT4, WEB4_PUBLIC),
        "dropped: nothing here has the address"
    );
    assert_eq!(verdict(&estate, "internet", OUT6, WEB6), "delivered to web");
    assert_eq!(verdict(&estate, "web", WEB6, OUT6), "delivered to internet");
    // Beside 2000::/3 nobody was given addresses.
    assert_eq!(
        verdict(&estate, "web", WEB6, "4000::1"),
        "dropped: not an address of the internet"
    );
}

#[test]
fn r12_egress_only_carries_ipv6_that_begins_inside() {
    let mut estate = estate();
    assert_eq!(verdict(&estate, "db", DB6, OUT6), "delivered to internet");
    // The internet gateway of the same network brings the packet; its answer has no way out.
    assert_eq!(
        verdict(&estate, "internet", OUT6, DB6),
        "answer dropped: nothing inside began this"
    );
    estate
        .gateways
        .remove(&sixward_estate::GatewayId::new("igw"));
    assert_eq!(
        verdict(&estate, "internet", OUT6, DB6),
        "dropped: nothing inside began this"
    );
    route(&mut estate, "priv", "192.0.2.0/24", to_gateway("eigw"));
    assert_eq!(
        verdict(&estate, "db", DB4, "192.0.2.1"),
        "dropped: does not carry this family or protocol"
    );
}

#[test]
fn r13_public_access_can_be_locked() {
    let mut estate = estate();
    let locked = "dropped: public access is locked";
    estate.public_access = vec![PublicAccess {
        place: place(),
        mode: PublicAccessMode::BlockIngress,
        excluded_networks: Vec::new(),
        excluded_subnets: Vec::new(),
    }];
    assert_eq!(verdict(&estate, "internet", OUT4, WEB4_PUBLIC), locked);
    assert_eq!(verdict(&estate, "web", WEB6, OUT6), locked);
    assert_eq!(verdict(&estate, "db", DB4, OUT4), "delivered to internet");
    assert_eq!(verdict(&estate, "db", DB6, OUT6), "delivered to internet");
    estate.public_access[0].mode = PublicAccessMode::BlockBidirectional;
    assert_eq!(verdict(&estate, "db", DB6, OUT6), locked);
    assert_eq!(verdict(&estate, "db", DB4, OUT4), locked);
    estate.public_access[0].excluded_subnets = vec![(SubnetId::new("pub"), PublicAccessMode::Off)];
    assert_eq!(verdict(&estate, "internet", OUT6, WEB6), "delivered to web");
    // The NAT gateway's subnet is left out, that of who sends by it is not.
    assert_eq!(
        verdict(&estate, "db", DB4, OUT4),
        "undetermined: gateway/nat"
    );
    estate.public_access[0].excluded_subnets.clear();
    estate.public_access[0].excluded_networks =
        vec![(NetworkId::new("net"), PublicAccessMode::BlockIngress)];
    assert_eq!(verdict(&estate, "internet", OUT6, WEB6), locked);
    assert_eq!(verdict(&estate, "db", DB6, OUT6), "delivered to internet");
    assert_eq!(
        verdict(&estate, "web", WEB6, OUT6),
        "undetermined: gateway/igw"
    );
}

#[test]
fn r14_an_interface_sends_in_its_own_name_only() {
    let mut estate = estate();
    let other = "10.0.0.77";
    assert_eq!(
        verdict(&estate, "web", other, DB4),
        "dropped: the source is not its own"
    );
    interface(&mut estate, "web").own_addresses_only = false;
    assert_eq!(
        verdict(&estate, "web", other, DB4),
        "answer dropped: nobody has the address"
    );
}

#[test]
fn a_site_behind_a_vpn_connection() {
    let mut estate = estate();
    gateway(&mut estate, "vgw", "net", sixward_estate::GatewayKind::Vpn);
    estate.links.insert(Link {
        id: LinkId::new("vpn"),
        name: SmolStr::default(),
        kind: LinkKind::Vpn {
            gateway: Some(sixward_estate::GatewayId::new("vgw")),
            transit: None,
            v6: false,
            routes: vec!["172.16.0.0/12".parse().unwrap()],
        },
    });
    put(
        &mut estate,
        "priv",
        net("172.16.0.0/12"),
        to_gateway("vgw"),
        RouteOrigin::Propagated,
    );
    put(
        &mut estate,
        "priv",
        net("fd00::/8"),
        to_gateway("vgw"),
        RouteOrigin::Propagated,
    );
    assert_eq!(
        verdict(&estate, "db", DB4, "172.16.0.1"),
        "delivered to site behind vpn"
    );
    assert_eq!(
        verdict(&estate, "db", DB6, "fd00::1"),
        "dropped: does not carry this family or protocol"
    );
    let site = sixward_prove::End::Site(LinkId::new("vpn"));
    let tracer = sixward_prove::trace::Tracer::new(&estate);
    let trace = tracer.trace(&site, packet("172.16.0.1", DB4, tcp(22)));
    expect![[r#"
        v4  tcp 40000>22 172.16.0.1 -> 10.0.1.10
          ->  vpn      sends
          ->  vgw      passes
          ->  acl-net  ingress 100 allow all from 0.0.0.0/0
          ->  sg-db    allow ingress all from 0.0.0.0/0
          ->  db       receives
          <-  db       sends
          <-  db       allow egress of an answer
          <-  acl-net  egress 100 allow all to 0.0.0.0/0
          <-  rt-priv  route 172.16.0.0/12 to vgw
          <-  vgw      passes
          <-  vpn      receives
        delivered to db"#]]
    .assert_eq(&trace.to_string());
}

#[test]
fn what_is_not_modelled_is_not_guessed() {
    let mut given = estate();
    route(
        &mut given,
        "pub",
        "192.0.2.0/24",
        RouteTarget::Unmodelled(SmolStr::new("cagw-1")),
    );
    assert_eq!(
        verdict(&given, "web", WEB4, "192.0.2.1"),
        "undetermined: gateway/cagw-1"
    );
    assert_eq!(verdict(&given, "web", WEB4, OUT4), "delivered to internet");
    let mut given = estate();
    given.gaps = vec![sixward_estate::Gap {
        subject: sixward_estate::Subject::new("firewall", "sg-web", ""),
        reason: SmolStr::new("a rule could not be read"),
    }];
    assert_eq!(
        verdict(&given, "web", WEB4, OUT4),
        "undetermined: firewall/sg-web"
    );
    assert_eq!(verdict(&given, "db", DB4, OUT4), "delivered to internet");
    assert!(!trace(&given, "web", WEB4, OUT4, tcp(1)).works());
}
