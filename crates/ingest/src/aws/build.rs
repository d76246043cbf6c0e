//! Puts the estate together once everything is read: in the order in which one part needs another.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use sixward_estate::Estate;

use super::owner::Owners;
use super::stock::Stock;
use super::{
    balancer, endpoint, firewall, host, interface, network, page, place, prefix_list, route,
    service, transit,
};
use crate::report::Report;
use crate::{Ingested, dangling, overlap};

/// The estate of everything that was read.
pub(super) fn build(mut stock: Stock) -> Ingested {
    let mut estate = Estate::default();
    let mut report = Report::default();
    page::tell(&stock.files, &mut report);
    networks(&mut stock, &mut estate, &mut report);
    links(&mut stock, &mut estate, &mut report);
    let lists = prefix_list::lists(&mut stock, &mut report);
    estate.prefix_lists = lists.into_iter().collect();
    machines(&mut stock, &mut estate, &mut report);
    balancer::build(&mut stock, &mut estate, &mut report);
    service::build(&mut stock, &mut estate, &mut report);
    interfaces(&mut stock, &mut estate, &mut report);
    place::fill_estate(&mut estate, &stock.named);
    for unmodelled in &stock.unmodelled {
        unmodelled.tell(&mut report);
    }
    dangling::tell(&estate, &stock.foreign_firewalls, &mut report);
    overlap::tell(&estate, &mut report);
    estate.gaps = report.gaps();
    Ingested {
        estate,
        findings: report.findings(),
    }
}

fn networks(stock: &mut Stock, estate: &mut Estate, report: &mut Report) {
    let locks = std::mem::take(&mut stock.locks).settle(report, |_, _| {});
    let exclusions = std::mem::take(&mut stock.exclusions).settle(report, |_, _| {});
    estate.public_access = network::locks(locks, &exclusions);
    let subnets = std::mem::take(&mut stock.subnets).settle(report, |_, _| {});
    estate.subnets = subnets.into_iter().collect();
    let regions = place::regions(estate);
    let networks = std::mem::take(&mut stock.networks);
    let networks = networks.settle(report, |hint, network| {
        place::fill_region(&mut network.place, regions.get(&network.id));
        hint.fill(&mut network.place);
    });
    estate.networks = networks.into_iter().collect();
    let tables = std::mem::take(&mut stock.route_tables).settle(report, |_, _| {});
    route::connect(tables, estate, report);
    let firewalls = std::mem::take(&mut stock.firewalls).settle(report, |_, _| {});
    firewall::connect(firewalls, estate, report);
}

fn links(stock: &mut Stock, estate: &mut Estate, report: &mut Report) {
    let gateways = std::mem::take(&mut stock.gateways).settle(report, |_, _| {});
    estate.gateways = gateways.into_iter().collect();
    let links = std::mem::take(&mut stock.links).settle(report, |_, _| {});
    estate.links = links.into_iter().map(|found| found.link).collect();
    transit::build(stock, estate, report);
    let endpoints = std::mem::take(&mut stock.endpoints).settle(report, |_, _| {});
    endpoint::connect(endpoints, estate);
}

fn machines(stock: &mut Stock, estate: &mut Estate, report: &mut Report) {
    estate.hosts = host::build(stock, report).into_iter().collect();
    let types = std::mem::take(&mut stock.machine_types);
    let types = types.settle(report, |hint, kind| hint.fill(&mut kind.place));
    estate.machine_types = types.into_iter().collect();
    let addresses = std::mem::take(&mut stock.addresses);
    let addresses = addresses.settle(report, |hint, address| hint.fill(&mut address.place));
    estate.addresses = addresses.into_iter().collect();
}

fn interfaces(stock: &mut Stock, estate: &mut Estate, report: &mut Report) {
    let owners = Owners::new(estate);
    let held: BTreeSet<Ipv4Addr> = estate.addresses.iter().map(|held| held.address).collect();
    for mut found in interface::settle(stock, report) {
        let owner = owners.owner(&found, estate);
        found.interface.owner = owner;
        interface::hold(&mut found.interface, &held);
        estate.interfaces.insert(found.interface);
    }
}
