//! What one view has beyond another, against every pair of ends looked at by itself: on random small
//! estates, changed at random, in all families.

#![expect(clippy::unwrap_used, reason = "a panic is the report of a test")]

mod algebra;
mod beyond;
mod change;
mod families;
mod flat;
mod incremental;
mod kept;
mod pairs;
mod single;
mod witness;

#[path = "../symbolic/estates.rs"]
#[allow(dead_code, reason = "the other target uses all of it")]
mod estates;
#[path = "../symbolic/far/spec.rs"]
#[allow(dead_code, reason = "the other target uses all of it")]
mod far;
#[path = "../symbolic/palette.rs"]
#[allow(dead_code, reason = "the other target uses all of it")]
mod palette;
#[path = "../symbolic/spec.rs"]
#[allow(dead_code, reason = "the other target uses all of it")]
mod spec;

use proptest::prelude::*;
use sixward_estate::Estate;

use change::{Change, changed, changes};
use spec::{Kind, specs};

/// Two states, the second as a number of changes or as another estate.
#[derive(Clone)]
pub(crate) struct Two {
    pub(crate) a: Estate,
    pub(crate) b: Estate,
    /// For the report of a failure.
    made: (spec::Spec, spec::Spec, Vec<Change>, Vec<Change>),
}

impl std::fmt::Debug for Two {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.made.fmt(f)
    }
}

pub(crate) fn two() -> impl Strategy<Value = Two> {
    let (base, donor) = (specs(Kind::Mixed), specs(Kind::Mixed));
    let more = prop_oneof![9 => changes(1..5), 1 => changes(10..30)];
    (base, donor, changes(0..6), more).prop_map(|(base, donor, first, then)| {
        let donated = donor.estate(|family| family);
        let a = changed(&base.estate(|family| family), &donated, &first);
        let b = changed(&a, &donated, &then);
        Two {
            a,
            b,
            made: (base, donor, first, then),
        }
    })
}

/// So many that the whole target takes some seconds; `SIXWARD_CASES` says otherwise.
pub(crate) fn cases(debug: u32) -> ProptestConfig {
    let asked = option_env!("SIXWARD_CASES").and_then(|cases| cases.parse().ok());
    let release = if cfg!(debug_assertions) {
        debug
    } else {
        debug * 20
    };
    let mut config = ProptestConfig::with_cases(asked.unwrap_or(release));
    config.failure_persistence = None;
    config.max_shrink_iters = 20_000;
    config
}
