//! Probes from here: one port of each address that the live estate opens to the internet, and names.

use std::net::IpAddr;

use sixward_estate::{Estate, Interface};
use sixward_net::Family;
use sixward_probe::{Attempt, Limits, Outcome, Row, Target, probe};
use sixward_prove::L4;
use sixward_prove::symbolic::Analysis;

use crate::report::verified::ProbeRow;
use crate::{Error, VerifyError};

/// Probes what the estate opens to the internet, and names besides.
pub(super) fn probes(live: &Estate, names: &[String]) -> Result<Vec<ProbeRow>, Error> {
    let names: Result<Vec<_>, _> = names.iter().map(|name| named(name)).collect();
    let mut asked = opened(live);
    asked.extend(names?);
    seen(&asked)
}

fn seen(asked: &[(Target, String)]) -> Result<Vec<ProbeRow>, Error> {
    let targets: Vec<_> = asked.iter().map(|(target, _)| target.clone()).collect();
    let rows = probe(&targets, Limits::default()).map_err(VerifyError::Probe)?;
    let rows = rows.iter().zip(asked);
    Ok(rows
        .flat_map(|(row, (target, who))| told(row, target, who))
        .collect())
}

/// One TCP port for each address of each interface that the internet reaches there.
fn opened(live: &Estate) -> Vec<(Target, String)> {
    let analysis = Analysis::new(live);
    let mut targets = Vec::new();
    for family in [Family::V4, Family::V6] {
        for row in analysis.exposure(family) {
            let Some(L4::Tcp { destination, .. }) = row.traffic.typical() else {
                continue;
            };
            let interfaces = row
                .interfaces
                .iter()
                .filter_map(|id| live.interfaces.get(id));
            for interface in interfaces {
                targets.extend(public(interface, family).map(|address| {
                    let target = Target {
                        host: address.to_string(),
                        port: destination,
                        family: Some(family),
                        addresses: None,
                    };
                    (target, who(live, interface))
                }));
            }
        }
    }
    targets.sort_by(|a, b| (&a.1, a.0.port, a.0.family).cmp(&(&b.1, b.0.port, b.0.family)));
    targets
}

fn public(interface: &Interface, family: Family) -> impl Iterator<Item = IpAddr> {
    let v4 = interface
        .addresses4
        .iter()
        .filter_map(|it| it.public)
        .map(IpAddr::V4);
    let v6 = interface.addresses6.iter().copied().map(IpAddr::V6);
    v4.chain(v6)
        .filter(move |it| it.is_ipv4() == (family == Family::V4))
}

fn who(live: &Estate, interface: &Interface) -> String {
    let host = interface.host().and_then(|id| live.hosts.get(id));
    match host {
        Some(host) if !host.name.is_empty() => host.name.to_string(),
        Some(host) => host.id.to_string(),
        None => interface.id.to_string(),
    }
}

/// `www.example.com:443`
fn named(text: &str) -> Result<(Target, String), VerifyError> {
    let parts = text.rsplit_once(':');
    let parsed = parts.and_then(|(host, port)| Some((host, port.parse().ok()?)));
    let (host, port) = parsed
        .filter(|(host, _)| !host.is_empty())
        .ok_or_else(|| VerifyError::Name(text.to_owned()))?;
    let target = Target {
        host: host.trim_matches(['[', ']']).to_owned(),
        port,
        family: None,
        addresses: None,
    };
    Ok((target, text.to_owned()))
}

/// A line for each family.
fn told(row: &Row, target: &Target, who: &str) -> Vec<ProbeRow> {
    let line = |family: Family| {
        let attempts: Vec<_> = row
            .attempts
            .iter()
            .filter(|it| it.address.is_ipv4() == (family == Family::V4))
            .collect();
        let name = row.names.iter().find(|it| it.family == family)?;
        let seen = match (attempts.as_slice(), &name.fault) {
            ([], Some(fault)) => fault.clone(),
            ([], None) => "no address".to_owned(),
            (some, _) => some
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join("; "),
        };
        Some(ProbeRow {
            who: who.to_owned(),
            target: format!("{} tcp {}", row.host, row.port),
            family,
            // A name without AAAA is as it was meant, as long as nobody published one.
            expected: if attempts.is_empty() {
                "nothing"
            } else {
                "an answer"
            },
            seen,
            holds: attempts.iter().all(|it| arrives(it)),
            micros: attempts.iter().map(|it| it.micros).collect(),
        })
    };
    let families = target
        .family
        .map_or(vec![Family::V4, Family::V6], |family| vec![family]);
    let mut rows: Vec<_> = families.into_iter().filter_map(line).collect();
    if let Some(clients) = &row.clients {
        rows.push(ProbeRow {
            who: who.to_owned(),
            target: format!("{} tcp {}", row.host, row.port),
            family: Family::V6,
            expected: "no wait",
            seen: clients.to_string(),
            holds: clients.racing.by.is_some(),
            micros: vec![clients.in_order.micros, clients.racing.micros],
        });
    }
    rows
}

/// Who refuses is there: the network let the packet through.
fn arrives(attempt: &Attempt) -> bool {
    matches!(attempt.outcome, Outcome::Open { .. } | Outcome::Refused)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn what_answers_and_what_refuses_is_told_by_family() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let closed = TcpListener::bind("127.0.0.1:0").unwrap();
        let none = closed.local_addr().unwrap().port();
        drop(closed);
        let asked = [
            named(&format!("127.0.0.1:{port}")).unwrap(),
            named(&format!("127.0.0.1:{none}")).unwrap(),
        ];
        let rows = seen(&asked).unwrap();
        let v4: Vec<_> = rows.iter().filter(|it| it.family == Family::V4).collect();
        assert!(v4[0].seen.starts_with("open in "), "{}", v4[0].seen);
        assert!(v4[1].seen.starts_with("refused in "), "{}", v4[1].seen);
        assert!(rows.iter().all(|it| it.holds), "{rows:?}");
    }

    #[test]
    fn a_name_without_a_port_is_refused_by_name() {
        for text in ["www.example.com", "www.example.com:https", ":443"] {
            let error = named(text).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("`{text}` is not a name and a port")
            );
        }
    }

    #[test]
    fn what_the_internet_may_reach_is_what_is_probed() {
        let root = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../scenarios/naive-mirror/plan.json"
        );
        let plan = sixward_plan::read_plan(&std::fs::read(root).unwrap()).unwrap();
        let targets = opened(&plan.end());
        let some = |family| {
            targets
                .iter()
                .filter(|it| it.0.family == Some(family))
                .count()
        };
        assert!(some(Family::V4) > 0 && some(Family::V6) > 0, "{targets:?}");
        // No private address is reached from the internet.
        assert!(
            targets.iter().all(|(it, _)| !it.host.starts_with("10.")),
            "{targets:?}"
        );
    }
}
