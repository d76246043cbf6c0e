//! How networks are tied together, as far as it decides where packets go.
//!
//! Kept apart from the estate so that a change which means nothing to packets leaves it as it is.

use std::collections::BTreeMap;

use sixward_estate::{
    Estate, GatewayId, GatewayKind, LinkId, LinkKind, NetworkId, SubnetId, TransitId,
    TransitTableId,
};

/// Attachments, peerings and the places of NAT gateways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ties {
    attachments: BTreeMap<(TransitId, NetworkId), Tie>,
    /// Attachments of what is no network of the estate.
    others: BTreeMap<LinkId, TransitId>,
    peerings: BTreeMap<LinkId, LinkKind>,
    nats: BTreeMap<GatewayId, GatewayKind>,
}

/// An attachment to a hub: whether it carries IPv6 is said by routes alone, for the setting "does not
/// filter IPv6 traffic" (Amazon VPC: CreateTransitGatewayVpcAttachmentRequestOptions).
#[derive(Debug, Clone, PartialEq, Eq)]
struct Tie {
    link: LinkId,
    table: Option<TransitTableId>,
    subnets: Vec<SubnetId>,
}

impl Ties {
    pub(super) fn of(estate: &Estate) -> Self {
        let attachments = estate.links.iter().filter_map(|link| {
            let attachment = link.attachment()?;
            let network = attachment.network.clone()?;
            let tie = Tie {
                link: link.id.clone(),
                table: attachment.table.clone(),
                subnets: attachment.subnets.clone(),
            };
            Some(((attachment.transit.clone(), network), tie))
        });
        let others = estate.links.iter().filter_map(|link| {
            let attachment = link.attachment().filter(|it| it.network.is_none())?;
            Some((link.id.clone(), attachment.transit.clone()))
        });
        let peerings = estate.links.iter();
        let peerings = peerings.filter(|link| matches!(link.kind, LinkKind::Peering { .. }));
        let gateways = estate.gateways.iter();
        let nats = gateways.filter(|gateway| matches!(gateway.kind, GatewayKind::Nat { .. }));
        Self {
            attachments: attachments.collect(),
            others: others.collect(),
            peerings: peerings
                .map(|link| (link.id.clone(), link.kind.clone()))
                .collect(),
            nats: nats.map(|nat| (nat.id.clone(), nat.kind.clone())).collect(),
        }
    }

    /// The link by which a network is attached to a hub.
    pub(super) fn attachment(&self, hub: &TransitId, network: &NetworkId) -> Option<&LinkId> {
        let tie = self.attachments.get(&(hub.clone(), network.clone()))?;
        Some(&tie.link)
    }
}
