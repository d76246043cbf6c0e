//! The command line.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
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
    /// The role that a file tells, for a system's service manager.
    Run {
        /// The file: `role = "client"`, and that role's options without their dashes.
        file: PathBuf,
    },
    /// What a client, server or relay on this host is doing.
    Status {
        #[command(flatten)]
        told: StatusTold,
        /// For programs.
        #[arg(long)]
        json: bool,
    },
    /// What a client would meet here: kind of NAT, peers it would reach. Needs no root and no tunnel.
    Diagnose {
        #[command(flatten)]
        told: DiagnoseTold,
        /// For programs.
        #[arg(long)]
        json: bool,
    },
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "each switches one thing on, whatever the others are"
)]
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
    /// Which networks the client runs in.
    #[arg(long = "type", value_enum, default_value_t = Kind::Client)]
    pub(crate) kind: Kind,
    /// The DNS domain of a managed network, beside the realm that this host has joined.
    #[arg(long)]
    pub(crate) managed_domain: Vec<String>,
    /// Seconds after which the server is asked again, at most.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(5..=3600))]
    pub(crate) refresh: u64,
    /// Ask the server more rarely, as far as the NAT is found to allow.
    #[arg(long)]
    pub(crate) lengthen: bool,
    /// Find neighbours on the same link by multicast.
    #[arg(long)]
    pub(crate) discovery: bool,
    /// Where Prometheus asks, such as 127.0.0.1:9465.
    #[arg(long)]
    pub(crate) metrics: Option<SocketAddr>,
}

/// Which networks a client runs in, by the names of Windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// In all but managed ones.
    Client,
    /// In managed ones too.
    #[value(name = "enterpriseclient")]
    Enterprise,
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
    /// By which name its status is asked for.
    #[arg(long, default_value = "teredo-server")]
    pub(crate) interface: String,
    /// Where Prometheus asks, such as 127.0.0.1:9465.
    #[arg(long)]
    pub(crate) metrics: Option<SocketAddr>,
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
    /// Where Prometheus asks, such as 127.0.0.1:9465.
    #[arg(long)]
    pub(crate) metrics: Option<SocketAddr>,
}

/// Whose status is wanted.
#[derive(Debug, Args)]
pub struct StatusTold {
    /// The tunnel's name
    #[arg(long, default_value = "teredo")]
    pub(crate) interface: String,
}

/// What is to be found out.
#[derive(Debug, Args)]
pub struct DiagnoseTold {
    /// The server: its name or address
    pub(crate) server: String,
    /// The server's other address; the one after the first if not given
    #[arg(long)]
    pub(crate) secondary: Option<Ipv4Addr>,
    /// The port that a client would use, if it is forwarded or must be a certain one
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
    /// Watch how long a mapping lives in silence, up to this many seconds; it takes that long
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(crate) lifetime: Option<u64>,
    /// Also try to reach this host, native or a Teredo client; may be given more than once
    #[arg(long, value_name = "IPV6")]
    pub(crate) host: Vec<Ipv6Addr>,
    /// Private networks that count as global: an operator's own
    #[arg(long)]
    pub(crate) allow_private: Vec<Ipv4Net>,
}
