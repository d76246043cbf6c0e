//! DHCPv4: the one address of the port, for whoever asks there (RFC 2131, section 4.3).

use dhcproto::v4::{DhcpOption, Message, MessageType, Opcode, OptionCode};
use dhcproto::{Decodable as _, Decoder, Encodable as _, Encoder};

use super::Lease4;

/// Seconds that an address is the guest's.
const LEASE: u32 = 3600;
/// What the provider's inside carries in one piece.
const WIDTH: u16 = 9001;

/// The answer to a message; none where none is due.
pub(super) fn answer(bytes: &[u8], lease: &Lease4) -> Option<Vec<u8>> {
    let asked = Message::decode(&mut Decoder::new(bytes)).ok()?;
    if asked.opcode() != Opcode::BootRequest {
        return None;
    }
    let kind = kind(&asked, lease)?;
    let mut said = Message::default();
    said.set_opcode(Opcode::BootReply)
        .set_htype(asked.htype())
        .set_xid(asked.xid())
        .set_flags(asked.flags())
        .set_giaddr(asked.giaddr())
        .set_chaddr(asked.chaddr());
    let refused = kind == MessageType::Nak;
    if !refused {
        said.set_ciaddr(asked.ciaddr())
            .set_yiaddr(lease.address.addr());
    }
    let options = said.opts_mut();
    options.insert(DhcpOption::MessageType(kind));
    options.insert(DhcpOption::ServerIdentifier(lease.router));
    if !refused {
        options.insert(DhcpOption::AddressLeaseTime(LEASE));
        options.insert(DhcpOption::SubnetMask(lease.address.netmask()));
        options.insert(DhcpOption::Router(vec![lease.router]));
        options.insert(DhcpOption::InterfaceMtu(WIDTH));
    }
    let mut bytes = Vec::new();
    said.encode(&mut Encoder::new(&mut bytes)).ok()?;
    Some(bytes)
}

fn kind(asked: &Message, lease: &Lease4) -> Option<MessageType> {
    let own = lease.address.addr();
    match asked.opts().msg_type()? {
        MessageType::Discover => Some(MessageType::Offer),
        MessageType::Request => {
            if let Some(DhcpOption::ServerIdentifier(server)) =
                asked.opts().get(OptionCode::ServerIdentifier)
                && *server != lease.router
            {
                // Another server was chosen.
                return None;
            }
            let wanted = match asked.opts().get(OptionCode::RequestedIpAddress) {
                Some(DhcpOption::RequestedIpAddress(wanted)) => *wanted,
                _ => asked.ciaddr(),
            };
            let kind = if wanted == own {
                MessageType::Ack
            } else {
                MessageType::Nak
            };
            Some(kind)
        }
        // It is the port's whether the guest wants it or not.
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn lease() -> Lease4 {
        Lease4 {
            address: "10.0.0.10/24".parse().unwrap(),
            router: Ipv4Addr::new(10, 0, 0, 1),
        }
    }

    fn ask(kind: MessageType, options: &[DhcpOption]) -> Option<Message> {
        let mut asked = Message::default();
        asked.set_chaddr(&[2, 0, 0, 0, 0, 2]).set_xid(7);
        asked.opts_mut().insert(DhcpOption::MessageType(kind));
        for option in options {
            asked.opts_mut().insert(option.clone());
        }
        let mut bytes = Vec::new();
        asked.encode(&mut Encoder::new(&mut bytes)).unwrap();
        let said = Message::decode(&mut Decoder::new(&answer(&bytes, &lease())?)).unwrap();
        assert_eq!((said.xid(), said.opcode()), (7, Opcode::BootReply));
        assert_eq!(said.chaddr(), [2, 0, 0, 0, 0, 2]);
        Some(said)
    }

    #[test]
    fn an_offer_and_its_acknowledgement() {
        let own = Ipv4Addr::new(10, 0, 0, 10);
        let said = ask(MessageType::Discover, &[]).unwrap();
        assert_eq!(said.opts().msg_type(), Some(MessageType::Offer));
        assert_eq!(said.yiaddr(), own);
        let wanted = DhcpOption::RequestedIpAddress(own);
        let said = ask(MessageType::Request, &[wanted]).unwrap();
        assert_eq!(said.opts().msg_type(), Some(MessageType::Ack));
        let mask = said.opts().get(OptionCode::SubnetMask);
        let want = DhcpOption::SubnetMask(Ipv4Addr::new(255, 255, 255, 0));
        assert_eq!(mask, Some(&want));
    }

    #[test]
    fn an_address_of_another_port_is_refused() {
        let other = DhcpOption::RequestedIpAddress(Ipv4Addr::new(10, 0, 0, 11));
        let said = ask(MessageType::Request, &[other]).unwrap();
        assert_eq!(said.opts().msg_type(), Some(MessageType::Nak));
        assert_eq!(said.yiaddr(), Ipv4Addr::UNSPECIFIED);
    }

    #[test]
    fn what_is_for_others_is_left_to_them() {
        let other = DhcpOption::ServerIdentifier(Ipv4Addr::new(10, 0, 0, 2));
        assert_eq!(ask(MessageType::Request, &[other]), None);
        assert_eq!(ask(MessageType::Release, &[]), None);
        assert_eq!(answer(&[0; 300], &lease()), None);
    }
}
