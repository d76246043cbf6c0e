//! A server by its name.

use std::net::{IpAddr, Ipv4Addr, ToSocketAddrs};

use sixward_teredo::PORT;
use sixward_teredo::client::Server;

use crate::failure::Failure;

/// The server of this name, whose other address is the next one unless it is given.
pub(crate) fn resolve(server: &str, secondary: Option<Ipv4Addr>) -> Result<Server, Failure> {
    let failed = |cause: String| Failure::Name {
        name: server.to_owned(),
        cause,
    };
    let places = (server, PORT).to_socket_addrs();
    let mut places = places.map_err(|cause| failed(cause.to_string()))?;
    let primary = places.find_map(|place| match place.ip() {
        IpAddr::V4(address) => Some(address),
        IpAddr::V6(_) => None,
    });
    let primary = primary.ok_or_else(|| failed("it has no IPv4 address".to_owned()))?;
    let next = Ipv4Addr::from(u32::from(primary).wrapping_add(1));
    Ok(Server {
        primary,
        secondary: Some(secondary.unwrap_or(next)),
    })
}
