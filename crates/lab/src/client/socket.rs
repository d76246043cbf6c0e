//! Programs that ask `getaddrinfo` and connect: what it says first is tried first.

use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, SocketAddr, TcpStream};

use dns_lookup::{AddrInfoHints, SockType, getaddrinfo};

use super::{Cost, LIMIT, Visit, Visited, service};

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
pub(super) fn visit(visit: &Visit, addresses: &[IpAddr]) -> Visited {
    let mut silent = 0;
    for (tried, address) in addresses.iter().enumerate() {
        let cost = match (tried, silent) {
            (0, _) => Cost::Nothing,
            (_, 0) => Cost::Tries,
            (_, silent) => seconds(silent),
        };
        match TcpStream::connect_timeout(&SocketAddr::new(*address, visit.port), LIMIT) {
            // Who has a connection tries no other.
            Ok(connection) => match fetch(&connection, visit) {
                Ok(()) => return Visited::Reached(*address, cost),
                Err(error) if is_silence(&error) => {
                    return Visited::Stalled(*address, seconds(silent + 1));
                }
                Err(_) => return Visited::Stalled(*address, cost),
            },
            Err(error) if is_silence(&error) => silent += 1,
            // Refused, or no way there: known at once.
            Err(_) => {}
        }
    }
    Visited::Lost(match silent {
        0 => Cost::Nothing,
        silent => seconds(silent),
    })
}

fn seconds(silent: u64) -> Cost {
    Cost::Seconds(silent * LIMIT.as_secs())
}

/// Has a page, or an error why not.
fn fetch(mut connection: &TcpStream, visit: &Visit) -> io::Result<()> {
    connection.set_read_timeout(Some(LIMIT))?;
    let question = format!(
        "GET {} HTTP/1.0\r\nHost: {}\r\n\r\n",
        visit.path(),
        visit.name
    );
    connection.write_all(question.as_bytes())?;
    let (mut taken, mut buffer) = (0, [0; 1 << 13]);
    while taken < service::length(visit.path()) {
        match connection.read(&mut buffer)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            length => taken += length,
        }
    }
    Ok(())
}

/// Whether somebody said nothing for as long as the time limit.
fn is_silence(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock
    )
}
