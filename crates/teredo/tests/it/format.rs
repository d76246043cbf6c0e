//! F1 to F12: what stands in a datagram.

use proptest::prelude::*;
use sixward_teredo::Reject;
use sixward_teredo::packet::{self, Discovery, Packet, Trailers};

use crate::lone::{ip, place, teredo};
use crate::wire;

fn sample() -> Vec<u8> {
    wire::ping(teredo("203.0.113.12:4096"), teredo("203.0.113.11:4097"), 1)
}

#[test]
fn f1_an_ipv6_packet_is_the_payload_as_it_is() {
    let bytes = sample();
    let packet = Packet::read(&bytes).unwrap();
    assert_eq!(
        (packet.ipv6, packet.range()),
        (bytes.as_slice(), 0..bytes.len())
    );
    for first in (0..=255_u8).filter(|first| first >> 4 != 6 && *first != 0) {
        let mut other = bytes.clone();
        other[0] = first;
        assert_eq!(
            Packet::read(&other).unwrap_err(),
            Reject::NotIpv6,
            "{first:02x}"
        );
    }
}

#[test]
fn f2_an_origin_is_turned_bit_by_bit() {
    // RFC 4380 section 5.1.1: port 337 of 1.2.3.4.
    let mut bytes = vec![0x00, 0x00, 0xfe, 0xae, 0xfe, 0xfd, 0xfc, 0xfb];
    bytes.extend(sample());
    let packet = Packet::read(&bytes).unwrap();
    assert_eq!(packet.origin, Some(place("1.2.3.4:337")));
    assert_eq!(packet.range(), 8..bytes.len());
}

#[test]
fn f3_an_authentication_is_13_bytes_when_it_names_nobody() {
    let mut bytes = wire::nonce([1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(bytes.len(), 13);
    bytes.extend(sample());
    let authentication = Packet::read(&bytes).unwrap().authentication.unwrap();
    assert_eq!(authentication.nonce, [1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(
        (authentication.id, authentication.value),
        (&[][..], &[][..])
    );
    let mut named = vec![0, 1, 2, 3, b'm', b'e', 9, 9, 9, 1, 2, 3, 4, 5, 6, 7, 8, 5];
    named.extend(sample());
    let authentication = Packet::read(&named).unwrap().authentication.unwrap();
    assert_eq!(authentication.id, b"me");
    assert_eq!(
        (authentication.value, authentication.confirmation),
        (&[9, 9, 9][..], 5)
    );
}

#[test]
fn f4_authentication_stands_before_origin() {
    let origin = wire::origin(place("192.0.2.1:4096"));
    let right = [wire::nonce([1; 8]), origin.clone(), sample()].concat();
    let packet = Packet::read(&right).unwrap();
    assert!(packet.authentication.is_some() && packet.origin.is_some());
    let wrong = [origin, wire::nonce([1; 8]), sample()].concat();
    assert_eq!(Packet::read(&wrong).unwrap_err(), Reject::OriginFirst);
}

#[test]
fn f5_every_shorter_form_is_truncated() {
    let full = [
        vec![0, 1, 2, 3, b'm', b'e', 9, 9, 9],
        vec![1, 2, 3, 4, 5, 6, 7, 8, 0],
        wire::origin(place("192.0.2.1:4096")),
        sample(),
    ]
    .concat();
    assert!(Packet::read(&full).is_ok());
    for length in 0..full.len() {
        assert_eq!(
            Packet::read(&full[..length]).unwrap_err(),
            Reject::Truncated,
            "{length}"
        );
    }
}

#[test]
fn f6_the_payload_length_is_at_most_the_datagrams() {
    let longer = [sample(), vec![0x81, 1, 0]].concat();
    assert_eq!(Packet::read(&longer).unwrap().trailers, [0x81, 1, 0]);
    let mut beyond = sample();
    beyond[5] += 1;
    assert_eq!(Packet::read(&beyond).unwrap_err(), Reject::Truncated);
}

#[test]
fn f7_a_bubble_is_a_header_and_nothing_else() {
    let (from, to) = (ip("fe80::1"), teredo("192.0.2.1:4096"));
    for (bytes, bubble) in [
        (wire::bubble(from, to, &[]), true),
        (wire::bubble(from, to, &wire::trailer(1, b"abcd")), true),
        (wire::packet(from, to, 59, 255, &[0]), false),
        (wire::packet(from, to, 58, 255, &[]), false),
    ] {
        assert_eq!(Packet::read(&bytes).unwrap().is_bubble(), bubble);
    }
    let trailers = Trailers {
        nonce: Some(*b"abcd"),
        ..Trailers::default()
    };
    let ours = packet::bubble(&packet::Bubble {
        source: from,
        destination: to,
        trailers,
    });
    assert_eq!(ours, wire::bubble(from, to, &wire::trailer(1, b"abcd")));
}

#[test]
fn f10_unknown_trailers_are_passed_over_or_drop_the_packet() {
    let nonce = wire::trailer(1, b"abcd");
    for kind in 0..=255_u8 {
        let known = matches!(kind, 1..=5);
        let bytes = [wire::trailer(kind, &[]), nonce.clone()].concat();
        let read = Trailers::read(&bytes);
        if !known && kind >> 6 == 0b01 {
            assert_eq!(read, Err(Reject::UnknownTrailer), "{kind:02x}");
        } else if kind != 3 {
            assert_eq!(read.unwrap().nonce, Some(*b"abcd"), "{kind:02x}");
        }
    }
}

#[test]
fn f11_a_malformed_trailer_ends_the_reading_and_keeps_what_came_before() {
    let nonce = wire::trailer(1, b"abcd");
    let discovery = wire::trailer(4, &[1, 0, 0, 0]);
    for bad in [vec![4], vec![4, 4, 0, 0, 0], vec![0x7f, 1]] {
        let read = Trailers::read(&[nonce.clone(), bad.clone()].concat()).unwrap();
        assert_eq!(
            (read.nonce, read.discovery),
            (Some(*b"abcd"), None),
            "{bad:?}"
        );
    }
    let read = Trailers::read(&[discovery, nonce].concat()).unwrap();
    assert_eq!(read.discovery, Some(Discovery::Advertisement));
    assert_eq!(read.nonce, Some(*b"abcd"));
}

#[test]
fn f11_the_random_port_is_read_under_both_its_numbers() {
    for kind in [2, 5] {
        let read = Trailers::read(&wire::trailer(kind, &[0x12, 0x34])).unwrap();
        assert_eq!(read.port, Some(0x1234));
    }
}

#[test]
fn f12_congestion_is_joined_as_rfc_6040_says() {
    // Rows: inner Not-ECT, ECT(1), ECT(0), CE. Columns: outer the same.
    let table = [
        [Some(0), Some(0), Some(0), None],
        [Some(1), Some(1), Some(1), Some(3)],
        [Some(2), Some(1), Some(2), Some(3)],
        [Some(3), Some(3), Some(3), Some(3)],
    ];
    for (inner, row) in (0_u8..).zip(table) {
        for (outer, want) in (0_u8..).zip(row) {
            let mut packet = sample();
            packet[0] = 0x6a;
            packet[1] = 0xc0 | inner << 4;
            let joined = packet::ecn(outer, &mut packet).ok();
            assert_eq!(
                joined.map(|()| packet[1] >> 4 & 3),
                want,
                "{inner} in {outer}"
            );
            assert_eq!(
                (packet[0], packet[1] >> 6),
                (0x6a, 3),
                "the service class stays"
            );
        }
    }
}

proptest! {
    #[test]
    fn f5_f10_no_bytes_are_read_that_are_not_there(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(packet) = Packet::read(&bytes) {
            prop_assert_eq!(packet.ipv6.len(), packet.header.length());
            prop_assert_eq!(&bytes[packet.range()], packet.ipv6);
            let _ = Trailers::read(packet.trailers);
        }
    }

    #[test]
    fn f10_trailers_are_read_as_they_were_written(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        if let Ok(read) = Trailers::read(&bytes) {
            let written = packet::bubble(&packet::Bubble {
                source: ip("fe80::1"),
                destination: ip("fe80::2"),
                trailers: read,
            });
            prop_assert_eq!(Trailers::read(&written[40..]).unwrap(), read);
        }
    }
}
