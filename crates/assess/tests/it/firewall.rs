//! Firewalls: rules that wait for a person, and what the provider adds.

use expect_test::expect;
use sixward_estate::*;
use sixward_net::Family;

use crate::build::{Build, nat, plain, two_tier, under};
use crate::show::check;

#[test]
fn a_public_source_is_asked_for() {
    let build = || two_tier().group("sg-web", &["ingress tcp/22 from 203.0.113.123/32"]);
    let codes = &["firewall/public-source", "intent/"];
    check(
        build(),
        "",
        codes,
        &expect![[r#"
        open address:203.0.113.123/32 firewall/public-source address/203.0.113.123/32: what is 203.0.113.123/32 in IPv6? (it belongs to somebody else)
            leave-out: it stays IPv4 only
            <prefixes>: these IPv6 prefixes, such as "2001:db8::7/128"
            <prefix-list>: the id of a list of IPv6 prefixes in this estate
            meanwhile: what waits for it is left out over IPv6
            - firewall/sg-web: ingress tcp/22 from 203.0.113.123/32
    "#]],
    );
    let known = "answers.\"address:203.0.113.123/32\" = \"2001:db8::7/128\"";
    check(
        build(),
        known,
        codes,
        &expect![[r#"
        answered address:203.0.113.123/32 firewall/public-source address/203.0.113.123/32: what is 203.0.113.123/32 in IPv6? (it belongs to somebody else)
            leave-out: it stays IPv4 only
            <prefixes>: these IPv6 prefixes, such as "2001:db8::7/128"
            <prefix-list>: the id of a list of IPv6 prefixes in this estate
            meanwhile: what waits for it is left out over IPv6
            - firewall/sg-web: ingress tcp/22 from 203.0.113.123/32
    "#]],
    );
    let wrong = "answers.\"address:203.0.113.123/32\" = \"whatever\"";
    check(
        build(),
        wrong,
        &["intent/"],
        &expect![[r#"
        warning intent/answer-not-understood intent/answers.address:203.0.113.123/32: the answer "whatever" is not one of the choices
            help: answer with leave-out, <prefixes>, <prefix-list>
    "#]],
    );
}

#[test]
fn the_same_prefix_is_asked_for_once() {
    let build = two_tier()
        .group(
            "sg-a",
            &[
                "ingress tcp/22 from 10.9.0.0/16",
                "ingress tcp/80 from 10.9.0.0/16",
            ],
        )
        .group("sg-b", &["egress all to 10.9.0.0/16"])
        .route(
            "rtb-priv",
            "10.9.0.0/16",
            RouteTarget::Link(LinkId::new("pcx")),
        );
    check(
        build,
        "",
        &["firewall/unknown-private"],
        &expect![[r#"
        open address:10.9.0.0/16 firewall/unknown-private address/10.9.0.0/16: what is 10.9.0.0/16 in IPv6? (it is private and no network of this estate has it)
            leave-out: it stays IPv4 only
            <prefixes>: these IPv6 prefixes, such as "2001:db8::7/128"
            <prefix-list>: the id of a list of IPv6 prefixes in this estate
            meanwhile: all 4 that wait for it are left out over IPv6
            - firewall/sg-a: ingress tcp/22 from 10.9.0.0/16
            - firewall/sg-a: ingress tcp/80 from 10.9.0.0/16
            - firewall/sg-b: egress all to 10.9.0.0/16
            - route-table/rtb-priv: 10.9.0.0/16 to pcx
    "#]],
    );
}

#[test]
fn what_is_known_in_part_is_proposed() {
    let build = two_tier()
        .host("i-1", ("priv", "10.0.2.7"), "t2.micro", |host, _| {
            host.name = "db".into();
        })
        .interface(
            "eni-nat",
            ("pub", "10.0.1.9"),
            InterfaceOwner::Gateway(GatewayId::new("nat")),
            |interface| interface.addresses4[0].public = Some([192, 0, 2, 9].into()),
        )
        .gateway("nat", "vpc", nat("pub", "192.0.2.9"))
        .group(
            "sg",
            &[
                "ingress tcp/1 from 10.0.0.0/8",
                "ingress tcp/2 from 10.0.2.0/28",
                "ingress tcp/3 from 192.0.2.9/32",
            ],
        );
    let codes = &["firewall/wider", "firewall/part", "firewall/own"];
    check(
        build,
        "",
        codes,
        &expect![[r#"
        open address:192.0.2.9/32 firewall/own-address-source address/192.0.2.9/32: what is 192.0.2.9/32 in IPv6? (it is a public address of this estate, and over IPv6 what is behind it comes with its own addresses)
            leave-out: it stays IPv4 only
            known: what is known of it: subnet/priv
            <prefixes>: these IPv6 prefixes, such as "2001:db8::7/128"
            <prefix-list>: the id of a list of IPv6 prefixes in this estate
            meanwhile: what waits for it is left out over IPv6
            - firewall/sg: ingress tcp/3 from 192.0.2.9/32
        open address:10.0.2.0/28 firewall/part-of-subnet address/10.0.2.0/28: what is 10.0.2.0/28 in IPv6? (it covers a part of a subnet, and a part has no IPv6 prefix of its own)
            leave-out: it stays IPv4 only
            known: what is known of it: host/i-1 (db)
            <prefixes>: these IPv6 prefixes, such as "2001:db8::7/128"
            <prefix-list>: the id of a list of IPv6 prefixes in this estate
            meanwhile: what waits for it is left out over IPv6
            - firewall/sg: ingress tcp/2 from 10.0.2.0/28
        open address:10.0.0.0/8 firewall/wider-than-estate address/10.0.0.0/8: what is 10.0.0.0/8 in IPv6? (it covers networks of this estate and more that is not known)
            leave-out: it stays IPv4 only
            known: what is known of it: network/vpc
            <prefixes>: these IPv6 prefixes, such as "2001:db8::7/128"
            <prefix-list>: the id of a list of IPv6 prefixes in this estate
            meanwhile: what waits for it is left out over IPv6
            - firewall/sg: ingress tcp/1 from 10.0.0.0/8
    "#]],
    );
}

#[test]
fn lists_of_prefixes_are_asked_for() {
    let build = two_tier()
        .prefix_list("pl-4", Family::V4, 20)
        .prefix_list("pl-6", Family::V6, 20)
        .group(
            "sg",
            &["ingress tcp/443 from pl-4", "ingress tcp/444 from pl-6"],
        );
    check(
        build,
        "",
        &["firewall/prefix-list"],
        &expect![[r#"
        open prefix-list:pl-4 firewall/prefix-list prefix-list/pl-4: what is the list pl-4 of IPv4 prefixes in IPv6?
            leave-out: it stays IPv4 only
            <prefixes>: these IPv6 prefixes, such as "2001:db8::7/128"
            <prefix-list>: the id of a list of IPv6 prefixes in this estate that says the same
            meanwhile: what waits for it is left out over IPv6
            - firewall/sg: ingress tcp/443 from pl-4
    "#]],
    );
}

#[test]
fn hidden_hosts_are_not_exposed_without_asking() {
    let build = || {
        two_tier()
            .group("sg-web", &["ingress tcp/443 from 0.0.0.0/0"])
            .host("i-1", ("pub", "10.0.1.7"), "t2.micro", |host, interface| {
                host.name = "hidden".into();
                interface.firewalls = under("sg-web");
            })
    };
    check(
        build(),
        "",
        &["firewall/exposes"],
        &expect![[r#"
            open expose:sg-web firewall/exposes firewall/sg-web: may the internet reach 1 interface over IPv6? (rules admit it, and over IPv4 only the lack of a public address hides it: host/i-1 (hidden))
                leave-out: it stays IPv4 only
                mirror: open the same to everyone over IPv6: they become reachable from the internet
                <prefixes>: open it to these IPv6 prefixes only
                <prefix-list>: open it to a list of IPv6 prefixes in this estate only
                meanwhile: rules that admit the internet stay IPv4 only for all that is under this firewall
                - firewall/sg-web: ingress tcp/443 from 0.0.0.0/0
        "#]],
    );
    let mirror = "answers.\"expose:sg-web\" = \"mirror\"";
    check(build(), mirror, &["intent/"], &expect![[""]]);
}

#[test]
fn a_waiting_deny_holds_back_what_is_behind_it() {
    let rules = &[
        "ingress 90 deny all from 203.0.113.0/24",
        "ingress 100 allow tcp/443 from 0.0.0.0/0",
        "ingress 110 allow tcp/22 from 198.51.100.1/32",
    ];
    let build = || two_tier().firewall("acl", FirewallKind::List, rules, plain);
    check(
        build(),
        "",
        &["firewall/"],
        &expect![[r#"
            warning firewall/list-needs-v6 firewall/acl: the provider adds IPv6 rules only to a list on subnets (network ACL) that is its own and unchanged, and nothing passes over IPv6 without
                help: nothing: the plan adds the IPv6 half of each rule before any address is assigned
                - ingress rules
                - egress rules
            open address:198.51.100.1/32 firewall/public-source address/198.51.100.1/32: what is 198.51.100.1/32 in IPv6? (it belongs to somebody else)
                leave-out: it stays IPv4 only
                <prefixes>: these IPv6 prefixes, such as "2001:db8::7/128"
                <prefix-list>: the id of a list of IPv6 prefixes in this estate
                meanwhile: what waits for it is left out over IPv6
                - firewall/acl: ingress 110 allow tcp/22 from 198.51.100.1/32
            open address:203.0.113.0/24 firewall/public-source address/203.0.113.0/24: what is 203.0.113.0/24 in IPv6? (it belongs to somebody else)
                leave-out: nobody is denied for it over IPv6, and what its deny holds back is allowed
                <prefixes>: these IPv6 prefixes, such as "2001:db8::7/128"
                <prefix-list>: the id of a list of IPv6 prefixes in this estate
                meanwhile: all 2 that wait for it are left out over IPv6
                - firewall/acl: ingress 90 deny all from 203.0.113.0/24
                - firewall/acl: ingress 100 allow tcp/443 from 0.0.0.0/0, held back by a deny before it
        "#]],
    );
    let behind = "answers.\"address:198.51.100.1/32\" = \"leave-out\"";
    check(build(), behind, &["intent/"], &expect![[""]]);
}

#[test]
fn what_the_provider_adds_and_what_not() {
    let build = two_tier()
        .group("sg-untouched", &["egress all to 0.0.0.0/0"])
        .group("sg-changed", &["egress tcp/443 to 0.0.0.0/0"])
        .group(
            "sg-ping",
            &[
                "ingress icmp/13 from 0.0.0.0/0",
                "ingress icmp/8 from 0.0.0.0/0",
            ],
        )
        .group(
            "sg-wide",
            &[
                "ingress tcp/443 from 0.0.0.0/0",
                "ingress tcp from ::/0",
                "ingress icmpv6 from ::/0",
            ],
        );
    check(
        build,
        "",
        &["firewall/"],
        &expect![[r#"
            warning firewall/egress-changed firewall/sg-changed: changed egress rules: the provider will not add their IPv6 half
                help: nothing: the plan adds the IPv6 half of each egress rule
                - egress tcp/443 to 0.0.0.0/0
            warning firewall/v6-wider-than-v4 firewall/sg-wide: 1 rule admits everyone over IPv6 and nobody does over IPv4
                help: remove them, or leave them if this is meant: the plan changes no rule that is there
                - ingress tcp from ::/0
            note firewall/no-such-message firewall/sg-ping: 1 rule speaks of ICMP messages that IPv6 does not have
                help: nothing: the rule stays IPv4 only (RFC 7915 section 4.2)
                - ingress icmp/13 from 0.0.0.0/0
        "#]],
    );
}

#[test]
fn more_rules_than_the_provider_allows() {
    let mesh = |answers: &str| {
        let mut build = two_tier().group("sg", &["ingress tcp/22 from 172.16.0.0/12"]);
        for n in 0..61 {
            let id = format!("peer-{n}");
            build = build.whole(&id, &format!("172.16.{n}.0/24"), plain).link(
                &format!("pcx-{n}"),
                LinkKind::Peering {
                    requester: side("vpc"),
                    accepter: side(&id),
                },
            );
        }
        check(
            build,
            answers,
            &["firewall/rule-quota"],
            &expect_quota(answers),
        );
    };
    mesh("");
    mesh("answers.\"address:172.16.0.0/12\" = \"known\"");
}

fn expect_quota(answers: &str) -> expect_test::Expect {
    if answers.is_empty() {
        expect![[""]]
    } else {
        expect![[r#"
            blocker firewall/rule-quota firewall/sg: it needs 61 IPv6 ingress rules and may have 60
                help: ask the provider to raise the quota, put prefixes into a prefix list, or split the firewall
                - 0 there, 61 to come; quota: rules of a security group, each direction, each family by itself
        "#]]
    }
}

fn side(network: &str) -> PeerSide {
    PeerSide {
        network: NetworkId::new(network),
        place: crate::build::aws(),
        blocks4: Vec::new(),
        blocks6: Vec::new(),
    }
}

#[test]
fn ordered_rules_have_numbers_and_numbers_end() {
    let mut build: Build = two_tier().firewall("nsg", FirewallKind::Ordered, &[], plain);
    let firewall = build.0.firewalls.get_mut(&FirewallId::new("nsg")).unwrap();
    for n in 100..2200 {
        firewall.add(crate::build::rule(&format!(
            "ingress {n} allow tcp/{n} from 0.0.0.0/0"
        )));
    }
    check(
        build,
        "",
        &["firewall/numbers"],
        &expect![[r#"
        blocker firewall/numbers-run-out firewall/nsg: it has no ingress rule numbers left for 2100 IPv6 rules
            help: join rules or split the firewall
    "#]],
    );
}

#[test]
fn what_is_known_here_may_be_unknown_there() {
    let build = two_tier()
        .whole("other", "192.168.0.0/16", plain)
        .group("sg-here", &["ingress tcp/22 from 10.0.0.0/8"])
        .firewall(
            "sg-there",
            FirewallKind::Group,
            &["ingress tcp/22 from 10.0.0.0/8"],
            |firewall| firewall.network = NetworkId::new("other"),
        );
    let known = "answers.\"address:10.0.0.0/8\" = \"known\"";
    check(
        build,
        known,
        &["intent/", "firewall/"],
        &expect![[r#"
        warning intent/answered-in-part intent/answers.address:10.0.0.0/8: the answer "known" says nothing in some networks, so that 1 rule or route waits still
            help: answer with prefixes, or with leave-out; until then these are left out
            - firewall/sg-there: ingress tcp/22 from 10.0.0.0/8
        answered address:10.0.0.0/8 firewall/wider-than-estate address/10.0.0.0/8: what is 10.0.0.0/8 in IPv6? (it covers networks of this estate and more that is not known)
            leave-out: it stays IPv4 only
            known: what is known of it: network/vpc
            <prefixes>: these IPv6 prefixes, such as "2001:db8::7/128"
            <prefix-list>: the id of a list of IPv6 prefixes in this estate
            meanwhile: all 2 that wait for it are left out over IPv6
            - firewall/sg-here: ingress tcp/22 from 10.0.0.0/8
            - firewall/sg-there: ingress tcp/22 from 10.0.0.0/8
    "#]],
    );
}

/// A network with IPv6, a host that has an address and one that has none, both under one group.
fn half_done(rules: &[&str]) -> Build {
    let mut build = two_tier().group("ci", rules);
    for (id, at) in [("i-1", "10.0.2.7"), ("i-2", "10.0.2.8")] {
        build = build.host(id, ("priv", at), "t3.micro", |_, interface| {
            interface.firewalls = under("ci");
            if id == "i-1" {
                interface.addresses6 = vec!["2001:db8:0:1::7".parse().unwrap()];
            }
        });
    }
    let network = build.0.networks.get_mut(&NetworkId::new("vpc")).unwrap();
    network.blocks6 = vec![Block6 {
        net: "2001:db8::/56".parse().unwrap(),
        source: BlockSource::Own,
    }];
    let subnet = build.0.subnets.get_mut(&SubnetId::new("priv")).unwrap();
    subnet.block6 = Some("2001:db8:0:1::/64".parse().unwrap());
    build
}

#[test]
fn rules_that_are_there_do_not_hold_for_new_addresses_unasked() {
    let rules = &["ingress tcp/22 from 2001:db8::/56"];
    check(
        half_done(rules),
        "",
        &["firewall/comes-under"],
        &expect![[r#"
            open come-under:ci firewall/comes-under firewall/ci: do IPv6 rules that admit more than those of IPv4 hold for 1 more interface too? (it would come under them, or into what they name, by an address: host/i-2)
                leave-out: IPv4 only: it gets no IPv6 address
                allow: yes, what the rules say is meant
                meanwhile: it gets no IPv6 address, and the subnet gives new interfaces none by itself
                - firewall/ci: ingress tcp/22 from 2001:db8::/56
        "#]],
    );
    let silent = |rules: &[&str]| {
        check(
            half_done(rules),
            "",
            &["firewall/comes-under"],
            &expect![[""]],
        );
    };
    silent(&[
        "ingress tcp/22 from 2001:db8::/56",
        "ingress tcp/1-1024 from 10.0.0.0/16",
    ]);
    silent(&["ingress tcp/22 from ::/0", "ingress tcp/22 from 0.0.0.0/0"]);
    silent(&["ingress icmpv6 from ::/0"]);
    silent(&["egress all to ::/0"]);
}

/// Who somebody is in IPv6 is one question, and whether they may come to what only the lack of a public
/// address hides is another.
#[test]
fn somebody_whose_ipv6_is_known_is_not_let_in_to_hidden_hosts_unasked() {
    let build = || {
        let rules = &["ingress tcp/22 from 203.0.113.0/24"];
        two_tier().group("sg", rules).host(
            "i-1",
            ("pub", "10.0.1.7"),
            "t3.micro",
            |_, interface| {
                interface.firewalls = under("sg");
            },
        )
    };
    check(build(), "", &["firewall/exposes"], &expect![[""]]);
    let known = "answers.\"address:203.0.113.0/24\" = \"2001:db8:7::/48\"";
    check(
        build(),
        known,
        &["firewall/exposes"],
        &expect![[r#"
        open expose:sg firewall/exposes firewall/sg: may the internet reach 1 interface over IPv6? (rules admit it, and over IPv4 only the lack of a public address hides it: host/i-1)
            leave-out: it stays IPv4 only
            mirror: open the same to everyone over IPv6: they become reachable from the internet
            <prefixes>: open it to these IPv6 prefixes only
            <prefix-list>: open it to a list of IPv6 prefixes in this estate only
            meanwhile: rules that admit the internet stay IPv4 only for all that is under this firewall
            - firewall/sg: ingress tcp/22 from 203.0.113.0/24
    "#]],
    );
    let both = format!("{known}\nanswers.\"expose:sg\" = \"mirror\"");
    check(build(), &both, &["intent/"], &expect![""]);
}
