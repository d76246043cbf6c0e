//! Sets of what packets carry: protocol, source and destination port, ICMP type and code.
//!
//! Ports come in pairs, since a stateless list lets an answer pass only by the source port of what it
//! answers (Amazon VPC: Network ACLs, Ephemeral ports). Other protocols have no ports to filter by:
//! "allows traffic on all ports" (Security group rules).

use sixward_net::{IcmpMatch, Ports, Traffic};

use super::{Intervals, Point, Steps, reduce};
use crate::L4;

/// Pairs of points: for each first point the set of second ones.
pub(super) type Grid<P> = Steps<P, Intervals<P>>;

/// A set of packets, addresses aside. Equal sets are equal values.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrafficSet {
    /// Source port, destination ports.
    pub(super) tcp: Grid<u16>,
    /// Source port, destination ports.
    pub(super) udp: Grid<u16>,
    /// Type, codes.
    pub(super) icmp: Grid<u8>,
    /// Type, codes.
    pub(super) icmp6: Grid<u8>,
    /// Protocol numbers, without the four above.
    pub(super) other: Intervals<u8>,
}

/// Protocols that have fields of their own here: ICMP, TCP, UDP, ICMPv6.
const WITH_FIELDS: [u8; 4] = [1, 6, 17, 58];

/// Requests and their answers: echo alone (RFC 792).
const ICMP_ANSWERS: [(u8, u8); 1] = [(8, 0)];
/// Echo (RFC 4443).
const ICMP6_ANSWERS: [(u8, u8); 1] = [(128, 129)];

impl TrafficSet {
    /// No packet.
    pub fn empty() -> Self {
        Self {
            tcp: none(),
            udp: none(),
            icmp: none(),
            icmp6: none(),
            other: Intervals::empty(),
        }
    }

    /// Every packet.
    pub fn all() -> Self {
        let fields = Intervals::ranges(WITH_FIELDS.map(|number| (number, number)));
        Self {
            tcp: every(),
            udp: every(),
            icmp: every(),
            icmp6: every(),
            other: fields.complement(),
        }
    }

    /// The packets that a rule speaks of, whatever their source port.
    pub fn of(traffic: Traffic) -> Self {
        let none = Self::empty();
        match traffic {
            Traffic::All => Self::all(),
            Traffic::Tcp(ports) | Traffic::Udp(ports) => {
                let grid = Steps::constant(Intervals::range(ports.first(), ports.last()));
                match traffic {
                    Traffic::Tcp(_) => Self { tcp: grid, ..none },
                    _ => Self { udp: grid, ..none },
                }
            }
            Traffic::Icmp(message) => Self {
                icmp: messages(message),
                ..none
            },
            Traffic::Icmp6(message) => Self {
                icmp6: messages(message),
                ..none
            },
            Traffic::Protocol(1) => Self::of(Traffic::Icmp(IcmpMatch::Any)),
            Traffic::Protocol(6) => Self::of(Traffic::Tcp(Ports::ALL)),
            Traffic::Protocol(17) => Self::of(Traffic::Udp(Ports::ALL)),
            Traffic::Protocol(58) => Self::of(Traffic::Icmp6(IcmpMatch::Any)),
            Traffic::Protocol(number) => Self {
                other: Intervals::range(number, number),
                ..none
            },
        }
    }

    /// Whether a packet that carries this is in it.
    pub fn contains(&self, l4: L4) -> bool {
        match l4 {
            L4::Tcp {
                source,
                destination,
            } => self.tcp.get(source).contains(destination),
            L4::Udp {
                source,
                destination,
            } => self.udp.get(source).contains(destination),
            L4::Icmp { kind, code } => self.icmp.get(kind).contains(code),
            L4::Icmp6 { kind, code } => self.icmp6.get(kind).contains(code),
            L4::Other(number) if WITH_FIELDS.contains(&number) => false,
            L4::Other(number) => self.other.contains(number),
        }
    }

    /// Whether it has no packet.
    pub fn is_empty(&self) -> bool {
        *self == Self::empty()
    }

    /// Whether every packet of it is in `other`.
    pub fn is_subset(&self, other: &Self) -> bool {
        self.difference(other).is_empty()
    }

    /// Packets of either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        self.combine(other, |a, b| a || b)
    }

    /// Packets of both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        self.combine(other, |a, b| a && b)
    }

    /// Packets of this and not of `other`.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        self.combine(other, |a, b| a && !b)
    }

    /// Packets that are not in it.
    #[must_use]
    pub fn complement(&self) -> Self {
        Self::all().difference(self)
    }

    /// The packets whose answer, if they have one, is in this set: ports change places, an ICMP
    /// request becomes its reply, and other ICMP messages are not answered.
    #[must_use]
    pub fn answered(&self) -> Self {
        Self {
            tcp: transposed(&self.tcp),
            udp: transposed(&self.udp),
            icmp: requests(&self.icmp, &ICMP_ANSWERS),
            icmp6: requests(&self.icmp6, &ICMP6_ANSWERS),
            other: self.other.clone(),
        }
    }

    /// The packets, whatever their source port, that are in this set from every source port of
    /// `ports`, and those that are from some: what is left when somebody else chooses the port. Only
    /// TCP, UDP and ICMP are left, which NAT translates.
    #[must_use]
    pub fn from_ports(&self, ports: Ports) -> (Self, Self) {
        let with = |join: fn(&Intervals<u16>, &Intervals<u16>) -> Intervals<u16>| Self {
            tcp: Steps::constant(rows(&self.tcp, ports, join)),
            udp: Steps::constant(rows(&self.udp, ports, join)),
            icmp: self.icmp.clone(),
            ..Self::empty()
        };
        (with(Intervals::intersection), with(Intervals::union))
    }

    /// A packet of it, one that a reader knows when there is one; none when it is empty.
    pub fn typical(&self) -> Option<L4> {
        const SOURCE: u16 = 49152;
        let tcp = [22, 443, 80, 3389, 5432, 3306, 8080, 25, 53];
        let tcp = tcp.map(|destination| L4::Tcp {
            source: SOURCE,
            destination,
        });
        let udp = [53, 123, 443, 500].map(|destination| L4::Udp {
            source: SOURCE,
            destination,
        });
        let echo = [
            (L4::Icmp6 { kind: 128, code: 0 }),
            (L4::Icmp { kind: 8, code: 0 }),
        ];
        let known = tcp.into_iter().chain(udp).chain(echo);
        let mut known = known.filter(|l4| self.contains(*l4));
        let usual = || {
            let (destination, _) = self.tcp.get(SOURCE).iter().next()?;
            Some(L4::Tcp {
                source: SOURCE,
                destination,
            })
        };
        let first = || self.samples().into_iter().next();
        known.next().or_else(usual).or_else(first)
    }

    /// The set as boxes that do not overlap: first and last protocol, source port or type, destination
    /// port or code.
    pub fn boxes(&self) -> impl Iterator<Item = [(u16, u16); 3]> {
        let fields = cells(1, &self.icmp).chain(cells(6, &self.tcp));
        let fields = fields
            .chain(cells(17, &self.udp))
            .chain(cells(58, &self.icmp6));
        let other = self.other.iter();
        let other = other.map(|(first, last)| [(first.into(), last.into()), EVERY, EVERY]);
        fields.chain(other)
    }

    /// The lowest packet of each box.
    pub fn samples(&self) -> Vec<L4> {
        let byte = |value: u16| u8::try_from(value).unwrap_or(u8::MAX);
        let lowest = self
            .boxes()
            .map(|[protocol, first, second]| match protocol.0 {
                1 => L4::Icmp {
                    kind: byte(first.0),
                    code: byte(second.0),
                },
                6 => L4::Tcp {
                    source: first.0,
                    destination: second.0,
                },
                17 => L4::Udp {
                    source: first.0,
                    destination: second.0,
                },
                58 => L4::Icmp6 {
                    kind: byte(first.0),
                    code: byte(second.0),
                },
                number => L4::Other(byte(number)),
            });
        lowest.collect()
    }

    fn combine(&self, other: &Self, join: fn(bool, bool) -> bool) -> Self {
        Self {
            tcp: self.tcp.zip(&other.tcp, |a, b| a.combine(b, join)),
            udp: self.udp.zip(&other.udp, |a, b| a.combine(b, join)),
            icmp: self.icmp.zip(&other.icmp, |a, b| a.combine(b, join)),
            icmp6: self.icmp6.zip(&other.icmp6, |a, b| a.combine(b, join)),
            other: self.other.combine(&other.other, join),
        }
    }
}

/// All values of a field.
const EVERY: (u16, u16) = (0, u16::MAX);

/// A grid as boxes of a protocol.
fn cells<P: Point + Into<u16>>(of: u16, grid: &Grid<P>) -> impl Iterator<Item = [(u16, u16); 3]> {
    let wide = |(first, last): (P, P)| (first.into(), last.into());
    grid.runs().flat_map(move |(first, last, seconds)| {
        let seconds = seconds.iter();
        seconds.map(move |second| [(of, of), wide((first, last)), wide(second)])
    })
}

fn none<P: Point>() -> Grid<P> {
    Steps::constant(Intervals::empty())
}

fn every<P: Point>() -> Grid<P> {
    Steps::constant(Intervals::all())
}

fn messages(message: IcmpMatch) -> Grid<u8> {
    let one = |kind, codes| Steps::on(kind, kind, codes, Intervals::empty());
    match message {
        IcmpMatch::Any => every(),
        IcmpMatch::Type(kind) => one(kind, Intervals::all()),
        IcmpMatch::Code(kind, code) => one(kind, Intervals::range(code, code)),
    }
}

/// The grid with first and second points changed.
fn transposed<P: Point>(grid: &Grid<P>) -> Grid<P> {
    let mut parts = Vec::new();
    for (first, last, seconds) in grid.runs() {
        let firsts = Intervals::range(first, last);
        let part = seconds.steps().map(|inside| match inside {
            true => firsts.clone(),
            false => Intervals::empty(),
        });
        parts.push(part);
    }
    let union = |a: &Grid<P>, b: &Grid<P>| a.zip(b, Intervals::union);
    reduce(parts, union).unwrap_or_else(none)
}

/// The rows of some source ports as one.
fn rows(
    grid: &Grid<u16>,
    ports: Ports,
    join: fn(&Intervals<u16>, &Intervals<u16>) -> Intervals<u16>,
) -> Intervals<u16> {
    let runs = grid.runs();
    let rows = runs.filter(|(first, last, _)| *first <= ports.last() && ports.first() <= *last);
    let rows = rows.map(|(_, _, row)| row.clone()).collect();
    reduce(rows, join).unwrap_or_else(Intervals::empty)
}

/// The messages whose answer is in the grid, and those that have none.
fn requests(grid: &Grid<u8>, answers: &[(u8, u8)]) -> Grid<u8> {
    answers.iter().fold(every(), |result, (request, answer)| {
        let one = Steps::on(*request, *request, Some(grid.get(*answer)), None);
        result.zip(&one, |codes, own| own.map_or(codes.clone(), Clone::clone))
    })
}
