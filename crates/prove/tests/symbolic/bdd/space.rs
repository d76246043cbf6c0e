//! Packets as bits: what a rule names becomes a Boolean function, and such a function a traffic set.
//!
//! Bits of ports are interleaved with those of the answer's, so that "the answer has the ports
//! changed" stays small. An ICMP message has its type where others have the source port, and its code
//! where they have the destination port.

use std::cell::RefCell;
use std::collections::BTreeMap;

use oxidd::bdd::{BDDFunction, BDDManagerRef, new_manager};
use oxidd::{BooleanFunction, BooleanFunctionQuant, Manager, ManagerRef};
use sixward_net::{Family, IcmpMatch, IpNet, Ports, Traffic};
use sixward_prove::set::TrafficSet;

/// A set of packets and their answers.
pub(crate) type Set = BDDFunction;

/// The variables of one family.
pub(crate) struct Space {
    manager: BDDManagerRef,
    pub(crate) source: Vec<u32>,
    pub(crate) destination: Vec<u32>,
    protocol: Vec<u32>,
    /// Source and destination port of the packet, then of its answer.
    ports: [Vec<u32>; 4],
    /// The protocols without fields below each number.
    below: Vec<TrafficSet>,
    /// Each variable, false and true.
    literals: Vec<[Set; 2]>,
    /// What was made before, for all flows that share it.
    prefixes: RefCell<BTreeMap<(u32, IpNet), Set>>,
    traffic: RefCell<BTreeMap<Set, TrafficSet>>,
}

/// A packet, or its answer.
#[derive(Clone, Copy)]
pub(crate) enum Whose {
    Packet,
    Answer,
}

/// ICMP, TCP, UDP, ICMPv6.
const ICMP: u32 = 1;
const TCP: u32 = 6;
const UDP: u32 = 17;
const ICMP6: u32 = 58;

impl Space {
    pub(crate) fn new(family: Family) -> Self {
        let width = match family {
            Family::V4 => 32,
            Family::V6 => 128,
        };
        let manager = new_manager(1 << 20, 1 << 16, 1);
        let all = 2 * width + 8 + 64;
        manager.with_manager_exclusive(|manager| manager.add_vars(all));
        let literal = |bit| {
            manager.with_manager_shared(|manager| {
                [Set::not_var(manager, bit), Set::var(manager, bit)].map(Result::unwrap)
            })
        };
        let literals = (0..all).map(literal).collect();
        let first = 2 * width + 8;
        let mut below = vec![TrafficSet::empty()];
        for number in 0..=u8::MAX {
            let last = below.last().unwrap();
            below.push(match u32::from(number) {
                ICMP | TCP | UDP | ICMP6 => last.clone(),
                _ => last.union(&TrafficSet::of(Traffic::Protocol(number))),
            });
        }
        Self {
            below,
            literals,
            prefixes: RefCell::default(),
            traffic: RefCell::default(),
            manager,
            source: (0..width).collect(),
            destination: (width..2 * width).collect(),
            protocol: (2 * width..first).collect(),
            ports: [0, 1, 2, 3].map(|at| (0..16).map(|bit| first + 4 * bit + at).collect()),
        }
    }

    pub(crate) fn all(&self) -> Set {
        self.manager.with_manager_shared(|manager| Set::t(manager))
    }

    pub(crate) fn none(&self) -> Set {
        self.manager.with_manager_shared(|manager| Set::f(manager))
    }

    /// Those whose address in these bits is in a prefix.
    pub(crate) fn inside(&self, address: &[u32], net: IpNet) -> Set {
        let (value, whole) = match net {
            IpNet::V4(net) => (u128::from(u32::from(net.network())), 32),
            IpNet::V6(net) => (u128::from(net.network()), 128),
        };
        if whole != address.len() {
            return self.none();
        }
        let key = (address[0], net);
        if let Some(set) = self.prefixes.borrow().get(&key) {
            return set.clone();
        }
        let named = (0..usize::from(net.prefix_len())).rev();
        let set = named.fold(self.all(), |set, at| {
            let bit = value >> (whole - 1 - at) & 1;
            and(&self.literal(address[at], bit == 1), &set)
        });
        self.prefixes.borrow_mut().insert(key, set.clone());
        set
    }

    /// Those that carry what a rule speaks of.
    pub(crate) fn carrying(&self, traffic: Traffic, whose: Whose) -> Set {
        let [first, second] = self.fields(whose);
        let ports = |protocol, ports: Ports| {
            let ports = self.between(second, ports.first().into(), ports.last().into());
            and(&self.protocol(protocol), &ports)
        };
        let message = |protocol, message| {
            let own = self.protocol(protocol);
            match message {
                IcmpMatch::Any => own,
                IcmpMatch::Type(kind) => and(&own, &self.equal(first, kind.into())),
                IcmpMatch::Code(kind, code) => {
                    let both = and(
                        &self.equal(first, kind.into()),
                        &self.equal(second, code.into()),
                    );
                    and(&own, &both)
                }
            }
        };
        match traffic {
            Traffic::All => self.all(),
            Traffic::Tcp(range) => ports(TCP, range),
            Traffic::Udp(range) => ports(UDP, range),
            Traffic::Icmp(wanted) => message(ICMP, wanted),
            Traffic::Icmp6(wanted) => message(ICMP6, wanted),
            Traffic::Protocol(number) => self.protocol(number.into()),
        }
    }

    /// The packets that have no answer, and those whose answer is in a set of answers.
    pub(crate) fn answered(&self, answers: &Set) -> Set {
        let [x, y, answer_x, answer_y] = &self.ports;
        let changed = and(&self.same(x, answer_y), &self.same(y, answer_x));
        let swapped = and(&or(&self.protocol(TCP), &self.protocol(UDP)), &changed);
        let echo = |protocol, request, reply| {
            let own = and(&self.protocol(protocol), &self.equal(x, request));
            and(
                &and(&own, &self.equal(answer_x, reply)),
                &self.same(y, answer_y),
            )
        };
        let plain = and(
            &self.others(),
            &and(&self.equal(answer_x, 0), &self.equal(answer_y, 0)),
        );
        let echoes = or(&echo(ICMP, 8, 0), &echo(ICMP6, 128, 129));
        let relation = or(&or(&swapped, &echoes), &plain);
        let bits: Vec<u32> = answer_x.iter().chain(answer_y).copied().collect();
        let found = self.some(&bits, &and(&relation, answers));
        or(&found, &self.silent())
    }

    /// The messages that nothing answers.
    pub(crate) fn silent(&self) -> Set {
        let [x, ..] = &self.ports;
        let but = |protocol, request| and(&self.protocol(protocol), &not(&self.equal(x, request)));
        or(&but(ICMP, 8), &but(ICMP6, 128))
    }

    /// What is in a set from every source port of a range, or from some: TCP, UDP and ICMP alone.
    pub(crate) fn with_ports(&self, set: &Set, first: u32, last: u32) -> [Set; 2] {
        let [x, ..] = &self.ports;
        let range = self.between(x, first, last);
        let with = or(&self.protocol(TCP), &self.protocol(UDP));
        let every = not(&self.some(x, &and(&range, &not(set))));
        let some = self.some(x, &and(&range, set));
        let icmp = and(&self.protocol(ICMP), set);
        [every, some].map(|ports| or(&and(&with, &ports), &icmp))
    }

    /// With addresses fixed.
    pub(crate) fn at(&self, set: &Set, source: IpNet, destination: IpNet) -> Set {
        let source = self.inside(&self.source, source);
        let destination = self.inside(&self.destination, destination);
        set.restrict(&and(&source, &destination)).unwrap()
    }

    /// The traffic of a set that speaks no more of addresses and answers.
    pub(crate) fn traffic(&self, set: &Set) -> TrafficSet {
        if let Some(traffic) = self.traffic.borrow().get(set) {
            return traffic.clone();
        }
        let traffic = self.made(set);
        self.traffic
            .borrow_mut()
            .insert(set.clone(), traffic.clone());
        traffic
    }

    fn made(&self, set: &Set) -> TrafficSet {
        let mut traffic = TrafficSet::empty();
        for ((first, last), rest) in self.runs(set, &self.protocol) {
            for number in [ICMP, TCP, UDP, ICMP6] {
                if (first..=last).contains(&number) {
                    traffic = traffic.union(&self.of_protocol(number, &rest));
                }
            }
            let [x, y, ..] = &self.ports;
            let none = and(&self.equal(x, 0), &self.equal(y, 0));
            if rest.restrict(&none).unwrap() != self.none() {
                let below = |number: u32| &self.below[usize::try_from(number).unwrap()];
                traffic = traffic.union(&below(last + 1).difference(below(first)));
            }
        }
        traffic
    }

    fn of_protocol(&self, number: u32, rest: &Set) -> TrafficSet {
        let [x, y, ..] = &self.ports;
        let byte = |number: u32| u8::try_from(number).unwrap();
        let mut traffic = TrafficSet::empty();
        match number {
            TCP | UDP => {
                let of = |(first, last): (u32, u32)| {
                    let port = |port: u32| u16::try_from(port).unwrap();
                    let ports = Ports::new(port(first), port(last)).unwrap();
                    TrafficSet::of(match number {
                        TCP => Traffic::Tcp(ports),
                        _ => Traffic::Udp(ports),
                    })
                };
                for (sources, row) in self.runs(rest, x) {
                    for (destinations, all) in self.runs(&row, y) {
                        assert!(all == self.all(), "bits beside the packet's");
                        let part = of(destinations).intersection(&of(sources).answered());
                        traffic = traffic.union(&part);
                    }
                }
            }
            ICMP | ICMP6 => {
                let of = |message| {
                    TrafficSet::of(match number {
                        ICMP => Traffic::Icmp(message),
                        _ => Traffic::Icmp6(message),
                    })
                };
                for ((first, last), row) in self.runs(rest, x) {
                    for kind in first..=last.min(255) {
                        for ((from, to), _) in self.runs(&row, y) {
                            let kind = byte(kind);
                            if (from, to.min(255)) == (0, 255) {
                                traffic = traffic.union(&of(IcmpMatch::Type(kind)));
                                continue;
                            }
                            for code in from..=to.min(255) {
                                let one = IcmpMatch::Code(kind, byte(code));
                                traffic = traffic.union(&of(one));
                            }
                        }
                    }
                }
            }
            other => unreachable!("protocol {other} has no fields"),
        }
        traffic
    }

    /// The ranges of a field on which a set is the same and not empty, and what it is there.
    fn runs(&self, set: &Set, field: &[u32]) -> Vec<((u32, u32), Set)> {
        if *set == self.none() {
            return Vec::new();
        }
        let whole = 1_u32.checked_shl(u32::try_from(field.len()).unwrap());
        let last = whole.unwrap() - 1;
        let Some((bit, rest)) = field.split_first() else {
            return vec![((0, 0), set.clone())];
        };
        if self.some(field, set) == *set {
            return vec![((0, last), set.clone())];
        }
        let half = (last >> 1) + 1;
        let low = set.restrict(&self.literal(*bit, false)).unwrap();
        let high = set.restrict(&self.literal(*bit, true)).unwrap();
        let mut runs = self.runs(&low, rest);
        for ((first, last), inside) in self.runs(&high, rest) {
            let (first, last) = (first + half, last + half);
            match runs.last_mut() {
                Some((before, same)) if before.1 + 1 == first && *same == inside => before.1 = last,
                _ => runs.push(((first, last), inside)),
            }
        }
        runs
    }

    fn fields(&self, whose: Whose) -> [&Vec<u32>; 2] {
        let [x, y, answer_x, answer_y] = &self.ports;
        match whose {
            Whose::Packet => [x, y],
            Whose::Answer => [answer_x, answer_y],
        }
    }

    fn protocol(&self, number: u32) -> Set {
        self.equal(&self.protocol, number)
    }

    fn others(&self) -> Set {
        let known = [ICMP, TCP, UDP, ICMP6].map(|number| self.protocol(number));
        not(&known.iter().fold(self.none(), |sum, one| or(&sum, one)))
    }

    fn equal(&self, field: &[u32], value: u32) -> Set {
        self.between(field, value, value)
    }

    /// The most significant bit comes first.
    fn between(&self, field: &[u32], first: u32, last: u32) -> Set {
        let (mut above, mut below) = (self.all(), self.all());
        for (at, bit) in field.iter().rev().enumerate() {
            let (yes, no) = (self.literal(*bit, true), self.literal(*bit, false));
            above = match first >> at & 1 {
                0 => or(&yes, &above),
                _ => and(&yes, &above),
            };
            below = match last >> at & 1 {
                0 => and(&no, &below),
                _ => or(&no, &below),
            };
        }
        and(&above, &below)
    }

    fn same(&self, one: &[u32], other: &[u32]) -> Set {
        let pairs = one.iter().zip(other).rev();
        pairs.fold(self.all(), |set, (a, b)| {
            let equal = self.literal(*a, true).equiv(&self.literal(*b, true));
            and(&equal.unwrap(), &set)
        })
    }

    fn some(&self, bits: &[u32], set: &Set) -> Set {
        let all = bits.iter().rev().fold(self.all(), |cube, bit| {
            and(&self.literal(*bit, true), &cube)
        });
        set.exists(&all).unwrap()
    }

    fn literal(&self, bit: u32, value: bool) -> Set {
        self.literals[usize::try_from(bit).unwrap()][usize::from(value)].clone()
    }
}

pub(crate) fn and(a: &Set, b: &Set) -> Set {
    a.and(b).unwrap()
}

pub(crate) fn or(a: &Set, b: &Set) -> Set {
    a.or(b).unwrap()
}

pub(crate) fn not(a: &Set) -> Set {
    a.not().unwrap()
}
