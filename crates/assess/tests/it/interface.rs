//! Interfaces.

use expect_test::expect;
use sixward_estate::InterfaceOwner;

use crate::build::{plain, two_tier, under};
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
