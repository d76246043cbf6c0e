//! The order of steps, and what each becomes, on small estates.

use expect_test::expect;
use sixward_estate::intent::Intent;
use sixward_estate::{
    LinkId, RouteOrigin, RouteState, TransitRoute, TransitTableId, TransitTarget,
};
use sixward_net::IpNet;
use sixward_plan::plan;

use crate::estates::{NetworkRecipe, Recipe, SubnetRecipe};
use crate::text;

#[test]
fn deny_before_allow_and_the_lists_own_order_is_kept() {
    let subnet = SubnetRecipe {
        tier: 0,
        custom_list: true,
        zone: 0,
    };
    let list = vec![
        (false, true, 2, 1),  // 100 deny tcp/443 from the own network
        (false, false, 0, 1), // 101 allow tcp/443 from everywhere
        (true, false, 0, 4),  // 102 allow out tcp/1024-65535
        (false, true, 6, 2),  // 103 deny tcp/80 from 203.0.113.7: waits for a person
        (false, false, 0, 2), // 104 allow tcp/80 from everywhere: held back by it
        (false, false, 0, 5), // 105 allow icmp
    ];
    let network = NetworkRecipe {
        subnets: vec![subnet],
        groups: vec![vec![]],
        list,
        hosts: vec![],
    };
    let estate = Recipe {
        networks: vec![network],
        peerings: vec![],
        transit: false,
    }
    .build();
    let plan = plan(estate, Intent::default());
    expect![[r#"
        1 vpc-0 block {vpc-0}00::/56
        2 subnet-0-0 block {vpc-0}00::/64
        3 rtb-0-0 route ::/0 -> igw-0
        4 acl-0-custom ingress 102 deny tcp/443 from {vpc-0}00::/56
        5 acl-0-custom ingress 106 allow tcp/443 from ::/0
        5 acl-0-custom ingress 107 allow icmpv6 from ::/0
        5 acl-0-custom egress 103 allow tcp/1024-65535 to ::/0
        5 acl-0-custom egress 101 allow icmpv6/2/0 to ::/0
        6 subnet-0-0 auto-assign true
    "#]]
    .assert_eq(&text::steps(&plan));
}

/// What propagates comes by itself with the attachment's IPv6 support; what is static has its twin, drops
/// too: propagation must not join what IPv4 keeps apart.
#[test]
fn a_hub_learns_what_propagates_and_is_told_what_is_static() {
    let network = || NetworkRecipe {
        subnets: vec![SubnetRecipe {
            tier: 1,
            custom_list: false,
            zone: 0,
        }],
        groups: vec![vec![]],
        list: vec![],
        hosts: vec![],
    };
    let mut estate = Recipe {
        networks: vec![network(), network(), network()],
        peerings: vec![],
        transit: true,
    }
    .build();
    let id = TransitTableId::new("tgw-rtb-1");
    let table = estate.transit_tables.get_mut(&id).unwrap();
    for (net, target) in [
        (
            "10.1.0.0/16",
            TransitTarget::Link(LinkId::new("tgw-attach-2")),
        ),
        ("10.2.0.0/16", TransitTarget::Nowhere),
    ] {
        table.routes.push(TransitRoute {
            destination: net.parse().unwrap(),
            target,
            origin: RouteOrigin::Static,
            state: RouteState::Active,
        });
    }
    table.routes.sort();
    let plan = plan(estate, Intent::default());
    let end = plan.end();
    let routes = &end.transit_tables.get(&id).unwrap().routes;
    let six = routes
        .iter()
        .filter(|route| matches!(route.destination, IpNet::V6(_)));
    let shown: Vec<_> = six
        .map(|route| {
            let net = plan.symbols.show_any(route.destination);
            format!("{net} {:?} {:?}\n", route.target, route.origin)
        })
        .collect();
    let shown = shown.concat();
    expect![[r#"
        {vpc-2}00::/56 Link(LinkId("tgw-attach-2")) Propagated
        {vpc-2}00::/56 Nowhere Static
        {vpc-1}00::/56 Link(LinkId("tgw-attach-1")) Propagated
        {vpc-1}00::/56 Link(LinkId("tgw-attach-2")) Static
        {vpc-0}00::/56 Link(LinkId("tgw-attach-0")) Static
        {vpc-0}00::/56 Link(LinkId("tgw-attach-0")) Propagated
    "#]]
    .assert_eq(&shown);
}
