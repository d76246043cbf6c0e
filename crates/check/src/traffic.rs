//! Sets of packets as they are claimed, and what rules say of one packet.

use std::collections::BTreeSet;

use serde::Deserialize;
use sixward_estate::Action;
use sixward_net::{IcmpMatch, Ports, Traffic};

/// Protocol, then source and destination port, or type and code, or whatever.
pub(crate) type Packet = [u16; 3];

/// First and last of each.
type Packets = [(u16, u16); 3];

/// A claimed set: the packets that are in one of these. There is one way to say it: what is in two is in none.
#[derive(Deserialize)]
pub(crate) struct Set(Vec<Packets>);

/// The first rule that speaks of a packet decides, without one it is dropped; and so for its answer
/// where answers are filtered.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Formula {
    pub(crate) begin: Vec<(Action, Traffic)>,
    pub(crate) answer: Option<Vec<(Action, Traffic)>>,
}

const ICMP: u16 = 1;
const TCP: u16 = 6;
const UDP: u16 = 17;
const ICMP6: u16 = 58;
const ANY: (u16, u16) = (0, u16::MAX);

impl Set {
    /// A packet that is in the set and dropped, or passes and is not in it. Both are constant between
    /// corners, so one packet of each box is asked.
    pub(crate) fn differs(&self, formula: &Formula) -> Option<Packet> {
        (0..=u8::MAX.into()).find_map(|protocol| {
            let (firsts, seconds) = self.corners(protocol, formula);
            let row = |first: u16| seconds.iter().map(move |second| [protocol, first, *second]);
            let mut packets = firsts.iter().flat_map(|first| row(*first));
            packets.find(|packet| self.contains(*packet) != formula.passes(*packet))
        })
    }

    pub(crate) fn contains(&self, packet: Packet) -> bool {
        let holding = self.0.iter().filter(|packets| hold(**packets, packet));
        holding.count() == 1
    }

    /// Where something may begin to differ, in either field. A rule for answers speaks of the fields
    /// of what is answered, which may have changed places.
    fn corners(&self, protocol: u16, formula: &Formula) -> (BTreeSet<u16>, BTreeSet<u16>) {
        let (mut firsts, mut seconds) = (BTreeSet::from([0]), BTreeSet::from([0]));
        let begin = formula.begin.iter().map(|(_, traffic)| packets(*traffic));
        let answer = formula
            .answer
            .iter()
            .flatten()
            .map(|(_, traffic)| packets(*traffic));
        let answer =
            answer.flat_map(|[of, first, second]| [[of, first, second], [of, second, first]]);
        let all = self.0.iter().copied().chain(begin).chain(answer);
        for [of, first, second] in all {
            if within(of, protocol) {
                firsts.extend(ends(first));
                seconds.extend(ends(second));
            }
        }
        // Rules say the same of all fields of a protocol that they do not know; a claim could not.
        let last = match protocol {
            ICMP | ICMP6 => u8::MAX.into(),
            _ => u16::MAX,
        };
        firsts.extend([8, 9, 128, 129]);
        firsts.retain(|first| *first <= last);
        seconds.retain(|second| *second <= last);
        (firsts, seconds)
    }
}

impl Formula {
    fn passes(&self, packet: Packet) -> bool {
        let back = self.answer.as_ref().zip(answer(packet));
        allows(&self.begin, packet) && back.is_none_or(|(rules, answer)| allows(rules, answer))
    }
}

fn allows(rules: &[(Action, Traffic)], packet: Packet) -> bool {
    let mut speaking = rules.iter().filter(|(_, it)| hold(packets(*it), packet));
    speaking
        .next()
        .is_some_and(|(action, _)| *action == Action::Allow)
}

/// The packets that a rule speaks of.
fn packets(traffic: Traffic) -> Packets {
    let one = |number: u16| (number, number);
    let ports = |protocol, ports: Ports| [one(protocol), ANY, (ports.first(), ports.last())];
    let message = |protocol, message| match message {
        IcmpMatch::Any => [one(protocol), ANY, ANY],
        IcmpMatch::Type(kind) => [one(protocol), one(kind.into()), ANY],
        IcmpMatch::Code(kind, code) => [one(protocol), one(kind.into()), one(code.into())],
    };
    match traffic {
        Traffic::All => [ANY; 3],
        Traffic::Tcp(of) => ports(TCP, of),
        Traffic::Udp(of) => ports(UDP, of),
        Traffic::Icmp(of) => message(ICMP, of),
        Traffic::Icmp6(of) => message(ICMP6, of),
        Traffic::Protocol(number) => [one(number.into()), ANY, ANY],
    }
}

/// What answers a packet: ports change places, echo is replied to, other messages are not (RFC 792,
/// RFC 4443).
fn answer([protocol, first, second]: Packet) -> Option<Packet> {
    match (protocol, first) {
        (TCP | UDP, _) => Some([protocol, second, first]),
        (ICMP, 8) => Some([ICMP, 0, second]),
        (ICMP6, 128) => Some([ICMP6, 129, second]),
        (ICMP | ICMP6, _) => None,
        _ => Some([protocol, first, second]),
    }
}

fn hold(packets: Packets, packet: Packet) -> bool {
    packets
        .iter()
        .zip(packet)
        .all(|(range, value)| within(*range, value))
}

fn within((first, last): (u16, u16), value: u16) -> bool {
    first <= value && value <= last
}

fn ends((first, last): (u16, u16)) -> impl Iterator<Item = u16> {
    [Some(first), last.checked_add(1)].into_iter().flatten()
}
