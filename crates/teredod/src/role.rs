//! The client and the relay: what is opened with privileges, and what happens on news from the packet
//! thread.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddrV4, ToSocketAddrs, UdpSocket};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use rustix::event::{EventfdFlags, eventfd};
use sixward_teredo::client::{Config, Server};
use sixward_teredo::{Client, Event, PORT, Relay, RelayConfig};

use crate::arguments::{ClientTold, RelayTold};
use crate::carrier::Carrier;
use crate::clock::{Clock, Kernel};
use crate::failure::Failure;
use crate::flight::Flight;
use crate::link::Link;
use crate::machine::Machine;
use crate::say;
use crate::status::Desk;
use crate::tunnel::Tunnel;
use crate::udp::Udp;

const MTU: u16 = 1280;
/// 2001::/32.
const TEREDO: Ipv6Addr = Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0);

/// A client, until it is ended.
pub(crate) fn client(told: &ClientTold) -> Result<(), Failure> {
    let server = resolve(told)?;
    let udp = Udp::bind(told.bind)?;
    let local = local(&udp, server.primary)?;
    let mut config = Config::new(server, local);
    config.opener = told.opener;
    config.symmetric = !told.no_symmetric;
    config.surroundings.allowed.clone_from(&told.allow_private);
    let clock = Clock::start();
    let mut client = Client::new(config, Box::new(Kernel));
    client.start(clock.now());
    let (link, events) = carry(client, udp, &told.interface, clock)?;
    let metric = told.metric;
    for event in events {
        if let Err(failure) = told_of(&link, &event, metric) {
            say(&format!("error: {failure}"));
        }
    }
    Ok(())
}

fn told_of(link: &Link, event: &Event, metric: u32) -> Result<(), Failure> {
    match event {
        Event::AddressAdded { address, .. } => {
            link.add(*address)?;
            link.route(TEREDO, 32, metric)?;
            link.route(Ipv6Addr::UNSPECIFIED, 0, metric)?;
            say(&format!("address {address}"));
        }
        Event::AddressRemoved(address) => {
            link.remove(*address)?;
            say(&format!("no address (was {address})"));
        }
        Event::State(state) => match state {
            sixward_teredo::client::State::Offline(why) => say(&format!("{state}: {why}")),
            _ => say(&state.to_string()),
        },
        Event::Unreachable { peer, why } => say(&format!("{peer}: {why}")),
        Event::ServerSilent => say("the server does not answer"),
        Event::ServerBack => say("the server answers again"),
        Event::Resolve => {}
    }
    Ok(())
}

/// A relay, until it is ended.
pub(crate) fn relay(told: RelayTold) -> Result<(), Failure> {
    let udp = Udp::bind(told.bind)?;
    let mut config = RelayConfig::new(told.source, told.serve);
    config.restricted = told.restricted;
    config.surroundings.allowed = told.allow_private;
    let relay = Relay::new(config, Box::new(Kernel));
    let (link, events) = carry(relay, udp, &told.interface, Clock::start())?;
    link.route(TEREDO, 32, 1024)?;
    say("relay ready");
    events.into_iter().for_each(drop);
    Ok(())
}

/// Opens the tunnel and starts the packet thread.
fn carry<M: Machine>(
    machine: M,
    udp: Udp,
    interface: &str,
    clock: Clock,
) -> Result<(Link, Receiver<Event>), Failure> {
    let tunnel = Tunnel::open(interface, MTU)?;
    let link = Link::new(interface)?;
    link.up()?;
    let desk = Desk::open(interface)?;
    let (events, news) = channel();
    let (_, orders) = channel();
    let system = |what| {
        move |cause: rustix::io::Errno| Failure::System {
            what,
            cause: cause.into(),
        }
    };
    let bell = eventfd(0, EventfdFlags::NONBLOCK | EventfdFlags::CLOEXEC);
    let carrier = Carrier {
        machine,
        udp,
        tunnel,
        clock,
        desk,
        events,
        orders,
        flight: Flight::default(),
        bell: bell.map_err(system("make an event"))?,
    };
    let thread = thread::Builder::new().name("packets".to_owned());
    let spawned = thread.spawn(move || {
        if let Err(failure) = carrier.run() {
            say(&format!("error: {failure}"));
        }
    });
    spawned.map_err(|cause| Failure::System {
        what: "start the packet thread",
        cause,
    })?;
    Ok((link, news))
}

fn resolve(told: &ClientTold) -> Result<Server, Failure> {
    let failed = |cause: String| Failure::Name {
        name: told.server.clone(),
        cause,
    };
    let places = (told.server.as_str(), PORT).to_socket_addrs();
    let mut places = places.map_err(|cause| failed(cause.to_string()))?;
    let primary = places.find_map(|place| match place.ip() {
        IpAddr::V4(address) => Some(address),
        IpAddr::V6(_) => None,
    });
    let primary = primary.ok_or_else(|| failed("it has no IPv4 address".to_owned()))?;
    let next = Ipv4Addr::from(u32::from(primary).wrapping_add(1));
    Ok(Server {
        primary,
        secondary: Some(told.secondary.unwrap_or(next)),
    })
}

/// The address that others on the link see: the one from which the server is reached.
fn local(udp: &Udp, server: Ipv4Addr) -> Result<SocketAddrV4, Failure> {
    let failed = |cause| Failure::Udp {
        place: server.to_string(),
        cause,
    };
    let bound = udp.local().map_err(failed)?;
    if !bound.ip().is_unspecified() {
        return Ok(bound);
    }
    let seen = UdpSocket::bind("0.0.0.0:0").and_then(|probe| {
        probe.connect((server, PORT))?;
        probe.local_addr()
    });
    // Without a route there is no such address, and the server will tell.
    let address = match seen.map(|seen| seen.ip()) {
        Ok(IpAddr::V4(address)) => address,
        _ => Ipv4Addr::UNSPECIFIED,
    };
    Ok(SocketAddrV4::new(address, bound.port()))
}
