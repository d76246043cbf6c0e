//! Interfaces that an IPv6 address would let begin flows with the internet, though over IPv4 they
//! cannot: what stands in a public subnet without a public address, and what no IPv4 route leads out
//! of. Over IPv6 every address is public, and the provider itself opens the egress of untouched
//! groups. So a person is asked, and until then they get no address.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use sixward_estate::intent::Profile;
use sixward_estate::{
    Code, Interface, InterfaceId, RouteTable, RouteTarget, SmolStr, Subject, Subnet, SubnetId,
};
use sixward_net::Traffic;

use crate::firewall::{self, Outlet};
use crate::question::named;
use crate::report::{Lines, Report, count};
use crate::survey::Survey;
use crate::twin::{ALLOW, LEAVE_OUT, Span, Twin};
use crate::{Choice, Decision, route};

/// Interfaces could begin flows with the internet over IPv6 that they cannot over IPv4.
pub const REACHES_OUT: Code = Code::new("interface/reaches-out");

/// Those in one subnet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReachOut {
    /// What each could begin, as the rules of its groups say.
    pub gains: BTreeMap<InterfaceId, BTreeSet<Traffic>>,
    /// An IPv4 route leads out, and only the lack of a public address keeps them in.
    hidden: bool,
    seen: BTreeSet<String>,
}

/// By subnets; those in which nobody gains anything are not there.
pub(crate) type ReachesOut = BTreeMap<SubnetId, ReachOut>;

impl Survey<'_> {
    /// Who could begin flows with the internet over IPv6 and cannot over IPv4, by subnets.
    pub fn reaching_out(&self) -> Rc<ReachesOut> {
        let work_out = || Rc::new(reaching_out(self));
        Rc::clone(self.reaching_out.get_or_init(work_out))
    }
}

/// Whether a person said that they may begin.
pub(crate) fn allowed(survey: &Survey<'_>, subnet: &SubnetId) -> bool {
    matches!(survey.intent.answer(&key(subnet)), Some([word]) if word == ALLOW)
}

/// The questions. `unanswered` is the same survey without the answers: what is asked does not depend
/// on what was answered, but for routes that lead out only by an answer.
pub(crate) fn find(survey: &Survey<'_>, unanswered: &Survey<'_>, report: &mut Report) {
    for survey in [survey, unanswered] {
        for (id, reach) in survey.reaching_out().iter() {
            if let Some(subnet) = survey.estate().subnets.get(id) {
                report.decisions.push(decision(survey, subnet, reach));
            }
        }
    }
}

fn key(subnet: &SubnetId) -> SmolStr {
    format!("reach-out:{subnet}").into()
}

fn decision(survey: &Survey<'_>, subnet: &Subnet, reach: &ReachOut) -> Decision {
    let who = reach.gains.keys();
    let who: Lines = who
        .map(|id| named(survey, &Span::Interface(id.clone())))
        .collect();
    let one = reach.gains.len() == 1;
    let (them, they_get) = if one {
        ("it", "it gets")
    } else {
        ("them", "they get")
    };
    let why = if reach.hidden {
        format!("over IPv4 only the lack of a public address keeps {them} in")
    } else {
        format!("over IPv4 no route lets {them} out")
    };
    Decision {
        key: key(&subnet.id),
        code: REACHES_OUT,
        subject: Subject::new("subnet", subnet.id.as_str(), &subnet.name),
        question: format!(
            "may {} begin flows with the internet over IPv6? (rules and routes let {them} out, and \
                 {why}: {})",
            count(reach.gains.len(), "interface", "interfaces"),
            who.joined(),
        ),
        choices: vec![
            Choice::new(LEAVE_OUT, format!("IPv4 only: {they_get} no IPv6 address")),
            Choice::new(ALLOW, "what the rules let out over IPv6 may go out"),
        ],
        meanwhile: format!(
            "{they_get} no IPv6 address, and the subnet gives new interfaces none by itself"
        ),
        evidence: reach.seen.iter().cloned().collect::<Lines>().into_vec(),
    }
}

fn reaching_out(survey: &Survey<'_>) -> ReachesOut {
    let mut subnets = ReachesOut::new();
    if survey.selection.profile() == Profile::EdgeOnly {
        return subnets;
    }
    let mut outlets = Outlets::default();
    for subnet in &survey.estate().subnets {
        let Some(table) = survey.index.route_table(subnet) else {
            continue;
        };
        if !survey.selection.subnet(&subnet.id) {
            continue;
        }
        // Asked in this order: rules are many.
        let interfaces = survey.index.interfaces_of_subnet(&subnet.id).iter();
        let kept_in: Vec<_> = interfaces
            .filter(|interface| {
                survey.selection.interface(interface)
                    && interface.addresses6.is_empty()
                    && !leaves4(survey, table, interface)
            })
            .collect();
        if kept_in.is_empty() || !leaves6(survey, table) {
            continue;
        }
        let mut reach = ReachOut {
            hidden: table
                .default4()
                .is_some_and(|target| route::is_internet(survey, target)),
            ..ReachOut::default()
        };
        for interface in kept_in {
            outlets.add(survey, subnet, interface, &mut reach);
        }
        if !reach.gains.is_empty() {
            subnets.insert(subnet.id.clone(), reach);
        }
    }
    subnets
}

/// Whether an interface leaves over IPv4, as far as the default route says: through a middle it may.
fn leaves4(survey: &Survey<'_>, table: &RouteTable, interface: &Interface) -> bool {
    match table.default4() {
        None | Some(RouteTarget::Nowhere | RouteTarget::Local) => false,
        Some(target) => !route::is_internet(survey, target) || interface.has_public4(),
    }
}

/// Whether a table leads out over IPv6, by a route that is there or that is to come.
fn leaves6(survey: &Survey<'_>, table: &RouteTable) -> bool {
    let there = table
        .routes
        .iter()
        .any(|it| route::is_v6(survey, &it.destination) && route::leads_out6(survey, &it.target));
    let comes = |twin: &route::RouteTwin<'_>| {
        let out = match &twin.target {
            route::TwinTarget::Same(target) => route::leads_out6(survey, target),
            route::TwinTarget::EgressOnly => true,
        };
        out && matches!(twin.destination, Twin::Any | Twin::Nets(_) | Twin::List(_))
    };
    there || route::twins(survey, table).iter().any(comes)
}

/// What firewalls let out, each asked once.
#[derive(Default)]
struct Outlets<'a>(BTreeMap<&'a sixward_estate::FirewallId, Vec<Outlet<'a>>>);

impl<'a> Outlets<'a> {
    /// Adds what the groups of an interface and the list of its subnet let out.
    fn add(
        &mut self,
        survey: &Survey<'a>,
        subnet: &'a Subnet,
        interface: &'a Interface,
        reach: &mut ReachOut,
    ) {
        let list = subnet.firewall.as_ref();
        let passes = list.map(|list| self.of(survey, list).to_vec());
        for id in &interface.firewalls {
            let Some(group) = survey.estate().firewalls.get(id) else {
                continue;
            };
            for outlet in self.of(survey, id) {
                let leaves = |list: &Vec<Outlet<'_>>| {
                    let mut list = list.iter();
                    list.any(|other| other.traffic.overlaps(outlet.traffic))
                };
                if !passes.as_ref().is_none_or(leaves) {
                    continue;
                }
                let gains = reach.gains.entry(interface.id.clone()).or_default();
                gains.insert(outlet.traffic);
                let group = Subject::new("firewall", group.id.as_str(), &group.name);
                reach.seen.insert(format!("{group}: {}", outlet.rule));
            }
        }
    }

    fn of(&mut self, survey: &Survey<'a>, id: &'a sixward_estate::FirewallId) -> &[Outlet<'a>] {
        let look = || {
            let firewall = survey.estate().firewalls.get(id);
            firewall.map_or_else(Vec::new, |it| firewall::outlets(survey, it))
        };
        self.0.entry(id).or_insert_with(look)
    }
}
