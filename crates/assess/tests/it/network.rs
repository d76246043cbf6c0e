//! Whole networks.

use expect_test::expect;
use sixward_estate::*;

use crate::build::{Build, aws, plain};
use crate::show::check;

const NETWORK: &[&str] = &["network/"];

fn block(net: &str) -> Block6 {
    Block6 {
        net: net.parse().unwrap(),
        source: BlockSource::Own,
    }
}

#[test]
fn blocks_that_are_there_already() {
    let build = Build::new()
        .whole("global", "10.0.0.0/16", |n| {
            n.blocks6 = vec![block("2600:1f18::/56")];
        })
        .whole("invented", "10.1.0.0/16", |n| {
            n.blocks6 = vec![block("ace:cab:deca::/48")];
        })
        .whole("6to4", "10.2.0.0/16", |n| {
            n.blocks6 = vec![block("2002:c000:204::/48")];
        })
        .whole("empty", "10.3.0.0/16", |n| n.blocks4.clear());
    check(
        build,
        "",
        NETWORK,
        &expect![[r#"
            warning network/block-scope network/6to4: its IPv6 block is 6to4 (2002::/16), which is deprecated (RFC 7526)
                help: get a global block beside it for whatever the internet is to reach
                - 2002:c000:204::/48
            warning network/block-scope network/invented: its IPv6 block is not assigned to anybody: nobody routes it
                help: get a global block beside it for whatever the internet is to reach
                - ace:cab:deca::/48
            warning network/no-v4 network/empty: it has no IPv4 block, so that there is nothing to do as IPv4 does
                help: leave it out by the intent's exclude, or check that the input is whole
            note network/has-v6 network/6to4: it has an IPv6 block already
                help: nothing: its subnets get their prefixes from that
                - 2002:c000:204::/48
            note network/has-v6 network/global: it has an IPv6 block already
                help: nothing: its subnets get their prefixes from that
                - 2600:1f18::/56
            note network/has-v6 network/invented: it has an IPv6 block already
                help: nothing: its subnets get their prefixes from that
                - ace:cab:deca::/48
        "#]],
    );
}

#[test]
fn private_blocks_are_the_owners_choice_on_azure() {
    let build = Build::new().whole("vnet", "10.0.0.0/16", |n| {
        n.place.provider = Provider::Azure;
        n.blocks6 = vec![block("fd00:1::/48")];
    });
    check(build, "", &["network/block-scope"], &expect![[""]]);
}

#[test]
fn locks_on_public_access() {
    let locked = |mode, excluded: &[PublicAccessMode]| {
        let mut build = Build::new().whole("vpc", "10.0.0.0/16", plain);
        build.0.public_access.push(PublicAccess {
            place: aws(),
            mode,
            excluded_networks: excluded
                .iter()
                .map(|m| (NetworkId::new("vpc"), *m))
                .collect(),
            excluded_subnets: vec![(SubnetId::new("sub-open"), PublicAccessMode::Off)],
        });
        build
    };
    let (both, ingress) = (
        PublicAccessMode::BlockBidirectional,
        PublicAccessMode::BlockIngress,
    );
    check(
        locked(both, &[]),
        "",
        NETWORK,
        &expect![[r#"
        blocker network/public-access-blocked network/vpc: a lock (VPC Block Public Access) keeps it from the internet in both directions, over IPv6 too
            help: nothing if that is meant: IPv6 works inside; else make an exclusion for the network
            - not for sub-open
    "#]],
    );
    check(
        locked(ingress, &[]),
        "",
        NETWORK,
        &expect![[r#"
        warning network/public-ingress-blocked network/vpc: a lock (VPC Block Public Access) keeps the internet from it, over IPv6 too: only what begins inside and leaves by NAT or an egress-only gateway passes
            help: nothing if that is meant; else make an exclusion for the network
            - not for sub-open
    "#]],
    );
    check(
        locked(both, &[PublicAccessMode::Off]),
        "",
        NETWORK,
        &expect![[""]],
    );
}
