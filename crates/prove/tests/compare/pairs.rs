//! Suspects and only suspects: who looks at every pair finds no more.

use proptest::prelude::*;
use sixward_estate::Estate;
use sixward_net::Family;
use sixward_prove::symbolic::Analysis;
use sixward_prove::symbolic::compare::{View, excess, excess_pair_by_pair};

use crate::{cases, flat, two};

pub(crate) const FAMILIES: [(Family, Family); 4] = [
    (Family::V4, Family::V4),
    (Family::V6, Family::V6),
    (Family::V6, Family::V4),
    (Family::V4, Family::V6),
];

pub(crate) fn all_found(a: &Estate, b: &Estate) -> Result<(), TestCaseError> {
    let a = Analysis::new(a);
    let b = a.next(b);
    for (of, beyond) in FAMILIES {
        for (x, y) in [(&a, &b), (&b, &a), (&a, &a)] {
            let of = View {
                analysis: x,
                family: of,
            };
            let beyond = View {
                analysis: y,
                family: beyond,
            };
            let (is, should) = (
                excess(of, beyond, &[]),
                excess_pair_by_pair(of, beyond, &[]),
            );
            let what = format!(
                "{:?} beyond {:?}, {}",
                of.family,
                beyond.family,
                if std::ptr::eq(x, &raw const a) {
                    "before"
                } else {
                    "after"
                }
            );
            flat::same(&flat::inside(&is), &flat::inside(&should), &what)?;
            prop_assert_eq!(is, should, "{}", what);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn all_that_exceeds_is_suspected(two in two()) {
        all_found(&two.a, &two.b)?;
    }
}
