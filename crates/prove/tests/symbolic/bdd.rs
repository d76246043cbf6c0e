//! The analysis against sets made another way: every packet as bits, every rule as a Boolean function
//! of them (binary decision diagrams, Bryant 1986). The sets are compared whole, not by samples.
//!
//! It knows the ways that need no hub and nothing undetermined, out of the estate too ([far]); there the answers are equal. Elsewhere
//! the analysis may only be the more careful one.

mod far;
mod rules;
mod space;

use std::collections::BTreeMap;
use std::net::IpAddr;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use sixward_estate::{
    Direction, Estate, GatewayKind, Interface, InterfaceId, LinkKind, PublicAccessMode,
    RouteTarget, Subnet, SubnetId,
};
use sixward_net::{Family, IpNet};
use sixward_prove::End;
use sixward_prove::symbolic::Analysis;

use crate::estates::addresses;
use crate::palette::remotes;
use crate::spec::{Kind, specs};
use crate::view::whole;
use rules::{Bounds, Way, edge, gateway, groups, names_members, ways};
use space::{Set, Space, and};

const OUT: Direction = Direction::Egress;
const IN: Direction = Direction::Ingress;

/// An interface at one of its addresses.
type At<'e> = (&'e Interface, IpAddr);

/// What is known of a flow, and whether the analysis knows as much.
struct Flow {
    bounds: Bounds,
    exact: bool,
}

/// How packets are carried, whatever they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Carried {
    /// By the network's router, or over the peering.
    Near,
    /// By the internet gateway, over IPv6.
    Internet,
    Dropped,
    /// Some other way.
    Else,
}

/// The sets of an estate, each made once.
struct Model<'e> {
    e: &'e Estate,
    space: &'e Space,
    groups: BTreeMap<(InterfaceId, Direction), Bounds>,
    edges: BTreeMap<(SubnetId, Direction), Set>,
    ways: BTreeMap<SubnetId, BTreeMap<Way, Set>>,
}

impl<'e> Model<'e> {
    fn new(e: &'e Estate, space: &'e Space) -> Self {
        let mut model = Self {
            e,
            space,
            groups: BTreeMap::new(),
            edges: BTreeMap::new(),
            ways: BTreeMap::new(),
        };
        for way in [OUT, IN] {
            for own in &e.interfaces {
                let key = (own.id.clone(), way);
                model.groups.insert(key, groups(space, e, own, way));
            }
            for own in &e.subnets {
                let key = (own.id.clone(), way);
                model.edges.insert(key, edge(space, e, &own.id, way));
            }
        }
        for own in &e.subnets {
            model.ways.insert(own.id.clone(), ways(space, e, &own.id));
        }
        model
    }

    fn groups(&self, own: &Interface, direction: Direction) -> &Bounds {
        &self.groups[&(own.id.clone(), direction)]
    }

    fn edge(&self, own: &SubnetId, direction: Direction) -> &Set {
        &self.edges[&(own.clone(), direction)]
    }

    fn between(&self, from: At<'_>, to: At<'_>) -> Flow {
        let filters = self.groups(from.0, OUT);
        let filters = filters.and(self.groups(to.0, IN));
        if from.0.subnet == to.0.subnet {
            return Flow {
                bounds: filters,
                exact: true,
            };
        }
        let edges = and(self.edge(&from.0.subnet, OUT), self.edge(&to.0.subnet, IN));
        let all = filters.and(&Bounds::exactly(edges));
        let members = names_members(self.e, from.0) || names_members(self.e, to.0);
        match (self.carried(from, to), self.carried(to, from)) {
            (Carried::Dropped, _) => self.nothing(),
            (Carried::Near, Carried::Near) => Flow {
                bounds: all,
                exact: true,
            },
            // Only messages that nothing answers need no way back.
            (Carried::Near, Carried::Dropped) => Flow {
                bounds: all.and(&Bounds::exactly(self.space.silent())),
                exact: true,
            },
            (Carried::Internet, Carried::Internet) => {
                let open = self.lock(&from.0.subnet) == PublicAccessMode::Off
                    && self.lock(&to.0.subnet) == PublicAccessMode::Off;
                Flow {
                    bounds: all.and(&self.when(open)),
                    exact: !members,
                }
            }
            _ => Flow {
                bounds: Bounds {
                    sure: self.space.none(),
                    possible: self.space.all(),
                },
                exact: false,
            },
        }
    }

    fn inbound(&self, remote: IpAddr, to: At<'_>) -> Flow {
        let name = to.1.is_ipv6() || to.0.addresses4[0].public.is_some();
        let open = name && self.lock(&to.0.subnet) == PublicAccessMode::Off;
        let filters = self.groups(to.0, IN);
        let all = filters.and(&Bounds::exactly(self.edge(&to.0.subnet, IN).clone()));
        let all = all.and(&self.when(open));
        let way = self.way(&to.0.subnet, remote);
        match way.as_ref().map(|way| gateway(self.e, way)) {
            Some(Some(GatewayKind::Internet)) => Flow {
                bounds: all,
                exact: true,
            },
            _ => Flow {
                bounds: Bounds {
                    sure: self.space.none(),
                    possible: all.possible,
                },
                exact: false,
            },
        }
    }

    fn outbound(&self, from: At<'_>, remote: IpAddr) -> Flow {
        let filters = self.groups(from.0, OUT);
        let all = filters.and(&Bounds::exactly(self.edge(&from.0.subnet, OUT).clone()));
        let lock = self.lock(&from.0.subnet);
        let Some(way) = self.way(&from.0.subnet, remote) else {
            return self.nothing();
        };
        let exactly = |bounds| Flow {
            bounds,
            exact: true,
        };
        match gateway(self.e, &way) {
            Some(GatewayKind::Internet) => {
                let name = from.1.is_ipv6() || from.0.addresses4[0].public.is_some();
                exactly(all.and(&self.when(name && lock == PublicAccessMode::Off)))
            }
            Some(GatewayKind::EgressOnly) if remote.is_ipv6() => {
                exactly(all.and(&self.when(lock != PublicAccessMode::BlockBidirectional)))
            }
            Some(GatewayKind::Nat { subnet, .. }) if remote.is_ipv4() => {
                let open = self.lock(subnet) != PublicAccessMode::BlockBidirectional;
                let nat = self.nat(from.0, subnet, remote, from.1);
                let mut bounds = all.and(&nat.bounds).and(&self.when(open));
                if lock == PublicAccessMode::BlockBidirectional {
                    bounds.sure = self.space.none();
                }
                Flow {
                    bounds,
                    exact: nat.exact,
                }
            }
            _ => Flow {
                bounds: Bounds {
                    sure: self.space.none(),
                    possible: all.possible,
                },
                exact: false,
            },
        }
    }

    /// Into the gateway's subnet with the port of the sender, out of it with any that the gateway takes.
    fn nat(&self, from: &Interface, subnet: &SubnetId, remote: IpAddr, own: IpAddr) -> Flow {
        let space = self.space;
        let onward = self.way(subnet, remote);
        let onward = onward.as_ref().and_then(|way| gateway(self.e, way));
        let home = self.way(subnet, own);
        let simple = matches!(onward, Some(GatewayKind::Internet))
            && home == Some(Way::To(RouteTarget::Local))
            && from.subnet != *subnet;
        // Here the remote is the sender, whose address is the source's.
        let inward = space.at(self.edge(subnet, IN), own.into(), remote.into());
        let outward = space.at(self.edge(subnet, OUT), own.into(), remote.into());
        let [every, some] = space.with_ports(&outward, 1024, 65_535);
        Flow {
            bounds: Bounds {
                sure: and(&inward, &every),
                possible: and(&inward, &some),
            },
            exact: simple,
        }
    }

    /// Where packets for an address go that leave a subnet.
    fn way(&self, subnet: &SubnetId, to: IpAddr) -> Option<Way> {
        let here = self.space.inside(&self.space.destination, to.into());
        let mut ways = self.ways[subnet].iter();
        let taken = ways.find(|(_, set)| and(set, &here) != self.space.none());
        taken.map(|(way, _)| way.clone())
    }

    fn carried(&self, from: At<'_>, to: At<'_>) -> Carried {
        let same = from.0.network == to.0.network;
        let Some(way) = self.way(&from.0.subnet, to.1) else {
            return Carried::Dropped;
        };
        if let Some(kind) = gateway(self.e, &way) {
            return match kind {
                GatewayKind::Internet if from.1.is_ipv4() => Carried::Dropped,
                GatewayKind::Internet if !same => Carried::Internet,
                _ => Carried::Else,
            };
        }
        match way {
            Way::To(RouteTarget::Local) if same => Carried::Near,
            Way::To(RouteTarget::Local | RouteTarget::Nowhere) => Carried::Dropped,
            Way::To(RouteTarget::Link(id)) => {
                let kind = &self.e.links.get(&id).unwrap().kind;
                assert!(matches!(kind, LinkKind::Peering { .. }));
                if same {
                    Carried::Dropped
                } else {
                    Carried::Near
                }
            }
            _ => Carried::Else,
        }
    }

    fn lock(&self, subnet: &SubnetId) -> PublicAccessMode {
        let lock = &self.e.public_access[0];
        let Subnet { id, network, .. } = self.e.subnets.get(subnet).unwrap();
        let subnets = lock.excluded_subnets.iter().filter(|(own, _)| own == id);
        let networks = lock
            .excluded_networks
            .iter()
            .filter(|(own, _)| own == network);
        let mut modes = subnets
            .map(|(_, mode)| *mode)
            .chain(networks.map(|(_, mode)| *mode));
        modes.next().map_or(lock.mode, |mode| mode.min(lock.mode))
    }

    fn when(&self, truth: bool) -> Bounds {
        Bounds::exactly(if truth {
            self.space.all()
        } else {
            self.space.none()
        })
    }

    fn nothing(&self) -> Flow {
        Flow {
            bounds: self.when(false),
            exact: true,
        }
    }
}

/// How many flows were equal, and how many only bounded.
#[derive(Debug, Default)]
struct Count {
    equal: u64,
    bounded: u64,
}

fn judge(estate: &Estate, space: &Space, family: Family, count: &mut Count) {
    let analysis = Analysis::new(estate);
    let estate = &whole(estate, family);
    let model = Model::new(estate, space);
    let ends: Vec<_> = addresses(estate, family);
    let at = |(id, address): &(_, IpAddr)| (estate.interfaces.get(id).unwrap(), *address);
    let mut check = |flow: Flow, from: (&End, IpAddr), to: (&End, IpAddr)| {
        let verdict = analysis.allowed_at(from, to);
        let set = |set: &Set| space.traffic(&space.at(set, IpNet::from(from.1), IpNet::from(to.1)));
        let possible = set(&flow.bounds.possible);
        let what = format!("{} to {}", from.1, to.1);
        if flow.exact {
            count.equal += 1;
            assert_eq!(verdict.traffic, set(&flow.bounds.sure), "{what}: sure");
            assert_eq!(verdict.possible, possible, "{what}: possible");
        } else {
            count.bounded += 1;
            assert!(verdict.traffic.is_subset(&possible), "{what}: sure beyond");
        }
    };
    for one in &ends {
        let own = End::Interface(one.0.clone());
        for other in ends.iter().filter(|other| other.0 != one.0) {
            let to = End::Interface(other.0.clone());
            check(
                model.between(at(one), at(other)),
                (&own, one.1),
                (&to, other.1),
            );
        }
        for remote in remotes(family) {
            let flow = model.inbound(remote, at(one));
            check(flow, (&End::Internet, remote), (&own, one.1));
            let flow = model.outbound(at(one), remote);
            check(flow, (&own, one.1), (&End::Internet, remote));
        }
    }
}

/// So many that the whole takes seconds; a release build does more.
fn cases() -> u32 {
    if cfg!(debug_assertions) { 20 } else { 5000 }
}

#[test]
fn the_sets_are_equal_to_those_of_decision_diagrams() {
    let spaces = [Family::V4, Family::V6].map(|family| (family, Space::new(family)));
    let mut runner = TestRunner::deterministic();
    let mut count = Count::default();
    for _ in 0..cases() {
        let spec = specs(Kind::Mixed).new_tree(&mut runner).unwrap().current();
        let estate = spec.estate(|family| family);
        for (family, space) in &spaces {
            judge(&estate, space, *family, &mut count);
        }
    }
    assert!(count.equal > count.bounded / 2, "{count:?}");
}
