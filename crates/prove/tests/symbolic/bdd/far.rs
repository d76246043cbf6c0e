//! The same with sites behind VPN connections and networks behind peerings; what needs a hub is not known
//! here either.

#![expect(
    clippy::match_same_arms,
    reason = "each line is one rule of the provider"
)]

use std::net::IpAddr;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use sixward_estate::{
    Estate, GatewayId, GatewayKind, Interface, LinkId, LinkKind, NetworkId, RouteTarget,
};
use sixward_net::{Family, IpNet};
use sixward_prove::End;
use sixward_prove::symbolic::{Analysis, far_ends};

use super::rules::{Bounds, Way, gateway};
use super::space::{Set, Space};
use super::{At, Count, Flow, IN, Model, OUT};
use crate::estates::addresses;
use crate::far::estate;
use crate::far::spec::{beyond, far_ends as ends_of, far_remotes};
use crate::spec::{Kind, specs};
use crate::view::whole;

/// Whether packets are carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Course {
    Known,
    Nowhere,
    Else,
}

impl Model<'_> {
    /// What an interface and a far end have, by the way of the packets and that of the answers.
    fn beyond(&self, own: &Interface, outwards: bool, there: Course, back: Course) -> Flow {
        let direction = if outwards { OUT } else { IN };
        let filters = self.groups(own, direction);
        let edge = self.edge(&own.subnet, direction).clone();
        let all = filters.and(&Bounds::exactly(edge));
        match (there, back) {
            (Course::Nowhere, _) => self.nothing(),
            (Course::Known, Course::Known) => Flow {
                bounds: all,
                exact: true,
            },
            (Course::Known, Course::Nowhere) => Flow {
                bounds: all.and(&Bounds::exactly(self.space.silent())),
                exact: true,
            },
            _ => Flow {
                bounds: Bounds {
                    sure: self.space.none(),
                    possible: filters.possible.clone(),
                },
                exact: false,
            },
        }
    }

    fn outwards(&self, (own, _): At<'_>, far: &End, remote: IpAddr) -> Course {
        let Some(way) = self.way(&own.subnet, remote) else {
            return Course::Nowhere;
        };
        match (gateway(self.e, &way), &way) {
            (Some(GatewayKind::Vpn), Way::To(RouteTarget::Gateway(id))) => {
                self.connection(id, far, remote)
            }
            (Some(GatewayKind::Internet), _) => Course::Nowhere,
            (Some(GatewayKind::EgressOnly), _) if remote.is_ipv6() => Course::Nowhere,
            (_, Way::To(RouteTarget::Local | RouteTarget::Nowhere)) => Course::Nowhere,
            (_, Way::To(RouteTarget::Link(id))) => self.peering(&own.network, id, far, remote),
            _ => Course::Else,
        }
    }

    fn connection(&self, own: &GatewayId, far: &End, remote: IpAddr) -> Course {
        let mut leading = Vec::new();
        for link in &self.e.links {
            if let LinkKind::Vpn {
                gateway,
                v6,
                routes,
                ..
            } = &link.kind
            {
                let mine = gateway.as_ref() == Some(own) && *v6 == remote.is_ipv6();
                // Both of two connections have the same routes.
                let leads = routes.is_empty() || routes.iter().any(|net| net.contains(&remote));
                leading.extend((mine && leads).then_some(&link.id));
            }
        }
        match leading.as_slice() {
            [] => Course::Nowhere,
            [only] if *far == End::Site((*only).clone()) => Course::Known,
            [_] => Course::Nowhere,
            _ => Course::Else,
        }
    }

    fn peering(&self, near: &NetworkId, id: &LinkId, far: &End, remote: IpAddr) -> Course {
        let side = self.e.links.get(id).unwrap().peer_of(near).unwrap();
        if *far != End::Foreign(side.network.clone()) {
            return Course::Nowhere;
        }
        let four = side.blocks4.iter().map(|block| IpNet::V4(*block));
        let six = side.blocks6.iter().map(|block| IpNet::V6(*block));
        let blocks: Vec<IpNet> = four.chain(six).collect();
        match blocks.iter().any(|block| block.contains(&remote)) {
            _ if blocks.is_empty() => Course::Else,
            true => Course::Known,
            false => Course::Nowhere,
        }
    }

    fn inwards(&self, (own, address): At<'_>, far: &End) -> Course {
        match far {
            End::Foreign(network) => {
                let mut sides = self.e.links.iter().filter_map(|link| link.peer_of(network));
                let near = sides.any(|side| side.network == own.network);
                if near { Course::Known } else { Course::Nowhere }
            }
            End::Site(id) => match &self.e.links.get(id).unwrap().kind {
                LinkKind::Vpn { gateway, v6, .. } => {
                    let gateway = self.e.gateways.get(gateway.as_ref().unwrap()).unwrap();
                    let near = gateway.network.as_ref() == Some(&own.network);
                    let mut tables = self.e.route_tables.iter();
                    if !near || *v6 != address.is_ipv6() {
                        Course::Nowhere
                    } else if tables.any(|table| table.edges.contains(&gateway.id)) {
                        Course::Else
                    } else {
                        Course::Known
                    }
                }
                _ => Course::Else,
            },
            _ => Course::Else,
        }
    }
}

fn judge(estate: &Estate, space: &Space, family: Family, count: &mut Count) {
    let analysis = Analysis::new(estate);
    let estate = &whole(estate, family);
    let model = Model::new(estate, space);
    let known = far_ends(estate);
    for far in ends_of(family).iter().filter(|far| known.contains(far)) {
        for remote in far_remotes(family) {
            for (id, own) in addresses(estate, family) {
                let near = (estate.interfaces.get(&id).unwrap(), own);
                let (out, into) = (model.outwards(near, far, remote), model.inwards(near, far));
                let end = End::Interface(id);
                for outwards in [true, false] {
                    let ((from, to), (there, back)) = if outwards {
                        (((&end, own), (far, remote)), (out, into))
                    } else {
                        (((far, remote), (&end, own)), (into, out))
                    };
                    let flow = model.beyond(near.0, outwards, there, back);
                    let verdict = analysis.allowed_at(from, to);
                    let set = |set: &Set| {
                        space.traffic(&space.at(set, IpNet::from(from.1), IpNet::from(to.1)))
                    };
                    let possible = set(&flow.bounds.possible);
                    let what = format!("{from:?} to {to:?}");
                    if flow.exact {
                        count.equal += 1;
                        assert_eq!(verdict.traffic, set(&flow.bounds.sure), "{what}: sure");
                        assert_eq!(verdict.possible, possible, "{what}: possible");
                    } else {
                        count.bounded += 1;
                        assert!(verdict.traffic.is_subset(&possible), "{what}: sure beyond");
                    }
                }
            }
        }
    }
}

/// So many that the whole takes seconds; a release build does more.
fn cases() -> u32 {
    if cfg!(debug_assertions) { 15 } else { 3000 }
}

#[test]
fn the_sets_of_far_ends_are_equal_to_those_of_decision_diagrams() {
    let spaces = [Family::V4, Family::V6].map(|family| (family, Space::new(family)));
    let mut runner = TestRunner::deterministic();
    let mut count = Count::default();
    for _ in 0..cases() {
        let drawn = (specs(Kind::Mixed), beyond(false)).new_tree(&mut runner);
        let (spec, beyond) = drawn.unwrap().current();
        let estate = estate(&spec, &beyond, |family| family);
        for (family, space) in &spaces {
            judge(&estate, space, *family, &mut count);
        }
    }
    assert!(count.equal > count.bounded / 2, "{count:?}");
}
