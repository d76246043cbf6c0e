//! X5 and X6: rules that name addresses which have no twin of the same kind.

use expect_test::expect;
use sixward_estate::BlockSource;

use crate::given::{IN, before, drop_rules, estate, interface, peer, rule, told_of};

#[test]
fn a_public_address_of_ours() {
    let mut now = estate();
    rule(&mut now, "sg-db", IN, "tcp/22", "203.0.113.10/32");
    expect![[r#"
        note hazard/own-address firewall/sg-db
          it admits who comes by a public address of this estate, and not the same hosts by their own addresses over IPv6: there they are dropped
            ingress tcp/22 from 203.0.113.10/32: interface/web"#]]
    .assert_eq(&told_of(&now));
    let mut later = now.clone();
    interface(&mut later, "web").addresses6.clear();
    assert_eq!(told_of(&later), "", "it comes over IPv4 only");
    rule(&mut now, "sg-db", IN, "tcp/22", "2600:1f18:0:100::a/128");
    assert_eq!(told_of(&now), "");
}

#[test]
fn a_nat_gateway_stands_for_subnets() {
    let mut now = estate();
    rule(&mut now, "sg-web", IN, "tcp/8443", "203.0.113.99/32");
    let told = told_of(&now);
    assert!(told.contains("203.0.113.99/32: subnet/priv"), "{told}");
    rule(&mut now, "sg-web", IN, "tcp/8443", "2600:1f18:0:101::/64");
    assert_eq!(told_of(&now), "");
}

#[test]
fn an_address_in_ipv6_writing_is_nobody() {
    let mut now = estate();
    rule(&mut now, "sg-db", IN, "tcp/22", "203.0.113.10/32");
    rule(&mut now, "sg-db", IN, "tcp/22", "64:ff9b::203.0.113.10/128");
    expect![[r#"
        warning hazard/own-address firewall/sg-db
          it stands in for a public address of this estate by what is not that over IPv6: hosts come with their own addresses, which no gateway translates
            ingress tcp/22 from 203.0.113.10/32 and ingress tcp/22 from 64:ff9b::cb00:710a/128"#]]
    .assert_eq(&told_of(&now));
}

#[test]
fn everyone_is_not_somebody() {
    let mut now = estate();
    rule(&mut now, "sg-db", IN, "tcp/22", "203.0.113.10/32");
    rule(&mut now, "sg-db", IN, "tcp/22", "::/0");
    assert!(told_of(&now).contains("warning hazard/own-address firewall/sg-db"));
    // Over IPv4 everyone may, too.
    rule(&mut now, "sg-db", IN, "tcp", "0.0.0.0/0");
    assert!(!told_of(&now).contains("own-address"));
}

#[test]
fn somebody_elses_address_is_none_of_ours() {
    let mut now = estate();
    rule(&mut now, "sg-db", IN, "tcp/22", "203.0.113.77/32");
    assert_eq!(told_of(&now), "");
}

#[test]
fn an_internal_block_holds_strangers() {
    let mut now = estate();
    rule(&mut now, "sg-db", IN, "tcp/22", "10.0.0.0/8");
    assert_eq!(told_of(&now), "", "it waits for a person");
    rule(&mut now, "sg-db", IN, "tcp/22", "2600:1f18::/32");
    expect![[r#"
        warning hazard/internal-block firewall/sg-db
          its IPv6 rule for an internal IPv4 block holds strangers, too: internal networks have no one IPv6 prefix
            ingress tcp/22 from 10.0.0.0/8 and ingress tcp/22 from 2600:1f18::/32"#]]
    .assert_eq(&told_of(&now));
    // A prefix of the owner's own has no strangers in it.
    now.networks.for_each_mut(|network| {
        network.blocks6[0].source = BlockSource::Own;
    });
    assert_eq!(told_of(&now), "");
}

#[test]
fn an_internal_block_leaves_a_network_out() {
    let mut now = estate();
    peer(&mut now, "far");
    rule(&mut now, "sg-db", IN, "tcp/22", "10.0.0.0/8");
    rule(&mut now, "sg-db", IN, "tcp/22", "2600:1f18:0:100::/56");
    expect![[r#"
        note hazard/internal-block firewall/sg-db
          its rule for an internal IPv4 block has an IPv6 half for some networks of the block and not for others that have IPv6
            ingress tcp/22 from 10.0.0.0/8: network/far"#]].assert_eq(&told_of(&now));
    rule(&mut now, "sg-db", IN, "tcp/22", "2600:1f18:0:900::/56");
    assert_eq!(told_of(&now), "");
}

/// One network's own block is that network's own block.
#[test]
fn a_block_of_one_network_is_no_internal_block() {
    let mut now = estate();
    rule(&mut now, "sg-db", IN, "tcp/22", "10.0.0.0/16");
    drop_rules(&mut now, "sg-db", IN, "sg-web");
    rule(&mut now, "sg-db", IN, "tcp/22", "2600:1f18:0:100::/56");
    assert_eq!(told_of(&now), "");
    assert!(before(&now).firewalls.len() == now.firewalls.len());
}
