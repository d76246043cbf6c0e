//! Families of endpoints.

use sixward_assess::Survey;
use sixward_estate::{EndpointId, Estate, FamilyMode, Subject};

use crate::change::ChangeError;
use crate::draft::Draft;

pub(crate) fn steps(survey: &Survey<'_>, draft: &mut Draft) {
    let _ = (survey, draft);
}

pub(crate) fn set_family(
    estate: &mut Estate,
    id: &EndpointId,
    from: FamilyMode,
    to: FamilyMode,
) -> Result<(), ChangeError> {
    let missing = || ChangeError::Missing(Subject::new("endpoint", id.as_str(), ""));
    let endpoint = estate.endpoints.get_mut(id).ok_or_else(missing)?;
    if endpoint.family != from {
        let subject = Subject::new("endpoint", id.as_str(), &endpoint.name);
        return Err(ChangeError::Absent(subject, format!("the family `{from}`")));
    }
    endpoint.family = to;
    Ok(())
}
