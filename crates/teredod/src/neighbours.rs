//! Discovery bubbles of neighbours (RFC 4380 section 5.2.8, D1): they come to a group and a port that are not the
//! service port's, so a socket and a thread of their own take them to the state machine.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};
use std::thread::sleep;
use std::time::Duration;

use sixward_teredo::client::GROUP;
use sixward_teredo::{Arrival, Client, PORT};
use socket2::{Domain, Protocol, Socket, Type};

use crate::failure::Failure;
use crate::helm::Helm;
use crate::role::spawn;
use crate::watch;

/// How often it is looked whether the host has moved.
const ROUND: Duration = Duration::from_secs(5);
/// Between two bubbles: what a neighbour sends faster than that is lost.
const BREATH: Duration = Duration::from_millis(20);

pub(crate) fn listen(server: Ipv4Addr, helm: Helm<Client>) -> Result<(), Failure> {
    spawn("neighbours", move || {
        let mut socket = None;
        let mut bytes = [0; 2048];
        loop {
            let local = watch::local(server);
            if socket.as_ref().map(|(_, at)| *at) != local {
                socket = local.and_then(|local| Some((join(local).ok()?, local)));
            }
            let Some((socket, _)) = &socket else {
                sleep(ROUND);
                continue;
            };
            if let Ok((length, SocketAddr::V4(from))) = socket.recv_from(&mut bytes) {
                let mut datagram = bytes.get(..length).unwrap_or_default().to_vec();
                helm.order(move |client, now| {
                    let arrival = Arrival {
                        to: Some(GROUP),
                        ..Arrival::of(from)
                    };
                    client.from_udp(now, arrival, &mut datagram);
                });
                sleep(BREATH);
            }
        }
    })
}

/// Other programs of this host may listen, too.
fn join(local: Ipv4Addr) -> std::io::Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_reuse_address(true)?;
    socket.bind(&SocketAddr::V4(SocketAddrV4::new(GROUP, PORT)).into())?;
    socket.join_multicast_v4(&GROUP, &local)?;
    socket.set_read_timeout(Some(ROUND))?;
    Ok(socket.into())
}
