//! Packets as the RFCs draw them, written down here a second time so that the crate's own writer is
//! not its judge.

use std::net::{Ipv6Addr, SocketAddrV4};

/// The internet checksum over pseudo-header and message.
pub(crate) fn checksum(source: Ipv6Addr, destination: Ipv6Addr, next: u8, body: &[u8]) -> u16 {
    let mut all = Vec::new();
    all.extend(source.octets());
    all.extend(destination.octets());
    all.extend(u32::try_from(body.len()).unwrap().to_be_bytes());
    all.extend([0, 0, 0, next]);
    all.extend(body);
    if all.len() % 2 == 1 {
        all.push(0);
    }
    let mut sum: u32 = all
        .chunks(2)
        .map(|pair| u32::from(pair[0]) << 8 | u32::from(pair[1]))
        .sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !u16::try_from(sum).unwrap()
}

/// A packet with this header and body.
pub(crate) fn packet(
    source: Ipv6Addr,
    destination: Ipv6Addr,
    next: u8,
    hop_limit: u8,
    body: &[u8],
) -> Vec<u8> {
    let mut bytes = vec![0x60, 0, 0, 0];
    bytes.extend(u16::try_from(body.len()).unwrap().to_be_bytes());
    bytes.extend([next, hop_limit]);
    bytes.extend(source.octets());
    bytes.extend(destination.octets());
    bytes.extend(body);
    bytes
}

/// An ICMPv6 message with the right checksum.
pub(crate) fn icmp(source: Ipv6Addr, destination: Ipv6Addr, kind: u8, body: &[u8]) -> Vec<u8> {
    let mut message = vec![kind, 0, 0, 0];
    message.extend(body);
    let sum = checksum(source, destination, 58, &message);
    message[2..4].copy_from_slice(&sum.to_be_bytes());
    packet(source, destination, 58, 255, &message)
}

/// An echo request.
pub(crate) fn ping(source: Ipv6Addr, destination: Ipv6Addr, number: u16) -> Vec<u8> {
    let mut body = vec![0x12, 0x34];
    body.extend(number.to_be_bytes());
    body.extend([7; 16]);
    icmp(source, destination, 128, &body)
}

/// The reply, if the packet is an echo request.
pub(crate) fn pong(packet: &[u8]) -> Option<Vec<u8>> {
    let request = packet.len() >= 48 && packet[6] == 58 && packet[40] == 128;
    request.then(|| icmp(destination(packet), source(packet), 129, &packet[44..]))
}

/// The number of an echo reply.
pub(crate) fn ponged(packet: &[u8]) -> Option<u16> {
    let reply = packet.len() >= 48 && packet[6] == 58 && packet[40] == 129;
    reply.then(|| u16::from_be_bytes([packet[46], packet[47]]))
}

pub(crate) fn source(packet: &[u8]) -> Ipv6Addr {
    Ipv6Addr::from(<[u8; 16]>::try_from(&packet[8..24]).unwrap())
}

pub(crate) fn destination(packet: &[u8]) -> Ipv6Addr {
    Ipv6Addr::from(<[u8; 16]>::try_from(&packet[24..40]).unwrap())
}

/// A bubble with these trailers.
pub(crate) fn bubble(source: Ipv6Addr, destination: Ipv6Addr, trailers: &[u8]) -> Vec<u8> {
    let mut bytes = packet(source, destination, 59, 255, &[]);
    bytes.extend(trailers);
    bytes
}

/// An origin indication.
pub(crate) fn origin(place: SocketAddrV4) -> Vec<u8> {
    let mut bytes = vec![0, 0];
    bytes.extend((place.port() ^ 0xffff).to_be_bytes());
    bytes.extend(place.ip().octets().map(|byte| byte ^ 0xff));
    bytes
}

/// An authentication without name and proof.
pub(crate) fn nonce(nonce: [u8; 8]) -> Vec<u8> {
    let mut bytes = vec![0, 1, 0, 0];
    bytes.extend(nonce);
    bytes.push(0);
    bytes
}

/// A trailer.
pub(crate) fn trailer(kind: u8, value: &[u8]) -> Vec<u8> {
    let mut bytes = vec![kind, u8::try_from(value.len()).unwrap()];
    bytes.extend(value);
    bytes
}
