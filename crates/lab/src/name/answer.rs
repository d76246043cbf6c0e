//! One question and its answer, as bytes: authoritative for everything (RFC 1035, 2308, 6891).
//!
//! Time to live is 0: who asks again is told what is so then.

use std::net::IpAddr;
use std::str::FromStr as _;

use hickory_proto::op::{Edns, Message, MessageType, OpCode, Query, ResponseCode};
use hickory_proto::rr::rdata::SOA;
use hickory_proto::rr::{DNSClass, Name, RData, Record, RecordType};

use super::Names;

/// What a datagram may be at most, whatever the client takes (DNS Flag Day 2020).
const DATAGRAM: u16 = 1232;

/// How a question came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    Udp,
    Tcp,
}

/// The answer; none to what is no question.
pub(super) fn answer(bytes: &[u8], over: Over, names: &Names) -> Option<Vec<u8>> {
    let asked = Message::from_vec(bytes).ok()?;
    if asked.metadata.message_type != MessageType::Query {
        return None;
    }
    let mut said = Message::response(asked.metadata.id, asked.metadata.op_code);
    said.metadata.recursion_desired = asked.metadata.recursion_desired;
    said.metadata.authoritative = true;
    said.add_queries(asked.queries.iter().cloned());
    if asked.edns.is_some() {
        let mut edns = Edns::new();
        edns.set_max_payload(DATAGRAM);
        said.set_edns(edns);
    }
    match (asked.metadata.op_code, asked.queries.as_slice()) {
        (OpCode::Query, [query]) if query.query_class == DNSClass::IN => {
            records(query, names, &mut said);
        }
        (OpCode::Query, [_]) => said.metadata.response_code = ResponseCode::Refused,
        (OpCode::Query, _) => said.metadata.response_code = ResponseCode::FormErr,
        _ => said.metadata.response_code = ResponseCode::NotImp,
    }
    let whole = said.to_vec().ok()?;
    let most = match over {
        Over::Udp => asked.max_payload().min(DATAGRAM),
        Over::Tcp => u16::MAX,
    };
    if whole.len() <= usize::from(most) {
        return Some(whole);
    }
    said.truncate().to_vec().ok()
}

fn records(query: &Query, names: &Names, said: &mut Message) {
    let name = query.name.to_ascii();
    match names.addresses(&name) {
        None => said.metadata.response_code = ResponseCode::NXDomain,
        Some(addresses) => {
            let data = addresses.iter().map(|address| match *address {
                IpAddr::V4(address) => RData::A(address.into()),
                IpAddr::V6(address) => RData::AAAA(address.into()),
            });
            for data in data.filter(|data| is_of(query.query_type, data)) {
                said.add_answer(Record::from_rdata(query.name.clone(), 0, data));
            }
        }
    }
    if said.answers.is_empty()
        && let Some(soa) = start()
    {
        said.add_authority(Record::from_rdata(Name::root(), 0, RData::SOA(soa)));
    }
}

fn is_of(asked: RecordType, data: &RData) -> bool {
    asked == data.record_type() || asked == RecordType::ANY
}

/// What says how long a "no" holds: not at all.
fn start() -> Option<SOA> {
    let server = Name::from_str("ns.lab.test.").ok()?;
    let person = Name::from_str("nobody.lab.test.").ok()?;
    Some(SOA::new(server, person, 1, 3600, 600, 86_400, 0))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::Named;
    use super::*;

    fn names(count: u16) -> Names {
        let mut names = Names::default();
        let v6 = (1..=count).map(|at| format!("2001:db8::{at:x}"));
        let all = v6.chain(["198.51.100.2".to_owned()]);
        let addresses: BTreeSet<_> = all.map(|address| address.parse().unwrap()).collect();
        let of = Named::Host(sixward_estate::HostId::new("i-1"));
        names.insert("web.test", of, addresses);
        names
    }

    fn ask(name: &str, kind: RecordType, over: Over, names: &Names) -> Message {
        let mut asked = Message::query();
        asked.add_query(Query::query(Name::from_str(name).unwrap(), kind));
        let said = answer(&asked.to_vec().unwrap(), over, names).unwrap();
        let said = Message::from_vec(&said).unwrap();
        assert_eq!(said.metadata.id, asked.metadata.id);
        assert_eq!(said.queries, asked.queries);
        assert!(said.metadata.authoritative);
        said
    }

    fn data(of: &Message) -> Vec<String> {
        of.answers.iter().map(|it| it.data.to_string()).collect()
    }

    #[test]
    fn all_records_of_the_family_asked_for() {
        let names = names(1);
        let said = ask("WEB.test.", RecordType::AAAA, Over::Udp, &names);
        assert_eq!(data(&said), ["2001:db8::1"]);
        let said = ask("web.test.", RecordType::A, Over::Udp, &names);
        assert_eq!(data(&said), ["198.51.100.2"]);
        let said = ask("web.test.", RecordType::ANY, Over::Udp, &names);
        assert_eq!(data(&said), ["198.51.100.2", "2001:db8::1"]);
    }

    #[test]
    fn no_such_record_is_not_no_such_name() {
        let names = names(0);
        let said = ask("web.test.", RecordType::AAAA, Over::Udp, &names);
        assert_eq!(said.metadata.response_code, ResponseCode::NoError);
        assert_eq!((said.answers.len(), said.authorities.len()), (0, 1));
        let said = ask("mail.test.", RecordType::AAAA, Over::Udp, &names);
        assert_eq!(said.metadata.response_code, ResponseCode::NXDomain);
        assert_eq!((said.answers.len(), said.authorities.len()), (0, 1));
    }

    #[test]
    fn what_does_not_fit_is_asked_for_over_tcp() {
        let names = names(60);
        let said = ask("web.test.", RecordType::AAAA, Over::Udp, &names);
        assert!(said.metadata.truncation && said.answers.is_empty());
        let said = ask("web.test.", RecordType::AAAA, Over::Tcp, &names);
        assert!(!said.metadata.truncation);
        assert_eq!(said.answers.len(), 60);
    }

    #[test]
    fn noise_is_not_answered() {
        let names = names(1);
        assert_eq!(answer(b"", Over::Udp, &names), None);
        assert_eq!(answer(&[0xff; 40], Over::Udp, &names), None);
        let said = ask("web.test.", RecordType::A, Over::Udp, &names);
        assert_eq!(answer(&said.to_vec().unwrap(), Over::Udp, &names), None);
    }
}
