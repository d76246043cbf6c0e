//! What of IPv4 is to be had over IPv6, as far as the intent and its open decisions say: the measure
//! of a proof, made from the twins that the plan is made from.

use sixward_estate::{Action, Direction, Estate, Firewall, InterfaceId, Remote, Rule};
use sixward_net::{ANY4, IpNet, Ipv4Net, Ipv6Net, Traffic};

use crate::survey::Survey;
use crate::twin::Twin;
use crate::{firewall, route};

/// What IPv6 is measured by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mirror {
    /// The estate without what is left out of IPv6: open decisions, and what was answered so.
    pub wanted: Estate,
    /// Outside prefixes of which a person said that they are the same in both families.
    pub twins: Vec<(Ipv4Net, Ipv6Net)>,
    /// What the internet may begin although only the lack of a public IPv4 address hides it: a person
    /// said so.
    pub accepted: Vec<(InterfaceId, Traffic)>,
}

/// The measure of an estate's IPv6.
pub fn mirror(survey: &Survey<'_>) -> Mirror {
    let mut mirror = Mirror {
        wanted: survey.estate().clone(),
        twins: Vec::new(),
        accepted: Vec::new(),
    };
    for firewall in &survey.estate().firewalls {
        rules(survey, firewall, &mut mirror);
    }
    for table in &survey.estate().route_tables {
        let twins = route::twins(survey, table).into_iter();
        let left_out = twins.filter(|twin| is_left_out(&twin.destination));
        let left_out: Vec<_> = left_out.map(|twin| twin.route).collect();
        if left_out.is_empty() {
            continue;
        }
        if let Some(table) = mirror.wanted.route_tables.get_mut(&table.id) {
            table.routes.retain(|route| !left_out.contains(&route));
        }
    }
    mirror.twins.sort();
    mirror.twins.dedup();
    mirror
}

fn rules(survey: &Survey<'_>, firewall: &Firewall, mirror: &mut Mirror) {
    let mut left_out: Vec<&Rule> = Vec::new();
    for twin in firewall::twins(survey, firewall) {
        // A deny that is left out only narrows what is asked for.
        if twin.rule.action == Action::Allow && is_left_out(&twin.remote) {
            left_out.push(twin.rule);
        }
        match (&twin.rule.remote, &twin.remote) {
            (Remote::Net(IpNet::V4(net)), Twin::Nets(nets)) => {
                mirror.twins.extend(nets.iter().map(|other| (*net, *other)));
            }
            (remote, Twin::Any) if *remote == ANY4.into() => {
                accept(survey, firewall, &twin, mirror);
            }
            _ => {}
        }
    }
    if left_out.is_empty() {
        return;
    }
    if let Some(firewall) = mirror.wanted.firewalls.get_mut(&firewall.id) {
        firewall.rules.retain(|rule| !left_out.contains(&rule));
    }
}

/// A rule for everyone that is mirrored although it exposes something: somebody answered so.
fn accept(
    survey: &Survey<'_>,
    firewall: &Firewall,
    twin: &firewall::RuleTwin<'_>,
    mirror: &mut Mirror,
) {
    if twin.rule.direction != Direction::Ingress {
        return;
    }
    for interface in firewall::exposed(survey, firewall) {
        let traffic = twin.traffic.iter();
        mirror
            .accepted
            .extend(traffic.map(|it| (interface.clone(), *it)));
    }
}

fn is_left_out(twin: &Twin) -> bool {
    matches!(twin, Twin::Waits(_) | Twin::Nothing)
}
