//! One packet, asked of both programs: never sure where the tracer drops, never impossible where it
//! delivers.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;

use sixward_estate::{Estate, Interface};
use sixward_prove::symbolic::{Analysis, Verdict};
use sixward_prove::trace::{Outcome, Trace, Tracer};
use sixward_prove::{End, L4, Packet};

/// Both programs on one estate, and what they said so far.
#[derive(Debug)]
pub(crate) struct Judge<'e> {
    analysis: Analysis,
    tracer: Tracer<'e>,
    pub(crate) tally: Tally,
}

/// What both said.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// How often, the tracer first.
    pub(crate) counts: BTreeMap<(Says, Says), u64>,
    /// The first packets that one delivers and the other drops.
    pub(crate) differences: Vec<String>,
}

/// What becomes of a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Says {
    Dropped,
    Undetermined,
    Delivered,
}

/// Two ends by the addresses that networks know.
#[derive(Debug, Clone)]
pub(crate) struct Flow {
    pub(crate) from: (End, IpAddr),
    pub(crate) to: (End, IpAddr),
    /// The address in the packet: of an interface that the internet speaks to, the public one.
    destination: IpAddr,
}

/// So many differences are kept as text.
const KEPT: usize = 20;

impl<'e> Judge<'e> {
    pub(crate) fn new(estate: &'e Estate) -> Self {
        Self {
            analysis: Analysis::new(estate),
            tracer: Tracer::new(estate),
            tally: Tally::default(),
        }
    }

    /// Asks both about all these packets of one flow.
    pub(crate) fn ask(&mut self, flow: &Flow, packets: impl IntoIterator<Item = L4>) {
        let (from, to) = (&flow.from, &flow.to);
        let verdict = self.analysis.allowed_at((&from.0, from.1), (&to.0, to.1));
        for l4 in packets {
            let packet = Packet {
                source: from.1,
                destination: flow.destination,
                l4,
            };
            let trace = self.tracer.trace(&from.0, packet);
            let both = (of_trace(&trace, &to.0), of_sets(&verdict, l4));
            *self.tally.counts.entry(both).or_default() += 1;
            if !differ(both) {
                continue;
            }
            if self.tally.differences.len() < KEPT {
                let text = format!(
                    "the sets: {:?}, {:?}\n{trace}",
                    both.1, verdict.undetermined
                );
                self.tally.differences.push(text);
            }
        }
    }
}

impl Tally {
    /// How many packets were asked about.
    pub(crate) fn asked(&self) -> u64 {
        self.counts.values().sum()
    }

    /// How many one delivers and the other drops.
    pub(crate) fn different(&self) -> u64 {
        let all = self.counts.iter();
        let all = all.filter(|(both, _)| differ(**both));
        all.map(|(_, count)| count).sum()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} packets, {} different",
            self.asked(),
            self.different()
        )?;
        for ((trace, sets), count) in &self.counts {
            writeln!(f, "  tracer {trace:?}, sets {sets:?}: {count}")?;
        }
        for difference in &self.differences {
            writeln!(f, "{difference}")?;
        }
        Ok(())
    }
}

impl Flow {
    pub(crate) fn between(from: (&Interface, IpAddr), to: (&Interface, IpAddr)) -> Self {
        Self {
            from: (end(from.0), from.1),
            to: (end(to.0), to.1),
            destination: to.1,
        }
    }

    pub(crate) fn outbound(from: (&Interface, IpAddr), remote: IpAddr) -> Self {
        Self {
            from: (end(from.0), from.1),
            to: (End::Internet, remote),
            destination: remote,
        }
    }

    /// Between ends that call each other by the addresses that networks know.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "the example asks of hosts only")
    )]
    pub(crate) fn plain(from: (End, IpAddr), to: (End, IpAddr)) -> Self {
        let destination = to.1;
        Self {
            from,
            to,
            destination,
        }
    }

    /// None when the internet has no name for the address.
    pub(crate) fn inbound(remote: IpAddr, to: (&Interface, IpAddr)) -> Option<Self> {
        let named = match to.1 {
            IpAddr::V6(_) => Some(to.1),
            IpAddr::V4(own) => {
                let mut all = to.0.addresses4.iter();
                let own = all.find(|all| all.address == own);
                own.and_then(|own| own.public).map(IpAddr::V4)
            }
        };
        named.map(|destination| Self {
            from: (End::Internet, remote),
            to: (end(to.0), to.1),
            destination,
        })
    }
}

fn end(interface: &Interface) -> End {
    End::Interface(interface.id.clone())
}

/// What arrives elsewhere does not arrive.
fn of_trace(trace: &Trace, to: &End) -> Says {
    match &trace.outcome {
        Outcome::Delivered(end) if end == to => Says::Delivered,
        Outcome::Undetermined(_) => Says::Undetermined,
        Outcome::Delivered(_) | Outcome::Service(_) | Outcome::Dropped(_) => Says::Dropped,
    }
}

fn of_sets(verdict: &Verdict, l4: L4) -> Says {
    if verdict.traffic.contains(l4) {
        Says::Delivered
    } else if verdict.possible.contains(l4) {
        Says::Undetermined
    } else {
        Says::Dropped
    }
}

fn differ(both: (Says, Says)) -> bool {
    matches!(
        both,
        (Says::Dropped, Says::Delivered) | (Says::Delivered, Says::Dropped)
    )
}
