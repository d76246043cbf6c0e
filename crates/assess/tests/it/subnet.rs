//! Single subnets and their gateways.

use expect_test::expect;
use sixward_estate::*;

use crate::build::two_tier;
use crate::show::check;

#[test]
fn leaving_through_nat() {
    let codes = &["subnet/", "gateway/"];
    check(
        two_tier(),
        "",
        codes,
        &expect![[r#"
            warning subnet/fixed-egress subnet/priv: it leaves from the fixed address 192.0.2.9, which others may allow-list, and IPv6 goes round that
                help: tell them the subnet's IPv6 block; or set `egress = "none"` under [subnets.<subnet>] in the intent
                - 0.0.0.0/0 to nat
            note gateway/nat-v4-only gateway/nat: NAT does nothing for IPv6
                help: nothing: IPv6 leaves by an egress-only gateway, which lets nobody outside begin, as NAT does; IPv4 stays on the NAT gateway
                - address 192.0.2.9
        "#]],
    );
    let pinned = "subnets.priv.egress = \"none\"";
    check(two_tier(), pinned, &["subnet/"], &expect![[""]]);
}

#[test]
fn dns64_needs_a_route_to_nat64() {
    let dns64 = || {
        let mut build = two_tier();
        build
            .0
            .subnets
            .get_mut(&SubnetId::new("priv"))
            .unwrap()
            .dns64 = true;
        build
    };
    let codes = &["subnet/dns64"];
    check(
        dns64(),
        "",
        codes,
        &expect![[r#"
        blocker subnet/dns64-without-nat64 subnet/priv: its resolver answers with NAT64 addresses (DNS64 is on), and no route for 64:ff9b::/96 leads to a NAT gateway: over IPv6, names with IPv4 only would be dead
            help: turn DNS64 off (a dual-stack subnet does not need it), or route 64:ff9b::/96 to a NAT gateway
            - route table rtb-priv
    "#]],
    );
    let nat = RouteTarget::Gateway(GatewayId::new("nat"));
    check(
        dns64().route("rtb-priv", "64:ff9b::/96", nat),
        "",
        codes,
        &expect![[""]],
    );
}
