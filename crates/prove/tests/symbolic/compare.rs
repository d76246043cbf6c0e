//! The analysis against the tracer, on random small estates.

use proptest::prelude::*;
use sixward_estate::Estate;
use sixward_net::Family;
use sixward_prove::L4;

use crate::estates::addresses;
use crate::judge::{Flow, Judge, Tally};
use crate::palette::remotes;
use crate::spec::{Kind, specs};

/// Packets at and beside the edges of what the rules speak of.
pub(crate) fn packets() -> Vec<L4> {
    let pairs = [
        (22, 22),
        (1023, 80),
        (1024, 79),
        (32_767, 80),
        (32_768, 443),
        (61_000, 444),
        (61_001, 1024),
        (0, 65_535),
    ];
    let mut packets = Vec::new();
    for (source, destination) in pairs {
        packets.push(L4::Tcp {
            source,
            destination,
        });
    }
    for (source, destination) in [(32_768, 80), (443, 1023)] {
        packets.push(L4::Udp {
            source,
            destination,
        });
    }
    for (kind, code) in [(8, 0), (0, 0), (2, 0), (128, 0), (129, 0)] {
        packets.push(L4::Icmp { kind, code });
        packets.push(L4::Icmp6 { kind, code });
    }
    packets.extend([50, 51].map(L4::Other));
    packets
}

pub(crate) fn compared(estate: &Estate) -> Tally {
    let mut judge = Judge::new(estate);
    for family in [Family::V4, Family::V6] {
        let ends = addresses(estate, family);
        for (id, source) in &ends {
            let from = (estate.interfaces.get(id).unwrap(), *source);
            for (other, destination) in ends.iter().filter(|(other, _)| other != id) {
                let to = (estate.interfaces.get(other).unwrap(), *destination);
                judge.ask(&Flow::between(from, to), packets());
            }
            for remote in remotes(family) {
                judge.ask(&Flow::outbound(from, remote), packets());
                if let Some(inbound) = Flow::inbound(remote, from) {
                    judge.ask(&inbound, packets());
                }
            }
        }
    }
    judge.tally
}

/// So many that the whole takes seconds; a release build does more.
fn cases() -> u32 {
    if cfg!(debug_assertions) { 60 } else { 2000 }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn no_packet_is_sure_here_and_dropped_there(spec in specs(Kind::Mixed)) {
        let tally = compared(&spec.estate(|family| family));
        prop_assert_eq!(tally.different(), 0, "{}", tally);
    }
}
