//! Interfaces.

use expect_test::expect;
use sixward_estate::*;

use crate::build::{Build, plain, two_tier, under};
use crate::show::check;

#[test]
fn what_the_provider_manages_and_what_is_there_already() {
    let managed = |n: u8| InterfaceOwner::Managed(format!("EFS mount target fsmt-{n}").into());
    let build = two_tier()
        .interface("eni-efs-1", ("priv", "10.0.2.5"), managed(1), plain)
        .interface("eni-efs-2", ("priv", "10.0.2.6"), managed(2), plain)
        .group("sg-v4", &["ingress tcp/443 from 0.0.0.0/0"])
        .group("sg-both", &["ingress all from sg-both"])
        .interface(
            "eni-ula",
            ("pub", "10.0.1.5"),
            InterfaceOwner::Nobody,
            |i| {
                i.addresses6 = vec!["fd00::5".parse().unwrap()];
                i.firewalls = under("sg-v4");
            },
        )
        .interface("eni-ok", ("pub", "10.0.1.6"), InterfaceOwner::Nobody, |i| {
            i.addresses6 = vec!["2600:1f18::6".parse().unwrap()];
            i.firewalls = under("sg-both");
        });
    check(
        build,
        "",
        &["interface/"],
        &expect![[r#"
            warning interface/address-scope subnet/pub: 1 address in it is unique local (RFC 4193): the internet does not route it
                help: do not count them as IPv6 that works; take them away when the subnet has a block of its own
                - fd00::5 on eni-ula
            warning interface/v6-without-rules subnet/pub: 1 interface in it has IPv6 addresses already and no rule that lets anything in over IPv6
                help: keep names from pointing there (AAAA) until the plan has added the rules
                - eni-ula in pub
            note interface/managed interface/EFS mount target: 2 interfaces are the provider's and nothing in the estate says more of them
                help: add the dump of that service to the input, or see to its IPv6 by hand
                - eni-efs-1 in priv: EFS mount target fsmt-1
                - eni-efs-2 in priv: EFS mount target fsmt-2
        "#]],
    );
}

/// A host in the public subnet without a public address: it begins nothing over IPv4.
fn jump(rules: &[&str]) -> Build {
    two_tier()
        .group("sg", rules)
        .host("i-1", ("pub", "10.0.1.7"), "t3.micro", |host, interface| {
            host.name = "jump".into();
            interface.firewalls = under("sg");
        })
}

#[test]
fn who_cannot_begin_over_ipv4_is_asked_for() {
    check(
        jump(&["ingress tcp/22 from 10.0.0.0/16", "egress all to 0.0.0.0/0"]),
        "",
        &["interface/reaches-out", "intent/"],
        &expect![[r#"
            open reach-out:pub interface/reaches-out subnet/pub: may 1 interface begin flows with the internet over IPv6? (rules and routes let it out, and over IPv4 only the lack of a public address keeps it in: host/i-1 (jump))
                leave-out: IPv4 only: it gets no IPv6 address
                allow: what the rules let out over IPv6 may go out
                meanwhile: it gets no IPv6 address, and the subnet gives new interfaces none by itself
                - firewall/sg: egress all to 0.0.0.0/0
        "#]],
    );
    let allow = "answers.\"reach-out:pub\" = \"allow\"";
    check(
        jump(&["egress all to 0.0.0.0/0"]),
        allow,
        &["interface/reaches-out", "intent/"],
        &expect![[r#"
            answered reach-out:pub interface/reaches-out subnet/pub: may 1 interface begin flows with the internet over IPv6? (rules and routes let it out, and over IPv4 only the lack of a public address keeps it in: host/i-1 (jump))
                leave-out: IPv4 only: it gets no IPv6 address
                allow: what the rules let out over IPv6 may go out
                meanwhile: it gets no IPv6 address, and the subnet gives new interfaces none by itself
                - firewall/sg: egress all to 0.0.0.0/0
        "#]],
    );
}

#[test]
fn who_could_not_leave_over_ipv6_either_is_not_asked_for() {
    let silent = |build: Build, intent: &str| {
        check(build, intent, &["interface/reaches-out"], &expect![[""]]);
    };
    silent(jump(&["ingress tcp/22 from 0.0.0.0/0"]), "");
    silent(jump(&["egress tcp/5432 to 10.0.2.0/24"]), "");
    let pinned = "subnets.pub.egress = \"none\"";
    silent(jump(&["egress all to 0.0.0.0/0"]), pinned);
    silent(
        jump(&["egress all to 0.0.0.0/0"]),
        "profile = \"edge-only\"",
    );
    let mut public = jump(&["egress all to 0.0.0.0/0"]);
    public.0.interfaces.change_where(
        |_| true,
        |it| it.addresses4[0].public = Some([198, 51, 100, 1].into()),
    );
    silent(public, "");
    let mut listed = jump(&["egress tcp/443 to 0.0.0.0/0"]).firewall(
        "acl",
        FirewallKind::List,
        &["egress 100 allow udp/53 to 0.0.0.0/0"],
        plain,
    );
    let subnet = listed.0.subnets.get_mut(&SubnetId::new("pub")).unwrap();
    subnet.firewall = Some(FirewallId::new("acl"));
    silent(listed, "");
}

/// No IPv4 route leads out, and an IPv6 one is there already.
#[test]
fn a_way_out_that_only_ipv6_has() {
    let build = Build::new()
        .network("vpc", "10.0.0.0/16", plain)
        .gateway("eigw", "vpc", GatewayKind::EgressOnly)
        .table("rtb", "vpc", plain)
        .route("rtb", "::/0", RouteTarget::Gateway(GatewayId::new("eigw")))
        .subnet("sub", "vpc", "10.0.1.0/24", |s| {
            s.route_table = Some(RouteTableId::new("rtb"));
        })
        .group("sg", &["egress tcp/443 to ::/0"])
        .host("i-1", ("sub", "10.0.1.7"), "t3.micro", |_, interface| {
            interface.firewalls = under("sg");
        });
    check(
        build,
        "",
        &["interface/reaches-out"],
        &expect![[r#"
        open reach-out:sub interface/reaches-out subnet/sub: may 1 interface begin flows with the internet over IPv6? (rules and routes let it out, and over IPv4 no route lets it out: host/i-1)
            leave-out: IPv4 only: it gets no IPv6 address
            allow: what the rules let out over IPv6 may go out
            meanwhile: it gets no IPv6 address, and the subnet gives new interfaces none by itself
            - firewall/sg: egress tcp/443 to ::/0
    "#]],
    );
}
