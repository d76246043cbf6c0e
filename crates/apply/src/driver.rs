//! The one door between the engine and a world: a real cloud, one in memory, a lab of namespaces.
//!
//! A driver reads and makes changes. It does not decide: whether something was done the engine sees by
//! reading it back, whatever the answer was.

use std::fmt;

use serde::{Deserialize, Serialize};
use sixward_estate::{Estate, SmolStr};
use sixward_plan::Change;

use crate::Scope;

/// A world that changes can be made in.
pub trait Driver {
    /// What this driver has no call for, and why a person must do it; nothing when it can.
    fn by_hand(&self, change: &Change) -> Option<&'static str>;

    /// The whole estate, read now.
    fn discover(&mut self) -> Result<Estate, Fault>;

    /// The part of the estate that some changes are about, read now. What is not there is left out;
    /// more than was asked for does no harm.
    fn read(&mut self, scope: &Scope) -> Result<Estate, Fault>;

    /// Makes changes that do not depend on one another, as many at once as it sees fit, and tells each
    /// answer as it comes, by the order's place. An answer means that the provider took the change on,
    /// not that it is done. An order that is half done already is taken from where it stands. After
    /// an answer of [`Flow::Stop`] no further order is begun; one that was not begun is not told of.
    fn make(&mut self, orders: &[Order], told: &mut dyn FnMut(usize, Result<(), Fault>) -> Flow);

    /// Lets time pass before something is looked at or tried again, longer with each attempt from 1.
    fn pause(&mut self, attempt: u32);
}

/// A change that a driver is to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The same for the same thing, however often it is tried: what providers call a client token.
    pub token: SmolStr,
    /// The change, with everything known that the provider chose so far.
    pub change: Change,
    /// What it is about, as it was before: the driver puts back what it must interrupt.
    pub before: Estate,
}

/// Whether to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// On.
    Go,
    /// Begin nothing more.
    Stop,
}

/// A call did not do what it was to do. The message must hold no credentials: it is written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// What is known of it, and so what can be done.
    pub class: FaultClass,
    /// The provider's code: `UnauthorizedOperation`; empty when there is none.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub code: SmolStr,
    /// One line.
    pub message: SmolStr,
}

/// What is known of a fault. The engine tries again by this and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultClass {
    /// Nothing was done: too many calls. It will be taken later.
    Throttled,
    /// Nothing was done: something else is not ready or still in use. It may be taken later.
    Busy,
    /// Nothing was done: these credentials may not.
    Denied,
    /// Nothing was done, and it would be refused again.
    Refused,
    /// There was no answer, or one that says nothing: it may have been done.
    Unknown,
}

impl Fault {
    /// A fault without a code.
    pub fn new(class: FaultClass, message: impl Into<SmolStr>) -> Self {
        Self {
            class,
            code: SmolStr::default(),
            message: message.into(),
        }
    }

    /// The same with the provider's code.
    #[must_use]
    pub fn code(self, code: impl Into<SmolStr>) -> Self {
        Self {
            code: code.into(),
            ..self
        }
    }
}

impl FaultClass {
    /// Whether the same call may go through later.
    pub fn passes(self) -> bool {
        matches!(self, Self::Throttled | Self::Busy | Self::Unknown)
    }

    /// Whether nothing was done for certain and it is worth trying again.
    pub(crate) fn is_soon(self) -> bool {
        matches!(self, Self::Throttled | Self::Busy)
    }
}

impl fmt::Display for FaultClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Throttled => "too many calls",
            Self::Busy => "not ready",
            Self::Denied => "not allowed",
            Self::Refused => "refused",
            Self::Unknown => "no answer",
        })
    }
}
