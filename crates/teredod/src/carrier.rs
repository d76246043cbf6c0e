//! The packet thread: carries packets between tunnel and UDP as the state machine says, and has no
//! privileges.

use std::collections::BTreeMap;
use std::net::SocketAddrV4;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::mpsc::{Receiver, Sender};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::thread::{CapabilitySet, CapabilitySets, set_capabilities};
use rustix::time::Timespec;
use sixward_teredo::{Arrival, Event, Inbound, Outbound, Output, Time};

use crate::clock::Clock;
use crate::failure::Failure;
use crate::flight::{Flight, Run};
use crate::machine::Machine;
use crate::status::Desk;
use crate::tunnel::{Batch, Read, Tunnel};
use crate::udp::Udp;

/// What the control thread wants of the machine.
pub(crate) type Order<M> = Box<dyn FnOnce(&mut M, Time) + Send>;

pub(crate) struct Carrier<M> {
    pub(crate) machine: M,
    pub(crate) udp: Udp,
    pub(crate) tunnel: Tunnel,
    pub(crate) clock: Clock,
    pub(crate) desk: Desk,
    pub(crate) events: Sender<Event>,
    pub(crate) orders: Receiver<Order<M>>,
    pub(crate) flight: Flight,
    /// Ports beside the service port, for one peer each.
    pub(crate) extra: BTreeMap<u16, Udp>,
    /// Readable when there are orders.
    pub(crate) bell: OwnedFd,
}

/// Reads of the tunnel before UDP has its turn, and the other way round.
const TURN: usize = 64;
const BATCHES: usize = 4;

impl<M: Machine> Carrier<M> {
    /// For ever.
    pub(crate) fn run(mut self) -> Result<(), Failure> {
        drop_privileges()?;
        self.settle();
        loop {
            let ([tunnel, udp, bell, desk], ports) = self.wait()?;
            if tunnel {
                self.outward();
            }
            if udp {
                self.inward();
            }
            for port in ports {
                self.inward_at(port);
            }
            if bell {
                self.obey();
            }
            if desk {
                let status = self.machine.status(self.clock.now());
                self.desk.answer(status);
            }
            let now = self.clock.now();
            if self.machine.due().is_some_and(|due| due <= now) {
                self.machine.tick(now);
            }
            self.settle();
        }
    }

    fn obey(&mut self) {
        let mut count = [0; 8];
        let _ = rustix::io::read(&self.bell, &mut count);
        while let Ok(order) = self.orders.try_recv() {
            order(&mut self.machine, self.clock.now());
        }
    }

    /// Until something comes, or a timer ends; what has something for us.
    fn wait(&mut self) -> Result<([bool; 4], Vec<u16>), Failure> {
        let now = self.clock.now();
        let due = self.machine.due();
        let time = due.map_or(Duration::from_mins(1), |due| due.since(now));
        let time = Timespec::try_from(time + Duration::from_micros(100)).ok();
        let mut fds = vec![
            PollFd::from_borrowed_fd(self.tunnel.as_fd(), PollFlags::IN),
            PollFd::from_borrowed_fd(self.udp.as_fd(), PollFlags::IN),
            PollFd::from_borrowed_fd(self.bell.as_fd(), PollFlags::IN),
            PollFd::from_borrowed_fd(self.desk.as_fd(), PollFlags::IN),
        ];
        for udp in self.extra.values() {
            fds.push(PollFd::from_borrowed_fd(udp.as_fd(), PollFlags::IN));
        }
        match poll(&mut fds, time.as_ref()) {
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => return Ok(([false; 4], Vec::new())),
            Err(cause) => {
                return Err(Failure::System {
                    what: "wait for packets",
                    cause: cause.into(),
                });
            }
        }
        let mut ready = fds.iter().map(|fd| !fd.revents().is_empty());
        let first = [(); 4].map(|()| ready.next().unwrap_or(false));
        let ports = self.extra.keys().zip(ready).filter(|(_, ready)| *ready);
        Ok((first, ports.map(|(port, _)| *port).collect()))
    }

    /// From the tunnel.
    fn outward(&mut self) {
        let now = self.clock.now();
        let Self {
            machine,
            udp,
            tunnel,
            flight,
            extra,
            ..
        } = self;
        for _ in 0..TURN {
            match tunnel.read() {
                None => break,
                Some(Read::One(packet)) => match machine.outbound(now, packet) {
                    Outbound::Send(to) => flight.add(udp, to, packet),
                    Outbound::SendFrom(port, to) => send_from(extra, port, to, packet),
                    Outbound::Held | Outbound::Rejected(_) => {}
                },
                Some(Read::Many(batch)) => {
                    flight.leave(udp);
                    many(machine, now, udp, extra, &batch);
                }
            }
        }
        flight.leave(udp);
    }

    /// From UDP.
    fn inward(&mut self) {
        let now = self.clock.now();
        for _ in 0..BATCHES {
            let mut waiting = Vec::new();
            let (machine, tunnel) = (&mut self.machine, &mut self.tunnel);
            let more = self.udp.receive(|arrival, datagram| {
                take(machine, tunnel, &mut waiting, now, arrival, datagram);
            });
            for output in waiting {
                self.act(output);
            }
            self.tunnel.flush();
            if !more {
                break;
            }
        }
    }

    /// From a port beside the service port.
    fn inward_at(&mut self, port: u16) {
        let now = self.clock.now();
        let mut waiting = Vec::new();
        let (machine, tunnel) = (&mut self.machine, &mut self.tunnel);
        if let Some(udp) = self.extra.get_mut(&port) {
            udp.receive(|arrival, datagram| {
                let arrival = Arrival {
                    port: Some(port),
                    ..arrival
                };
                take(machine, tunnel, &mut waiting, now, arrival, datagram);
            });
        }
        for output in waiting {
            self.act(output);
        }
        self.tunnel.flush();
    }

    /// Does what the machine wants done.
    fn settle(&mut self) {
        while let Some(output) = self.machine.output() {
            self.act(output);
        }
        self.tunnel.flush();
    }

    fn act(&mut self, output: Output) {
        match output {
            Output::Udp(datagram) => {
                let extra = datagram.port.and_then(|port| self.extra.get(&port));
                let udp = if datagram.port.is_some() {
                    extra
                } else {
                    Some(&self.udp)
                };
                match (udp, datagram.ttl) {
                    (Some(udp), Some(ttl)) => udp.send_near(datagram.to, &datagram.bytes, ttl),
                    (Some(udp), None) => {
                        udp.send(datagram.to, &datagram.bytes, datagram.bytes.len());
                    }
                    // The port could not be opened.
                    (None, _) => {}
                }
            }
            Output::Tun(packet) => self.tunnel.put(&packet),
            Output::Open(port) => {
                // Another program may have it: then nothing comes from there, as the machine expects.
                if let Ok(udp) = self.udp.beside(port) {
                    self.extra.insert(port, udp);
                }
            }
            Output::Close(port) => drop(self.extra.remove(&port)),
            // Nobody listens only when the daemon ends.
            Output::Event(event) => drop(self.events.send(event)),
        }
    }
}

/// A datagram, and what it sets free: what waited goes before what proved it.
fn take<M: Machine>(
    machine: &mut M,
    tunnel: &mut Tunnel,
    waiting: &mut Vec<Output>,
    now: Time,
    arrival: Arrival,
    datagram: &mut [u8],
) {
    let inbound = machine.inbound(now, arrival, datagram);
    while let Some(output) = machine.output() {
        match output {
            Output::Tun(packet) => tunnel.put(&packet),
            other => waiting.push(other),
        }
    }
    if let Inbound::Deliver(range) = inbound {
        tunnel.put(datagram.get(range).unwrap_or_default());
    }
}

fn send_from(extra: &BTreeMap<u16, Udp>, port: u16, to: SocketAddrV4, packet: &[u8]) {
    if let Some(udp) = extra.get(&port) {
        udp.send(to, packet, packet.len());
    }
}

/// The packets of one flow.
fn many<M: Machine>(
    machine: &mut M,
    now: Time,
    udp: &Udp,
    extra: &BTreeMap<u16, Udp>,
    batch: &Batch<'_>,
) {
    let mut run = Run::default();
    for (place, packet) in batch.packets().enumerate() {
        match machine.outbound(now, packet) {
            Outbound::Send(to) => run.add(udp, batch, place, packet.len(), to),
            Outbound::SendFrom(port, to) => {
                run.leave(udp, batch);
                send_from(extra, port, to, packet);
            }
            Outbound::Held | Outbound::Rejected(_) => run.leave(udp, batch),
        }
    }
    run.leave(udp, batch);
}

/// O3: this thread has no capability from here on.
fn drop_privileges() -> Result<(), Failure> {
    let none = CapabilitySets {
        effective: CapabilitySet::empty(),
        permitted: CapabilitySet::empty(),
        inheritable: CapabilitySet::empty(),
    };
    set_capabilities(None, none).map_err(|cause| Failure::System {
        what: "drop privileges",
        cause: cause.into(),
    })
}
