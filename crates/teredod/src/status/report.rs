//! A state machine as a value: what `--json` prints, and what text and metrics are made of.

use serde_json::{Map, Value, json};
use sixward_teredo::client::State;
use sixward_teredo::{Client, Counters, Relay, Server, Time};

/// Peers that are told one by one.
const MOST: usize = 100;

pub(crate) fn of_client(client: &Client, now: Time) -> Value {
    let status = client.status();
    let error = match status.state {
        State::Offline(why) => why.to_string(),
        State::Dormant => "native IPv6 present: dormant".to_owned(),
        _ if status.nat.symmetric() && status.unstable => {
            "client behind symmetric NAT (mapping changes at every refresh: shorten the interval)"
                .to_owned()
        }
        _ if status.nat.symmetric() => "client behind symmetric NAT".to_owned(),
        _ => "none".to_owned(),
    };
    let peers: Vec<_> = client.peers(now).take(MOST).collect();
    let peers = peers.into_iter().map(|peer| {
        json!({
            "address": peer.address,
            "mapping": peer.mapping,
            "trust": format!("{:?}", peer.trust).to_lowercase(),
            "idle_seconds": peer.idle.map(|idle| idle.as_secs()),
            "bubbles": peer.bubbles,
        })
    });
    json!({
        "client_type": "teredo client",
        "state": status.state.to_string(),
        "error": error,
        "address": status.address,
        "server": status.server.map(|server| server.primary),
        "secondary": status.server.and_then(|server| server.secondary),
        "server_rtt_microseconds": status.server_rtt.map(|rtt| rtt.as_micros()),
        "server_hops": status.server_hops,
        "server_heard_seconds_ago": status.server_heard.map(|heard| now.since(heard).as_secs()),
        "refresh_seconds": status.refresh.as_secs(),
        "mapping_unstable": status.unstable,
        "nat": status.nat.to_string(),
        "port_preserving": status.port_preserving,
        "local": status.local,
        "external": status.external,
        "peers": peers.collect::<Vec<_>>(),
        "peers_kept": status.peers,
        "waiting": {"packets": status.waiting.0, "bytes": status.waiting.1},
        "dropped": dropped(client.counters()),
    })
}

pub(crate) fn of_relay(relay: &Relay) -> Value {
    let (peers, packets, bytes) = relay.load();
    json!({
        "client_type": "teredo relay",
        "peers_kept": peers,
        "waiting": {"packets": packets, "bytes": bytes},
        "dropped": dropped(relay.counters()),
    })
}

pub(crate) fn of_server(server: &Server) -> Value {
    let (answered, forwarded) = server.served();
    json!({
        "client_type": "teredo server",
        "answered": answered,
        "forwarded": forwarded,
        "dropped": dropped(server.counters()),
    })
}

fn dropped(counters: &Counters) -> Map<String, Value> {
    let some = counters.all().filter(|(_, count)| *count > 0);
    some.map(|(reject, count)| (reject.name().to_owned(), count.into()))
        .collect()
}
