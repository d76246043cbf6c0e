//! X3 and Packet Too Big: lists on subnets.

use expect_test::expect;
use sixward_estate::Action;

use crate::given::{
    IN, OUT, before, drop_rules, estate, numbered, told, told_of, without_addresses,
};

#[test]
fn opened_though_ipv4_is_narrower() {
    let mut now = estate();
    drop_rules(&mut now, "acl-net", IN, "0.0.0.0/0");
    numbered(
        &mut now,
        "acl-net",
        IN,
        100,
        Action::Allow,
        "tcp",
        "0.0.0.0/0",
    );
    expect![[r#"
        warning hazard/list-opened firewall/acl-net
          the provider, or somebody, opened its ingress for all of IPv6, and over IPv4 it is narrower
            ingress 101 allow all from ::/0
            ingress 100 allow tcp from 0.0.0.0/0"#]]
    .assert_eq(&told_of(&now));
    drop_rules(&mut now, "acl-net", IN, "::/0");
    numbered(&mut now, "acl-net", IN, 101, Action::Allow, "tcp", "::/0");
    numbered(
        &mut now,
        "acl-net",
        IN,
        99,
        Action::Allow,
        "icmpv6/2/0",
        "::/0",
    );
    assert_eq!(told_of(&now), "");
}

#[test]
fn narrowed_by_a_deny_before() {
    let mut now = estate();
    numbered(
        &mut now,
        "acl-net",
        OUT,
        90,
        Action::Deny,
        "tcp/25",
        "0.0.0.0/0",
    );
    let told_then = told_of(&now);
    assert!(
        told_then.contains("opened its egress for all of IPv6"),
        "{told_then}"
    );
    numbered(&mut now, "acl-net", OUT, 91, Action::Deny, "tcp/25", "::/0");
    assert_eq!(told_of(&now), "");
}

/// What was open before and is not any more is measured by what it was.
#[test]
fn what_was_open_may_be_open() {
    let mut now = estate();
    let was = before(&now);
    drop_rules(&mut now, "acl-net", IN, "0.0.0.0/0");
    assert_eq!(told(&was, &now), "");
}

#[test]
fn opened_before_what_somebody_wrote() {
    let mut now = estate();
    let was = before(&now);
    numbered(
        &mut now,
        "acl-net",
        IN,
        200,
        Action::Allow,
        "tcp/443",
        "::/0",
    );
    expect![[r#"
        warning hazard/list-opened firewall/acl-net
          it was opened for all of IPv6 before rules that were written for IPv6 since: they decide nothing
            ingress 101 allow all from ::/0
            ingress 200 allow tcp/443 from ::/0"#]]
    .assert_eq(&told(&was, &now));
    // The half of an IPv4 rule that decides nothing either.
    numbered(
        &mut now,
        "acl-net",
        IN,
        199,
        Action::Allow,
        "tcp/443",
        "0.0.0.0/0",
    );
    assert_eq!(told_of(&now), "");
}

#[test]
fn packets_that_are_too_big_vanish() {
    let mut now = estate();
    for direction in [IN, OUT] {
        drop_rules(&mut now, "acl-net", direction, "::/0");
        numbered(
            &mut now,
            "acl-net",
            direction,
            110,
            Action::Allow,
            "tcp/443",
            "::/0",
        );
        numbered(
            &mut now,
            "acl-net",
            direction,
            120,
            Action::Allow,
            "tcp/1024-65535",
            "::/0",
        );
    }
    expect![[r#"
        warning hazard/packet-too-big firewall/acl-net
          it lets IPv6 out and not the word in that a packet is too big: large packets vanish, and connections hang after they are made
            egress 110 allow tcp/443 to ::/0
            egress 120 allow tcp/1024-65535 to ::/0"#]]
    .assert_eq(&told_of(&now));
    let mut quiet = now.clone();
    without_addresses(&mut quiet);
    assert_eq!(told(&before(&now), &quiet), "", "nobody sends yet");
    // From the own network alone does not do: the routers are outside.
    let own = "2600:1f18:0:100::/56";
    numbered(
        &mut now,
        "acl-net",
        IN,
        98,
        Action::Allow,
        "icmpv6/2/0",
        own,
    );
    assert!(told_of(&now).contains("packet-too-big"));
    numbered(
        &mut now,
        "acl-net",
        IN,
        99,
        Action::Allow,
        "icmpv6/2/0",
        "::/0",
    );
    assert_eq!(told_of(&now), "");
    numbered(&mut now, "acl-net", IN, 97, Action::Deny, "icmpv6", "::/0");
    assert!(told_of(&now).contains("packet-too-big"));
}

#[test]
fn within_a_network_all_packets_are_of_one_size() {
    let mut now = estate();
    for direction in [IN, OUT] {
        drop_rules(&mut now, "acl-net", direction, "::/0");
        let own = "2600:1f18:0:100::/56";
        numbered(
            &mut now,
            "acl-net",
            direction,
            110,
            Action::Allow,
            "tcp",
            own,
        );
    }
    assert_eq!(told_of(&now), "");
}
