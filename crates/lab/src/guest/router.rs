//! Router advertisements: a router, and that addresses are had by DHCPv6 (RFC 4861, section 4.2).

use crate::kernel::HARDWARE;

/// "Managed": addresses are had by DHCPv6; "other": so is the rest.
const MANAGED: u8 = 0x80;
const OTHER: u8 = 0x40;
const HOPS: u8 = 64;
/// How long the router is one, in seconds.
const LIFETIME: u16 = 1800;

/// What a guest asks with.
pub(super) const SOLICITATION: u8 = 133;
const ADVERTISEMENT: u8 = 134;
/// The link-layer address of whoever says so.
const SOURCE: u8 = 1;

/// An advertisement. There is no prefix in it, so that no guest makes up an address; the kernel fills in the checksum.
pub(super) fn advertisement() -> Vec<u8> {
    let mut bytes = vec![ADVERTISEMENT, 0, 0, 0, HOPS, MANAGED | OTHER];
    bytes.extend(LIFETIME.to_be_bytes());
    // How long a neighbour counts as there, and how often it is asked: not said.
    bytes.extend([0; 8]);
    bytes.extend([SOURCE, 1]);
    bytes.extend(HARDWARE);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_router_and_no_prefix() {
        let bytes = advertisement();
        assert_eq!(bytes.len(), 24, "header, and one option of 8 bytes");
        assert_eq!(bytes[..8], [134, 0, 0, 0, 64, 0xc0, 0x07, 0x08]);
        assert_eq!(bytes[16..], [1, 1, 2, 0, 0, 0, 0, 1]);
    }
}
