//! Q3 with S1 and S2: an advertisement is believed only if all of it is right. One clause is broken at
//! a time; after each the sound one still counts.

use std::net::{Ipv6Addr, SocketAddrV4};

use sixward_teredo::{Inbound, Reject, Secret};

use crate::lone::{
    Lone, OTHER, ROUTER, SERVER, advertisement, answer, ip, mapped, place, solicited,
};
use crate::wire;
use crate::world::NATIVE;

const NETWORK: &str = "2001:0:c633:6401::";

/// A sound answer in parts.
struct Parts {
    from: SocketAddrV4,
    authentication: Vec<u8>,
    origin: Vec<u8>,
    to: Ipv6Addr,
    packet: Vec<u8>,
}

impl Parts {
    /// Another message body, with its checksum.
    fn body(&mut self, router: Ipv6Addr, change: impl FnOnce(&mut Vec<u8>)) {
        let mut body = self.packet[40..].to_vec();
        change(&mut body);
        body[2..4].fill(0);
        let sum = wire::checksum(router, self.to, 58, &body);
        body[2..4].copy_from_slice(&sum.to_be_bytes());
        self.packet = wire::packet(router, self.to, 58, 255, &body);
    }
}

type Case = (&'static str, Reject, fn(&mut Parts));

fn check(cases: &[Case]) {
    for (name, reject, change) in cases {
        let mut lone = Lone::new(|_| {});
        let questions = lone.start();
        let (nonce, to) = solicited(&questions[0]);
        let mut parts = Parts {
            from: SERVER,
            authentication: wire::nonce(nonce),
            origin: wire::origin(mapped()),
            to,
            packet: advertisement(to, NETWORK, 64, None),
        };
        change(&mut parts);
        let bytes = [parts.authentication, parts.origin, parts.packet].concat();
        assert_eq!(
            lone.receive(parts.from, &bytes),
            Inbound::Rejected(*reject),
            "{name}"
        );
        assert_eq!(lone.client.address(), None, "{name}");
        assert_eq!(lone.client.counters().of(*reject), 1, "{name}");
        lone.receive(SERVER, &answer(&questions[0], mapped()));
        assert!(lone.client.address().is_some(), "{name}");
    }
}

#[test]
fn q3_s1_s2_what_stands_around_an_advertisement() {
    check(&[
        ("another host", Reject::NotQualified, |parts| {
            parts.from = place("198.51.100.77:3544");
        }),
        ("another port", Reject::NotQualified, |parts| {
            parts.from = place("198.51.100.1:3545");
        }),
        (
            "the answer of the other address",
            Reject::BadNonce,
            |parts| parts.from = OTHER,
        ),
        ("another nonce", Reject::BadNonce, |parts| {
            parts.authentication[11] ^= 1;
        }),
        ("no authentication", Reject::NoAuthentication, |parts| {
            parts.authentication.clear();
        }),
        ("no origin", Reject::BadOrigin, |parts| parts.origin.clear()),
        ("another destination", Reject::WrongDestination, |parts| {
            parts.packet = advertisement(ip("fe80::1"), NETWORK, 64, None);
        }),
        ("a wrong checksum", Reject::BadChecksum, |parts| {
            parts.packet[42] ^= 1;
        }),
        ("a hop limit of 254", Reject::BadHopLimit, |parts| {
            parts.packet[7] = 254;
        }),
        (
            "a router that is not link-local",
            Reject::BadAdvertisement,
            |parts| {
                parts.body(NATIVE, |_| {});
            },
        ),
    ]);
}

#[test]
fn q3_what_stands_in_an_advertisement() {
    check(&[
        ("a code", Reject::BadAdvertisement, |parts| {
            parts.body(ip(ROUTER), |body| body[1] = 1);
        }),
        ("no prefix", Reject::BadAdvertisement, |parts| {
            parts.body(ip(ROUTER), |body| body.truncate(16));
        }),
        (
            "half of the fixed part",
            Reject::BadAdvertisement,
            |parts| {
                parts.body(ip(ROUTER), |body| body.truncate(12));
            },
        ),
        ("two prefixes", Reject::BadAdvertisement, |parts| {
            parts.body(ip(ROUTER), |body| body.extend_from_within(16..48));
        }),
        ("a prefix of 63", Reject::BadAdvertisement, |parts| {
            parts.packet = advertisement(parts.to, NETWORK, 63, None);
        }),
        (
            "another server's prefix",
            Reject::BadAdvertisement,
            |parts| {
                parts.packet = advertisement(parts.to, "2001:0:c633:6402::", 64, None);
            },
        ),
        (
            "the prefix of the experiment",
            Reject::BadAdvertisement,
            |parts| {
                parts.packet = advertisement(parts.to, "3ffe:831f:c633:6401::", 64, None);
            },
        ),
        (
            "an option of no length",
            Reject::BadAdvertisement,
            |parts| {
                parts.body(ip(ROUTER), |body| body.extend([9, 0, 0, 0, 0, 0, 0, 0]));
            },
        ),
        (
            "an option longer than the message",
            Reject::BadAdvertisement,
            |parts| {
                parts.body(ip(ROUTER), |body| body.extend([9, 2, 0, 0, 0, 0, 0, 0]));
            },
        ),
    ]);
}

fn secret() -> Secret {
    Secret::new(b"me".to_vec(), b"a shared secret".to_vec()).unwrap()
}

/// An answer with this name, key and confirmation.
fn proved(question: &sixward_teredo::Datagram, secret: &Secret, confirmation: u8) -> Vec<u8> {
    let nonce: [u8; 8] = question.bytes[26..34].try_into().unwrap();
    let to = wire::source(&question.bytes[35..]);
    let clear = [wire::origin(mapped()), advertisement(to, NETWORK, 64, None)].concat();
    let proof = secret.prove(nonce, confirmation, &clear);
    [
        &[0, 1, 2, 20, b'm', b'e'][..],
        &proof,
        &nonce,
        &[confirmation],
        &clear,
    ]
    .concat()
}

#[test]
fn s3_the_proof_is_the_hmac_sha1_of_rfc_2202() {
    // Its second case, cut where nonce, confirmation and clear text meet.
    let secret = Secret::new(vec![], b"Jefe".to_vec()).unwrap();
    let proof = secret.prove(*b"what do ", b'y', b"a want for nothing?");
    let want = [
        0xef, 0xfc, 0xdf, 0x6a, 0xe5, 0xeb, 0x2f, 0xa2, 0xd2, 0x74, 0x16, 0xd5, 0xf1, 0x84, 0xdf,
        0x9c, 0x25, 0x9a, 0x7c, 0x79,
    ];
    assert_eq!(proof, want);
}

#[test]
fn s3_a_client_with_a_key_believes_only_what_is_proved_by_it() {
    let other = Secret::new(b"me".to_vec(), b"another secret".to_vec()).unwrap();
    for (key, good) in [(secret(), true), (other, false)] {
        let mut lone = Lone::new(|config| config.secret = Some(secret()));
        let question = lone.start().remove(0);
        let inbound = lone.receive(SERVER, &proved(&question, &key, 0));
        assert_eq!(inbound == Inbound::Consumed, good, "{inbound:?}");
        assert_eq!(lone.client.address().is_some(), good);
    }
    let mut lone = Lone::new(|config| config.secret = Some(secret()));
    let question = lone.start().remove(0);
    let mut bytes = proved(&question, &secret(), 0);
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    assert_eq!(
        lone.receive(SERVER, &bytes),
        Inbound::Rejected(Reject::BadAuthentication)
    );
}

#[test]
fn s6_a_key_that_is_refused_is_not_tried_again() {
    let mut lone = Lone::new(|config| config.secret = Some(secret()));
    let question = lone.start().remove(0);
    let inbound = lone.receive(SERVER, &proved(&question, &secret(), 1));
    assert_eq!(inbound, Inbound::Rejected(Reject::KeyExpired));
    assert_eq!(lone.client.due(), None);
    let why = sixward_teredo::client::Why::KeyExpired;
    assert_eq!(
        lone.client.state(),
        sixward_teredo::client::State::Offline(why)
    );
}

#[test]
fn s6_a_bad_authentication_is_the_reason_if_nothing_better_comes() {
    let mut lone = Lone::new(|config| config.secret = Some(secret()));
    let question = lone.start().remove(0);
    let mut bytes = proved(&question, &secret(), 0);
    bytes[10] ^= 1;
    lone.receive(SERVER, &bytes);
    lone.pass(std::time::Duration::from_secs(13));
    let why = sixward_teredo::client::Why::BadAuthentication;
    assert_eq!(
        lone.client.state(),
        sixward_teredo::client::State::Offline(why)
    );
}
