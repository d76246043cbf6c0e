//! Across families: IPv6 keeps within what IPv4 allows (the ceiling) and has what IPv4 has (the floor),
//! against the verdicts and the translation of ICMP written out anew, packet by packet.

use std::net::IpAddr;

use proptest::prelude::*;
use sixward_estate::{Estate, Interface, LinkId};
use sixward_net::{Family, Ipv4Net, Ipv6Net};
use sixward_prove::symbolic::compare::{Comparison, Ends, View, excess};
use sixward_prove::symbolic::{Analysis, Verdict};
use sixward_prove::{End, L4};

use crate::palette::{Prefix, remotes};
use crate::single::{ends, id, own};
use crate::spec::{Kind, Spec, specs};
use crate::{cases, two};

/// A packet of every kind that matters.
fn packets() -> Vec<L4> {
    let ports = [22, 80, 444, 1024, 32_768, 61_001];
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
    for (kind, code) in [
        (0, 0),
        (3, 1),
        (3, 4),
        (5, 0),
        (8, 0),
        (8, 1),
        (11, 0),
        (12, 1),
    ] {
        packets.push(L4::Icmp { kind, code });
    }
    let kinds = [
        1, 2, 3, 4, 100, 128, 129, 130, 132, 133, 135, 137, 138, 143, 144,
    ];
    packets.extend(kinds.map(|kind| L4::Icmp6 { kind, code: 0 }));
    packets.push(L4::Icmp6 { kind: 128, code: 1 });
    packets.extend([50, 0].map(L4::Other));
    packets
}

/// The packets of IPv4 all of which let this one of IPv6 be expected. Nothing when nobody objects to it
/// (RFC 4890 section 4.3). Messages without a counterpart may pass where all but echo may.
fn ceiling(l4: L4) -> Option<Vec<L4>> {
    match l4 {
        L4::Icmp { .. }
        | L4::Icmp6 {
            kind: 1..=4 | 130..=137 | 143,
            ..
        } => None,
        L4::Icmp6 { kind: 128, code } => Some(vec![L4::Icmp { kind: 8, code }]),
        L4::Icmp6 { kind: 129, code } => Some(vec![L4::Icmp { kind: 0, code }]),
        L4::Icmp6 { .. } => {
            let kinds = (1..=7_u8).chain(9..=255);
            let all = kinds.flat_map(|kind| [0, 1, 255].map(|code| L4::Icmp { kind, code }));
            Some(all.collect())
        }
        same => Some(vec![same]),
    }
}

/// The packet of IPv4 because of which this one of IPv6 is due (RFC 7915 section 4.2).
fn floor(l4: L4) -> Option<L4> {
    match l4 {
        L4::Icmp6 { kind: 128, code } => Some(L4::Icmp { kind: 8, code }),
        L4::Icmp6 { kind: 129, code } => Some(L4::Icmp { kind: 0, code }),
        L4::Icmp { .. } | L4::Icmp6 { .. } => None,
        same => Some(same),
    }
}

/// Whether a NAT gateway would carry what this is in IPv4; it is no filter for what it would not.
fn translates(l4: L4) -> bool {
    matches!(
        l4,
        L4::Tcp { .. }
            | L4::Udp { .. }
            | L4::Icmp6 {
                kind: 128 | 129,
                ..
            }
    )
}

/// For sure, and perhaps.
type Bounds = (bool, bool);

fn bounds(verdict: &Verdict, l4: L4) -> Bounds {
    (verdict.traffic.contains(l4), verdict.possible.contains(l4))
}

/// What boxes say of a pair and a packet; ends of the internet by an address.
fn boxed(found: &Comparison, from: &End, to: &End, remote: Option<IpAddr>, l4: L4) -> Bounds {
    let holds = |ends: &Ends, end: &End| match (ends, end) {
        (Ends::Interfaces(ids), End::Interface(id)) => ids.contains(id),
        (Ends::Internet(ranges), End::Internet) => ranges
            .iter()
            .any(|(first, last)| remote.is_some_and(|at| *first <= at && at <= *last)),
        _ => false,
    };
    let boxes = found.excess.iter();
    let boxes = boxes.filter(|one| holds(&one.from, from) && holds(&one.to, to));
    let mut sum = (false, false);
    for one in boxes {
        sum.0 |= one.traffic.contains(l4);
        sum.1 |= one.possible.contains(l4);
    }
    sum
}

/// One state's view of the other family, as the rules of this file have it.
struct Other<'a> {
    analysis: &'a Analysis,
    estate: &'a Estate,
    family: Family,
}

impl Other<'_> {
    fn addresses(&self, end: &End) -> Vec<IpAddr> {
        let interface = self.estate.interfaces.get(&id(end));
        interface.map(|it| own(it, self.family)).unwrap_or_default()
    }

    /// Between two interfaces, directly.
    fn inside(&self, from: &End, to: &End) -> Vec<Verdict> {
        let mut all = Vec::new();
        for a in self.addresses(from) {
            for b in self.addresses(to) {
                all.push(self.analysis.allowed_at((from, a), (to, b)));
            }
        }
        all
    }

    /// The same where it is known whether a hub tells members of firewalls.
    fn inside_if(&self, from: &End, to: &End, hub: (&LinkId, bool)) -> Vec<Verdict> {
        let mut all = Vec::new();
        for a in self.addresses(from) {
            for b in self.addresses(to) {
                all.push(self.analysis.allowed_if((from, a), (to, b), hub));
            }
        }
        all
    }

    /// With the internet: by each host of the palette.
    fn outside(&self, end: &End, remote: IpAddr, into: bool) -> Vec<Verdict> {
        let own = self.addresses(end).into_iter();
        own.map(|at| {
            let (own, far) = ((end, at), (&End::Internet, remote));
            let (from, to) = if into { (far, own) } else { (own, far) };
            self.analysis.allowed_at(from, to)
        })
        .collect()
    }
}

/// What one state says of a pair, and the other at all addresses.
type Saying = (Verdict, Vec<Verdict>);

/// That, and for each hub that both wait for, whether it tells members of firewalls or not: it does so in
/// both families or in none.
struct Sayings {
    plain: Saying,
    hubs: Vec<[Saying; 2]>,
}

fn sayings(
    x: &Analysis,
    other: &Other<'_>,
    (from, to): ((&End, IpAddr), (&End, IpAddr)),
) -> Sayings {
    let plain = (x.allowed_at(from, to), other.inside(from.0, to.0));
    let links = plain.0.undetermined.iter().filter(|it| it.noun == "link");
    let links = links.map(|link| LinkId::new(link.id.clone()));
    let hubs = links.map(|link| {
        [true, false].map(|tells| {
            let own = x.allowed_if(from, to, (&link, tells));
            (own, other.inside_if(from.0, to.0, (&link, tells)))
        })
    });
    Sayings {
        hubs: hubs.collect(),
        plain,
    }
}

impl Sayings {
    /// The bounds, where every hub is as it is.
    fn bounds(&self, excess: impl Fn(&Verdict, &[Verdict]) -> Bounds) -> Bounds {
        let of = |(own, there): &Saying| excess(own, there);
        let hubs = self.hubs.iter().map(|[told, not]| (of(told), of(not)));
        hubs.fold(of(&self.plain), |so_far, (told, not)| {
            let both = (told.0 && not.0, told.1 || not.1);
            (so_far.0 || both.0, so_far.1 && both.1)
        })
    }
}

/// Whether some verdict has the packets that make this one expected.
fn expected(verdicts: &[Verdict], l4: L4) -> Option<Bounds> {
    let has = |packet: &L4| {
        let each = verdicts.iter().map(|verdict| bounds(verdict, *packet));
        each.fold((false, false), |a, b| (a.0 | b.0, a.1 | b.1))
    };
    let needed = ceiling(l4)?;
    let each = needed.iter().map(has);
    Some(each.fold((true, true), |a, b| (a.0 & b.0, a.1 & b.1)))
}

/// An interface at several addresses is in one box for all of them.
fn several(estate: &Estate, end: &End, family: Family) -> bool {
    let interface = estate.interfaces.get(&id(end));
    interface.is_some_and(|it| own(it, family).len() > 1)
}

/// Whether one may call the other by its public name in IPv4: such pairs have a rule of their own.
fn across(other: &Other<'_>, from: &End, to: &End) -> bool {
    let public = other
        .estate
        .interfaces
        .get(&id(to))
        .is_some_and(Interface::has_public4);
    public
        && other.addresses(from).into_iter().any(|at| {
            let name = IpAddr::V4([198, 18, 0, 1].into());
            let verdict = other
                .analysis
                .allowed_at((from, at), (&End::Internet, name));
            !verdict.possible.is_empty()
        })
}

fn twins() -> Vec<(Ipv4Net, Ipv6Net)> {
    vec![(Prefix::Corner.net4(), Prefix::Corner.net6())]
}

fn ceiling_holds(x: (&Analysis, &Estate), y: (&Analysis, &Estate)) -> Result<(), TestCaseError> {
    let view = |analysis, family| View { analysis, family };
    let found = excess(view(x.0, Family::V6), view(y.0, Family::V4), &twins());
    let other = Other {
        analysis: y.0,
        estate: y.1,
        family: Family::V4,
    };
    let packets = packets();
    let ends = ends(x.1, Family::V6);
    for (from, a) in ends
        .iter()
        .filter(|(end, _)| !several(x.1, end, Family::V6))
    {
        for (to, b) in ends
            .iter()
            .filter(|(end, _)| !several(x.1, end, Family::V6) && end != from)
        {
            if across(&other, from, to) {
                continue;
            }
            let sayings = sayings(x.0, &other, ((from, *a), (to, *b)));
            let network = |end| x.1.interfaces.get(&id(end)).map(|it| it.network.clone());
            for l4 in packets
                .iter()
                .filter(|l4| network(from) == network(to) || translates(**l4))
            {
                let is = boxed(&found, from, to, None, *l4);
                let should = sayings.bounds(|verdict, verdicts| {
                    let own = bounds(verdict, *l4);
                    let may = expected(verdicts, *l4);
                    may.map_or((false, false), |may| (own.0 && !may.1, own.1 && !may.0))
                });
                prop_assert!(
                    is == should,
                    "{a} to {b}: {l4}: is {is:?}, should be {should:?}"
                );
            }
        }
        // The palette has a host of every kind that the small estates tell apart.
        for (remote, into) in remotes(Family::V6)
            .into_iter()
            .flat_map(|at| [(at, true), (at, false)])
        {
            let (s, t) = if into {
                (&End::Internet, from)
            } else {
                (from, &End::Internet)
            };
            let (from_at, to_at) = if into { (remote, *a) } else { (*a, remote) };
            let verdict = x.0.allowed_at((s, from_at), (t, to_at));
            let all = remotes(Family::V4).into_iter();
            let all: Vec<_> = all
                .map(|remote| other.outside(from, remote, into))
                .collect();
            let is_twin = remote == remotes(Family::V6)[0];
            for l4 in &packets {
                let is = boxed(&found, s, t, Some(remote), *l4);
                let each = all.iter().map(|one| expected(one, *l4));
                let each: Option<Vec<_>> = each.collect();
                let own = bounds(&verdict, *l4);
                let should = match each.filter(|_| into || translates(*l4)) {
                    None => (false, false),
                    Some(each) => {
                        let (twin, others) = each.split_at(1);
                        let by = if is_twin { twin } else { others };
                        let sure = by.iter().all(|may| may.0);
                        let possible = by.iter().all(|may| may.1);
                        (own.0 && !possible, own.1 && !sure)
                    }
                };
                prop_assert!(
                    is == should,
                    "{remote}, {a}, in {into}: {l4}: is {is:?}, should be {should:?}"
                );
            }
        }
    }
    Ok(())
}

fn floor_holds(x: (&Analysis, &Estate), y: (&Analysis, &Estate)) -> Result<(), TestCaseError> {
    let view = |analysis, family| View { analysis, family };
    let found = excess(view(x.0, Family::V4), view(y.0, Family::V6), &twins());
    let other = Other {
        analysis: y.0,
        estate: y.1,
        family: Family::V6,
    };
    let packets = packets();
    let one = |end: &End| !several(x.1, end, Family::V4);
    let ends = ends(x.1, Family::V4);
    for (from, a) in ends.iter().filter(|(end, _)| one(end)) {
        let dual = |end: &End| !other.addresses(end).is_empty();
        for (to, b) in ends.iter().filter(|(end, _)| one(end) && end != from) {
            let sayings = sayings(x.0, &other, ((from, *a), (to, *b)));
            for l4 in &packets {
                let is = boxed(&found, from, to, None, *l4);
                let should = sayings.bounds(|verdict, verdicts| {
                    let own = floor(*l4).map_or((false, false), |twin| bounds(verdict, twin));
                    let may = verdicts.iter().map(|verdict| bounds(verdict, *l4));
                    let may = may.fold((false, false), |a, b| (a.0 | b.0, a.1 | b.1));
                    (own.0 && !may.1, own.1 && !may.0)
                });
                let should = if dual(from) && dual(to) {
                    should
                } else {
                    (false, false)
                };
                prop_assert!(
                    is == should,
                    "{a} to {b}: {l4}: is {is:?}, should be {should:?}"
                );
            }
        }
        for (remote, into) in remotes(Family::V4)
            .into_iter()
            .flat_map(|at| [(at, true), (at, false)])
        {
            let (s, t) = if into {
                (&End::Internet, from)
            } else {
                (from, &End::Internet)
            };
            let of = remotes(Family::V4).into_iter().map(|remote| {
                let (from_at, to_at) = if into { (remote, *a) } else { (*a, remote) };
                x.0.allowed_at((s, from_at), (t, to_at))
            });
            let of: Vec<_> = of.collect();
            let all = remotes(Family::V6).into_iter();
            let all: Vec<_> = all
                .map(|remote| other.outside(from, remote, into))
                .collect();
            let is_twin = remote == remotes(Family::V4)[0];
            for l4 in packets.iter().filter(|l4| into || translates(**l4)) {
                let is = boxed(&found, s, t, Some(remote), *l4);
                let own = of
                    .iter()
                    .map(|of| floor(*l4).map_or((false, false), |twin| bounds(of, twin)));
                let own: Vec<_> = own.collect();
                let own = if is_twin {
                    own[0]
                } else {
                    (
                        own[1..].iter().all(|one| one.0),
                        own[1..].iter().all(|one| one.1),
                    )
                };
                let may = all.iter().map(|one| {
                    let each = one.iter().map(|verdict| bounds(verdict, *l4));
                    each.fold((false, false), |a, b| (a.0 | b.0, a.1 | b.1))
                });
                let may: Vec<_> = may.collect();
                let may = if is_twin {
                    may[0]
                } else {
                    (
                        may[1..].iter().all(|one| one.0),
                        may[1..].iter().all(|one| one.1),
                    )
                };
                let should = (own.0 && !may.1, own.1 && !may.0);
                let should = if dual(from) { should } else { (false, false) };
                prop_assert!(
                    is == should,
                    "{remote}, {a}, in {into}: {l4}: is {is:?}, should be {should:?}"
                );
            }
        }
    }
    Ok(())
}

pub(crate) fn both_hold(a: &Estate, b: &Estate) -> Result<(), TestCaseError> {
    let first = Analysis::new(a);
    let second = first.next(b);
    for (x, y) in [
        ((&first, a), (&second, b)),
        ((&second, b), (&first, a)),
        ((&first, a), (&first, a)),
    ] {
        ceiling_holds(x, y)?;
        floor_holds(x, y)?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(5))]

    #[test]
    fn ceiling_and_floor_are_what_the_rules_say(two in two()) {
        both_hold(&two.a, &two.b)?;
    }
}

proptest! {
    #![proptest_config(cases(20))]

    #[test]
    fn a_twin_has_no_excess(spec in specs(Kind::Plain)) {
        no_excess(spec)?;
    }
}

/// An estate of IPv4 and the same one of IPv6 have the same.
pub(crate) fn no_excess(mut spec: Spec) -> Result<(), TestCaseError> {
    // Who has no public name in IPv4 has one in IPv6.
    spec.public = vec![true; 8];
    // The internet knows no private address, but every one of IPv6.
    let strange = [Prefix::Any, Prefix::Outside, Prefix::Corner];
    for table in &mut spec.tables {
        table.retain(|route| {
            route.target > 1 || route.prefix.is_some_and(|it| strange.contains(&it))
        });
    }
    // Messages that nothing answers arrive without a way back.
    let routes = spec.tables.iter().flatten();
    let outward = spec.default.0 == 0 || routes.into_iter().any(|route| route.target <= 1);
    let (four, six) = (spec.estate(|_| Family::V4), spec.estate(|_| Family::V6));
    let a = Analysis::new(&four);
    let b = a.next(&six);
    let twins: Vec<_> = [Prefix::Outside, Prefix::Corner]
        .map(|it| (it.net4(), it.net6()))
        .into();
    let (four, six) = (
        View {
            analysis: &a,
            family: Family::V4,
        },
        View {
            analysis: &b,
            family: Family::V6,
        },
    );
    for one in excess(four, six, &twins)
        .excess
        .into_iter()
        .chain(excess(six, four, &twins).excess)
    {
        // Across the internet IPv6 keeps the addresses by which IPv4's rules name a network.
        let network = |ends: &Ends| match ends {
            Ends::Interfaces(ids) => ids.first().map(|id| id.as_str()[..11].to_owned()),
            Ends::Internet(_) | Ends::Far(..) => None,
        };
        let (from, to) = (network(&one.from), network(&one.to));
        if outward && from.is_some() && to.is_some() && from != to {
            continue;
        }
        prop_assert!(one.traffic.is_empty(), "{one:?}");
    }
    Ok(())
}
