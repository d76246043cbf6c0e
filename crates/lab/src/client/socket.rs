//! Programs that ask `getaddrinfo` and connect: what it says first is tried first.

use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, SocketAddr, TcpStream};

use dns_lookup::{AddrInfoHints, SockType, getaddrinfo};

use super::service::LENGTH;
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
pub(super) fn visit(addresses: &[IpAddr], name: &str, port: u16) -> Visited {
    let mut silent = 0;
    for (tried, address) in addresses.iter().enumerate() {
        let cost = match (tried, silent) {
            (0, _) => Cost::Nothing,
            (_, 0) => Cost::Tries,
            (_, silent) => seconds(silent),
        };
        match TcpStream::connect_timeout(&SocketAddr::new(*address, port), LIMIT) {
            Ok(connection) if fetch(&connection, name).is_ok() => {
                return Visited::Reached(*address, cost);
            }
            // Who has a connection tries no other.
            Ok(_) => return Visited::Stalled(*address, seconds(silent + 1)),
            Err(error) if error.kind() == io::ErrorKind::TimedOut => silent += 1,
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

/// Has a page, or an error that it does not come.
fn fetch(mut connection: &TcpStream, name: &str) -> io::Result<()> {
    connection.set_read_timeout(Some(LIMIT))?;
    let question = format!("GET / HTTP/1.0\r\nHost: {name}\r\n\r\n");
    connection.write_all(question.as_bytes())?;
    let mut page = Vec::new();
    connection.read_to_end(&mut page)?;
    if page.len() < LENGTH {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(())
}
