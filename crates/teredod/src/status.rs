//! What a daemon says of itself, at a socket that belongs to its interface: the fields of the Windows
//! display, the peers, and every counter.

use std::io::{Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;

use serde_json::{Map, Value, json};
use sixward_teredo::client::State;
use sixward_teredo::{Client, Counters, Relay, Time};

use crate::arguments::StatusTold;
use crate::failure::Failure;

/// Where the status is asked for.
pub(crate) struct Desk {
    listener: UnixListener,
}

fn path(interface: &str) -> PathBuf {
    PathBuf::from(format!("/run/sixward-{interface}.sock"))
}

impl Desk {
    pub(crate) fn open(interface: &str) -> Result<Self, Failure> {
        let path = path(interface);
        // A daemon that was killed leaves its socket.
        let _ = std::fs::remove_file(&path);
        let listener = UnixListener::bind(&path).and_then(|listener| {
            listener.set_nonblocking(true)?;
            Ok(listener)
        });
        let listener = listener.map_err(|cause| Failure::Status {
            path: path.display().to_string(),
            cause,
        })?;
        Ok(Self { listener })
    }

    /// To whoever asks. The packet thread waits for nobody: what does not fit is not sent.
    pub(crate) fn answer(&self, status: &Value) {
        while let Ok((mut stream, _)) = self.listener.accept() {
            let _ = stream.set_nonblocking(true);
            let _ = stream.write_all(status.to_string().as_bytes());
        }
    }
}

impl AsFd for Desk {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.listener.as_fd()
    }
}

pub(crate) fn of_client(client: &Client, now: Time) -> Value {
    let status = client.status();
    let error = match status.state {
        State::Offline(why) => why.to_string(),
        _ => "none".to_owned(),
    };
    let peers: Vec<_> = client.peers(now).take(100).collect();
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
        "type": "teredo client",
        "state": status.state.to_string(),
        "error": error,
        "address": status.address,
        "server": status.server.map(|server| server.primary),
        "secondary": status.server.and_then(|server| server.secondary),
        "server_rtt_microseconds": status.server_rtt.map(|rtt| rtt.as_micros()),
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
        "type": "teredo relay",
        "peers_kept": peers,
        "waiting": {"packets": packets, "bytes": bytes},
        "dropped": dropped(relay.counters()),
    })
}

fn dropped(counters: &Counters) -> Map<String, Value> {
    let some = counters.all().filter(|(_, count)| *count > 0);
    some.map(|(reject, count)| (reject.name().to_owned(), count.into()))
        .collect()
}

/// The verb.
pub(crate) fn show(told: &StatusTold) -> Result<(), Failure> {
    let path = path(&told.interface);
    let failed = |cause| Failure::Status {
        path: path.display().to_string(),
        cause,
    };
    let mut text = String::new();
    let mut stream = UnixStream::connect(&path).map_err(failed)?;
    stream.read_to_string(&mut text).map_err(failed)?;
    let status: Value = serde_json::from_str(&text).unwrap_or_default();
    let text = if told.json {
        format!("{status:#}")
    } else {
        lines(&status)
    };
    let _ = writeln!(std::io::stdout(), "{text}");
    Ok(())
}

fn lines(status: &Value) -> String {
    let mut lines = Vec::new();
    for (label, key) in [
        ("Type", "type"),
        ("State", "state"),
        ("Error", "error"),
        ("Address", "address"),
        ("Server", "server"),
        ("Client Refresh Interval", "refresh_seconds"),
        ("NAT", "nat"),
        ("Port Preserving", "port_preserving"),
        ("Local Mapping", "local"),
        ("External NAT Mapping", "external"),
        ("Peers", "peers_kept"),
        ("Dropped", "dropped"),
    ] {
        let value = status.get(key).filter(|value| !value.is_null());
        if let Some(value) = value {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            lines.push(format!("{label:<24}: {text}"));
        }
    }
    lines.join("\n")
}
