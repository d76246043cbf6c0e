//! A change in one short sentence for a person: the scripts, the runbook and the report all say it
//! with these words.

use std::net::Ipv6Addr;

use sixward_estate::{
    Destination, Firewall, FirewallId, FirewallKind, Gateway, GatewayKind, Host, HostId, Interface,
    InterfaceId, Remote, Route, RouteTarget, Rule, Subject, TransitRoute, TransitTarget,
};
use sixward_plan::{Change, Plan};

use crate::markdown::counted;

/// What a change does: `subnet-0a1 (public-a) gets {vpc-1}1a::/64`.
pub fn title(change: &Change, plan: &Plan) -> String {
    let words = words(change, plan);
    // Names are the owner's text: a line feed or an escape sequence in one must not reach a terminal.
    if words.contains(char::is_control) {
        words.replace(char::is_control, " ")
    } else {
        words
    }
}

fn words(change: &Change, plan: &Plan) -> String {
    let estate = &plan.before;
    match change {
        Change::AddNetworkBlock { network, block } => {
            let name = estate.networks.get(network).map(|n| n.name.as_str());
            format!(
                "{} gets the block {}",
                named(network, name),
                plan.symbols.show(block.net)
            )
        }
        Change::RemoveNetworkBlock { network, block } => {
            let name = estate.networks.get(network).map(|n| n.name.as_str());
            let net = plan.symbols.show(block.net);
            format!("{} gives the block {net} back", named(network, name))
        }
        Change::AddSubnetBlock { subnet, net } => {
            let name = estate.subnets.get(subnet).map(|s| s.name.as_str());
            format!("{} gets {}", named(subnet, name), plan.symbols.show(*net))
        }
        Change::RemoveSubnetBlock { subnet, net } => {
            let name = estate.subnets.get(subnet).map(|s| s.name.as_str());
            format!(
                "{} gives {} back",
                named(subnet, name),
                plan.symbols.show(*net)
            )
        }
        Change::SetAutoAssign { subnet, on } => {
            let name = estate.subnets.get(subnet).map(|s| s.name.as_str());
            let gives = if *on { "gives" } else { "no longer gives" };
            format!(
                "{} {gives} new interfaces an IPv6 address",
                named(subnet, name)
            )
        }
        Change::CreateGateway { gateway } => format!("{} is made", of_gateway(gateway)),
        Change::DeleteGateway { gateway } => format!("{} is deleted", of_gateway(gateway)),
        Change::AddRoute { table, route } => {
            let name = estate.route_tables.get(table).map(|t| t.name.as_str());
            format!("{} routes {}", named(table, name), way(plan, route))
        }
        Change::RemoveRoute { table, route } => {
            let name = estate.route_tables.get(table).map(|t| t.name.as_str());
            format!(
                "{} no longer routes {}",
                named(table, name),
                way(plan, route)
            )
        }
        Change::AddTransitRoute { table, route } => {
            format!("{table} routes {}", hub_way(plan, route))
        }
        Change::RemoveTransitRoute { table, route } => {
            format!("{table} no longer routes {}", hub_way(plan, route))
        }
        Change::AddRule { firewall, rule } => {
            format!(
                "{} gets {}",
                of_firewall(plan, firewall),
                rule_words(plan, rule)
            )
        }
        Change::RemoveRule { firewall, rule } => {
            format!(
                "{} loses {}",
                of_firewall(plan, firewall),
                rule_words(plan, rule)
            )
        }
        Change::AssignAddress {
            interface,
            address,
            automatic,
        } => {
            let address = address_words(plan, *address, *automatic);
            format!("{} gets {address}", of_interface(plan, interface))
        }
        Change::UnassignAddress {
            interface,
            address,
            automatic,
        } => {
            let address = address_words(plan, *address, *automatic);
            format!("{} gives {address} back", of_interface(plan, interface))
        }
        other => set_words(other, plan),
    }
}

/// The changes that set something to another value, and those that are done by other hands.
fn set_words(change: &Change, plan: &Plan) -> String {
    let estate = &plan.before;
    match change {
        Change::SetAttachmentV6 { link, on } => {
            let name = estate.links.get(link).map(|l| l.name.as_str());
            let carries = if *on { "carries" } else { "no longer carries" };
            format!("{} {carries} IPv6", named(link, name))
        }
        Change::SetMachineType { host, from, to } => {
            format!("{} becomes {to}, was {from}", of_host(plan, host))
        }
        Change::SetBalancerFamily { balancer, to, .. } => {
            let name = estate.balancers.get(balancer).map(|b| b.name.as_str());
            let id = short(balancer.as_str());
            let name = name.filter(|name| !name.is_empty()).unwrap_or(id);
            format!("load balancer {name} becomes {to}")
        }
        Change::SetServiceFamily { service, to, .. } => {
            let known = estate.services.get(service);
            let kind = known.map_or("service", |s| s.kind.as_str());
            let name = known.map(|s| s.name.as_str());
            format!(
                "{kind} {} becomes {to}",
                named(short(service.as_str()), name)
            )
        }
        Change::SetEndpointFamily { endpoint, to, .. } => {
            let known = estate.endpoints.get(endpoint);
            let service = known.map(|e| e.service.as_str());
            format!("{} becomes {to}", named(endpoint, service))
        }
        Change::OpenTunnel { tunnel } => format!(
            "tunnel {} opens: server on {}, relay on {}, clients in {}",
            tunnel.id,
            of_host(plan, &tunnel.server),
            of_host(plan, &tunnel.relay),
            tunnel.prefix()
        ),
        Change::CloseTunnel { tunnel } => format!("tunnel {} is closed", tunnel.id),
        Change::JoinTunnel {
            interface,
            tunnel,
            address,
            rules,
        } => format!(
            "{} joins tunnel {tunnel} behind {} and has {address}, or like it",
            of_interface(plan, interface),
            counted(rules.len(), "rule", "rules")
        ),
        Change::LeaveTunnel {
            interface, tunnel, ..
        } => format!("{} leaves tunnel {tunnel}", of_interface(plan, interface)),
        Change::ConfigureGuest { host } => {
            format!(
                "the guest of {} takes up its IPv6 address",
                of_host(plan, host)
            )
        }
        Change::RestoreGuest { host } => {
            format!("the guest of {} is put back as it was", of_host(plan, host))
        }
        Change::PublishNames { subject, addresses } => {
            let addresses = address_list(plan, addresses);
            format!("names of {} get AAAA {addresses}", of_subject(subject))
        }
        Change::WithdrawNames { subject, addresses } => {
            let addresses = address_list(plan, addresses);
            format!("names of {} lose AAAA {addresses}", of_subject(subject))
        }
        _ => String::new(),
    }
}

/// `vpc-1 (example)`, or the id alone.
fn named(id: impl std::fmt::Display, name: Option<&str>) -> String {
    let id = id.to_string();
    match name.filter(|name| !name.is_empty()) {
        Some(name) if name != id => format!("{id} ({name})"),
        _ => id,
    }
}

/// The last part of a long id: of `arn:aws:…:loadbalancer/app/front/50dc6c49` it is `50dc6c49`.
fn short(id: &str) -> &str {
    match id.strip_prefix("arn:") {
        Some(rest) => rest.rsplit(['/', ':']).next().unwrap_or(rest),
        None => id,
    }
}

fn of_gateway(gateway: &Gateway) -> String {
    let kind = match gateway.kind {
        GatewayKind::Internet => "the internet gateway",
        GatewayKind::Nat { .. } => "the NAT gateway",
        GatewayKind::EgressOnly => "the egress-only gateway",
        GatewayKind::Vpn => "the VPN gateway",
    };
    match &gateway.network {
        Some(network) => format!("{kind} of {network}"),
        None => format!("{kind} {}", gateway.id),
    }
}

fn way(plan: &Plan, route: &Route) -> String {
    let destination = match &route.destination {
        Destination::Net(net) => plan.symbols.show_any(*net),
        Destination::PrefixList(list) => list.to_string(),
    };
    format!("{destination} to {}", target_words(plan, &route.target))
}

/// A gateway that is not made yet has no id to show.
fn target_words(plan: &Plan, target: &RouteTarget) -> String {
    match target {
        RouteTarget::Gateway(id) if !plan.before.gateways.contains(id) => {
            "the new egress-only gateway".to_owned()
        }
        target => target.to_string(),
    }
}

fn hub_way(plan: &Plan, route: &TransitRoute) -> String {
    let destination = plan.symbols.show_any(route.destination);
    match &route.target {
        TransitTarget::Link(link) => format!("{destination} to {link}"),
        TransitTarget::Nowhere => format!("{destination} to nowhere"),
    }
}

fn of_firewall(plan: &Plan, id: &FirewallId) -> String {
    let known = plan.before.firewalls.get(id);
    let kind = match known {
        Some(Firewall {
            kind: FirewallKind::List,
            default: true,
            ..
        }) => "the default list ",
        Some(Firewall {
            kind: FirewallKind::List,
            ..
        }) => "list ",
        Some(_) => "group ",
        None => "",
    };
    format!("{kind}{}", named(id, known.map(|f| f.name.as_str())))
}

/// `ingress 101 allow tcp/443 from ::/0`, with symbols for what is not known.
fn rule_words(plan: &Plan, rule: &Rule) -> String {
    let Remote::Net(net) = rule.remote else {
        return rule.to_string();
    };
    let shown = Rule {
        remote: Remote::Tag(plan.symbols.show_any(net).into()),
        ..rule.clone()
    };
    shown.to_string()
}

fn of_subject(subject: &Subject) -> String {
    named(&subject.id, Some(&subject.name))
}

fn of_host(plan: &Plan, id: &HostId) -> String {
    named(id, plan.before.hosts.get(id).map(|host| host.name.as_str()))
}

fn of_interface(plan: &Plan, id: &InterfaceId) -> String {
    let host = plan
        .before
        .interfaces
        .get(id)
        .and_then(Interface::host)
        .and_then(|host| plan.before.hosts.get(host));
    match host {
        Some(Host { id: host, name, .. }) => format!("{id} of {}", named(host, Some(name))),
        None => id.to_string(),
    }
}

fn address_words(plan: &Plan, address: Ipv6Addr, automatic: bool) -> String {
    if automatic {
        "an address of the provider's choice".to_owned()
    } else {
        plan.symbols.show_address(address)
    }
}

fn address_list(plan: &Plan, addresses: &[Ipv6Addr]) -> String {
    let automatic = plan.intent.addresses == sixward_estate::intent::AddressChoice::Automatic;
    if automatic {
        return "for the addresses that the provider chose".to_owned();
    }
    let shown: Vec<_> = addresses
        .iter()
        .map(|address| plan.symbols.show_address(*address))
        .collect();
    shown.join(", ")
}
