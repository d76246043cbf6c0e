//! What the random estates get beside what those of `prove`'s tests have: lists that let connections pass and
//! nothing else, and load balancers.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use sixward_estate::{
    Balancer, BalancerId, BalancerKind, Estate, Exposure, FamilyMode, FirewallKind, Interface,
    InterfaceOwner, Listener, SmolStr, Target, TargetGroup, TargetGroupId, TargetKind,
};
use sixward_net::{Ports, Traffic};

/// What varies.
#[derive(Debug, Clone)]
pub(crate) struct Dress {
    /// Lists let pass TCP instead of everything: words that packets are too large are dropped.
    tcp_only: bool,
    balancers: Vec<BalancerSpec>,
}

#[derive(Debug, Clone)]
struct BalancerSpec {
    /// Which interface becomes its.
    at: usize,
    kind: BalancerKind,
    protocol: &'static str,
    v6: bool,
    targets: Vec<(usize, u16)>,
}

pub(crate) fn dresses() -> impl Strategy<Value = Dress> {
    (prop::bool::weighted(0.3), vec(balancers(), 0..3)).prop_map(|(tcp_only, balancers)| Dress {
        tcp_only,
        balancers,
    })
}

fn balancers() -> impl Strategy<Value = BalancerSpec> {
    let kinds = select(vec![
        BalancerKind::Application,
        BalancerKind::Application,
        BalancerKind::Network,
    ]);
    let protocols = select(vec!["HTTP", "TCP", "TCP_UDP"]);
    let target = (0..8_usize, select(vec![80, 79, 8443]));
    let targets = vec(target, 1..4);
    (0..8_usize, kinds, protocols, any::<bool>(), targets).prop_map(
        |(at, kind, protocol, v6, targets)| BalancerSpec {
            at,
            kind,
            protocol,
            v6,
            targets,
        },
    )
}

impl Dress {
    pub(crate) fn put_on(&self, mut estate: Estate) -> Estate {
        if self.tcp_only {
            tcp_only(&mut estate);
        }
        for (number, spec) in self.balancers.iter().enumerate() {
            spec.put_on(&mut estate, number);
        }
        estate
    }
}

fn tcp_only(estate: &mut Estate) {
    let ids: Vec<_> = estate.firewalls.iter().map(|it| it.id.clone()).collect();
    for id in ids {
        let list = estate.firewalls.get_mut(&id).unwrap();
        if list.kind == FirewallKind::List {
            let all = list.rules.iter_mut();
            for rule in all.filter(|rule| rule.traffic == Traffic::All) {
                rule.traffic = Traffic::Tcp(Ports::ALL);
            }
        }
    }
}

impl BalancerSpec {
    fn put_on(&self, estate: &mut Estate, number: usize) {
        let interfaces: Vec<_> = estate.interfaces.iter().cloned().collect();
        let own = &interfaces[self.at];
        let id = BalancerId::new(format!("balancer-{number}"));
        let group = TargetGroupId::new(format!("targets-{number}"));
        estate.interfaces.get_mut(&own.id).unwrap().owner = InterfaceOwner::Balancer(id.clone());
        let others = self.targets.iter().filter(|(at, _)| *at != self.at);
        let targets = others.map(|(at, port)| self.target(&interfaces[*at], *port));
        estate.target_groups.insert(TargetGroup {
            id: group.clone(),
            name: SmolStr::default(),
            network: Some(own.network.clone()),
            protocol: self.protocol.into(),
            family: if self.v6 {
                FamilyMode::V6
            } else {
                FamilyMode::V4
            },
            targets: targets.collect(),
        });
        estate.balancers.insert(Balancer {
            id,
            name: SmolStr::default(),
            network: own.network.clone(),
            kind: self.kind,
            exposure: Exposure::Internet,
            family: FamilyMode::Dual,
            dns_name: SmolStr::default(),
            subnets: vec![own.subnet.clone()],
            firewalls: own.firewalls.clone(),
            listeners: [80, 443, 1024]
                .map(|port| Listener {
                    protocol: self.protocol.into(),
                    port,
                    target_groups: vec![group.clone()],
                })
                .into(),
        });
    }

    fn target(&self, interface: &Interface, port: u16) -> Target {
        let address = if self.v6 {
            interface.addresses6[0].into()
        } else {
            interface.addresses4[0].address.into()
        };
        Target {
            kind: TargetKind::Address(address),
            port: Some(port),
        }
    }
}
