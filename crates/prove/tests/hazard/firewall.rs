//! X2: rules for everyone.

use expect_test::expect;
use sixward_estate::{
    Balancer, BalancerId, BalancerKind, Exposure, FamilyMode, InterfaceOwner, NetworkId, SmolStr,
};

use crate::given::{
    IN, before, drop_rules, estate, host, interface, route, rule, to, told, told_of,
};

#[test]
fn hidden_only_by_the_lack_of_a_public_address() {
    let mut now = estate();
    host(&mut now, "job", "pub", "10.0.0.11");
    rule(&mut now, "sg-job", IN, "tcp/22", "0.0.0.0/0");
    assert_eq!(told_of(&now), "", "the rule has no IPv6 half");
    rule(&mut now, "sg-job", IN, "tcp/22", "::/0");
    expect![[r#"
        blocker hazard/exposed firewall/sg-job
          the internet reaches 1 interface under it over IPv6, and not over IPv4
            ingress tcp/22 from ::/0
            interface/job"#]]
    .assert_eq(&told_of(&now));
    interface(&mut now, "job").addresses4[0].public = Some("203.0.113.11".parse().unwrap());
    assert_eq!(told_of(&now), "");
}

#[test]
fn a_public_address_that_no_route_leads_to() {
    let mut now = estate();
    interface(&mut now, "db").addresses4[0].public = Some("203.0.113.11".parse().unwrap());
    rule(&mut now, "sg-db", IN, "tcp/22", "::/0");
    route(&mut now, "priv", "::/0", to("igw"));
    let told = told_of(&now);
    assert!(
        told.contains("blocker hazard/exposed firewall/sg-db"),
        "{told}"
    );
}

#[test]
fn behind_an_egress_only_gateway_it_is_a_note() {
    let mut now = estate();
    rule(&mut now, "sg-db", IN, "tcp/22", "::/0");
    expect![[r#"
        note hazard/exposed firewall/sg-db
          its rules admit everyone over IPv6 to 1 interface that the internet does not find over IPv4: only routes, lists or a lock keep it out
            ingress tcp/22 from ::/0
            interface/db"#]]
    .assert_eq(&told_of(&now));
    interface(&mut now, "db").addresses6.clear();
    assert_eq!(told_of(&now), "");
}

#[test]
fn a_list_that_lets_nobody_in() {
    let mut now = estate();
    host(&mut now, "job", "pub", "10.0.0.11");
    rule(&mut now, "sg-job", IN, "tcp/22", "::/0");
    drop_rules(&mut now, "acl-net", IN, "::/0");
    let told = told_of(&now);
    assert!(
        told.contains("note hazard/exposed firewall/sg-job"),
        "{told}"
    );
}

/// It must pass (RFC 4890), and begins nothing.
#[test]
fn icmpv6_exposes_nobody() {
    let mut now = estate();
    host(&mut now, "job", "pub", "10.0.0.11");
    rule(&mut now, "sg-job", IN, "icmpv6", "::/0");
    assert_eq!(told_of(&now), "");
}

#[test]
fn an_internal_balancer_is_kept_inside_by_the_provider() {
    let mut now = estate();
    host(&mut now, "front", "pub", "10.0.0.12");
    rule(&mut now, "sg-front", IN, "tcp/80", "::/0");
    interface(&mut now, "front").owner = InterfaceOwner::Balancer(BalancerId::new("lb"));
    let mut balancer = Balancer {
        id: BalancerId::new("lb"),
        name: SmolStr::default(),
        network: NetworkId::new("net"),
        kind: BalancerKind::Application,
        exposure: Exposure::Internal,
        family: FamilyMode::Dual,
        subnets: Vec::new(),
        firewalls: Vec::new(),
        dns_name: SmolStr::default(),
        listeners: Vec::new(),
    };
    now.balancers.insert(balancer.clone());
    assert_eq!(told_of(&now), "");
    balancer.exposure = Exposure::Internet;
    now.balancers.insert(balancer);
    assert!(told_of(&now).starts_with("blocker hazard/exposed"));
}

/// A state that has lost its IPv4 is measured by what it was.
#[test]
fn the_yardstick_is_the_estate_before() {
    let now = estate();
    let was = before(&now);
    let mut bare = now.clone();
    interface(&mut bare, "web").addresses4[0].public = None;
    assert_eq!(told(&was, &bare), "");
}

#[test]
fn wider_than_over_ipv4() {
    let mut now = estate();
    rule(&mut now, "sg-web", IN, "tcp/22", "::/0");
    expect![[r#"
        blocker hazard/exposed firewall/sg-web
          the internet reaches 1 interface under it over IPv6, and not over IPv4
            ingress tcp/22 from ::/0
            interface/web"#]]
    .assert_eq(&told_of(&now));
    rule(&mut now, "sg-web", IN, "tcp/0-100", "0.0.0.0/0");
    assert_eq!(told_of(&now), "");
    // Several rules together say as much.
    rule(&mut now, "sg-web", IN, "tcp/80-1000", "::/0");
    assert!(told_of(&now).starts_with("blocker hazard/exposed"));
    rule(&mut now, "sg-web", IN, "tcp/101-1000", "0.0.0.0/0");
    assert_eq!(told_of(&now), "");
    rule(&mut now, "sg-web", IN, "all", "::/0");
    assert!(told_of(&now).starts_with("blocker hazard/exposed"));
    rule(&mut now, "sg-web", IN, "tcp", "0.0.0.0/0");
    rule(&mut now, "sg-web", IN, "udp", "0.0.0.0/0");
    assert_eq!(told_of(&now), "");
}
