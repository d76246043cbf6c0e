//! Egress-only gateways: one for each network that has a private way out.

use std::collections::BTreeSet;

use sixward_assess::{Survey, Twin, route::TwinTarget};
use sixward_estate::{Estate, Gateway, GatewayId, GatewayKind, NetworkId, SmolStr, Subject};

use crate::change::{Change, ChangeError};
use crate::draft::{About, Draft};

/// The id of a gateway that is not made yet; the provider's own takes its place when it is.
pub(crate) fn planned_id(network: &NetworkId) -> GatewayId {
    GatewayId::new(format!("new-egress-only-gateway-of-{network}"))
}

/// The egress-only gateway of a network: the one it has, or the one that is planned.
pub(crate) fn egress_only(survey: &Survey<'_>, network: &NetworkId) -> GatewayId {
    let existing = survey.index.gateway(network, &GatewayKind::EgressOnly);
    existing.map_or_else(|| planned_id(network), |gateway| gateway.id.clone())
}

pub(crate) fn steps(survey: &Survey<'_>, draft: &mut Draft) {
    for network in networks_in_need(survey) {
        let gateway = Gateway {
            id: planned_id(&network),
            name: SmolStr::default(),
            network: Some(network),
            kind: GatewayKind::EgressOnly,
        };
        let reason =
            "private subnets begin flows to the internet, and nobody outside can begin one";
        draft.step(Change::CreateGateway { gateway }, About::quiet(reason));
    }
}

/// Networks with a route that wants an egress-only gateway, and none there.
fn networks_in_need(survey: &Survey<'_>) -> BTreeSet<NetworkId> {
    let tables = survey.estate().route_tables.iter();
    let tables = tables.filter(|table| sixward_assess::route::concerned(survey, table));
    tables
        .filter(|table| {
            survey
                .index
                .gateway(&table.network, &GatewayKind::EgressOnly)
                .is_none()
        })
        .filter(|table| {
            sixward_assess::route::twins(survey, table)
                .iter()
                .any(|twin| {
                    twin.target == TwinTarget::EgressOnly
                        && matches!(&twin.destination, Twin::Any | Twin::Nets(_))
                })
        })
        .map(|table| table.network.clone())
        .collect()
}

pub(crate) fn create(estate: &mut Estate, gateway: &Gateway) -> Result<(), ChangeError> {
    if estate.gateways.contains(&gateway.id) {
        return Err(ChangeError::Exists(
            subject(gateway),
            "been made".to_owned(),
        ));
    }
    estate.gateways.insert(gateway.clone());
    Ok(())
}

pub(crate) fn delete(estate: &mut Estate, gateway: &Gateway) -> Result<(), ChangeError> {
    match estate.gateways.remove(&gateway.id) {
        Some(_) => Ok(()),
        None => Err(ChangeError::Missing(subject(gateway))),
    }
}

fn subject(gateway: &Gateway) -> Subject {
    Subject::new("gateway", gateway.id.as_str(), &gateway.name)
}
