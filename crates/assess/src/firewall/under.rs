//! IPv6 rules that are there already and admit what no IPv4 rule of their group does.
//!
//! The plan changes no rule that is there, and an address would bring its interface under them, or into
//! a prefix that they name. So a person is asked, and until then these get no address.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use sixward_estate::intent::Profile;
use sixward_estate::{
    Action, Code, Direction, Firewall, FirewallId, FirewallKind, Interface, InterfaceId, Remote,
    Rule, SmolStr, Subject,
};
use sixward_net::{ANY6, IpNet, Ipv6Net, Traffic};

use super::{RuleTwin, findings::said, twins};
use crate::question::named;
use crate::report::{Lines, Report, count};
use crate::survey::Survey;
use crate::twin::{ALLOW, LEAVE_OUT, Span, Twin};
use crate::{Choice, Decision};

/// New addresses would come under IPv6 rules that admit more than those of IPv4.
pub const COMES_UNDER: Code = Code::new("firewall/comes-under");

/// Those of one group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Under {
    /// Who would get an address under such a rule, or in a prefix that it names.
    pub newcomers: BTreeSet<InterfaceId>,
    /// What the rules admit.
    pub traffic: BTreeSet<Traffic>,
    seen: Vec<String>,
}

/// By groups; those without newcomers are not there.
pub(crate) type ComesUnder = BTreeMap<FirewallId, Under>;

impl Survey<'_> {
    /// Who would come under IPv6 rules that admit more than those of IPv4, by groups.
    pub fn coming_under(&self) -> Rc<ComesUnder> {
        Rc::clone(
            self.coming_under
                .get_or_init(|| Rc::new(coming_under(self))),
        )
    }
}

/// Whether a person said that the rules hold for them too.
pub(crate) fn allowed(survey: &Survey<'_>, firewall: &FirewallId) -> bool {
    matches!(survey.intent.answer(&key(firewall)), Some([word]) if word == ALLOW)
}

/// The questions. `unanswered` is the same survey without the answers: what is asked does not depend
/// on what was answered.
pub(crate) fn ask(unanswered: &Survey<'_>, report: &mut Report) {
    for (id, under) in unanswered.coming_under().iter() {
        if let Some(firewall) = unanswered.estate().firewalls.get(id) {
            report.decisions.push(decision(unanswered, firewall, under));
        }
    }
}

fn key(firewall: &FirewallId) -> SmolStr {
    format!("come-under:{firewall}").into()
}

fn decision(survey: &Survey<'_>, firewall: &Firewall, under: &Under) -> Decision {
    let who = under.newcomers.iter();
    let who: Lines = who
        .map(|id| named(survey, &Span::Interface(id.clone())))
        .collect();
    let they_get = if under.newcomers.len() == 1 {
        "it gets"
    } else {
        "they get"
    };
    Decision {
        key: key(&firewall.id),
        code: COMES_UNDER,
        subject: super::findings::subject(firewall),
        question: format!(
            "do IPv6 rules that admit more than those of IPv4 hold for {} too? ({} come under them, or \
                 into what they name, by an address: {})",
            count(under.newcomers.len(), "more interface", "more interfaces"),
            if under.newcomers.len() == 1 {
                "it would"
            } else {
                "they would"
            },
            who.joined(),
        ),
        choices: vec![
            Choice::new(LEAVE_OUT, format!("IPv4 only: {they_get} no IPv6 address")),
            Choice::new(ALLOW, "yes, what the rules say is meant"),
        ],
        meanwhile: format!(
            "{they_get} no IPv6 address, and the subnet gives new interfaces none by itself"
        ),
        evidence: under.seen.iter().cloned().collect::<Lines>().into_vec(),
    }
}

fn coming_under(survey: &Survey<'_>) -> ComesUnder {
    let mut groups = ComesUnder::new();
    if survey.selection.profile() == Profile::EdgeOnly {
        return groups;
    }
    for firewall in &survey.estate().firewalls {
        let has_v6 = firewall.rules(Direction::Ingress).any(is_v6);
        if firewall.kind != FirewallKind::Group || !has_v6 {
            continue;
        }
        let mut under = Under::default();
        let twins = twins(survey, firewall);
        for rule in firewall.rules(Direction::Ingress) {
            let Remote::Net(IpNet::V6(net)) = &rule.remote else {
                continue;
            };
            if !is_v6(rule) || covered(survey, rule, *net, &twins) {
                continue;
            }
            let newcomers = newcomers(survey, firewall, *net);
            if !newcomers.is_empty() {
                under.newcomers.extend(newcomers);
                under.traffic.insert(rule.traffic);
                let subject = Subject::new("firewall", firewall.id.as_str(), &firewall.name);
                under.seen.push(format!("{subject}: {}", said(rule)));
            }
        }
        if !under.newcomers.is_empty() {
            groups.insert(firewall.id.clone(), under);
        }
    }
    groups
}

/// An IPv6 rule that admits. ICMPv6 must pass where ICMP need not (RFC 4890).
fn is_v6(rule: &Rule) -> bool {
    rule.action == Action::Allow
        && matches!(rule.remote, Remote::Net(IpNet::V6(_)))
        && !matches!(rule.traffic, Traffic::Icmp6(_))
}

/// Whether some IPv4 rule's twin says as much.
fn covered(survey: &Survey<'_>, rule: &Rule, net: Ipv6Net, twins: &[RuleTwin<'_>]) -> bool {
    twins.iter().any(|twin| {
        let same = twin.rule.direction == rule.direction
            && twin.traffic.iter().any(|it| it.contains(rule.traffic));
        same && match &twin.remote {
            Twin::Any => true,
            Twin::Nets(nets) => nets.iter().any(|other| other.contains(&net)),
            Twin::Spans(spans) => spans.iter().any(|span| holds(survey, span, net)),
            _ => false,
        }
    })
}

/// Whether a prefix lies within a thing's IPv6 prefixes.
fn holds(survey: &Survey<'_>, span: &Span, net: Ipv6Net) -> bool {
    let estate = survey.estate();
    match span {
        Span::Network(id) => estate.networks.get(id).is_some_and(|network| {
            let mut blocks = network.blocks6.iter();
            blocks.any(|block| block.net.contains(&net))
        }),
        Span::Subnet(id) => {
            let subnet = estate.subnets.get(id);
            subnet.is_some_and(|it| it.block6.is_some_and(|block| block.contains(&net)))
        }
        Span::Interface(id) => estate.interfaces.get(id).is_some_and(|interface| {
            let mut addresses = interface.addresses6.iter();
            addresses.any(|address| Ipv6Net::from(*address).contains(&net))
        }),
    }
}

/// Members that are to get their first address, and others that are to get one in a prefix of the
/// estate's own that the rule names. Who may come from everywhere is no newcomer.
fn newcomers(survey: &Survey<'_>, firewall: &Firewall, net: Ipv6Net) -> BTreeSet<InterfaceId> {
    let new = |interface: &&&Interface| {
        survey.selection.interface(interface) && interface.addresses6.is_empty()
    };
    let members = survey.index.interfaces_of_firewall(&firewall.id);
    let mut newcomers: BTreeSet<_> = members.iter().filter(new).map(|it| it.id.clone()).collect();
    if net == ANY6 || members.is_empty() {
        return newcomers;
    }
    let subnets = survey.estate().subnets.iter().filter(|subnet| {
        let network = survey.estate().networks.get(&subnet.network);
        let whole = network.is_some_and(|network| {
            let mut blocks = network.blocks6.iter();
            blocks.any(|block| net.contains(&block.net))
        });
        let part = subnet.block6.is_some_and(|block| meet(net, block));
        whole || part
    });
    let there = subnets.flat_map(|subnet| survey.index.interfaces_of_subnet(&subnet.id));
    newcomers.extend(there.filter(new).map(|it| it.id.clone()));
    newcomers
}

fn meet(one: Ipv6Net, other: Ipv6Net) -> bool {
    one.contains(&other) || other.contains(&one)
}
