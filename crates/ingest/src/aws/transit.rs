//! Transit gateways: hubs, attachments, tables and their routes.
//!
//! Four commands tell of one table: what is associated with it, what propagates to it, its routes,
//! and the attachments themselves. The first three do not repeat the table's id in their answers.

mod build;

use serde::Deserialize;
use sixward_estate::{
    Attachment, Link, LinkId, LinkKind, NetworkId, RouteOrigin, RouteState, SmolStr, SubnetId,
    Transit, TransitId, TransitRoute, TransitTable, TransitTableId, TransitTarget,
};
use sixward_net::IpNet;

use super::endpoint::sorted;
use super::file::Raw;
use super::gateway::is_gone;
use super::merge::Trouble;
use super::network::is_associated;
use super::place;
use super::stock::Intake;
use super::value::{List, Maybe, Tag, Text, name};
use crate::subject::found;

pub(super) use build::build;

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a transit gateway",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawTransit<'a> {
    transit_gateway_id: Text<'a>,
    transit_gateway_arn: Text<'a>,
    owner_id: Text<'a>,
    state: Text<'a>,
    tags: List<Tag<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "an attachment",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawAttachment<'a> {
    transit_gateway_attachment_id: Text<'a>,
    transit_gateway_id: Text<'a>,
    resource_type: Text<'a>,
    resource_id: Text<'a>,
    state: Text<'a>,
    association: Maybe<RawTableOf<'a>>,
    tags: List<Tag<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "an association",
    bound(deserialize = "'de: 'a")
)]
struct RawTableOf<'a> {
    transit_gateway_route_table_id: Text<'a>,
    state: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "an attachment",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawNetworkAttachment<'a> {
    transit_gateway_attachment_id: Text<'a>,
    transit_gateway_id: Text<'a>,
    vpc_id: Text<'a>,
    subnet_ids: List<Text<'a>>,
    state: Text<'a>,
    options: Maybe<RawOptions<'a>>,
    tags: List<Tag<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "options",
    bound(deserialize = "'de: 'a")
)]
struct RawOptions<'a> {
    ipv6_support: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a route table",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawTable<'a> {
    transit_gateway_route_table_id: Text<'a>,
    transit_gateway_id: Text<'a>,
    state: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a route",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawRoute<'a> {
    destination_cidr_block: Text<'a>,
    transit_gateway_attachments: List<RawAssociation<'a>>,
    #[serde(rename = "Type")]
    kind: Text<'a>,
    state: Text<'a>,
}

/// An attachment that is associated with a table, propagates to it, or is routed to.
#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "an attachment",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawAssociation<'a> {
    transit_gateway_attachment_id: Text<'a>,
    state: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a propagation",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawPropagation<'a> {
    transit_gateway_attachment_id: Text<'a>,
    state: Text<'a>,
}

/// Batfish's form: the answer with the id that was asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "routes",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawStaticRoutes<'a> {
    transit_gateway_route_table_id: Text<'a>,
    routes: List<RawRoute<'a>>,
}

/// Batfish's form: the answer with the id that was asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "propagations",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawPropagations<'a> {
    transit_gateway_route_table_id: Text<'a>,
    transit_gateway_route_table_propagations: List<RawPropagation<'a>>,
}

/// What one of two commands says of an attachment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FoundAttachment {
    link: Link,
}

found! { FoundAttachment { link: Link } }

impl<'de> Raw<'de> for RawTransit<'de> {
    fn take(self, intake: &mut Intake) {
        if is_gone(&self.state) {
            return;
        }
        if self.transit_gateway_id.is_empty() {
            return intake.incomplete("transit gateways");
        }
        let mut place = place::of_arn(&self.transit_gateway_arn);
        if !self.owner_id.is_empty() {
            place.account = self.owner_id.small();
        }
        let id = TransitId::new(self.transit_gateway_id.small());
        let transit = Transit {
            id,
            name: name(&self.tags),
            place,
        };
        intake
            .stock
            .transits
            .insert(&intake.source, transit, Trouble::default());
    }
}

impl<'de> Raw<'de> for RawAttachment<'de> {
    fn take(self, intake: &mut Intake) {
        if is_gone(&self.state) {
            return;
        }
        if self.transit_gateway_attachment_id.is_empty() || self.transit_gateway_id.is_empty() {
            return intake.incomplete("attachments");
        }
        let network = &*self.resource_type == "vpc";
        let table = &self.association;
        let attachment = Attachment {
            transit: TransitId::new(self.transit_gateway_id.small()),
            network: network.then(|| NetworkId::new(self.resource_id.small())),
            other: if network {
                SmolStr::default()
            } else {
                self.resource_type.small()
            },
            subnets: Vec::new(),
            v6: false,
            table: (is_associated(&table.state)
                && !table.transit_gateway_route_table_id.is_empty())
            .then(|| TransitTableId::new(table.transit_gateway_route_table_id.small())),
            propagates_to: Vec::new(),
        };
        let link = link(&self.transit_gateway_attachment_id, &self.tags, attachment);
        intake
            .stock
            .attachments
            .insert(&intake.source, link, Trouble::default());
    }
}

impl<'de> Raw<'de> for RawNetworkAttachment<'de> {
    fn take(self, intake: &mut Intake) {
        if is_gone(&self.state) {
            return;
        }
        if self.transit_gateway_attachment_id.is_empty() || self.vpc_id.is_empty() {
            return intake.incomplete("attachments");
        }
        let attachment = Attachment {
            transit: TransitId::new(self.transit_gateway_id.small()),
            network: Some(NetworkId::new(self.vpc_id.small())),
            other: SmolStr::default(),
            subnets: sorted(&self.subnet_ids, SubnetId::new),
            v6: &*self.options.ipv6_support == "enable",
            table: None,
            propagates_to: Vec::new(),
        };
        let link = link(&self.transit_gateway_attachment_id, &self.tags, attachment);
        intake
            .stock
            .network_attachments
            .insert(&intake.source, link, Trouble::default());
    }
}

fn link(id: &Text<'_>, tags: &[Tag<'_>], attachment: Attachment) -> FoundAttachment {
    let kind = LinkKind::Transit(attachment);
    FoundAttachment {
        link: Link {
            id: LinkId::new(id.small()),
            name: name(tags),
            kind,
        },
    }
}

impl<'de> Raw<'de> for RawTable<'de> {
    fn take(self, intake: &mut Intake) {
        if is_gone(&self.state) {
            return;
        }
        if self.transit_gateway_route_table_id.is_empty() {
            return intake.incomplete("transit gateway route tables");
        }
        let table = TransitTable {
            id: TransitTableId::new(self.transit_gateway_route_table_id.small()),
            transit: TransitId::new(self.transit_gateway_id.small()),
            routes: Vec::new(),
        };
        intake
            .stock
            .transit_tables
            .insert(&intake.source, table, Trouble::default());
    }
}

impl<'de> Raw<'de> for RawRoute<'de> {
    fn take(self, intake: &mut Intake) {
        let path = intake.source.path.clone();
        let routes = self.routes();
        if routes.is_empty() {
            return intake.incomplete("transit gateway routes");
        }
        intake.stock.transit_routes.of_file(&path).extend(routes);
    }

    fn open(intake: &mut Intake) {
        intake.stock.transit_routes.of_file(&intake.source.path);
    }
}

impl RawRoute<'_> {
    /// One route for each attachment: several share the load.
    fn routes(&self) -> Vec<TransitRoute> {
        let Ok(destination) = self.destination_cidr_block.parse::<IpNet>() else {
            return Vec::new();
        };
        let route = |target| TransitRoute {
            destination: destination.trunc(),
            target,
            origin: match &*self.kind {
                "propagated" => RouteOrigin::Propagated,
                _ => RouteOrigin::Static,
            },
            state: match &*self.state {
                "blackhole" => RouteState::Blackhole,
                _ => RouteState::Active,
            },
        };
        let links = self.transit_gateway_attachments.iter();
        let links = links.filter_map(|link| link.transit_gateway_attachment_id.given());
        let routes: Vec<TransitRoute> = links
            .map(|id| route(TransitTarget::Link(LinkId::new(id))))
            .collect();
        if routes.is_empty() {
            vec![route(TransitTarget::Nowhere)]
        } else {
            routes
        }
    }
}

impl<'de> Raw<'de> for RawAssociation<'de> {
    fn take(self, intake: &mut Intake) {
        if is_associated(&self.state)
            && let Some(id) = self.transit_gateway_attachment_id.given()
        {
            intake
                .stock
                .associations
                .of_file(&intake.source.path)
                .insert(LinkId::new(id));
        }
    }
}

impl<'de> Raw<'de> for RawPropagation<'de> {
    fn take(self, intake: &mut Intake) {
        let link = self.link();
        intake
            .stock
            .propagations
            .of_file(&intake.source.path)
            .extend(link);
    }
}

impl RawPropagation<'_> {
    fn link(&self) -> Option<LinkId> {
        let on = matches!(&*self.state, "" | "enabled" | "enabling");
        on.then(|| self.transit_gateway_attachment_id.given().map(LinkId::new))
            .flatten()
    }
}

impl<'de> Raw<'de> for RawStaticRoutes<'de> {
    fn take(self, intake: &mut Intake) {
        let routes = self.routes.iter().flat_map(RawRoute::routes);
        intake
            .stock
            .transit_routes
            .of_id(&*self.transit_gateway_route_table_id)
            .extend(routes);
    }
}

impl<'de> Raw<'de> for RawPropagations<'de> {
    fn take(self, intake: &mut Intake) {
        let links = self.transit_gateway_route_table_propagations.iter();
        let links = links.filter_map(RawPropagation::link);
        intake
            .stock
            .propagations
            .of_id(&*self.transit_gateway_route_table_id)
            .extend(links);
    }
}
