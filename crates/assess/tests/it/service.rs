//! Managed services.

use expect_test::expect;
use sixward_estate::*;

use crate::build::{plain, two_tier};
use crate::show::check;

const SERVICE: &[&str] = &["service/"];

#[test]
fn each_kind_changes_in_its_own_way() {
    let build = two_tier()
        .service("db", "rds-instance", |s| s.allowed = vec![FamilyMode::V4])
        .service("cache", "elasticache-cluster", |s| {
            s.engine = "redis 7.0.4".into();
        })
        .service("search", "opensearch", plain)
        .service("tasks", "ecs", plain)
        .service("own", "mainframe", plain)
        .service("done", "redshift", |s| s.family = FamilyMode::Dual);
    check(
        build,
        "",
        SERVICE,
        &expect![[r#"
        warning service/kind-not-known service/own: it is not known how a service of the kind mainframe comes to IPv6
            help: look it up in the provider's documentation; it keeps IPv4 only
            - kind mainframe
        warning service/rebuild service/cache: this ElastiCache cluster cannot become dual-stack: it keeps IPv4 only until it is made anew
            help: make a new cluster with NetworkType dual_stack, move the clients, delete the old one
            - NetworkType: ipv4, ipv6, dual_stack (CreateCacheCluster only); IpDiscovery can be changed
            - machine types on Nitro
        note service/follows service/tasks: this ECS service has no switch for IPv6 of its own
            help: see to it that this holds: tasks that are started after the subnet has a block
            - none: tasks get IPv6 from their subnet and the account setting dualStackIPv6
        note service/in-place service/db: this RDS instance becomes dual-stack in place, once its subnet group allows that: it will when all its subnets have blocks
            help: see to it that this holds: its subnet group must support DUAL, and so must the engine version and class (DescribeOrderableDBInstanceOptions)
            - NetworkType: IPV4, DUAL (ModifyDBInstance)
        open one-way:search service/one-way service/search: may this OpenSearch domain become dual-stack? there is no way back
            no: it keeps IPv4 only
            yes: it becomes dual-stack for good
            meanwhile: it keeps IPv4 only
            - IPAddressType: ipv4, dualstack (UpdateDomainConfig)
    "#]],
    );
}

#[test]
fn old_engines_and_subnets_without_blocks_stand_in_the_way() {
    let build = two_tier()
        .service("cache", "elasticache-cluster", |s| {
            s.engine = "redis 5.0.6".into();
        })
        .service("db", "rds-instance", plain);
    check(
        build,
        "subnets.priv.skip = true",
        SERVICE,
        &expect![[r#"
        blocker service/engine-too-old service/cache: this ElastiCache cluster runs redis 5.0.6, and IPv6 needs 6.2 at least
            help: upgrade it first; then: make a new cluster with NetworkType dual_stack, move the clients, delete the old one
            - engine redis 5.0.6
        blocker service/subnets-without-v6 service/db: this RDS instance needs an IPv6 block in every subnet that it may use, and some get none
            help: select these subnets in the intent, or take them out of its subnet group
            - priv
    "#]],
    );
}

#[test]
fn one_way_doors_are_answered() {
    let yes = "answers.\"one-way:search\" = \"yes\"";
    check(
        two_tier().service("search", "opensearch", plain),
        yes,
        SERVICE,
        &expect![[r#"
            answered one-way:search service/one-way service/search: may this OpenSearch domain become dual-stack? there is no way back
                no: it keeps IPv4 only
                yes: it becomes dual-stack for good
                meanwhile: it keeps IPv4 only
                - IPAddressType: ipv4, dualstack (UpdateDomainConfig)
        "#]],
    );
}

#[test]
fn behind_the_edge_services_stay_as_they_are() {
    let build = two_tier().service("db", "rds-instance", plain);
    check(build, "profile = \"edge-only\"", SERVICE, &expect![[""]]);
}
