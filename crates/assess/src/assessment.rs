//! The assessment: every noun asked, as findings and decisions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sixward_estate::{Finding, intent::Intent};

use crate::catalogue::Catalogue;
use crate::report::Report;
use crate::{
    Decisions, Survey, balancer, endpoint, firewall, gap, gateway, host, intent, interface, link,
    network, route, service, subnet, tunnel, zone,
};

/// What stands in the way, and what a person must decide.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    /// What is the case, the gravest first.
    pub findings: Vec<Finding>,
    /// What is asked.
    pub decisions: Decisions,
}

/// Assesses an estate.
pub fn assess(survey: &Survey<'_>) -> Assessment {
    let catalogue = Catalogue::new();
    let mut report = Report::default();
    ask_nouns(survey, &catalogue, &mut report);
    ask_rules_and_routes(survey, &catalogue, &mut report);
    let decisions = decide(survey, &mut report);
    intent::find(survey, &decisions, &mut report);
    let mut findings = report.findings;
    findings.sort();
    findings.dedup();
    Assessment {
        findings,
        decisions,
    }
}

fn ask_nouns(survey: &Survey<'_>, catalogue: &Catalogue, report: &mut Report) {
    network::find(survey, report);
    subnet::find(survey, catalogue, report);
    gateway::find(survey, report);
    host::find(survey, catalogue, report);
    zone::find(survey, catalogue, report);
    interface::find(survey, report);
    service::find(survey, catalogue, report);
    balancer::find(survey, report);
    endpoint::find(survey, report);
    tunnel::find(survey, report);
    gap::find(survey, report);
}

/// What is asked does not depend on what was answered: an answer to a question that is still there
/// must not look like one to a question that nobody asks.
fn ask_rules_and_routes(survey: &Survey<'_>, catalogue: &Catalogue, report: &mut Report) {
    let silent = Intent {
        answers: BTreeMap::new(),
        ..survey.intent.clone()
    };
    let unanswered = survey.answered_by(&silent);
    firewall::find(survey, &unanswered, catalogue, report);
    route::find(survey, &unanswered, catalogue, report);
    link::find(survey, &unanswered, report);
    interface::reach_out::find(survey, &unanswered, report);
    firewall::under::ask(&unanswered, report);
}

fn decide(survey: &Survey<'_>, report: &mut Report) -> Decisions {
    let mut decisions = Decisions::default();
    let asked = std::mem::take(&mut report.questions).into_decisions(survey);
    for decision in report.decisions.drain(..).chain(asked) {
        decisions.file(decision, survey);
    }
    decisions.tidy();
    decisions
}
