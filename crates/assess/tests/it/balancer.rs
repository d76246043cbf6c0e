//! Load balancers.

use expect_test::expect;
use sixward_estate::*;

use crate::build::{plain, two_tier};
use crate::show::check;

const BALANCER: &[&str] = &["balancer/"];

#[test]
fn application_balancers_change_in_place() {
    let build = two_tier()
        .balancer("web", BalancerKind::Application, plain)
        .balancer("inner", BalancerKind::Application, |b| {
            b.exposure = Exposure::Internal;
        })
        .balancer("done", BalancerKind::Application, |b| {
            b.family = FamilyMode::Dual;
        });
    check(
        build,
        "",
        BALANCER,
        &expect![[r#"
        note balancer/in-place balancer/inner: it becomes dual-stack in place and speaks to its targets as before
            help: nothing; a target group's family cannot be changed, and IPv4 targets keep working behind a dual-stack front
            - clients may use: IPv4 only
        note balancer/in-place balancer/web: it becomes dual-stack in place and speaks to its targets as before
            help: nothing; a target group's family cannot be changed, and IPv4 targets keep working behind a dual-stack front
            - clients may use: IPv4 only
        note balancer/internal balancer/inner: it is internal, and the provider keeps the internet from it over IPv6 too
            help: nothing: an internal dual-stack balancer denies traffic through the internet gateway (ipv6.deny_all_igw_traffic)
    "#]],
    );
}

#[test]
fn others_do_not() {
    let build = two_tier()
        .balancer("old", BalancerKind::Classic, plain)
        .balancer("dns", BalancerKind::Network, |b| {
            b.listeners = vec![Listener {
                protocol: "TCP_UDP".into(),
                port: 53,
                target_groups: Vec::new(),
            }];
        })
        .balancer("inspect", BalancerKind::Inspection, plain)
        .balancer("wide", BalancerKind::Application, |b| {
            b.subnets.push(SubnetId::new("elsewhere"));
        });
    check(
        build,
        "",
        BALANCER,
        &expect![[r#"
        blocker balancer/classic balancer/old: it is of the provider's first generation, which has no IPv6 in a network
            help: make an application or network balancer beside it, move the names, and remove it
            - kind: classic
        blocker balancer/subnets-without-v6 balancer/wide: it needs an IPv6 block in every subnet that it stands in, and some get none
            help: select these subnets in the intent
            - elsewhere
        blocker balancer/udp-needs-source-nat balancer/dns: it listens for UDP, which a dual-stack network balancer takes only with IPv6 prefixes for source NAT
            help: turn on source NAT prefixes (EnablePrefixForIpv6SourceNat) together with dual-stack: it takes a /80 of each subnet; or put the UDP listeners on a balancer of their own
            - listener TCP_UDP/53
        warning balancer/inspection balancer/inspect: it leads through appliances, and whether they inspect IPv6 is not known
            help: see to it that they do before answering route decisions with same-target; it stays as it is
            - kind: inspection (gateway load balancer)
    "#]],
    );
}

#[test]
fn network_balancers_hide_ipv6_clients_from_ipv4_targets() {
    let mut build = two_tier().balancer("tcp", BalancerKind::Network, |b| {
        b.listeners = vec![Listener {
            protocol: "TCP".into(),
            port: 443,
            target_groups: vec![TargetGroupId::new("tg-1")],
        }];
    });
    build.0.target_groups.insert(TargetGroup {
        id: TargetGroupId::new("tg-1"),
        name: "".into(),
        network: Some(NetworkId::new("vpc")),
        protocol: "TCP".into(),
        family: FamilyMode::V4,
        targets: vec![Target {
            kind: TargetKind::Host(HostId::new("i-1")),
            port: Some(443),
        }],
    });
    check(
        build,
        "",
        &["balancer/client-address"],
        &expect![[r#"
        warning balancer/client-address balancer/tcp: clients that come over IPv6 reach its IPv4 targets from the balancer's own private addresses
            help: see to it that the targets' firewalls admit the balancer (its group, or its subnets), and that nothing relies on the clients' addresses
            - host/i-1 in tg-1
    "#]],
    );
}

#[test]
fn with_edge_only_the_internal_ones_stay() {
    let build = two_tier()
        .balancer("web", BalancerKind::Application, plain)
        .balancer("inner", BalancerKind::Application, |b| {
            b.exposure = Exposure::Internal;
        });
    check(
        build,
        "profile = \"edge-only\"",
        BALANCER,
        &expect![[r#"
        note balancer/in-place balancer/web: it becomes dual-stack in place and speaks to its targets as before
            help: nothing; a target group's family cannot be changed, and IPv4 targets keep working behind a dual-stack front
            - clients may use: IPv4 only
    "#]],
    );
}
