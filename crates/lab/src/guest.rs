//! What a cloud says to its guests: here is a router, here is your address.
//!
//! For guests that are real programs and take their addresses themselves. The answer depends on the port that a guest
//! hangs on and on nothing that it says: who it is, is where it is. It is told its own address and no prefix, and
//! without an address in a family nothing is said in that family at all (Amazon VPC User Guide: DHCP; Migrating to
//! IPv6, step 6; RFC 4861, 8415, 2131).
//!
//! Guests that only have their addresses need nothing of this: [`Layout`] gives them out.

mod arp;
mod dhcp4;
mod dhcp6;
mod port;
mod router;

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use sixward_estate::{Estate, Interface};
use sixward_net::Ipv4Net;

use crate::kernel::{Lab, LabError};
use crate::layout::{End, Layout, NodeId, Port, node_of};
use port::Heard;

/// How often it is looked whether it is to end.
const ROUND: u16 = 50;
/// How often routers say by themselves that they are there.
const INTERVAL: Duration = Duration::from_secs(4);

/// What a port hands out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Its IPv4 address.
    pub v4: Option<Lease4>,
    /// Its IPv6 address.
    pub v6: Option<Ipv6Addr>,
}

/// An IPv4 address with what belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease4 {
    /// The address, in its subnet.
    pub address: Ipv4Net,
    /// The router: the subnet's first address.
    pub router: Ipv4Addr,
}

/// What each port hands out: ports of subnets, one for each interface.
pub type Leases = BTreeMap<End, Lease>;

/// The leases of an estate.
pub fn leases(estate: &Estate) -> Leases {
    let interfaces = estate.interfaces.iter();
    let ends = interfaces.filter(|interface| node_of(interface).is_some());
    ends.map(|interface| (port_of(interface), lease(estate, interface)))
        .collect()
}

/// The port of its subnet that an interface hangs on.
fn port_of(interface: &Interface) -> End {
    End {
        node: NodeId::Subnet(interface.subnet.clone()),
        port: Port::new(interface.id.as_str()),
    }
}

fn lease(estate: &Estate, interface: &Interface) -> Lease {
    let subnet = estate.subnets.get(&interface.subnet);
    let block = subnet.and_then(|subnet| subnet.block4);
    let own = interface.addresses4.first().map(|pair| pair.address);
    let v4 = own.zip(block).and_then(|(own, block)| {
        Some(Lease4 {
            address: Ipv4Net::new(own, block.prefix_len()).ok()?,
            router: block.hosts().next()?,
        })
    });
    Lease {
        v4,
        v6: interface.addresses6.first().copied(),
    }
}

impl Layout {
    /// Leaves a host without addresses and ways: a real guest takes them itself.
    pub fn bare(&mut self, host: &NodeId) {
        if let Some(node) = self.nodes.get_mut(host) {
            node.addresses.clear();
            node.routes.clear();
            node.policies.clear();
        }
    }
}

/// Answers guests. Nobody does any more when this value is gone.
#[derive(Debug)]
pub struct Responder {
    leases: Arc<Mutex<Leases>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Responder {
    /// Begins to answer at all ports for which there is a lease and that the lab has.
    pub fn start(lab: &Lab, leases: Leases) -> Result<Self, LabError> {
        let mut ears: BTreeMap<NodeId, Vec<(End, u32, String)>> = BTreeMap::new();
        for end in leases.keys() {
            if let Ok((index, name)) = lab.device(end) {
                let all = ears.entry(end.node.clone()).or_default();
                all.push((end.clone(), index, name));
            }
        }
        let mut heard = Vec::new();
        for (node, ports) in ears {
            heard.push(lab.inside(&node, || Heard::open(&ports))?);
        }
        let leases = Arc::new(Mutex::new(leases));
        let stop = Arc::new(AtomicBool::new(false));
        let (known, asked) = (Arc::clone(&leases), Arc::clone(&stop));
        let thread = std::thread::spawn(move || serve(&heard, &known, &asked));
        Ok(Self {
            leases,
            stop,
            thread: Some(thread),
        })
    }

    /// Takes other leases; a guest with an IPv6 address that is new hears of a router at once.
    pub fn change(&self, leases: Leases) {
        *self.leases.lock().unwrap_or_else(PoisonError::into_inner) = leases;
    }
}

impl Drop for Responder {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn held(leases: &Mutex<Leases>) -> MutexGuard<'_, Leases> {
    leases.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(heard: &[Heard], leases: &Mutex<Leases>, stop: &AtomicBool) {
    let mut told: BTreeSet<(End, Ipv6Addr)> = BTreeSet::new();
    let mut next = Instant::now();
    while !stop.load(Ordering::SeqCst) {
        let all = heard.iter().flat_map(Heard::sockets);
        let mut all: Vec<_> = all.map(|fd| PollFd::new(fd, PollFlags::POLLIN)).collect();
        let _ = poll(&mut all, PollTimeout::from(ROUND));
        let leases = held(leases).clone();
        for one in heard {
            one.answer(&leases);
        }
        let now: BTreeSet<_> = leases
            .iter()
            .filter_map(|(end, lease)| Some((end.clone(), lease.v6?)))
            .collect();
        if now != told || Instant::now() >= next {
            next = Instant::now() + INTERVAL;
            for one in heard {
                one.advertise(&leases);
            }
            told = now;
        }
    }
}
