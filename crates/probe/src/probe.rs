//! All probes at once, a bounded number at a time.

use std::net::IpAddr;
use std::time::Duration;

use futures_util::{StreamExt as _, future, stream};
use sixward_net::Family;

use crate::row::{Clients, Row};
use crate::{client, connect, name};

/// What to reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// A name, or an address.
    pub host: String,
    /// The TCP port.
    pub port: u16,
    /// In this family alone; in both without it.
    pub family: Option<Family>,
    /// What the host is to be taken for, as long as no name says so; none to ask for its name.
    pub addresses: Option<Vec<IpAddr>>,
}

/// How long and how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// What an answer may take before it counts as none.
    pub patience: Duration,
    /// Targets at once.
    pub at_once: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            patience: Duration::from_secs(3),
            at_once: 16,
        }
    }
}

/// Probes some targets, and says what it saw in their order. Blocks until done; an error means that this
/// program could not begin.
pub fn probe(targets: &[Target], limits: Limits) -> std::io::Result<Vec<Row>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let rows = stream::iter(targets).map(|target| one(target, limits));
    let rows = rows.buffered(limits.at_once.max(1)).collect();
    let rows = runtime.block_on(rows);
    // A name's question that nobody answers is not waited for.
    runtime.shutdown_background();
    Ok(rows)
}

async fn one(target: &Target, limits: Limits) -> Row {
    let names = name::resolve(target, limits.patience).await;
    let addresses = names.iter().flat_map(|name| &name.addresses).copied();
    let addresses: Vec<IpAddr> = addresses.collect();
    let attempts = addresses
        .iter()
        .map(|address| connect::connect(*address, target.port, limits.patience));
    let attempts = future::join_all(attempts).await;
    Row {
        host: target.host.clone(),
        port: target.port,
        names,
        attempts,
        clients: clients(target, &addresses, limits.patience).await,
    }
}

/// With one family, or none, there is nothing to fall back to.
async fn clients(target: &Target, addresses: &[IpAddr], patience: Duration) -> Option<Clients> {
    let both = addresses.iter().any(IpAddr::is_ipv4) && addresses.iter().any(IpAddr::is_ipv6);
    if !both {
        return None;
    }
    Some(Clients {
        in_order: client::in_order(addresses, target.port, patience).await,
        racing: client::racing(addresses, target.port, patience).await,
    })
}
