//! What is known after a fault: whether nothing was done, and whether it would be taken later.
//!
//! Sources: EC2 API reference, "Error codes for the Amazon EC2 API"; "Common errors" of the API references
//! of Elastic Load Balancing and RDS. A code that says nothing of a call's fate makes it unknown: then the
//! world is looked at.

use sixward_apply::{Fault, FaultClass};

use super::error::{DiscoverError, ErrorClass};
use super::fault::Fault as Reply;
use super::{Discovery, Unread};

/// Codes that say that something else is not ready or still in use.
const BUSY: [&str; 12] = [
    "ConcurrentMutationLimitExceeded",
    "DependencyViolation",
    "IncorrectInstanceState",
    "IncorrectModificationState",
    "IncorrectState",
    "InsufficientInstanceCapacity",
    "InvalidDBClusterStateFault",
    "InvalidDBInstanceState",
    "InvalidDBInstanceStateFault",
    "InvalidState",
    "ResourceInUse",
    "ResourceNotReady",
];

/// Calls whose answers an estate can do without: what they say is no part of it, or of no drift.
const NOT_NEEDED: [&str; 5] = [
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeCustomerGateways",
    "ec2:DescribeInstanceTypes",
    "ec2:DescribeIpv6Pools",
    "sts:GetCallerIdentity",
];

/// After a call that writes.
pub(super) fn after(reply: Reply) -> Fault {
    let class = match &reply.code {
        // Nothing left this machine: it can be made again, as after too many calls.
        _ if reply.unsent => FaultClass::Throttled,
        Some(code) if is_busy(code) => FaultClass::Busy,
        _ => class(reply.class),
    };
    let code = reply.code.unwrap_or_default();
    let prefix = format!("{code}: ");
    let message = reply.reason.strip_prefix(&prefix).unwrap_or(&reply.reason);
    Fault::new(class, message).code(code)
}

/// After calls that read. What is not read would pass for what is not there, so half an answer is none.
pub(super) fn of_unread(discovery: &Discovery) -> Result<(), Fault> {
    let needed = |unread: &&Unread| {
        let operation = unread.operation.split(' ').next().unwrap_or_default();
        !NOT_NEEDED.contains(&operation) && !is_gone(unread)
    };
    match discovery.unread.iter().find(needed) {
        Some(unread) => {
            let Unread {
                operation, reason, ..
            } = unread;
            let text = format!("{operation} gave no answer, and half an estate is none: {reason}");
            Err(Fault::new(class(unread.class), text))
        }
        None => Ok(()),
    }
}

/// When nothing could be read.
pub(super) fn of_discovery(error: &DiscoverError) -> Fault {
    let class = match error {
        DiscoverError::NoCredentials { .. }
        | DiscoverError::CredentialsRefused { .. }
        | DiscoverError::AllRefused { .. } => FaultClass::Denied,
        DiscoverError::Unreachable { .. } => FaultClass::Unknown,
        DiscoverError::Region { .. }
        | DiscoverError::Endpoint { .. }
        | DiscoverError::Setup { .. } => FaultClass::Refused,
    };
    Fault::new(class, format!("{error}; {}", error.hint()))
}

/// What is asked for by its id and is not there is left out, as everything else is.
fn is_gone(unread: &Unread) -> bool {
    unread.reason.starts_with("LoadBalancerNotFound")
}

fn is_busy(code: &str) -> bool {
    code.ends_with(".InUse") || BUSY.contains(&code)
}

fn class(class: ErrorClass) -> FaultClass {
    match class {
        ErrorClass::Denied | ErrorClass::Credentials => FaultClass::Denied,
        ErrorClass::NotImplemented | ErrorClass::Invalid => FaultClass::Refused,
        ErrorClass::Throttled => FaultClass::Throttled,
        ErrorClass::Server
        | ErrorClass::Timeout
        | ErrorClass::Connection
        | ErrorClass::Garbled
        | ErrorClass::CutShort => FaultClass::Unknown,
    }
}
