//! Managed services: databases of RDS, and of what shares its API.
//!
//! What else discovery reads has no call that changes its network type in place (ElastiCache), and what
//! it does not read cannot be looked at afterwards.

use sixward_estate::{FamilyMode, ServiceId};

use super::Task;
use crate::aws::query::Call;

pub(super) fn set_family(service: &ServiceId, to: FamilyMode) -> Result<Task, &'static str> {
    let (operation, parameter, name) = database(service.as_str())
        .ok_or("this kind of service is not changed by a call of this version")?;
    let value = match to {
        FamilyMode::V4 => "IPV4",
        FamilyMode::Dual => "DUAL",
        FamilyMode::DualPrivate4 | FamilyMode::V6 | FamilyMode::Unknown => {
            return Err("the service has no such network type");
        }
    };
    let call = Call::new("rds", operation).with(parameter, name);
    // Otherwise it waits for the maintenance window.
    let call = call.with("ApplyImmediately", "true");
    Ok(Task::Call(call.with("NetworkType", value)))
}

/// `arn:aws:rds:us-east-1:123456789012:db:orders`: the call, the parameter and the name it goes by.
fn database(arn: &str) -> Option<(&'static str, &'static str, &str)> {
    let mut parts = arn.strip_prefix("arn:")?.splitn(6, ':').skip(1);
    let (service, kind, name) = (parts.next()?, parts.nth(2)?, parts.next()?);
    match (service, kind) {
        ("rds", "db") => Some(("ModifyDBInstance", "DBInstanceIdentifier", name)),
        ("rds", "cluster") => Some(("ModifyDBCluster", "DBClusterIdentifier", name)),
        _ => None,
    }
}
