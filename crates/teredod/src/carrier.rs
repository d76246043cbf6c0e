//! The packet thread: carries packets between tunnel and UDP as the state machine says, and has no
//! privileges.

use std::net::SocketAddrV4;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::mpsc::{Receiver, Sender};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::thread::{CapabilitySet, CapabilitySets, set_capabilities};
use rustix::time::Timespec;
use sixward_teredo::{Event, Inbound, Outbound, Output, Time};

use crate::clock::Clock;
use crate::failure::Failure;
use crate::machine::Machine;
use crate::status::Desk;
use crate::tunnel::{Batch, Tunnel};
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
    /// Readable when there are orders.
    pub(crate) bell: OwnedFd,
}

/// Reads of each side before the other has its turn.
const TURN: usize = 16;

impl<M: Machine> Carrier<M> {
    /// For ever.
    pub(crate) fn run(mut self) -> Result<(), Failure> {
        drop_privileges()?;
        loop {
            self.obey();
            self.wait()?;
            for _ in 0..TURN {
                let (outward, inward) = (self.outward(), self.inward());
                if !outward && !inward {
                    break;
                }
            }
            self.machine.tick(self.clock.now());
            settle(&mut self.machine, &self.udp, &mut self.tunnel, &self.events);
            self.tunnel.flush();
        }
    }

    fn obey(&mut self) {
        let mut count = [0; 8];
        let _ = rustix::io::read(&self.bell, &mut count);
        while let Ok(order) = self.orders.try_recv() {
            order(&mut self.machine, self.clock.now());
        }
        settle(&mut self.machine, &self.udp, &mut self.tunnel, &self.events);
        self.tunnel.flush();
    }

    /// Until something comes, or a timer ends.
    fn wait(&mut self) -> Result<(), Failure> {
        let now = self.clock.now();
        let due = self.machine.due();
        let time = due.map_or(Duration::from_mins(1), |due| due.since(now));
        let time = Timespec::try_from(time + Duration::from_micros(100)).ok();
        let mut fds = [
            PollFd::from_borrowed_fd(self.udp.as_fd(), PollFlags::IN),
            PollFd::from_borrowed_fd(self.tunnel.as_fd(), PollFlags::IN),
            PollFd::from_borrowed_fd(self.bell.as_fd(), PollFlags::IN),
            PollFd::from_borrowed_fd(self.desk.as_fd(), PollFlags::IN),
        ];
        match poll(&mut fds, time.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(cause) => {
                return Err(Failure::System {
                    what: "wait for packets",
                    cause: cause.into(),
                });
            }
        }
        if !fds[3].revents().is_empty() {
            let status = self.machine.status(self.clock.now());
            self.desk.answer(&status);
        }
        Ok(())
    }

    /// From the tunnel; false if nothing was there.
    fn outward(&mut self) -> bool {
        let now = self.clock.now();
        let Some(batch) = self.tunnel.read() else {
            return false;
        };
        let mut run = Run::default();
        for (place, packet) in batch.packets().enumerate() {
            match self.machine.outbound(now, packet) {
                Outbound::Send(to) => run.add(&self.udp, &batch, place, packet.len(), to),
                Outbound::Held | Outbound::Rejected(_) => run.end(&self.udp, &batch),
            }
        }
        run.end(&self.udp, &batch);
        settle(&mut self.machine, &self.udp, &mut self.tunnel, &self.events);
        true
    }

    /// From UDP; false if nothing was there.
    fn inward(&mut self) -> bool {
        let now = self.clock.now();
        let Self {
            machine,
            udp,
            tunnel,
            events,
            ..
        } = self;
        let mut waiting = Vec::new();
        let some = udp.receive(|arrival, datagram| {
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
        some
    }
}

/// Does what the machine wants done.
fn settle<M: Machine>(machine: &mut M, udp: &Udp, tunnel: &mut Tunnel, events: &Sender<Event>) {
    while let Some(output) = machine.output() {
        act(output, udp, tunnel, events);
    }
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

/// Packets of one flow that go out by one call.
#[derive(Default)]
struct Run {
    first: usize,
    count: usize,
    to: Option<SocketAddrV4>,
    /// A shorter one ends the run.
    closed: bool,
}

impl Run {
    fn add(&mut self, udp: &Udp, batch: &Batch<'_>, place: usize, size: usize, to: SocketAddrV4) {
        let goes_on = self.to == Some(to)
            && !self.closed
            && self.count < udp.segments(batch.stride())
            && self.first + self.count == place;
        if !goes_on {
            self.end(udp, batch);
            (self.first, self.count, self.to) = (place, 0, Some(to));
        }
        self.count += 1;
        self.closed = size < batch.stride();
    }

    fn end(&mut self, udp: &Udp, batch: &Batch<'_>) {
        if let Some(to) = self.to.take().filter(|_| self.count > 0) {
            udp.send(to, batch.run(self.first, self.count), batch.stride());
        }
        self.closed = false;
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
