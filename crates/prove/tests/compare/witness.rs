//! Witnesses: flows that both analyses, and the tracer that shares nothing with them, tell apart.

use std::net::IpAddr;

use proptest::prelude::*;
use sixward_estate::{Estate, Interface};
use sixward_net::Family;
use sixward_prove::symbolic::Analysis;
use sixward_prove::symbolic::compare::{Ends, Excess};
use sixward_prove::trace::{Outcome, Tracer};
use sixward_prove::{End, Packet};

/// The private address behind a public one of this interface, or the address itself.
fn private(interface: &Interface, address: IpAddr) -> IpAddr {
    let mut all = interface.addresses4.iter();
    let own = all.find(|own| own.public.map(IpAddr::V4) == Some(address));
    own.map_or(address, |own| own.address.into())
}

/// An end of the witness as the analysis names it.
fn named(estate: &Estate, end: &End, address: IpAddr) -> IpAddr {
    match end {
        End::Interface(id) => {
            let interface = estate.interfaces.get(id);
            interface.map_or(address, |it| private(it, address))
        }
        _ => address,
    }
}

fn holds(ends: &Ends, end: &End, address: IpAddr) -> bool {
    match (ends, end) {
        (Ends::Interfaces(ids), End::Interface(id)) => ids.contains(id),
        (Ends::Far(end, ranges), other) if end == other => {
            let mut ranges = ranges.iter();
            ranges.any(|(first, last)| *first <= address && address <= *last)
        }
        (Ends::Internet(ranges), End::Internet) => {
            let mut ranges = ranges.iter();
            ranges.any(|(first, last)| *first <= address && address <= *last)
        }
        _ => false,
    }
}

/// A witness of one family: in its box, possible here, and for sure not there or the other way round.
pub(crate) fn right(
    one: &Excess,
    (a, estate_a): (&Analysis, &Estate),
    (b, estate_b): (&Analysis, &Estate),
) -> Result<(), TestCaseError> {
    let witness = &one.witness;
    let Packet {
        source,
        destination,
        l4,
    } = witness.packet;
    prop_assert!(holds(&one.from, &witness.from, source), "{witness:?}");
    prop_assert!(holds(&one.to, &witness.to, destination), "{witness:?}");
    let sure = one.traffic.contains(l4);
    prop_assert_eq!(sure, !one.traffic.is_empty());
    prop_assert!(one.possible.contains(l4));
    let at = |estate| {
        (
            (&witness.from, named(estate, &witness.from, source)),
            (&witness.to, named(estate, &witness.to, destination)),
        )
    };
    // The addresses are those of the state that has the flow.
    let (from, to) = at(estate_a);
    let (here, there) = (a.allowed_at(from, to), b.allowed_at(from, to));
    prop_assert!(here.possible.contains(l4), "{witness:?}");
    let known = ends_of(estate_b, &[from, to]);
    if sure {
        prop_assert!(here.traffic.contains(l4), "{witness:?}");
        prop_assert!(!known || !there.possible.contains(l4), "{witness:?}");
    } else {
        prop_assert!(!known || here != there, "{witness:?}");
    }
    traced(one, estate_a, estate_b)
}

/// Whether an estate has these ends.
fn ends_of(estate: &Estate, ends: &[(&End, IpAddr)]) -> bool {
    ends.iter().all(|(end, _)| match end {
        End::Interface(id) => estate.interfaces.contains(id),
        _ => true,
    })
}

/// Whether an address is one of its subnet, as every provider has it.
fn placed(estate: &Estate, end: &End, address: IpAddr) -> bool {
    let End::Interface(id) = end else { return true };
    let Some(interface) = estate.interfaces.get(id) else {
        return true;
    };
    let family = if address.is_ipv4() {
        Family::V4
    } else {
        Family::V6
    };
    let subnet = estate.subnets.get(interface.subnet_in(family));
    let blocks = subnet.map(|it| (it.block4, it.block6));
    match (blocks, private(interface, address)) {
        (Some((Some(block), _)), IpAddr::V4(at)) => block.contains(&at),
        (Some((_, Some(block))), IpAddr::V6(at)) => block.contains(&at),
        _ => false,
    }
}

fn carriers(estate: &Estate, address: IpAddr) -> usize {
    let has = |it: &&Interface| {
        let all = it.addresses4.iter();
        let mut all = all.flat_map(|own| [Some(own.address), own.public]);
        all.any(|own| own.map(IpAddr::V4) == Some(address))
            || it.addresses6.iter().any(|own| IpAddr::V6(*own) == address)
    };
    estate.interfaces.iter().filter(has).count()
}

/// The tracer sees a sure flow in the one state and not in the other.
fn traced(one: &Excess, a: &Estate, b: &Estate) -> Result<(), TestCaseError> {
    let witness = &one.witness;
    // With two carriers of one address the tracer asks which, and the analysis is told.
    let packet = witness.packet;
    let ends = [packet.source, packet.destination];
    if ![a, b].iter().all(|e| {
        placed(e, &witness.from, packet.source) && placed(e, &witness.to, packet.destination)
    }) {
        return Ok(());
    }
    if [a, b]
        .iter()
        .any(|e| ends.iter().any(|at| carriers(e, *at) > 1))
    {
        return Ok(());
    }
    let sure = one.traffic.contains(witness.packet.l4);
    let here = Tracer::new(a).trace(&witness.from, witness.packet);
    let there = Tracer::new(b).trace(&witness.from, witness.packet);
    let is_end = here.outcome == Outcome::Delivered(witness.to.clone());
    if sure {
        prop_assert!(is_end, "{witness:?}: {:?}", here.outcome);
        let arrives = there.outcome == Outcome::Delivered(witness.to.clone());
        prop_assert!(!arrives, "{witness:?}: {:?}", there.outcome);
    }
    Ok(())
}
