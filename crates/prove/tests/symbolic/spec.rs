//! What varies between the small estates.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use sixward_estate::{PublicAccessMode, RouteOrigin};
use sixward_net::{Family, IcmpMatch, Ports, Traffic};

use crate::palette::{Prefix, prefixes};

/// The number of no target.
pub(crate) const NO_TARGET: u8 = 9;

/// What varies.
#[derive(Debug, Clone)]
pub(crate) struct Spec {
    /// Groups allow all beside their rules, lists what their rules leave.
    pub(crate) open: (bool, bool),
    /// How networks are joined: not, by the peering, by the hub.
    pub(crate) joined: u8,
    /// Whether the hub is attached by all subnets, or by the first of each network.
    pub(crate) wide: bool,
    /// Where default routes lead, by number of the target; none above them all.
    pub(crate) default: (u8, u8),
    pub(crate) groups: Vec<Vec<RuleSpec>>,
    pub(crate) lists: Vec<Vec<RuleSpec>>,
    pub(crate) members: Vec<Vec<u8>>,
    pub(crate) public: Vec<bool>,
    /// Whose IPv6 is in the other subnet of the network and under another interface's groups: a tunnel's.
    pub(crate) tunnelled: Vec<bool>,
    pub(crate) list_of: Vec<Option<u8>>,
    pub(crate) tables: Vec<Vec<RouteSpec>>,
    pub(crate) hub: Vec<(Family, Prefix, Option<u8>)>,
    pub(crate) lock: PublicAccessMode,
    pub(crate) excluded: Vec<(u8, u8, PublicAccessMode)>,
}

#[derive(Debug, Clone)]
pub(crate) struct RuleSpec {
    pub(crate) egress: bool,
    pub(crate) deny: bool,
    pub(crate) family: Family,
    pub(crate) traffic: Traffic,
    pub(crate) remote: RemoteSpec,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum RemoteSpec {
    Prefix(Prefix),
    Group(u8),
    Listed,
    Unlisted,
}

#[derive(Debug, Clone)]
pub(crate) struct RouteSpec {
    pub(crate) family: Family,
    pub(crate) prefix: Option<Prefix>,
    pub(crate) target: u8,
    pub(crate) origin: RouteOrigin,
    pub(crate) gone: bool,
}

/// Whether a spec speaks of one family only, and of nothing that the other one lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Mixed,
    Plain,
}

pub(crate) fn specs(kind: Kind) -> impl Strategy<Value = Spec> {
    let modes = || {
        select(vec![
            PublicAccessMode::Off,
            PublicAccessMode::Off,
            PublicAccessMode::Off,
            PublicAccessMode::Off,
            PublicAccessMode::BlockIngress,
            PublicAccessMode::BlockBidirectional,
        ])
    };
    let firewalls = (
        vec(vec(rules(kind, true), 0..5), 3),
        vec(vec(rules(kind, false), 0..6), 2),
    );
    let inside = (
        vec(subsequence(vec![0_u8, 1, 2], 0..3), 8),
        vec(prop::bool::weighted(0.7), 8),
        vec(
            prop::bool::weighted(if kind == Kind::Plain { 0.0 } else { 0.15 }),
            8,
        ),
        vec(
            prop_oneof![2 => Just(None), 3 => (0..2_u8).prop_map(Some)],
            4,
        ),
    );
    let routes = (
        vec(vec(routes(kind), 0..5), 4),
        vec(
            (
                families(kind),
                prefixes(),
                prop_oneof![Just(None), (0..2_u8).prop_map(Some)],
            ),
            0..4,
        ),
    );
    let locks = (modes(), vec((0..2_u8, 0..3_u8, modes()), 0..2));
    let defaults = match kind {
        Kind::Mixed => (select(vec![0, 5, NO_TARGET]), select(vec![0, 6, NO_TARGET])),
        Kind::Plain => (select(vec![0, NO_TARGET]), select(vec![0, NO_TARGET])),
    };
    let frame = (
        (prop::bool::weighted(0.5), prop::bool::weighted(0.7)),
        (0..3_u8, prop::bool::weighted(0.3)),
        defaults,
    );
    (firewalls, inside, routes, locks, frame).prop_map(
        move |(
            (groups, lists),
            (members, public, tunnelled, list_of),
            (tables, hub),
            (lock, excluded),
            (open, (joined, wide), default),
        )| Spec {
            open,
            joined,
            wide,
            default: if kind == Kind::Plain {
                (default.0, default.0)
            } else {
                default
            },
            groups,
            lists,
            members,
            public,
            tunnelled,
            list_of,
            tables,
            hub,
            lock,
            excluded,
        },
    )
}

fn families(kind: Kind) -> impl Strategy<Value = Family> {
    select(match kind {
        Kind::Mixed => vec![Family::V4, Family::V6],
        Kind::Plain => vec![Family::V4],
    })
}

fn rules(kind: Kind, group: bool) -> impl Strategy<Value = RuleSpec> {
    let remote = prop_oneof![
        6 => prefixes().prop_map(RemoteSpec::Prefix),
        if group { 4 } else { 1 } => (0..3_u8).prop_map(move |g| if group { RemoteSpec::Group(g) } else { RemoteSpec::Prefix(Prefix::Any) }),
        u32::from(kind == Kind::Mixed) => select(vec![RemoteSpec::Listed, RemoteSpec::Unlisted]),
    ];
    let deny = if group { 0.0 } else { 0.3 };
    (
        any::<bool>(),
        prop::bool::weighted(deny),
        families(kind),
        traffic(kind),
        remote,
    )
        .prop_map(|(egress, deny, family, traffic, remote)| RuleSpec {
            egress,
            deny,
            family,
            traffic,
            remote,
        })
}

fn traffic(kind: Kind) -> impl Strategy<Value = Traffic> {
    let ports = [
        (0, u16::MAX),
        (80, 80),
        (1024, u16::MAX),
        (32_768, 61_000),
        (22, 443),
    ];
    let ports = select(ports.to_vec()).prop_filter_map("a range", |(a, b)| Ports::new(a, b));
    let icmp = [
        Traffic::Icmp(IcmpMatch::Any),
        Traffic::Icmp(IcmpMatch::Type(8)),
    ];
    let icmp6 = [
        Traffic::Icmp6(IcmpMatch::Type(128)),
        Traffic::Icmp6(IcmpMatch::Code(2, 0)),
    ];
    let reply = [
        Traffic::Icmp(IcmpMatch::Type(0)),
        Traffic::Icmp6(IcmpMatch::Any),
    ];
    let others = match kind {
        Kind::Mixed => [&icmp[..], &icmp6, &reply, &[Traffic::Protocol(50)]].concat(),
        Kind::Plain => vec![Traffic::Protocol(50)],
    };
    prop_oneof![
        8 => Just(Traffic::All),
        3 => ports.clone().prop_map(Traffic::Tcp),
        1 => ports.prop_map(Traffic::Udp),
        2 => select(others),
    ]
}

fn routes(kind: Kind) -> impl Strategy<Value = RouteSpec> {
    let origins = select(vec![
        RouteOrigin::Static,
        RouteOrigin::Static,
        RouteOrigin::Propagated,
    ]);
    let prefix =
        prop_oneof![9 => prefixes().prop_map(Some), u32::from(kind == Kind::Mixed) => Just(None)];
    let targets = match kind {
        Kind::Mixed => 0..9_u8,
        Kind::Plain => 0..5_u8,
    };
    (
        families(kind),
        prefix,
        targets,
        origins,
        prop::bool::weighted(0.1),
    )
        .prop_map(|(family, prefix, target, origin, gone)| RouteSpec {
            family,
            prefix,
            target,
            origin,
            gone,
        })
}
