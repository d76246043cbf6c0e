//! Interfaces that differ in nothing that decides, but for what the other end's firewalls and lists say
//! of their addresses.

use std::collections::{BTreeMap, BTreeSet};

use sixward_estate::{
    Direction, FirewallId, GatewayId, GatewayKind, Interface, InterfaceId, InterfaceOwner,
    NetworkId, PublicAccessMode, RouteTableId, SubnetId,
};

use crate::End;
use crate::set::{Intervals, Steps, TrafficId};
use crate::symbolic::Analysis;
use crate::symbolic::address::Address;
use crate::symbolic::far::{self, Far};
use crate::symbolic::hub::ports;
use crate::symbolic::list::Edge;
use crate::symbolic::nat;
use crate::symbolic::product::Product;
use crate::symbolic::profile::Side;
use crate::symbolic::reach::{carried, is_obscure};
use crate::symbolic::unknown::Unknown;

/// Where, among all addresses, routes or what NAT gateways take may begin to differ.
#[derive(Debug)]
pub(super) struct Cuts<A>(Vec<A>);

/// An address as far as routes go: the piece it lies in, and whether the internet can name it.
type Mark = (usize, bool);

/// Interfaces under the same firewalls, in the same subnet, with addresses that routes treat alike.
#[derive(Debug)]
pub(super) struct Class<'a, A> {
    /// The number of what decides but for the subnet, and of that without the firewalls.
    pub(super) kind: usize,
    pub(super) place: usize,
    profile: Option<usize>,
    subnet: Option<&'a SubnetId>,
    members: Vec<Member<'a, A>>,
    /// Lowest and highest address of all.
    span: Option<(A, A)>,
}

#[derive(Debug)]
struct Member<'a, A> {
    id: &'a InterfaceId,
    addresses: Vec<(A, Mark)>,
}

/// All that decides, besides what the other end says.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a> {
    profile: Option<usize>,
    subnet: Option<&'a SubnetId>,
    /// Whether it serves for itself.
    idle: Option<String>,
    /// One that is not known for what it is stands alone.
    obscure: Option<&'a InterfaceId>,
    marks: BTreeSet<Mark>,
}

/// Where interfaces stand, as far as routes go: the same for many subnets.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place<'a> {
    network: &'a NetworkId,
    zone: &'a str,
    table: Option<&'a RouteTableId>,
    list: Option<&'a FirewallId>,
    internet: Option<&'a GatewayId>,
    edge_table: Option<&'a RouteTableId>,
    lock: PublicAccessMode,
    unknown: &'a Unknown,
    /// Packets come off a hub in it, past no list of it.
    port: Option<&'a SubnetId>,
}

type PlaceKey<'a> = (Option<Place<'a>>, BTreeSet<Mark>);
type KindKey<'a> = (
    usize,
    Option<usize>,
    Option<String>,
    Option<&'a InterfaceId>,
);

/// The numbers of places and kinds met so far.
#[derive(Debug)]
pub(super) struct Numbers<'a> {
    ports: BTreeSet<&'a SubnetId>,
    places: BTreeMap<PlaceKey<'a>, usize>,
    kinds: BTreeMap<KindKey<'a>, usize>,
}

impl<'a> Numbers<'a> {
    /// None yet.
    pub(super) fn new(analysis: &'a Analysis) -> Self {
        Self {
            ports: ports(analysis).collect(),
            places: BTreeMap::new(),
            kinds: BTreeMap::new(),
        }
    }

    /// How many places there are.
    pub(super) fn places(&self) -> usize {
        self.places.len()
    }

    fn of(&mut self, analysis: &'a Analysis, key: &Key<'a>) -> (usize, usize) {
        let ground = key.subnet.and_then(|id| analysis.grounds.get(id));
        let place = ground.map(|ground| Place {
            network: &ground.network,
            zone: &ground.zone,
            table: ground.table.as_ref(),
            list: ground.list.as_ref(),
            internet: ground.internet.as_ref(),
            edge_table: ground.edge_table.as_ref(),
            lock: ground.lock,
            unknown: &ground.unknown,
            port: self.ports.get(&ground.subnet).copied(),
        });
        let count = self.places.len();
        let place = *self
            .places
            .entry((place, key.marks.clone()))
            .or_insert(count);
        let count = self.kinds.len();
        let kind = (place, key.profile, key.idle.clone(), key.obscure);
        (place, *self.kinds.entry(kind).or_insert(count))
    }
}

/// What tables of the other end say of the addresses of a part.
pub(super) type Sign = BTreeSet<(Mark, [Option<TrafficId>; 3])>;

/// Members of a class that the other end does not tell apart: one or two of them.
#[derive(Debug)]
pub(super) struct Part<'a> {
    pub(super) sign: Sign,
    one: &'a InterfaceId,
    other: Option<&'a InterfaceId>,
}

impl<A: Address> Cuts<A> {
    pub(super) fn of(analysis: &Analysis) -> Self {
        let half = A::half(analysis);
        let mut cuts: BTreeSet<A> = A::internet().steps().starts().collect();
        for table in half.tables.values() {
            cuts.extend(table.ways.starts());
        }
        for hops in half.hops.values() {
            cuts.extend(hops.starts());
        }
        for ground in ports(analysis).filter_map(|id| analysis.grounds.get(id)) {
            let edge = half.edge(ground);
            cuts.extend(edge.takes.starts().chain(edge.sends.starts()));
        }
        for gateway in &analysis.estate.gateways {
            if matches!(gateway.kind, GatewayKind::Nat { .. })
                && let Some(ground) = nat::stands_in(analysis, &gateway.id)
            {
                cuts.extend(half.edge(ground).inward.starts());
                let near = nat::neighbours::<A>(ground);
                let near = near.map(|(first, last)| Intervals::range(first, last));
                cuts.extend(near.iter().flat_map(|near| near.steps().starts()));
            }
        }
        Self(cuts.into_iter().collect())
    }

    fn mark(&self, address: A, interface: &Interface) -> Mark {
        let piece = self.0.partition_point(|cut| *cut <= address);
        (piece, address.is_public(interface))
    }
}

/// The classes of some interfaces, in the order of what decides.
pub(super) fn classes<'a, A: Address>(
    analysis: &'a Analysis,
    cuts: &Cuts<A>,
    numbers: &mut Numbers<'a>,
    ids: &'a [InterfaceId],
) -> Vec<Class<'a, A>> {
    let mut classes: BTreeMap<Key<'a>, Vec<Member<'a, A>>> = BTreeMap::new();
    let ids: BTreeSet<_> = ids.iter().collect();
    for id in ids {
        let interface = analysis.estate.interfaces.get(id);
        let own = interface.map(A::own).unwrap_or_default();
        let marked = interface.into_iter().flat_map(|interface| {
            let own = own.iter();
            own.map(|own| (*own, cuts.mark(*own, interface)))
        });
        let addresses: Vec<_> = marked.collect();
        // Without an address nothing decides.
        let speaks = interface.filter(|_| !addresses.is_empty());
        let key = Key {
            profile: speaks.and_then(|it| analysis.roster.number(it.firewalls_in(A::FAMILY))),
            subnet: speaks.map(|it| it.subnet_in(A::FAMILY)),
            idle: speaks.and_then(idle),
            obscure: speaks
                .filter(|it| {
                    let ground = analysis.grounds.get(it.subnet_in(A::FAMILY));
                    ground.is_some_and(|ground| is_obscure::<A>(analysis, ground, it))
                })
                .map(|it| &it.id),
            marks: addresses.iter().map(|(_, mark)| *mark).collect(),
        };
        let member = Member { id, addresses };
        classes.entry(key).or_default().push(member);
    }
    let classes = classes.into_iter();
    classes
        .map(|(key, members)| {
            let (place, kind) = numbers.of(analysis, &key);
            Class {
                kind,
                place,
                profile: key.profile,
                subnet: key.subnet,
                span: span(&members),
                members,
            }
        })
        .collect()
}

impl<'a, A: Address> Class<'a, A> {
    /// One of its interfaces.
    pub(super) fn first(&self) -> &'a InterfaceId {
        self.members[0].id
    }

    /// One interface of each kind that far ends tell apart: by what stands on the ways from them.
    pub(super) fn seen_from_afar(&self, analysis: &Analysis, ends: &[End]) -> Vec<&'a InterfaceId> {
        let fars = ends.iter().filter_map(|end| Far::of(&analysis.estate, end));
        let fars: Vec<_> = fars.collect();
        let mut kinds = BTreeMap::new();
        for member in &self.members {
            let interface = analysis.estate.interfaces.get(member.id);
            let own = member.addresses.iter();
            let stands = own.filter_map(|(own, _)| analysis.stand(interface?, *own));
            let signs = stands.flat_map(|stand| {
                let fars = fars.iter();
                fars.map(move |far| far::sign(analysis, stand, *far))
            });
            kinds.entry(signs.collect::<Vec<_>>()).or_insert(member.id);
        }
        kinds.into_values().collect()
    }

    /// Whether lists and routes act between them, which they do not within a subnet.
    pub(super) fn is_apart(&self, other: &Self) -> bool {
        self.subnet.is_some() && other.subnet.is_some() && self.subnet != other.subnet
    }

    /// Whether nothing is carried from any of its interfaces to any of `to`, whatever filters say. The
    /// two are apart.
    pub(super) fn is_cut_off(&self, analysis: &Analysis, to: &Self) -> bool {
        let stands = |class: &Self| {
            let first = class.members.first()?;
            let interface = analysis.estate.interfaces.get(first.id)?;
            let own = first.addresses.iter();
            own.map(|(own, _)| analysis.stand(interface, *own))
                .collect::<Option<Vec<_>>>()
        };
        let (Some(from), Some(to)) = (stands(self), stands(to)) else {
            return false;
        };
        from.iter().all(|from| {
            to.iter().all(|to| {
                let mut product = Product::new();
                let arena = &mut analysis.arena.borrow_mut();
                carried(analysis, &mut product, *from, *to, arena);
                product.answer().possible == TrafficId::EMPTY
            })
        })
    }

    /// Its parts when it begins flows with `to`.
    pub(super) fn as_sources(&self, analysis: &Analysis, to: &Class<'_, A>) -> Vec<Part<'a>> {
        let (side, edge) = to.filters(analysis, Direction::Ingress);
        self.parts([side.map(|it| &it.nets), edge.map(|it| &it.inward), None])
    }

    /// Its parts when `from` begins flows with it.
    pub(super) fn as_destinations(
        &self,
        analysis: &Analysis,
        from: &Class<'_, A>,
    ) -> Vec<Part<'a>> {
        let (side, edge) = from.filters(analysis, Direction::Egress);
        // Where the way back is not known, all counts that gets out.
        let (outward, sends) = (edge.map(|it| &it.outward), edge.map(|it| &it.sends));
        self.parts([side.map(|it| &it.nets), outward, sends])
    }

    fn filters<'s>(
        &self,
        analysis: &'s Analysis,
        direction: Direction,
    ) -> (Option<&'s Side<A>>, Option<&'s Edge<A>>) {
        let half = A::half(analysis);
        let side = self.profile.map(|at| half.profiles[at].side(direction));
        let ground = self.subnet.and_then(|id| analysis.grounds.get(id));
        (side, ground.map(|ground| half.edge(ground).as_ref()))
    }

    fn parts(&self, tables: [Option<&Steps<A, TrafficId>>; 3]) -> Vec<Part<'a>> {
        let even = |table: Option<&Steps<A, TrafficId>>| match (table, self.span) {
            (Some(table), Some((low, high))) => table.between(low, high).nth(1).is_none(),
            _ => true,
        };
        let says = |address: A| tables.map(|table| table.map(|table| *table.get(address)));
        let sign = |member: &Member<'a, A>| -> Sign {
            let own = member.addresses.iter();
            own.map(|(own, mark)| (*mark, says(*own))).collect()
        };
        if tables.into_iter().all(even) {
            let mut ids = self.members.iter().map(|member| member.id);
            let sign = self.members.first().map(sign).unwrap_or_default();
            let first = ids.next().map(|one| Part {
                sign,
                one,
                other: ids.next(),
            });
            return first.into_iter().collect();
        }
        let mut parts: BTreeMap<Sign, Part<'a>> = BTreeMap::new();
        for member in &self.members {
            let sign = sign(member);
            let part = parts.entry(sign.clone()).or_insert(Part {
                sign,
                one: member.id,
                other: None,
            });
            if part.one != member.id {
                part.other.get_or_insert(member.id);
            }
        }
        parts.into_values().collect()
    }
}

impl<'a> Part<'a> {
    /// A pair of different interfaces, one of each part; none when both are one and the same.
    pub(super) fn pair(from: &Self, to: &Self) -> Option<(&'a InterfaceId, &'a InterfaceId)> {
        if from.one != to.one {
            return Some((from.one, to.one));
        }
        let other = to.other.map(|other| (from.one, other));
        other.or_else(|| from.other.map(|other| (other, to.one)))
    }
}

/// Why an interface takes nothing for itself.
fn idle(interface: &Interface) -> Option<String> {
    match &interface.owner {
        InterfaceOwner::Gateway(id) => Some(id.to_string()),
        _ => None,
    }
}

fn span<A: Address>(members: &[Member<'_, A>]) -> Option<(A, A)> {
    let all = || {
        let own = members.iter().flat_map(|member| &member.addresses);
        own.map(|(address, _)| *address)
    };
    all().min().zip(all().max())
}
