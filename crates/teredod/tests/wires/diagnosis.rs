//! `diagnose` behind each kind of NAT, by a program that has no capability at all.

use std::process::Command;
use std::thread;

use serde_json::Value;

use crate::nat::Kind;
use crate::net::{HOST, Maker, Net, PROGRAM, run};

/// What the program said, and how it ended.
fn diagnose(space: &str, arguments: &str) -> (Value, i32) {
    let output = Command::new("ip")
        .args(["netns", "exec", space])
        .args(["setpriv", "--bounding-set=-all", "--no-new-privs", PROGRAM])
        .args(["diagnose", "198.51.100.1", "--json"])
        .args(arguments.split_whitespace())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let report = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}{said}"));
    (report, output.status.code().unwrap())
}

fn reached(report: &Value, behind: &str) -> String {
    let peers = report["peers"].as_array().unwrap();
    let found = peers.iter().find(|peer| peer["behind"] == behind);
    found.unwrap()["reached"].as_str().unwrap().to_owned()
}

pub(crate) fn q4_every_nat_is_told_without_root() {
    const SYMMETRIC: &str = "client behind symmetric NAT";
    const SILENT: &str = "primary server unreachable over UDP";
    let net = Net::behind([Kind::Cone, Kind::Port]);
    let cases = [
        (Kind::Cone, "cone", "none", "yes", "yes"),
        (Kind::Address, "restricted", "none", "yes", "undetermined"),
        (Kind::Port, "restricted", "none", "yes", "undetermined"),
        (
            Kind::Masquerade,
            "restricted",
            "none",
            "yes",
            "undetermined",
        ),
        (Kind::Symmetric, "symmetric (port)", SYMMETRIC, "no", "no"),
        (Kind::Random, "symmetric (port)", SYMMETRIC, "no", "no"),
        (Kind::Closed, "unknown", SILENT, "no", "no"),
    ];
    // Both routers at a time: most of it is waiting.
    for both in cases.chunks(2) {
        let asked: Vec<_> = [("n1", "c1", 1), ("n2", "c2", 2)]
            .into_iter()
            .zip(both)
            .map(|((router, client, number), case)| {
                case.0.rule(router, number);
                (case, thread::spawn(move || diagnose(client, "")))
            })
            .collect();
        for ((kind, nat, error, to_port, to_symmetric), found) in asked {
            let (report, code) = found.join().unwrap();
            assert_eq!(report["nat"], *nat, "{kind:?}: {report:#}");
            assert_eq!(report["error"], *error, "{kind:?}: {report:#}");
            assert_eq!(code, if *error == "none" { 0 } else { 2 }, "{kind:?}");
            assert_eq!(reached(&report, "restricted (port)"), *to_port, "{kind:?}");
            assert_eq!(reached(&report, "symmetric"), *to_symmetric, "{kind:?}");
            let spoilt = &report["uninvited_packets_spoil_the_mapping"];
            assert_eq!(
                spoilt.as_bool().unwrap_or_default(),
                *kind == Kind::Masquerade,
                "{kind:?}: {report:#}"
            );
        }
    }
    drop(net);
}

pub(crate) fn q12_the_life_of_a_mapping_is_told() {
    let net = Net::behind([Kind::Port, Kind::Port]);
    run("ip netns exec n1 sysctl -qw net.netfilter.nf_conntrack_udp_timeout=3");
    let (report, code) = diagnose("c1", "--lifetime 8");
    let life = &report["lifetime_seconds"];
    // The kernel forgets by and by, never early.
    let least = life["at_least"].as_f64().unwrap();
    assert!((1.9..4.0).contains(&least), "{report:#}");
    assert!(life["below"].as_f64().unwrap() >= 3.0, "{report:#}");
    assert_eq!(code, 0);
    drop(net);
}

pub(crate) fn a_host_is_called_without_a_tunnel() {
    let mut net = Net::behind([Kind::Random, Kind::Port]);
    net.start_client(Maker::Ours, "c2");
    net.await_address("c2");
    // One that is there, one that is not, and a client that cannot be met; all at once.
    let peer = net.address("c2").to_string();
    let (here, gone) = (HOST.to_string(), "2001:db8:64::dead".to_owned());
    let calls = [("c1", &here), ("c2", &here), ("c2", &gone), ("c1", &peer)];
    let calls = calls.map(|(client, host)| {
        let told = format!("--host {host}");
        thread::spawn(move || diagnose(client, &told))
    });
    let [one, other, gone, peer] = calls.map(|call| call.join().unwrap());
    for (report, _) in [one, other] {
        let host = &report["hosts"][0];
        assert_eq!(host["reached"], true, "{report:#}");
        assert_eq!(host["by"], "198.51.100.10:3545");
    }
    for ((report, code), words) in [
        (gone, "the host does not answer ICMPv6 echo requests"),
        (
            peer,
            "client behind symmetric NAT: the peer's NAT lets in only the port it knows",
        ),
    ] {
        assert_eq!(report["hosts"][0]["words"], words, "{report:#}");
        assert_eq!(code, 2);
    }
    drop(net);
}
