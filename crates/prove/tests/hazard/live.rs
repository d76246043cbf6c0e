//! X4: rules that name a group.

use expect_test::expect;
use sixward_estate::{Action, Estate};

use crate::given::{
    IN, before, drop_rules, estate, interface, numbered, peer, route, rule, told, told_of,
};

/// The list stops what comes from the public subnet over IPv4, and lets all the rest in.
fn narrow() -> Estate {
    let mut now = estate();
    numbered(
        &mut now,
        "acl-net",
        IN,
        90,
        Action::Deny,
        "all",
        "10.0.0.0/24",
    );
    now
}

#[test]
fn a_list_stops_ipv4_only() {
    let mut now = narrow();
    expect![[r#"
        blocker hazard/group-goes-live firewall/sg-db
          a rule that names a group lets pass over IPv6 what is stopped over IPv4: such a rule speaks for both families
            ingress tcp/5432 from sg-web: subnet/pub to subnet/priv: firewall/acl-net stops its IPv4
        warning hazard/list-opened firewall/acl-net
          the provider, or somebody, opened its ingress for all of IPv6, and over IPv4 it is narrower
            ingress 101 allow all from ::/0
            ingress 90 deny all from 10.0.0.0/24
            ingress 100 allow all from 0.0.0.0/0"#]]
    .assert_eq(&told_of(&now));
    numbered(
        &mut now,
        "acl-net",
        IN,
        91,
        Action::Deny,
        "all",
        "2600:1f18:0:100::/64",
    );
    assert_eq!(told_of(&now), "");
}

#[test]
fn before_addresses_it_is_a_warning() {
    let mut now = narrow();
    interface(&mut now, "web").addresses6.clear();
    let told = told_of(&now);
    assert!(
        told.contains("warning hazard/group-goes-live firewall/sg-db"),
        "{told}"
    );
}

#[test]
fn other_traffic_of_the_rule_is_not_stopped() {
    let mut now = estate();
    numbered(
        &mut now,
        "acl-net",
        IN,
        90,
        Action::Deny,
        "tcp/22",
        "10.0.0.0/24",
    );
    assert!(!told_of(&now).contains("group-goes-live"));
}

#[test]
fn no_route_over_ipv4() {
    let mut now = estate();
    rule(&mut now, "sg-app", IN, "tcp/22", "sg-web");
    let link = peer(&mut now, "far");
    route(&mut now, "pub", "2600:1f18:0:900::/56", link.clone());
    route(&mut now, "faraway", "2600:1f18:0:100::/56", link.clone());
    expect![[r#"
        blocker hazard/group-goes-live firewall/sg-app
          a rule that names a group lets pass over IPv6 what is stopped over IPv4: such a rule speaks for both families
            ingress tcp/22 from sg-web: subnet/pub to subnet/faraway: route-table/rt-pub has no route for its IPv4"#]]
    .assert_eq(&told_of(&now));
    route(&mut now, "pub", "10.9.0.0/16", link.clone());
    route(&mut now, "faraway", "10.0.0.0/16", link);
    assert_eq!(told_of(&now), "");
}

/// Whoever is in no linked network is no member there.
#[test]
fn an_unlinked_network_is_none_of_its_concern() {
    let mut now = estate();
    rule(&mut now, "sg-app", IN, "tcp/22", "sg-web");
    assert_eq!(told_of(&now), "");
}

#[test]
fn a_list_that_is_closed_to_ipv6() {
    let mut now = narrow();
    let was = before(&now);
    drop_rules(&mut now, "acl-net", IN, "::/0");
    assert!(!told(&was, &now).contains("group-goes-live"));
}
