//! Ids as the provider makes them: a prefix and 17 hexadecimal digits. They follow from
//! the seed, the prefix and a running number, so that whoever refers to a thing can name
//! it without having seen it, and two things never share a name.

use crate::random::mix;

/// The names of one estate.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ids {
    seed: u64,
}

impl Ids {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed: mix(seed) }
    }

    /// The id of the `number`-th thing of a kind: `subnet-0c3f…`.
    pub(crate) fn of(self, prefix: &str, number: u32) -> String {
        format!("{prefix}-0{}", self.digits(prefix, number))
    }

    /// The 16 digits alone, as load balancers carry them in their names.
    pub(crate) fn digits(self, kind: &str, number: u32) -> String {
        // One to one in `number` for one kind: that is what keeps the ids apart.
        let kind = kind
            .bytes()
            .fold(self.seed, |hash, byte| mix(hash ^ u64::from(byte)));
        format!("{:016x}", mix(kind ^ u64::from(number)))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Ids;

    #[test]
    fn ids_have_the_form_and_differ() {
        let ids = Ids::new(1);
        let all: BTreeSet<_> = (0..10_000).map(|number| ids.of("eni", number)).collect();
        assert_eq!(all.len(), 10_000);
        assert!(
            all.iter().all(|id| id.len() == "eni-".len() + 17),
            "{all:?}"
        );
        assert_ne!(ids.digits("eni", 1), ids.digits("vpc", 1));
        assert_ne!(ids.of("eni", 1), Ids::new(2).of("eni", 1));
    }
}
