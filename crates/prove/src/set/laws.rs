//! The laws of the sets, and their equality with brute force on small lines.

use proptest::collection::vec;
use proptest::prelude::*;
use sixward_net::{IcmpMatch, Ports, Traffic};

use super::{Arena, Intervals, Point, Steps, TrafficSet, reduce};
use crate::L4;

fn sets() -> impl Strategy<Value = Intervals<u8>> {
    vec((any::<u8>(), any::<u8>()), 0..6).prop_map(Intervals::ranges)
}

fn bits(set: &Intervals<u8>) -> Vec<bool> {
    (0..=u8::MAX).map(|point| set.contains(point)).collect()
}

fn both(a: &Intervals<u8>, b: &Intervals<u8>, join: fn(bool, bool) -> bool) -> Vec<bool> {
    let pairs = bits(a).into_iter().zip(bits(b));
    pairs.map(|(a, b)| join(a, b)).collect()
}

const EDGES: [u16; 6] = [0, 1, 80, 1024, 65_534, u16::MAX];

fn ports() -> impl Strategy<Value = Ports> {
    let edge = || prop::sample::select(EDGES.to_vec());
    (edge(), edge()).prop_filter_map("upside down", |(first, last)| Ports::new(first, last))
}

fn message() -> impl Strategy<Value = IcmpMatch> {
    let kind = || prop::sample::select(vec![0_u8, 3, 8, 128, 129, 255]);
    prop_oneof![
        Just(IcmpMatch::Any),
        kind().prop_map(IcmpMatch::Type),
        (kind(), 0..3_u8).prop_map(|(kind, code)| IcmpMatch::Code(kind, code)),
    ]
}

fn traffic() -> impl Strategy<Value = Traffic> {
    prop_oneof![
        1 => Just(Traffic::All),
        4 => ports().prop_map(Traffic::Tcp),
        2 => ports().prop_map(Traffic::Udp),
        2 => message().prop_map(Traffic::Icmp),
        2 => message().prop_map(Traffic::Icmp6),
        2 => prop::sample::select(vec![0_u8, 1, 6, 17, 47, 50, 58, 255]).prop_map(Traffic::Protocol),
    ]
}

/// How a set came about, so that brute force can follow.
#[derive(Debug, Clone)]
enum Tree {
    Rule(Traffic),
    Or(Box<Tree>, Box<Tree>),
    And(Box<Tree>, Box<Tree>),
    Minus(Box<Tree>, Box<Tree>),
    Answered(Box<Tree>),
}

fn trees() -> impl Strategy<Value = Tree> {
    traffic()
        .prop_map(Tree::Rule)
        .prop_recursive(4, 24, 2, |inner| {
            let pair = || (inner.clone(), inner.clone());
            prop_oneof![
                pair().prop_map(|(a, b)| Tree::Or(a.into(), b.into())),
                pair().prop_map(|(a, b)| Tree::And(a.into(), b.into())),
                pair().prop_map(|(a, b)| Tree::Minus(a.into(), b.into())),
                inner.clone().prop_map(|a| Tree::Answered(a.into())),
            ]
        })
}

impl Tree {
    fn set(&self) -> TrafficSet {
        match self {
            Self::Rule(traffic) => TrafficSet::of(*traffic),
            Self::Or(a, b) => a.set().union(&b.set()),
            Self::And(a, b) => a.set().intersection(&b.set()),
            Self::Minus(a, b) => a.set().difference(&b.set()),
            Self::Answered(a) => a.set().answered(),
        }
    }

    fn id(&self, arena: &mut Arena) -> super::TrafficId {
        match self {
            Self::Rule(traffic) => arena.rule(*traffic),
            Self::Or(a, b) => {
                let (a, b) = (a.id(arena), b.id(arena));
                arena.or(a, b)
            }
            Self::And(a, b) => {
                let (a, b) = (a.id(arena), b.id(arena));
                arena.and(a, b)
            }
            Self::Minus(a, b) => {
                let (a, b) = (a.id(arena), b.id(arena));
                arena.minus(a, b)
            }
            Self::Answered(a) => {
                let a = a.id(arena);
                arena.answered(a)
            }
        }
    }

    fn has(&self, l4: L4) -> bool {
        match self {
            Self::Rule(traffic) => rule_has(*traffic, l4),
            Self::Or(a, b) => a.has(l4) || b.has(l4),
            Self::And(a, b) => a.has(l4) && b.has(l4),
            Self::Minus(a, b) => a.has(l4) && !b.has(l4),
            Self::Answered(a) => answer(l4).is_none_or(|answer| a.has(answer)),
        }
    }
}

fn rule_has(traffic: Traffic, l4: L4) -> bool {
    let within = |ports: Ports, port| ports.first() <= port && port <= ports.last();
    let icmp = |message, of, with| match message {
        IcmpMatch::Any => true,
        IcmpMatch::Type(kind) => kind == of,
        IcmpMatch::Code(kind, code) => (kind, code) == (of, with),
    };
    match (traffic, l4) {
        (Traffic::All, _)
        | (Traffic::Protocol(6), L4::Tcp { .. })
        | (Traffic::Protocol(17), L4::Udp { .. })
        | (Traffic::Protocol(1), L4::Icmp { .. })
        | (Traffic::Protocol(58), L4::Icmp6 { .. }) => true,
        (Traffic::Tcp(ports), L4::Tcp { destination, .. })
        | (Traffic::Udp(ports), L4::Udp { destination, .. }) => within(ports, destination),
        (Traffic::Icmp(message), L4::Icmp { kind, code })
        | (Traffic::Icmp6(message), L4::Icmp6 { kind, code }) => icmp(message, kind, code),
        (Traffic::Protocol(a), L4::Other(b)) => a == b,
        _ => false,
    }
}

fn answer(l4: L4) -> Option<L4> {
    Some(match l4 {
        L4::Tcp {
            source,
            destination,
        } => L4::Tcp {
            source: destination,
            destination: source,
        },
        L4::Udp {
            source,
            destination,
        } => L4::Udp {
            source: destination,
            destination: source,
        },
        L4::Icmp { kind: 8, code } => L4::Icmp { kind: 0, code },
        L4::Icmp6 { kind: 128, code } => L4::Icmp6 { kind: 129, code },
        L4::Icmp { .. } | L4::Icmp6 { .. } => return None,
        L4::Other(number) => L4::Other(number),
    })
}

/// One packet of every kind that the rules above can tell apart.
fn packets() -> Vec<L4> {
    let ports = [
        0, 1, 2, 79, 80, 81, 1023, 1024, 1025, 65_533, 65_534, 65_535,
    ];
    let mut packets = Vec::new();
    for source in ports {
        for destination in ports {
            packets.push(L4::Tcp {
                source,
                destination,
            });
            packets.push(L4::Udp {
                source,
                destination,
            });
        }
    }
    for kind in [0, 1, 3, 8, 13, 14, 128, 129, 255] {
        for code in 0..4 {
            packets.push(L4::Icmp { kind, code });
            packets.push(L4::Icmp6 { kind, code });
        }
    }
    packets.extend([0, 2, 47, 50, 255].map(L4::Other));
    packets
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn intervals_are_bitmaps(a in sets(), b in sets()) {
        prop_assert_eq!(bits(&a.union(&b)), both(&a, &b, |a, b| a || b));
        prop_assert_eq!(bits(&a.intersection(&b)), both(&a, &b, |a, b| a && b));
        prop_assert_eq!(bits(&a.difference(&b)), both(&a, &b, |a, b| a && !b));
        prop_assert_eq!(a.is_subset(&b), !both(&a, &b, |a, b| a && !b).contains(&true));
        prop_assert_eq!(a == b, bits(&a) == bits(&b), "canonical");
    }

    #[test]
    fn intervals_obey_the_laws(a in sets(), b in sets(), c in sets()) {
        prop_assert_eq!(a.union(&b), b.union(&a));
        prop_assert_eq!(a.intersection(&b), b.intersection(&a));
        prop_assert_eq!(a.union(&b).union(&c), a.union(&b.union(&c)));
        prop_assert_eq!(a.intersection(&b.union(&c)), a.intersection(&b).union(&a.intersection(&c)));
        prop_assert_eq!(a.union(&b).complement(), a.complement().intersection(&b.complement()));
        prop_assert_eq!(a.difference(&b), a.intersection(&b.complement()));
        prop_assert_eq!(a.complement().complement(), a.clone());
        prop_assert_eq!(a.union(&a.complement()), Intervals::all());
        prop_assert!(a.intersection(&a.complement()).is_empty());
        prop_assert_eq!(Intervals::ranges(a.iter()), a);
    }

    #[test]
    fn runs_cover_the_line_and_differ(a in sets(), b in sets()) {
        let steps = a.steps().zip(b.steps(), |a, b| (*a, *b));
        let runs: Vec<_> = steps.runs().collect();
        prop_assert_eq!(runs[0].0, u8::MIN);
        prop_assert_eq!(runs[runs.len() - 1].1, u8::MAX);
        for pair in runs.windows(2) {
            prop_assert_eq!(pair[0].1.next(), Some(pair[1].0));
            prop_assert_ne!(pair[0].2, pair[1].2);
        }
    }

    #[test]
    fn neighbours_are_found(set in sets(), at in any::<u8>()) {
        prop_assert_eq!(set.first_from(at), (at..=u8::MAX).find(|it| set.contains(*it)));
        prop_assert_eq!(set.last_to(at), (0..=at).rev().find(|it| set.contains(*it)));
    }

    #[test]
    fn among_points_a_function_is_what_it_was(points in sets(), a in sets(), b in sets()) {
        let function = a.steps().zip(b.steps(), |a, b| (*a, *b));
        let among = function.among(&points);
        let other = function.zip(points.steps(), |value, inside| if *inside { *value } else { (true, false) });
        for point in (0..=u8::MAX).filter(|point| points.contains(*point)) {
            prop_assert_eq!(among.get(point), function.get(point));
        }
        if !points.is_empty() {
            prop_assert_eq!(other.among(&points), among, "canonical");
        }
    }

    #[test]
    fn halving_keeps_the_order(items in vec(any::<u8>(), 0..40)) {
        let texts = items.iter().map(|item| vec![*item]).collect();
        let joined = reduce(texts, |a: &Vec<u8>, b| [a.as_slice(), b].concat());
        prop_assert_eq!(joined.unwrap_or_default(), items);
    }

    #[test]
    fn traffic_sets_are_their_packets(tree in trees(), other in trees()) {
        let (set, second) = (tree.set(), other.set());
        let packets = packets();
        for l4 in &packets {
            prop_assert_eq!(set.contains(*l4), tree.has(*l4), "{}", l4);
        }
        let equal = packets.iter().all(|l4| tree.has(*l4) == other.has(*l4));
        prop_assert_eq!(set == second, equal, "canonical");
        prop_assert_eq!(set.union(&second).complement(), set.complement().intersection(&second.complement()));
        prop_assert_eq!(set.complement().complement(), set.clone());
        prop_assert!(set.samples().iter().all(|l4| set.contains(*l4)));
        prop_assert_eq!(set.samples().is_empty(), set.is_empty());
    }

    #[test]
    fn one_set_has_one_name(trees in vec(trees(), 1..5)) {
        let mut arena = Arena::new();
        let ids: Vec<_> = trees.iter().map(|tree| tree.id(&mut arena)).collect();
        for (tree, id) in trees.iter().zip(&ids) {
            prop_assert_eq!(arena.get(*id), &tree.set());
            for (other, second) in trees.iter().zip(&ids) {
                prop_assert_eq!(id == second, tree.set() == other.set());
            }
        }
    }
}

#[test]
fn the_ends_of_the_line_are_points_like_others() {
    let all = Steps::<u128, u8>::on(0, u128::MAX, 1, 2);
    assert_eq!(all, Steps::constant(1));
    let last = Steps::<u32, u8>::on(u32::MAX, u32::MAX, 1, 2);
    assert_eq!(
        last.runs().collect::<Vec<_>>(),
        [(0, u32::MAX - 1, &2), (u32::MAX, u32::MAX, &1)]
    );
    assert_eq!(Steps::<u8, u8>::on(3, 2, 1, 2), Steps::constant(2));
}
