//! `diagnose` behind each kind of NAT, by a program that has no capability at all.

use std::process::Command;

use serde_json::Value;

use crate::nat::Kind;
use crate::net::{HOST, Net, PROGRAM, run};

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
    let net = Net::behind([Kind::Cone, Kind::Port]);
    for (kind, nat, error, to_port, to_symmetric) in [
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
        (
            Kind::Closed,
            "unknown",
            "primary server unreachable over UDP",
            "no",
            "no",
        ),
    ] {
        kind.rule("n1", 1);
        let (report, code) = diagnose("c1", "");
        assert_eq!(report["nat"], nat, "{kind:?}: {report:#}");
        assert_eq!(report["error"], error, "{kind:?}: {report:#}");
        assert_eq!(code, if error == "none" { 0 } else { 2 }, "{kind:?}");
        assert_eq!(reached(&report, "restricted (port)"), to_port, "{kind:?}");
        assert_eq!(reached(&report, "symmetric"), to_symmetric, "{kind:?}");
        let spoilt = &report["uninvited_packets_spoil_the_mapping"];
        assert_eq!(
            spoilt.as_bool().unwrap_or_default(),
            kind == Kind::Masquerade,
            "{kind:?}: {report:#}"
        );
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
    let net = Net::behind([Kind::Random, Kind::Port]);
    for (client, kind) in [("c1", Kind::Random), ("c2", Kind::Port)] {
        let (report, _) = diagnose(client, &format!("--host {HOST}"));
        let host = &report["hosts"][0];
        assert_eq!(host["reached"], true, "{kind:?}: {report:#}");
        assert_eq!(host["by"], "198.51.100.10:3545", "{kind:?}");
    }
    let (report, code) = diagnose("c2", "--host 2001:db8:64::dead");
    assert_eq!(
        report["hosts"][0]["words"],
        "the host does not answer ICMPv6 echo requests"
    );
    assert_eq!(code, 2);
    drop(net);
}
