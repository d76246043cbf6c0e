//! Row 10 of `../shared/research/reach.md` section 4: Batfish's network load balancer
//! (`AwsConfigurationLoadBalancerTest`).
//!
//! Batfish follows one packet through the balancer. Here that is two flows, from the client to the
//! balancer's interface and from there to a target, and both programs say each of them.

use std::collections::BTreeSet;
use std::net::IpAddr;

use sixward_estate::{Estate, InterfaceId, Subject, TargetGroup};
use sixward_prove::behind::{Behind, Call, Serving};
use sixward_prove::proof::{Outcome, Proof, Terms};
use sixward_prove::symbolic::Analysis;
use sixward_prove::trace::Tracer;
use sixward_prove::{End, L4, Packet};

use crate::given::read;

/// A host of the network.
const CLIENT: (&str, &str) = ("eni-038def4bc4303c3e6", "10.1.250.112");
/// The balancer has an interface in each of two subnets.
const BALANCERS: [(&str, &str); 2] = [
    ("eni-01f261dccaba46564", "10.1.1.237"),
    ("eni-0c82d6f7254ae6695", "10.1.20.123"),
];
const TARGETS: [(&str, &str); 2] = [
    ("eni-0a4486d9ba39d5e3e", "10.1.1.189"),
    ("eni-02e730a1b02dbc756", "10.1.20.95"),
];

#[test]
fn row10_from_the_client_to_the_balancer() {
    let estate = read("batfish-load-balancer");
    for balancer in BALANCERS {
        assert!(works(&estate, CLIENT, balancer, 80));
        // Listeners are no filter: the interface gets what no listener has too.
        assert!(works(&estate, CLIENT, balancer, 81));
    }
}

/// On from :80 to :22 of each target; what is sent to :81 is dropped, as Batfish says.
#[test]
fn row10_what_the_balancer_listens_to() {
    let estate = read("batfish-load-balancer");
    let behind = Behind::new(&estate);
    for (id, _) in BALANCERS {
        let node = estate.interfaces.get(&InterfaceId::new(id)).unwrap();
        assert_eq!(behind.serving(node, tcp(81)), Serving::Refused);
        let Serving::Legs(legs) = behind.serving(node, tcp(80)) else {
            panic!("it listens")
        };
        let ends = legs.into_iter().filter_map(|leg| match leg.call {
            Ok(Call::Packet { packet, to, .. }) => Some((to, packet)),
            _ => None,
        });
        let ends: BTreeSet<_> = ends
            .map(|(to, packet)| {
                assert!(matches!(
                    packet.l4,
                    L4::Tcp {
                        destination: 22,
                        ..
                    }
                ));
                (to, packet.destination)
            })
            .collect();
        let want = TARGETS.map(|(id, at)| {
            let end = End::Interface(InterfaceId::new(id));
            (Some(end), at.parse().unwrap())
        });
        assert_eq!(ends, BTreeSet::from(want));
    }
}

fn tcp(destination: u16) -> L4 {
    L4::Tcp {
        source: 40_000,
        destination,
    }
}

#[test]
fn row10_from_the_balancer_to_its_targets() {
    let estate = read("batfish-load-balancer");
    for balancer in BALANCERS {
        for target in TARGETS {
            assert!(
                works(&estate, balancer, target, 22),
                "the group allows tcp/22"
            );
            assert!(!works(&estate, balancer, target, 80), "and nothing else");
        }
    }
}

/// P4: a name of the balancer serves only if it reaches a target, over IPv4 here whatever its clients speak.
#[test]
fn names_of_a_balancer_serve_when_a_target_is_reached() {
    let verdict = |change: fn(&mut TargetGroup)| {
        let mut estate = read("batfish-load-balancer");
        let id = InterfaceId::new(BALANCERS[0].0);
        let address = "2001:db8::7".parse().unwrap();
        let node = estate.interfaces.get_mut(&id).unwrap();
        node.addresses6.push(address);
        estate.target_groups.for_each_mut(change);
        let mut proof = Proof::begin(&estate, Terms::default());
        let subject = Subject::new("balancer", "lb", "");
        proof.names(&subject, &[id], &[address]).outcome
    };
    assert_eq!(verdict(|group| set(group, 22)), Outcome::Held);
    assert_eq!(verdict(|group| set(group, 80)), Outcome::Broken);
    assert_eq!(
        verdict(|group| group.targets.clear()),
        Outcome::Undetermined
    );
}

fn set(group: &mut TargetGroup, port: u16) {
    for target in &mut group.targets {
        target.port = Some(port);
    }
}

/// What both programs say, which is never that they do not know.
fn works(estate: &Estate, from: (&str, &str), to: (&str, &str), port: u16) -> bool {
    let end = |name| End::Interface(InterfaceId::new(name));
    let address = |text: &str| text.parse::<IpAddr>().unwrap();
    let (source, destination) = (address(from.1), address(to.1));
    let l4 = L4::Tcp {
        source: 40_000,
        destination: port,
    };
    let packet = Packet {
        source,
        destination,
        l4,
    };
    let trace = Tracer::new(estate).trace(&end(from.0), packet);
    let analysis = Analysis::new(estate);
    let verdict = analysis.allowed_at((&end(from.0), source), (&end(to.0), destination));
    assert_eq!(verdict.undetermined, [], "{trace}");
    assert_eq!(trace.works(), verdict.traffic.contains(l4), "{trace}");
    trace.works()
}
