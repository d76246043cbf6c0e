//! The daemon around the state machines: what it shows, what it needs, what it hears of the system.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::Duration;

use crate::net::{HOST, Net, PROGRAM, run};
use crate::traffic;

/// The labels of `netsh interface teredo show state`.
const WINDOWS: [&str; 11] = [
    "Type",
    "Server Name",
    "Client Refresh Interval",
    "Client Port",
    "State",
    "Client Type",
    "Network",
    "NAT",
    "NAT Special Behaviour",
    "Local Mapping",
    "External NAT Mapping",
];

pub(crate) fn the_display_has_the_fields_of_windows() {
    let net = Net::new();
    let echo = traffic::echo("host");
    assert_eq!(traffic::ask("c1", HOST, echo.port, 2, 100), [0, 1]);
    let text = net.status("c1");
    let labels = text.lines().filter_map(|line| line.split_once(": "));
    let labels: Vec<_> = labels.map(|(label, _)| label.trim()).collect();
    let shown = labels.iter().filter(|label| WINDOWS.contains(label));
    assert_eq!(shown.copied().collect::<Vec<_>>(), WINDOWS, "{text}");
    assert!(
        text.contains("Client Refresh Interval : 30 seconds\n"),
        "{text}"
    );
    assert!(text.contains("NAT Special Behaviour   : UPNP: "), "{text}");
    let report = net.report("c1");
    let peer = &report["peers"][0];
    assert_eq!(peer["address"], HOST.to_string(), "{report:#}");
    assert_eq!(peer["mapping"], "198.51.100.10:3545");
    assert_eq!(peer["trust"], "proved");
    assert!(
        report["traffic"]["received"].as_u64().unwrap() > 200,
        "{report:#}"
    );
    let server = net.report("teredo-server");
    assert!(server["answered"].as_u64().unwrap() >= 4, "{server:#}");
    assert!(server["forwarded"].as_u64().unwrap() >= 1, "{server:#}");
    assert_eq!(net.report("rly")["type"], "relay");
}

/// What is at this place in the namespace, by the least of HTTP.
fn fetch(space: &str, place: &'static str) -> String {
    let fetched = traffic::inside(space, move || {
        let mut stream = TcpStream::connect(place).unwrap();
        stream
            .write_all(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
            .unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    });
    fetched.join().unwrap()
}

pub(crate) fn metrics_are_served() {
    let mut net = Net::idle();
    net.start(
        "c1",
        "client --server 198.51.100.1 --interface c1 --metrics 127.0.0.1:9465",
    );
    net.await_address("c1");
    let answer = fetch("c1", "127.0.0.1:9465");
    let (head, text) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.0 200 OK\r\n"), "{head}");
    assert!(text.contains("\nsixward_teredo_qualified 1\n"), "{text}");
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.rsplit_once(' ').unwrap();
        assert!(name.starts_with("sixward_teredo_"), "{line}");
        assert!(value.parse::<f64>().is_ok(), "{line}");
    }
    // The kernel's own packets for the link have no place in the tunnel, and are counted.
    assert!(
        text.contains("sixward_teredo_dropped_total{reason=\""),
        "{text}"
    );
}

/// What the systemd unit gives: NET_ADMIN for a client, NET_RAW for a server, and nothing else.
pub(crate) fn two_capabilities_and_a_file_are_enough() {
    let mut net = Net::idle();
    net.stop("srv");
    let only = |capability, arguments: &str| {
        format!("setpriv --bounding-set=-all,+{capability} --no-new-privs {PROGRAM} {arguments}")
    };
    fs::write(
        "/run/c1.toml",
        "role = 'client'\nserver = '198.51.100.1'\ninterface = 'c1'\nbind = '0.0.0.0:34567'\n",
    )
    .unwrap();
    let server = "server --primary 198.51.100.1 --secondary 198.51.100.2 --interface other";
    net.start_program("srv", &only("net_raw", server));
    net.start_program("c1", &only("net_admin", "run /run/c1.toml"));
    net.await_address("c1");
    let echo = traffic::echo("host");
    assert_eq!(traffic::ask("c1", HOST, echo.port, 1, 100), [0]);
    assert_eq!(net.report("c1")["client_port"], "34567");
}

/// A network is managed by the domain that names are looked up in.
pub(crate) fn a_managed_network_wants_an_enterpriseclient() {
    let mut net = Net::idle();
    fs::write("/run/resolv.conf", "search here.corp.example\n").unwrap();
    run("mount --bind /run/resolv.conf /etc/resolv.conf");
    let client = "client --server 198.51.100.1 --managed-domain corp.example";
    net.start("c1", &format!("{client} --interface c1"));
    net.start(
        "c2",
        &format!("{client} --interface c2 --type enterpriseclient"),
    );
    net.await_address("c2");
    assert_eq!(net.report("c2")["network"], "managed (here.corp.example)");
    net.await_state("c1", "offline");
    let report = net.report("c1");
    assert_eq!(report["error"], "network is managed: use enterpriseclient");
    assert_eq!(report["server_heard_seconds_ago"], serde_json::Value::Null);
    fs::write("/run/resolv.conf", "search home.arpa\n").unwrap();
    net.await_address("c1");
    assert_eq!(net.report("c1")["network"], "unmanaged");
    run("umount /etc/resolv.conf");
}

/// D1 to D4: by a bubble to all on the link, and believed when they answer from there.
pub(crate) fn d4_neighbours_find_one_another_without_a_server() {
    let mut net = Net::neighbours();
    for client in ["c1", "c2"] {
        let told = format!("client --server 198.51.100.1 --interface {client} --discovery");
        net.start(client, &told);
        net.await_address(client);
    }
    let knows = |net: &Net| net.report("c1")["peers_kept"] == 1;
    assert!(
        (0..1000).any(|_| {
            sleep(Duration::from_millis(10));
            knows(&net)
        }),
        "{:#}",
        net.report("c1")
    );
    net.stop("srv");
    let echo = traffic::echo("c2");
    let answers = traffic::ask("c1", net.address("c2"), echo.port, 3, 100);
    assert_eq!(answers, [0, 1, 2]);
    let report = net.report("c1");
    let mapping = report["peers"][0]["mapping"].as_str().unwrap();
    assert!(mapping.starts_with("192.168.1.3:"), "{report:#}");
}

pub(crate) fn q15_native_ipv6_sends_the_client_to_sleep() {
    let mut net = Net::new();
    run("ip -n c1 addr add 2001:db8:7::2/64 dev eth4 nodad");
    run("ip -n c1 -6 route add default via 2001:db8:7::1 dev eth4");
    net.await_state("c1", "dormant");
    assert_eq!(net.report("c1")["error"], "native IPv6 present: dormant");
    assert_eq!(Net::addresses("c1"), None);
    run("ip -n c1 -6 route del default via 2001:db8:7::1 dev eth4");
    net.await_address("c1");
    net.await_state("c1", "qualified");
}

pub(crate) fn q10_a_link_that_comes_back_is_noticed_at_once() {
    let mut net = Net::new();
    let echo = traffic::echo("host");
    run("ip -n c1 link set eth4 down");
    net.await_state("c1", "offline");
    assert_eq!(net.report("c1")["error"], "no IPv4 connectivity");
    run("ip -n c1 link set eth4 up");
    run("ip -n c1 route add default dev eth4 src 203.0.113.11");
    net.await_state("c1", "qualified");
    net.await_address("c1");
    assert_eq!(traffic::ask("c1", HOST, echo.port, 2, 100), [0, 1]);
}
