//! Families of managed services.

use sixward_assess::Survey;
use sixward_assess::catalogue::Catalogue;
use sixward_assess::service::{ServiceChange, change};
use sixward_estate::{Estate, FamilyMode, ServiceId, Subject};

use crate::change::{Change, ChangeError};
use crate::draft::{About, Draft};
use crate::step::{Downtime, Risk};

/// What can be changed in place, and what the owner agreed to.
pub(crate) fn steps(survey: &Survey<'_>, catalogue: &Catalogue, draft: &mut Draft) {
    for service in &survey.estate().services {
        let about = About::quiet("clients in the network may then use either family");
        let about = about.risk(Risk::Medium).downtime(Downtime::Brief);
        let about = match change(survey, catalogue, service) {
            ServiceChange::InPlace => about,
            ServiceChange::OneWay { agreed: true, .. } => about.loses("the way back to IPv4 only"),
            _ => continue,
        };
        let (from, to) = (service.family, FamilyMode::Dual);
        draft.step(
            Change::SetServiceFamily {
                service: service.id.clone(),
                from,
                to,
            },
            about,
        );
    }
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
