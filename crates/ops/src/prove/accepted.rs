//! Hazards that a person took upon herself: an answer to the planner's own question about the same
//! thing, other than the safest.

use sixward_estate::{Finding, SmolStr};
use sixward_plan::Plan;
use sixward_prove::hazard;

/// The answer that accepts a hazard: `"expose:sg-1" = "mirror"`.
pub(super) fn by(plan: &Plan, hazard: &Finding) -> Option<String> {
    let asked = asked(hazard);
    let answered = plan.assessment.decisions.answered.iter();
    let mut about = answered.filter(|decision| {
        asked.contains(&decision.code.as_str()) && decision.subject.id == hazard.subject.id
    });
    about.find_map(|decision| {
        let words = plan.intent.answer(&decision.key)?;
        let safest = decision.choices.first().map(|it| it.answer.as_str());
        let said = words.iter().map(SmolStr::as_str);
        let said = said.collect::<Vec<_>>().join(", ");
        (Some(said.as_str()) != safest).then(|| format!("\"{}\" = \"{said}\"", decision.key))
    })
}

/// The codes of the questions that are about the same.
fn asked(hazard: &Finding) -> &'static [&'static str] {
    if hazard.code == hazard::EXPOSED {
        &["firewall/exposes"]
    } else if hazard.code == hazard::BYPASS || hazard.code == hazard::LETS_IN {
        &["route/through-middle", "route/filtered"]
    } else {
        &[]
    }
}
