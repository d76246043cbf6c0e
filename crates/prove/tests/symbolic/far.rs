//! Sites and foreign networks: the analysis against the tracer, against the rules one by one, and against
//! its own image in the other family, on random small estates.

pub(crate) mod spec;

use proptest::prelude::*;
use sixward_estate::{
    Destination, Estate, Route, RouteOrigin, RouteState, RouteTableId, RouteTarget, TransitId,
    TransitTableId,
};
use sixward_net::Family;
use sixward_prove::End;
use sixward_prove::symbolic::Analysis;

use crate::compare::packets;
use crate::equal;
use crate::estates::addresses;
use crate::judge::{Flow, Judge, Tally};
use crate::naive;
use crate::palette::Prefix;
use crate::spec::{Kind, Spec, specs};
use crate::view::view;
use spec::{Beyond, Where, beyond, far_ends, far_remotes, odd_remotes};

pub(crate) fn estate(spec: &Spec, beyond: &Beyond, twin: fn(Family) -> Family) -> Estate {
    let mut estate = spec.estate(twin);
    beyond.over(&mut estate, twin);
    estate
}

/// Every interface with every far end, and far ends with each other.
fn far_flows(estate: &Estate) -> Tally {
    let mut judge = Judge::new(estate);
    for family in [Family::V4, Family::V6] {
        let ends = far_ends(family);
        for end in &ends {
            for remote in odd_remotes(family) {
                for (id, own) in addresses(estate, family) {
                    let (far, near) = ((end.clone(), remote), (End::Interface(id), own));
                    judge.ask(&Flow::plain(far.clone(), near.clone()), packets());
                    judge.ask(&Flow::plain(near, far), packets());
                }
                for (other, to) in ends.iter().zip(odd_remotes(family)) {
                    if end != other {
                        let (from, to) = ((end.clone(), remote), (other.clone(), to));
                        judge.ask(&Flow::plain(from, to), packets());
                    }
                }
            }
        }
    }
    judge.tally
}

/// Every interface with every far end, by the rules one packet at a time.
fn by_the_rules(estate: &Estate) -> Result<(), TestCaseError> {
    let analysis = Analysis::new(estate);
    let known = sixward_prove::symbolic::far_ends(estate);
    let packets = equal::packets();
    for family in [Family::V4, Family::V6] {
        let ends = far_ends(family);
        for far in ends.iter().filter(|end| known.contains(end)) {
            for remote in far_remotes(family) {
                for (id, own) in addresses(estate, family) {
                    let interface = &view(estate, &id, family);
                    let (near, there) = ((&End::Interface(id), own), (far, remote));
                    let verdict = analysis.allowed_at(near, there);
                    let what = format!("{own} to {far:?} at {remote}");
                    equal::agree(&verdict, &packets, &what, |l4| {
                        naive::far::outbound(estate, interface, own, there, l4)
                    })?;
                    let verdict = analysis.allowed_at(there, near);
                    let what = format!("{far:?} at {remote} to {own}");
                    equal::agree(&verdict, &packets, &what, |l4| {
                        naive::far::inbound(estate, there, interface, own, l4)
                    })?;
                }
            }
        }
    }
    Ok(())
}

/// What routes out of the estate make of flows within it.
fn near_flows(estate: &Estate) -> Tally {
    let mut judge = Judge::new(estate);
    for family in [Family::V4, Family::V6] {
        let ends = addresses(estate, family);
        for (id, source) in &ends {
            for (other, destination) in ends.iter().filter(|(other, _)| other != id) {
                let from = (End::Interface(id.clone()), *source);
                let to = (End::Interface(other.clone()), *destination);
                judge.ask(&Flow::plain(from, to), packets());
            }
        }
    }
    judge.tally
}

/// So many that the whole takes seconds; a release build does more.
fn cases() -> u32 {
    if cfg!(debug_assertions) { 24 } else { 2000 }
}

/// What is asked on one side of the twins: the interfaces with their addresses.
type Side = (
    Analysis,
    Vec<(sixward_estate::InterfaceId, std::net::IpAddr)>,
    Family,
);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn the_tracer_agrees_beyond_the_estate(spec in specs(Kind::Mixed), beyond in beyond(false)) {
        let estate = estate(&spec, &beyond, |family| family);
        let tally = far_flows(&estate);
        prop_assert_eq!(tally.different(), 0, "{}", tally);
        let tally = near_flows(&estate);
        prop_assert_eq!(tally.different(), 0, "{}", tally);
    }

    #[test]
    fn the_twin_has_the_image_beyond_the_estate(spec in specs(Kind::Plain), beyond in beyond(true)) {
        let [four, six] = [Family::V4, Family::V6].map(|family| {
            let twin: fn(Family) -> Family = match family {
                Family::V4 => |_| Family::V4,
                Family::V6 => |_| Family::V6,
            };
            let estate = estate(&spec, &beyond, twin);
            (Analysis::new(&estate), addresses(&estate, family), family)
        });
        let says = |(analysis, own, family): &Side| {
            let mut verdicts = Vec::new();
            for end in far_ends(*family) {
                for remote in far_remotes(*family) {
                    for (id, own) in own {
                        let near = (&End::Interface(id.clone()), *own);
                        verdicts.push(analysis.allowed_at(near, (&end, remote)).traffic);
                        verdicts.push(analysis.allowed_at((&end, remote), near).traffic);
                    }
                }
            }
            verdicts
        };
        prop_assert_eq!(says(&four), says(&six));
    }
}

proptest! {
    // By every packet, so that fewer estates take as long.
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 8 } else { 2000 }))]

    #[test]
    fn the_analysis_says_what_the_rules_say_of_far_ends(
        spec in specs(Kind::Mixed),
        beyond in beyond(false),
    ) {
        by_the_rules(&estate(&spec, &beyond, |family| family))?;
    }
}

/// What some address may, the analysis finds without being told which.
#[test]
fn all_addresses_together_are_the_sum_of_each() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut sums = 0;
    for _ in 0..cases() {
        let drawn = (specs(Kind::Mixed), beyond(false))
            .new_tree(&mut runner)
            .unwrap();
        let (spec, beyond) = proptest::strategy::ValueTree::current(&drawn);
        let estate = estate(&spec, &beyond, |family| family);
        let analysis = Analysis::new(&estate);
        for family in [Family::V4, Family::V6] {
            for far in far_ends(family) {
                for (id, own) in addresses(&estate, family) {
                    let near = End::Interface(id);
                    let out = analysis.allowed(&near, &far, family);
                    let into = analysis.allowed(&far, &near, family);
                    for remote in far_remotes(family) {
                        let at = analysis.allowed_at((&near, own), (&far, remote));
                        assert!(at.traffic.is_subset(&out.traffic));
                        assert!(at.possible.is_subset(&out.possible));
                        let at = analysis.allowed_at((&far, remote), (&near, own));
                        assert!(at.traffic.is_subset(&into.traffic));
                        assert!(at.possible.is_subset(&into.possible));
                        sums += usize::from(!at.traffic.is_empty());
                    }
                }
            }
        }
    }
    assert!(sums > 1000, "{sums}");
}

/// Behind a NAT gateway somebody else begins, and answers need no way to who did.
#[test]
fn a_nat_gateway_before_a_hub() {
    let to_hub = Route {
        destination: Destination::Net(Prefix::Outside.net(Family::V4)),
        target: RouteTarget::Transit(TransitId::new("hub")),
        origin: RouteOrigin::Static,
        state: RouteState::Active,
    };
    let spec = Spec {
        default: (5, 0),
        ..crate::kept::open(0)
    };
    let mut estate = estate(&spec, &Beyond::bare(), |family| family);
    // The NAT gateway's subnet knows the way to a site, and the hub another one to the sender.
    let table = RouteTableId::new("table-00");
    estate.route_tables.get_mut(&table).unwrap().add(to_hub);
    let hub = TransitTableId::new("hub-table");
    let hub = estate.transit_tables.get_mut(&hub).unwrap();
    hub.routes.extend([
        spec::switch((Family::V4, Where::In(Prefix::Subnet(0, 1)), 1), |family| {
            family
        }),
        spec::switch((Family::V4, Where::In(Prefix::Any), 2), |family| family),
    ]);
    let tally = far_flows(&estate);
    assert_eq!(tally.different(), 0, "{tally}");
}

/// Far ends must show every answer too, or equality shows little.
#[test]
fn far_ends_have_all_answers() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut seen = std::collections::BTreeSet::new();
    let l4 = equal::packets()[0];
    for _ in 0..400 {
        let drawn = (specs(Kind::Mixed), beyond(false))
            .new_tree(&mut runner)
            .unwrap();
        let (spec, beyond) = proptest::strategy::ValueTree::current(&drawn);
        let estate = estate(&spec, &beyond, |family| family);
        let known = sixward_prove::symbolic::far_ends(&estate);
        for family in [Family::V4, Family::V6] {
            for far in far_ends(family).iter().filter(|end| known.contains(end)) {
                let sort = match far {
                    End::Foreign(_) => "foreign",
                    End::Site(id) if id.as_str().starts_with("site") => "attached",
                    _ => "vpn",
                };
                for remote in far_remotes(family) {
                    for (id, own) in addresses(&estate, family) {
                        let interface = &view(&estate, &id, family);
                        let far = (far, remote);
                        let out = naive::far::outbound(&estate, interface, own, far, l4);
                        let into = naive::far::inbound(&estate, far, interface, own, l4);
                        seen.extend([(sort, family, true, out), (sort, family, false, into)]);
                    }
                }
            }
        }
    }
    assert_eq!(seen.len(), 3 * 2 * 2 * 3, "{seen:?}");
}
