//! What two kinds of client live through: one that tries an address after the other, and one that races
//! them (RFC 8305, "Happy Eyeballs").

use std::net::IpAddr;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

use crate::connect::connect;
use crate::row::{Attempt, Outcome, Reached, micros};

/// RFC 8305 section 5: the Connection Attempt Delay.
const HEAD_START: Duration = Duration::from_millis(250);

/// One address after the other; a real client waits far longer than `patience` for each (Linux: two
/// minutes), so what it waits is at least what is measured here.
pub(crate) async fn in_order(addresses: &[IpAddr], port: u16, patience: Duration) -> Reached {
    let start = Instant::now();
    let mut cut = false;
    for address in addresses {
        let attempt = connect(*address, port, patience).await;
        if is_open(&attempt) {
            return reached(start, Some(&attempt), cut);
        }
        cut |= attempt.outcome == Outcome::Silent;
    }
    reached(start, None, cut)
}

/// The families in turn, the next as soon as one fails or has had its head start; the first that opens
/// wins.
pub(crate) async fn racing(addresses: &[IpAddr], port: u16, patience: Duration) -> Reached {
    let start = Instant::now();
    let mut waiting = in_turn(addresses).into_iter();
    let mut running = FuturesUnordered::new();
    loop {
        let more = waiting.next();
        running.extend(more.map(|address| connect(address, port, patience)));
        let ended = match waiting.len() {
            0 => Ok(running.next().await),
            _ => tokio::time::timeout(HEAD_START, running.next()).await,
        };
        match ended {
            Ok(Some(attempt)) if is_open(&attempt) => return reached(start, Some(&attempt), false),
            Ok(None) if waiting.len() == 0 => return reached(start, None, false),
            _ => {}
        }
    }
}

/// IPv6, IPv4, IPv6, ... (RFC 8305 section 4).
fn in_turn(addresses: &[IpAddr]) -> Vec<IpAddr> {
    let (six, four): (Vec<_>, Vec<_>) = addresses.iter().partition(|it| it.is_ipv6());
    let most = six.len().max(four.len());
    let turns = (0..most).flat_map(|at| [six.get(at), four.get(at)]);
    turns.flatten().copied().collect()
}

fn is_open(attempt: &Attempt) -> bool {
    matches!(attempt.outcome, Outcome::Open { .. })
}

fn reached(start: Instant, by: Option<&Attempt>, cut: bool) -> Reached {
    Reached {
        by: by.map(|attempt| attempt.address),
        micros: micros(start.elapsed()),
        at_least: cut,
    }
}
