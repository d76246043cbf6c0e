//! Router solicitations and advertisements: how a client learns its address (RFC 4861 sections 4.1,
//! 4.2, 6.1; RFC 4380 section 5.3.2).

use std::net::{Ipv4Addr, Ipv6Addr};

use sixward_net::Teredo;

use super::authentication::{self, Authentication};
use super::header::Header;
use super::icmp::{Icmp, message};
use crate::random::Random;
use crate::reject::Reject;

/// ff02::2.
pub(crate) const ALL_ROUTERS: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 2);
const SOLICITATION: u8 = 133;
const ADVERTISEMENT: u8 = 134;
const PREFIX: u8 = 3;
const MTU: u8 = 5;
const LEAST_MTU: u32 = 1280;

/// The question.
pub(crate) fn solicitation(source: Ipv6Addr) -> Vec<u8> {
    message(source, ALL_ROUTERS, 255, [SOLICITATION, 0], &[&[0; 4]])
}

/// A question that stands alone, for whoever only wants to know whether and how a server answers.
pub fn question(random: &mut dyn Random) -> Vec<u8> {
    let (mut id, mut nonce) = ([0; 8], [0; 8]);
    random.fill(&mut id);
    random.fill(&mut nonce);
    let id = u64::from_be_bytes(id) & 0x3cff_ffff_ffff_ffff;
    let source = Ipv6Addr::from(0xfe80_u128 << 112 | u128::from(id));
    let mut bytes = Vec::with_capacity(96);
    let authentication = Authentication {
        id: &[],
        value: &[],
        nonce,
        confirmation: 0,
    };
    authentication::write(&authentication, &mut bytes);
    bytes.extend_from_slice(&solicitation(source));
    bytes
}

/// V4, V5: whether a message is a question that a router may answer.
pub(crate) fn is_solicitation(header: &Header, icmp: &Icmp<'_>) -> Result<bool, Reject> {
    if icmp.kind != SOLICITATION {
        return Ok(false);
    }
    if header.hop_limit != 255 {
        return Err(Reject::BadHopLimit);
    }
    if !icmp.sound {
        return Err(Reject::BadChecksum);
    }
    if icmp.code != 0 || icmp.body.len() < 4 {
        return Err(Reject::BadSolicitation);
    }
    Ok(true)
}

/// The answer: prefix 2001:0:`primary`::/64 for ever, no default route, this MTU.
pub(crate) fn advertisement(
    source: Ipv6Addr,
    destination: Ipv6Addr,
    primary: Ipv4Addr,
    mtu: u32,
) -> Vec<u8> {
    // Hop limit unspecified, no flags, router lifetime 0, reachable 0, retransmission after 2 s.
    let fixed = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x07, 0xd0];
    let mut prefix = [0; 32];
    let network = prefix_of(primary).octets();
    let head = [
        PREFIX, 4, 64, 0x40, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0,
    ];
    for (byte, value) in prefix.iter_mut().zip(head.iter().chain(&network)) {
        *byte = *value;
    }
    let [a, b, c, d] = mtu.to_be_bytes();
    let mtu = [MTU, 1, 0, 0, a, b, c, d];
    message(
        source,
        destination,
        255,
        [ADVERTISEMENT, 0],
        &[&fixed, &prefix, &mtu],
    )
}

/// What an advertisement says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Advertised {
    /// F9: the MTU of the link.
    pub(crate) mtu: u16,
}

/// Q3: what the message advertises, if it is a sound advertisement of this server's prefix; `None` if
/// it is none at all.
pub(crate) fn advertised(
    header: &Header,
    icmp: &Icmp<'_>,
    primary: Ipv4Addr,
) -> Option<Result<Advertised, Reject>> {
    (icmp.kind == ADVERTISEMENT).then(|| sound(header, icmp, primary))
}

fn sound(header: &Header, icmp: &Icmp<'_>, primary: Ipv4Addr) -> Result<Advertised, Reject> {
    if header.hop_limit != 255 {
        return Err(Reject::BadHopLimit);
    }
    if !icmp.sound {
        return Err(Reject::BadChecksum);
    }
    let options = icmp.body.get(12..).filter(|_| icmp.code == 0);
    let link_local = header.source.is_unicast_link_local();
    let mut options = options
        .filter(|_| link_local)
        .ok_or(Reject::BadAdvertisement)?;
    let (mut prefixes, mut mtu) = (0, LEAST_MTU);
    while !options.is_empty() {
        let Some([kind, units]) = options.first_chunk::<2>() else {
            return Err(Reject::BadAdvertisement);
        };
        let length = usize::from(*units) * 8;
        let (option, rest) = options
            .split_at_checked(length)
            .filter(|_| length > 0)
            .ok_or(Reject::BadAdvertisement)?;
        match *kind {
            PREFIX => {
                prefixes += 1;
                is_prefix(option, primary)?;
            }
            MTU => mtu = read_mtu(option)?,
            _ => {}
        }
        options = rest;
    }
    let mtu = u16::try_from(mtu).map_err(|_| Reject::BadAdvertisement)?;
    if prefixes != 1 {
        return Err(Reject::BadAdvertisement);
    }
    Ok(Advertised { mtu })
}

fn is_prefix(option: &[u8], primary: Ipv4Addr) -> Result<(), Reject> {
    let network = option.get(16..32);
    let right = option.len() == 32
        && option.get(2) == Some(&64)
        && network == Some(prefix_of(primary).octets().as_slice());
    if right {
        Ok(())
    } else {
        Err(Reject::BadAdvertisement)
    }
}

fn read_mtu(option: &[u8]) -> Result<u32, Reject> {
    let &[_, _, _, _, a, b, c, d] = option else {
        return Err(Reject::BadAdvertisement);
    };
    let mtu = u32::from_be_bytes([a, b, c, d]);
    if mtu < LEAST_MTU {
        Err(Reject::BadAdvertisement)
    } else {
        Ok(mtu)
    }
}

fn prefix_of(primary: Ipv4Addr) -> Ipv6Addr {
    let [a, b, c, d] = primary.octets();
    let [high, low] = [u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])];
    let [first, second, ..] = Teredo::PREFIX.network().segments();
    Ipv6Addr::new(first, second, high, low, 0, 0, 0, 0)
}
