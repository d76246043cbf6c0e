//! The tunnel interface with segmentation offload both ways: the kernel hands over up to 64 KB of a
//! flow at once, and takes as much.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use rustix::io::ioctl_fionbio;
use tun_rs::{DeviceBuilder, GROTable, SyncDevice, VIRTIO_NET_HDR_LEN};

use crate::failure::Failure;

/// Packets of one read or write.
const BATCH: usize = 128;
/// Packets that the kernel keeps for us: the default of 500 is what made miredo lose so many.
const QUEUE: u32 = 2000;

pub(crate) struct Tunnel {
    device: SyncDevice,
    /// One after the other, so that full ones are one run of segments.
    arena: Vec<u8>,
    original: Vec<u8>,
    sizes: Vec<usize>,
    stride: usize,
    outward: Vec<Vec<u8>>,
    used: usize,
    table: GROTable,
}

impl Tunnel {
    pub(crate) fn open(name: &str, mtu: u16) -> Result<Self, Failure> {
        Self::make(name, mtu).map_err(|cause| Failure::Tunnel {
            name: name.to_owned(),
            cause,
        })
    }

    fn make(name: &str, mtu: u16) -> io::Result<Self> {
        let device = DeviceBuilder::new()
            .name(name)
            .mtu(mtu)
            .tx_queue_len(QUEUE)
            .offload(true)
            .build_sync()?;
        ioctl_fionbio(&device, true)?;
        let stride = usize::from(mtu);
        Ok(Self {
            device,
            arena: vec![0; BATCH * stride],
            original: vec![0; VIRTIO_NET_HDR_LEN + 65_536],
            sizes: vec![0; BATCH],
            stride,
            outward: (0..BATCH)
                .map(|_| Vec::with_capacity(65_536 + VIRTIO_NET_HDR_LEN))
                .collect(),
            used: 0,
            table: GROTable::default(),
        })
    }

    /// Reads what one write of the kernel was; each packet with its place in the arena. `None` when
    /// nothing is there.
    pub(crate) fn read(&mut self) -> Option<Batch<'_>> {
        let mut slices: Vec<_> = self.arena.chunks_mut(self.stride).collect();
        let read = self
            .device
            .recv_multiple(&mut self.original, &mut slices, &mut self.sizes, 0);
        let count = match read {
            Ok(count) => count,
            Err(cause) if cause.kind() == io::ErrorKind::WouldBlock => return None,
            // A packet that cannot be taken apart is lost, not the tunnel.
            Err(_) => 0,
        };
        Some(Batch {
            arena: &self.arena,
            sizes: self.sizes.get(..count).unwrap_or_default(),
            stride: self.stride,
        })
    }

    /// Puts a packet to those that go out next.
    pub(crate) fn put(&mut self, packet: &[u8]) {
        if self.used == BATCH {
            self.flush();
        }
        if let Some(buffer) = self.outward.get_mut(self.used) {
            buffer.clear();
            buffer.resize(VIRTIO_NET_HDR_LEN, 0);
            buffer.extend_from_slice(packet);
            self.used += 1;
        }
    }

    /// Gives the packets to the kernel, those of a flow as one.
    pub(crate) fn flush(&mut self) {
        let used = std::mem::take(&mut self.used);
        if let Some(buffers) = self
            .outward
            .get_mut(..used)
            .filter(|buffers| !buffers.is_empty())
        {
            // What the kernel does not take is lost, as packets are.
            let _ = self
                .device
                .send_multiple(&mut self.table, buffers, VIRTIO_NET_HDR_LEN);
        }
    }
}

impl AsFd for Tunnel {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.device.as_fd()
    }
}

/// Packets that came together.
pub(crate) struct Batch<'a> {
    arena: &'a [u8],
    sizes: &'a [usize],
    stride: usize,
}

impl<'a> Batch<'a> {
    pub(crate) fn packets(&self) -> impl Iterator<Item = &'a [u8]> {
        let packets = self.arena.chunks(self.stride).zip(self.sizes);
        packets.filter_map(|(chunk, size)| chunk.get(..*size))
    }

    /// The bytes from one packet to another, both counted from 0; the last one as long as it is.
    pub(crate) fn run(&self, first: usize, count: usize) -> &'a [u8] {
        let last = first + count - 1;
        let size = self.sizes.get(last).copied().unwrap_or_default();
        self.arena
            .get(first * self.stride..last * self.stride + size)
            .unwrap_or_default()
    }

    pub(crate) fn stride(&self) -> usize {
        self.stride
    }
}
