//! X11: a tunnel's own packets do not pass. Tables take a tunnel for a subnet and do not ask what carries it;
//! that is asked here, of the same filters and routes, packet by packet.

use std::net::{IpAddr, Ipv4Addr};

use sixward_estate::{Estate, Finding, Interface, InterfaceId, Severity, Subject, Tunnel};
use sixward_net::Teredo;

use super::TUNNEL_CUT;
use super::report::seen;
use crate::trace::Tracer;
use crate::{End, L4, Packet};

pub(super) fn find(now: &Estate, found: &mut Vec<Finding>) {
    if now.tunnels.is_empty() {
        return;
    }
    let tracer = Tracer::new(now);
    for tunnel in &now.tunnels {
        let relay = now
            .interfaces
            .iter()
            .find(|it| it.primary && it.host() == Some(&tunnel.relay) && !it.addresses4.is_empty());
        let mut cut: Vec<_> = clients(now, tunnel)
            .flat_map(|client| calls(tunnel, relay, client))
            .filter_map(|(from, packet)| stopped(&tracer, &from, packet))
            .collect();
        if relay.is_none() {
            cut.push(format!("the relay {} has no IPv4 address", tunnel.relay));
        }
        if !cut.is_empty() {
            let message =
                "its packets of UDP do not pass: what is said of its clients' IPv6 is not so"
                    .to_owned();
            let subject = Subject::new("tunnel", tunnel.id.as_str(), "");
            let finding = Finding::new(Severity::Blocker, TUNNEL_CUT, subject, message)
                .help(format!(
                    "let clients reach udp/{} of both the server's addresses, and udp/{} of the relay",
                    Teredo::PORT,
                    Tunnel::PORT
                ));
            found.push(seen(finding, cut));
        }
    }
}

fn clients<'a>(now: &'a Estate, tunnel: &'a Tunnel) -> impl Iterator<Item = &'a Interface> {
    now.interfaces.iter().filter(|it| {
        let mouth = it.tunnel.as_ref();
        mouth.is_some_and(|mouth| mouth.tunnel == tunnel.id)
    })
}

/// What a client sends first: to both addresses of the server, and to the relay.
fn calls(
    tunnel: &Tunnel,
    relay: Option<&Interface>,
    client: &Interface,
) -> Vec<(InterfaceId, Packet)> {
    let Some(own) = client.addresses4.first() else {
        return Vec::new();
    };
    let relay = relay.and_then(|relay| relay.addresses4.first());
    let to: [Option<(Ipv4Addr, u16)>; 3] = [
        Some((tunnel.primary, Teredo::PORT)),
        Some((tunnel.secondary, Teredo::PORT)),
        relay.map(|relay| (relay.address, Tunnel::PORT)),
    ];
    let packet = |(to, destination): (Ipv4Addr, u16)| Packet {
        source: IpAddr::V4(own.address),
        destination: IpAddr::V4(to),
        l4: L4::Udp {
            source: Tunnel::PORT,
            destination,
        },
    };
    let packets = to.into_iter().flatten().map(packet);
    packets.map(|it| (client.id.clone(), it)).collect()
}

fn stopped(tracer: &Tracer<'_>, from: &InterfaceId, packet: Packet) -> Option<String> {
    let trace = tracer.trace(&End::Interface(from.clone()), packet);
    (!trace.works()).then(|| format!("{packet}: {}", trace.outcome))
}
