//! runbook
use sixward_plan::Plan;
/// The runbook.
pub fn runbook(plan: &Plan) -> String { let _ = plan; String::new() }
