//! The report: what a verb found, planned and wrote, as `--json` prints it and as [`crate::text`]
//! words it. `docs/formats/report.md` describes it.

mod address;
pub mod diff;
mod flow;
mod found;
pub mod journal;
mod kind;
pub mod matrix;
pub mod proof;
pub mod rehearsal;
mod step;
pub mod verified;
pub mod walk;

pub use address::{NetworkAddresses, SubnetAddresses};
pub use flow::{Deaf, FlowRow, Flows, HopRow, LegEnds, LegRow, StateRow, Verdict, Way};
pub use found::{Found, PlaceFound};
pub use step::{ByItself, Loss, StepRow, WaveRow};

use serde::Serialize;
use sixward_assess::Decisions;
use sixward_estate::intent::Profile;
use sixward_estate::{Estate, Finding, Severity};
use sixward_plan::Plan;

use crate::input::Facts;

const FORMAT: &str = "sixward-report";
const VERSION: u32 = 1;

/// What a verb found, planned and wrote.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Always `sixward-report`.
    pub format: &'static str,
    /// Counted up when a reader would break.
    pub version: u32,
    /// The verb that made it.
    pub verb: &'static str,
    /// What it started from.
    pub source: SourceRow,
    /// How far IPv6 goes.
    pub profile: Profile,
    /// What is there.
    pub found: Found,
    /// What must be done before IPv6 can come.
    pub blockers: Vec<Finding>,
    /// What should be known first.
    pub warnings: Vec<Finding>,
    /// What is worth knowing.
    pub notes: Vec<Finding>,
    /// What only a person can know.
    pub decisions: Decisions,
    /// Which block goes where.
    pub addresses: Vec<NetworkAddresses>,
    /// The waves of the plan.
    pub waves: Vec<WaveRow>,
    /// The steps of the plan.
    pub steps: Vec<StepRow>,
    /// What the provider does by itself when a step is done.
    pub by_itself: Vec<ByItself>,
    /// What the way back does not bring back.
    pub losses: Vec<Loss>,
    /// The flow that was asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flows: Option<Flows>,
    /// What was proved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof: Option<proof::Proved>,
    /// What two estates differ in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diff: Option<diff::Differences>,
    /// Who can talk to whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matrix: Option<matrix::Matrix>,
    /// What the checker says of a certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<proof::CertificateRow>,
    /// How a walk over a plan's steps ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub walk: Option<walk::Walked>,
    /// What is there against what was planned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified: Option<verified::Verified>,
    /// What packets showed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rehearsal: Option<rehearsal::Rehearsed>,
    /// What a journal holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub journal: Option<journal::Journal>,
    /// What to do next.
    pub next: Vec<Action>,
    /// Files that were written.
    pub files: Vec<String>,
}

/// What a verb started from.
#[derive(Debug, Clone, Serialize)]
pub struct SourceRow {
    /// As the user wrote it.
    pub given: String,
    /// `dumps`, `scenario`, `project`, `snapshot`, `plan`, `by-hand` or `live`.
    pub kind: &'static str,
    /// How many files or answers were read.
    pub files: usize,
    /// Files in the folder that were left alone.
    pub ignored: Vec<String>,
    /// The intent's file; none when the defaults held.
    pub intent: Option<String>,
}

/// Something to do next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Action {
    /// What, in a few words.
    pub what: String,
    /// The command for it, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
}

impl Report {
    /// The report on an estate: nothing was asked of it yet.
    pub(crate) fn of_estate(
        verb: &'static str,
        facts: &Facts,
        estate: &Estate,
        findings: Vec<Finding>,
    ) -> Self {
        let mut report = Self {
            format: FORMAT,
            version: VERSION,
            verb,
            source: SourceRow::new(facts),
            profile: Profile::default(),
            found: Found::new(estate),
            blockers: Vec::new(),
            warnings: Vec::new(),
            notes: Vec::new(),
            decisions: Decisions::default(),
            addresses: Vec::new(),
            waves: Vec::new(),
            steps: Vec::new(),
            by_itself: Vec::new(),
            losses: Vec::new(),
            flows: None,
            proof: None,
            certificate: None,
            diff: None,
            matrix: None,
            walk: None,
            verified: None,
            rehearsal: None,
            journal: None,
            next: Vec::new(),
            files: Vec::new(),
        };
        report.sort_in(findings);
        report
    }

    /// The report on a plan.
    pub(crate) fn of_plan(verb: &'static str, facts: &Facts, plan: &Plan) -> Self {
        let findings = plan.assessment.findings.clone();
        Self {
            profile: plan.intent.profile,
            decisions: plan.assessment.decisions.clone(),
            addresses: address::rows(plan),
            waves: step::waves(plan),
            steps: step::steps(plan),
            by_itself: step::by_itself(plan),
            losses: step::losses(plan),
            ..Self::of_estate(verb, facts, &plan.before, findings)
        }
    }

    fn sort_in(&mut self, findings: Vec<Finding>) {
        for finding in findings {
            match finding.severity {
                Severity::Blocker => self.blockers.push(finding),
                Severity::Warning => self.warnings.push(finding),
                Severity::Note => self.notes.push(finding),
            }
        }
    }
}

impl SourceRow {
    fn new(facts: &Facts) -> Self {
        Self {
            given: facts.given.clone(),
            kind: facts.kind,
            files: facts.files,
            ignored: facts.ignored.clone(),
            intent: facts
                .intent
                .as_ref()
                .map(|path| path.to_string_lossy().into_owned()),
        }
    }
}

impl Action {
    pub(crate) fn new(what: impl Into<String>, command: Option<String>) -> Self {
        Self {
            what: what.into(),
            command,
        }
    }
}
