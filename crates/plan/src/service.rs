//! Families of services.

use sixward_assess::Survey;
use sixward_estate::{Estate, FamilyMode, ServiceId, Subject};

use crate::change::ChangeError;
use crate::draft::Draft;

pub(crate) fn steps(survey: &Survey<'_>, draft: &mut Draft) {
    let _ = (survey, draft);
}

pub(crate) fn set_family(
    estate: &mut Estate,
    id: &ServiceId,
    from: FamilyMode,
    to: FamilyMode,
) -> Result<(), ChangeError> {
    let missing = || ChangeError::Missing(Subject::new("service", id.as_str(), ""));
    let service = estate.services.get_mut(id).ok_or_else(missing)?;
    if service.family != from {
        let subject = Subject::new("service", id.as_str(), &service.name);
        return Err(ChangeError::Absent(subject, format!("the family `{from}`")));
    }
    service.family = to;
    Ok(())
}
