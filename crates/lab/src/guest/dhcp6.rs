//! DHCPv6: the one address of the port, for whoever asks there (RFC 8415, section 18.3).

use std::collections::BTreeSet;
use std::net::Ipv6Addr;

use dhcproto::v6::{
    DhcpOption, DhcpOptions, IAAddr, IANA, Message, MessageType, OptionCode, Status, StatusCode,
};
use dhcproto::{Decodable as _, Decoder, Encodable as _, Encoder};

use crate::kernel::HARDWARE;

/// Seconds: an address is asked for anew after a half of the shorter, and gone after the longer.
const PREFERRED: u32 = 3600;
const VALID: u32 = 7200;

/// The answer to a message; none where none is due.
pub(super) fn answer(bytes: &[u8], own: Ipv6Addr) -> Option<Vec<u8>> {
    let asked = Message::decode(&mut Decoder::new(bytes)).ok()?;
    let server = asked.opts().get(OptionCode::ServerId);
    if server.is_some_and(|it| *it != DhcpOption::ServerId(server_id())) {
        return None;
    }
    let quick = asked.opts().get(OptionCode::RapidCommit).is_some();
    let kind = match asked.msg_type() {
        MessageType::Solicit if !quick => MessageType::Advertise,
        MessageType::Solicit
        | MessageType::Request
        | MessageType::Confirm
        | MessageType::Renew
        | MessageType::Rebind
        | MessageType::Release
        | MessageType::Decline
        | MessageType::InformationRequest => MessageType::Reply,
        _ => return None,
    };
    let mut said = Message::new_with_id(kind, asked.xid());
    let options = said.opts_mut();
    options.insert(asked.opts().get(OptionCode::ClientId)?.clone());
    options.insert(DhcpOption::ServerId(server_id()));
    match asked.msg_type() {
        MessageType::Confirm | MessageType::Release | MessageType::Decline => {
            options.insert(status(Status::Success));
        }
        _ => {
            if quick && asked.msg_type() == MessageType::Solicit {
                options.insert(DhcpOption::RapidCommit);
            }
            let wanted = asked.opts().get_all(OptionCode::IANA).unwrap_or_default();
            let wanted = wanted.iter().filter_map(|option| match option {
                DhcpOption::IANA(wanted) => Some(wanted.id),
                _ => None,
            });
            // There is one address, and so it is for one of them.
            for (at, id) in wanted.collect::<BTreeSet<_>>().into_iter().enumerate() {
                options.insert(association(id, (at == 0).then_some(own)));
            }
        }
    }
    let mut bytes = Vec::new();
    said.encode(&mut Encoder::new(&mut bytes)).ok()?;
    Some(bytes)
}

fn association(id: u32, own: Option<Ipv6Addr>) -> DhcpOption {
    let mut options = DhcpOptions::new();
    match own {
        Some(addr) => options.insert(DhcpOption::IAAddr(IAAddr {
            addr,
            preferred_life: PREFERRED,
            valid_life: VALID,
            opts: DhcpOptions::new(),
        })),
        None => options.insert(status(Status::NoAddrsAvail)),
    }
    DhcpOption::IANA(IANA {
        id,
        t1: PREFERRED / 2,
        t2: PREFERRED / 5 * 4,
        opts: options,
    })
}

fn status(status: Status) -> DhcpOption {
    DhcpOption::StatusCode(StatusCode {
        status,
        msg: String::new(),
    })
}

/// Its link-layer address (RFC 8415, section 11.4).
fn server_id() -> Vec<u8> {
    [&[0, 3, 0, 1][..], &HARDWARE].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0x10);

    fn ask(kind: MessageType, options: &[DhcpOption]) -> Option<Message> {
        let mut asked = Message::new_with_id(kind, [1, 2, 3]);
        asked
            .opts_mut()
            .insert(DhcpOption::ClientId(vec![0, 3, 0, 1, 9]));
        for option in options {
            asked.opts_mut().insert(option.clone());
        }
        let mut bytes = Vec::new();
        asked.encode(&mut Encoder::new(&mut bytes)).unwrap();
        let said = Message::decode(&mut Decoder::new(&answer(&bytes, OWN)?)).unwrap();
        assert_eq!(said.xid(), [1, 2, 3]);
        Some(said)
    }

    fn wanted(id: u32) -> DhcpOption {
        DhcpOption::IANA(IANA {
            id,
            t1: 0,
            t2: 0,
            opts: DhcpOptions::new(),
        })
    }

    fn given(said: &Message) -> Vec<(u32, Option<Ipv6Addr>)> {
        let all = said.opts().get_all(OptionCode::IANA).unwrap_or_default();
        let address = |of: &IANA| match of.opts.get(OptionCode::IAAddr) {
            Some(DhcpOption::IAAddr(given)) => Some(given.addr),
            _ => None,
        };
        let each = all.iter().filter_map(|option| match option {
            DhcpOption::IANA(of) => Some((of.id, address(of))),
            _ => None,
        });
        let mut each: Vec<_> = each.collect();
        each.sort();
        each
    }

    #[test]
    fn it_is_offered_and_then_given() {
        let said = ask(MessageType::Solicit, &[wanted(5)]).unwrap();
        assert_eq!(said.msg_type(), MessageType::Advertise);
        assert_eq!(given(&said), [(5, Some(OWN))]);
        let server = DhcpOption::ServerId(server_id());
        let said = ask(MessageType::Request, &[server, wanted(5)]).unwrap();
        assert_eq!(said.msg_type(), MessageType::Reply);
        assert_eq!(given(&said), [(5, Some(OWN))]);
        let quick = [DhcpOption::RapidCommit, wanted(5)];
        let said = ask(MessageType::Solicit, &quick).unwrap();
        assert_eq!(said.msg_type(), MessageType::Reply);
        assert!(said.opts().get(OptionCode::RapidCommit).is_some());
    }

    #[test]
    fn there_is_one_for_a_port() {
        let said = ask(MessageType::Solicit, &[wanted(5), wanted(6)]).unwrap();
        assert_eq!(given(&said), [(5, Some(OWN)), (6, None)]);
    }

    #[test]
    fn what_is_for_others_is_left_to_them() {
        let other = DhcpOption::ServerId(vec![0, 3, 0, 1, 7]);
        assert_eq!(ask(MessageType::Request, &[other, wanted(5)]), None);
        assert_eq!(ask(MessageType::Reply, &[]), None);
        assert_eq!(answer(b"noise", OWN), None);
    }
}
