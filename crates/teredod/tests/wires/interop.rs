//! With a program that we did not write, both ways: miredo 1.2.6 as server, relay and client, and tshark's
//! dissector on every packet of ours.

use std::fs::File;
use std::io::Write;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle, sleep};
use std::time::Duration;

use rustix::net::{AddressFamily, RecvFlags, SocketType, eth, recv, socket};

use crate::nat::Kind;
use crate::net::{Cast, HOST, Maker, Net, run};
use crate::traffic;

/// A native host and back, and the other client.
fn all_ways(net: &Net) {
    let host = traffic::echo("host");
    let (one, other) = (traffic::echo("c1"), traffic::echo("c2"));
    let four = [0, 1, 2, 3];
    assert_eq!(
        traffic::ask("c1", HOST, host.port, 4, 100),
        four,
        "c1 to host"
    );
    assert_eq!(
        traffic::ask("host", net.address("c1"), one.port, 4, 100),
        four,
        "host to c1"
    );
    assert_eq!(
        traffic::ask("c1", net.address("c2"), other.port, 4, 100),
        four,
        "c1 to c2"
    );
}

pub(crate) fn our_clients_by_miredos_server_and_relay() {
    for nats in [[None; 2], [Some(Kind::Masquerade), Some(Kind::Port)]] {
        let net = Net::play(Cast {
            server: Maker::Miredo,
            relay: Maker::Miredo,
            nats,
            ..Cast::OURS
        });
        all_ways(&net);
    }
}

pub(crate) fn miredos_client_by_our_server_and_relay() {
    let net = Net::play(Cast {
        clients: [Maker::Miredo, Maker::Ours],
        nats: [Some(Kind::Port), None],
        ..Cast::OURS
    });
    // Miredo keeps one large packet of a first contact, and turns the order of small ones: one at a time.
    let host = traffic::echo("host");
    let (one, other) = (traffic::echo("c1"), traffic::echo("c2"));
    for (from, to, port) in [
        ("c1", HOST, host.port),
        ("host", net.address("c1"), one.port),
        ("c1", net.address("c2"), other.port),
    ] {
        assert_eq!(traffic::ask(from, to, port, 1, 100), [0], "{from} to {to}");
    }
}

/// Ours begins.
pub(crate) fn our_client_meets_miredos() {
    for clients in [[Maker::Ours, Maker::Miredo], [Maker::Miredo, Maker::Ours]] {
        let net = Net::play(Cast {
            clients,
            nats: [Some(Kind::Port); 2],
            ..Cast::OURS
        });
        let other = traffic::echo("c2");
        let answers = traffic::ask("c1", net.address("c2"), other.port, 1, 100);
        assert_eq!(answers, [0], "{clients:?}");
    }
}

/// The opener's TTL is half of the way to the server, and that is learnt from the server's packets.
pub(crate) fn p12_two_masquerading_routers_are_passed_by_what_was_learnt() {
    let net = Net::play(Cast {
        nats: [Some(Kind::Masquerade); 2],
        ..Cast::OURS
    });
    let other = traffic::echo("c2");
    for client in ["c1", "c2"] {
        let mut left = 500;
        while net.report(client)["server_hops"] != 2 {
            left -= 1;
            assert!(left > 0, "{:#}", net.report(client));
            sleep(Duration::from_millis(10));
        }
    }
    let answers = traffic::ask("c1", net.address("c2"), other.port, 3, 100);
    assert_eq!(answers, [0, 1, 2]);
}

pub(crate) fn tshark_knows_every_packet_as_teredo() {
    let mut net = Net::behind([Kind::Random, Kind::Cone]);
    let ear = Ear::open("/run/teredo.pcap");
    for client in ["c1", "c2"] {
        net.start_client(Maker::Ours, client);
    }
    for client in ["c1", "c2"] {
        net.await_address(client);
    }
    all_ways(&net);
    let count = ear.close();
    assert!(count > 20, "{count}");
    let decoded = run(
        "tshark -n -r /run/teredo.pcap -d udp.port==1-65535,teredo -T fields \
         -E separator=; -e frame.number -e frame.protocols -e _ws.malformed udp",
    );
    for line in decoded.lines() {
        let fields: Vec<_> = line.split(';').collect();
        assert!(
            fields[1].starts_with("eth:ethertype:ip:udp:teredo:ipv6"),
            "{line}"
        );
        // What the echo programs say inside is no Teredo, and is not read as such with success.
        let inside = fields[1].contains(":ipv6:udp:");
        assert!(inside || fields[2].is_empty(), "{line}");
    }
    assert_eq!(decoded.lines().count(), count);
}

/// A capture of all UDP over IPv4.
struct Ear {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<usize>,
}

impl Ear {
    fn open(file: &str) -> Self {
        let socket = socket_here();
        let mut file = File::create(file).unwrap();
        // pcap's header: version 2.4, packets of 65535 bytes, Ethernet.
        let head = [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 65_535, 1];
        file.write_all(&head.map(u32::to_le_bytes).concat())
            .unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = thread::spawn(move || {
            let mut count = 0;
            let mut bytes = vec![0; 65_535];
            while !stopped.load(Ordering::Relaxed) {
                match recv(&socket, &mut bytes[..], RecvFlags::DONTWAIT) {
                    Ok((_, length)) if bytes[12..14] == [8, 0] && bytes[23] == 17 => {
                        let length = u32::try_from(length).unwrap();
                        let head = [0, count, length, length];
                        file.write_all(&head.map(u32::to_le_bytes).concat())
                            .unwrap();
                        let packet = &bytes[..usize::try_from(length).unwrap()];
                        file.write_all(packet).unwrap();
                        count += 1;
                    }
                    Ok(_) => {}
                    Err(_) => sleep(Duration::from_millis(1)),
                }
            }
            usize::try_from(count).unwrap()
        });
        Self { stop, thread }
    }

    fn close(self) -> usize {
        // What is on its way still arrives.
        sleep(Duration::from_millis(200));
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap()
    }
}

/// Sees what passes all wires of this namespace, which routes everything: each packet twice (packet(7)).
fn socket_here() -> OwnedFd {
    socket(AddressFamily::PACKET, SocketType::RAW, Some(eth::ALL)).unwrap()
}
