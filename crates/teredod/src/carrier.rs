//! The packet thread: carries packets between tunnel and UDP as the state machine says, and has no
//! privileges.

use std::os::fd::{AsFd, OwnedFd};
use std::sync::mpsc::{Receiver, Sender};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::thread::{CapabilitySet, CapabilitySets, set_capabilities};
use rustix::time::Timespec;
use sixward_teredo::{Event, Inbound, Outbound, Output, Time};

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
            let [tunnel, udp, bell, desk] = self.wait()?;
            if tunnel {
                self.outward();
            }
            if udp {
                self.inward();
            }
            if bell {
                self.obey();
            }
            if desk {
                let status = self.machine.status(self.clock.now());
                self.desk.answer(&status);
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
    fn wait(&mut self) -> Result<[bool; 4], Failure> {
        let now = self.clock.now();
        let due = self.machine.due();
        let time = due.map_or(Duration::from_mins(1), |due| due.since(now));
        let time = Timespec::try_from(time + Duration::from_micros(100)).ok();
        let mut fds = [
            PollFd::from_borrowed_fd(self.tunnel.as_fd(), PollFlags::IN),
            PollFd::from_borrowed_fd(self.udp.as_fd(), PollFlags::IN),
            PollFd::from_borrowed_fd(self.bell.as_fd(), PollFlags::IN),
            PollFd::from_borrowed_fd(self.desk.as_fd(), PollFlags::IN),
        ];
        match poll(&mut fds, time.as_ref()) {
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => return Ok([false; 4]),
            Err(cause) => {
                return Err(Failure::System {
                    what: "wait for packets",
                    cause: cause.into(),
                });
            }
        }
        Ok(fds.map(|fd| !fd.revents().is_empty()))
    }

    /// From the tunnel.
    fn outward(&mut self) {
        let now = self.clock.now();
        let Self {
            machine,
            udp,
            tunnel,
            flight,
            ..
        } = self;
        for _ in 0..TURN {
            match tunnel.read() {
                None => break,
                Some(Read::One(packet)) => {
                    if let Outbound::Send(to) = machine.outbound(now, packet) {
                        flight.add(udp, to, packet);
                    }
                }
                Some(Read::Many(batch)) => {
                    flight.leave(udp);
                    many(machine, now, udp, &batch);
                }
            }
        }
        flight.leave(udp);
    }

    /// From UDP.
    fn inward(&mut self) {
        let now = self.clock.now();
        let Self {
            machine,
            udp,
            tunnel,
            events,
            ..
        } = self;
        for _ in 0..BATCHES {
            let mut waiting = Vec::new();
            let more = udp.receive(|arrival, datagram| {
                let inbound = machine.inbound(now, arrival, datagram);
                // What waited goes before what proved it.
                while let Some(output) = machine.output() {
                    match output {
                        Output::Tun(packet) => tunnel.put(&packet),
                        other => waiting.push(other),
                    }
                }
                if let Inbound::Deliver(range) = inbound {
                    tunnel.put(datagram.get(range).unwrap_or_default());
                }
            });
            for output in waiting {
                act(output, udp, tunnel, events);
            }
            tunnel.flush();
            if !more {
                break;
            }
        }
    }

    /// Does what the machine wants done.
    fn settle(&mut self) {
        while let Some(output) = self.machine.output() {
            act(output, &self.udp, &mut self.tunnel, &self.events);
        }
        self.tunnel.flush();
    }
}

/// The packets of one flow.
fn many<M: Machine>(machine: &mut M, now: Time, udp: &Udp, batch: &Batch<'_>) {
    let mut run = Run::default();
    for (place, packet) in batch.packets().enumerate() {
        match machine.outbound(now, packet) {
            Outbound::Send(to) => run.add(udp, batch, place, packet.len(), to),
            Outbound::Held | Outbound::Rejected(_) => run.leave(udp, batch),
        }
    }
    run.leave(udp, batch);
}

fn act(output: Output, udp: &Udp, tunnel: &mut Tunnel, events: &Sender<Event>) {
    match output {
        Output::Udp(datagram) => match datagram.ttl {
            Some(ttl) => udp.send_near(datagram.to, &datagram.bytes, ttl),
            None => udp.send(datagram.to, &datagram.bytes, datagram.bytes.len()),
        },
        Output::Tun(packet) => tunnel.put(&packet),
        // Nobody listens only when the daemon ends.
        Output::Event(event) => drop(events.send(event)),
    }
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
