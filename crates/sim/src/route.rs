//! Routes: one for a destination, to something that is there.

use sixward_apply::Fault;
use sixward_estate::{Destination, Route, RouteTableId, RouteTarget};
use sixward_net::{Family, IpNet};
use sixward_plan::Change;

use crate::refusal::{busy, refused};
use crate::{Sim, quota};

/// CreateRoute.
pub(crate) fn add(sim: &mut Sim, id: &RouteTableId, route: &Route) -> Result<(), Fault> {
    let table = sim.estate.route_tables.get(id).ok_or_else(|| missing(id))?;
    let destination = &route.destination;
    if table.route(destination).is_some() {
        let message = format!("The route identified by {destination} already exists.");
        return Err(refused("RouteAlreadyExists", message));
    }
    if let RouteTarget::Gateway(gateway) = &route.target
        && !sim.everywhere(|estate| estate.gateways.contains(gateway))
    {
        // What was made a moment ago is not known everywhere yet.
        let message = format!("The gateway ID '{gateway}' does not exist");
        return Err(busy("InvalidGatewayID.NotFound", message));
    }
    let family = match destination {
        Destination::Net(IpNet::V4(_)) => Family::V4,
        _ => Family::V6,
    };
    if quota::routes(table, family) >= sim.quotas.routes {
        let message = format!("The route table {id} has as many routes as it may have");
        return Err(refused("RouteLimitExceeded", message));
    }
    sim.effect(&Change::AddRoute {
        table: id.clone(),
        route: route.clone(),
    })
}

/// DeleteRoute: by its destination, wherever it leads.
pub(crate) fn remove(sim: &mut Sim, id: &RouteTableId, route: &Route) -> Result<(), Fault> {
    let table = sim.estate.route_tables.get(id).ok_or_else(|| missing(id))?;
    let Some(there) = table.route(&route.destination).cloned() else {
        let message = format!("no route with destination {}", route.destination);
        return Err(refused("InvalidRoute.NotFound", message));
    };
    sim.effect(&Change::RemoveRoute {
        table: id.clone(),
        route: there,
    })
}

fn missing(id: &RouteTableId) -> Fault {
    refused(
        "InvalidRouteTableID.NotFound",
        format!("The routeTable ID '{id}' does not exist"),
    )
}
