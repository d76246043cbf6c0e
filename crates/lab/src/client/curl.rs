//! The real `curl`, which tries both families (RFC 8305; curl(1), `--happy-eyeballs-timeout-ms`).

use std::io;
use std::net::IpAddr;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::{Cost, LIMIT, Visit, Visited};

/// "Operation timeout" (curl(1), EXIT CODES).
const TIMED_OUT: i32 = 28;

/// Whether it is here at all.
pub(super) fn is_here() -> bool {
    let mut command = Command::new("curl");
    let asked = command.arg("--version").stdin(Stdio::null()).output();
    asked.is_ok_and(|output| output.status.success())
}

/// Fetches a page. `told` is what the resolver says of the name, in its order.
pub(super) fn visit(visit: &Visit, told: &[IpAddr]) -> io::Result<Visited> {
    let limit = LIMIT.as_secs();
    let output = Command::new("curl")
        // No settings of whoever runs this, and no proxy.
        .args(["-q", "--noproxy", "*", "--silent", "--output", "/dev/null"])
        .args(["--connect-timeout", &limit.to_string()])
        .args(["--speed-limit", "1", "--speed-time", &limit.to_string()])
        .args(["--max-time", &(4 * limit).to_string()])
        .args(["--write-out", "%{remote_ip} %{time_connect}"])
        .arg(format!(
            "http://{}:{}{}",
            visit.name,
            visit.port,
            visit.path()
        ))
        .stdin(Stdio::null())
        .output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    let (address, seconds) = said.split_once(' ').unwrap_or_default();
    let seconds = seconds.trim().parse().unwrap_or(0.0);
    let connected = Duration::try_from_secs_f64(seconds).unwrap_or_default();
    let timed_out = output.status.code() == Some(TIMED_OUT);
    let address = address.parse().ok().filter(|_| !connected.is_zero());
    let Some(address) = address else {
        return Ok(Visited::Lost(if timed_out {
            Cost::Seconds(limit)
        } else {
            Cost::Nothing
        }));
    };
    if !output.status.success() {
        let cost = if timed_out {
            Cost::Seconds(limit)
        } else {
            Cost::Nothing
        };
        return Ok(Visited::Stalled(address, cost));
    }
    // Below two seconds a busy machine and a try that failed look alike: which address it took tells them apart.
    let cost = if connected >= Duration::from_secs(2) {
        Cost::Seconds(connected.as_secs())
    } else if told.first() == Some(&address) {
        Cost::Nothing
    } else {
        Cost::Tries
    };
    Ok(Visited::Reached(address, cost))
}
