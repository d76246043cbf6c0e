//! What is there and not known well enough to prove anything about flows that touch it.

use std::collections::BTreeSet;
use std::fmt::Display;

use sixward_estate::{Estate, Subject};

/// Things that a proof waits for, by noun and id.
pub(super) type Unknown = BTreeSet<Subject>;

/// A thing as a subject. Names are left out: a thing is one subject wherever it is met.
pub(super) fn subject(noun: &'static str, id: impl Display) -> Subject {
    Subject::new(noun, id.to_string(), "")
}

/// One thing that is not known.
pub(super) fn unknown(noun: &'static str, id: impl Display) -> Unknown {
    Unknown::from([subject(noun, id)])
}

/// The gaps of an estate.
#[derive(Debug, Clone, Default)]
pub(super) struct Gaps(Unknown);

impl Gaps {
    pub(super) fn of(estate: &Estate) -> Self {
        let gaps = estate.gaps.iter();
        Self(
            gaps.map(|gap| Subject {
                name: "".into(),
                ..gap.subject.clone()
            })
            .collect(),
        )
    }

    /// The thing, when it is a gap.
    pub(super) fn find(&self, noun: &'static str, id: impl Display) -> Option<Subject> {
        if self.0.is_empty() {
            return None;
        }
        let subject = subject(noun, id);
        self.0.contains(&subject).then_some(subject)
    }
}
