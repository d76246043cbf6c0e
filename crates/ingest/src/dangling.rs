//! Ids that lead nowhere, and listings that are not there.
//!
//! What is missing is the subject, and who names it is the evidence: one finding for each thing that is
//! missing, however many name it. Where nothing of a noun is there at all, its listing is missing, and
//! one finding says so.

use std::collections::{BTreeMap, BTreeSet};

use sixward_estate::{
    Attachment, BalancerId, Destination, EndpointKind, Estate, Finding, FirewallId, FirewallKind,
    GatewayKind, InterfaceOwner, LinkKind, Provider, Remote, RouteState, RouteTarget, Severity,
    SmolStr, Subject, Subnet, SubnetId, TargetKind,
};

use crate::code;
use crate::report::Report;
use crate::subject::Noun;

/// So many are shown of those who name what is missing.
const SHOWN: usize = 10;

/// Says which ids lead nowhere.
pub(crate) fn tell(estate: &Estate, foreign: &BTreeSet<FirewallId>, report: &mut Report) {
    let mut missing = Missing {
        estate,
        by: BTreeMap::new(),
    };
    missing.follow_networks();
    missing.follow_routes();
    missing.follow_links();
    missing.follow_firewalls();
    missing.follow_machines();
    missing.follow_balancers();
    missing.follow_services();
    missing.tell(foreign, report);
    tell_tables(estate, report);
    tell_lists(estate, report);
}

/// Says that a subnet that something holds for is not there.
pub(crate) fn missing_subnet<T: Noun>(id: &SubnetId, holder: &T, report: &mut Report) {
    let text = format!("a {} names it, and it is not in the input", T::NOUN);
    let subject = Subject::new(Subnet::NOUN, id.as_str(), "");
    let finding = Finding::new(Severity::Warning, code::DANGLING, subject, text)
        .evidence(holder.subject().to_string());
    report.add("are named and not in the input", finding);
}

/// Says that a balancer that has a listener is not there.
pub(crate) fn missing_balancer(id: &BalancerId, listener: &str, report: &mut Report) {
    let text = "a listener names it, and it is not in the input".to_owned();
    let subject = Subject::new("balancer", id.as_str(), "");
    let finding = Finding::new(Severity::Warning, code::DANGLING, subject, text)
        .evidence(format!("listener/{listener}"));
    report.add("are named and not in the input", finding);
}

/// Says that two things claim a subnet of which only one can hold.
pub(crate) fn two_for_one(subnet: &Subnet, what: &str, report: &mut Report) {
    let text = format!("more than one of its {what} claims it; the first is used");
    let finding = Finding::new(Severity::Warning, code::CONFLICT, subnet.subject(), text)
        .help("take all listings anew, at one time");
    report.add(
        "are claimed more than once; the first claim is used",
        finding,
    );
}

struct Missing<'e> {
    estate: &'e Estate,
    /// What is missing, by noun and id, and who names it.
    by: BTreeMap<(&'static str, SmolStr), BTreeSet<Subject>>,
}

macro_rules! need {
    ($self:ident, $by:ident: $($table:ident $noun:literal $ids:expr;)*) => {{
        $(for id in IntoIterator::into_iter($ids) {
            if !$self.estate.$table.contains(id) {
                let missing = ($noun, SmolStr::new(id.as_str()));
                $self.by.entry(missing).or_default().insert($by.subject());
            }
        })*
    }};
}

impl Missing<'_> {
    fn follow_networks(&mut self) {
        let estate = self.estate;
        for subnet in &estate.subnets {
            need! { self, subnet:
                networks "network" [&subnet.network];
                route_tables "route-table" &subnet.route_table;
                firewalls "firewall" &subnet.firewall;
            }
        }
        for gateway in &estate.gateways {
            need! { self, gateway: networks "network" &gateway.network; }
            if let GatewayKind::Nat {
                subnet, addresses, ..
            } = &gateway.kind
            {
                let interfaces = addresses
                    .iter()
                    .filter_map(|address| address.interface.as_ref());
                need! { self, gateway:
                    subnets "subnet" [subnet];
                    interfaces "interface" interfaces;
                }
            }
        }
        for endpoint in &estate.endpoints {
            need! { self, endpoint: networks "network" [&endpoint.network]; }
            match &endpoint.kind {
                EndpointKind::Gateway { route_tables, .. } => {
                    need! { self, endpoint: route_tables "route-table" route_tables; }
                }
                EndpointKind::Interface {
                    interfaces,
                    subnets,
                    firewalls,
                } => need! { self, endpoint:
                    interfaces "interface" interfaces;
                    subnets "subnet" subnets;
                    firewalls "firewall" firewalls;
                },
                EndpointKind::Inspection { subnets } => {
                    need! { self, endpoint: subnets "subnet" subnets; }
                }
            }
        }
    }

    fn follow_routes(&mut self) {
        let estate = self.estate;
        for table in &estate.route_tables {
            need! { self, table:
                networks "network" [&table.network];
                gateways "gateway" table.edges.iter().chain(&table.propagated_from);
            }
            // The provider itself says that the target of a blackhole is gone.
            for route in table
                .routes
                .iter()
                .filter(|route| route.state == RouteState::Active)
            {
                if let Destination::PrefixList(list) = &route.destination {
                    need! { self, table: prefix_lists "prefix-list" [list]; }
                }
                match &route.target {
                    RouteTarget::Gateway(id) => need! { self, table: gateways "gateway" [id]; },
                    RouteTarget::Link(id) => need! { self, table: links "link" [id]; },
                    RouteTarget::Transit(id) => need! { self, table: transits "transit" [id]; },
                    RouteTarget::Interface(id) => {
                        need! { self, table: interfaces "interface" [id]; }
                    }
                    RouteTarget::Host(id) => need! { self, table: hosts "host" [id]; },
                    RouteTarget::Endpoint(id) => need! { self, table: endpoints "endpoint" [id]; },
                    RouteTarget::Local | RouteTarget::Unmodelled(_) | RouteTarget::Nowhere => {}
                }
            }
        }
    }

    fn follow_links(&mut self) {
        let estate = self.estate;
        for link in &estate.links {
            match &link.kind {
                LinkKind::Transit(Attachment {
                    transit,
                    subnets,
                    table,
                    propagates_to,
                    ..
                }) => {
                    need! { self, link:
                        transits "transit" [transit];
                        subnets "subnet" subnets;
                        transit_tables "transit-table" table.iter().chain(propagates_to);
                    }
                }
                LinkKind::Vpn {
                    gateway, transit, ..
                } => need! { self, link:
                    gateways "gateway" gateway;
                    transits "transit" transit;
                },
                // Either side may belong to somebody else.
                LinkKind::Peering { .. } => {}
            }
        }
        for table in &estate.transit_tables {
            need! { self, table: transits "transit" [&table.transit]; }
        }
    }

    fn follow_firewalls(&mut self) {
        let estate = self.estate;
        for firewall in &estate.firewalls {
            need! { self, firewall: networks "network" [&firewall.network]; }
            let remotes = firewall.rules.iter().map(|rule| &rule.remote);
            let named = remotes.filter(|remote| !matches!(remote, Remote::Net(_)));
            let remotes: BTreeSet<&Remote> = named.collect();
            for remote in remotes {
                match remote {
                    Remote::Firewall(id) => need! { self, firewall: firewalls "firewall" [id]; },
                    Remote::PrefixList(id) => {
                        need! { self, firewall: prefix_lists "prefix-list" [id]; }
                    }
                    Remote::Net(_) | Remote::Tag(_) => {}
                }
            }
        }
    }

    fn follow_machines(&mut self) {
        let estate = self.estate;
        for interface in &estate.interfaces {
            need! { self, interface:
                networks "network" [&interface.network];
                subnets "subnet" [&interface.subnet];
                firewalls "firewall" &interface.firewalls;
            }
            if let InterfaceOwner::Host(id) = &interface.owner {
                need! { self, interface: hosts "host" [id]; }
            }
        }
        for host in &estate.hosts {
            need! { self, host: networks "network" [&host.network]; }
        }
        for address in &estate.addresses {
            need! { self, address: interfaces "interface" &address.interface; }
        }
    }

    fn follow_balancers(&mut self) {
        let estate = self.estate;
        for balancer in &estate.balancers {
            let groups = balancer
                .listeners
                .iter()
                .flat_map(|listener| &listener.target_groups);
            need! { self, balancer:
                networks "network" [&balancer.network];
                subnets "subnet" &balancer.subnets;
                firewalls "firewall" &balancer.firewalls;
                target_groups "target-group" groups;
            }
        }
        for group in &estate.target_groups {
            need! { self, group: networks "network" &group.network; }
            for target in &group.targets {
                match &target.kind {
                    TargetKind::Host(id) => need! { self, group: hosts "host" [id]; },
                    TargetKind::Balancer(id) => need! { self, group: balancers "balancer" [id]; },
                    TargetKind::Address(_) | TargetKind::Other(_) => {}
                }
            }
        }
    }

    fn follow_services(&mut self) {
        for service in &self.estate.services {
            need! { self, service:
                networks "network" &service.network;
                subnets "subnet" &service.subnets;
                firewalls "firewall" &service.firewalls;
            }
        }
    }

    fn tell(self, foreign: &BTreeSet<FirewallId>, report: &mut Report) {
        let mut of_noun: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (noun, id) in self
            .by
            .keys()
            .filter(|(noun, _)| is_empty(self.estate, noun))
        {
            of_noun.entry(noun).or_default().push(id);
        }
        for (noun, ids) in of_noun {
            let text = match ids.len() {
                1 => "1 is named, and no listing of them is in the input".to_owned(),
                more => format!("{more} are named, and no listing of them is in the input"),
            };
            tell_listing(noun, &text, ids.iter().take(SHOWN).copied(), report);
        }
        for ((noun, id), by) in self.by {
            let elsewhere = noun == "firewall" && foreign.contains(&FirewallId::new(id.clone()));
            if elsewhere || !is_empty(self.estate, noun) {
                tell_missing(Subject::new(noun, id, ""), &by, elsewhere, report);
            }
        }
    }
}

fn tell_missing(subject: Subject, by: &BTreeSet<Subject>, elsewhere: bool, report: &mut Report) {
    let (severity, text) = if elsewhere {
        (
            Severity::Note,
            "it belongs to another account or a peer, and is not in the input",
        )
    } else {
        (Severity::Warning, "it is named, and it is not in the input")
    };
    let mut finding = Finding::new(severity, code::DANGLING, subject, text.to_owned());
    for subject in by.iter().take(SHOWN) {
        finding = finding.evidence(subject.to_string());
    }
    if by.len() > SHOWN {
        finding = finding.evidence(format!("and {} more", by.len() - SHOWN));
    }
    report.add("are named and not in the input", finding);
}

fn tell_listing<'a>(
    noun: &str,
    text: &str,
    ids: impl Iterator<Item = &'a str>,
    report: &mut Report,
) {
    let subject = Subject {
        noun: SmolStr::new(noun),
        id: SmolStr::new_static("*"),
        name: SmolStr::default(),
    };
    let mut finding = Finding::new(
        Severity::Warning,
        code::MISSING_LISTING,
        subject,
        text.to_owned(),
    )
    .help("add the listing of them; without it nothing is proved about what they do");
    for id in ids {
        finding = finding.evidence(format!("{noun}/{id}"));
    }
    report.add("listings are missing", finding);
}

fn is_empty(estate: &Estate, noun: &str) -> bool {
    match noun {
        "network" => estate.networks.is_empty(),
        "subnet" => estate.subnets.is_empty(),
        "route-table" => estate.route_tables.is_empty(),
        "gateway" => estate.gateways.is_empty(),
        "link" => estate.links.is_empty(),
        "transit" => estate.transits.is_empty(),
        "transit-table" => estate.transit_tables.is_empty(),
        "endpoint" => estate.endpoints.is_empty(),
        "firewall" => estate.firewalls.is_empty(),
        "prefix-list" => estate.prefix_lists.is_empty(),
        "interface" => estate.interfaces.is_empty(),
        "host" => estate.hosts.is_empty(),
        "balancer" => estate.balancers.is_empty(),
        "target-group" => estate.target_groups.is_empty(),
        _ => false,
    }
}

/// Subnets that no route table holds for.
fn tell_tables(estate: &Estate, report: &mut Report) {
    let main: BTreeSet<_> = estate
        .route_tables
        .iter()
        .filter(|table| table.main)
        .map(|table| &table.network)
        .collect();
    for subnet in &estate.subnets {
        if subnet.route_table.is_none()
            && !main.contains(&subnet.network)
            && !estate.route_tables.is_empty()
        {
            let text = "no route table holds for it".to_owned();
            let finding = Finding::new(Severity::Warning, code::DANGLING, subnet.subject(), text)
                .help("add the listing of route tables of its network");
            report.add("have no route table", finding);
        }
    }
    if estate.route_tables.is_empty() && !estate.subnets.is_empty() {
        tell_listing(
            "route-table",
            "there are subnets, and no route table is in the input",
            std::iter::empty(),
            report,
        );
    }
}

/// Listings that every network of a provider has something in.
fn tell_lists(estate: &Estate, report: &mut Report) {
    let provided = estate
        .networks
        .iter()
        .any(|network| network.place.provider == Provider::Aws);
    if !provided || estate.subnets.is_empty() {
        return;
    }
    let has = |kind| {
        estate
            .firewalls
            .iter()
            .any(|firewall| firewall.kind == kind)
    };
    if !has(FirewallKind::Group) {
        tell_listing(
            "firewall",
            "no security group is in the input",
            std::iter::empty(),
            report,
        );
    }
    if !has(FirewallKind::List) {
        tell_listing(
            "firewall",
            "no network ACL is in the input",
            std::iter::empty(),
            report,
        );
    }
    if estate.interfaces.is_empty() && !estate.hosts.is_empty() {
        tell_listing(
            "interface",
            "there are hosts, and no interface is in the input",
            std::iter::empty(),
            report,
        );
    }
}
