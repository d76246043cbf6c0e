//! Managed services: load balancers and databases. They have interfaces that nobody
//! launched and that cannot be changed directly, which a planner has to respect.

use std::ops::Range;

use crate::id::Ids;
use crate::random::Random;

/// The services of one network.
#[derive(Debug)]
pub(crate) struct Services {
    pub(crate) balancers: Vec<Balancer>,
    pub(crate) databases: Vec<Database>,
}

#[derive(Debug)]
pub(crate) struct Balancer {
    pub(crate) number: u32,
    pub(crate) name: String,
    /// The last part of its ARN and of its interfaces' description.
    pub(crate) digits: String,
    /// An application balancer facing the internet; otherwise a network one facing inside.
    pub(crate) public: bool,
}

#[derive(Debug)]
pub(crate) struct Database {
    pub(crate) name: String,
    pub(crate) engine: (&'static str, u16),
}

/// One interface in each of two zones.
pub(crate) const BALANCER_PLACES: usize = 2;

pub(super) fn services(
    ids: Ids,
    random: &mut Random,
    vpc: u32,
    interfaces: Range<u32>,
) -> Services {
    let interfaces = interfaces.end - interfaces.start;
    let balancers = (0..(interfaces / 250).max(1)).map(|place| balancer(ids, vpc, place));
    let databases = (0..(interfaces / 100).max(1)).map(|place| database(random, vpc, place));
    Services {
        balancers: balancers.collect(),
        databases: databases.collect(),
    }
}

fn balancer(ids: Ids, vpc: u32, place: u32) -> Balancer {
    // A thousand balancers in one network do not occur: the quota is below that.
    let number = vpc * 1_000 + place;
    let public = place.is_multiple_of(2);
    let name = format!("{}-{number}", if public { "web" } else { "tcp" });
    Balancer {
        number,
        name,
        digits: ids.digits("elb", number),
        public,
    }
}

fn database(random: &mut Random, vpc: u32, place: u32) -> Database {
    let engine = random.pick([("postgres", 5432), ("postgres", 5432), ("mysql", 3306)]);
    Database {
        name: format!("db-{vpc}-{place}"),
        engine,
    }
}
