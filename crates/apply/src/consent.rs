//! Before the first step: there is a way back from everywhere, and whoever decides agreed where there is
//! none.

use sixward_estate::{Estate, SmolStr};
use sixward_plan::{Change, Plan, Step};

/// Some steps have no way back to where they began.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the way back from step {step} {why}")]
pub struct NoWayBack {
    /// The step.
    pub step: u32,
    /// What is wrong with it.
    pub why: SmolStr,
}

/// A step loses something for good, and nobody agreed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("step {step} loses {loses} for good, and the intent does not agree to that")]
pub struct NoConsent {
    /// The step.
    pub step: u32,
    /// What it loses.
    pub loses: SmolStr,
    /// The answer that would agree, as the intent has it.
    pub answer: String,
}

/// Walks the whole plan and the whole way back, wave by wave.
pub(crate) fn way_back(plan: &Plan) -> Result<(), NoWayBack> {
    let mut estate = plan.before.clone();
    let waves = plan.steps.chunk_by(|a, b| a.wave == b.wave);
    for wave in waves {
        let before = estate.clone();
        for step in wave {
            let stuck = |why: String| NoWayBack {
                step: step.number,
                why: why.into(),
            };
            let done = step.change.effect(&mut estate);
            done.map_err(|error| stuck(format!("cannot be known: it does not fit, {error}")))?;
        }
        undo(wave, &before, &estate)?;
    }
    Ok(())
}

fn undo(wave: &[Step], before: &Estate, after: &Estate) -> Result<(), NoWayBack> {
    let mut estate = after.clone();
    for step in wave.iter().rev() {
        for change in &step.undo {
            change.effect(&mut estate).map_err(|error| NoWayBack {
                step: step.number,
                why: format!("fails: {error}").into(),
            })?;
        }
    }
    match wave.first() {
        Some(step) if estate != *before => Err(NoWayBack {
            step: step.number,
            why: "leads to another state".into(),
        }),
        _ => Ok(()),
    }
}

/// Whoever decides agreed to what steps lose for good. A block that a provider chose is not asked about:
/// nobody used it before the plan gave it out.
pub(crate) fn agreed(plan: &Plan) -> Result<(), NoConsent> {
    let losing = plan.steps.iter().filter(|step| !step.loses.is_empty());
    for step in losing {
        let key = match &step.change {
            Change::SetMachineType { host, .. } => format!("restart:{host}"),
            Change::SetServiceFamily { service, .. } => format!("one-way:{service}"),
            _ => continue,
        };
        let yes = plan
            .intent
            .answer(&key)
            .is_some_and(|words| words == ["yes"]);
        if !yes {
            return Err(NoConsent {
                step: step.number,
                loses: step.loses.clone(),
                answer: format!("\"{key}\" = \"yes\""),
            });
        }
    }
    Ok(())
}
