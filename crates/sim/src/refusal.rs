//! Refusals in the provider's codes, and what each says about trying again.

use sixward_apply::{Fault, FaultClass};
use sixward_plan::ChangeError;

/// It would be refused again.
pub(crate) fn refused(code: &'static str, message: String) -> Fault {
    Fault::new(FaultClass::Refused, message).code(code)
}

/// Something else is not ready yet, or is still in use.
pub(crate) fn busy(code: &'static str, message: String) -> Fault {
    Fault::new(FaultClass::Busy, message).code(code)
}

/// The change does not fit the estate, in a way that no rule of the provider's own has named before.
pub(crate) fn unfit(error: &ChangeError) -> Fault {
    let code = match error {
        ChangeError::Exists(..) => "AlreadyExists",
        ChangeError::InUse(..) => "DependencyViolation",
        _ => "NotFound",
    };
    refused(code, error.to_string())
}
