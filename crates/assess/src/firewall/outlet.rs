//! What a firewall lets out to the internet over IPv6, once the plan is done.

use sixward_estate::{Action, Direction, Firewall, FirewallKind, Remote, Rule};
use sixward_net::{Family, IpNet, Ipv6Net, Traffic};

use super::twins;
use crate::survey::Survey;
use crate::twin::Twin;

/// Traffic that may leave, and the rule that it leaves by: an IPv6 one, or an IPv4 one that has a twin.
#[derive(Debug, Clone)]
pub(crate) struct Outlet<'a> {
    pub(crate) rule: &'a Rule,
    pub(crate) traffic: Traffic,
}

/// All of a firewall's. Denies are not looked at: they only make it less.
pub(crate) fn outlets<'a>(survey: &Survey<'a>, firewall: &'a Firewall) -> Vec<Outlet<'a>> {
    let lets_out =
        |rule: &Rule| rule.direction == Direction::Egress && rule.action == Action::Allow;
    let there = firewall.rules.iter().filter(|rule| {
        let outside = match &rule.remote {
            Remote::Net(IpNet::V6(net)) => !is_own(survey, *net),
            _ => false,
        };
        lets_out(rule) && outside
    });
    let there = there.map(|rule| Outlet {
        rule,
        traffic: rule.traffic,
    });
    let mut outlets: Vec<_> = there.collect();
    for twin in twins(survey, firewall) {
        let leads_out = match (&twin.remote, &twin.rule.remote) {
            // The plan adds no rules to this kind.
            (Twin::Any | Twin::Nets(_) | Twin::List(_), _) => {
                firewall.kind != FirewallKind::Ordered
            }
            (Twin::Itself, remote) => !matches!(remote, Remote::Firewall(_)),
            _ => false,
        };
        if lets_out(twin.rule) && leads_out && twin.rule.family() != Some(Family::V6) {
            let rule = twin.rule;
            let traffic = twin.traffic.into_iter();
            outlets.extend(traffic.map(|traffic| Outlet { rule, traffic }));
        }
    }
    outlets
}

/// Whether a prefix lies within a block of the estate's own.
fn is_own(survey: &Survey<'_>, net: Ipv6Net) -> bool {
    let mut networks = survey.estate().networks.iter();
    networks.any(|network| network.blocks6.iter().any(|block| block.net.contains(&net)))
}
