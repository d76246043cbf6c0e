//! What a client is told.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::Duration;

use crate::peer::Limits;
use crate::secret::Secret;
use crate::surroundings::Surroundings;

/// A Teredo server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Server {
    /// Its address, which stands in the addresses of its clients.
    pub primary: Ipv4Addr,
    /// Its other one, which tells symmetric NATs apart.
    pub secondary: Option<Ipv4Addr>,
}

/// A client's configuration.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each switches one thing on, whatever the others are"
)]
#[derive(Debug, Clone)]
pub struct Config {
    /// The servers, tried in turn.
    pub servers: Vec<Server>,
    /// The service port, with the address that others on this link see.
    pub local: SocketAddrV4,
    /// The networks around.
    pub surroundings: Surroundings,
    /// What proves the client to the server and back.
    pub secret: Option<Secret>,
    /// How long a mapping lives without packets, at most.
    pub refresh: Duration,
    /// How long a server has to answer.
    pub patience: Duration,
    /// How often it is asked.
    pub tries: u8,
    /// How long a silent server keeps its client's address: what is established works without it.
    pub grace: Duration,
    /// How far a direct bubble goes that only opens our own NAT; learnt from the server's TTL if not
    /// given (P12).
    pub opener: Option<u8>,
    /// Whether a client behind a symmetric NAT has an address nevertheless (RFC 6081 section 5.2).
    pub symmetric: bool,
    /// Whether a port is opened for each peer behind a symmetric NAT that keeps ports (RFC 6081 section
    /// 5.4); the caller must be able to open them.
    pub random_ports: bool,
    /// Whether longer refresh intervals are tried (RFC 4380 section 5.2.7); the caller must be able to
    /// open ports.
    pub lengthen: bool,
    /// Whether neighbours are looked for by multicast (RFC 4380 section 5.2.8).
    pub discovery: bool,
    /// Whether the client runs beside native IPv6.
    pub beside_native: bool,
    /// Whether the client runs in a managed network, whose operator did not ask for it.
    pub enterprise: bool,
    /// Bounds.
    pub limits: Limits,
}

impl Config {
    /// The defaults of the RFCs, for this server.
    pub fn new(server: Server, local: SocketAddrV4) -> Self {
        Self {
            servers: vec![server],
            local,
            surroundings: Surroundings::default(),
            secret: None,
            refresh: Duration::from_secs(30),
            patience: Duration::from_secs(4),
            tries: 3,
            grace: Duration::from_mins(5),
            opener: None,
            symmetric: true,
            random_ports: false,
            lengthen: false,
            discovery: false,
            beside_native: false,
            enterprise: false,
            limits: Limits::default(),
        }
    }
}
