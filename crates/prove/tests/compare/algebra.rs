//! What one state has beyond another and what both have is all that it has.

use proptest::prelude::*;
use sixward_net::Family;
use sixward_prove::set::TrafficSet;
use sixward_prove::symbolic::Analysis;
use sixward_prove::symbolic::compare::{View, excess};

use crate::single::{ends, id};
use crate::{cases, flat, two};

proptest! {
    #![proptest_config(cases(8))]

    #[test]
    fn the_rest_is_common(two in two()) {
        let a = Analysis::new(&two.a);
        let b = a.next(&two.b);
        for family in [Family::V4, Family::V6] {
            let view = |analysis| View { analysis, family };
            let new = flat::inside(&excess(view(&b), view(&a), &[]));
            let ends = ends(&two.b, family);
            for (from, at) in &ends {
                for (to, other) in ends.iter().filter(|(to, _)| to != from) {
                    let (from_at, to_at) = ((from, *at), (to, *other));
                    let now = b.allowed_at(from_at, to_at);
                    let before = a.allowed_at(from_at, to_at);
                    let new = new.get(&(id(from), id(to))).into_iter().flatten();
                    let new = new.fold(TrafficSet::empty(), |sum, left| sum.union(&left.1));
                    // All that is allowed now was possible before, or is told to be new.
                    let left = now.traffic.difference(&before.possible);
                    prop_assert!(left.is_subset(&new), "{at} to {other}");
                    let all = new.union(&now.possible.intersection(&before.possible));
                    prop_assert!(now.traffic.is_subset(&all), "{at} to {other}");
                }
            }
        }
    }
}
