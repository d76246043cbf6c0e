//! The command line.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4};

use clap::{Args, Parser, Subcommand};
use ipnet::{Ipv4Net, Ipv6Net};

/// Teredo: IPv6 for hosts whose network gives them none.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) role: Role,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Role {
    /// An address for this host, by way of a server.
    Client(ClientTold),
    /// A server: tells clients where they are.
    Server(ServerTold),
    /// A relay: joins clients to native IPv6.
    Relay(RelayTold),
    /// What a client or relay on this host is doing.
    Status(StatusTold),
}

#[derive(Debug, Args)]
pub(crate) struct ClientTold {
    /// The server: its name or address.
    #[arg(long)]
    pub(crate) server: String,
    /// The server's other address; the one after the first if not given.
    #[arg(long)]
    pub(crate) secondary: Option<Ipv4Addr>,
    /// The tunnel's name.
    #[arg(long, default_value = "teredo")]
    pub(crate) interface: String,
    /// Where the service port is.
    #[arg(long, default_value = "0.0.0.0:0")]
    pub(crate) bind: SocketAddrV4,
    /// How far a packet goes that only opens our own NAT.
    #[arg(long)]
    pub(crate) opener: Option<u8>,
    /// The metric of the default route.
    #[arg(long, default_value_t = 1029)]
    pub(crate) metric: u32,
    /// Private networks that count as global: an operator's own.
    #[arg(long)]
    pub(crate) allow_private: Vec<Ipv4Net>,
    /// Run beside native IPv6 instead of stepping back for it.
    #[arg(long)]
    pub(crate) beside_native: bool,
    /// No address behind a symmetric NAT, as RFC 4380 has it.
    #[arg(long)]
    pub(crate) no_symmetric: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ServerTold {
    /// The address in the clients' addresses.
    #[arg(long)]
    pub(crate) primary: Ipv4Addr,
    /// The other one.
    #[arg(long)]
    pub(crate) secondary: Ipv4Addr,
    /// Private networks that count as global: an operator's own.
    #[arg(long)]
    pub(crate) allow_private: Vec<Ipv4Net>,
}

#[derive(Debug, Args)]
pub(crate) struct RelayTold {
    /// Where the service port is.
    #[arg(long)]
    pub(crate) bind: SocketAddrV4,
    /// An IPv6 address of this host, from which its bubbles come.
    #[arg(long)]
    pub(crate) source: Ipv6Addr,
    /// The native networks that clients may reach.
    #[arg(long, required = true)]
    pub(crate) serve: Vec<Ipv6Net>,
    /// The tunnel's name.
    #[arg(long, default_value = "teredo")]
    pub(crate) interface: String,
    /// Private networks that count as global: an operator's own.
    #[arg(long)]
    pub(crate) allow_private: Vec<Ipv4Net>,
    /// Whether the relay is behind a NAT.
    #[arg(long)]
    pub(crate) restricted: bool,
}

#[derive(Debug, Args)]
pub(crate) struct StatusTold {
    /// The tunnel's name.
    #[arg(long, default_value = "teredo")]
    pub(crate) interface: String,
    /// For programs.
    #[arg(long)]
    pub(crate) json: bool,
}
