//! Sets of packets as they are claimed, and what rules say of one packet.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sixward_estate::Action;
use sixward_net::{IcmpMatch, Ports, Traffic};

/// For each first value from here to the next row, the second values as ranges.
type Grid = Vec<(u16, Vec<(u16, u16)>)>;

/// A claimed set: source and destination port, ICMP type and code, numbers of other protocols.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Set {
    tcp: Grid,
    udp: Grid,
    icmp: Grid,
    icmpv6: Grid,
    protocols: Vec<u8>,
}

/// The first rule that speaks of a packet decides, without one it is dropped; and so for its answer
/// where answers are filtered.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Formula {
    pub(crate) begin: Vec<(Action, Traffic)>,
    pub(crate) answer: Option<Vec<(Action, Traffic)>>,
}

/// Protocol, then source and destination port, type and code, or nothing.
type Packet = (u8, u16, u16);

const ICMP: u8 = 1;
const TCP: u8 = 6;
const UDP: u8 = 17;
const ICMP6: u8 = 58;

impl Set {
    /// A packet that is in the set and dropped, or passes and is not in it. Both are constant between
    /// corners, so one packet of each box is asked.
    pub(crate) fn differs(&self, formula: &Formula) -> Option<Packet> {
        (0..=u8::MAX).find_map(|protocol| {
            let (firsts, seconds) = self.corners(protocol, formula);
            let row = |first: u16| seconds.iter().map(move |second| (protocol, first, *second));
            let mut packets = firsts.iter().flat_map(|first| row(*first));
            packets.find(|packet| self.contains(*packet) != formula.passes(*packet))
        })
    }

    pub(crate) fn contains(&self, (protocol, first, second): Packet) -> bool {
        let Some(grid) = self.grid(protocol) else {
            return self.protocols.contains(&protocol);
        };
        let row = grid.iter().rev().find(|(start, _)| *start <= first);
        let mut ranges = row.into_iter().flat_map(|(_, ranges)| ranges);
        ranges.any(|(start, end)| (*start..=*end).contains(&second))
    }

    fn grid(&self, protocol: u8) -> Option<&Grid> {
        match protocol {
            ICMP => Some(&self.icmp),
            TCP => Some(&self.tcp),
            UDP => Some(&self.udp),
            ICMP6 => Some(&self.icmpv6),
            _ => None,
        }
    }

    /// Where something may begin to differ, in either field.
    fn corners(&self, protocol: u8, formula: &Formula) -> (BTreeSet<u16>, BTreeSet<u16>) {
        let (mut firsts, mut seconds) = (BTreeSet::from([0]), BTreeSet::from([0]));
        let Some(grid) = self.grid(protocol) else {
            return (firsts, seconds);
        };
        for (first, ranges) in grid {
            firsts.insert(*first);
            seconds.extend(ranges.iter().flat_map(|range| ends(range.0, range.1)));
        }
        let begin = formula.begin.iter().map(|(_, traffic)| (traffic, false));
        let answer = formula.answer.iter().flatten();
        for (traffic, answers) in begin.chain(answer.map(|(_, traffic)| (traffic, true))) {
            match *traffic {
                // What the answer goes to is where the packet came from.
                Traffic::Tcp(ports) | Traffic::Udp(ports) => {
                    let field = if answers { &mut firsts } else { &mut seconds };
                    field.extend(ends(ports.first(), ports.last()));
                }
                Traffic::Icmp(IcmpMatch::Type(kind)) | Traffic::Icmp6(IcmpMatch::Type(kind)) => {
                    firsts.extend(ends(kind.into(), kind.into()));
                }
                Traffic::Icmp(IcmpMatch::Code(kind, code))
                | Traffic::Icmp6(IcmpMatch::Code(kind, code)) => {
                    firsts.extend(ends(kind.into(), kind.into()));
                    seconds.extend(ends(code.into(), code.into()));
                }
                _ => {}
            }
        }
        if protocol == ICMP || protocol == ICMP6 {
            firsts.extend([8, 9, 128, 129]);
            firsts.retain(|kind| *kind <= 255);
            seconds.retain(|code| *code <= 255);
        }
        (firsts, seconds)
    }
}

fn ends(first: u16, last: u16) -> impl Iterator<Item = u16> {
    [Some(first), last.checked_add(1)].into_iter().flatten()
}

impl Formula {
    fn passes(&self, packet: Packet) -> bool {
        let back = self.answer.as_ref().zip(answer(packet));
        allows(&self.begin, packet) && back.is_none_or(|(rules, answer)| allows(rules, answer))
    }
}

fn allows(rules: &[(Action, Traffic)], packet: Packet) -> bool {
    let decides = rules.iter().find(|(_, traffic)| speaks(*traffic, packet));
    decides.is_some_and(|(action, _)| *action == Action::Allow)
}

/// Whether a rule speaks of a packet.
fn speaks(traffic: Traffic, (protocol, first, second): Packet) -> bool {
    let port = |ports: Ports| (ports.first()..=ports.last()).contains(&second);
    let message = |message| match message {
        IcmpMatch::Any => true,
        IcmpMatch::Type(kind) => first == u16::from(kind),
        IcmpMatch::Code(kind, code) => (first, second) == (kind.into(), code.into()),
    };
    match traffic {
        Traffic::All => true,
        Traffic::Tcp(ports) => protocol == TCP && port(ports),
        Traffic::Udp(ports) => protocol == UDP && port(ports),
        Traffic::Icmp(what) => protocol == ICMP && message(what),
        Traffic::Icmp6(what) => protocol == ICMP6 && message(what),
        Traffic::Protocol(number) => protocol == number,
    }
}

/// What answers a packet: ports change places, echo is replied to, other messages are not (RFC 792,
/// RFC 4443).
fn answer((protocol, first, second): Packet) -> Option<Packet> {
    match (protocol, first) {
        (TCP | UDP, _) => Some((protocol, second, first)),
        (ICMP, 8) => Some((ICMP, 0, second)),
        (ICMP6, 128) => Some((ICMP6, 129, second)),
        (ICMP | ICMP6, _) => None,
        _ => Some((protocol, first, second)),
    }
}
