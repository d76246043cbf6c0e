//! What is found about interfaces: those that the provider manages, and IPv6 that is there already.

pub mod reach_out;

use std::collections::BTreeMap;

use sixward_estate::{Code, Direction, Interface, InterfaceOwner, Remote, Subject, SubnetId};
use sixward_net::{Family, scope::Scope, symbol};

use crate::network::describe;
use crate::report::{Explain, Lines, Report, count};
use crate::survey::Survey;

/// The provider runs these interfaces for something that is not in the estate.
pub const MANAGED: Code = Code::new("interface/managed");
/// These interfaces have IPv6 addresses of a kind that the internet does not route.
pub const ADDRESS_SCOPE: Code = Code::new("interface/address-scope");
/// These interfaces have IPv6 addresses, and no rule lets anything in over IPv6.
pub const V6_WITHOUT_RULES: Code = Code::new("interface/v6-without-rules");

#[derive(Default)]
struct Found<'a> {
    managed: BTreeMap<&'a str, Lines>,
    scopes: BTreeMap<(&'a SubnetId, Scope), Lines>,
    closed: BTreeMap<&'a SubnetId, Lines>,
}

pub(crate) fn find(survey: &Survey<'_>, report: &mut Report) {
    let mut found = Found::default();
    for interface in &survey.estate().interfaces {
        if survey.selection.network(&interface.network) {
            found.look_at(survey, interface);
        }
    }
    found.say(survey, report);
}

impl<'a> Found<'a> {
    fn look_at(&mut self, survey: &Survey<'_>, interface: &'a Interface) {
        let line = || format!("{} in {}", interface.id, interface.subnet);
        if let InterfaceOwner::Managed(words) = &interface.owner {
            let lines = self.managed.entry(kind(words)).or_default();
            lines.push(|| format!("{}: {words}", line()));
        }
        for address in &interface.addresses6 {
            let scope = Scope::of(*address);
            if scope != Scope::Global && !symbol::is_symbolic((*address).into()) {
                let lines = self.scopes.entry((&interface.subnet, scope)).or_default();
                lines.push(|| format!("{address} on {}", interface.id));
            }
        }
        if !interface.addresses6.is_empty() && closed(survey, interface) {
            self.closed.entry(&interface.subnet).or_default().push(line);
        }
    }

    fn say(self, survey: &Survey<'_>, report: &mut Report) {
        for (words, lines) in self.managed {
            report
                .note(
                    MANAGED,
                    Subject::new("interface", words, ""),
                    format!(
                        "{} the provider's and nothing in the estate says more of them",
                        count(lines.count(), "interface is", "interfaces are")
                    ),
                )
                .way_out("add the dump of that service to the input, or see to its IPv6 by hand")
                .seen_in(lines);
        }
        for ((subnet, scope), lines) in self.scopes {
            report
                .warning(
                    ADDRESS_SCOPE,
                    subnet_subject(survey, subnet),
                    format!(
                        "{} {}",
                        count(lines.count(), "address in it is", "addresses in it are"),
                        describe(scope)
                    ),
                )
                .way_out(
                    "do not count them as IPv6 that works; take them away when the subnet \
                     has a block of its own",
                )
                .seen_in(lines);
        }
        for (subnet, lines) in self.closed {
            report
                .warning(
                    V6_WITHOUT_RULES,
                    subnet_subject(survey, subnet),
                    format!(
                        "{} IPv6 addresses already and no rule that lets anything in over IPv6",
                        count(
                            lines.count(),
                            "interface in it has",
                            "interfaces in it have"
                        )
                    ),
                )
                .way_out("keep names from pointing there (AAAA) until the plan has added the rules")
                .seen_in(lines);
        }
    }
}

fn subnet_subject(survey: &Survey<'_>, id: &SubnetId) -> Subject {
    let subnet = survey.estate().subnets.get(id);
    Subject::new(
        "subnet",
        id.as_str(),
        subnet.map_or("", |subnet| subnet.name.as_str()),
    )
}

/// The provider's words without what names one thing: those before the first that has a digit in it,
/// or the path that leads to the thing.
fn kind(words: &str) -> &str {
    let digit = words.find(|c: char| c.is_ascii_digit());
    let named = digit.map_or(words, |at| {
        let start = words.get(..at).and_then(|text| text.rfind(' '));
        start
            .and_then(|space| words.get(..space))
            .unwrap_or_default()
    });
    if named.is_empty() {
        words.rsplit_once('/').map_or(words, |(path, _)| path)
    } else {
        named
    }
}

/// Whether groups let IPv4 in and nothing over IPv6.
fn closed(survey: &Survey<'_>, interface: &Interface) -> bool {
    let groups = interface.firewalls.iter();
    let groups = groups.filter_map(|id| survey.estate().firewalls.get(id));
    let mut v4 = false;
    for rule in groups.flat_map(|group| group.rules(Direction::Ingress)) {
        match (rule.family(), &rule.remote) {
            (Some(Family::V4), _) => v4 = true,
            (None, Remote::PrefixList(id)) => {
                let list = survey.estate().prefix_lists.get(id);
                match list.map(|list| list.family) {
                    Some(Family::V6) => return false,
                    _ => v4 = true,
                }
            }
            (Some(Family::V6) | None, _) => return false,
        }
    }
    v4
}
