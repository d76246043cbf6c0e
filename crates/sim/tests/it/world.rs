//! A small cloud, and single calls to it.

use sixward_apply::{Driver, Flow, Order, Scope};
use sixward_estate::*;
use sixward_net::Ipv6Net;
use sixward_plan::Change;
use sixward_sim::Sim;

use crate::estates::{NetworkRecipe, Recipe, SubnetRecipe};

/// One network: two subnets, a group and lists, two hosts of which the second one's type is m3.large.
pub(crate) fn small() -> Estate {
    let subnet = |tier| SubnetRecipe {
        tier,
        custom_list: tier == 1,
        zone: 0,
    };
    let recipe = Recipe {
        networks: vec![NetworkRecipe {
            subnets: vec![subnet(0), subnet(1)],
            groups: vec![vec![(false, 0, 1)]],
            list: vec![(false, false, 0, 1)],
            hosts: vec![(0, 0, 0, 0), (1, 0, 1, 1)],
        }],
        peerings: vec![],
        transit: false,
    };
    recipe.build()
}

/// Makes one change, and says what came of it: `ok` or a code.
pub(crate) fn call(sim: &mut Sim, change: Change) -> String {
    call_with(sim, change, "token")
}

pub(crate) fn call_with(sim: &mut Sim, change: Change, token: &str) -> String {
    let before = sim.read(&Scope::of([&change])).unwrap();
    let order = Order {
        token: token.into(),
        change,
        before,
    };
    let mut said = String::new();
    sim.make(&[order], &mut |_, answer| {
        said = answer.map_or_else(|fault| fault.code.to_string(), |()| "ok".to_owned());
        Flow::Go
    });
    said
}

pub(crate) fn network() -> NetworkId {
    NetworkId::new("vpc-0")
}

pub(crate) fn subnet(number: u32) -> SubnetId {
    SubnetId::new(format!("subnet-0-{number}"))
}

/// A block is added; what the provider chose.
pub(crate) fn with_block(sim: &mut Sim) -> Block6 {
    assert_eq!(call(sim, add_block()), "ok");
    let network = sim.estate().networks.get(&network()).unwrap();
    network.blocks6.last().unwrap().clone()
}

pub(crate) fn add_block() -> Change {
    Change::AddNetworkBlock {
        network: network(),
        block: Block6 {
            net: "3fff:0:10::/56".parse().unwrap(),
            source: BlockSource::Provider {
                border_group: SmolStr::default(),
            },
        },
    }
}

/// The first /64 of a block is given to a subnet.
pub(crate) fn with_subnet_block(sim: &mut Sim, number: u32, block: &Block6) -> Ipv6Net {
    let net = block.net.subnets(64).unwrap().nth(number as usize).unwrap();
    let change = Change::AddSubnetBlock {
        subnet: subnet(number),
        net,
    };
    assert_eq!(call(sim, change), "ok");
    net
}
