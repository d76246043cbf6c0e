//! What follows the IPv6 packet in a bubble (RFC 6081 section 4, F10, F11).

use std::net::{Ipv4Addr, SocketAddrV4};

use crate::reject::Reject;

const NONCE: u8 = 0x01;
const ALTERNATE: u8 = 0x03;
const DISCOVERY: u8 = 0x04;
/// 0x05 in section 4.5, 0x02 in the section for IANA: the first is sent, both are read.
const PORT: u8 = 0x05;
const PORT_OF_IANA: u8 = 0x02;

/// Other places where a peer can be reached, if it is behind the same NAT (at most four).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Alternates([Option<SocketAddrV4>; 4]);

impl Alternates {
    /// The first four of these.
    pub fn new(places: impl IntoIterator<Item = SocketAddrV4>) -> Self {
        let mut list = [None; 4];
        for (entry, place) in list.iter_mut().zip(places) {
            *entry = Some(place);
        }
        Self(list)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = SocketAddrV4> + '_ {
        self.0.iter().flatten().copied()
    }

    /// Two bytes of nothing, then six for each place; X11: anything else is malformed.
    fn read(value: &[u8]) -> Result<Self, Reject> {
        let (_, places) = value.split_at_checked(2).ok_or(Reject::BadAlternate)?;
        if places.is_empty() || places.len() > 24 || places.len() % 6 != 0 {
            return Err(Reject::BadAlternate);
        }
        let mut list = [None; 4];
        for (entry, place) in list.iter_mut().zip(places.chunks_exact(6)) {
            let &[a, b, c, d, p1, p2] = place else {
                return Err(Reject::BadAlternate);
            };
            let address = Ipv4Addr::new(a, b, c, d);
            let port = u16::from_be_bytes([p1, p2]);
            let unicast = !address.is_multicast()
                && !address.is_broadcast()
                && !address.is_unspecified()
                && !address.is_loopback();
            if !unicast || port == 0 {
                return Err(Reject::BadAlternate);
            }
            *entry = Some(SocketAddrV4::new(address, port));
        }
        Ok(Self(list))
    }
}

/// A question or an answer about whether a peer is there (RFC 6081 section 4.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Discovery {
    /// Are you there?
    Solicitation,
    /// I am.
    Advertisement,
}

/// The trailers that mean something to us.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Trailers {
    /// Proves that a direct bubble answers an indirect one.
    pub nonce: Option<[u8; 4]>,
    /// Where else the sender can be reached.
    pub alternates: Option<Alternates>,
    /// Asks or tells whether the sender is there.
    pub discovery: Option<Discovery>,
    /// The port that the sender will be seen with.
    pub port: Option<u16>,
}

impl Trailers {
    /// Reads trailers in order. A malformed one ends the reading and keeps those before it; a value
    /// that its own type does not allow is passed over, but for alternates (RFC 6081 section 5.6.4.2).
    pub fn read(mut bytes: &[u8]) -> Result<Self, Reject> {
        let mut read = Self::default();
        while let Some(([kind, length], rest)) = bytes.split_first_chunk::<2>() {
            let Some((value, rest)) = rest.split_at_checked(usize::from(*length)) else {
                break;
            };
            read.take(*kind, value)?;
            bytes = rest;
        }
        Ok(read)
    }

    fn take(&mut self, kind: u8, value: &[u8]) -> Result<(), Reject> {
        match kind {
            NONCE => {
                if let Ok(nonce) = value.try_into() {
                    self.nonce = Some(nonce);
                }
            }
            ALTERNATE => self.alternates = Some(Alternates::read(value)?),
            DISCOVERY => match value {
                [0, _, _, _] => self.discovery = Some(Discovery::Solicitation),
                [1, _, _, _] => self.discovery = Some(Discovery::Advertisement),
                _ => {}
            },
            PORT | PORT_OF_IANA => {
                if let Ok(port) = value.try_into() {
                    self.port = Some(u16::from_be_bytes(port)).filter(|port| *port > 0);
                }
            }
            _ if kind >> 6 == 0b01 => return Err(Reject::UnknownTrailer),
            _ => {}
        }
        Ok(())
    }

    /// Appends them.
    pub(crate) fn write(&self, packet: &mut Vec<u8>) {
        if let Some(nonce) = self.nonce {
            packet.extend_from_slice(&[NONCE, 4]);
            packet.extend_from_slice(&nonce);
        }
        if let Some(alternates) = self.alternates {
            write_alternates(&alternates, packet);
        }
        if let Some(discovery) = self.discovery {
            let kind = u8::from(discovery == Discovery::Advertisement);
            packet.extend_from_slice(&[DISCOVERY, 4, kind, 0, 0, 0]);
        }
        if let Some(port) = self.port {
            packet.extend_from_slice(&[PORT, 2]);
            packet.extend_from_slice(&port.to_be_bytes());
        }
    }
}

fn write_alternates(alternates: &Alternates, packet: &mut Vec<u8>) {
    let length = match alternates.iter().count() {
        0 => return,
        1 => 8,
        2 => 14,
        3 => 20,
        _ => 26,
    };
    packet.extend_from_slice(&[ALTERNATE, length, 0, 0]);
    for place in alternates.iter() {
        packet.extend_from_slice(&place.ip().octets());
        packet.extend_from_slice(&place.port().to_be_bytes());
    }
}
