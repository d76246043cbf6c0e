//! Congestion marks across the tunnel (RFC 9601, RFC 6040; F12). On the way in the outer header says
//! nothing (compatibility mode: most peers do not know these rules); on the way out the marks are
//! joined by the table of RFC 6040 section 4.2.

use crate::reject::Reject;

const NOT_ECT: u8 = 0b00;
const ECT_1: u8 = 0b01;
const ECT_0: u8 = 0b10;
const CE: u8 = 0b11;

/// Joins the mark of the outer header into the packet.
pub fn decapsulate(outer: u8, packet: &mut [u8]) -> Result<(), Reject> {
    let Some(byte) = packet.get_mut(1) else {
        return Ok(());
    };
    let inner = *byte >> 4 & CE;
    let joined = match (inner, outer & CE) {
        (NOT_ECT, CE) => return Err(Reject::Congestion),
        (ECT_0 | ECT_1, CE) => CE,
        (ECT_0, ECT_1) => ECT_1,
        _ => inner,
    };
    *byte = *byte & 0b1100_1111 | joined << 4;
    Ok(())
}
