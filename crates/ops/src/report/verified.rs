//! What is there against what was planned: state, meaning, and what answers from here.

use serde::Serialize;
use sixward_apply::Difference;
use sixward_net::Family;

use super::proof::PromiseRow;

/// What is there against what was planned.
#[derive(Debug, Clone, Serialize)]
pub struct Verified {
    /// The plan's file.
    pub plan: String,
    /// In which world.
    pub world: String,
    /// How many steps the plan has.
    pub steps: usize,
    /// How many of them are there.
    pub there: usize,
    /// How many of them an estate does not show: they happen in hosts and zones.
    pub unseen: usize,
    /// Steps that are not as planned.
    pub amiss: Vec<StandingRow>,
    /// Where the live estate differs from the planned one.
    pub differences: Vec<Difference>,
    /// The promises, on the live estate.
    pub promises: Vec<PromiseRow>,
    /// Flows that break one, in words.
    pub breaches: Vec<String>,
    /// What answers from here, when that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probes: Option<Vec<ProbeRow>>,
}

/// What was seen of one target in one family.
#[derive(Debug, Clone, Serialize)]
pub struct ProbeRow {
    /// Whose it is.
    pub who: String,
    /// The target: `2001:db8::7 tcp 443`.
    pub target: String,
    /// The family.
    pub family: Family,
    /// What was to be seen.
    pub expected: &'static str,
    /// What was seen.
    pub seen: String,
    /// Whether that is as expected.
    pub holds: bool,
    /// How long each connection took, in microseconds.
    pub micros: Vec<u64>,
}

/// A step that is not as planned.
#[derive(Debug, Clone, Serialize)]
pub struct StandingRow {
    /// Its number.
    pub step: u32,
    /// What was planned.
    pub title: String,
    /// What was expected: `done`, or `not done` for a step that the journal does not tell of.
    pub expected: &'static str,
    /// What was seen.
    pub seen: String,
}

impl Verified {
    /// Whether everything is as planned, for sure.
    pub fn holds(&self) -> bool {
        use sixward_prove::proof::Outcome;
        let kept = |row: &PromiseRow| row.outcome == Outcome::Held;
        let seen = self.probes.iter().flatten().all(|row| row.holds);
        let state = self.amiss.is_empty() && self.differences.is_empty();
        state && seen && self.promises.iter().all(kept)
    }
}
