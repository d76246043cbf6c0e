//! The tunnel interface with segmentation offload both ways: the kernel hands over up to 64 KB of a
//! flow at once, and takes as much.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use rustix::io::ioctl_fionbio;
use tun_rs::{
    DeviceBuilder, GROTable, SyncDevice, VIRTIO_NET_HDR_GSO_UDP_L4, VIRTIO_NET_HDR_LEN,
    VirtioNetHdr, checksum, gso_split,
};

use crate::failure::Failure;

// Of linux/virtio_net.h.
const NO_SEGMENTS: u8 = 0;
const NEEDS_CHECKSUM: u8 = 1;
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
            .offload(true)
            .build_sync()?;
        // The root of a user namespace may not; then the queue is the kernel's default.
        let _ = device.set_tx_queue_len(QUEUE);
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

    /// Reads what the kernel hands over at once; `None` when nothing is there.
    pub(crate) fn read(&mut self) -> Option<Read<'_>> {
        let length = match rustix::io::read(&self.device, &mut self.original) {
            Ok(length) => length,
            Err(rustix::io::Errno::AGAIN) => return None,
            // A packet that cannot be read is lost, not the tunnel.
            Err(_) => 0,
        };
        let whole = self.original.get_mut(..length).unwrap_or_default();
        let (header, packet) = whole.split_at_mut(whole.len().min(VIRTIO_NET_HDR_LEN));
        let Ok(header) = VirtioNetHdr::decode(header) else {
            return Some(Read::One(&[]));
        };
        if header.gso_type == NO_SEGMENTS {
            if header.flags & NEEDS_CHECKSUM != 0 {
                complete(packet, header.csum_start, header.csum_offset);
            }
            return Some(Read::One(packet));
        }
        let mut slices: Vec<_> = self.arena.chunks_mut(self.stride).collect();
        let count = headed(header, packet).and_then(|header| {
            gso_split(packet, header, &mut slices, &mut self.sizes, 0, true).ok()
        });
        Some(Read::Many(Batch {
            arena: &self.arena,
            sizes: self.sizes.get(..count.unwrap_or(0)).unwrap_or_default(),
            stride: self.stride,
        }))
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

/// What the kernel handed over.
pub(crate) enum Read<'a> {
    /// A packet.
    One(&'a [u8]),
    /// Many of one flow, cut already.
    Many(Batch<'a>),
}

/// The checksum that the kernel left to the device: its field holds the sum over the pseudo-header.
fn complete(packet: &mut [u8], start: u16, offset: u16) {
    let place = usize::from(start) + usize::from(offset);
    let Some(field) = packet.get_mut(place..place + 2) else {
        return;
    };
    let begun = field
        .iter()
        .fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    field.fill(0);
    let sum = !checksum(packet.get(usize::from(start)..).unwrap_or_default(), begun);
    if let Some(field) = packet.get_mut(place..place + 2) {
        field.copy_from_slice(&sum.to_be_bytes());
    }
}

/// The header with the true length of what each segment repeats: the kernel's own may be the length of
/// the whole first packet when it forwards.
fn headed(mut header: VirtioNetHdr, packet: &[u8]) -> Option<VirtioNetHdr> {
    let start = header.csum_start;
    let transport = if header.gso_type == VIRTIO_NET_HDR_GSO_UDP_L4 {
        8
    } else {
        u16::from(packet.get(usize::from(start) + 12)? >> 4) * 4
    };
    header.hdr_len = start.checked_add(transport)?;
    (header.gso_size > 0 && packet.len() > usize::from(header.hdr_len)).then_some(header)
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
