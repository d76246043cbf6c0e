//! The origin indication: where the server saw a packet come from, every bit turned (RFC 4380
//! section 5.1.1, F2).

use std::net::{Ipv4Addr, SocketAddrV4};

use crate::reject::Reject;

/// The origin and what follows it; none if something else begins here.
pub(super) fn read(datagram: &[u8]) -> Result<(Option<SocketAddrV4>, &[u8]), Reject> {
    let Some(rest) = datagram.strip_prefix(&[0, 0]) else {
        return Ok((None, datagram));
    };
    let Some(([p1, p2, a, b, c, d], rest)) = rest.split_first_chunk::<6>() else {
        return Err(Reject::Truncated);
    };
    let address = Ipv4Addr::new(!a, !b, !c, !d);
    let port = !u16::from_be_bytes([*p1, *p2]);
    Ok((Some(SocketAddrV4::new(address, port)), rest))
}

/// Appends an origin indication.
pub(crate) fn write(origin: SocketAddrV4, datagram: &mut Vec<u8>) {
    let [p1, p2] = (!origin.port()).to_be_bytes();
    let [a, b, c, d] = origin.ip().octets();
    datagram.extend_from_slice(&[0, 0, p1, p2, !a, !b, !c, !d]);
}
