//! One TCP connection: whether it comes about, how long it takes, and what the kernel then knows of the
//! path (ip(7) IP_MTU, ipv6(7) IPV6_MTU).

use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use tokio::net::TcpStream;

use crate::row::{Attempt, Outcome, micros};

pub(crate) async fn connect(address: IpAddr, port: u16, patience: Duration) -> Attempt {
    let start = Instant::now();
    let stream = TcpStream::connect(SocketAddr::new(address, port));
    let stream = tokio::time::timeout(patience, stream).await;
    let micros = micros(start.elapsed());
    let outcome = match stream {
        Ok(Ok(stream)) => Outcome::Open {
            mtu: mtu(&stream, address),
        },
        Ok(Err(error)) => failed(&error),
        Err(_) => Outcome::Silent,
    };
    Attempt {
        address,
        outcome,
        micros,
    }
}

fn failed(error: &io::Error) -> Outcome {
    match error.kind() {
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset => Outcome::Refused,
        ErrorKind::TimedOut => Outcome::Silent,
        ErrorKind::NetworkUnreachable
        | ErrorKind::HostUnreachable
        | ErrorKind::AddrNotAvailable => Outcome::Unreachable,
        _ => {
            let why = error.to_string();
            let why = why.split(" (os error ").next().unwrap_or_default();
            Outcome::Failed {
                why: why.to_lowercase(),
            }
        }
    }
}

#[cfg(target_os = "linux")]
fn mtu(stream: &TcpStream, address: IpAddr) -> Option<u32> {
    use rustix::net::sockopt::{ip_mtu, ipv6_mtu};
    match address {
        IpAddr::V4(_) => ip_mtu(stream).ok(),
        IpAddr::V6(_) => ipv6_mtu(stream).ok(),
    }
}

/// Other systems do not say it of a socket.
#[cfg(not(target_os = "linux"))]
fn mtu(_: &TcpStream, _: IpAddr) -> Option<u32> {
    None
}
