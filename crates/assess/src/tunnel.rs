//! Private Teredo: which of the tunnels that the intent asks for can be, and why the others cannot.
//!
//! The relay serves its own network and nobody else: over a tunnel nothing of the internet is reached, and
//! nobody there reaches in. Rules of the network do not see what is in a tunnel, so that each client filters
//! for itself.

use std::net::Ipv4Addr;

use sixward_estate::intent::TunnelIntent;
use sixward_estate::{
    Code, HostId, Interface, InterfaceId, Provider, Subject, SubnetId, Tunnel, TunnelId,
};
use sixward_net::Teredo;

use crate::report::{Explain, Report};
use crate::survey::Survey;
use crate::twin::Span;

/// A tunnel that the intent asks for and that cannot be.
pub const NOT_POSSIBLE: Code = Code::new("tunnel/not-possible");
/// Who has both takes IPv4 before a tunnel.
pub const IPV4_FIRST: Code = Code::new("tunnel/ipv4-first");

/// A tunnel that can be, and the interfaces whose IPv6 comes through it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The tunnel.
    pub tunnel: Tunnel,
    /// Its clients.
    pub clients: Vec<InterfaceId>,
}

/// The tunnels that the intent asks for, as far as they can be.
pub fn wanted(survey: &Survey<'_>) -> Vec<Wanted> {
    let asked = survey.intent.tunnels.iter();
    asked
        .filter_map(|(id, asked)| of(survey, id, asked).ok())
        .collect()
}

/// The address of a client in a tunnel. The twelve bits that it draws when it begins (RFC 5991) are none
/// here: this one stands for all that it may draw.
pub fn address(tunnel: &Tunnel, interface: &Interface) -> Option<std::net::Ipv6Addr> {
    let own = interface.addresses4.first()?.address;
    let client = std::net::SocketAddrV4::new(own, Tunnel::PORT);
    let teredo = Teredo {
        server: tunnel.primary,
        flags: 0,
        client,
    };
    Some(teredo.address())
}

impl Wanted {
    /// Whether all its clients are meant by some of these: then, and only then, is its prefix too.
    pub fn is_within(&self, survey: &Survey<'_>, spans: &[Span]) -> bool {
        let within = self.clients_within(survey, spans);
        !within.is_empty() && within.len() == self.clients.len()
    }

    /// Its clients that are meant by some of these.
    pub fn clients_within(&self, survey: &Survey<'_>, spans: &[Span]) -> Vec<InterfaceId> {
        let is_within = |id: &&InterfaceId| {
            let interface = survey.estate().interfaces.get(id);
            interface.is_some_and(|it| spans.iter().any(|span| is_meant(it, span)))
        };
        self.clients.iter().filter(is_within).cloned().collect()
    }
}

fn is_meant(interface: &Interface, span: &Span) -> bool {
    match span {
        Span::Network(id) => interface.network == *id,
        Span::Subnet(id) => interface.subnet == *id,
        Span::Interface(id) => interface.id == *id,
    }
}

pub(crate) fn find(survey: &Survey<'_>, report: &mut Report) {
    for (id, asked) in &survey.intent.tunnels {
        let subject = Subject::new("tunnel", id.as_str(), "");
        match of(survey, id, asked) {
            Ok(_) => {
                let message = "programs on its clients take IPv4 before it where a name has both";
                report.note(IPV4_FIRST, subject, message).way_out(
                    "nothing: RFC 6724 has it so; only what has IPv6 alone is called through it",
                );
            }
            Err(Lack { why, help }) => {
                report.blocker(NOT_POSSIBLE, subject, why).way_out(help);
            }
        }
    }
}

/// Why a tunnel cannot be, and what would help.
struct Lack {
    why: String,
    help: String,
}

fn lack<T>(why: impl Into<String>, help: impl Into<String>) -> Result<T, Lack> {
    Err(Lack {
        why: why.into(),
        help: help.into(),
    })
}

fn of(survey: &Survey<'_>, id: &TunnelId, asked: &TunnelIntent) -> Result<Wanted, Lack> {
    let server = first(survey, &asked.server)?;
    let relay = first(survey, &asked.relay)?;
    let network = &relay.network;
    if survey.provider(network) != Some(Provider::Other) {
        return lack(
            format!(
                "network {network} is a provider's, and tunnels are planned in hand-written networks"
            ),
            "take machine types and subnets that have IPv6",
        );
    }
    let [primary, secondary, ..] = server.addresses4.as_slice() else {
        return lack(
            format!(
                "host {} has no two IPv4 addresses, by which clients tell what NAT they are behind",
                asked.server
            ),
            "give the server's host a second one: `further4` in estate.toml",
        );
    };
    if relay.addresses6.is_empty() && !survey.gets_address(relay) {
        return lack(
            format!(
                "host {} has no IPv6 and gets none, so that it joins nothing",
                asked.relay
            ),
            "let a host with IPv6 be the relay",
        );
    }
    if asked.clients.is_empty() {
        return lack("it has no clients", "name the hosts that have IPv4 only");
    }
    let mut clients = Vec::new();
    for host in &asked.clients {
        clients.push(client(survey, id, host)?);
    }
    let ends = [server, relay].into_iter().chain(clients.iter().copied());
    for end in ends {
        let addresses = || end.addresses4.iter().map(|own| own.address);
        if end.network != *network {
            return lack(
                format!("interface {} is not in network {network}", end.id),
                "make a tunnel for each network",
            );
        }
        if let Some(private) = addresses().find(Ipv4Addr::is_private)
            && !asked.allow_private
        {
            return lack(
                format!("{private} is private, which Teredo takes for nobody's"),
                "say `allow-private = true`, if that is your own network",
            );
        }
    }
    Ok(Wanted {
        tunnel: Tunnel {
            id: id.clone(),
            network: network.clone(),
            subnet: SubnetId::new(format!("tunnel-{id}")),
            server: asked.server.clone(),
            primary: primary.address,
            secondary: secondary.address,
            relay: asked.relay.clone(),
            internet: false,
        },
        clients: clients.iter().map(|client| client.id.clone()).collect(),
    })
}

fn client<'a>(
    survey: &Survey<'a>,
    tunnel: &TunnelId,
    host: &HostId,
) -> Result<&'a Interface, Lack> {
    let interface = first(survey, host)?;
    let through = interface.tunnel.as_ref().map(|mouth| &mouth.tunnel);
    if interface.addresses4.is_empty() {
        return lack(
            format!("host {host} has no IPv4 address for the tunnel to go by"),
            "take it out of the clients",
        );
    }
    let other = !interface.addresses6.is_empty() || survey.gets_address(interface);
    if other && through != Some(tunnel) {
        return lack(
            format!("host {host} has IPv6, or gets it, without a tunnel"),
            "take it out of the clients; or say `skip = true` of it or its subnet",
        );
    }
    Ok(interface)
}

/// A host's first interface.
fn first<'a>(survey: &Survey<'a>, id: &HostId) -> Result<&'a Interface, Lack> {
    let host = survey.estate().hosts.get(id);
    match host.and_then(|host| survey.index.primary_interface(host)) {
        Some(interface) => Ok(interface),
        None => lack(
            format!("there is no host {id} with an interface in the estate"),
            "correct the id",
        ),
    }
}
