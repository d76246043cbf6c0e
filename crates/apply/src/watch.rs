//! Whoever looks on, and may ask to stop: a terminal, a stream of events, a test.

use serde::Serialize;
use sixward_estate::SmolStr;
use sixward_plan::Bindings;

use crate::journal::{Part, Way};
use crate::{Fault, Flow};

/// Something happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// A walk begins.
    Began {
        /// Which way.
        way: Way,
        /// How many steps are in it.
        steps: usize,
        /// How many of them are done already.
        done: usize,
    },
    /// A wave begins.
    Wave {
        /// Its number.
        wave: u32,
        /// How many steps of it are left.
        steps: usize,
    },
    /// A call is about to be made.
    Making {
        /// For what.
        #[serde(flatten)]
        part: Part,
    },
    /// It is tried again, or looked at again, after a pause.
    Again {
        /// What.
        #[serde(flatten)]
        part: Part,
        /// Why; none when it was taken on and is not seen yet.
        #[serde(skip_serializing_if = "Option::is_none")]
        fault: Option<Fault>,
        /// The how-manieth time.
        attempt: u32,
    },
    /// It is done.
    Done {
        /// What.
        #[serde(flatten)]
        part: Part,
        /// It was done already: no call was needed.
        already: bool,
    },
    /// The provider chose something.
    Bound {
        /// What.
        bound: Bindings,
    },
    /// It is not done.
    Failed {
        /// What.
        #[serde(flatten)]
        part: Part,
        /// Why.
        why: SmolStr,
    },
    /// A person must do it.
    ByHand {
        /// What.
        #[serde(flatten)]
        part: Part,
        /// Why.
        why: SmolStr,
    },
    /// The promises were looked at after a wave.
    Guarded {
        /// The wave.
        wave: u32,
        /// What broke; none when all are kept.
        #[serde(skip_serializing_if = "Option::is_none")]
        broken: Option<SmolStr>,
    },
    /// The walk ended.
    Ended {
        /// Which way.
        way: Way,
        /// How.
        outcome: SmolStr,
    },
}

/// Looks on.
pub trait Watcher {
    /// Something happened.
    fn tell(&mut self, event: &Event);

    /// Whether to go on; asked before each call.
    fn flow(&self) -> Flow;
}

/// Nobody looks.
impl Watcher for () {
    fn tell(&mut self, _: &Event) {}

    fn flow(&self) -> Flow {
        Flow::Go
    }
}
