//! What is behind links that lead out of the estate: one family against what both states say of every
//! address, both families against twins, and a watch against a question.

use std::net::IpAddr;

use proptest::prelude::*;
use sixward_estate::{
    Action, Destination, Direction, Estate, FirewallKind, LinkId, LinkKind, Remote, Route,
    RouteOrigin, RouteState, RouteTableId, RouteTarget, Rule, SmolStr,
};
use sixward_net::{ANY6, Family, IpNet, Ipv4Net, Ipv6Net, Traffic};
use sixward_prove::set::TrafficSet;
use sixward_prove::symbolic::compare::{Comparison, Ends, Excess, View, excess};
use sixward_prove::symbolic::{self, Analysis};
use sixward_prove::{End, L4};

use crate::cases;
use crate::change::{Change, What, changed, changes};
use crate::far::{Beyond, Where, beyond, far_ends, far_remotes};
use crate::incremental;
use crate::kept::plain;
use crate::palette::Prefix;
use crate::single::{ends, id, knows, left};
use crate::spec::{Kind, NO_TARGET, Spec, specs};
use crate::witness;

fn estate(spec: &Spec, beyond: &Beyond, twin: fn(Family) -> Family) -> Estate {
    let mut estate = spec.estate(twin);
    beyond.over(&mut estate, twin);
    estate
}

/// What boxes say of an interface and a host of a far end.
fn boxed(
    found: &Comparison,
    far: (&End, IpAddr),
    near: &End,
    into: bool,
) -> (TrafficSet, TrafficSet) {
    let mut sum = (TrafficSet::empty(), TrafficSet::empty());
    for one in &found.excess {
        let (outside, inside) = if into {
            (&one.from, &one.to)
        } else {
            (&one.to, &one.from)
        };
        let (Ends::Far(end, ranges), Ends::Interfaces(ids)) = (outside, inside) else {
            continue;
        };
        let mut ranges = ranges.iter();
        let here = ranges.any(|(first, last)| *first <= far.1 && far.1 <= *last);
        if end == far.0 && here && ids.contains(&id(near)) {
            sum.0 = sum.0.union(&one.traffic);
            sum.1 = sum.1.union(&one.possible);
        }
    }
    sum
}

/// What boxes say of hosts of two far ends.
fn passing(
    found: &Comparison,
    from: (&End, IpAddr),
    to: (&End, IpAddr),
) -> (TrafficSet, TrafficSet) {
    let holds = |ends: &Ends, (far, at): (&End, IpAddr)| match ends {
        Ends::Far(end, ranges) => {
            let mut ranges = ranges.iter();
            end == far && ranges.any(|(first, last)| *first <= at && at <= *last)
        }
        _ => false,
    };
    let mut sum = (TrafficSet::empty(), TrafficSet::empty());
    let boxes = found.excess.iter();
    for one in boxes.filter(|one| holds(&one.from, from) && holds(&one.to, to)) {
        sum.0 = sum.0.union(&one.traffic);
        sum.1 = sum.1.union(&one.possible);
    }
    sum
}

/// Whether a far end's link is the network's own that an interface is in.
fn is_at(estate: &Estate, far: &End, near: &End) -> bool {
    let own = &estate.interfaces.get(&id(near)).unwrap().network;
    match far {
        End::Site(link) => {
            if let LinkKind::Vpn { gateway, .. } = &estate.links.get(link).unwrap().kind {
                let gateway = estate.gateways.get(gateway.as_ref().unwrap());
                gateway.is_none_or(|gateway| gateway.network.as_ref() == Some(own))
            } else {
                let mut links = estate.links.iter().filter_map(|link| link.attachment());
                links.any(|attachment| attachment.network.as_ref() == Some(own))
            }
        }
        End::Foreign(network) => {
            let mut sides = estate.links.iter().filter_map(|link| link.peer_of(network));
            sides.any(|side| side.network == *own)
        }
        _ => false,
    }
}

/// Messages that nothing answers.
fn silent() -> TrafficSet {
    let answered = |l4: &TrafficSet| l4.clone();
    let all = TrafficSet::all();
    let echo = [
        Traffic::Tcp(sixward_net::Ports::ALL),
        Traffic::Udp(sixward_net::Ports::ALL),
    ];
    echo.iter().fold(answered(&all), |rest, traffic| {
        rest.difference(&TrafficSet::of(*traffic))
    })
}

fn one_way(
    (a, estate_a): (&Analysis, &Estate),
    (b, estate_b): (&Analysis, &Estate),
) -> Result<(), TestCaseError> {
    for family in [Family::V4, Family::V6] {
        let view = |analysis| View { analysis, family };
        let nothing = excess(view(a), view(a), &[]);
        prop_assert!(nothing.excess.is_empty(), "{:?}", nothing.excess);
        let found = excess(view(a), view(b), &[]);
        let in_both = |far: &End| symbolic::far_ends(estate_b).contains(far);
        let all = ends(estate_a, family);
        for (near, own) in &all {
            // Boxes say which interfaces, not at which of their addresses.
            if all.iter().filter(|(other, _)| other == near).count() > 1 {
                continue;
            }
            let (near, own) = (near.clone(), *own);
            let there = knows(estate_b, &near, own);
            let known = symbolic::far_ends(estate_a);
            for far in far_ends(family)
                .into_iter()
                .filter(|far| known.contains(far) && is_at(estate_a, far, &near))
            {
                for remote in far_remotes(family) {
                    for into in [true, false] {
                        let (near, far) = ((&near, own), (&far, remote));
                        let (from, to) = if into { (far, near) } else { (near, far) };
                        let of = a.allowed_at(from, to);
                        let beyond = if there && in_both(far.0) {
                            b.allowed_at(from, to)
                        } else {
                            crate::single::nothing()
                        };
                        let should = left(&of, &beyond);
                        let is = boxed(&found, far, near.0, into);
                        let what = format!("{family} {from:?} {to:?}");
                        match should {
                            _ if is.1.is_empty() => {
                                // Who is no host there may still send what nothing answers.
                                let more = should.map(|(_, possible, _)| possible);
                                let more = more.unwrap_or_else(TrafficSet::empty);
                                prop_assert!(into || more.is_empty(), "{what}: {more}");
                                prop_assert!(more.is_subset(&silent()), "{what}: {more}");
                            }
                            None => prop_assert!(false, "{what}: {}", is.1),
                            Some((sure, possible, _)) => {
                                prop_assert_eq!(is, (sure, possible), "{}", what);
                            }
                        }
                    }
                }
            }
        }
        let fars = far_ends(family).into_iter();
        let fars: Vec<_> = fars
            .filter(|far| symbolic::far_ends(estate_a).contains(far))
            .collect();
        for from in &fars {
            for to in fars.iter().filter(|to| *to != from) {
                for source in far_remotes(family) {
                    for target in far_remotes(family) {
                        let (from, to) = ((from, source), (to, target));
                        let beyond = if in_both(from.0) && in_both(to.0) {
                            b.allowed_at(from, to)
                        } else {
                            crate::single::nothing()
                        };
                        let should = left(&a.allowed_at(from, to), &beyond);
                        let is = passing(&found, from, to);
                        let what = format!("{family} {from:?} {to:?}");
                        match should {
                            Some((sure, possible, _)) if !is.1.is_empty() => {
                                prop_assert_eq!(is, (sure, possible), "{}", what);
                            }
                            // Whom nothing answers may still send what needs no answer.
                            Some((_, more, _)) => {
                                prop_assert!(more.is_subset(&silent()), "{what}: {more}");
                            }
                            None => prop_assert!(is.1.is_empty(), "{what}: {}", is.1),
                        }
                    }
                }
            }
        }
        let is_there = |ends: &Ends| match ends {
            Ends::Far(end, _) => in_both(end),
            _ => true,
        };
        let boxes = found.excess.iter().filter(|it| is_beyond(it));
        let in_both = boxes.filter(|it| is_there(&it.from) && is_there(&it.to));
        for one in in_both {
            witness::right(one, (a, estate_a), (b, estate_b))?;
        }
    }
    Ok(())
}

fn all_said(a_estate: &Estate, b_estate: &Estate) -> Result<(), TestCaseError> {
    let a = Analysis::new(a_estate);
    let b = a.next(b_estate);
    one_way((&a, a_estate), (&b, b_estate))?;
    one_way((&b, b_estate), (&a, a_estate))
}

/// Who sends packets of others is still there: a far end has no more beyond it than is known of it.
#[test]
fn an_interface_becomes_a_gateway_s() -> Result<(), TestCaseError> {
    let spec = Spec {
        open: (false, false),
        default: (5, 0),
        public: vec![false; 8],
        members: vec![Vec::new(); 8],
        ..plain()
    };
    let a = estate(&spec, &Beyond::bare(), |family| family);
    let b = changed(&a, &a, &[Change::new(What::Owner, 0, 1)]);
    all_said(&a, &b)
}

/// A watch goes on from an address that no network leads to, where nobody knows where routes lead.
#[test]
fn an_address_without_a_way_under_no_table() -> Result<(), TestCaseError> {
    let spec = Spec {
        open: (false, false),
        public: vec![false; 8],
        members: vec![Vec::new(); 8],
        ..plain()
    };
    let mut states = vec![estate(&spec, &Beyond::bare(), |family| family)];
    for change in [
        Change::new(What::TableOf, 172, 146),
        Change::new(What::Unrouted6, 8, 0),
    ] {
        let next = changed(&states[states.len() - 1], &states[0], &[change]);
        states.push(next);
    }
    incremental::watched(&states)
}

/// An address of another network over a peering to which nothing but one's own goes: others are as before.
#[test]
fn an_address_of_another_network_beside_plain_ones() -> Result<(), TestCaseError> {
    let spec = Spec {
        joined: 0,
        default: (NO_TARGET, NO_TARGET),
        ..plain()
    };
    let spread = [Change::new(What::SameAddress, 6, 0)];
    let bare = estate(&spec, &Beyond::bare(), |family| family);
    let a = changed(&bare, &bare, &spread);
    let mut b = a.clone();
    let table = RouteTableId::new("table-11");
    b.route_tables.get_mut(&table).unwrap().add(Route {
        destination: Destination::Net(Where::Site.net(Family::V4)),
        target: RouteTarget::Link(LinkId::new("abroad-1")),
        origin: RouteOrigin::Static,
        state: RouteState::Active,
    });
    all_said(&a, &b)
}

/// A site is nothing new to whom the internet may call already, and to nobody else.
#[test]
fn an_open_door_beside_a_closed_one() -> Result<(), TestCaseError> {
    let mut public = vec![false; 8];
    public[1] = true;
    let spec = Spec {
        default: (0, 6),
        public,
        members: vec![Vec::new(); 8],
        ..plain()
    };
    let mut states = vec![estate(&spec, &Beyond::bare(), |family| family)];
    for change in [
        Change::new(What::TableOf, 0, 2),
        Change::new(What::Public, 1, 0),
    ] {
        let next = changed(&states[states.len() - 1], &states[0], &[change]);
        states.push(next);
    }
    incremental::watched(&states)
}

/// Prefixes that mean the same in both families.
fn twins() -> Vec<(Ipv4Net, Ipv6Net)> {
    let places = [
        Where::Site,
        Where::In(Prefix::Outside),
        Where::In(Prefix::Corner),
    ];
    let pair = |place: Where| match (place.net(Family::V4), place.net(Family::V6)) {
        (IpNet::V4(four), IpNet::V6(six)) => (four, six),
        _ => unreachable!("each in its family"),
    };
    places.map(pair).into()
}

fn is_beyond(one: &Excess) -> bool {
    let mut ends = [&one.from, &one.to].into_iter();
    ends.any(|ends| matches!(ends, Ends::Far(..)))
}

/// The excess with far ends.
fn far(analysis: &Analysis, other: &Analysis, family: Family) -> Comparison {
    let of = View { analysis, family };
    let beyond = View {
        analysis: other,
        family: match family {
            Family::V4 => Family::V6,
            Family::V6 => Family::V4,
        },
    };
    let mut found = excess(of, beyond, &twins());
    // Where neither family is known nothing is shown.
    found
        .excess
        .retain(|one| is_beyond(one) && !one.traffic.is_empty());
    found
}

fn words(found: &Comparison) -> String {
    let lines = found.excess.iter().map(|it| {
        let (from, to, waits) = (&it.from, &it.to, &it.undetermined);
        format!(
            "{from:?} to {to:?}: {} | {} {waits:?}\n",
            it.traffic, it.possible
        )
    });
    lines.collect()
}

/// All groups let IPv6 in.
fn opened(estate: &Estate) -> Estate {
    let mut opened = estate.clone();
    let groups = estate
        .firewalls
        .iter()
        .filter(|it| it.kind == FirewallKind::Group);
    for group in groups {
        let group = opened.firewalls.get_mut(&group.id).unwrap();
        group.add(Rule {
            direction: Direction::Ingress,
            order: None,
            action: Action::Allow,
            traffic: Traffic::All,
            remote: Remote::Net(ANY6.into()),
            note: SmolStr::default(),
        });
    }
    opened
}

/// Whether a far host may begin TCP with an interface, for sure.
fn may(analysis: &Analysis, far: (&End, IpAddr), near: (&End, IpAddr)) -> [bool; 2] {
    let l4 = L4::Tcp {
        source: 40_000,
        destination: 8080,
    };
    let verdict = analysis.allowed_at(far, near);
    [verdict.traffic.contains(l4), verdict.possible.contains(l4)]
}

proptest! {
    #![proptest_config(cases(20))]

    #[test]
    fn boxes_hold_what_verdicts_say_of_far_ends(
        (base, donor) in (specs(Kind::Mixed), specs(Kind::Mixed)),
        (one, other) in (beyond(false), beyond(false)),
        then in changes(1..6),
    ) {
        let a_estate = estate(&base, &one, |family| family);
        let donor = estate(&donor, &other, |family| family);
        all_said(&a_estate, &changed(&a_estate, &donor, &then))?;
    }

    #[test]
    fn a_watch_says_of_far_ends_what_a_question_says(
        (base, donor) in (specs(Kind::Mixed), specs(Kind::Mixed)),
        (one, other) in (beyond(false), beyond(false)),
        steps in proptest::collection::vec(changes(1..4), 1..8),
    ) {
        let mut states = vec![estate(&base, &one, |family| family)];
        let donor = estate(&donor, &other, |family| family);
        for step in steps {
            let next = changed(states.last().unwrap(), &donor, &step);
            states.push(next);
        }
        incremental::sound(&states)?;
        incremental::watched(&states)?;
    }

    #[test]
    fn twins_expose_nothing_and_miss_nothing(spec in specs(Kind::Plain), beyond in beyond(true)) {
        let four = Analysis::new(&estate(&spec, &beyond, |_| Family::V4));
        let six_estate = estate(&spec, &beyond, |_| Family::V6);
        let six = four.next(&six_estate);
        let found = far(&six, &four, Family::V6);
        prop_assert!(found.excess.is_empty(), "exposed: {}", words(&found));
        let found = far(&four, &six, Family::V4);
        prop_assert!(found.excess.is_empty(), "missing: {}", words(&found));

        // A door that stands open over IPv6 is found, for each host that IPv4 kept out.
        let open_estate = opened(&six_estate);
        let open = four.next(&open_estate);
        let found = far(&open, &four, Family::V6);
        let pairs = far_ends(Family::V6).into_iter().zip(far_ends(Family::V4));
        for (end6, end4) in pairs {
            let hosts = far_remotes(Family::V6).into_iter().zip(far_remotes(Family::V4));
            for (host6, host4) in hosts {
                let own = ends(&open_estate, Family::V6).into_iter().zip(ends(&open_estate, Family::V4));
                for ((near, own6), (_, own4)) in own {
                    let six = may(&open, (&end6, host6), (&near, own6));
                    let four = may(&four, (&end4, host4), (&near, own4));
                    let kept_out = !four[1];
                    let named = host4 != IpAddr::from([198, 51, 100, 7]);
                    if six[0] && kept_out && named {
                        let is = boxed(&found, (&end6, host6), &near, true);
                        let l4 = L4::Tcp { source: 40_000, destination: 8080 };
                        let all = four_open(&four_of(&spec, &beyond), &near);
                        prop_assert!(all || is.0.contains(l4), "{end6:?} {host6} {near:?}: {:?}", found.excess);
                    }
                }
            }
        }
    }
}

fn four_of(spec: &Spec, beyond: &Beyond) -> Analysis {
    Analysis::new(&estate(spec, beyond, |_| Family::V4))
}

/// Whether some of the internet may do so over IPv4: then perhaps all of it may, and it is nothing new.
fn four_open(analysis: &Analysis, near: &End) -> bool {
    let l4 = L4::Tcp {
        source: 40_000,
        destination: 8080,
    };
    let open = analysis.allowed(&End::Internet, near, Family::V4);
    open.possible.contains(l4)
}
