//! In one family, against what both states say of every pair of addresses.

use std::net::IpAddr;

use proptest::prelude::*;
use sixward_estate::{Estate, Interface, InterfaceId, InterfaceOwner};
use sixward_net::{Family, IpNet, Ipv6Net};
use sixward_prove::End;
use sixward_prove::set::TrafficSet;
use sixward_prove::symbolic::compare::{View, excess};
use sixward_prove::symbolic::{Analysis, Verdict};

use crate::flat::{self, Flat, Left};
use crate::palette::remotes;
use crate::witness;
use crate::{cases, two};

/// The addresses of an interface in a family; of what is delegated to it the first.
pub(crate) fn own(interface: &Interface, family: Family) -> Vec<IpAddr> {
    match family {
        Family::V4 => {
            let all = interface.addresses4.iter();
            all.map(|own| own.address.into()).collect()
        }
        Family::V6 => {
            let delegated = interface.prefixes6.iter().map(Ipv6Net::network);
            let mut all = interface.addresses6.clone();
            all.extend(delegated.filter(|own| !interface.addresses6.contains(own)));
            all.into_iter().map(IpAddr::V6).collect()
        }
    }
}

/// All interfaces that serve somebody, at all their addresses.
pub(crate) fn ends(estate: &Estate, family: Family) -> Vec<(End, IpAddr)> {
    let serve = |it: &&Interface| !matches!(it.owner, InterfaceOwner::Gateway(_));
    let interfaces = estate.interfaces.iter().filter(serve);
    let all = interfaces.flat_map(|it| {
        let end = End::Interface(it.id.clone());
        own(it, family).into_iter().map(move |at| (end.clone(), at))
    });
    all.collect()
}

pub(crate) fn id(end: &End) -> InterfaceId {
    match end {
        End::Interface(id) => id.clone(),
        _ => InterfaceId::new("none"),
    }
}

pub(crate) fn nothing() -> Verdict {
    Verdict {
        traffic: TrafficSet::empty(),
        possible: TrafficSet::empty(),
        undetermined: Vec::new(),
    }
}

/// What is in excess when one state says this and the other that. Who waits for all that the other
/// waits for is compared bound by bound: what is waited for falls out the same in both.
pub(crate) fn left(of: &Verdict, beyond: &Verdict) -> Option<Left> {
    let sure = of.traffic.difference(&beyond.possible);
    let covered = beyond
        .undetermined
        .iter()
        .all(|it| of.undetermined.contains(it));
    let possible = if covered {
        let some = of.possible.difference(&beyond.possible);
        some.union(&of.traffic.difference(&beyond.traffic))
    } else {
        of.possible.difference(&beyond.traffic)
    };
    let mut unknown = [of.undetermined.clone(), beyond.undetermined.clone()].concat();
    unknown.sort();
    unknown.dedup();
    (!possible.is_empty()).then_some((sure, possible, unknown))
}

/// Whether an interface has an address, whoever it serves.
pub(crate) fn knows(estate: &Estate, end: &End, address: IpAddr) -> bool {
    let interface = estate.interfaces.get(&id(end));
    let families = [Family::V4, Family::V6].into_iter();
    interface.is_some_and(|it| {
        let mut delegated = it.prefixes6.iter().copied().map(IpNet::V6);
        delegated.any(|net| net.contains(&address))
            || families
                .flat_map(|family| own(it, family))
                .any(|at| at == address)
    })
}

/// What a state says, of addresses that it knows.
fn says(analysis: &Analysis, estate: &Estate, from: (&End, IpAddr), to: (&End, IpAddr)) -> Verdict {
    let known = |(end, address): (&End, IpAddr)| match end {
        End::Interface(_) => knows(estate, end, address),
        _ => true,
    };
    if known(from) && known(to) {
        analysis.allowed_at(from, to)
    } else {
        nothing()
    }
}

pub(crate) fn all_said(estate_a: &Estate, estate_b: &Estate) -> Result<(), TestCaseError> {
    let a = Analysis::new(estate_a);
    let b = a.next(estate_b);
    one_way((&a, estate_a), (&b, estate_b))?;
    one_way((&b, estate_b), (&a, estate_a))
}

fn one_way(
    (a, estate_a): (&Analysis, &Estate),
    (b, estate_b): (&Analysis, &Estate),
) -> Result<(), TestCaseError> {
    for family in [Family::V4, Family::V6] {
        let view = |analysis| View { analysis, family };
        let found = excess(view(a), view(b), &[]);
        prop_assert!(!found.more);
        let nothing = excess(view(a), view(a), &[]);
        prop_assert!(
            nothing.excess.is_empty(),
            "beyond itself: {:?}",
            nothing.excess
        );
        let ends = ends(estate_a, family);
        let mut should = Flat::new();
        for (from, at) in &ends {
            for (to, other) in ends.iter().filter(|(to, _)| to != from) {
                let (from, to) = ((from, *at), (to, *other));
                let of = says(a, estate_a, from, to);
                let beyond = says(b, estate_b, from, to);
                if let Some(left) = left(&of, &beyond) {
                    let pair = (id(from.0), id(to.0));
                    should.entry(pair).or_default().insert(left);
                }
            }
        }
        flat::same(&flat::inside(&found), &should, &format!("{family}"))?;
        for remote in remotes(family) {
            let mut should = Flat::new();
            for (end, at) in &ends {
                for into in [true, false] {
                    let (own, far) = ((end, *at), (&End::Internet, remote));
                    let (from, to) = if into { (far, own) } else { (own, far) };
                    let of = says(a, estate_a, from, to);
                    let beyond = says(b, estate_b, from, to);
                    if let Some(left) = left(&of, &beyond) {
                        should.entry((id(end), into)).or_default().insert(left);
                    }
                }
            }
            let found = flat::outside(&found, remote);
            flat::same(&found, &should, &format!("{family}, {remote}"))?;
        }
        for one in &found.excess {
            witness::right(one, (a, estate_a), (b, estate_b))?;
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(20))]

    #[test]
    fn boxes_hold_what_verdicts_say(two in two()) {
        all_said(&two.a, &two.b)?;
    }
}
