//! Managed services: which call sets the family of which kind.
//!
//! Kinds are those of the service catalogue (`assess/data/services.toml`); those that a field of
//! their own sets in place are here when the field is one value of one call. The rest is for a person.

use sixward_estate::{FamilyMode, Service, ServiceId};

use super::line::{Context, Line};
use super::shell::Noun;

pub(super) fn set_family(context: &Context<'_>, id: &ServiceId, to: FamilyMode) -> Line {
    let Some(service) = context.plan.before.services.get(id) else {
        return Line::by_hand("the estate does not say what kind of service it is");
    };
    let Some((v4, dual)) = values(&service.kind) else {
        return Line::by_hand("the script has no call for this kind of service");
    };
    let value = match to {
        FamilyMode::V4 => v4,
        FamilyMode::Dual => dual,
        FamilyMode::DualPrivate4 | FamilyMode::V6 | FamilyMode::Unknown => {
            return Line::by_hand("the service has no such network type");
        }
    };
    let args = [
        service.kind.to_string(),
        handle(service).to_owned(),
        value.to_owned(),
        v4.to_owned(),
    ];
    Line::set(Noun::Service, "service_family", args)
}

/// The words for IPv4 and for both, as the service's own call takes them (botocore 1.44.5).
fn values(kind: &str) -> Option<(&'static str, &'static str)> {
    match kind {
        "rds-instance" | "rds-cluster" | "docdb" | "neptune" | "dms" | "msk" => {
            Some(("IPV4", "DUAL"))
        }
        "redshift" | "redshift-serverless" | "opensearch" => Some(("ipv4", "dualstack")),
        "lambda" => Some(("False", "True")),
        _ => None,
    }
}

/// What the calls name a service by: some its ARN, the others its name.
fn handle(service: &Service) -> &str {
    let id = service.id.as_str();
    match service.kind.as_str() {
        "dms" | "msk" => id,
        _ if !id.starts_with("arn:") => id,
        "redshift-serverless" if !service.name.is_empty() => &service.name,
        _ => id.rsplit([':', '/']).next().unwrap_or(id),
    }
}
