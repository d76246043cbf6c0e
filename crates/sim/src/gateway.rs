//! Egress-only gateways: the provider chooses the id, and knows a call by its token when it comes again.

use sixward_apply::Fault;
use sixward_estate::{Gateway, GatewayId, RouteState, RouteTarget, SmolStr};
use sixward_plan::Change;

use crate::Sim;
use crate::refusal::refused;

/// CreateEgressOnlyInternetGateway, with a client token.
pub(crate) fn create(sim: &mut Sim, gateway: &Gateway, token: &SmolStr) -> Result<(), Fault> {
    let network = gateway.network.as_ref();
    if !network.is_some_and(|id| sim.estate.networks.contains(id)) {
        let message = format!("The vpc of {} does not exist", gateway.id);
        return Err(refused("InvalidVpcID.NotFound", message));
    }
    // "Subsequent retries with the same client token return the result from the original successful
    // request without performing any further actions."
    if sim.tokens.contains_key(token) {
        return Ok(());
    }
    let id = GatewayId::new(format!("eigw-0{:016x}", sim.choose()));
    sim.tokens.insert(token.clone(), id.clone());
    sim.effect(&Change::CreateGateway {
        gateway: Gateway {
            id,
            ..gateway.clone()
        },
    })
}

/// DeleteEgressOnlyInternetGateway. Its routes stay, and lead nowhere.
pub(crate) fn delete(sim: &mut Sim, gateway: &Gateway) -> Result<(), Fault> {
    let Some(there) = sim.estate.gateways.get(&gateway.id).cloned() else {
        let message = format!("The gateway {} does not exist", gateway.id);
        return Err(refused("InvalidGatewayID.NotFound", message));
    };
    let target = RouteTarget::Gateway(there.id.clone());
    sim.effect(&Change::DeleteGateway { gateway: there })?;
    sim.estate.route_tables.change_where(
        |table| table.routes.iter().any(|it| it.target == target),
        |table| {
            for route in table.routes.iter_mut().filter(|it| it.target == target) {
                route.state = RouteState::Blackhole;
            }
        },
    );
    Ok(())
}
