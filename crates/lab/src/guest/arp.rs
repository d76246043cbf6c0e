//! Who has an IPv4 address? On a guest's port always the cloud, but for the guest's own (RFC 826, 5227).

use std::net::Ipv4Addr;

use crate::kernel::HARDWARE;

const LENGTH: usize = 28;
const REPLY: u8 = 2;

/// The answer to a request, both without their Ethernet header; none to what is no request for somebody else.
pub(super) fn answer(asked: &[u8], own: Ipv4Addr) -> Option<[u8; LENGTH]> {
    let asked: &[u8; LENGTH] = asked.get(..LENGTH)?.try_into().ok()?;
    let (head, rest) = asked.split_at(8);
    // Ethernet, IPv4, a request.
    if head != [0, 1, 8, 0, 6, 4, 0, 1] {
        return None;
    }
    let (sender, rest) = rest.split_at(10);
    let target = &rest[6..];
    let address = |bytes: &[u8]| <[u8; 4]>::try_from(bytes).map(Ipv4Addr::from).ok();
    let (from, to) = (address(&sender[6..])?, address(target)?);
    // Whether its own address is somebody's, nobody says: it is the guest's.
    if to == own || from.is_unspecified() || from == to {
        return None;
    }
    let mut said = [0; LENGTH];
    said[..8].copy_from_slice(head);
    said[7] = REPLY;
    said[8..14].copy_from_slice(&HARDWARE);
    said[14..18].copy_from_slice(target);
    said[18..28].copy_from_slice(sender);
    Some(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 10);

    fn ask(from: [u8; 4], to: [u8; 4]) -> Vec<u8> {
        let mut bytes = vec![0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 2];
        bytes.extend(from);
        bytes.extend([0; 6]);
        bytes.extend(to);
        bytes
    }

    #[test]
    fn everybody_else_is_the_cloud() {
        let said = answer(&ask([10, 0, 0, 10], [10, 0, 0, 1]), OWN).unwrap();
        let want = [
            0, 1, 8, 0, 6, 4, 0, 2, // a reply
            2, 0, 0, 0, 0, 1, 10, 0, 0, 1, // from the cloud, as 10.0.0.1
            2, 0, 0, 0, 0, 2, 10, 0, 0, 10, // to the guest
        ];
        assert_eq!(said, want);
    }

    #[test]
    fn its_own_address_is_nobody_elses() {
        assert_eq!(answer(&ask([0; 4], [10, 0, 0, 10]), OWN), None);
        assert_eq!(answer(&ask([10, 0, 0, 10], [10, 0, 0, 10]), OWN), None);
        assert_eq!(answer(&ask([0; 4], [10, 0, 0, 1]), OWN), None);
        assert_eq!(answer(&[0; 27], OWN), None);
        assert_eq!(answer(&[0xff; 64], OWN), None);
    }
}
