//! The plan, and its file. `docs/formats/plan.md` describes it.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};
use sixward_assess::catalogue::Catalogue;
use sixward_assess::{Assessment, Survey, assess};
use sixward_estate::{Estate, intent::Intent};

use crate::address::AddressPlan;
use crate::draft::Draft;
use crate::step::{Stage, Step};
use crate::symbol::Symbols;
use crate::{
    balancer, endpoint, firewall, gateway, host, interface, link, network, route, service, subnet,
    tunnel, zone,
};

const FORMAT: &str = "sixward-plan";
const VERSION: u32 = 1;

/// Everything that a reviewer, a prover and an engine need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// What was wanted.
    pub intent: Intent,
    /// What stands in the way and what is asked.
    pub assessment: Assessment,
    /// Which block goes where.
    pub addresses: AddressPlan,
    /// Blocks that the provider will choose.
    pub symbols: Symbols,
    /// What is done, in order.
    pub steps: Vec<Step>,
    /// The estate it was made for.
    pub before: Estate,
}

/// A plan file could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlanFileError {
    /// It is not a plan at all, or a broken one.
    #[error("not a readable plan")]
    Parse(#[source] serde_json::Error),
    /// It is of another kind.
    #[error("the file says it is `{0}`, not `{FORMAT}`")]
    Format(String),
    /// It is of a version that is not known.
    #[error("plan version {0} is not known; this sixward reads version {VERSION}")]
    Version(u32),
}

/// Plans the migration of an estate.
pub fn plan(estate: Estate, intent: Intent) -> Plan {
    let (assessment, addresses, symbols, steps) = {
        let survey = Survey::new(&estate, &intent);
        let mut assessment = assess(&survey);
        let (addresses, symbols, misfits) = AddressPlan::new(&survey);
        assessment.findings.extend(misfits);
        assessment.findings.sort();
        let steps = steps(&survey, &addresses);
        (assessment, addresses, symbols, steps)
    };
    Plan {
        intent,
        assessment,
        addresses,
        symbols,
        steps,
        before: estate,
    }
}

/// The steps, wave by wave: nothing is used before it is there, and nothing is reachable before it
/// is filtered.
fn steps(survey: &Survey<'_>, addresses: &AddressPlan) -> Vec<Step> {
    let catalogue = Catalogue::new();
    let mut draft = Draft::new(survey.estate().clone());
    draft.wave(Stage::Blocks);
    network::steps(survey, addresses, &mut draft);
    draft.wave(Stage::Blocks);
    subnet::block_steps(addresses, &mut draft);

    draft.wave(Stage::Routes);
    gateway::steps(survey, &mut draft);
    link::attachment_steps(survey, &mut draft);
    draft.wave(Stage::Routes);
    route::steps(survey, addresses, &mut draft);
    link::route_steps(survey, addresses, &mut draft);

    draft.wave(Stage::Filters);
    firewall::deny_steps(survey, addresses, &mut draft);
    draft.wave(Stage::Filters);
    firewall::allow_steps(survey, addresses, &mut draft);

    draft.wave(Stage::MachineTypes);
    host::type_steps(survey, &catalogue, &mut draft);

    draft.wave(Stage::Addresses);
    interface::steps(survey, &catalogue, addresses, &mut draft);
    draft.wave(Stage::Addresses);
    subnet::auto_assign_steps(survey, &catalogue, &mut draft);

    draft.wave(Stage::Tunnels);
    tunnel::open_steps(survey, &mut draft);
    draft.wave(Stage::Tunnels);
    tunnel::rule_steps(survey, &mut draft);
    draft.wave(Stage::Tunnels);
    tunnel::join_steps(survey, addresses, &mut draft);

    draft.wave(Stage::Guests);
    host::guest_steps(survey, &mut draft);

    draft.wave(Stage::Services);
    balancer::steps(survey, &mut draft);
    service::steps(survey, &catalogue, &mut draft);
    endpoint::steps(survey, &mut draft);

    draft.wave(Stage::Names);
    zone::steps(survey, &mut draft);
    draft.steps
}

impl Plan {
    /// The estate after step `number`; 0 is the estate before the first.
    pub fn after(&self, number: u32) -> Estate {
        let mut estate = self.before.clone();
        for step in self.steps.iter().take_while(|step| step.number <= number) {
            // INVARIANT: every step fitted when it was planned, and effects are deterministic.
            let _ = step.change.effect(&mut estate);
        }
        estate
    }

    /// The estate after the last step.
    pub fn end(&self) -> Estate {
        self.after(u32::MAX)
    }

    /// How many waves there are.
    pub fn waves(&self) -> u32 {
        self.steps.last().map_or(0, |step| step.wave)
    }
}

#[derive(Serialize)]
struct Written<'a> {
    format: &'static str,
    version: u32,
    #[serde(flatten)]
    plan: &'a Plan,
}

#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    format: String,
    #[serde(default)]
    version: u32,
}

/// The file of a plan. The same plan gives the same bytes.
pub fn write_plan(plan: &Plan) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    write_plan_to(plan, &mut bytes)?;
    Ok(bytes)
}

/// Writes the file of a plan; a big one need not be in memory as text too.
pub fn write_plan_to(plan: &Plan, mut to: impl Write) -> io::Result<()> {
    let written = Written {
        format: FORMAT,
        version: VERSION,
        plan,
    };
    serde_json::to_writer_pretty(&mut to, &written)?;
    to.write_all(b"\n")
}

/// The plan of a file.
pub fn read_plan(bytes: &[u8]) -> Result<Plan, PlanFileError> {
    let head: Head = serde_json::from_slice(bytes).map_err(PlanFileError::Parse)?;
    if head.format != FORMAT {
        return Err(PlanFileError::Format(head.format));
    }
    if head.version != VERSION {
        return Err(PlanFileError::Version(head.version));
    }
    serde_json::from_slice(bytes).map_err(PlanFileError::Parse)
}
