//! What the kernel knows of the networks around, now and after each change (rtnetlink(7)): a client that
//! notices a new network only at its next refresh is dead for half a minute.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};
use std::sync::mpsc::Sender;
use std::time::Duration;

use futures_util::{FutureExt, StreamExt, TryStreamExt};
use ipnet::{Ipv4Net, Ipv6Net};
use rtnetlink::packet_route::address::AddressAttribute;
use rtnetlink::packet_route::route::RouteAttribute;
use rtnetlink::{Error, Handle, MulticastGroup, RouteMessageBuilder, new_multicast_connection};
use sixward_teredo::{PORT, Surroundings};
use tokio::runtime::Builder;
use tokio::time::timeout;

use crate::managed::Domains;

/// The networks around, without our own tunnel.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Around {
    /// The address from which the server is reached; none without a route.
    pub(crate) local: Option<Ipv4Addr>,
    pub(crate) surroundings: Surroundings,
    /// Whether there is native IPv6.
    pub(crate) native: bool,
    /// The domain of the managed network that this is.
    pub(crate) managed: Option<String>,
}

/// Changes come in swarms; the last one counts.
const SWARM: Duration = Duration::from_millis(100);
/// The kernel knows nothing of resolv.conf, which is looked at again after so long.
const DOMAINS: Duration = Duration::from_secs(5);

/// Tells of every change, until nobody listens. Without the kernel's news there is nothing to tell, and
/// the client lives by its refreshes.
pub(crate) fn watch(
    own: u32,
    server: Ipv4Addr,
    domains: &Domains,
    tell: &Sender<Around>,
) -> Result<(), Error> {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|_| Error::RequestFailed)?;
    runtime.block_on(async {
        let (connection, handle, mut news) = new_multicast_connection(&[
            MulticastGroup::Link,
            MulticastGroup::Ipv4Ifaddr,
            MulticastGroup::Ipv4Route,
            MulticastGroup::Ipv6Ifaddr,
            MulticastGroup::Ipv6Route,
        ])
        .map_err(|_| Error::RequestFailed)?;
        tokio::spawn(connection);
        let mut before = None;
        loop {
            let around = Around {
                managed: domains.manages(),
                ..look(&handle, own, server).await?
            };
            if before.as_ref() != Some(&around) {
                if tell.send(around.clone()).is_err() {
                    return Ok(());
                }
                before = Some(around);
            }
            match timeout(DOMAINS, news.next()).await {
                Ok(None) => return Ok(()),
                Ok(Some(_)) => tokio::time::sleep(SWARM).await,
                Err(_) => {}
            }
            while let Some(Some(_)) = news.next().now_or_never() {}
        }
    })
}

async fn look(handle: &Handle, own: u32, server: Ipv4Addr) -> Result<Around, Error> {
    let mut around = Around {
        local: local(server),
        ..Around::default()
    };
    let mut addresses = handle.address().get().execute();
    while let Some(message) = addresses.try_next().await? {
        if message.header.index == own {
            continue;
        }
        let length = message.header.prefix_len;
        let mut place = None;
        for attribute in &message.attributes {
            match attribute {
                AddressAttribute::Local(address) => place = Some(*address),
                AddressAttribute::Address(address) => place = place.or(Some(*address)),
                _ => {}
            }
        }
        take(&mut around.surroundings, place, length);
    }
    around.native = has_default(handle, own).await? && !around.surroundings.native.is_empty();
    Ok(around)
}

fn take(surroundings: &mut Surroundings, place: Option<IpAddr>, length: u8) {
    match place {
        Some(IpAddr::V4(address)) if !address.is_loopback() => {
            surroundings.own.push(address);
            surroundings
                .attached
                .extend(Ipv4Net::new(address, length).ok().map(|net| net.trunc()));
        }
        Some(IpAddr::V6(address)) if is_global(address) => {
            surroundings
                .native
                .extend(Ipv6Net::new(address, length).ok().map(|net| net.trunc()));
        }
        _ => {}
    }
}

fn is_global(address: Ipv6Addr) -> bool {
    matches!(address.segments(), [0x2000..=0x3fff, ..])
}

/// Whether IPv6 has a default route that is not ours.
async fn has_default(handle: &Handle, own: u32) -> Result<bool, Error> {
    let all = RouteMessageBuilder::<Ipv6Addr>::new().build();
    let mut routes = handle.route().get(all).execute();
    let mut found = false;
    while let Some(route) = routes.try_next().await? {
        let other = |attribute: &RouteAttribute| match attribute {
            RouteAttribute::Oif(index) => *index != own,
            RouteAttribute::MultiPath(_) => true,
            _ => false,
        };
        let length = route.header.destination_prefix_length;
        found |=
            length == 0 && route.attributes.iter().any(other) && has_gateway(&route.attributes);
    }
    Ok(found)
}

/// The kernel has unreachable default routes of its own, which lead nowhere.
fn has_gateway(attributes: &[RouteAttribute]) -> bool {
    attributes.iter().any(|attribute| {
        matches!(
            attribute,
            RouteAttribute::Gateway(_) | RouteAttribute::MultiPath(_)
        )
    })
}

/// The address that the kernel would speak to the server with. Nothing is sent.
pub(crate) fn local(server: Ipv4Addr) -> Option<Ipv4Addr> {
    let probe = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    probe.connect((server, PORT)).ok()?;
    match probe.local_addr().ok()?.ip() {
        IpAddr::V4(address) => Some(address),
        IpAddr::V6(_) => None,
    }
}
