//! The status as Prometheus reads it (text exposition format 0.0.4).

use serde_json::Value;

/// Every number of the status, by a name that says its unit.
pub(crate) fn metrics(status: &Value) -> String {
    let mut text = String::new();
    let number = |keys: &[&str]| {
        let mut value = Some(status);
        for key in keys {
            value = value.and_then(|value| value.get(key));
        }
        value.and_then(Value::as_f64)
    };
    let state = status.get("state").and_then(Value::as_str);
    let rows = [
        (
            "qualified",
            "gauge",
            "whether the client has an address",
            state.map(|state| f64::from(u8::from(state == "qualified"))),
        ),
        (
            "server_rtt_seconds",
            "gauge",
            "round trip to the server",
            number(&["server_rtt_microseconds"]).map(|micros| micros / 1e6),
        ),
        (
            "server_heard_seconds",
            "gauge",
            "time since the server was heard",
            number(&["server_heard_seconds_ago"]),
        ),
        (
            "refresh_seconds",
            "gauge",
            "refresh interval in use",
            number(&["refresh_seconds"]),
        ),
        ("peers", "gauge", "peers kept", number(&["peers_kept"])),
        (
            "waiting_packets",
            "gauge",
            "packets that wait for peers",
            number(&["waiting", "packets"]),
        ),
        (
            "waiting_bytes",
            "gauge",
            "bytes that wait for peers",
            number(&["waiting", "bytes"]),
        ),
        (
            "received_bytes_total",
            "counter",
            "bytes out of the tunnel, for this host",
            number(&["traffic", "received"]),
        ),
        (
            "sent_bytes_total",
            "counter",
            "bytes into the tunnel, from this host",
            number(&["traffic", "sent"]),
        ),
        (
            "answered_total",
            "counter",
            "solicitations that the server answered",
            number(&["answered"]),
        ),
        (
            "forwarded_total",
            "counter",
            "packets that the server passed on",
            number(&["forwarded"]),
        ),
    ];
    for (name, kind, help, value) in rows {
        if let Some(value) = value {
            head(&mut text, name, kind, help);
            text.extend(["sixward_teredo_", name, " ", &value.to_string(), "\n"]);
        }
    }
    let dropped = status.get("dropped").and_then(Value::as_object);
    if let Some(dropped) = dropped.filter(|dropped| !dropped.is_empty()) {
        head(
            &mut text,
            "dropped_total",
            "counter",
            "packets dropped, by rule",
        );
        for (reason, count) in dropped {
            let count = count.to_string();
            let head = "sixward_teredo_dropped_total{reason=\"";
            text.extend([head, reason, "\"} ", &count, "\n"]);
        }
    }
    text
}

fn head(text: &mut String, name: &str, kind: &str, help: &str) {
    text.extend(["# HELP sixward_teredo_", name, " ", help, "\n"]);
    text.extend(["# TYPE sixward_teredo_", name, " ", kind, "\n"]);
}
