//! Families of endpoints.

use sixward_assess::Survey;
use sixward_assess::endpoint::{EndpointChange, change};
use sixward_estate::{EndpointId, Estate, FamilyMode, Subject};

use crate::change::{Change, ChangeError};
use crate::draft::{About, Draft};
use crate::step::Risk;

/// Endpoints that the owner says the service behind has IPv6 for; sixward cannot see it.
pub(crate) fn steps(survey: &Survey<'_>, draft: &mut Draft) {
    for endpoint in &survey.estate().endpoints {
        if change(survey, endpoint) != (EndpointChange::InPlace { agreed: true }) {
            continue;
        }
        let (from, to) = (endpoint.family, FamilyMode::Dual);
        let about = About::quiet("the service behind it answers over both families");
        let change = Change::SetEndpointFamily {
            endpoint: endpoint.id.clone(),
            from,
            to,
        };
        draft.step(change, about.risk(Risk::Medium));
    }
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
