//! Tunnels that the intent asks for.

use expect_test::expect;
use sixward_estate::*;

use crate::build::{Build, two_tier};
use crate::show::check;

/// A host with two addresses and IPv6, and one that its subnet leaves without.
fn racks(provider: Provider) -> Build {
    let mut build = two_tier()
        .host("gw", ("pub", "10.0.1.1"), "", |_, own| {
            own.addresses4.push(Private4 {
                address: "10.0.1.2".parse().unwrap(),
                public: None,
                held: false,
            });
            own.addresses6.push("2001:db8:1::1".parse().unwrap());
        })
        .host("old", ("priv", "10.0.2.9"), "", |_, _| {});
    let network = build.0.networks.get_mut(&NetworkId::new("vpc")).unwrap();
    network.place.provider = provider;
    build
}

const ASKED: &str = r#"
    [subnets.priv]
    skip = true
    [tunnels.old-rack]
    server = "gw"
    relay = "gw"
    clients = ["old"]
"#;

#[test]
fn a_tunnel_can_be_or_says_why_not() {
    let codes = &["tunnel/"];
    let meant = format!("{ASKED}allow-private = true");
    check(
        racks(Provider::Other),
        &meant,
        codes,
        &expect![[r#"
        note tunnel/ipv4-first tunnel/old-rack: programs on its clients take IPv4 before it where a name has both
            help: nothing: RFC 6724 has it so; only what has IPv6 alone is called through it
    "#]],
    );
    check(
        racks(Provider::Other),
        ASKED,
        codes,
        &expect![[r#"
        blocker tunnel/not-possible tunnel/old-rack: 10.0.1.1 is private, which Teredo takes for nobody's
            help: say `allow-private = true`, if that is your own network
    "#]],
    );
    check(
        racks(Provider::Aws),
        &meant,
        codes,
        &expect![[r#"
        blocker tunnel/not-possible tunnel/old-rack: network vpc is a provider's, and tunnels are planned in hand-written networks
            help: take machine types and subnets that have IPv6
    "#]],
    );
    let itself = meant.replace("[\"old\"]", "[\"old\", \"gw\", \"nobody\"]");
    check(
        racks(Provider::Other),
        &itself,
        codes,
        &expect![[r#"
        blocker tunnel/not-possible tunnel/old-rack: host gw has IPv6, or gets it, without a tunnel
            help: take it out of the clients; or say `skip = true` of it or its subnet
    "#]],
    );
}
