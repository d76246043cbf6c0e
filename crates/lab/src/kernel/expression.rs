//! A rule as nftables' machine reads it: expressions that load a register and compare it
//! (linux/netfilter/nf_tables.h).

use std::net::IpAddr;

use sixward_net::{Family, IcmpMatch, IpNet, Ports};

use super::message::Attributes;
use crate::layout::{ChainName, Drop, Key, Match, Port, Rule, SetName, Translation, Verdict};

/// The log group that drops are told to.
pub(crate) const LOG_GROUP: u16 = 6;

const REGISTER: u32 = 1;
const SECOND: u32 = 2;
const THIRD: u32 = 3;
const VERDICT: u32 = 0;

const EQUAL: u32 = 0;
const NOT_EQUAL: u32 = 1;

const META_MARK: u32 = 3;
const META_IN: u32 = 4;
const META_OUT: u32 = 5;
const META_FAMILY: u32 = 15;
const META_PROTOCOL: u32 = 16;

const CONNECTION_STATE: u32 = 0;
const CONNECTION_DIRECTION: u32 = 1;
const CONNECTION_MARK: u32 = 3;
const CONNECTION_ZONE: u32 = 17;

const NETWORK_HEADER: u32 = 1;
const TRANSPORT_HEADER: u32 = 2;

/// Where the class of an IPv6 packet stands in its first two bytes (RFC 2474), and the one that is our sign.
const CLASS: u16 = 0x0fc0;
const SIGN: u16 = 0x0040;

/// The numbers of ports.
pub(crate) type Indices<'a> = &'a dyn Fn(&Port) -> u32;

/// Writes a rule's expressions.
pub(crate) fn rule(out: &mut Attributes<'_>, rule: &Rule, indices: Indices<'_>) {
    let mut list = List { out, known: None };
    for condition in &rule.matches {
        list.condition(condition, indices);
    }
    list.verdict(&rule.verdict);
}

struct List<'a, 'b> {
    out: &'a mut Attributes<'b>,
    /// The family that a condition before has asked for already.
    known: Option<Family>,
}

impl List<'_, '_> {
    fn condition(&mut self, condition: &Match, indices: Indices<'_>) {
        match condition {
            Match::Family(family) => self.family(*family),
            Match::In(port) => self.meta(META_IN, EQUAL, &indices(port).to_ne_bytes()),
            Match::NotIn(port) => self.meta(META_IN, NOT_EQUAL, &indices(port).to_ne_bytes()),
            Match::Out(port) => self.meta(META_OUT, EQUAL, &indices(port).to_ne_bytes()),
            Match::Source(net) => self.prefix(*net, true),
            Match::Destination(net) => self.prefix(*net, false),
            Match::SourceIn(set, family) => self.member(set, *family, true, false),
            Match::SourceNotIn(set, family) => self.member(set, *family, true, true),
            Match::DestinationIn(set, family) => self.member(set, *family, false, false),
            Match::Protocol(number) => self.meta(META_PROTOCOL, EQUAL, &[*number]),
            Match::NotProtocol(number) => self.meta(META_PROTOCOL, NOT_EQUAL, &[*number]),
            Match::SourceBits(mask, bits) => {
                self.load(TRANSPORT_HEADER, 0, 2);
                self.mask(&mask.to_be_bytes());
                self.compare(EQUAL, &bits.to_be_bytes());
            }
            Match::Ports(ports) => self.ports(*ports),
            Match::Icmp(message) => self.icmp(*message),
            Match::Known => self.state(2 | 4),
            Match::Error => self.state(4),
            Match::Begins => self.state(8),
            Match::Stray => self.state(1),
            Match::Answers => {
                self.connection(CONNECTION_DIRECTION);
                self.compare(EQUAL, &[1]);
            }
            Match::Signed => {
                self.family(Family::V6);
                self.load(NETWORK_HEADER, 0, 2);
                self.mask(&CLASS.to_be_bytes());
                self.compare(EQUAL, &SIGN.to_be_bytes());
            }
            Match::ConnectionMark(mark) => {
                self.connection(CONNECTION_MARK);
                self.compare(EQUAL, &mark.to_ne_bytes());
            }
        }
    }

    fn verdict(&mut self, verdict: &Verdict) {
        match verdict {
            Verdict::Accept => self.decide(1, None),
            Verdict::Drop(drop) => self.drop(drop),
            Verdict::Return => self.decide(-5, None),
            Verdict::Jump(chain) => self.decide(-3, Some(chain)),
            Verdict::JumpByIn(set) => {
                self.load_meta(META_IN);
                self.look_up(set, Some(VERDICT), false);
            }
            Verdict::JumpByOut(set) => {
                self.load_meta(META_OUT);
                self.look_up(set, Some(VERDICT), false);
            }
            Verdict::Zone(key, set) => {
                match key {
                    Key::In => self.load_meta(META_IN),
                    Key::Destination(family) => self.address(*family, false),
                }
                self.look_up(set, Some(REGISTER), false);
                self.set_connection(CONNECTION_ZONE);
            }
            Verdict::Translate(translation) => self.translate(translation),
            Verdict::MarkConnection(mark) => {
                self.immediate(REGISTER, &mark.to_ne_bytes());
                self.set_connection(CONNECTION_MARK);
            }
            Verdict::Mark(mark) => {
                self.immediate(REGISTER, &mark.to_ne_bytes());
                self.set_mark();
            }
            Verdict::Sign(sign) => self.sign(*sign),
            Verdict::MarkFromConnection => {
                self.connection(CONNECTION_MARK);
                self.set_mark();
            }
        }
    }

    fn family(&mut self, family: Family) {
        if self.known == Some(family) {
            return;
        }
        self.known = Some(family);
        let number = u8::try_from(number(family)).unwrap_or(0);
        self.meta(META_FAMILY, EQUAL, &[number]);
    }

    fn prefix(&mut self, net: IpNet, source: bool) {
        let (family, address, mask) = match net {
            IpNet::V4(net) => (
                Family::V4,
                net.network().octets().to_vec(),
                net.netmask().octets().to_vec(),
            ),
            IpNet::V6(net) => (
                Family::V6,
                net.network().octets().to_vec(),
                net.netmask().octets().to_vec(),
            ),
        };
        self.family(family);
        if net.prefix_len() == 0 {
            return;
        }
        self.load_address(family, source);
        if net.prefix_len() < net.max_prefix_len() {
            self.mask(&mask);
        }
        self.compare(EQUAL, &address);
    }

    fn member(&mut self, set: &SetName, family: Family, source: bool, not: bool) {
        self.address(family, source);
        self.look_up(set, None, not);
    }

    /// Loads an address, past packets of the other family.
    fn address(&mut self, family: Family, source: bool) {
        self.family(family);
        self.load_address(family, source);
    }

    fn load_address(&mut self, family: Family, source: bool) {
        let (offset, length) = match (family, source) {
            (Family::V4, true) => (12, 4),
            (Family::V4, false) => (16, 4),
            (Family::V6, true) => (8, 16),
            (Family::V6, false) => (24, 16),
        };
        self.load(NETWORK_HEADER, offset, length);
    }

    fn ports(&mut self, ports: Ports) {
        if ports == Ports::ALL {
            return;
        }
        self.load(TRANSPORT_HEADER, 2, 2);
        let (first, last) = (ports.first().to_be_bytes(), ports.last().to_be_bytes());
        if first == last {
            return self.compare(EQUAL, &first);
        }
        self.expression("range", |range| {
            range.be32(1, REGISTER);
            range.be32(2, EQUAL);
            range.nest(3, |data| data.bytes(1, &first));
            range.nest(4, |data| data.bytes(1, &last));
        });
    }

    fn icmp(&mut self, message: IcmpMatch) {
        match message {
            IcmpMatch::Any => {}
            IcmpMatch::Type(kind) => {
                self.load(TRANSPORT_HEADER, 0, 1);
                self.compare(EQUAL, &[kind]);
            }
            IcmpMatch::Code(kind, code) => {
                self.load(TRANSPORT_HEADER, 0, 2);
                self.compare(EQUAL, &[kind, code]);
            }
        }
    }

    fn state(&mut self, bits: u32) {
        self.connection(CONNECTION_STATE);
        self.mask(&bits.to_ne_bytes());
        self.compare(NOT_EQUAL, &[0; 4]);
    }

    fn drop(&mut self, drop: &Drop) {
        self.expression("log", |log| {
            log.bytes(1, &LOG_GROUP.to_be_bytes());
            log.text(2, &drop.prefix());
            log.be32(3, 128);
            log.bytes(4, &1_u16.to_be_bytes());
        });
        self.decide(0, None);
    }

    fn translate(&mut self, translation: &Translation) {
        let mut ports = None;
        let (family, source) = match translation {
            Translation::Destination(map) => {
                self.address(Family::V4, false);
                self.look_up(map, Some(REGISTER), false);
                (Family::V4, false)
            }
            Translation::Source(map) => {
                self.address(Family::V4, true);
                self.look_up(map, Some(REGISTER), false);
                (Family::V4, true)
            }
            Translation::RewriteDestination(map) => {
                self.address(Family::V4, false);
                return self.rewrite(map, 16);
            }
            Translation::RewriteSource(map) => {
                self.address(Family::V4, true);
                return self.rewrite(map, 12);
            }
            Translation::SourceFromQuote(family) => return self.source_from_quote(*family),
            Translation::SourceTo(address, of) => {
                ports = Some((of.first(), of.last()));
                (self.given((*address).into()), true)
            }
            Translation::SourceAs(address) => (self.given(*address), true),
            Translation::DestinationTo(to) => {
                ports = Some((to.port(), to.port()));
                (self.given(to.ip()), false)
            }
        };
        if let Some((first, last)) = ports {
            self.immediate(SECOND, &first.to_be_bytes());
            self.immediate(THIRD, &last.to_be_bytes());
        }
        self.expression("nat", |nat| {
            nat.be32(1, u32::from(!source));
            nat.be32(2, number(family));
            nat.be32(3, REGISTER);
            if ports.is_some() {
                nat.be32(5, SECOND);
                nat.be32(6, THIRD);
            }
        });
    }

    /// Loads this address, past packets of the other family.
    fn given(&mut self, address: IpAddr) -> Family {
        let (family, octets) = match address {
            IpAddr::V4(it) => (Family::V4, it.octets().to_vec()),
            IpAddr::V6(it) => (Family::V6, it.octets().to_vec()),
        };
        self.family(family);
        self.immediate(REGISTER, &octets);
        family
    }

    /// Another IPv4 address in this packet alone, with its checksums.
    fn rewrite(&mut self, map: &SetName, offset: u32) {
        self.look_up(map, Some(REGISTER), false);
        self.store(Family::V4, offset, 4);
    }

    /// Who sends an error becomes whom the packet was for that stands in it, behind eight bytes.
    fn source_from_quote(&mut self, family: Family) {
        self.family(family);
        let (quoted, source, length) = match family {
            Family::V4 => (8 + 16, 12, 4),
            Family::V6 => (8 + 24, 8, 16),
        };
        self.load(TRANSPORT_HEADER, quoted, length);
        self.store(family, source, length);
    }

    fn sign(&mut self, sign: bool) {
        self.family(Family::V6);
        self.load(NETWORK_HEADER, 0, 2);
        let class = if sign { SIGN } else { 0 };
        self.bits(&(!CLASS).to_be_bytes(), &class.to_be_bytes());
        self.expression("payload", |payload| {
            payload.be32(2, NETWORK_HEADER);
            payload.be32(3, 0);
            payload.be32(4, 2);
            payload.be32(5, REGISTER);
        });
    }

    /// Writes what is loaded into the network header, and mends the checksums that cover it.
    fn store(&mut self, family: Family, offset: u32, length: u32) {
        self.expression("payload", |payload| {
            payload.be32(2, NETWORK_HEADER);
            payload.be32(3, offset);
            payload.be32(4, length);
            payload.be32(5, REGISTER);
            // Only IPv4 has a checksum of its own.
            if family == Family::V4 {
                payload.be32(6, 1);
                payload.be32(7, 10);
            }
            payload.be32(8, 1);
        });
    }

    fn set_mark(&mut self) {
        self.expression("meta", |meta| {
            meta.be32(2, META_MARK);
            meta.be32(3, REGISTER);
        });
    }

    fn meta(&mut self, key: u32, operation: u32, value: &[u8]) {
        self.load_meta(key);
        self.compare(operation, value);
    }

    fn load_meta(&mut self, key: u32) {
        self.expression("meta", |meta| {
            meta.be32(1, REGISTER);
            meta.be32(2, key);
        });
    }

    fn connection(&mut self, key: u32) {
        self.expression("ct", |ct| {
            ct.be32(1, REGISTER);
            ct.be32(2, key);
        });
    }

    fn set_connection(&mut self, key: u32) {
        self.expression("ct", |ct| {
            ct.be32(2, key);
            ct.be32(4, REGISTER);
        });
    }

    fn load(&mut self, base: u32, offset: u32, length: u32) {
        self.expression("payload", |payload| {
            payload.be32(1, REGISTER);
            payload.be32(2, base);
            payload.be32(3, offset);
            payload.be32(4, length);
        });
    }

    /// Leaves these bits of what is loaded.
    fn mask(&mut self, mask: &[u8]) {
        self.bits(mask, &vec![0; mask.len()]);
    }

    /// Leaves these bits, and turns those over.
    fn bits(&mut self, mask: &[u8], turn: &[u8]) {
        let length = u32::try_from(mask.len()).unwrap_or(0);
        self.expression("bitwise", |bits| {
            bits.be32(1, REGISTER);
            bits.be32(2, REGISTER);
            bits.be32(3, length);
            bits.nest(4, |data| data.bytes(1, mask));
            bits.nest(5, |data| data.bytes(1, turn));
        });
    }

    fn compare(&mut self, operation: u32, value: &[u8]) {
        self.expression("cmp", |cmp| {
            cmp.be32(1, REGISTER);
            cmp.be32(2, operation);
            cmp.nest(3, |data| data.bytes(1, value));
        });
    }

    fn look_up(&mut self, set: &SetName, into: Option<u32>, not: bool) {
        self.expression("lookup", |lookup| {
            lookup.text(1, &set.0);
            lookup.be32(2, REGISTER);
            if let Some(register) = into {
                lookup.be32(3, register);
            }
            if not {
                lookup.be32(5, 1);
            }
        });
    }

    fn immediate(&mut self, register: u32, value: &[u8]) {
        self.expression("immediate", |immediate| {
            immediate.be32(1, register);
            immediate.nest(2, |data| data.bytes(1, value));
        });
    }

    fn decide(&mut self, code: i32, chain: Option<&ChainName>) {
        self.expression("immediate", |immediate| {
            immediate.be32(1, VERDICT);
            immediate.nest(2, |data| self::decision(data, code, chain));
        });
    }

    fn expression(&mut self, name: &str, inside: impl FnOnce(&mut Attributes<'_>)) {
        self.out.nest(1, |element| {
            element.text(1, name);
            element.nest(2, inside);
        });
    }
}

/// A family by the kernel's number.
fn number(family: Family) -> u32 {
    match family {
        Family::V4 => 2,
        Family::V6 => 10,
    }
}

/// A verdict as data; also a map's.
pub(crate) fn decision(data: &mut Attributes<'_>, code: i32, chain: Option<&ChainName>) {
    data.nest(2, |verdict| {
        verdict.be32(1, code.cast_unsigned());
        if let Some(chain) = chain {
            verdict.text(2, &chain.0);
        }
    });
}
