//! Whether one host is reached from here: a client in a socket, without a tunnel, calls it. What counts
//! is that the host, or the relay before it, proves itself; nothing of anybody's is sent.

use std::net::{Ipv6Addr, SocketAddr, SocketAddrV4};
use std::time::Duration;

use sixward_teredo::client::{Config, NoPath, Server};
use sixward_teredo::packet::{Bubble, Trailers, bubble};
use sixward_teredo::{Arrival, Client, Event, Output};

use super::{broken, open, wait};
use crate::arguments::DiagnoseTold;
use crate::clock::{Clock, Kernel};
use crate::failure::Failure;
use crate::watch;

/// What became of a call.
#[derive(Debug)]
pub struct Attempt {
    pub(crate) host: Ipv6Addr,
    pub(crate) end: End,
}

#[derive(Debug)]
pub(crate) enum End {
    /// It answers from there, after so long.
    Reached(SocketAddrV4, Duration),
    /// It cannot be reached.
    NoPath(NoPath),
    /// The client had no address.
    NoAddress,
    /// Neither an answer nor an end came in time.
    Late,
}

impl Attempt {
    pub(crate) fn is_good(&self) -> bool {
        matches!(self.end, End::Reached(..))
    }
}

/// Longer than the four rounds that a client makes (P5).
const PATIENCE: Duration = Duration::from_secs(16);

pub(super) fn attempt(
    host: Ipv6Addr,
    server: Server,
    told: &DiagnoseTold,
) -> Result<Attempt, Failure> {
    let local = watch::local(server.primary).ok_or(Failure::NoRoute {
        server: server.primary,
    })?;
    let sockets = [open(local, 0)?];
    let [socket] = &sockets;
    let bound = socket.local_addr().map_err(|cause| broken(local, cause))?;
    let mut config = Config::new(server, SocketAddrV4::new(local, bound.port()));
    config.beside_native = true;
    config.surroundings.allowed.clone_from(&told.allow_private);
    let clock = Clock::start();
    let mut client = Client::new(config, Box::new(Kernel));
    let begun = clock.now();
    client.start(begun);
    let mut called = None;
    loop {
        let now = clock.now();
        if let (None, Some(source)) = (called, client.address()) {
            called = Some(now);
            // A packet for the host, so that the client begins.
            let packet = bubble(&Bubble {
                source,
                destination: host,
                trailers: Trailers::default(),
            });
            client.from_tun(now, &packet);
        }
        while let Some(output) = client.output() {
            match output {
                Output::Udp(datagram) => send(socket, &datagram.bytes, datagram.to, datagram.ttl),
                Output::Event(Event::Unreachable { peer, why }) if peer == host => {
                    let end = End::NoPath(why);
                    return Ok(Attempt { host, end });
                }
                _ => {}
            }
        }
        let reached = client
            .peers(now)
            .find(|peer| peer.address == host && peer.trust.trusted());
        if let Some((place, called)) = reached.and_then(|peer| peer.mapping).zip(called) {
            let end = End::Reached(place, now.since(called));
            return Ok(Attempt { host, end });
        }
        if now.since(called.unwrap_or(begun)) > PATIENCE {
            let end = called.map_or(End::NoAddress, |_| End::Late);
            return Ok(Attempt { host, end });
        }
        wait(&sockets, client.due(), clock)?;
        let mut bytes = [0; 2048];
        while let Ok((length, SocketAddr::V4(from))) = socket.recv_from(&mut bytes) {
            let datagram = bytes.get_mut(..length).unwrap_or_default();
            client.from_udp(clock.now(), Arrival::of(from), datagram);
        }
        client.tick(clock.now());
    }
}

fn send(socket: &std::net::UdpSocket, bytes: &[u8], to: SocketAddrV4, ttl: Option<u8>) {
    let _ = socket.set_ttl(u32::from(ttl.unwrap_or(64)));
    let _ = socket.send_to(bytes, to);
}
