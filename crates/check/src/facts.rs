//! What verdicts rest on beside rules and routes: what is where, and under what, without what belongs
//! to the other family alone.

use serde::Serialize;
use sixward_estate::{Estate, GatewayKind, Interface, Link, LinkKind, SubnetId};
use sixward_net::{Family, IpNet};
use smol_str::SmolStr;

use crate::certificate::sha256;
use crate::table::{Columns, text};

pub(crate) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// A subnet with its interfaces.
pub(crate) fn subnet<'e>(
    estate: &Estate,
    id: &SubnetId,
    members: &[&Interface],
    family: Family,
) -> Columns<'e> {
    let v4 = family == Family::V4;
    let head = estate.subnets.get(id).map(|it| {
        let block = if v4 {
            it.block4.map(IpNet::V4)
        } else {
            it.block6.map(IpNet::V6)
        };
        (&it.network, &it.zone, block, &it.route_table, &it.firewall)
    });
    // Without an address of the family, it is no end in it.
    let own = |it: &&&Interface| match family {
        Family::V4 => !it.addresses4.is_empty(),
        Family::V6 => !it.addresses6.is_empty() || !it.prefixes6.is_empty(),
    };
    let members = members.iter().filter(own).map(|it| {
        let own4 = v4.then_some(&it.addresses4);
        let own6 = (!v4).then_some((&it.addresses6, &it.prefixes6));
        (
            &it.id,
            &it.network,
            &it.owner,
            own4,
            own6,
            &it.firewalls,
            it.own_addresses_only,
        )
    });
    let interfaces = sha256(&members.collect::<Vec<_>>());
    Columns::from([
        ("head".into(), text(json(&head))),
        ("interfaces".into(), text(interfaces)),
    ])
}

/// All that is in no other table.
pub(crate) fn rest<'e>(estate: &Estate, family: Family) -> Columns<'e> {
    let v4 = family == Family::V4;
    let networks = estate.networks.iter().map(|it| {
        (
            &it.id,
            &it.place,
            v4.then_some(&it.blocks4),
            (!v4).then_some(&it.blocks6),
        )
    });
    let gateways = estate.gateways.iter();
    let gateways = gateways.filter(|it| !v4 || it.kind != GatewayKind::EgressOnly);
    let gateways = gateways.map(|it| (&it.id, &it.network, &it.kind));
    let links = estate.links.iter().filter_map(|it| link(it, v4));
    let transits = estate.transits.iter().map(|it| (&it.id, &it.place));
    let gaps = estate
        .gaps
        .iter()
        .map(|it| (&it.subject.noun, &it.subject.id));
    let columns: [(&str, SmolStr); 6] = [
        ("networks", sha256(&networks.collect::<Vec<_>>())),
        ("gateways", sha256(&gateways.collect::<Vec<_>>())),
        ("links", sha256(&links.collect::<Vec<_>>())),
        ("transits", sha256(&transits.collect::<Vec<_>>())),
        ("gaps", sha256(&gaps.collect::<Vec<_>>())),
        ("locks", sha256(&estate.public_access)),
    ];
    columns
        .into_iter()
        .map(|(name, digest)| (name.into(), text(digest)))
        .collect()
}

fn link(link: &Link, v4: bool) -> Option<(SmolStr, LinkKind)> {
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
                side.blocks4.retain(|_| v4);
                side.blocks6.retain(|_| !v4);
            }
        }
    }
    Some((link.id.as_str().into(), kind))
}
