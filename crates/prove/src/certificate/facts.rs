//! What the tables of a family do not say and verdicts rest on too: what is where, and under what.
//!
//! A table for each subnet with its interfaces, and one for the rest. What belongs to the other family
//! alone is left out, so that it can change without a trace here.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use serde::Serialize;
use sixward_estate::{Estate, GatewayKind, InterfaceId, Link, LinkId, LinkKind, SubnetId};
use sixward_net::{Family, IpNet};

use super::line::sha256;
use crate::symbolic::tables::{Change, Factor};

/// Which interfaces are in which subnet.
#[derive(Debug, Default)]
pub(super) struct Members(BTreeMap<SubnetId, BTreeSet<InterfaceId>>);

impl Members {
    /// Takes in what changed, and returns the subnets that may not be what they were.
    pub(super) fn follow(&mut self, before: Option<&Estate>, now: &Estate) -> BTreeSet<SubnetId> {
        let nothing = Estate::default();
        let before = before.unwrap_or(&nothing);
        let subnets = before.subnets.differences(&now.subnets);
        let subnets = subnets.filter_map(|(was, is)| was.or(is));
        let mut subnets: BTreeSet<_> = subnets.map(|subnet| subnet.id.clone()).collect();
        for (was, is) in before.interfaces.differences(&now.interfaces) {
            if let Some(was) = was {
                let members = self.0.entry(was.subnet.clone()).or_default();
                members.remove(&was.id);
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

    /// These subnets as they are now.
    pub(super) fn changes(
        &self,
        subnets: &BTreeSet<SubnetId>,
        now: &Estate,
        family: Family,
        into: &mut Vec<Change>,
    ) -> io::Result<()> {
        for id in subnets {
            let members = self.0.get(id).filter(|members| !members.is_empty());
            into.push(if members.is_some() || now.subnets.contains(id) {
                Change::Is(subnet(now, id, members.into_iter().flatten(), family)?)
            } else {
                Change::Gone("subnet", id.to_string())
            });
        }
        Ok(())
    }
}

fn subnet<'m>(
    estate: &Estate,
    id: &SubnetId,
    members: impl Iterator<Item = &'m InterfaceId>,
    family: Family,
) -> io::Result<Factor> {
    let v4 = family == Family::V4;
    let head = estate.subnets.get(id).map(|it| {
        let block = match family {
            Family::V4 => it.block4.map(IpNet::from),
            Family::V6 => it.block6.map(IpNet::from),
        };
        let under = (&it.route_table, &it.firewall);
        (&it.network, &it.zone, block, under.0, under.1)
    });
    let members = members.filter_map(|id| estate.interfaces.get(id));
    // What has no address of a family is no end in it.
    let members = members.filter(|it| match family {
        Family::V4 => !it.addresses4.is_empty(),
        Family::V6 => !it.addresses6.is_empty() || !it.prefixes6.is_empty(),
    });
    let members = members.map(|it| {
        let own4 = v4.then_some(&it.addresses4);
        let own6 = (!v4).then_some((&it.addresses6, &it.prefixes6));
        let own_only = it.own_addresses_only;
        (
            &it.id,
            &it.network,
            &it.owner,
            own4,
            own6,
            &it.firewalls,
            own_only,
        )
    });
    let columns = [
        ("head", serde_json::to_string(&head)?),
        ("interfaces", digest(members)?),
    ];
    Ok(Factor::constants("subnet", id.as_str(), family, columns))
}

/// What is in no other table, when it is not what it was.
pub(super) fn rest(
    before: Option<&Estate>,
    now: &Estate,
    family: Family,
) -> io::Result<Option<Change>> {
    let same = before.is_some_and(|before| {
        before.networks == now.networks
            && before.gateways == now.gateways
            && before.links == now.links
            && before.transits == now.transits
            && before.gaps == now.gaps
            && before.public_access == now.public_access
    });
    if same {
        return Ok(None);
    }
    let v4 = family == Family::V4;
    let networks = now.networks.iter().map(|it| {
        let blocks4 = v4.then_some(&it.blocks4);
        (&it.id, &it.place, blocks4, (!v4).then_some(&it.blocks6))
    });
    let gateways = now.gateways.iter();
    let gateways = gateways.filter(|it| !v4 || it.kind != GatewayKind::EgressOnly);
    let gaps = now.gaps.iter().map(|it| &it.subject);
    let columns = [
        ("networks", digest(networks)?),
        (
            "gateways",
            digest(gateways.map(|it| (&it.id, &it.network, &it.kind)))?,
        ),
        (
            "links",
            digest(now.links.iter().filter_map(|it| link(it, family)))?,
        ),
        (
            "transits",
            digest(now.transits.iter().map(|it| (&it.id, &it.place)))?,
        ),
        ("gaps", digest(gaps.map(|it| (&it.noun, &it.id)))?),
        ("locks", digest(now.public_access.iter())?),
    ];
    let rest = Factor::constants("rest", "", family, columns);
    Ok(Some(Change::Is(rest)))
}

/// What counts of a link; none when it carries the other family.
fn link(link: &Link, family: Family) -> Option<(&LinkId, LinkKind)> {
    let v4 = family == Family::V4;
    let mut kind = link.kind.clone();
    match &mut kind {
        LinkKind::Vpn { v6, .. } if *v6 == v4 => return None,
        LinkKind::Vpn { .. } => {}
        LinkKind::Transit(attachment) => attachment.v6 &= !v4,
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
    }
    Some((&link.id, kind))
}

fn digest<T: Serialize>(items: impl Iterator<Item = T>) -> io::Result<String> {
    let bytes = serde_json::to_vec(&items.collect::<Vec<_>>())?;
    Ok(sha256(&bytes))
}
