//! The kernel half: namespaces, wires, addresses, routes and filters as a [`Layout`] says.
//!
//! Thin on purpose. What is there is always made of one layout, and another one is reached by the
//! difference, so that connections which a change does not touch live on.

mod crowd;
mod expression;
mod filter;
mod link;
mod log;
mod message;
mod outside;
mod path;
mod proxy;
mod route;
mod socket;
mod space;
mod within;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::Duration;

use nix::errno::Errno;

use crate::layout::{End, Layout, Node, NodeId, Policy, Port};
use link::Side;
use message::{Batch, Refused};
use proxy::Proxy;
use socket::{Protocol, Socket};
use space::Space;

pub(crate) use log::Log;
pub use outside::Outside;
pub(crate) use space::Space as Namespace;
pub use space::{EnterError, Entered, enter};

/// The hardware address of the first end of each wire.
pub(crate) const HARDWARE: [u8; 6] = Side::First.hardware();

/// A lab that stands. It is gone when this value is.
#[derive(Debug)]
pub struct Lab {
    home: Space,
    nodes: BTreeMap<NodeId, Standing>,
    layout: Layout,
    proxies: BTreeMap<NodeId, Proxy>,
}

/// A node that stands.
#[derive(Debug)]
struct Standing {
    space: Arc<Space>,
    ports: BTreeMap<Port, Made>,
    next: u32,
}

/// A port that was made.
#[derive(Debug, Clone)]
struct Made {
    index: u32,
    name: String,
    side: Side,
}

/// The kernel did not do what a lab needs.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LabError {
    /// A message was refused.
    #[error("the kernel refuses `{what}` at `{at}`\n\nhint: {}", hint(*.errno))]
    Refused {
        /// The node.
        at: String,
        /// What was asked for.
        what: String,
        /// Why.
        #[source]
        errno: Errno,
    },
    /// A namespace or a socket could not be had.
    #[error(
        "no namespace for `{at}`\n\nhint: `sixward rehearse` must be let into namespaces first, and may need more descriptors (`ulimit -n`)"
    )]
    Space {
        /// The node.
        at: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A setting in /proc/sys could not be written.
    #[error("`{at}` cannot be made to forward\n\nhint: is /proc/sys writable here?")]
    Setting {
        /// The node.
        at: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A layout names a node or a port that it does not have.
    #[error("the layout has no port `{0}`\n\nhint: this is a fault in sixward, please report it")]
    NoPort(String),
}

fn hint(errno: Errno) -> &'static str {
    match errno {
        Errno::EPERM => "the lab must be entered before it is built",
        Errno::EOPNOTSUPP | Errno::ENOENT => {
            "this kernel may lack veth, nf_tables or nf_conntrack; `modprobe` them as root"
        }
        _ => "this is a fault in sixward, please report it",
    }
}

/// Messages are sent in pieces, so that the answers find room.
const PIECE: usize = 64 << 10;
/// A transaction is one piece.
const WHOLE: usize = usize::MAX;

impl Lab {
    /// Makes a lab. [`enter`] must have been called.
    pub fn make(layout: Layout) -> Result<Self, LabError> {
        let home = Space::here().map_err(|source| LabError::Space {
            at: "this process".into(),
            source,
        })?;
        let mut lab = Self {
            home,
            nodes: BTreeMap::new(),
            layout: Layout::default(),
            proxies: BTreeMap::new(),
        };
        lab.change(layout)?;
        Ok(lab)
    }

    /// The layout that stands.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Makes another layout of it, by the difference. When that fails, nothing stands any more.
    pub fn change(&mut self, layout: Layout) -> Result<(), LabError> {
        let result = self.become_(&layout);
        if result.is_err() {
            // Half made is no layout at all: the next one begins from nothing.
            self.nodes.clear();
        }
        // This thread goes home whatever happened; that it cannot is no reason to hide why.
        let home = self.home.enter();
        let result =
            result.and(home.map_err(|errno| refused("this process", "its own namespace", errno)));
        result?;
        self.layout = layout;
        self.change_proxies()
    }

    fn become_(&mut self, new: &Layout) -> Result<(), LabError> {
        let old = std::mem::take(&mut self.layout);
        let nothing = Node::default();
        let all: Vec<_> = new.nodes.iter().collect();
        let fresh = all.iter().filter(|(id, _)| !old.nodes.contains_key(*id));
        let fresh: Vec<_> = fresh.copied().collect();
        let made = crowd::each(&fresh, |(id, node)| Standing::make(id, node))?;
        let ids = fresh.iter().map(|(id, _)| (*id).clone());
        self.nodes.extend(ids.zip(made));
        for (end, wire) in &old.wires {
            if new.wires.get(end).is_some_and(|other| other != wire) {
                self.remove_wire(end)?;
            }
        }
        self.add_wires(&old, new)?;
        // Filters stand before addresses, as in the estate.
        crowd::each(&all, |(id, node)| {
            let before = old.nodes.get(*id).unwrap_or(&nothing);
            self.change_filter(id, before, node)
        })?;
        crowd::each(&all, |(id, node)| {
            let before = old.nodes.get(*id).unwrap_or(&nothing);
            self.change_routes(id, before, node)
        })?;
        // Wires go after what speaks of their ports.
        for (end, wire) in &old.wires {
            if !new.wires.contains_key(end) {
                self.remove_wire(end)?;
                for end in [end, &wire.to] {
                    if let Some(standing) = self.nodes.get_mut(&end.node) {
                        standing.ports.remove(&end.port);
                    }
                }
            }
        }
        self.nodes.retain(|id, _| new.nodes.contains_key(id));
        Ok(())
    }

    fn add_wires(&mut self, old: &Layout, new: &Layout) -> Result<(), LabError> {
        let mut made: BTreeMap<NodeId, Batch> = BTreeMap::new();
        let mut up: BTreeMap<NodeId, Batch> = BTreeMap::new();
        let mut earlier: BTreeMap<NodeId, BTreeSet<u32>> = BTreeMap::new();
        for id in new.nodes.keys().filter(|id| !old.nodes.contains_key(*id)) {
            link::own_up(up.entry(id.clone()).or_default());
        }
        for (end, wire) in &new.wires {
            if old.wires.get(end) == Some(wire) {
                continue;
            }
            let first = self.add_port(end, Side::First)?;
            let second = self.add_port(&wire.to, Side::Second)?;
            let (node, port) = if end.node >= wire.to.node {
                (end.node.clone(), first.index)
            } else {
                (wire.to.node.clone(), second.index)
            };
            earlier.entry(node).or_default().insert(port);
            let far = self.standing(&wire.to.node)?;
            let batch = made.entry(end.node.clone()).or_default();
            let what = format!("{end} to {}", wire.to);
            link::add(
                batch,
                &what,
                first.as_link(),
                second.as_link(),
                far.space.as_fd(),
                (wire.mtu, wire.back),
            );
            for (end, port) in [(end, &first), (&wire.to, &second)] {
                let batch = up.entry(end.node.clone()).or_default();
                link::up(batch, &port.name, port.index);
                route::end(batch, &port.name, port.index, port.side);
            }
        }
        // Hosts last: what comes up last carries packets at once, so only the others are waited for.
        for (id, batch) in made.into_iter().chain(up.into_iter().rev()) {
            self.send(&id, Protocol::Route, batch, PIECE)?;
        }
        for (id, ports) in earlier {
            self.settle(&id, &ports)?;
        }
        Ok(())
    }

    /// Waits until ports carry packets.
    fn settle(&self, id: &NodeId, ports: &BTreeSet<u32>) -> Result<(), LabError> {
        let failed = |errno| refused(&id.to_string(), "a list of its ports", errno);
        self.standing(id)?.space.enter().map_err(failed)?;
        let socket = Socket::open(Protocol::Route).map_err(failed)?;
        for _ in 0..10_000 {
            if link::waiting(&socket, ports).map_err(failed)? == 0 {
                return Ok(());
            }
            std::thread::sleep(Duration::from_micros(500));
        }
        Err(refused(
            &id.to_string(),
            "ports that come up",
            Errno::ETIMEDOUT,
        ))
    }

    fn add_port(&mut self, end: &End, side: Side) -> Result<Made, LabError> {
        let missing = || LabError::NoPort(end.to_string());
        let standing = self.nodes.get_mut(&end.node).ok_or_else(missing)?;
        // A port that is made anew keeps its number: filters know it by that.
        let index = match standing.ports.get(&end.port) {
            Some(made) => made.index,
            None => standing.next,
        };
        standing.next = standing.next.max(index + 1);
        let name = end.port.as_str();
        let fits = name.len() <= 15 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        let made = Made {
            index,
            name: if fits && name != "lo" {
                name.to_owned()
            } else {
                format!("p{index}")
            },
            side,
        };
        standing.ports.insert(end.port.clone(), made.clone());
        Ok(made)
    }

    fn remove_wire(&self, end: &End) -> Result<(), LabError> {
        let mut batch = Batch::default();
        let index = self.port(&end.node, &end.port)?.index;
        link::remove(&mut batch, &end.to_string(), index);
        self.send(&end.node, Protocol::Route, batch, PIECE)
    }

    fn change_filter(&self, id: &NodeId, old: &Node, new: &Node) -> Result<(), LabError> {
        let mut batch = Batch::default();
        let standing = self.standing(id)?;
        // A port that is not there matches no packet.
        let indices = |port: &Port| standing.ports.get(port).map_or(0, |made| made.index);
        filter::change(&mut batch, &old.filter, &new.filter, &indices);
        self.send(id, Protocol::Filter, batch, WHOLE)
    }

    fn change_routes(&self, id: &NodeId, old: &Node, new: &Node) -> Result<(), LabError> {
        let mut batch = Batch::default();
        let addresses = |node: &Node| -> Vec<_> {
            let each = node.addresses.iter();
            each.flat_map(|(port, nets)| nets.iter().map(|net| (port.clone(), *net)))
                .collect()
        };
        let (before, after) = (addresses(old), addresses(new));
        for (port, net) in after.iter().filter(|pair| !before.contains(pair)) {
            route::address(&mut batch, true, self.port(id, port)?.index, *net);
        }
        for ((table, net), hop) in &new.routes {
            if old.routes.get(&(*table, *net)) == Some(hop) {
                continue;
            }
            let to = match hop {
                crate::layout::Hop::Here => route::To::Here,
                crate::layout::Hop::Over(port) => {
                    let made = self.port(id, port)?;
                    route::To::Over {
                        index: made.index,
                        side: made.side,
                    }
                }
            };
            route::add(&mut batch, *table, *net, to);
        }
        let policies = |node: &Node| {
            if node.policies.is_empty() {
                route::usual()
            } else {
                node.policies.iter().cloned().collect()
            }
        };
        let (then, now) = (policies(old), policies(new));
        self.policies(&mut batch, id, true, &now, &then)?;
        self.policies(&mut batch, id, false, &then, &now)?;
        for (table, net) in old
            .routes
            .keys()
            .filter(|key| !new.routes.contains_key(*key))
        {
            route::remove(&mut batch, *table, *net);
        }
        for (port, net) in before.iter().filter(|pair| !after.contains(pair)) {
            if let Ok(made) = self.port(id, port) {
                route::address(&mut batch, false, made.index, *net);
            }
        }
        self.send(id, Protocol::Route, batch, PIECE)
    }

    fn policies(
        &self,
        batch: &mut Batch,
        id: &NodeId,
        add: bool,
        these: &[Policy],
        but: &[Policy],
    ) -> Result<(), LabError> {
        for policy in these.iter().filter(|policy| !but.contains(policy)) {
            let from = match &policy.from {
                Some(port) => Some(self.port(id, port)?.name.as_str()),
                None => None,
            };
            route::policy(batch, add, policy, from);
        }
        Ok(())
    }

    fn send(
        &self,
        id: &NodeId,
        protocol: Protocol,
        batch: Batch,
        limit: usize,
    ) -> Result<(), LabError> {
        if batch.is_empty() {
            return Ok(());
        }
        let length = batch.len();
        let sent = self
            .standing(id)?
            .space
            .enter()
            .and_then(|()| Socket::open(protocol))
            .and_then(|socket| socket.send(batch, limit))
            .map_err(|errno| refused(&id.to_string(), &format!("{length} bytes"), errno))?;
        match sent.first() {
            None => Ok(()),
            Some(Refused { what, errno }) => {
                Err(refused(&id.to_string(), what, Errno::from_raw(*errno)))
            }
        }
    }

    fn standing(&self, id: &NodeId) -> Result<&Standing, LabError> {
        self.nodes
            .get(id)
            .ok_or_else(|| LabError::NoPort(id.to_string()))
    }

    fn port(&self, id: &NodeId, port: &Port) -> Result<&Made, LabError> {
        self.standing(id)?
            .ports
            .get(port)
            .ok_or_else(|| LabError::NoPort(format!("{port} of {id}")))
    }
}

impl Standing {
    /// Makes a node's namespace, with nothing in it. This thread is there afterwards.
    fn make(id: &NodeId, node: &Node) -> Result<Self, LabError> {
        let space = Space::make().map_err(|source| LabError::Space {
            at: id.to_string(),
            source,
        })?;
        let settings = |node: &Node| -> io::Result<()> {
            let write =
                |file: &str, value: &str| std::fs::write(format!("/proc/sys/net/{file}"), value);
            if node.forwards {
                write("ipv4/ip_forward", "1")?;
                write("ipv6/conf/all/forwarding", "1")?;
                write("ipv4/conf/all/send_redirects", "0")?;
                write("ipv4/conf/all/rp_filter", "0")?;
            }
            if !node.serves.is_empty() {
                // What a proxy says to a client that is gone would be taken for another flow's.
                write("ipv4/tcp_synack_retries", "0")?;
            }
            if node.tracks {
                // What was not seen to begin did not begin here.
                write("netfilter/nf_conntrack_tcp_loose", "0")?;
                // A dropped attempt would be remembered for two minutes.
                for (state, seconds) in [("syn_sent", "2"), ("close", "1"), ("time_wait", "1")] {
                    write(
                        &format!("netfilter/nf_conntrack_tcp_timeout_{state}"),
                        seconds,
                    )?;
                }
            }
            Ok(())
        };
        settings(node).map_err(|source| LabError::Setting {
            at: id.to_string(),
            source,
        })?;
        Ok(Self {
            space: Arc::new(space),
            ports: BTreeMap::from([(
                Port::own(),
                Made {
                    index: 1,
                    name: "lo".into(),
                    side: Side::First,
                },
            )]),
            next: 2,
        })
    }
}

impl Made {
    fn as_link(&self) -> link::Made<'_> {
        link::Made {
            index: self.index,
            name: &self.name,
            side: self.side,
        }
    }
}

fn refused(at: &str, what: &str, errno: Errno) -> LabError {
    LabError::Refused {
        at: at.to_owned(),
        what: what.to_owned(),
        errno,
    }
}
