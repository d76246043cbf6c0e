//! Programs that ask `getaddrinfo` and connect: what it says first is tried first.

use std::net::{IpAddr, SocketAddr, TcpStream};

use dns_lookup::{AddrInfoHints, SockType, getaddrinfo};

use super::{Cost, LIMIT, Visited};

/// What this machine's resolver says of a name, in its order.
pub(super) fn told(name: &str) -> Vec<IpAddr> {
    let hints = AddrInfoHints {
        socktype: SockType::Stream.into(),
        ..AddrInfoHints::default()
    };
    let Ok(all) = getaddrinfo(Some(name), None, Some(hints)) else {
        return Vec::new();
    };
    let all = all.filter_map(Result::ok);
    all.map(|one| one.sockaddr.ip()).collect()
}

/// Tries addresses one after the other. Its cost is counted, not measured: each address that says nothing costs the
/// time limit, however busy this machine is.
pub(super) fn visit(addresses: &[IpAddr], port: u16) -> Visited {
    let mut silent = 0;
    for (tried, address) in addresses.iter().enumerate() {
        let cost = match (tried, silent) {
            (0, _) => Cost::Nothing,
            (_, 0) => Cost::Tries,
            (_, silent) => Cost::Seconds(silent * LIMIT.as_secs()),
        };
        match TcpStream::connect_timeout(&SocketAddr::new(*address, port), LIMIT) {
            Ok(_) => return Visited::Reached(*address, cost),
            Err(error) if error.kind() == std::io::ErrorKind::TimedOut => silent += 1,
            // Refused, or no way there: known at once.
            Err(_) => {}
        }
    }
    Visited::Lost(match silent {
        0 => Cost::Nothing,
        silent => Cost::Seconds(silent * LIMIT.as_secs()),
    })
}
