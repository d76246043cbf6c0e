//! A digest of what differs between two states of an estate: what binds a statement about one to it.

use serde::Serialize;
use sha2::{Digest, Sha256};
use smol_str::SmolStr;

use crate::{Estate, Item, Table};

impl Estate {
    /// SHA-256 (FIPS 180-4), in hexadecimal digits, over what reachability rests on and is not the same
    /// now: for each noun pairs of what was and what is, as compact JSON. What is shared costs nothing.
    pub fn change_digest(&self, now: &Self) -> SmolStr {
        let mut to = Sha256::new();
        feed(&mut to, &self.networks, &now.networks);
        feed(&mut to, &self.subnets, &now.subnets);
        feed(&mut to, &self.route_tables, &now.route_tables);
        feed(&mut to, &self.gateways, &now.gateways);
        feed(&mut to, &self.links, &now.links);
        feed(&mut to, &self.transits, &now.transits);
        feed(&mut to, &self.transit_tables, &now.transit_tables);
        feed(&mut to, &self.endpoints, &now.endpoints);
        feed(&mut to, &self.firewalls, &now.firewalls);
        feed(&mut to, &self.prefix_lists, &now.prefix_lists);
        feed(&mut to, &self.interfaces, &now.interfaces);
        feed(&mut to, &self.balancers, &now.balancers);
        feed(&mut to, &self.target_groups, &now.target_groups);
        for was_and_is in [
            (self.public_access != now.public_access)
                .then(|| json(&(&self.public_access, &now.public_access))),
            (self.gaps != now.gaps).then(|| json(&(&self.gaps, &now.gaps))),
        ] {
            to.update(was_and_is.unwrap_or_default());
        }
        let digest = to.finalize();
        let digits = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        let digits = digits.filter_map(|digit| char::from_digit(digit.into(), 16));
        digits.collect()
    }
}

fn feed<T: Item + PartialEq + Serialize>(to: &mut Sha256, was: &Table<T>, now: &Table<T>) {
    let differences: Vec<_> = was.differences(now).collect();
    to.update(json(&differences));
}

/// Nouns have no keys but text, and so no way to fail.
fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}
