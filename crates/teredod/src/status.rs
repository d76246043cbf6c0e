//! What a daemon says of itself, at a socket that belongs to its interface: the fields of the Windows
//! display, the peers, and every counter.

mod metrics;
mod report;
mod text;

pub(crate) use metrics::metrics;
pub(crate) use report::{of_client, of_relay, of_server};

use std::io::{Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::arguments::StatusTold;
use crate::failure::Failure;

/// What is known around the state machine: how it was started, what the kernel says of the tunnel.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts(Arc<Mutex<Map<String, Value>>>);

impl Facts {
    pub(crate) fn set(&self, name: &str, value: impl Into<Value>) {
        let mut facts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        facts.insert(name.to_owned(), value.into());
    }

    /// The status with them.
    pub(crate) fn with(&self, mut status: Value) -> Value {
        let facts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Value::Object(status) = &mut status {
            status.extend(facts.clone());
        }
        status
    }
}

/// Where the status is asked for.
pub(crate) struct Desk {
    listener: UnixListener,
    interface: String,
    facts: Facts,
}

/// In a folder of its own, which systemd makes for the daemon (`RuntimeDirectory=sixward/%i`).
fn path(interface: &str) -> PathBuf {
    PathBuf::from(format!("/run/sixward/{interface}/status.sock"))
}

impl Desk {
    pub(crate) fn open(interface: &str, facts: Facts) -> Result<Self, Failure> {
        let path = path(interface);
        let listener = Self::listen(&path).map_err(|cause| Failure::Desk {
            path: path.display().to_string(),
            cause,
        })?;
        Ok(Self {
            listener,
            interface: interface.to_owned(),
            facts,
        })
    }

    fn listen(path: &Path) -> std::io::Result<UnixListener> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        // A daemon that was killed leaves its socket.
        let _ = std::fs::remove_file(path);
        let listener = UnixListener::bind(path)?;
        listener.set_nonblocking(true)?;
        // Everybody on this host may ask how it is doing, as everybody may ask for its routes.
        std::fs::set_permissions(path, PermissionsExt::from_mode(0o666))?;
        Ok(listener)
    }

    /// To whoever asks. The packet thread waits for nobody: what does not fit is not sent.
    pub(crate) fn answer(&self, status: Value) {
        let mut status = Some(status);
        let mut text = String::new();
        while let Ok((mut stream, _)) = self.listener.accept() {
            if let Some(status) = status.take() {
                self.facts.set("traffic", traffic(&self.interface));
                text = self.facts.with(status).to_string();
            }
            let _ = stream.set_nonblocking(true);
            let _ = stream.write_all(text.as_bytes());
        }
    }
}

/// What the kernel counted at the tunnel; it writes what we read. Nothing for a server, which has none.
fn traffic(interface: &str) -> Value {
    let count = |name: &str| {
        let path = format!("/sys/class/net/{interface}/statistics/{name}");
        let text = std::fs::read_to_string(path).ok()?;
        text.trim().parse::<u64>().ok()
    };
    match (count("rx_bytes"), count("tx_bytes")) {
        (Some(received), Some(sent)) => json!({"received": received, "sent": sent}),
        _ => Value::Null,
    }
}

impl AsFd for Desk {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.listener.as_fd()
    }
}

/// The status of a daemon.
#[derive(Debug)]
pub struct Shown(Value);

/// No daemon is busy for so long.
const PATIENCE: Duration = Duration::from_secs(5);

/// Asks the daemon of an interface.
pub fn status(told: &StatusTold) -> Result<Shown, Failure> {
    ask(&told.interface)
}

pub(crate) fn ask(interface: &str) -> Result<Shown, Failure> {
    let path = path(interface);
    let failed = |cause| Failure::Status {
        path: path.display().to_string(),
        cause,
    };
    let mut text = String::new();
    let mut stream = UnixStream::connect(&path).map_err(failed)?;
    stream.set_read_timeout(Some(PATIENCE)).map_err(failed)?;
    stream.read_to_string(&mut text).map_err(failed)?;
    let status = serde_json::from_str(&text).map_err(|cause| failed(cause.into()))?;
    Ok(Shown(status))
}

impl Shown {
    /// Whether the daemon does what it is for: a client has an address.
    pub fn is_good(&self) -> bool {
        let state = self.0.get("state").and_then(Value::as_str);
        state.is_none_or(|state| state == "qualified")
    }

    /// For a person.
    pub fn text(&self) -> String {
        text::lines(&self.0)
    }

    /// For a program.
    pub fn json(&self) -> String {
        format!("{:#}\n", self.0)
    }

    /// For Prometheus.
    pub fn metrics(&self) -> String {
        metrics(&self.0)
    }
}
