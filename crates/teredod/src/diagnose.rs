//! What a client would meet here, found out by a few plain UDP sockets: without root, without a tunnel.

mod attempt;
mod text;

pub use attempt::Attempt;

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::time::Timespec;
use sixward_teredo::Time;
use sixward_teredo::diagnosis::{Ask, Diagnosis, Verdict};

use crate::arguments::DiagnoseTold;
use crate::clock::{Clock, Kernel};
use crate::failure::Failure;
use crate::name::resolve;
use crate::watch;

/// The findings, and what became of each host that was called.
#[derive(Debug)]
pub struct Diagnosed {
    pub(crate) verdict: Verdict,
    pub(crate) attempts: Vec<Attempt>,
}

impl Diagnosed {
    /// Whether a client here has an address, is not behind a symmetric NAT, and reached whom it called.
    pub fn is_good(&self) -> bool {
        self.verdict.error.is_none()
            && !self.verdict.nat.symmetric()
            && self.attempts.iter().all(Attempt::is_good)
    }
}

/// Finds out.
pub fn diagnose(told: &DiagnoseTold) -> Result<Diagnosed, Failure> {
    let server = resolve(&told.server, told.secondary)?;
    let local = watch::local(server.primary).ok_or(Failure::NoRoute {
        server: server.primary,
    })?;
    let mut ask = Ask::new(server, local);
    ask.surroundings.allowed.clone_from(&told.allow_private);
    ask.lifetime = told.lifetime.map(Duration::from_secs);
    let verdict = question(ask, local, told.port)?;
    let mut attempts = Vec::new();
    for host in &told.host {
        attempts.push(attempt::attempt(*host, server, told)?);
    }
    Ok(Diagnosed { verdict, attempts })
}

fn question(ask: Ask, local: Ipv4Addr, port: u16) -> Result<Verdict, Failure> {
    let mut sockets = Vec::new();
    for door in 0..ask.doors() {
        // The first one is compared at both servers, and stands for the service port.
        sockets.push(open(local, if door == 0 { port } else { 0 })?);
    }
    let mut ports = Vec::new();
    for socket in &sockets {
        ports.push(
            socket
                .local_addr()
                .map_err(|cause| broken(local, cause))?
                .port(),
        );
    }
    let clock = Clock::start();
    let mut diagnosis = Diagnosis::new(ask, ports, Box::new(Kernel));
    diagnosis.start(clock.now());
    loop {
        while let Some(sent) = diagnosis.output() {
            if let Some(socket) = sockets.get(sent.door) {
                // What cannot be sent is not answered, and that is told.
                let _ = socket.send_to(&sent.bytes, sent.to);
            }
        }
        if diagnosis.is_done() {
            return Ok(diagnosis.verdict());
        }
        wait(&sockets, diagnosis.due(), clock)?;
        for (door, socket) in sockets.iter().enumerate() {
            let mut bytes = [0; 2048];
            while let Ok((length, SocketAddr::V4(from))) = socket.recv_from(&mut bytes) {
                let datagram = bytes.get(..length).unwrap_or_default();
                diagnosis.from_udp(clock.now(), door, from, datagram);
            }
        }
        diagnosis.tick(clock.now());
    }
}

fn open(local: Ipv4Addr, port: u16) -> Result<UdpSocket, Failure> {
    let socket = UdpSocket::bind((local, port)).and_then(|socket| {
        socket.set_nonblocking(true)?;
        Ok(socket)
    });
    socket.map_err(|cause| broken(local, cause))
}

fn broken(local: Ipv4Addr, cause: std::io::Error) -> Failure {
    Failure::Udp {
        place: local.to_string(),
        cause,
    }
}

/// Until something comes, or it is time.
fn wait(sockets: &[UdpSocket], due: Option<Time>, clock: Clock) -> Result<(), Failure> {
    let left = due.map_or(Duration::ZERO, |due| due.since(clock.now()));
    let time = Timespec::try_from(left + Duration::from_micros(100)).ok();
    let mut fds: Vec<_> = sockets
        .iter()
        .map(|socket| PollFd::new(socket, PollFlags::IN))
        .collect();
    match poll(&mut fds, time.as_ref()) {
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
        Err(cause) => Err(Failure::System {
            what: "wait for packets",
            cause: cause.into(),
        }),
    }
}
