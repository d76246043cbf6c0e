//! Hubs, attachments and tables put together, with the routes that propagation gives.

use std::collections::{BTreeMap, BTreeSet};

use sixward_estate::{
    Attachment, Estate, Finding, Item, Link, LinkId, LinkKind, RouteOrigin, RouteState, Severity,
    SmolStr, TransitRoute, TransitTable, TransitTableId, TransitTarget,
};
use sixward_net::IpNet;

use super::super::stock::Stock;
use super::FoundAttachment;
use crate::code;
use crate::report::Report;
use crate::subject::Noun;

/// Puts hubs, attachments and tables together.
pub(in crate::aws) fn build(stock: &mut Stock, estate: &mut Estate, report: &mut Report) {
    let transits = std::mem::take(&mut stock.transits);
    let transits = transits.settle(report, |hint, transit| hint.fill(&mut transit.place));
    estate.transits = transits.into_iter().collect();
    let tables = std::mem::take(&mut stock.transit_tables).settle(report, |_, _| {});
    let owners = || tables.iter().map(|table| table.id.as_str());
    let routes = std::mem::take(&mut stock.transit_routes);
    let routes = routes.settle("routes of a transit gateway", owners(), report);
    let associations = std::mem::take(&mut stock.associations);
    let associations = associations.settle("associations of a route table", owners(), report);
    let propagations = std::mem::take(&mut stock.propagations);
    let propagations = propagations.settle("propagations to a route table", owners(), report);
    let mut links = attachments(stock, report);
    attach(&mut links, &associations, &propagations);
    for table in tables {
        add_table(table, &routes, &links, estate, report);
    }
    for link in links.into_values() {
        estate.links.insert(link);
    }
}

/// Each attachment once, with what both commands say.
fn attachments(stock: &mut Stock, report: &mut Report) -> BTreeMap<LinkId, Link> {
    let general = std::mem::take(&mut stock.attachments).settle(report, |_, _| {});
    let networks = std::mem::take(&mut stock.network_attachments).settle(report, |_, _| {});
    let mut links: BTreeMap<LinkId, Link> = general
        .into_iter()
        .map(|found| (found.link.id.clone(), found.link))
        .collect();
    for FoundAttachment { link } in networks {
        let known = links.entry(link.id.clone()).or_insert_with(|| link.clone());
        if let (LinkKind::Transit(known), LinkKind::Transit(detail)) = (&mut known.kind, link.kind)
        {
            known.subnets = detail.subnets;
            known.v6 = detail.v6;
        }
    }
    links
}

fn attach(
    links: &mut BTreeMap<LinkId, Link>,
    associations: &BTreeMap<SmolStr, BTreeSet<LinkId>>,
    propagations: &BTreeMap<SmolStr, BTreeSet<LinkId>>,
) {
    for (table, ids) in associations {
        each(links, ids, |attachment| {
            attachment
                .table
                .get_or_insert_with(|| TransitTableId::new(table.clone()));
        });
    }
    for (table, ids) in propagations {
        each(links, ids, |attachment| {
            attachment
                .propagates_to
                .push(TransitTableId::new(table.clone()));
        });
    }
}

fn each(
    links: &mut BTreeMap<LinkId, Link>,
    ids: &BTreeSet<LinkId>,
    change: impl Fn(&mut Attachment),
) {
    for id in ids {
        if let Some(LinkKind::Transit(attachment)) = links.get_mut(id).map(|link| &mut link.kind) {
            change(attachment);
        }
    }
}

fn add_table(
    mut table: TransitTable,
    routes: &BTreeMap<SmolStr, BTreeSet<TransitRoute>>,
    links: &BTreeMap<LinkId, Link>,
    estate: &mut Estate,
    report: &mut Report,
) {
    let listed = routes.get(table.id.as_str());
    if listed.is_none() {
        tell_unlisted(&table, report);
    }
    let mut all = listed.cloned().unwrap_or_default();
    all.extend(propagated(&table, links, estate));
    table.routes = all.into_iter().collect();
    estate.transit_tables.insert(table);
}

/// The routes that propagation gives: a listing may hold the static ones only.
fn propagated<'a>(
    table: &'a TransitTable,
    links: &'a BTreeMap<LinkId, Link>,
    estate: &'a Estate,
) -> impl Iterator<Item = TransitRoute> + 'a {
    let learned = links.values().filter_map(|link| {
        let attachment = link.attachment()?;
        let learns = attachment.propagates_to.contains(&table.id);
        let network = estate.networks.get(attachment.network.as_ref()?)?;
        learns.then_some((link.id(), attachment.v6, network))
    });
    learned.flat_map(|(link, v6, network)| {
        let blocks6 = network
            .blocks6
            .iter()
            .filter(move |_| v6)
            .map(|block| IpNet::V6(block.net));
        let blocks4 = network.blocks4.iter().copied().map(IpNet::V4);
        blocks4.chain(blocks6).map(|destination| TransitRoute {
            destination,
            target: TransitTarget::Link(link.clone()),
            origin: RouteOrigin::Propagated,
            state: RouteState::Active,
        })
    })
}

fn tell_unlisted(table: &TransitTable, report: &mut Report) {
    let text = "its routes are not in the input";
    report.gap(table.subject(), text);
    let finding =
        Finding::new(Severity::Warning, code::MISSING_LISTING, table.subject(), text.to_owned())
            .help("add the output of `aws ec2 search-transit-gateway-routes`, the table's id in its file name");
    report.add("have no routes in the input", finding);
}
