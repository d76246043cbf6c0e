//! What of IPv4 is to be had over IPv6, as far as the intent and its open decisions say: the measure
//! of a proof, made from the twins that the plan is made from.

use sixward_estate::{Action, Direction, Estate, Firewall, InterfaceId, Remote, RouteTable, Rule};
use sixward_net::{ANY4, ANY6, IpNet, Ipv4Net, Ipv6Net, Traffic};

use crate::survey::Survey;
use crate::twin::{self, Twin};
use crate::{firewall, interface, route};

/// What IPv6 is measured by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mirror {
    /// The estate without what is left out of IPv6: open decisions, and what was answered so.
    pub wanted: Estate,
    /// The estate without denies that are not to deny over IPv6: somebody answered so.
    pub measure: Estate,
    /// Outside prefixes of which a person said that they are the same in both families.
    pub twins: Vec<(Ipv4Net, Ipv6Net)>,
    /// What these addresses of the internet may begin with an interface although over IPv4 they cannot:
    /// a person said so.
    pub accepted: Vec<(InterfaceId, Ipv6Net, Traffic)>,
    /// What interfaces may begin with the internet although over IPv4 they cannot, or something in
    /// between might stop them: a person said so.
    pub outward: Vec<(InterfaceId, Traffic)>,
    /// What others of the estate may begin with an interface by rules that were there: a person said so.
    pub within: Vec<(InterfaceId, Traffic)>,
}

/// The measure of an estate's IPv6.
pub fn mirror(survey: &Survey<'_>) -> Mirror {
    let mut mirror = Mirror {
        wanted: survey.estate().clone(),
        measure: survey.estate().clone(),
        twins: Vec::new(),
        accepted: Vec::new(),
        outward: Vec::new(),
        within: Vec::new(),
    };
    for firewall in &survey.estate().firewalls {
        rules(survey, firewall, &mut mirror);
    }
    for table in &survey.estate().route_tables {
        let twins = route::twins(survey, table);
        go_round(survey, table, &twins, &mut mirror);
        let twins = twins.into_iter();
        let left_out = twins.filter(|twin| is_left_out(&twin.destination));
        let left_out: Vec<_> = left_out.map(|twin| twin.route).collect();
        if left_out.is_empty() {
            continue;
        }
        if let Some(table) = mirror.wanted.route_tables.get_mut(&table.id) {
            table.routes.retain(|route| !left_out.contains(&route));
        }
    }
    reach_out(survey, &mut mirror);
    come_under(survey, &mut mirror);
    mirror.twins.sort();
    mirror.twins.dedup();
    mirror
}

fn rules(survey: &Survey<'_>, firewall: &Firewall, mirror: &mut Mirror) {
    let mut left_out: Vec<&Rule> = Vec::new();
    let mut undenied: Vec<&Rule> = Vec::new();
    for twin in firewall::twins(survey, firewall) {
        // A deny that is left out only narrows what is asked for.
        if twin.rule.action == Action::Allow && is_left_out(&twin.remote) {
            left_out.push(twin.rule);
        }
        match (&twin.rule.remote, &twin.remote) {
            (Remote::Net(IpNet::V4(net)), Twin::Nets(nets)) if !twin::is_public(*net) => {
                // Nobody on the internet has these in IPv4.
                let members = survey.index.interfaces_of_firewall(&firewall.id).iter();
                let members = members.map(|interface| interface.id.clone()).collect();
                accept(&twin, members, nets, mirror);
            }
            (Remote::Net(IpNet::V4(net)), Twin::Nets(nets)) => {
                if *net != ANY4 {
                    mirror.twins.extend(nets.iter().map(|other| (*net, *other)));
                }
                accept(&twin, firewall::exposed(survey, firewall), nets, mirror);
            }
            (remote, Twin::Any) if *remote == ANY4.into() => {
                accept(&twin, firewall::exposed(survey, firewall), &[ANY6], mirror);
            }
            (_, Twin::List(list)) => {
                let list = survey.estate().prefix_lists.get(list);
                let entries = list.and_then(|list| list.entries.as_ref());
                let entries = entries.into_iter().flatten();
                let nets = entries.filter_map(|net| match net {
                    IpNet::V6(net) => Some(*net),
                    IpNet::V4(_) => None,
                });
                let nets: Vec<_> = nets.collect();
                accept(&twin, firewall::exposed(survey, firewall), &nets, mirror);
            }
            (Remote::Net(net), Twin::Nothing) if twin.rule.action == Action::Deny => {
                let key = format!("address:{net}");
                if survey.intent.answering(&key).is_some() {
                    undenied.push(twin.rule);
                }
            }
            _ => {}
        }
    }
    if !undenied.is_empty()
        && let Some(firewall) = mirror.measure.firewalls.get_mut(&firewall.id)
    {
        firewall.rules.retain(|rule| !undenied.contains(&rule));
    }
    if left_out.is_empty() {
        return;
    }
    if let Some(firewall) = mirror.wanted.firewalls.get_mut(&firewall.id) {
        firewall.rules.retain(|rule| !left_out.contains(&rule));
    }
}

/// A rule that admits somebody although over IPv4 something else keeps them out: somebody answered so.
fn accept(
    twin: &firewall::RuleTwin<'_>,
    interfaces: Vec<InterfaceId>,
    nets: &[Ipv6Net],
    mirror: &mut Mirror,
) {
    if twin.rule.direction != Direction::Ingress || twin.rule.action != Action::Allow {
        return;
    }
    for interface in interfaces {
        for net in nets {
            let traffic = twin.traffic.iter();
            mirror
                .accepted
                .extend(traffic.map(|it| (interface.clone(), *net, *it)));
        }
    }
}

/// Interfaces that may begin flows, as far as the rules go that the question showed.
fn reach_out(survey: &Survey<'_>, mirror: &mut Mirror) {
    for (subnet, reach) in survey.reaching_out().iter() {
        if !interface::reach_out::allowed(survey, subnet) {
            continue;
        }
        for (interface, traffic) in &reach.gains {
            let traffic = traffic.iter();
            mirror
                .outward
                .extend(traffic.map(|it| (interface.clone(), *it)));
        }
    }
}

/// Rules that were there and hold for newcomers too.
fn come_under(survey: &Survey<'_>, mirror: &mut Mirror) {
    for (firewall, under) in survey.coming_under().iter() {
        if !firewall::under::allowed(survey, firewall) {
            continue;
        }
        for member in survey.index.interfaces_of_firewall(firewall) {
            let traffic = under.traffic.iter();
            let traffic = traffic.map(|it| (member.id.clone(), *it));
            let from = |(id, traffic)| (id, ANY6, traffic);
            mirror.accepted.extend(traffic.clone().map(from));
            mirror.within.extend(traffic);
        }
    }
}

/// A default route of which somebody said how IPv6 leaves: what may stop IPv4 in between is no measure,
/// and what the groups let out to everyone over IPv4 still is.
fn go_round(
    survey: &Survey<'_>,
    table: &RouteTable,
    twins: &[route::RouteTwin<'_>],
    mirror: &mut Mirror,
) {
    let default = |twin: &&route::RouteTwin<'_>| twin.route.destination == ANY4.into();
    let Some(twin) = twins.iter().find(default) else {
        return;
    };
    let answered = survey
        .intent
        .answer(&route::key(table, twin.route))
        .is_some();
    if !answered || is_left_out(&twin.destination) {
        return;
    }
    let subnets = survey.index.subnets_of_table(&table.id).iter();
    let interfaces = subnets.flat_map(|subnet| survey.index.interfaces_of_subnet(&subnet.id));
    for interface in interfaces {
        let groups = interface.firewalls.iter();
        let groups = groups.filter_map(|id| survey.estate().firewalls.get(id));
        let rules = groups.flat_map(|group| group.rules(Direction::Egress));
        let everyone = rules.filter(|rule| rule.remote == ANY4.into());
        let traffic = everyone.flat_map(|rule| rule.traffic.v6_twin());
        mirror
            .outward
            .extend(traffic.map(|it| (interface.id.clone(), it)));
    }
}

fn is_left_out(twin: &Twin) -> bool {
    matches!(twin, Twin::Waits(_) | Twin::Nothing)
}
