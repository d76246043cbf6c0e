//! What keeps a name from answering with IPv6.
//!
//! A client that finds an AAAA record and no answer behind it waits, or gives up. So a name waits as
//! long as a filter that admits everyone over IPv4 does not do so over IPv6, and where there is no way
//! to the internet over IPv6 (research: 17, 24).

use std::cell::RefCell;
use std::collections::BTreeMap;

use sixward_estate::{
    Action, Code, Direction, Firewall, FirewallId, FirewallKind, HostState, Interface, Subject,
    SubnetId,
};
use sixward_net::{ANY4, ANY6};

use crate::firewall::{RuleTwin, twins};
use crate::host;
use crate::report::{Explain, Lines, Report};
use crate::survey::Survey;
use crate::twin::Twin;
use crate::{Tier, host::Readiness};

/// The names of a host do not answer with IPv6, since not all that reaches it over IPv4 would.
pub const HELD_BACK: Code = Code::new("host/names-held-back");

/// The filters on the way to something, each asked once.
#[derive(Debug)]
pub struct Doors<'s, 'a> {
    survey: &'s Survey<'a>,
    shut: RefCell<BTreeMap<(FirewallId, bool), Vec<String>>>,
}

impl<'s, 'a> Doors<'s, 'a> {
    /// Nothing asked yet.
    pub fn new(survey: &'s Survey<'a>) -> Self {
        Self {
            survey,
            shut: RefCell::default(),
        }
    }

    /// What stops clients on the internet over IPv6, of a public host; nothing when its names may
    /// answer with IPv6.
    pub fn before_host(&self, interface: &Interface) -> Vec<String> {
        let subnets = std::slice::from_ref(&interface.subnet);
        let mut lines = self.shut(&interface.firewalls, subnets, true);
        let hosts = &self.survey.estate().hosts;
        let host = interface.host().and_then(|id| hosts.get(id));
        if host.is_some_and(|host| host.state == HostState::Stopped) {
            lines.push("it is stopped".to_owned());
        }
        lines
    }

    /// The same for something in several subnets; `everyone` when its clients are on the internet.
    pub(crate) fn shut(
        &self,
        firewalls: &[FirewallId],
        subnets: &[SubnetId],
        everyone: bool,
    ) -> Vec<String> {
        let estate = self.survey.estate();
        let pinned = subnets.iter().filter(|id| everyone && self.pinned(id));
        let mut lines: Vec<_> = pinned
            .map(|id| {
                format!("subnet/{id} has no way to the internet over IPv6 (egress = \"none\")")
            })
            .collect();
        let lists = subnets.iter().filter_map(|id| estate.subnets.get(id));
        let lists = lists.filter_map(|subnet| subnet.firewall.as_ref());
        let mut ids: Vec<_> = firewalls.iter().chain(lists).collect();
        ids.sort();
        ids.dedup();
        for id in ids {
            let mut shut = self.shut.borrow_mut();
            let key = (id.clone(), everyone);
            let told = shut.entry(key).or_insert_with(|| {
                let firewall = estate.firewalls.get(id);
                firewall.map_or_else(Vec::new, |firewall| self.rules(firewall, everyone))
            });
            lines.extend(told.iter().cloned());
        }
        lines
    }

    /// Whether the table of a subnet gets no IPv6 default route, for its sake or another's.
    fn pinned(&self, id: &SubnetId) -> bool {
        let subnet = self.survey.estate().subnets.get(id);
        let table = subnet.and_then(|subnet| self.survey.index.route_table(subnet));
        table.is_some_and(|table| {
            table.default6().is_none() && crate::route::pinned(self.survey, table)
        })
    }

    fn rules(&self, firewall: &Firewall, everyone: bool) -> Vec<String> {
        let twins = twins(self.survey, firewall);
        let shut = twins.iter().filter(|twin| {
            let counts =
                firewall.kind != FirewallKind::Group || twin.rule.direction == Direction::Ingress;
            counts
                && twin.rule.action == Action::Allow
                && !twin.traffic.is_empty()
                && stays_shut(twin, everyone)
                && !open_already(firewall, twin)
        });
        shut.map(|twin| format!("firewall/{}: {} has no IPv6 half", firewall.id, twin.rule))
            .collect()
    }
}

fn stays_shut(twin: &RuleTwin<'_>, everyone: bool) -> bool {
    if twin.rule.remote == ANY4.into() {
        !matches!(twin.remote, Twin::Any | Twin::Itself)
    } else {
        !everyone && matches!(twin.remote, Twin::Waits(_))
    }
}

/// Whether an IPv6 rule for everyone is there already that says as much.
fn open_already(firewall: &Firewall, twin: &RuleTwin<'_>) -> bool {
    firewall.rules(twin.rule.direction).any(|rule| {
        rule.action == Action::Allow
            && rule.remote == ANY6.into()
            && twin
                .traffic
                .iter()
                .all(|traffic| rule.traffic.contains(*traffic))
    })
}

/// What stops the first of them, and how many more there are.
pub(crate) fn first(lines: &[String]) -> String {
    let first = lines.first().map_or("", String::as_str);
    match lines.len() {
        0 | 1 => first.to_owned(),
        more => format!("{first}, and {} more", more - 1),
    }
}

/// Whether the internet reaches an interface over IPv4.
pub fn is_public(survey: &Survey<'_>, interface: &Interface) -> bool {
    interface.has_public4() && survey.selection.tier(&interface.subnet) == Tier::Public
}

pub(crate) fn find(
    survey: &Survey<'_>,
    catalogue: &crate::catalogue::Catalogue,
    report: &mut Report,
) {
    let doors = Doors::new(survey);
    for host in &survey.estate().hosts {
        let Some(interface) = survey.index.primary_interface(host) else {
            continue;
        };
        let there = !interface.addresses6.is_empty();
        if there || !survey.selection.interface(interface) || !is_public(survey, interface) {
            continue;
        }
        let lines = doors.before_host(interface);
        let ready = || host::readiness(survey, catalogue, host);
        if lines.is_empty() || matches!(ready(), Readiness::Blocked(_) | Readiness::Waits(_)) {
            continue;
        }
        let message = format!("its names get no AAAA record yet: {}", first(&lines));
        let lines: Lines = lines.into_iter().collect();
        report
            .warning(
                HELD_BACK,
                Subject::new("host", host.id.as_str(), &host.name),
                message,
            )
            .way_out(
                "nothing if this is meant; else answer what these rules wait for, or change the \
                 intent; names whose service is reached can get AAAA by hand",
            )
            .seen_in(lines);
    }
}
