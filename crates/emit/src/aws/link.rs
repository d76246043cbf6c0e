//! Transit gateways: attachments and static routes.

use sixward_estate::{LinkId, TransitRoute, TransitTableId, TransitTarget};

use super::line::{Context, Line};
use super::shell::Noun;

pub(super) fn set_attachment_v6(link: &LinkId, on: bool) -> Line {
    let value = if on { "enable" } else { "disable" };
    let args = [link.to_string(), value.to_owned()];
    Line::set(Noun::Link, "attachment_v6", args)
}

pub(super) fn add_route(
    context: &Context<'_>,
    table: &TransitTableId,
    route: &TransitRoute,
) -> Line {
    Line::add(Noun::Link, "transit_route", words(context, table, route))
}

pub(super) fn remove_route(
    context: &Context<'_>,
    table: &TransitTableId,
    route: &TransitRoute,
) -> Line {
    Line::remove(Noun::Link, "transit_route", words(context, table, route))
}

fn words(context: &Context<'_>, table: &TransitTableId, route: &TransitRoute) -> [String; 3] {
    let target = match &route.target {
        TransitTarget::Link(link) => link.to_string(),
        TransitTarget::Nowhere => "blackhole".to_owned(),
    };
    [table.to_string(), context.net(route.destination), target]
}
