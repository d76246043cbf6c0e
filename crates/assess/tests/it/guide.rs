//! The example of the provider's own guide (Amazon VPC: Migrating to IPv6): a web server in a public
//! subnet, a database behind NAT. All that it leaves to a person is asked for, and no more.

use expect_test::expect;
use sixward_estate::RouteTarget;

use crate::build::{plain, two_tier, under};
use crate::show::check;

#[test]
fn a_web_server_and_its_database() {
    let build = two_tier()
        .group(
            "sg-web",
            &[
                "ingress all from sg-db",
                "ingress tcp/80 from 0.0.0.0/0",
                "ingress tcp/443 from 0.0.0.0/0",
                "ingress tcp/22 from 203.0.113.123/32",
                "egress all to 0.0.0.0/0",
            ],
        )
        .group(
            "sg-db",
            &["ingress tcp/3306 from sg-web", "egress all to 0.0.0.0/0"],
        )
        .host(
            "i-web",
            ("pub", "10.0.1.10"),
            "t2.medium",
            |_, interface| {
                interface.addresses4[0].public = Some([198, 51, 100, 1].into());
                interface.firewalls = under("sg-web");
            },
        )
        .host("i-db", ("priv", "10.0.2.10"), "m3.large", |_, interface| {
            interface.firewalls = under("sg-db");
        });
    check(
        build,
        "",
        &[""],
        &expect![[r#"
            warning subnet/fixed-egress subnet/priv: it leaves from the fixed address 192.0.2.9, which others may allow-list, and IPv6 goes round that
                help: tell them the subnet's IPv6 block; or set `egress = "none"` under [subnets.<subnet>] in the intent
                - 0.0.0.0/0 to nat
            note gateway/nat-v4-only gateway/nat: NAT does nothing for IPv6
                help: nothing: IPv6 leaves by an egress-only gateway, which lets nobody outside begin, as NAT does; IPv4 stays on the NAT gateway
                - address 192.0.2.9
            open address:203.0.113.123/32 firewall/public-source address/203.0.113.123/32: what is 203.0.113.123/32 in IPv6? (it belongs to somebody else)
                leave-out: it stays IPv4 only
                <prefixes>: these IPv6 prefixes, such as "2001:db8::7/128"
                <prefix-list>: the id of a list of IPv6 prefixes in this estate
                meanwhile: what waits for it is left out over IPv6
                - firewall/sg-web: ingress tcp/22 from 203.0.113.123/32
            open restart:i-db host/restart-loses host/i-db: may host/i-db be stopped, changed from m3.large, which has no IPv6, to m4.large, and started? it loses all data on instance-store volumes, which its machine type has
                no: it keeps IPv4 only
                yes: it is stopped, changed and started, and loses that
                meanwhile: it keeps IPv4 only
                - machine type m3.large
        "#]],
    );
}

#[test]
fn a_route_by_a_prefix_list_asks_for_the_list() {
    let build = two_tier()
        .prefix_list("pl-4", sixward_net::Family::V4, 5)
        .route(
            "rtb-priv",
            "pl-4",
            RouteTarget::Link(sixward_estate::LinkId::new("pcx")),
        )
        .network("other", "10.9.0.0/16", plain);
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
            - route-table/rtb-priv: pl-4 to pcx
    "#]],
    );
}
