//! A diagnosis behind each NAT: what it finds, in which order it asks, and how long it may take.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::Duration;

use sixward_teredo::client::{Server as Pair, Why};
use sixward_teredo::diagnosis::{Ask, Diagnosis, Far, Lifetime, Ports, Reach, Sent, Verdict};
use sixward_teredo::server::{Action, Config, Key, Side};
use sixward_teredo::{Nat, PORT, Secret, Server, Time};

use crate::world::{Kind, Nat as Router, PRIMARY, SECONDARY, Seed, at};

const INSIDE: Ipv4Addr = Ipv4Addr::new(192, 168, 0, 2);
const PUBLIC: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 11);

/// A host behind a router, and a server.
struct Scene {
    server: Server,
    /// Which of the server's addresses answer.
    alive: [bool; 2],
    router: Option<Router>,
    host: Ipv4Addr,
    flying: BTreeMap<(Time, u64), (SocketAddrV4, SocketAddrV4, Vec<u8>)>,
    number: u64,
    sent: Vec<(Time, Sent)>,
}

impl Scene {
    fn behind(kind: Kind) -> Self {
        Self {
            router: Some(Router::new(kind, PUBLIC, 5)),
            ..Self::open(INSIDE)
        }
    }

    fn open(host: Ipv4Addr) -> Self {
        Self {
            server: Server::new(Config::new(PRIMARY, SECONDARY), Box::new(Seed(1))),
            alive: [true; 2],
            router: None,
            host,
            flying: BTreeMap::new(),
            number: 0,
            sent: Vec::new(),
        }
    }

    /// Until all is found out; how long that took.
    fn diagnose(&mut self, tell: impl FnOnce(&mut Ask)) -> (Verdict, Duration) {
        let server = Pair {
            primary: PRIMARY,
            secondary: Some(SECONDARY),
        };
        let mut ask = Ask::new(server, self.host);
        tell(&mut ask);
        let ports = (0..ask.doors()).map(|door| 40_000 + u16::try_from(door).unwrap() * 7);
        let ports: Vec<_> = ports.collect();
        let mut diagnosis = Diagnosis::new(ask, ports.clone(), Box::new(Seed(9)));
        let mut now = at(1000);
        diagnosis.start(now);
        while !diagnosis.is_done() {
            while let Some(sent) = diagnosis.output() {
                self.sent.push((now, sent.clone()));
                let from = SocketAddrV4::new(self.host, ports[sent.door]);
                self.leave(now, from, sent.to, sent.bytes);
            }
            let flying = self.flying.keys().next().map(|(when, _)| *when);
            now = flying.into_iter().chain(diagnosis.due()).min().unwrap();
            match self.flying.first_entry() {
                Some(entry) if entry.key().0 <= now => {
                    let (from, to, bytes) = entry.remove();
                    if let Some(inside) = self.arrive(now, from, to, &bytes) {
                        let door = ports.iter().position(|port| *port == inside.port());
                        diagnosis.from_udp(now, door.unwrap(), from, &bytes);
                    }
                }
                _ => diagnosis.tick(now),
            }
        }
        (diagnosis.verdict(), now.since(at(1000)))
    }

    fn leave(&mut self, now: Time, mut from: SocketAddrV4, to: SocketAddrV4, bytes: Vec<u8>) {
        if let Some(router) = &mut self.router {
            from = router.outbound(now, from, to).unwrap();
            if *to.ip() == PUBLIC && !router.hairpin {
                return;
            }
        }
        self.fly(now, from, to, bytes);
    }

    fn fly(&mut self, now: Time, from: SocketAddrV4, to: SocketAddrV4, bytes: Vec<u8>) {
        self.number += 1;
        let when = now + Duration::from_millis(10);
        self.flying.insert((when, self.number), (from, to, bytes));
    }

    /// At the server, which answers, or at the host's side of the router.
    fn arrive(
        &mut self,
        now: Time,
        from: SocketAddrV4,
        to: SocketAddrV4,
        bytes: &[u8],
    ) -> Option<SocketAddrV4> {
        let side = match *to.ip() {
            PRIMARY => Side::Primary,
            SECONDARY => Side::Secondary,
            _ => {
                return match &mut self.router {
                    Some(router) => router.inbound(now, from, to.port()),
                    None => Some(to),
                };
            }
        };
        let action = self.server.from_udp(now, from, side, bytes);
        if let Action::Send { side, to, bytes } = action {
            let address = if side == Side::Primary {
                PRIMARY
            } else {
                SECONDARY
            };
            let bytes = bytes.to_vec();
            if self.alive[usize::from(side == Side::Secondary)] {
                self.fly(now, SocketAddrV4::new(address, PORT), to, bytes);
            }
        }
        None
    }
}

fn verdict(kind: Kind) -> Verdict {
    Scene::behind(kind).diagnose(|_| {}).0
}

#[test]
fn q4_every_nat_is_told() {
    for (kind, nat, ports, spoilt) in [
        (Kind::Cone, Nat::Cone, Ports::Kept, None),
        (Kind::Address, Nat::Restricted, Ports::Kept, Some(false)),
        (Kind::Port, Nat::Restricted, Ports::Kept, Some(false)),
        (Kind::Masquerade, Nat::Restricted, Ports::Kept, Some(true)),
        (Kind::Preserving, Nat::SymmetricPort, Ports::Kept, None),
        (
            Kind::Sequential,
            Nat::SymmetricPort,
            Ports::Sequential(1),
            None,
        ),
        (
            Kind::Symmetric,
            Nat::SymmetricPort,
            Ports::Unpredictable,
            None,
        ),
        (Kind::Random, Nat::SymmetricPort, Ports::Unpredictable, None),
    ] {
        let found = verdict(kind);
        assert_eq!(found.nat, nat, "{kind:?}");
        assert_eq!(found.ports, Some(ports), "{kind:?}");
        assert_eq!(found.spoilt, spoilt, "{kind:?}");
        assert_eq!(found.error, None, "{kind:?}");
        let symmetric = nat == Nat::SymmetricPort;
        let line = if symmetric {
            "client behind symmetric NAT"
        } else {
            "none"
        };
        assert_eq!(found.error_line(), line, "{kind:?}");
    }
}

#[test]
fn q14_a_global_address_is_told() {
    let host = Ipv4Addr::new(203, 0, 113, 77);
    let (found, _) = Scene::open(host).diagnose(|_| {});
    assert_eq!((found.nat, found.error), (Nat::None, None));
    assert_eq!(found.external, found.local);
    assert!(Far::ALL.iter().all(|far| found.reaches(*far) == Reach::Yes));
}

#[test]
fn q5_strangers_knock_at_a_socket_of_their_own_before_they_are_called() {
    let mut scene = Scene::behind(Kind::Masquerade);
    scene.diagnose(|_| {});
    // The ninth byte of the link-local source, behind 13 bytes of authentication.
    let cone = |sent: &Sent| {
        sent.bytes
            .get(13 + 8 + 8)
            .is_some_and(|byte| byte & 0x80 > 0)
    };
    let asked: Vec<_> = scene.sent.iter().map(|(_, sent)| sent).collect();
    let asked: Vec<_> = asked
        .into_iter()
        .filter(|sent| sent.to.port() == PORT)
        .collect();
    let knock = asked.iter().position(|sent| cone(sent)).unwrap();
    let other = asked.iter().position(|sent| *sent.to.ip() == SECONDARY);
    assert!(asked.iter().all(|sent| !cone(sent) || sent.door == 2));
    assert!(other.unwrap() > knock);
}

#[test]
fn x11_a_hairpin_is_found() {
    for kind in [Kind::Cone, Kind::Address, Kind::Port] {
        for hairpin in [false, true] {
            let mut scene = Scene::behind(kind);
            scene.router.as_mut().unwrap().hairpin = hairpin;
            let (found, _) = scene.diagnose(|_| {});
            assert_eq!(found.hairpin, Some(hairpin), "{kind:?}");
            assert_eq!(found.reaches(Far::Same) == Reach::Yes, hairpin, "{kind:?}");
        }
    }
}

#[test]
fn q12_the_life_of_a_mapping_is_found() {
    for (seconds, at_least, dies) in [(31, 30, true), (11, 7, true), (300, 60, false)] {
        let mut scene = Scene::behind(Kind::Port);
        scene.router.as_mut().unwrap().timeout = Duration::from_secs(seconds);
        let (found, took) = scene.diagnose(|ask| ask.lifetime = Some(Duration::from_mins(1)));
        let life = found.lifetime.unwrap();
        assert!(life.at_least >= Duration::from_secs(at_least), "{life:?}");
        assert!(life.at_least <= Duration::from_secs(seconds), "{life:?}");
        assert_eq!(life.below.is_some(), dies, "{life:?}");
        let silent = life.below.unwrap_or(Duration::from_secs(seconds));
        assert!(silent >= Duration::from_secs(seconds) && took <= Duration::from_secs(70));
    }
}

#[test]
fn q12_a_server_that_goes_meanwhile_proves_nothing() {
    let mut scene = Scene::behind(Kind::Port);
    scene.server = Server::new(
        Config {
            sunset: Some(at(9000)),
            ..Config::new(PRIMARY, SECONDARY)
        },
        Box::new(Seed(1)),
    );
    let (found, _) = scene.diagnose(|ask| ask.lifetime = Some(Duration::from_mins(2)));
    assert_eq!(found.lifetime, None);
    assert_eq!(found.nat, Nat::Restricted);
}

#[test]
fn q2_silence_is_told_by_its_name() {
    for (alive, error, nat) in [
        ([false, false], Why::PrimarySilent, Nat::Unknown),
        ([false, true], Why::PrimarySilent, Nat::Unknown),
        ([true, false], Why::SecondarySilent, Nat::Unknown),
    ] {
        let mut scene = Scene::behind(Kind::Port);
        scene.alive = alive;
        let (found, took) = scene.diagnose(|_| {});
        assert_eq!(found.error, Some(error));
        assert_eq!(found.nat, nat);
        assert!(took <= Duration::from_secs(8), "{took:?}");
    }
}

#[test]
fn q2_a_verdict_takes_seconds() {
    for kind in Kind::ALL {
        let (found, took) = Scene::behind(kind).diagnose(|_| {});
        assert!(took <= Duration::from_secs(4), "{kind:?}: {took:?}");
        assert_eq!(found.rtt, Some(Duration::from_millis(20)));
    }
}

/// Whom each NAT reaches is what the matrix of clients shows (`matrix.rs`).
#[test]
fn x5_whom_a_client_will_reach_is_foretold() {
    let far = |kind| match kind {
        Kind::Cone => Far::Open,
        Kind::Address => Far::Address,
        Kind::Port | Kind::Masquerade => Far::Port,
        _ => Far::Symmetric,
    };
    for one in Kind::ALL {
        let found = verdict(one);
        for other in Kind::ALL {
            let possible = crate::matrix::possible(one, other);
            match found.reaches(far(other)) {
                Reach::Yes => assert!(possible, "{one:?} to {other:?}"),
                Reach::No(_) => assert!(!possible, "{one:?} to {other:?}"),
                Reach::Perhaps(_) => assert_eq!(found.nat, Nat::Restricted, "{one:?} to {other:?}"),
            }
        }
        assert_eq!(found.reaches(Far::Native), Reach::Yes);
    }
    let found = verdict(Kind::Random).reaches(Far::Symmetric);
    let Reach::No(why) = found else {
        panic!("{found:?}")
    };
    assert_eq!(
        why,
        "client behind symmetric NAT: neither NAT's next port can be known"
    );
}

#[test]
fn q3_what_nobody_asked_for_is_no_answer() {
    let server = Pair {
        primary: PRIMARY,
        secondary: Some(SECONDARY),
    };
    let secret = Secret::new(b"me".to_vec(), b"key".to_vec()).unwrap();
    let ask = Ask {
        secret: Some(secret.clone()),
        ..Ask::new(server, INSIDE)
    };
    let mut diagnosis = Diagnosis::new(ask, [1, 2, 3], Box::new(Seed(3)));
    diagnosis.start(at(0));
    let sent = diagnosis.output().unwrap();
    let mut config = Config::new(PRIMARY, SECONDARY);
    let key = Key {
        secret,
        expired: false,
    };
    config.secrets.insert(b"me".to_vec(), key);
    let mut server = Server::new(config, Box::new(Seed(1)));
    let outside = SocketAddrV4::new(PUBLIC, 7000);
    let from = SocketAddrV4::new(PRIMARY, PORT);
    let Action::Send { bytes, .. } = server.from_udp(at(1), outside, Side::Primary, &sent.bytes)
    else {
        panic!("no answer")
    };
    let good = bytes.to_vec();
    for place in 0..good.len() {
        let mut bad = good.clone();
        bad[place] ^= 0x41;
        diagnosis.from_udp(at(2), 0, from, &bad);
        let taken = diagnosis.verdict().external;
        assert_eq!(taken, None, "with byte {place} turned");
    }
    let elsewhere = SocketAddrV4::new(SECONDARY, PORT);
    diagnosis.from_udp(at(3), 0, elsewhere, &good);
    diagnosis.from_udp(at(3), 1, from, &good);
    assert_eq!(diagnosis.verdict().external, None);
    diagnosis.from_udp(at(4), 0, from, &good);
    assert_eq!(diagnosis.verdict().external, Some(outside));
}

#[test]
fn q12_a_lifetime_is_what_it_says() {
    let life = Lifetime {
        at_least: Duration::from_secs(22),
        below: Some(Duration::from_secs(30)),
    };
    assert_eq!(
        life.to_string(),
        "more than 22 seconds, less than 30 seconds"
    );
}
