//! What can go wrong around the state machines; each with a way out.

use std::io;
use std::net::Ipv4Addr;

/// What kept a verb from its end.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The tunnel interface.
    #[error(
        "cannot open the tunnel device `{name}`: {cause}\n\nhint: it needs CAP_NET_ADMIN and /dev/net/tun"
    )]
    Tunnel {
        /// Its name.
        name: String,
        /// Why.
        cause: io::Error,
    },
    /// A socket.
    #[error(
        "cannot use UDP at `{place}`: {cause}\n\nhint: another program may have the port, or the address is not this host's"
    )]
    Udp {
        /// Where.
        place: String,
        /// Why.
        cause: io::Error,
    },
    /// The way to native IPv6.
    #[error(
        "cannot send native IPv6: {cause}\n\nhint: a server needs CAP_NET_RAW to pass on its clients' tests"
    )]
    Raw {
        /// Why.
        cause: io::Error,
    },
    /// Addresses and routes.
    #[error("cannot change `{what}` on the tunnel: {cause}\n\nhint: it needs CAP_NET_ADMIN")]
    Link {
        /// What.
        what: String,
        /// Why.
        cause: String,
    },
    /// A server's name.
    #[error(
        "server name `{name}` could not be resolved: {cause}\n\nhint: name the server by its IPv4 address"
    )]
    Name {
        /// The name.
        name: String,
        /// Why.
        cause: String,
    },
    /// There is no IPv4.
    #[error(
        "no IPv4 connectivity: there is no route to the server {server}\n\nhint: Teredo needs IPv4"
    )]
    NoRoute {
        /// The server.
        server: Ipv4Addr,
    },
    /// The place where the status is asked for.
    #[error(
        "cannot answer questions at `{path}`: {cause}\n\nhint: the daemon must be able to write there; \
         its systemd unit says `RuntimeDirectory=sixward/%i`"
    )]
    Desk {
        /// The socket.
        path: String,
        /// Why.
        cause: io::Error,
    },
    /// A configuration file.
    #[error(
        "cannot use `{path}`: {cause}\n\nhint: its keys are the options of the role, as in `role = \"client\"` and `server = \"198.51.100.1\"`"
    )]
    Configuration {
        /// The file.
        path: String,
        /// Why.
        cause: String,
    },
    /// The metrics.
    #[error(
        "cannot serve metrics at `{place}`: {cause}\n\nhint: another program may have the port"
    )]
    Metrics {
        /// Where.
        place: String,
        /// Why.
        cause: io::Error,
    },
    /// The status of a daemon.
    #[error(
        "cannot ask for the status at `{path}`: {cause}\n\nhint: is a client or a relay running, and with the same `--interface`?"
    )]
    Status {
        /// The socket.
        path: String,
        /// Why.
        cause: io::Error,
    },
    /// The kernel's own services.
    #[error("cannot {what}: {cause}\n\nhint: this needs Linux 5.10 or later")]
    System {
        /// What.
        what: &'static str,
        /// Why.
        cause: io::Error,
    },
}
