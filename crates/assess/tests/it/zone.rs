//! Names that would answer with addresses that do not serve.

use expect_test::expect;
use sixward_estate::*;

use crate::build::{Build, plain, two_tier};
use crate::show::check;

const HELD: &[&str] = &["host/names-held-back", "balancer/held-back"];

/// A public host and an internet-facing balancer in a subnet under a list that denies a stranger.
fn behind_a_deny() -> Build {
    let mut build = two_tier()
        .group("web", &["ingress tcp/443 from 0.0.0.0/0"])
        .firewall(
            "acl",
            FirewallKind::List,
            &[
                "ingress 90 deny all from 198.51.100.0/24",
                "ingress 100 allow tcp/443 from 0.0.0.0/0",
                "egress 100 allow all to 0.0.0.0/0",
            ],
            plain,
        )
        .host("web", ("pub", "10.0.1.5"), "t3.small", |_, interface| {
            interface.firewalls = vec![FirewallId::new("web")];
            interface.addresses4[0].public = Some("203.0.113.5".parse().unwrap());
        })
        .balancer("front", BalancerKind::Application, plain);
    let mut subnet = build.0.subnets.get(&SubnetId::new("pub")).unwrap().clone();
    subnet.firewall = Some(FirewallId::new("acl"));
    build.0.subnets.insert(subnet);
    build
}

#[test]
fn a_name_waits_for_its_filters() {
    check(
        behind_a_deny(),
        "",
        HELD,
        &expect![[r#"
            warning balancer/held-back balancer/front: it stays IPv4 only: its name would answer with IPv6 addresses that not all of its clients reach
                help: nothing if this is meant; else answer what these rules wait for, or change the intent
                - firewall/acl: ingress 100 allow tcp/443 from 0.0.0.0/0 has no IPv6 half
            warning host/names-held-back host/web: its names get no AAAA record yet: not all that reaches it over IPv4 would do so over IPv6
                help: nothing if this is meant; else answer what these rules wait for, or change the intent; names whose service is reached can get AAAA by hand
                - firewall/acl: ingress 100 allow tcp/443 from 0.0.0.0/0 has no IPv6 half
        "#]],
    );
    check(
        behind_a_deny(),
        "[answers]\n\"address:198.51.100.0/24\" = \"leave-out\"",
        HELD,
        &expect![[""]],
    );
}

#[test]
fn a_name_waits_for_a_way() {
    check(
        behind_a_deny(),
        "[subnets.pub]\negress = \"none\"\n[answers]\n\"address:198.51.100.0/24\" = \"2001:db8::/32\"",
        HELD,
        &expect![[r#"
            warning balancer/held-back balancer/front: it stays IPv4 only: its name would answer with IPv6 addresses that not all of its clients reach
                help: nothing if this is meant; else answer what these rules wait for, or change the intent
                - subnet/pub has no way to the internet over IPv6 (egress = "none")
            warning host/names-held-back host/web: its names get no AAAA record yet: not all that reaches it over IPv4 would do so over IPv6
                help: nothing if this is meant; else answer what these rules wait for, or change the intent; names whose service is reached can get AAAA by hand
                - subnet/pub has no way to the internet over IPv6 (egress = "none")
        "#]],
    );
}
