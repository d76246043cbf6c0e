//! The server: two UDP sockets and a raw one for native IPv6. It needs no tunnel: what it passes on is
//! routed by the kernel.

use std::io;
use std::net::{Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::os::fd::AsFd;

use rustix::event::{PollFd, PollFlags, poll};
use sixward_teredo::server::{Action, Config, Side};
use sixward_teredo::{PORT, Server};
use socket2::{Domain, Protocol, Socket, Type};

use crate::arguments::ServerTold;
use crate::clock::{Clock, Kernel};
use crate::failure::Failure;
use crate::say;
use crate::scrape;
use crate::status::{self, Desk, Facts};
use crate::udp::Udp;

/// A server, until it is ended.
pub(crate) fn run(told: &ServerTold) -> Result<(), Failure> {
    let mut primary = Udp::bind(SocketAddrV4::new(told.primary, PORT))?;
    let mut secondary = Udp::bind(SocketAddrV4::new(told.secondary, PORT))?;
    let native = raw().map_err(|cause| Failure::Raw { cause })?;
    let facts = Facts::default();
    facts.set("type", "server");
    let desk = Desk::open(&told.interface, facts)?;
    if let Some(place) = told.metrics {
        scrape::serve(place, &told.interface)?;
    }
    let mut config = Config::new(told.primary, told.secondary);
    config.surroundings.allowed.clone_from(&told.allow_private);
    config.surroundings.own = vec![told.primary, told.secondary];
    let mut server = Server::new(config, Box::new(Kernel));
    let clock = Clock::start();
    say("server ready");
    loop {
        if wait(&primary, &secondary, &desk)? {
            desk.answer(status::of_server(&server));
        }
        loop {
            let one = turn(
                &mut server,
                clock,
                Side::Primary,
                &mut primary,
                &secondary,
                &native,
            );
            let other = turn(
                &mut server,
                clock,
                Side::Secondary,
                &mut secondary,
                &primary,
                &native,
            );
            if !one && !other {
                break;
            }
        }
    }
}

/// Takes what came to one address; true when there may be more.
fn turn(
    server: &mut Server,
    clock: Clock,
    side: Side,
    from: &mut Udp,
    other: &Udp,
    native: &Socket,
) -> bool {
    let now = clock.now();
    let mut answers = Vec::new();
    let some = from.receive(|arrival, datagram| {
        match server.from_udp(now, arrival.from, side, datagram) {
            Action::Send { side, to, bytes } => answers.push((side, to, bytes.to_vec())),
            Action::Route(range) => route(native, datagram.get(range).unwrap_or_default()),
            Action::Reject(_) => {}
        }
    });
    for (by, to, bytes) in answers {
        let udp = if by == side { &*from } else { other };
        udp.send(to, &bytes, bytes.len());
    }
    some
}

/// A packet on its way by native routing; one that cannot go is lost.
fn route(native: &Socket, packet: &[u8]) {
    let destination = packet
        .get(24..40)
        .and_then(|bytes| <[u8; 16]>::try_from(bytes).ok());
    if let Some(destination) = destination {
        let to = SocketAddrV6::new(Ipv6Addr::from(destination), 0, 0, 0);
        let _ = native.send_to(packet, &SocketAddr::V6(to).into());
    }
}

/// IPPROTO_RAW: the packet brings its own header (raw(7)).
fn raw() -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV6, Type::RAW, Some(Protocol::from(255)))?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// Whether somebody asks for the status.
fn wait(primary: &Udp, secondary: &Udp, desk: &Desk) -> Result<bool, Failure> {
    let mut fds = [
        PollFd::from_borrowed_fd(desk.as_fd(), PollFlags::IN),
        PollFd::from_borrowed_fd(primary.as_fd(), PollFlags::IN),
        PollFd::from_borrowed_fd(secondary.as_fd(), PollFlags::IN),
    ];
    match poll(&mut fds, None) {
        Ok(_) | Err(rustix::io::Errno::INTR) => {
            Ok(fds.first().is_some_and(|desk| !desk.revents().is_empty()))
        }
        Err(cause) => Err(Failure::System {
            what: "wait for packets",
            cause: cause.into(),
        }),
    }
}
