//! Real sockets on this machine's own addresses: open, refused, silent, and a broken family.
#![expect(clippy::unwrap_used, reason = "a panic is the report of a test")]

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use sixward_net::Family;
use sixward_probe::{Limits, Outcome, Row, Target, probe};
use socket2::{Domain, Socket, Type};

const V4: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);
const PATIENCE: Duration = Duration::from_millis(600);

fn see(targets: &[Target]) -> Vec<Row> {
    let limits = Limits {
        patience: PATIENCE,
        at_once: 4,
    };
    probe(targets, limits).unwrap()
}

fn target(port: u16, addresses: &[IpAddr]) -> Target {
    Target {
        host: "web.example".to_owned(),
        port,
        family: None,
        addresses: Some(addresses.to_vec()),
    }
}

fn outcomes(row: &Row) -> Vec<(IpAddr, &Outcome)> {
    let attempts = row.attempts.iter();
    attempts.map(|it| (it.address, &it.outcome)).collect()
}

/// A listener whose queue is full: the kernel drops what comes, without a word (tcp(7)).
struct Silent {
    port: u16,
    _listener: Socket,
    _queue: Vec<TcpStream>,
}

impl Silent {
    fn at(address: IpAddr) -> Self {
        let domain = Domain::for_address(SocketAddr::new(address, 0));
        let listener = Socket::new(domain, Type::STREAM, None).unwrap();
        listener.bind(&SocketAddr::new(address, 0).into()).unwrap();
        listener.listen(0).unwrap();
        let at = listener.local_addr().unwrap().as_socket().unwrap();
        let mut queue = Vec::new();
        while let Ok(stream) = TcpStream::connect_timeout(&at, PATIENCE) {
            queue.push(stream);
        }
        Self {
            port: at.port(),
            _listener: listener,
            _queue: queue,
        }
    }
}

/// A port that nobody listens at.
fn closed(address: IpAddr) -> u16 {
    let listener = TcpListener::bind((address, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

#[test]
fn open_in_both_families() {
    let six = TcpListener::bind((V6, 0)).unwrap();
    let port = six.local_addr().unwrap().port();
    let _four = TcpListener::bind((V4, port)).unwrap();
    let rows = see(&[target(port, &[V4, V6])]);
    let [row] = &rows[..] else { panic!("{rows:?}") };
    // Linux gives its loopback 65,536 bytes, of which IPv4 can use all but one; other systems do not say.
    let open = |mtu| Outcome::Open {
        mtu: cfg!(target_os = "linux").then_some(mtu),
    };
    let (six_open, four_open) = (open(65_536), open(65_535));
    assert_eq!(outcomes(row), [(V6, &six_open), (V4, &four_open)]);
    assert_eq!(row.open(Family::V6), Some(true));
    let clients = row.clients.as_ref().unwrap();
    assert_eq!(clients.in_order.by, Some(V6));
    assert_eq!(clients.racing.by, Some(V6));
    assert!(!clients.in_order.at_least);
    let said = row.attempts[0].to_string();
    assert!(said.starts_with("open in "), "{said}");
    assert_eq!(
        said.ends_with(", path MTU 65536"),
        cfg!(target_os = "linux")
    );
}

#[test]
fn refused_and_silent_are_told_apart() {
    let silent = Silent::at(V4);
    let targets = [target(closed(V6), &[V6]), target(silent.port, &[V4])];
    let rows = see(&targets);
    assert_eq!(outcomes(&rows[0]), [(V6, &Outcome::Refused)]);
    assert_eq!(outcomes(&rows[1]), [(V4, &Outcome::Silent)]);
    assert_eq!(rows[0].open(Family::V6), Some(false));
    assert_eq!(rows[0].open(Family::V4), None);
    assert!(u128::from(rows[1].attempts[0].micros) >= PATIENCE.as_micros());
    assert!(rows.iter().all(|row| row.clients.is_none()));
}

#[test]
fn a_silent_family_costs_those_who_do_not_race() {
    let silent = Silent::at(V6);
    let _four = TcpListener::bind((V4, silent.port)).unwrap();
    let rows = see(&[target(silent.port, &[V6, V4])]);
    let clients = rows[0].clients.as_ref().unwrap();
    assert_eq!(clients.in_order.by, Some(V4));
    assert!(u128::from(clients.in_order.micros) >= PATIENCE.as_micros());
    assert!(clients.in_order.at_least);
    assert_eq!(clients.racing.by, Some(V4));
    // The head start of RFC 8305, and not the whole patience.
    assert!(clients.racing.micros >= 250_000, "{clients:?}");
    assert!(
        clients.racing.micros < clients.in_order.micros,
        "{clients:?}"
    );
    let said = clients.to_string();
    assert!(said.starts_with("without fallback at least "), "{said}");
}

#[test]
fn a_refused_family_costs_nobody() {
    let four = TcpListener::bind((V4, 0)).unwrap();
    let port = four.local_addr().unwrap().port();
    let rows = see(&[target(port, &[V6, V4])]);
    let clients = rows[0].clients.as_ref().unwrap();
    assert_eq!(clients.in_order.by, Some(V4));
    assert_eq!(clients.racing.by, Some(V4));
    // Nobody waits out the head start of one who has failed.
    assert!(clients.racing.micros < 250_000, "{clients:?}");
    assert!(!clients.in_order.at_least);
}

#[test]
fn nobody_anywhere() {
    let rows = see(&[target(closed(V6), &[V6, V4])]);
    let clients = rows[0].clients.as_ref().unwrap();
    assert_eq!((clients.in_order.by, clients.racing.by), (None, None));
    assert!(
        clients.to_string().contains("racing not at all"),
        "{clients}"
    );
}

#[test]
fn names_are_asked_for_in_each_family() {
    let asked = |host: &str, family| Target {
        host: host.to_owned(),
        port: 1,
        family,
        addresses: None,
    };
    let targets = [
        asked("localhost", Some(Family::V4)),
        asked("name.invalid", None),
        asked("[::1]", None),
        asked("127.0.0.1", Some(Family::V6)),
    ];
    let rows = see(&targets);
    assert_eq!(rows[0].names[0].addresses, [V4]);
    assert!(rows[0].names[0].micros.is_some());
    let families: Vec<_> = rows[1].names.iter().map(|name| name.family).collect();
    assert_eq!(families, [Family::V6, Family::V4]);
    assert!(
        rows[1]
            .names
            .iter()
            .all(|name| name.addresses.is_empty() && name.fault.is_some())
    );
    assert_eq!(rows[2].names[0].addresses, [V6]);
    assert_eq!(rows[2].names[0].micros, None, "nobody was asked");
    assert_eq!(
        (&rows[3].names[..], &rows[3].attempts[..]),
        (&[][..], &[][..])
    );
}

#[test]
fn more_than_are_probed_at_once_keep_their_order() {
    let four = TcpListener::bind((V4, 0)).unwrap();
    let port = four.local_addr().unwrap().port();
    let mut targets = vec![target(port, &[V4]); 20];
    for (at, target) in targets.iter_mut().enumerate() {
        target.host = at.to_string();
    }
    let rows = see(&targets);
    let hosts = rows.iter().map(|row| row.host.parse::<i32>().unwrap());
    assert!(hosts.eq(0..20));
    assert!(rows.iter().all(|row| row.open(Family::V4) == Some(true)));
}

#[test]
fn a_row_is_data() {
    let rows = see(&[target(closed(V4), &[V4])]);
    let mut json = serde_json::to_value(&rows[0]).unwrap();
    json["attempts"][0]["micros"] = 5.into();
    json["port"] = 443.into();
    let want = serde_json::json!({
        "host": "web.example",
        "port": 443,
        "names": [{"family": "v4", "addresses": ["127.0.0.1"]}],
        "attempts": [{"address": "127.0.0.1", "outcome": "refused", "micros": 5}],
    });
    assert_eq!(json, want);
}
