//! The assessment: every question asked, as findings and decisions.

use serde::{Deserialize, Serialize};
use sixward_estate::Finding;

use crate::{Decisions, Survey};

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
    let _ = survey;
    Assessment::default()
}
