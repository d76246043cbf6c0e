//! Families of load balancers.

use sixward_assess::Survey;
use sixward_assess::balancer::{BalancerChange, change};
use sixward_estate::{BalancerId, Estate, FamilyMode, Subject};

use crate::change::{Change, ChangeError};
use crate::draft::{About, Draft};
use crate::step::Risk;

/// Both families in front; behind it the targets stay as they are.
pub(crate) fn steps(survey: &Survey<'_>, draft: &mut Draft) {
    for balancer in &survey.estate().balancers {
        if change(survey, balancer) != BalancerChange::InPlace {
            continue;
        }
        let (from, to) = (balancer.family, FamilyMode::Dual);
        let reason = "its name then answers with AAAA too; its targets are spoken to as before";
        let about = About::quiet(reason).risk(Risk::Medium);
        draft.step(
            Change::SetBalancerFamily {
                balancer: balancer.id.clone(),
                from,
                to,
            },
            about,
        );
    }
}

pub(crate) fn set_family(
    estate: &mut Estate,
    id: &BalancerId,
    from: FamilyMode,
    to: FamilyMode,
) -> Result<(), ChangeError> {
    let missing = || ChangeError::Missing(Subject::new("balancer", id.as_str(), ""));
    let balancer = estate.balancers.get_mut(id).ok_or_else(missing)?;
    if balancer.family != from {
        let subject = Subject::new("balancer", id.as_str(), &balancer.name);
        return Err(ChangeError::Absent(subject, format!("the family `{from}`")));
    }
    balancer.family = to;
    Ok(())
}
