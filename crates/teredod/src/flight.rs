//! Packets to one place that leave by one call (UDP GSO): those that the kernel cut from one flow, and
//! small ones that came one after the other.

use std::net::SocketAddrV4;

use crate::tunnel::Batch;
use crate::udp::Udp;

/// Single packets, gathered as long as they have one place and one size.
#[derive(Default)]
pub(crate) struct Flight {
    to: Option<SocketAddrV4>,
    size: usize,
    count: usize,
    bytes: Vec<u8>,
    /// A shorter one is the last.
    closed: bool,
}

impl Flight {
    pub(crate) fn add(&mut self, udp: &Udp, to: SocketAddrV4, packet: &[u8]) {
        let joins = self.to == Some(to)
            && !self.closed
            && packet.len() <= self.size
            && self.count < udp.segments(self.size);
        if !joins {
            self.leave(udp);
            (self.to, self.size) = (Some(to), packet.len());
        }
        self.bytes.extend_from_slice(packet);
        self.count += 1;
        self.closed = packet.len() < self.size;
    }

    pub(crate) fn leave(&mut self, udp: &Udp) {
        if let Some(to) = self.to.take() {
            udp.send(to, &self.bytes, self.size);
        }
        self.bytes.clear();
        (self.count, self.closed) = (0, false);
    }
}

/// Packets of a batch, which need not be copied.
#[derive(Default)]
pub(crate) struct Run {
    first: usize,
    count: usize,
    to: Option<SocketAddrV4>,
    closed: bool,
}

impl Run {
    pub(crate) fn add(
        &mut self,
        udp: &Udp,
        batch: &Batch<'_>,
        place: usize,
        size: usize,
        to: SocketAddrV4,
    ) {
        let goes_on = self.to == Some(to)
            && !self.closed
            && self.count < udp.segments(batch.stride())
            && self.first + self.count == place;
        if !goes_on {
            self.leave(udp, batch);
            (self.first, self.count, self.to) = (place, 0, Some(to));
        }
        self.count += 1;
        self.closed = size < batch.stride();
    }

    pub(crate) fn leave(&mut self, udp: &Udp, batch: &Batch<'_>) {
        if let Some(to) = self.to.take().filter(|_| self.count > 0) {
            udp.send(to, batch.run(self.first, self.count), batch.stride());
        }
        self.closed = false;
    }
}
