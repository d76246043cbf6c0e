//! The ports of a subnet as a router hears them: one socket of each kind on each port, so that who asks is known by
//! where it asked.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

use nix::sys::socket::{LinkAddr, MsgFlags, SockaddrStorage, recvfrom, sendto};
use socket2::{Domain, Protocol, Socket, Type};

use super::{Leases, arp, dhcp4, dhcp6, router};
use crate::layout::End;

const SERVER4: u16 = 67;
const CLIENT4: u16 = 68;
const SERVER6: u16 = 547;
const ARP: u16 = 0x0806;
const ALL_ROUTERS: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 2);
const ALL_SERVERS: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 1, 2);
const ALL_NODES: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1);
/// Nobody hands such packets on, so who sends them is on the link (RFC 4861).
const HOPS: u32 = 255;

/// The ports of a subnet.
#[derive(Debug)]
pub(super) struct Heard {
    /// One for all ports: it says itself on which it heard something.
    arp: Socket,
    ports: Vec<Ears>,
}

/// One port.
#[derive(Debug)]
struct Ears {
    end: End,
    index: u32,
    dhcp4: Socket,
    dhcp6: Socket,
    router: Socket,
}

impl Heard {
    /// Listens at ports of the namespace that this thread is in: each with its number and its name there.
    pub(super) fn open(ports: &[(End, u32, String)]) -> io::Result<Self> {
        let arp = Protocol::from(i32::from(ARP.to_be()));
        let arp = Socket::new(Domain::PACKET, Type::DGRAM, Some(arp))?;
        arp.set_nonblocking(true)?;
        let ports = ports
            .iter()
            .map(|(end, index, name)| Ears::open(end, *index, name));
        Ok(Self {
            arp,
            ports: ports.collect::<io::Result<_>>()?,
        })
    }

    pub(super) fn sockets(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        let each = self.ports.iter();
        let each = each.flat_map(|ears| [&ears.dhcp4, &ears.dhcp6, &ears.router]);
        each.chain([&self.arp]).map(AsFd::as_fd)
    }

    /// Answers what came.
    pub(super) fn answer(&self, leases: &Leases) {
        for ears in &self.ports {
            ears.answer(leases);
        }
        let mut buffer = [0; 128];
        while let Ok((length, Some(from))) = recvfrom::<LinkAddr>(self.arp.as_raw_fd(), &mut buffer)
        {
            let port = |ears: &&Ears| u32::try_from(from.ifindex()) == Ok(ears.index);
            let lease = self.ports.iter().find(port);
            let lease = lease.and_then(|ears| leases.get(&ears.end)?.v4);
            let said = lease.and_then(|lease| arp::answer(&buffer[..length], lease.address.addr()));
            if let Some(said) = said {
                // A guest that is gone needs no answer.
                let _ = sendto(self.arp.as_raw_fd(), &said, &from, MsgFlags::empty());
            }
        }
    }

    /// Says on each port with an IPv6 address that there is a router.
    pub(super) fn advertise(&self, leases: &Leases) {
        for ears in &self.ports {
            if leases
                .get(&ears.end)
                .is_some_and(|lease| lease.v6.is_some())
            {
                ears.advertise();
            }
        }
    }
}

impl Ears {
    fn open(end: &End, index: u32, name: &str) -> io::Result<Self> {
        let open = |domain, kind, protocol| -> io::Result<Socket> {
            let socket = Socket::new(domain, kind, Some(protocol))?;
            socket.set_nonblocking(true)?;
            socket.set_reuse_address(true)?;
            socket.bind_device(Some(name.as_bytes()))?;
            Ok(socket)
        };
        let dhcp4 = open(Domain::IPV4, Type::DGRAM, Protocol::UDP)?;
        dhcp4.set_broadcast(true)?;
        dhcp4.bind(&SocketAddr::from((Ipv4Addr::UNSPECIFIED, SERVER4)).into())?;
        let dhcp6 = open(Domain::IPV6, Type::DGRAM, Protocol::UDP)?;
        dhcp6.set_only_v6(true)?;
        dhcp6.bind(&SocketAddr::from((Ipv6Addr::UNSPECIFIED, SERVER6)).into())?;
        dhcp6.join_multicast_v6(&ALL_SERVERS, index)?;
        let router = open(Domain::IPV6, Type::RAW, Protocol::ICMPV6)?;
        router.join_multicast_v6(&ALL_ROUTERS, index)?;
        router.set_multicast_hops_v6(HOPS)?;
        router.set_unicast_hops_v6(HOPS)?;
        Ok(Self {
            end: end.clone(),
            index,
            dhcp4,
            dhcp6,
            router,
        })
    }

    fn answer(&self, leases: &Leases) {
        let lease = leases.get(&self.end);
        let (v4, v6) = (
            lease.and_then(|lease| lease.v4),
            lease.and_then(|lease| lease.v6),
        );
        each(&self.dhcp4, |bytes, _| {
            // To everybody on the wire, who is one guest: it has no address yet.
            let all = SocketAddr::from((Ipv4Addr::BROADCAST, CLIENT4));
            Some((dhcp4::answer(bytes, &v4?)?, all))
        });
        each(&self.dhcp6, |bytes, from| {
            Some((dhcp6::answer(bytes, v6?)?, from))
        });
        let mut asked = false;
        each(&self.router, |bytes, _| {
            asked |= bytes.first() == Some(&router::SOLICITATION);
            None
        });
        if asked && v6.is_some() {
            self.advertise();
        }
    }

    fn advertise(&self) {
        let all = SocketAddrV6::new(ALL_NODES, 0, 0, self.index);
        let all = SocketAddr::from(all).into();
        let _ = self.router.send_to(&router::advertisement(), &all);
    }
}

/// Hands on what came, and sends what is said to it.
fn each(
    socket: &Socket,
    mut answer: impl FnMut(&[u8], SocketAddr) -> Option<(Vec<u8>, SocketAddr)>,
) {
    let mut buffer = [0; 2048];
    while let Ok((length, from)) = recvfrom::<SockaddrStorage>(socket.as_raw_fd(), &mut buffer) {
        let Some(from) = from.as_ref().and_then(address) else {
            continue;
        };
        if let Some((said, to)) = answer(&buffer[..length], from) {
            let _ = socket.send_to(&said, &to.into());
        }
    }
}

fn address(of: &SockaddrStorage) -> Option<SocketAddr> {
    let v4 = of.as_sockaddr_in().map(|it| SocketAddrV4::from(*it).into());
    v4.or_else(|| {
        of.as_sockaddr_in6()
            .map(|it| SocketAddrV6::from(*it).into())
    })
}
