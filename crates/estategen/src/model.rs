//! What is in the estate, before anything is printed. Files refer to each other, so all
//! decisions are taken here, once; the printers only look.

mod firewall;
mod interface;
mod service;

use std::io;

use crate::address::{self, Block};
use crate::id::Ids;
use crate::random::Random;
use crate::scale::{Scale, share};

pub(crate) use firewall::{Egress, Group, Rule, Source};
pub(crate) use interface::{Interface, Role, Server};
pub(crate) use service::{Balancer, Database};

pub(crate) const REGION: &str = "us-east-1";
pub(crate) const OWNER: &str = "123456789012";

/// The estate: one region of one account.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) ids: Ids,
    pub(crate) vpcs: Vec<Vpc>,
    /// Pairs of networks, by their place in `vpcs`.
    pub(crate) peerings: Vec<Peering>,
}

/// A network and all that is in it. Places (`usize`) in its lists stand for references.
#[derive(Debug)]
pub(crate) struct Vpc {
    pub(crate) number: u32,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) block: Block,
    pub(crate) subnets: Vec<Subnet>,
    pub(crate) groups: Vec<Group>,
    pub(crate) interfaces: Vec<Interface>,
    pub(crate) balancers: Vec<Balancer>,
    pub(crate) databases: Vec<Database>,
}

#[derive(Debug)]
pub(crate) struct Subnet {
    pub(crate) number: u32,
    pub(crate) id: String,
    pub(crate) block: Block,
    pub(crate) zone: Zone,
    /// Its table leads to the internet gateway.
    pub(crate) public: bool,
    /// A network ACL of its own rather than the default one.
    pub(crate) own_acl: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Zone(pub(crate) u8);

#[derive(Debug)]
pub(crate) struct Peering {
    pub(crate) id: String,
    pub(crate) requester: usize,
    pub(crate) accepter: usize,
}

/// Decides everything.
pub(crate) fn model(scale: Scale, seed: u64) -> io::Result<Model> {
    let scale = scale.check()?;
    let ids = Ids::new(seed);
    let mut random = Random::new(seed);
    let vpcs = (0..scale.vpcs).map(|number| vpc(scale, ids, &mut random, number));
    let vpcs = vpcs.collect::<io::Result<Vec<_>>>()?;
    let peerings = peerings(ids, vpcs.len());
    Ok(Model {
        ids,
        vpcs,
        peerings,
    })
}

fn vpc(scale: Scale, ids: Ids, random: &mut Random, number: u32) -> io::Result<Vpc> {
    let interfaces = share(scale.interfaces, scale.vpcs, number);
    let block = address::network(number, scale.vpcs)?;
    let numbers = share(scale.subnets, scale.vpcs, number);
    let count = numbers.end - numbers.start;
    let blocks = address::subnets(block, count, interfaces.end - interfaces.start)?;
    let subnets: Vec<_> = numbers
        .zip(blocks)
        .enumerate()
        .map(|(place, it)| subnet(ids, place, it))
        .collect();
    let groups = firewall::groups(
        ids,
        random,
        share(scale.groups, scale.vpcs, number),
        subnets.len(),
    );
    let services = service::services(ids, random, number, interfaces.clone());
    let interfaces = interface::interfaces(ids, random, &subnets, &groups, &services, interfaces);
    Ok(Vpc {
        number,
        id: ids.of("vpc", number),
        name: format!(
            "{}-{number:03}",
            random.pick(["prod", "stage", "dev", "data", "shared"])
        ),
        block,
        subnets,
        groups,
        interfaces,
        balancers: services.balancers,
        databases: services.databases,
    })
}

/// Public and private in turn, zone after zone: places 0, 2, 4 are public in a, b, c and
/// places 1, 3, 5 private in a, b, c.
fn subnet(ids: Ids, place: usize, (number, block): (u32, Block)) -> Subnet {
    let zone = Zone([b'a', b'b', b'c'][place / 2 % 3]);
    Subnet {
        number,
        id: ids.of("subnet", number),
        block,
        zone,
        public: place.is_multiple_of(2),
        own_acl: place % 3 == 2,
    }
}

/// One in ten networks has a neighbour that it does not reach over the transit gateway.
fn peerings(ids: Ids, vpcs: usize) -> Vec<Peering> {
    let pairs = (0..vpcs.saturating_sub(1)).step_by(10).zip(0..);
    pairs
        .map(|(place, number)| Peering {
            id: ids.of("pcx", number),
            requester: place,
            accepter: place + 1,
        })
        .collect()
}

impl Zone {
    pub(crate) fn name(self) -> String {
        format!("{REGION}{}", char::from(self.0))
    }

    /// The name that is the same in every account.
    pub(crate) fn id(self) -> String {
        format!("use1-az{}", self.0 - b'a' + 1)
    }
}
