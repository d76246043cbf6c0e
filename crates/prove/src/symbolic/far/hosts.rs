//! Which addresses a far end has, as far as one interface sees it, and what decides flows with them.

use std::collections::BTreeSet;

use sixward_estate::{Direction, LinkId, NetworkId};

use super::Far;
use super::onto::onto_interface;
use super::out::{entries, onto_far};
use super::trip::{self, Course, Trip};
use crate::set::{Intervals, Steps, TrafficId};
use crate::symbolic::Analysis;
use crate::symbolic::address::{Address, own_blocks};
use crate::symbolic::nat;
use crate::symbolic::reach::Stand;
use crate::symbolic::route::Way;
use crate::symbolic::ties::edges;

/// The addresses of a far end: those to which an interface's packets find it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::symbolic) struct Hosts<A> {
    pub(in crate::symbolic) known: Intervals<A>,
    /// Those to which they may.
    pub(in crate::symbolic) vague: Intervals<A>,
}

/// What decides flows of an interface with a far end beside its firewalls, its subnet's list and table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::symbolic) struct Sign {
    homeward: Trip,
    entries: Vec<TrafficId>,
}

/// The addresses of a far end as an interface finds it; those of the estate's own networks are nobody's
/// out there.
pub(in crate::symbolic) fn hosts<A: Address>(
    analysis: &Analysis,
    stand: Stand<'_, A>,
    far: Far<'_>,
) -> Hosts<A> {
    let cuts = cuts(analysis, stand, far, Direction::Egress);
    let courses = Steps::tabulate(&cuts, |remote| {
        match onto_far(analysis, stand, (far, remote)).course {
            Course::Known => Some(true),
            Course::Undetermined(_) => Some(false),
            Course::Nowhere => None,
        }
    });
    let own = own_blocks(&analysis.estate);
    let of =
        |wanted| Intervals::from(courses.map(|course| *course == Some(wanted))).difference(&own);
    Hosts {
        known: of(true),
        vague: of(false),
    }
}

/// What decides besides.
pub(in crate::symbolic) fn sign<A: Address>(
    analysis: &Analysis,
    stand: Stand<'_, A>,
    far: Far<'_>,
) -> Sign {
    Sign {
        homeward: onto_interface(analysis, (far, A::MIN), stand),
        entries: entries(analysis, stand),
    }
}

/// Where, among addresses of far ends, something may begin to differ for an interface.
pub(in crate::symbolic) fn cuts<A: Address>(
    analysis: &Analysis,
    stand: Stand<'_, A>,
    far: Far<'_>,
    direction: Direction,
) -> BTreeSet<A> {
    let half = A::half(analysis);
    let mut cuts: BTreeSet<A> = A::internet().steps().starts().collect();
    let side = half.profiles[stand.profile].side(direction);
    cuts.extend(side.nets.starts());
    cuts.extend(own_blocks::<A>(&analysis.estate).steps().starts());
    let edge = half.edge(stand.ground);
    cuts.extend(edge.sends.starts().chain(edge.takes.starts()));
    cuts.extend(trip::apart::<A>(analysis, stand));
    for (first, last, way) in half.routes(stand.ground).ways.runs() {
        cuts.extend(edges((first, last)));
        match way {
            Way::Vpn(gateway) => cuts.extend(analysis.ties.vpn_cuts::<A>(gateway)),
            Way::Nat(gateway) => {
                let ground = nat::stands_in(analysis, gateway);
                cuts.extend(
                    ground
                        .into_iter()
                        .flat_map(|it| half.routes(it).ways.starts()),
                );
            }
            Way::Peering(link) => cuts.extend(blocks::<A>(analysis, link, &stand.ground.network)),
            Way::Transit(hub) => {
                if let Some((_, attachment)) = analysis.attachment(hub, &stand.ground.network) {
                    cuts.extend(trip::hub_cuts::<A>(analysis, attachment));
                }
            }
            _ => {}
        }
    }
    if let Far::Attached(_, attachment) = far {
        cuts.extend(trip::hub_cuts::<A>(analysis, attachment));
    }
    cuts
}

fn blocks<A: Address>(analysis: &Analysis, link: &LinkId, near: &NetworkId) -> BTreeSet<A> {
    let link = analysis.estate.links.get(link);
    let side = link.and_then(|link| link.peer_of(near));
    let nets = side.into_iter().flat_map(trip::blocks_of);
    nets.filter_map(A::range).flat_map(edges).collect()
}
