//! X1, X7, X9, X10: routes, and the lock before them.

use expect_test::expect;
use sixward_estate::{
    Destination, Endpoint, EndpointId, EndpointKind, Estate, FamilyMode, GatewayId, InterfaceId,
    NetworkId, PrefixList, PrefixListId, PublicAccess, PublicAccessMode, Route, RouteOrigin,
    RouteState, RouteTarget, SmolStr, SubnetId, TransitId,
};
use sixward_net::Family;

use crate::given::{
    IN, before, estate, host, interface, place, route, rule, subnet, table, to, told, told_of,
    without_addresses,
};

#[test]
fn an_estate_that_is_fine_has_none() {
    let now = estate();
    assert_eq!(told_of(&now), "");
    assert_eq!(told(&now, &now), "");
    let was = before(&now);
    assert_eq!(told(&was, &was), "");
}

#[test]
fn behind_nat_the_internet_begins() {
    let mut now = estate();
    route(&mut now, "priv", "::/0", to("igw"));
    let was = before(&now);
    expect![[r#"
        blocker hazard/lets-in route-table/rt-priv
          over IPv6 subnet priv leads to igw, by which the internet may begin; over IPv4 it leads to nat, by which nobody outside may
            subnet/priv"#]]
    .assert_eq(&told(&was, &now));
    without_addresses(&mut now);
    assert!(told(&was, &now).starts_with("warning hazard/lets-in"));
}

#[test]
fn no_way_out_over_ipv4_is_no_reason_to_let_in() {
    let mut now = estate();
    table(&mut now, "priv").routes.clear();
    assert_eq!(told_of(&now), "");
    // What is given out of the global addresses is the internet as well as all of them.
    route(&mut now, "priv", "2600::/12", to("igw"));
    expect![[r#"
        blocker hazard/lets-in route-table/rt-priv
          over IPv6 subnet priv leads to igw, by which the internet may begin; over IPv4 there is no way to the internet
            subnet/priv"#]].assert_eq(&told_of(&now));
    // Somebody in it is not.
    table(&mut now, "priv").routes.clear();
    route(&mut now, "priv", "2600:1f18:77::/48", to("igw"));
    assert_eq!(told_of(&now), "");
}

#[test]
fn past_a_central_way_out() {
    let mut now = estate();
    route(
        &mut now,
        "priv",
        "0.0.0.0/0",
        RouteTarget::Transit(TransitId::new("tgw")),
    );
    assert_eq!(told_of(&now), "", "out by a gateway of its own");
    route(&mut now, "priv", "::/0", to("igw"));
    let told = told_of(&now);
    assert!(told.starts_with("blocker hazard/lets-in"), "{told}");
    assert!(told.contains("over IPv4 it leads to tgw, and to the internet only from there"));
}

#[test]
fn the_longer_prefix_leads() {
    let mut now = estate();
    route(&mut now, "priv", "::/0", to("igw"));
    route(&mut now, "priv", "2000::/3", to("eigw"));
    assert_eq!(told_of(&now), "");
    route(&mut now, "priv", "::/0", to("eigw"));
    route(&mut now, "priv", "2000::/3", to("igw"));
    assert!(told_of(&now).starts_with("blocker hazard/lets-in"));
}

#[test]
fn a_blackhole_lets_nobody_in() {
    let mut now = estate();
    route(&mut now, "priv", "::/0", to("igw"));
    for route in &mut table(&mut now, "priv").routes {
        route.state = RouteState::Blackhole;
    }
    assert_eq!(told_of(&now), "");
}

#[test]
fn what_is_not_known_is_said_to_be() {
    let mut now = estate();
    route(&mut now, "priv", "::/0", to("igw"));
    let odd = RouteTarget::Unmodelled(SmolStr::new("cagw-1"));
    route(&mut now, "priv", "0.0.0.0/0", odd);
    let told = told_of(&now);
    assert!(told.starts_with("note hazard/lets-in"), "{told}");
    assert!(
        told.contains("cagw-1, and what that is, is not known"),
        "{told}"
    );
}

fn lock(now: &mut Estate) -> &mut PublicAccess {
    now.public_access = vec![PublicAccess {
        place: place(),
        mode: PublicAccessMode::BlockBidirectional,
        excluded_networks: Vec::new(),
        excluded_subnets: Vec::new(),
    }];
    &mut now.public_access[0]
}

#[test]
fn a_lock_holds_for_now() {
    let mut now = estate();
    route(&mut now, "priv", "::/0", to("igw"));
    lock(&mut now);
    let told = told_of(&now);
    assert!(told.starts_with("note hazard/lets-in"), "{told}");
    assert!(
        told.contains("the lock on public access still stops it"),
        "{told}"
    );
}

#[test]
fn an_exclusion_lets_ipv6_in() {
    let mut now = estate();
    // In the public subnet, without a public address.
    host(&mut now, "job", "pub", "10.0.0.11");
    rule(&mut now, "sg-job", IN, "tcp/22", "2000::/3");
    let open = (SubnetId::new("pub"), PublicAccessMode::Off);
    lock(&mut now).excluded_subnets.push(open);
    expect![[r#"
        blocker hazard/exposed firewall/sg-job
          the internet reaches 1 interface under it over IPv6, and not over IPv4
            ingress tcp/22 from 2000::/3
            interface/job
        blocker hazard/lock-exclusion subnet/pub
          it is excluded from the lock on public access, and the internet comes in over IPv6 to hosts that it does not reach over IPv4
            interface/job"#]]
    .assert_eq(&told_of(&now));
    // Out and not in.
    let lock = &mut now.public_access[0];
    lock.excluded_subnets[0].1 = PublicAccessMode::BlockIngress;
    let told = told_of(&now);
    assert!(!told.contains("lock-exclusion"), "{told}");
    assert!(told.starts_with("note hazard/exposed"), "{told}");
}

#[test]
fn an_exclusion_that_ipv4_has_too() {
    let mut now = estate();
    let open = (NetworkId::new("net"), PublicAccessMode::Off);
    lock(&mut now).excluded_networks.push(open);
    assert_eq!(told_of(&now), "");
    // The exclusion came on the way: before it nobody was found over IPv4 either.
    let mut was = before(&now);
    was.public_access[0].excluded_networks.clear();
    let told = told(&was, &now);
    assert!(
        told.contains("blocker hazard/lock-exclusion network/net"),
        "{told}"
    );
}

#[test]
fn round_an_appliance() {
    let mut now = estate();
    let appliance = || RouteTarget::Interface(InterfaceId::new("web"));
    route(&mut now, "priv", "0.0.0.0/0", appliance());
    expect![[r#"
        warning hazard/bypass route-table/rt-priv
          over IPv4 subnet priv goes through web, which may inspect it; IPv6 goes round it by eigw
            subnet/priv"#]]
    .assert_eq(&told_of(&now));
    route(&mut now, "priv", "::/0", to("igw"));
    assert!(told_of(&now).starts_with("blocker hazard/bypass"));
    route(&mut now, "priv", "::/0", appliance());
    assert_eq!(told_of(&now), "");
}

#[test]
fn round_an_appliance_between_subnets() {
    let mut now = estate();
    let appliance = || RouteTarget::Interface(InterfaceId::new("web"));
    subnet(&mut now, "jobs", "net", 2, "2600:1f18:0:102::/64");
    host(&mut now, "job", "jobs", "10.0.2.10");
    route(&mut now, "priv", "10.0.2.0/24", appliance());
    expect![[r#"
        warning hazard/bypass route-table/rt-priv
          IPv4 to these subnets goes through a middle, which may inspect it; IPv6 goes round it
            subnet/jobs: 10.0.2.0/24 to web"#]]
    .assert_eq(&told_of(&now));
    route(&mut now, "priv", "2600:1f18:0:102::/64", appliance());
    assert_eq!(told_of(&now), "");
}

#[test]
fn round_an_appliance_on_the_way_in() {
    let mut now = estate();
    let appliance = || RouteTarget::Interface(InterfaceId::new("db"));
    subnet(&mut now, "edge", "net", 3, "2600:1f18:0:103::/64");
    now.subnets.remove(&SubnetId::new("edge"));
    table(&mut now, "edge").edges = vec![GatewayId::new("igw")];
    route(&mut now, "edge", "10.0.0.0/24", appliance());
    expect![[r#"
        warning hazard/bypass route-table/rt-edge
          IPv4 that comes in by this gateway goes through a middle, which may inspect it; IPv6 goes round it
            subnet/pub: 10.0.0.0/24 to db"#]].assert_eq(&told_of(&now));
    route(&mut now, "edge", "2600:1f18:0:100::/64", appliance());
    assert_eq!(told_of(&now), "");
}

fn list(now: &mut Estate, id: &str, family: Family) {
    now.prefix_lists.insert(PrefixList {
        id: PrefixListId::new(id),
        name: SmolStr::default(),
        place: place(),
        family,
        managed: true,
        max_entries: None,
        entries: None,
    });
    table(now, "priv").add(Route {
        destination: Destination::PrefixList(PrefixListId::new(id)),
        target: RouteTarget::Endpoint(EndpointId::new("vpce")),
        origin: RouteOrigin::Static,
        state: RouteState::Active,
    });
}

#[test]
fn a_listed_service_leaves_by_the_default_route() {
    let mut now = estate();
    now.endpoints.insert(Endpoint {
        id: EndpointId::new("vpce"),
        name: SmolStr::default(),
        network: NetworkId::new("net"),
        service: SmolStr::new("s3"),
        family: FamilyMode::V4,
        kind: EndpointKind::Gateway {
            route_tables: Vec::new(),
            prefix_list: Some(PrefixListId::new("pl-s3")),
        },
    });
    list(&mut now, "pl-s3", Family::V4);
    expect![[r#"
        note hazard/listed-v4-only route-table/rt-priv
          over IPv6 what pl-s3 leads to vpce goes by ::/0 to eigw: the list is of IPv4 prefixes only
            pl-s3 to vpce"#]]
    .assert_eq(&told_of(&now));
    let mut closed = now.clone();
    interface(&mut closed, "db").addresses6.clear();
    assert_eq!(told_of(&closed), "");
    list(&mut now, "pl-s3-v6", Family::V6);
    assert_eq!(told_of(&now), "");
}
