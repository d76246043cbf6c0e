//! How far away the server is, by the TTL that its packets have left. Half of that is past our own NAT and
//! not at a peer's, which is how far a packet goes that only opens our NAT (P12). Asked from a socket of its
//! own: the data path's socket does not ask the kernel for every packet's TTL.

use std::io::{IoSlice, IoSliceMut};
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::os::fd::AsRawFd;
use std::time::{Duration, Instant};

use nix::sys::socket::sockopt::Ipv4RecvTtl;
use nix::sys::socket::{ControlMessageOwned, MsgFlags, SockaddrIn, recvmsg, sendmsg, setsockopt};
use sixward_teredo::PORT;
use sixward_teredo::packet::question;

use crate::clock::Kernel;

const TRIES: u32 = 3;
const PATIENCE: Duration = Duration::from_secs(1);

/// The TTL that is left of the server's answer; nothing if it does not answer.
pub(crate) fn ttl_left(server: Ipv4Addr) -> Option<u8> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    setsockopt(&socket, Ipv4RecvTtl, &true).ok()?;
    socket.set_read_timeout(Some(PATIENCE)).ok()?;
    let to = SockaddrIn::from(SocketAddrV4::new(server, PORT));
    for _ in 0..TRIES {
        let question = question(&mut Kernel);
        let (fd, none) = (socket.as_raw_fd(), MsgFlags::empty());
        sendmsg(fd, &[IoSlice::new(&question)], &[], none, Some(&to)).ok()?;
        let asked = Instant::now();
        while asked.elapsed() < PATIENCE {
            if let Some(ttl) = answer(&socket, to) {
                return Some(ttl);
            }
        }
    }
    None
}

fn answer(socket: &UdpSocket, server: SockaddrIn) -> Option<u8> {
    let mut bytes = [0; 1500];
    let mut slices = [IoSliceMut::new(&mut bytes)];
    let mut control = nix::cmsg_space!(i32);
    let (fd, none) = (socket.as_raw_fd(), MsgFlags::empty());
    let message = recvmsg::<SockaddrIn>(fd, &mut slices, Some(&mut control), none).ok()?;
    let from = message.address.filter(|from| *from == server);
    from?;
    let mut controls = message.cmsgs().ok()?;
    controls.find_map(|control| match control {
        ControlMessageOwned::Ipv4Ttl(ttl) => u8::try_from(ttl).ok(),
        _ => None,
    })
}
