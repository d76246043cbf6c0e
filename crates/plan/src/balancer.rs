//! Families of balancers.

use sixward_assess::Survey;
use sixward_estate::{BalancerId, Estate, FamilyMode, Subject};

use crate::change::ChangeError;
use crate::draft::Draft;

pub(crate) fn steps(survey: &Survey<'_>, draft: &mut Draft) {
    let _ = (survey, draft);
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
