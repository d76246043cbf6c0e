//! Names that would answer with addresses that do not serve.

use expect_test::expect;
use sixward_estate::*;

use crate::build::{Build, plain, two_tier};
use crate::show::check;

const HELD: &[&str] = &[
    "host/names-held-back",
    "balancer/held-back",
    "service/held-back",
];

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
            warning balancer/held-back balancer/front: it stays IPv4 only, since its name would answer with IPv6 addresses that not all clients reach: firewall/acl: ingress 100 allow tcp/443 from 0.0.0.0/0 has no IPv6 half
                help: nothing if this is meant; else answer what these rules wait for, or change the intent
                - firewall/acl: ingress 100 allow tcp/443 from 0.0.0.0/0 has no IPv6 half
            warning host/names-held-back host/web: its names get no AAAA record yet: firewall/acl: ingress 100 allow tcp/443 from 0.0.0.0/0 has no IPv6 half
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
            warning balancer/held-back balancer/front: it stays IPv4 only, since its name would answer with IPv6 addresses that not all clients reach: subnet/pub has no way to the internet over IPv6 (egress = "none")
                help: nothing if this is meant; else answer what these rules wait for, or change the intent
                - subnet/pub has no way to the internet over IPv6 (egress = "none")
            warning host/names-held-back host/web: its names get no AAAA record yet: subnet/pub has no way to the internet over IPv6 (egress = "none")
                help: nothing if this is meant; else answer what these rules wait for, or change the intent; names whose service is reached can get AAAA by hand
                - subnet/pub has no way to the internet over IPv6 (egress = "none")
        "#]],
    );
}

/// A database that some clients would find and not reach.
#[test]
fn a_database_waits_for_its_clients() {
    let build = two_tier()
        .group("db", &["ingress tcp/5432 from 192.168.0.0/16"])
        .service("ledger", "rds-instance", |service| {
            service.firewalls = vec![FirewallId::new("db")];
            service.engine = "postgres 16.4".into();
        });
    check(
        build,
        "",
        HELD,
        &expect![[r#"
            warning service/held-back service/ledger: it stays IPv4 only, since its name would answer with IPv6 addresses that not all clients reach: firewall/db: ingress tcp/5432 from 192.168.0.0/16 has no IPv6 half
                help: nothing if this is meant; else answer what these rules wait for, or change the intent
                - firewall/db: ingress tcp/5432 from 192.168.0.0/16 has no IPv6 half
        "#]],
    );
}

#[test]
fn a_stopped_host_has_nothing_to_publish() {
    let build = two_tier().host("web", ("pub", "10.0.1.5"), "t3.small", |host, interface| {
        host.state = HostState::Stopped;
        interface.addresses4[0].public = Some("203.0.113.5".parse().unwrap());
        interface.addresses4[0].held = true;
    });
    check(
        build,
        "",
        HELD,
        &expect![[r#"
            warning host/names-held-back host/web: its names get no AAAA record yet: it is stopped
                help: nothing if this is meant; else answer what these rules wait for, or change the intent; names whose service is reached can get AAAA by hand
                - it is stopped
        "#]],
    );
}

#[test]
fn a_scaling_group_would_launch_what_has_no_v6() {
    let build = two_tier().host("web", ("pub", "10.0.1.5"), "m3.large", |host, _| {
        host.scaling_group = "fleet".into();
    });
    check(
        build,
        "",
        &["subnet/launches"],
        &expect![[r#"
        warning subnet/launches-without-v6 subnet/pub: new interfaces get no IPv6 address by themselves: scaling groups launch machine types in it that have no IPv6, and the provider would refuse them
            help: give these groups a machine type that has IPv6, then plan again
            - host/web in fleet: m3.large
    "#]],
    );
}
