//! A state made from another is what it is when it is computed from nothing.

use proptest::prelude::*;
use sixward_estate::{Estate, Item, Place, Provider, Table, Transit, TransitId};
use sixward_net::Family;
use sixward_prove::symbolic::Analysis;
use sixward_prove::symbolic::compare::{Question, View, Watch};

use crate::cases;
use crate::change::{changed, changes};
use crate::single::ends;
use crate::spec::{Kind, specs};

/// Every state of a chain, from the one before; and each is told from all earlier ones rightly.
pub(crate) fn sound(states: &[Estate]) -> Result<(), TestCaseError> {
    let mut analyses = vec![Analysis::new(&states[0])];
    for (at, state) in states.iter().enumerate().skip(1) {
        let next = analyses[at - 1].next(state);
        prop_assert!(next.is_sound(), "state {at}");
        let anew = Analysis::new(state);
        for family in [Family::V4, Family::V6] {
            let shared = analyses.iter().any(|earlier| next.shares(earlier, family));
            let ends = ends(state, family);
            for (from, a) in &ends {
                for (to, b) in ends.iter().filter(|(to, _)| to != from) {
                    let (from, to) = ((from, *a), (to, *b));
                    let is = next.allowed_at(from, to);
                    prop_assert_eq!(
                        &is,
                        &anew.allowed_at(from, to),
                        "state {}, {} to {}",
                        at,
                        a,
                        b
                    );
                    for earlier in analyses.iter().filter(|_| shared) {
                        if next.shares(earlier, family) {
                            prop_assert_eq!(&is, &earlier.allowed_at(from, to), "shared at {}", at);
                        }
                    }
                }
            }
        }
        analyses.push(next);
    }
    Ok(())
}

/// What a watch says after each of a chain of states is what one question says of it.
pub(crate) fn watched(states: &[Estate]) -> Result<(), TestCaseError> {
    let first = Analysis::new(&states[0]);
    let mut watch = Watch::new(&first, &first);
    let mut before = first.next(&states[0]);
    for (at, state) in states.iter().enumerate().skip(1) {
        let now = before.next(state);
        let is = watch.next((&first, &first), &before, &now, &[]);
        let question = Question {
            of: View {
                analysis: &now,
                family: Family::V6,
            },
            beyond: View {
                analysis: &first,
                family: Family::V4,
            },
            nor: Some(&first),
            twins: &[],
        };
        let should = question.answer_pair_by_pair();
        let more = is.excess.iter().filter(|it| !should.excess.contains(it));
        let less = should.excess.iter().filter(|it| !is.excess.contains(it));
        let differ: Vec<_> = more
            .map(|it| ("more", it))
            .chain(less.map(|it| ("less", it)))
            .collect();
        let said: Vec<_> = differ
            .iter()
            .map(|(w, it)| {
                format!(
                    "{w} {:?} {:?} {} | {} {:?} {:?}",
                    it.from, it.to, it.traffic, it.possible, it.undetermined, it.witness
                )
            })
            .collect();
        prop_assert!(differ.is_empty(), "state {}: {:#?}", at, said);
        prop_assert_eq!(&is, &should, "state {}", at);
        before = now;
    }
    Ok(())
}

fn differ<T: Item + PartialEq + std::fmt::Debug>(
    a: &Table<T>,
    b: &Table<T>,
) -> Result<(), TestCaseError>
where
    T::Id: std::fmt::Debug,
{
    let mut ids: Vec<_> = a.iter().chain(b).map(|item| item.id().clone()).collect();
    ids.sort();
    ids.dedup();
    let all = ids.iter().map(|id| (a.get(id), b.get(id)));
    let should: Vec<_> = all.filter(|(a, b)| a != b).collect();
    let is: Vec<_> = a.differences(b).collect();
    prop_assert_eq!(&is, &should);
    prop_assert_eq!(a == b, should.is_empty());
    Ok(())
}

proptest! {
    #![proptest_config(cases(20))]

    #[test]
    fn a_chain_of_states_is_sound(
        base in specs(Kind::Mixed),
        donor in specs(Kind::Mixed),
        steps in proptest::collection::vec(changes(1..4), 1..8),
    ) {
        let mut states = vec![base.estate(|family| family)];
        let donor = donor.estate(|family| family);
        for step in steps {
            let next = changed(states.last().unwrap(), &donor, &step);
            states.push(next);
        }
        sound(&states)?;
    }

    #[test]
    fn a_watch_says_what_a_question_says(
        base in specs(Kind::Mixed),
        donor in specs(Kind::Mixed),
        steps in proptest::collection::vec(changes(1..4), 1..8),
    ) {
        let mut states = vec![base.estate(|family| family)];
        let donor = donor.estate(|family| family);
        for step in steps {
            let next = changed(states.last().unwrap(), &donor, &step);
            states.push(next);
        }
        watched(&states)?;
    }

    #[test]
    fn tables_tell_their_differences(two in crate::two()) {
        let (a, b) = (&two.a, &two.b);
        differ(&a.interfaces, &b.interfaces)?;
        differ(&a.firewalls, &b.firewalls)?;
        differ(&b.firewalls, &a.firewalls)?;
        differ(&a.route_tables, &b.route_tables)?;
        differ(&a.gateways, &b.gateways)?;
        differ(&b.links, &a.links)?;
    }

    #[test]
    fn long_tables_tell_their_differences(
        base in 0..400_u16,
        changes in proptest::collection::vec((0..500_u16, 0..3_u8), 0..60),
        apart in any::<bool>(),
    ) {
        let item = |n: u16, name: &str| Transit {
            id: TransitId::new(format!("hub-{n}")),
            name: name.into(),
            place: Place {
                provider: Provider::Other,
                account: "".into(),
                region: "here".into(),
            },
        };
        let a: Table<_> = (0..base).map(|n| item(n * 7 % 401, "a")).collect();
        let mut b = if apart { a.iter().cloned().collect() } else { a.clone() };
        for (n, what) in changes {
            let old = item(n, "a");
            match what {
                0 => drop(b.remove(old.id())),
                1 => drop(b.insert(old)),
                _ => drop(b.insert(item(n, "b"))),
            }
        }
        differ(&a, &b)?;
        differ(&b, &a)?;
    }
}
