//! The client and the relay: what is opened with privileges, and what happens on news from the packet
//! thread and from the kernel.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use rustix::event::{EventfdFlags, eventfd};
use sixward_net::Teredo;
use sixward_teredo::client::{Config, State};
use sixward_teredo::{Client, Event, Relay, RelayConfig};

use crate::arguments::{ClientTold, Kind, RelayTold};
use crate::carrier::Carrier;
use crate::clock::{Clock, Kernel};
use crate::failure::Failure;
use crate::flight::Flight;
use crate::helm::Helm;
use crate::hops;
use crate::link::Link;
use crate::machine::Machine;
use crate::managed::Domains;
use crate::name::resolve;
use crate::neighbours;
use crate::say;
use crate::scrape;
use crate::status::{Desk, Facts};
use crate::tunnel::Tunnel;
use crate::udp::Udp;
use crate::watch::{self, Around};

const MTU: u16 = 1280;
/// 2001::/32.
const TEREDO: Ipv6Addr = Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0);

/// What the control thread of a client hears of.
enum News {
    Machine(Event),
    Network(Around),
}

/// A client, until it is ended.
pub(crate) fn client(told: &ClientTold) -> Result<(), Failure> {
    let server = resolve(&told.server, told.secondary)?;
    let udp = Udp::bind(told.bind)?;
    let bound = udp.local().map_err(|cause| Failure::Udp {
        place: told.bind.to_string(),
        cause,
    })?;
    let address = watch::local(server.primary).unwrap_or(Ipv4Addr::UNSPECIFIED);
    let local = SocketAddrV4::new(address, bound.port());
    let mut config = Config::new(server, local);
    config.opener = told.opener;
    config.symmetric = !told.no_symmetric;
    config.random_ports = true;
    config.beside_native = told.beside_native;
    config.surroundings.allowed.clone_from(&told.allow_private);
    config.discovery = told.discovery;
    config.lengthen = told.lengthen;
    config.refresh = Duration::from_secs(told.refresh);
    config.enterprise = told.kind == Kind::Enterprise;
    let facts = told_facts(told, bound.port());
    // It begins when the networks around are known: beside native IPv6 nothing is asked.
    let client = Client::new(config, Box::new(Kernel));
    let (link, helm, events) = carry(client, udp, &told.interface, facts.clone())?;
    if let Some(place) = told.metrics {
        scrape::serve(place, &told.interface)?;
    }
    if told.discovery {
        neighbours::listen(server.primary, helm.clone())?;
    }
    let (tell, news) = channel();
    forward(events, tell.clone(), News::Machine)?;
    let (around, changes) = channel();
    forward(changes, tell, News::Network)?;
    let own = link.index();
    let (domains, unwatched) = (Domains::new(&told.managed_domain), helm.clone());
    spawn("watch", move || {
        if let Err(cause) = watch::watch(own, server.primary, &domains, &around) {
            say(&format!("changes of the network go unnoticed: {cause}"));
            unwatched.order(Client::start);
        }
    })?;
    for news in news {
        let done = match news {
            News::Machine(event) => told_of(&link, &helm, told, &event),
            News::Network(around) => {
                moved(&helm, told, bound.port(), &facts, around);
                Ok(())
            }
        };
        if let Err(failure) = done {
            say(&format!("error: {failure}"));
        }
    }
    Ok(())
}

/// What the state machine does not know of how it was started.
fn told_facts(told: &ClientTold, bound: u16) -> Facts {
    let facts = Facts::default();
    facts.set(
        "type",
        match told.kind {
            Kind::Client => "client",
            Kind::Enterprise => "enterpriseclient",
        },
    );
    facts.set("server_name", told.server.as_str());
    facts.set(
        "client_port",
        match told.bind.port() {
            0 => "unspecified".to_owned(),
            _ => bound.to_string(),
        },
    );
    facts
}

fn told_of(
    link: &Link,
    helm: &Helm<Client>,
    told: &ClientTold,
    event: &Event,
) -> Result<(), Failure> {
    match event {
        Event::AddressAdded { address, .. } => {
            link.add(*address)?;
            link.route(TEREDO, 32, told.metric)?;
            link.route(Ipv6Addr::UNSPECIFIED, 0, told.metric)?;
            say(&format!("address {address}"));
            look_how_far(helm, told, *address)?;
        }
        Event::AddressRemoved(address) => {
            link.remove(*address)?;
            say(&format!("no address (was {address})"));
        }
        Event::State(State::Offline(why)) => say(&format!("offline: {why}")),
        Event::State(state) => say(&state.to_string()),
        Event::Unreachable { peer, why } => say(&format!("{peer}: {why}")),
        Event::ServerSilent => say("the server does not answer"),
        Event::ServerBack => say("the server answers again"),
        Event::Resolve => {
            let server = resolve(&told.server, told.secondary)?;
            helm.order(move |client, now| client.servers(now, vec![server]));
        }
    }
    Ok(())
}

/// P12: unless it was told how far an opener goes.
fn look_how_far(helm: &Helm<Client>, told: &ClientTold, address: Ipv6Addr) -> Result<(), Failure> {
    let Some(teredo) = Teredo::of(address).filter(|_| told.opener.is_none()) else {
        return Ok(());
    };
    let helm = helm.clone();
    spawn("hops", move || {
        if let Some(left) = hops::ttl_left(teredo.server) {
            helm.order(move |client, _| client.server_ttl(left));
        }
    })
}

/// The networks around are others.
fn moved(helm: &Helm<Client>, told: &ClientTold, port: u16, facts: &Facts, around: Around) {
    facts.set(
        "network",
        match &around.managed {
            Some(domain) => format!("managed ({domain})"),
            None => "unmanaged".to_owned(),
        },
    );
    let managed = around.managed.is_some();
    let mut surroundings = around.surroundings;
    surroundings.allowed.clone_from(&told.allow_private);
    let (local, native) = (around.local, around.native);
    helm.order(move |client, now| {
        client.managed(now, managed);
        client.native(now, native);
        match local {
            Some(address) => {
                client.network(now, SocketAddrV4::new(address, port), surroundings);
            }
            None => client.unplugged(),
        }
    });
}

/// A relay, until it is ended.
pub(crate) fn relay(told: RelayTold) -> Result<(), Failure> {
    let udp = Udp::bind(told.bind)?;
    let mut config = RelayConfig::new(told.source, told.serve);
    config.restricted = told.restricted;
    config.surroundings.allowed = told.allow_private;
    let relay = Relay::new(config, Box::new(Kernel));
    let facts = Facts::default();
    facts.set("type", "relay");
    let (link, _helm, events) = carry(relay, udp, &told.interface, facts)?;
    if let Some(place) = told.metrics {
        scrape::serve(place, &told.interface)?;
    }
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
    facts: Facts,
) -> Result<(Link, Helm<M>, Receiver<Event>), Failure> {
    let tunnel = Tunnel::open(interface, MTU)?;
    let link = Link::new(interface)?;
    link.up()?;
    let desk = Desk::open(interface, facts)?;
    let (events, news) = channel();
    let (orders, ordered) = channel();
    let failed = |cause: std::io::Error| Failure::System {
        what: "make an event",
        cause,
    };
    let bell = eventfd(0, EventfdFlags::NONBLOCK | EventfdFlags::CLOEXEC);
    let bell = bell.map_err(|cause| failed(cause.into()))?;
    let helm = Helm::new(orders, bell.try_clone().map_err(failed)?);
    let carrier = Carrier {
        machine,
        udp,
        tunnel,
        clock: Clock::start(),
        desk,
        events,
        orders: ordered,
        flight: Flight::default(),
        extra: BTreeMap::new(),
        bell,
    };
    spawn("packets", move || {
        if let Err(failure) = carrier.run() {
            say(&format!("error: {failure}"));
        }
    })?;
    Ok((link, helm, news))
}

/// What comes here goes there too, as one of the news.
fn forward<T: Send + 'static>(
    from: Receiver<T>,
    to: Sender<News>,
    wrap: fn(T) -> News,
) -> Result<(), Failure> {
    spawn("news", move || {
        for one in from {
            if to.send(wrap(one)).is_err() {
                return;
            }
        }
    })
}

pub(crate) fn spawn(name: &str, what: impl FnOnce() + Send + 'static) -> Result<(), Failure> {
    let spawned = thread::Builder::new().name(name.to_owned()).spawn(what);
    spawned.map(drop).map_err(|cause| Failure::System {
        what: "start a thread",
        cause,
    })
}
