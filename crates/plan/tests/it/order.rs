//! The order of steps, and what each becomes, on small estates.

use expect_test::expect;
use sixward_estate::intent::Intent;
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
