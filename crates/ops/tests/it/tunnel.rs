//! Private Teredo, planned: once, with a way back, and told of where it is not carried.

use std::path::Path;

use sixward_estate::{Action, Estate, Remote, Severity};
use sixward_net::Traffic;
use sixward_ops::{Job, Source, discover, plan};
use sixward_plan::Plan;
use sixward_prove::hazard::{TUNNEL_CUT, hazards};

fn planned() -> Plan {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/teredo-private");
    let source = Source::find(folder.to_str().unwrap(), None).unwrap();
    plan(&Job::new(source, &())).unwrap().plan
}

#[test]
fn what_is_planned_is_planned_once() {
    let plan = planned();
    assert!(
        plan.end()
            .interfaces
            .iter()
            .all(|it| !it.addresses6.is_empty())
    );
    let again = sixward_plan::plan(plan.end(), plan.intent.clone());
    assert_eq!(again.steps, []);
}

#[test]
fn a_tunnel_that_nothing_carries_is_told_of() {
    let plan = planned();
    let end = plan.end();
    let cut = |now: &Estate| -> Vec<_> {
        let found = hazards(&plan.before, now).into_iter();
        found.filter(|it| it.code == TUNNEL_CUT).collect()
    };
    assert_eq!(cut(&end), []);
    // The server's and the relay's host no longer lets its clients' packets in.
    let mut closed = end.clone();
    for firewall in end.firewalls.iter() {
        let firewall = closed.firewalls.get_mut(&firewall.id).unwrap();
        firewall
            .rules
            .retain(|rule| !matches!(rule.traffic, Traffic::Udp(_)));
    }
    let told = cut(&closed);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].severity, Severity::Blocker);
    // Both addresses of the server and the relay, for each of two clients.
    assert_eq!(told[0].evidence.len(), 6, "{:?}", told[0].evidence);
}

/// What a client lets in is of its own network, whatever its groups say of everyone.
#[test]
fn no_filter_of_a_client_names_everyone() {
    let end = planned().end();
    let filters = end.interfaces.iter().filter_map(|it| it.tunnel.as_ref());
    let filters: Vec<_> = filters.flat_map(|mouth| &mouth.firewalls).collect();
    assert_eq!(filters.len(), 2);
    for id in filters {
        for rule in &end.firewalls.get(id).unwrap().rules {
            let Remote::Net(net) = rule.remote else {
                panic!("{rule}");
            };
            assert!(
                net.prefix_len() >= 48 && rule.action == Action::Allow,
                "{rule}"
            );
        }
    }
}

/// A tunnel that cannot be is a blocker, and nothing of it is planned.
#[test]
fn private_addresses_must_be_meant() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/teredo-private");
    let source = Source::find(folder.to_str().unwrap(), None).unwrap();
    let found = discover(&Job::new(source, &())).unwrap();
    let mut intent = found.intent;
    for tunnel in intent.tunnels.values_mut() {
        tunnel.allow_private = false;
    }
    let plan = sixward_plan::plan(found.estate, intent);
    assert!(plan.end().tunnels.is_empty());
    let codes: Vec<_> = plan
        .assessment
        .findings
        .iter()
        .map(|it| it.code.as_str())
        .collect();
    assert!(codes.contains(&"tunnel/not-possible"), "{codes:?}");
}
