//! What decides about clients in a state: the addresses of the names, and what gets through to each.

use std::net::IpAddr;

use sixward_lab::{Carries, Flow, Names, NodeId, Prober, Reach, Seen};

use super::family;
use super::goal::Goal;
use crate::RehearseError;
use crate::rehearse::court::is_unbuilt;

/// Of ports that nothing else of a rehearsal is sent from, the first: its low bits are none.
const BASE: u16 = 61_440;

/// Ports to send from, so that each target is chosen, and never those of the time before.
#[derive(Default)]
pub(super) struct Choices(u16);

impl Choices {
    fn next(&mut self, count: u16) -> impl Iterator<Item = u16> + use<> {
        // A power of two divides what there is of ports, and so all low bits are had.
        let base = BASE + self.0.next_multiple_of(count) % (u16::MAX - BASE + 1);
        self.0 = base - BASE + count;
        base..=base + (count - 1)
    }
}

/// For each kind of connection, the addresses of a name and what gets through to them.
pub(super) type Situation = Vec<Way>;

/// What gets through to an address from a kind of connection.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Way {
    pub(super) reach: Reach,
    pub(super) address: IpAddr,
    pub(super) through: Through,
}

/// What gets through to an address and back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Through {
    Nothing,
    Connections,
    Much,
    /// It hangs on the target that a load balancer chooses, or on something that the lab does not build.
    Unknown,
}

/// What gets through to the addresses of a name now.
pub(super) fn ways(
    goal: &Goal,
    names: &Names,
    prober: &mut Prober,
    choices: &mut Choices,
) -> Result<Situation, RehearseError> {
    let mut ways = Vec::new();
    let told = names.addresses(&goal.name).into_iter().flatten();
    for (address, reach) in told.flat_map(|it| Reach::ALL.map(|reach| (*it, reach))) {
        ways.push(Way {
            reach,
            address,
            through: through(goal, prober, reach, address, choices)?,
        });
    }
    Ok(ways)
}

fn through(
    goal: &Goal,
    prober: &mut Prober,
    reach: Reach,
    address: IpAddr,
    choices: &mut Choices,
) -> Result<Through, RehearseError> {
    let Some(source) = reach.address(family(address)) else {
        return Ok(Through::Nothing);
    };
    // Nothing is known of what is not built, and so it is no answer either way.
    let mut passes = |carries| -> Result<Option<bool>, RehearseError> {
        let seen = prober.try_flow(&Flow {
            from: NodeId::Client(reach),
            source,
            destination: address,
            carries,
        });
        let seen = seen.map_err(RehearseError::Probe)?;
        Ok((!is_unbuilt(&seen)).then_some(matches!(seen, Seen::Answered(_))))
    };
    if !goal.large {
        let mut all = Vec::new();
        for from in choices.next(goal.choices) {
            all.push(passes(Carries::Tcp(Some(from), goal.port))?);
        }
        all.dedup();
        return Ok(match all.as_slice() {
            [Some(true)] => Through::Connections,
            [Some(false)] => Through::Nothing,
            _ => Through::Unknown,
        });
    }
    Ok(match passes(Carries::Tcp(None, goal.port))? {
        None => Through::Unknown,
        Some(false) => Through::Nothing,
        Some(true) => match passes(Carries::Large(None, goal.port))? {
            Some(true) => Through::Much,
            _ => Through::Connections,
        },
    })
}
