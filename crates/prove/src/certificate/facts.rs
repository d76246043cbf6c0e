//! What the tables of a family do not say and verdicts rest on too: what is where, and under what.
//!
//! A digest for each noun and, of interfaces, for each subnet. What belongs to the other family alone
//! is left out, so that it can change without a trace here.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use serde::Serialize;
use sixward_estate::{Estate, GatewayKind, InterfaceId, Link, LinkKind, SubnetId, Table};
use sixward_net::{Family, IpNet};

use super::line::sha256;
use crate::symbolic::tables::{Cell, Change, Factor};

/// Which interfaces are in which subnet.
#[derive(Debug, Default)]
pub(super) struct Members(BTreeMap<SubnetId, BTreeSet<InterfaceId>>);

/// A noun: whether two estates have the same of it, and what counts of it in a family.
type Noun = (
    &'static str,
    fn(&Estate, &Estate) -> bool,
    fn(&Estate, Family) -> serde_json::Result<Vec<u8>>,
);

const NOUNS: [Noun; 10] = [
    (
        "networks",
        |a, b| a.networks == b.networks,
        |estate, family| {
            let v4 = family == Family::V4;
            list(estate.networks.iter().map(|it| {
                let blocks = (v4.then_some(&it.blocks4), (!v4).then_some(&it.blocks6));
                (&it.id, &it.place, blocks)
            }))
        },
    ),
    (
        "subnets",
        |a, b| a.subnets == b.subnets,
        |estate, family| {
            list(estate.subnets.iter().map(|it| {
                let block = match family {
                    Family::V4 => it.block4.map(IpNet::from),
                    Family::V6 => it.block6.map(IpNet::from),
                };
                let under = (&it.route_table, &it.firewall);
                (&it.id, &it.network, &it.zone, block, under)
            }))
        },
    ),
    (
        "route-tables",
        |a, b| a.route_tables == b.route_tables,
        |estate, _| {
            let all = estate.route_tables.iter();
            list(all.map(|it| (&it.id, &it.network, it.main, &it.edges)))
        },
    ),
    (
        "firewalls",
        |a, b| a.firewalls == b.firewalls,
        |estate, _| {
            let all = estate.firewalls.iter();
            list(all.map(|it| (&it.id, &it.network, it.kind, it.default)))
        },
    ),
    (
        "gateways",
        |a, b| a.gateways == b.gateways,
        |estate, family| {
            let all = estate.gateways.iter();
            let counts =
                |kind: &GatewayKind| family == Family::V6 || *kind != GatewayKind::EgressOnly;
            let all = all.filter(|it| counts(&it.kind));
            list(all.map(|it| (&it.id, &it.network, &it.kind)))
        },
    ),
    (
        "links",
        |a, b| a.links == b.links,
        |estate, family| list(estate.links.iter().filter_map(|it| link(it, family))),
    ),
    (
        "transits",
        |a, b| a.transits == b.transits,
        |estate, _| list(estate.transits.iter().map(|it| (&it.id, &it.place))),
    ),
    (
        "transit-tables",
        |a, b| a.transit_tables == b.transit_tables,
        |estate, _| list(estate.transit_tables.iter().map(|it| (&it.id, &it.transit))),
    ),
    (
        "locks",
        |a, b| a.public_access == b.public_access,
        |estate, _| list(estate.public_access.iter()),
    ),
    (
        "gaps",
        |a, b| a.gaps == b.gaps,
        |estate, _| {
            let all = estate.gaps.iter().map(|it| &it.subject);
            list(all.map(|it| (&it.noun, &it.id)))
        },
    ),
];

/// The nouns that are not what they were.
pub(super) fn changes(
    before: Option<&Estate>,
    now: &Estate,
    family: Family,
    into: &mut Vec<Change>,
) -> io::Result<()> {
    for (noun, same, facts) in NOUNS {
        if before.is_none_or(|before| !same(before, now)) {
            let factor = factor("facts", noun, &facts(now, family)?);
            into.push(Change::Is(factor));
        }
    }
    Ok(())
}

impl Members {
    /// Takes in what changed, and returns the subnets in which it did.
    pub(super) fn follow(&mut self, before: Option<&Estate>, now: &Estate) -> BTreeSet<SubnetId> {
        let nothing = Table::new();
        let before = before.map_or(&nothing, |before| &before.interfaces);
        let mut subnets = BTreeSet::new();
        for (was, is) in before.differences(&now.interfaces) {
            if let Some(was) = was {
                self.0
                    .entry(was.subnet.clone())
                    .or_default()
                    .remove(&was.id);
                subnets.insert(was.subnet.clone());
            }
            if let Some(is) = is {
                let members = self.0.entry(is.subnet.clone()).or_default();
                members.insert(is.id.clone());
                subnets.insert(is.subnet.clone());
            }
        }
        subnets
    }

    /// What the interfaces in these subnets are.
    pub(super) fn changes(
        &self,
        subnets: &BTreeSet<SubnetId>,
        now: &Estate,
        family: Family,
        into: &mut Vec<Change>,
    ) -> io::Result<()> {
        let v4 = family == Family::V4;
        for subnet in subnets {
            let members = self.0.get(subnet).into_iter().flatten();
            let members = members.filter_map(|id| now.interfaces.get(id)).map(|it| {
                let own4 = v4.then_some(&it.addresses4);
                let own6 = (!v4).then_some((&it.addresses6, &it.prefixes6));
                let under = (&it.firewalls, it.own_addresses_only);
                (&it.id, &it.network, &it.owner, own4, own6, under)
            });
            let facts = list(members)?;
            into.push(match facts.as_slice() {
                b"[]" => Change::Gone("interfaces", subnet.to_string()),
                facts => Change::Is(factor("interfaces", subnet.as_str(), facts)),
            });
        }
        Ok(())
    }
}

fn factor(kind: &'static str, id: &str, facts: &[u8]) -> Factor {
    let digest = Cell::Text(sha256(facts));
    Factor {
        kind,
        id: id.to_owned(),
        columns: BTreeMap::new(),
        notes: BTreeMap::from([("facts".to_owned(), digest)]),
    }
}

fn list<T: Serialize>(items: impl Iterator<Item = T>) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(&items.collect::<Vec<_>>())
}

/// What counts of a link; none when it carries the other family.
fn link(link: &Link, family: Family) -> Option<(&sixward_estate::LinkId, LinkKind)> {
    let v4 = family == Family::V4;
    let mut kind = link.kind.clone();
    match &mut kind {
        LinkKind::Peering {
            requester,
            accepter,
        } => {
            for side in [requester, accepter] {
                match family {
                    Family::V4 => side.blocks6.clear(),
                    Family::V6 => side.blocks4.clear(),
                }
            }
        }
        LinkKind::Transit(attachment) => attachment.v6 &= !v4,
        LinkKind::Vpn { v6, .. } if *v6 == v4 => return None,
        LinkKind::Vpn { .. } => {}
    }
    Some((&link.id, kind))
}
