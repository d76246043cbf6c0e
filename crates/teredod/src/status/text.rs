//! The status as a person reads it, with the labels and the order of `netsh interface teredo show state`
//! and below them what that lacks.

use serde_json::Value;

pub(super) fn lines(status: &Value) -> String {
    let mut lines = vec!["Teredo Parameters".to_owned(), "-".repeat(45)];
    for (label, value) in [
        ("Type", word(status, "type")),
        ("Server Name", word(status, "server_name")),
        (
            "Client Refresh Interval",
            seconds(status, "refresh_seconds"),
        ),
        ("Client Port", word(status, "client_port")),
        ("State", word(status, "state")),
        ("Error", word(status, "error")),
        ("Client Type", word(status, "client_type")),
        ("Network", word(status, "network")),
        ("NAT", word(status, "nat")),
        ("NAT Special Behaviour", special(status)),
        ("Local Mapping", word(status, "local")),
        ("External NAT Mapping", word(status, "external")),
        ("Address", word(status, "address")),
        ("Server Address", word(status, "server")),
        ("Server Round Trip", round_trip(status)),
        ("Server Last Heard", ago(status)),
        ("Answered", word(status, "answered")),
        ("Forwarded", word(status, "forwarded")),
        ("Received", traffic(status, "received")),
        ("Sent", traffic(status, "sent")),
        ("Waiting", waiting(status)),
        ("Peers", word(status, "peers_kept")),
    ] {
        if let Some(value) = value {
            lines.push(format!("{label:<24}: {value}"));
        }
    }
    let peers = status.get("peers").and_then(Value::as_array);
    lines.extend(peers.into_iter().flatten().map(peer));
    let dropped = status.get("dropped").and_then(Value::as_object);
    if let Some(dropped) = dropped.filter(|dropped| !dropped.is_empty()) {
        lines.push("Dropped".to_owned());
        let counts = dropped.iter();
        lines.extend(counts.map(|(reason, count)| format!("  {reason:<22}: {count}")));
    }
    lines.push(String::new());
    lines.join("\n")
}

fn word(status: &Value, key: &str) -> Option<String> {
    match status.get(key)? {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

fn seconds(status: &Value, key: &str) -> Option<String> {
    word(status, key).map(|count| format!("{count} seconds"))
}

fn ago(status: &Value) -> Option<String> {
    seconds(status, "server_heard_seconds_ago").map(|time| format!("{time} ago"))
}

fn special(status: &Value) -> Option<String> {
    let yes = |key| match status.get(key).and_then(Value::as_bool) {
        Some(true) => "Yes",
        Some(false) => "No",
        None => "Unknown",
    };
    status.get("nat")?;
    Some(format!(
        "UPNP: {}, PortPreserving: {}",
        yes("upnp"),
        yes("port_preserving")
    ))
}

fn round_trip(status: &Value) -> Option<String> {
    let micros = status.get("server_rtt_microseconds")?.as_f64()?;
    Some(format!("{:.1} ms", micros / 1e3))
}

fn traffic(status: &Value, way: &str) -> Option<String> {
    let bytes = status.get("traffic")?.get(way)?.as_u64()?;
    Some(format!("{bytes} bytes"))
}

fn waiting(status: &Value) -> Option<String> {
    let waiting = status.get("waiting")?;
    let packets = waiting.get("packets")?.as_u64()?;
    let bytes = waiting.get("bytes")?.as_u64()?;
    Some(format!("{packets} packets, {bytes} bytes"))
}

fn peer(peer: &Value) -> String {
    let mut parts = vec![word(peer, "address").unwrap_or_default()];
    parts.extend(word(peer, "mapping").map(|place| format!("at {place}")));
    parts.extend(word(peer, "trust"));
    parts.extend(word(peer, "idle_seconds").map(|time| format!("idle {time} s")));
    parts.extend(
        word(peer, "bubbles")
            .filter(|count| count != "0")
            .map(|count| format!("{count} calls unanswered")),
    );
    format!("  {}", parts.join(", "))
}
