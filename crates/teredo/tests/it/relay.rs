//! L1 to L8: what a relay carries, for whom, and how it reaches clients.

use std::net::{Ipv6Addr, SocketAddrV4};

use sixward_net::Teredo;
use sixward_teredo::{
    Arrival, Datagram, Inbound, Outbound, Output, Rate, Reject, Relay, RelayConfig, Time,
};

use crate::lone::{SERVER, ip, is_bubble, place, secs, teredo, trailer_of};
use crate::wire;
use crate::world::{NATIVE, Seed, at};

const CLIENT: &str = "203.0.113.12:4096";
const OWN: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0x64, 0, 0, 0, 0, 0x10);

struct Case {
    relay: Relay,
    now: Time,
    native: Vec<Vec<u8>>,
}

impl Case {
    fn new(tell: impl FnOnce(&mut RelayConfig)) -> Self {
        let mut config = RelayConfig::new(OWN, vec!["2001:db8:64::/64".parse().unwrap()]);
        tell(&mut config);
        Self {
            relay: Relay::new(config, Box::new(Seed(5))),
            now: at(1_000_000),
            native: Vec::new(),
        }
    }

    fn sent(&mut self) -> Vec<Datagram> {
        let mut sent = Vec::new();
        while let Some(output) = self.relay.output() {
            match output {
                Output::Udp(datagram) => sent.push(datagram),
                Output::Tun(packet) => self.native.push(packet),
                _ => {}
            }
        }
        sent
    }

    fn transmit(&mut self, packet: &[u8]) -> Outbound {
        self.relay.from_tun(self.now, packet)
    }

    fn receive(&mut self, from: &str, bytes: &[u8]) -> Inbound {
        let arrival = Arrival::of(place(from));
        self.relay.from_udp(self.now, arrival, &mut bytes.to_vec())
    }

    fn pass(&mut self, seconds: u64) -> Vec<(u128, Datagram)> {
        let (begin, end) = (self.now, self.now + secs(seconds));
        let mut all = Vec::new();
        while let Some(due) = self.relay.due().filter(|due| *due <= end) {
            self.now = due;
            self.relay.tick(due);
            let passed = due.since(begin).as_millis();
            all.extend(self.sent().into_iter().map(|sent| (passed, sent)));
        }
        self.now = end;
        all
    }
}

fn client() -> Ipv6Addr {
    teredo(CLIENT)
}

fn data(from: Ipv6Addr, to: Ipv6Addr) -> Vec<u8> {
    wire::packet(from, to, 17, 64, &[0, 1, 0, 2, 0, 12, 0, 0, 1, 2, 3, 4])
}

#[test]
fn l1_only_clients_with_global_addresses_are_served() {
    let mut case = Case::new(|_| {});
    for (to, reject) in [
        (NATIVE, Reject::NoUnicast),
        (ip("2002:c000:201::1"), Reject::NoUnicast),
        (teredo("10.0.0.1:1"), Reject::TargetNotGlobal),
        (teredo("224.0.0.1:1"), Reject::TargetNotGlobal),
        (teredo("127.0.0.1:1"), Reject::TargetNotGlobal),
    ] {
        assert_eq!(
            case.transmit(&data(NATIVE, to)),
            Outbound::Rejected(reject),
            "{to}"
        );
    }
    assert!(case.sent().is_empty());
    assert_eq!(case.native.len(), 3, "the sender is told");
    assert_eq!(case.relay.load(), (0, 0, 0));
}

#[test]
fn l1_an_operator_may_serve_private_addresses() {
    let mut case = Case::new(|config| {
        config.surroundings.allowed = vec!["10.0.0.0/8".parse().unwrap()];
    });
    assert_eq!(
        case.transmit(&data(NATIVE, teredo("10.0.0.1:1"))),
        Outbound::Held
    );
}

#[test]
fn l2_a_client_is_called_four_times_through_its_server_and_then_forgotten() {
    let mut case = Case::new(|_| {});
    for _ in 0..3 {
        assert_eq!(case.transmit(&data(NATIVE, client())), Outbound::Held);
    }
    let first = case.sent();
    assert_eq!((first.len(), first[0].to), (1, SERVER));
    assert!(is_bubble(&first[0].bytes));
    let bubble = (
        wire::source(&first[0].bytes),
        wire::destination(&first[0].bytes),
    );
    assert_eq!(bubble, (OWN, client()));
    let times: Vec<_> = case.pass(10).into_iter().map(|(at, _)| at).collect();
    assert_eq!(times, [2000, 4000, 6000]);
    assert_eq!(case.native.len(), 3, "what waited is refused");
    assert_eq!(case.relay.load(), (1, 0, 0));
    assert_eq!(
        case.transmit(&data(NATIVE, client())),
        Outbound::Rejected(Reject::Unreachable)
    );
    case.pass(300);
    assert_eq!(case.relay.load(), (0, 0, 0));
    assert_eq!(case.transmit(&data(NATIVE, client())), Outbound::Held);
}

#[test]
fn l2_what_waited_goes_to_the_client_in_order() {
    let mut case = Case::new(|_| {});
    let packets: Vec<_> = (0..5)
        .map(|number| wire::ping(NATIVE, client(), number))
        .collect();
    for packet in &packets {
        case.transmit(packet);
    }
    case.sent();
    let inbound = case.receive(CLIENT, &wire::bubble(client(), OWN, &[]));
    assert_eq!(inbound, Inbound::Consumed);
    let sent: Vec<_> = case
        .sent()
        .into_iter()
        .map(|sent| (sent.to, sent.bytes))
        .collect();
    let want: Vec<_> = packets
        .into_iter()
        .map(|packet| (place(CLIENT), packet))
        .collect();
    assert_eq!(sent, want);
}

#[test]
fn l3_who_was_not_called_is_not_heard() {
    let mut case = Case::new(|_| {});
    let packet = data(client(), NATIVE);
    assert_eq!(
        case.receive(CLIENT, &packet),
        Inbound::Rejected(Reject::UnknownPeer)
    );
    let native = data(OWN, NATIVE);
    assert_eq!(
        case.receive(CLIENT, &native),
        Inbound::Rejected(Reject::BadSource)
    );
}

#[test]
fn l3_the_place_is_proved_by_the_address_or_by_our_nonce() {
    let other = "203.0.113.12:7777";
    let mut case = Case::new(|_| {});
    case.transmit(&data(NATIVE, client()));
    let nonce = trailer_of(&case.sent()[0].bytes, 1).unwrap();
    let unproved = Inbound::Rejected(Reject::UnprovedPeer);
    assert_eq!(
        case.receive(other, &wire::bubble(client(), OWN, &[])),
        unproved
    );
    assert_eq!(case.receive(other, &data(client(), NATIVE)), unproved);
    let mut wrong = nonce.clone();
    wrong[3] ^= 1;
    let bubble = wire::bubble(client(), OWN, &wire::trailer(1, &wrong));
    assert_eq!(case.receive(other, &bubble), unproved);
    let bubble = wire::bubble(client(), OWN, &wire::trailer(1, &nonce));
    assert_eq!(case.receive(other, &bubble), Inbound::Consumed);
    assert_eq!(case.sent()[0].to, place(other));
    assert!(matches!(
        case.receive(other, &data(client(), NATIVE)),
        Inbound::Deliver(_)
    ));
    assert_eq!(
        case.transmit(&data(NATIVE, client())),
        Outbound::Send(place(other))
    );
    // And a forged source in the address's place does not displace it (Z4).
    assert_eq!(case.receive(CLIENT, &data(client(), NATIVE)), unproved);
    assert_eq!(
        case.transmit(&data(NATIVE, client())),
        Outbound::Send(place(other))
    );
}

#[test]
fn l4_only_configured_networks_are_served() {
    let mut case = Case::new(|_| {});
    let elsewhere = ip("2001:db8:65::1");
    assert_eq!(
        case.transmit(&data(elsewhere, client())),
        Outbound::Rejected(Reject::NotServed)
    );
    case.transmit(&data(NATIVE, client()));
    case.receive(CLIENT, &wire::bubble(client(), OWN, &[]));
    for (to, good) in [
        (NATIVE, true),
        (elsewhere, false),
        (ip("fe80::1"), false),
        (client(), false),
    ] {
        let inbound = case.receive(CLIENT, &data(client(), to));
        assert_eq!(
            matches!(inbound, Inbound::Deliver(_)),
            good,
            "{to}: {inbound:?}"
        );
    }
    let sent = case.transmit(&data(elsewhere, client()));
    assert_eq!(
        sent,
        Outbound::Rejected(Reject::NotServed),
        "an established client as well"
    );
}

#[test]
fn l5_a_scan_from_the_native_side_is_bounded() {
    let mut case = Case::new(|config| {
        config.limits.wishes = Rate {
            burst: 100,
            per_second: 10,
        };
    });
    let mut bubbles = 0;
    for number in 0..20_000_u32 {
        let to = SocketAddrV4::new((0x0b00_0000 + number).into(), 4096);
        case.transmit(&data(NATIVE, teredo(&to.to_string())));
        bubbles += case.sent().len();
    }
    assert_eq!(bubbles, 100);
    assert_eq!(case.relay.load().0, 100);
    assert_eq!(case.relay.counters().of(Reject::TooManyPeers), 19_900);
}

#[test]
fn l5_memory_stays_the_same_under_a_flood_of_destinations() {
    let mut case = Case::new(|config| {
        config.limits.wishes = Rate {
            burst: 1_000_000,
            per_second: 1_000_000,
        };
    });
    for number in 0..100_000_u32 {
        let to = SocketAddrV4::new((0x0b00_0000 + number).into(), 4096);
        case.transmit(&data(NATIVE, teredo(&to.to_string())));
        case.sent();
    }
    let (peers, packets, bytes) = case.relay.load();
    assert!(peers <= 4096 && packets <= 4096 && bytes <= 4 << 20);
}

#[test]
fn l6_a_relay_behind_a_nat_opens_it() {
    let mut case = Case::new(|config| config.restricted = true);
    case.transmit(&data(NATIVE, client()));
    let places: Vec<_> = case.sent().into_iter().map(|sent| sent.to).collect();
    assert_eq!(places, [SERVER, place(CLIENT)]);
}

#[test]
fn l7_a_server_and_a_relay_in_one_process_keep_their_rules_apart() {
    // What the one takes the other drops; they share an address and differ by port.
    let mut server = sixward_teredo::Server::new(
        sixward_teredo::server::Config::new(*SERVER.ip(), *crate::lone::OTHER.ip()),
        Box::new(Seed(1)),
    );
    let mut case = Case::new(|_| {});
    case.transmit(&data(NATIVE, client()));
    case.sent();
    let packet = data(client(), NATIVE);
    assert!(matches!(case.receive(CLIENT, &packet), Inbound::Deliver(_)));
    let side = sixward_teredo::server::Side::Primary;
    let action = server.from_udp(case.now, place(CLIENT), side, &packet);
    assert_eq!(
        action,
        sixward_teredo::server::Action::Reject(Reject::NotForwarded)
    );
    let question = wire::icmp(ip("fe80::1"), ip("ff02::2"), 133, &[0; 4]);
    assert_eq!(
        case.receive(CLIENT, &question),
        Inbound::Rejected(Reject::BadSource)
    );
}

#[test]
fn l8_the_host_specific_relay_serves_its_host_alone() {
    let mut case = Case::new(|config| config.serves = vec![ipnet::Ipv6Net::from(OWN)]);
    assert_eq!(
        case.transmit(&data(NATIVE, client())),
        Outbound::Rejected(Reject::NotServed)
    );
    assert_eq!(case.transmit(&data(OWN, client())), Outbound::Held);
    case.receive(CLIENT, &wire::bubble(client(), OWN, &[]));
    assert!(matches!(
        case.receive(CLIENT, &data(client(), OWN)),
        Inbound::Deliver(_)
    ));
    let inbound = case.receive(CLIENT, &data(client(), NATIVE));
    assert_eq!(inbound, Inbound::Rejected(Reject::NotServed));
}

#[test]
fn l2_a_flow_one_way_asks_again_before_the_client_becomes_invalid() {
    let mut case = Case::new(|_| {});
    case.transmit(&data(NATIVE, client()));
    case.sent();
    case.receive(CLIENT, &wire::bubble(client(), OWN, &[]));
    case.sent();
    for _ in 0..120 {
        let sent = case.transmit(&data(NATIVE, client()));
        assert_eq!(sent, Outbound::Send(place(CLIENT)));
        let mut all = case.sent();
        all.extend(case.pass(1).into_iter().map(|(_, sent)| sent));
        if all.iter().any(|sent| is_bubble(&sent.bytes)) {
            case.receive(CLIENT, &wire::bubble(client(), OWN, &[]));
        }
    }
}

#[test]
fn z1_z5_a_relay_drops_what_a_client_drops() {
    let mut case = Case::new(|config| {
        config.surroundings.own = vec!["203.0.113.12".parse().unwrap()];
    });
    assert_eq!(
        case.transmit(&data(NATIVE, client())),
        Outbound::Rejected(Reject::Loop)
    );
    let mut case = Case::new(|_| {});
    case.transmit(&data(NATIVE, client()));
    let routing = [17, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let packet = wire::packet(client(), NATIVE, 43, 64, &routing);
    assert_eq!(
        case.receive(CLIENT, &packet),
        Inbound::Rejected(Reject::RoutingHeader)
    );
    assert_eq!(Teredo::of(client()).unwrap().client, place(CLIENT));
}
