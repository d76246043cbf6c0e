//! What is put on the hosts of a tunnel: what `sixward-teredo@.service` reads for server, relay and clients, and
//! the filter of each client (nftables(8)), which the unit loads before it begins.

use std::fmt::Write as _;

use sixward_estate::{Direction, Estate, Host, HostId, Remote, Rule, Tunnel};
use sixward_net::{IcmpMatch, IpNet, Ipv6Net, Ports, Teredo, Traffic};
use sixward_plan::{Change, Plan};

/// The ports of the server, and of the relay and the clients.
const SERVER: u16 = Teredo::PORT;
const PORT: u16 = Tunnel::PORT;

/// The tunnels of a plan; empty when it has none.
pub(super) fn text(plan: &Plan) -> String {
    let opened = plan.steps.iter().filter_map(|step| match &step.change {
        Change::OpenTunnel { tunnel } => Some(tunnel),
        _ => None,
    });
    let end = plan.end();
    let mut text: String = opened.map(|tunnel| of_tunnel(&end, tunnel)).collect();
    for step in &plan.steps {
        if let Change::JoinTunnel {
            interface,
            tunnel,
            rules,
            ..
        } = &step.change
            && let Some(tunnel) = end.tunnels.get(tunnel)
            && let Some(interface) = end.interfaces.get(interface)
            && let Some(host) = interface.host()
            && let Some(own) = interface.addresses4.first()
        {
            let (host, number) = (named(&end, host), step.number);
            let config = config(
                "client",
                &[
                    ("interface", "\"teredo\"".to_owned()),
                    ("type", "\"enterpriseclient\"".to_owned()),
                    ("server", quoted(tunnel.primary)),
                    ("secondary", quoted(tunnel.secondary)),
                    ("bind", quoted(format!("{}:{PORT}", own.address))),
                    ("allow-private", private(&end, tunnel)),
                ],
            );
            let _ = write!(
                text,
                "### Tunnel {}: client {host}, step {number}\n\n\
                 `/etc/sixward/teredo.nft`, which `nft -c -f` checks:\n\n\
                 ```\n{}```\n\n`/etc/sixward/teredo.toml`:\n\n```toml\n{config}```\n\n{}\
                 Then `systemctl enable --now sixward-teredo@teredo`; `sixward teredo status` shows the address. \
                 Back: `systemctl disable --now sixward-teredo@teredo`, and then \
                 `nft delete table inet sixward_teredo`.\n\n",
                tunnel.id,
                filter(rules),
                before("teredo", "/usr/sbin/nft -f /etc/sixward/teredo.nft"),
            );
        }
    }
    if text.is_empty() {
        return text;
    }
    format!(
        "## What is put on the hosts of tunnels\n\nA client draws twelve bits of its address when it begins (RFC 5991): \
         the address in the plan stands for it, and no rule names one alone. Let no name answer with it: RFC 6724 \
         has everybody take IPv4 before it.\n\n{text}"
    )
}

fn of_tunnel(end: &Estate, tunnel: &Tunnel) -> String {
    let relay = end.hosts.get(&tunnel.relay);
    let mut interfaces = end.interfaces.iter();
    let interface = interfaces.find(|it| it.primary && it.host() == Some(&tunnel.relay));
    let own =
        interface.and_then(|it| Some((it.addresses4.first()?.address, it.addresses6.first()?)));
    let (Some(relay), Some((v4, v6))) = (relay, own) else {
        return String::new();
    };
    let network = end.networks.get(&tunnel.network);
    let blocks = network.iter().flat_map(|network| &network.blocks6);
    let blocks = blocks.filter(|block| block.net != tunnel.prefix());
    let server = config(
        "server",
        &[
            ("interface", "\"teredo-server\"".to_owned()),
            ("primary", quoted(tunnel.primary)),
            ("secondary", quoted(tunnel.secondary)),
            ("allow-private", private(end, tunnel)),
        ],
    );
    let relaying = config(
        "relay",
        &[
            ("interface", "\"teredo-relay\"".to_owned()),
            ("bind", quoted(format!("{v4}:{PORT}"))),
            ("source", quoted(v6)),
            ("serve", list(blocks.map(|block| block.net.to_string()))),
            ("allow-private", private(end, tunnel)),
        ],
    );
    format!(
        "### Tunnel {}: server and relay\n\n\
         On {}, `/etc/sixward/teredo-server.toml`:\n\n```toml\n{server}```\n\n\
         On {}, `/etc/sixward/teredo-relay.toml`:\n\n```toml\n{relaying}```\n\n{}\
         Then `systemctl enable --now` `sixward-teredo@teredo-server` and `sixward-teredo@teredo-relay`, and \
         where the network routes: {} to {v6}. Clients must reach udp/{SERVER} of {} and {}, and udp/{PORT} of \
         {v4}. Back: the route first, then `systemctl disable --now` both.\n\n",
        tunnel.id,
        named(end, &tunnel.server),
        of_host(relay),
        before(
            "teredo-relay",
            "/usr/sbin/sysctl -qw net.ipv6.conf.all.forwarding=1"
        ),
        tunnel.prefix(),
        tunnel.primary,
        tunnel.secondary,
    )
}

/// The network's own addresses, which are meant although they are private.
fn private(end: &Estate, tunnel: &Tunnel) -> String {
    let network = end.networks.get(&tunnel.network);
    let blocks = network.into_iter().flat_map(|network| &network.blocks4);
    let own = blocks.filter(|block| block.network().is_private());
    list(own.map(ToString::to_string))
}

/// What `sixward-teredo run` reads.
fn config(role: &str, fields: &[(&str, String)]) -> String {
    let fields = fields.iter().filter(|(_, value)| value != "[]");
    let fields: Vec<_> = fields
        .map(|(name, value)| format!("{name} = {value}\n"))
        .collect();
    format!("role = \"{role}\"\n{}", fields.concat())
}

/// What the unit does before, with the privileges that it has not.
fn before(name: &str, command: &str) -> String {
    format!(
        "`/etc/systemd/system/sixward-teredo@{name}.service.d/before.conf`:\n\n\
         ```\n[Service]\nExecStartPre=+{command}\n```\n\n"
    )
}

fn quoted(value: impl std::fmt::Display) -> String {
    format!("\"{value}\"")
}

fn list(values: impl Iterator<Item = String>) -> String {
    let values: Vec<_> = values.map(quoted).collect();
    format!("[{}]", values.join(", "))
}

/// Only what comes and goes by the tunnel is looked at; answers and errors pass.
fn filter(rules: &[Rule]) -> String {
    let mut text = "table inet sixward_teredo\ndelete table inet sixward_teredo\n\
                    table inet sixward_teredo {\n"
        .to_owned();
    for (direction, hook, port, side) in [
        (Direction::Ingress, "input", "iifname", "saddr"),
        (Direction::Egress, "output", "oifname", "daddr"),
    ] {
        let _ = write!(
            text,
            "  chain {hook} {{\n    type filter hook {hook} priority filter; policy accept;\n    \
             {port} != \"teredo\" accept\n    ct state established,related accept\n"
        );
        let own = rules.iter().filter(|rule| rule.direction == direction);
        for rule in own {
            if let Remote::Net(IpNet::V6(net)) = rule.remote {
                let (net, traffic) = (end(side, net), matched(rule.traffic));
                let _ = writeln!(text, "    {net}{traffic} accept");
            }
        }
        text.push_str("    drop\n  }\n");
    }
    text.push_str(
        "  chain forward {\n    type filter hook forward priority filter; policy accept;\n    \
         iifname \"teredo\" drop\n    oifname \"teredo\" drop\n  }\n}\n",
    );
    text
}

/// Another client is known by all of its address but what it drew (RFC 5991 section 3).
fn end(side: &str, net: Ipv6Net) -> String {
    if Teredo::of(net.addr()).is_some() && net.prefix_len() == 128 {
        let drawn = u128::from(Teredo::RANDOM) << 48;
        let mask = std::net::Ipv6Addr::from(!drawn);
        return format!("ip6 {side} & {mask} == {}", net.addr());
    }
    format!("ip6 {side} {net}")
}

fn matched(traffic: Traffic) -> String {
    match traffic {
        Traffic::All => String::new(),
        Traffic::Tcp(ports) => format!(" tcp dport {}", range(ports)),
        Traffic::Udp(ports) => format!(" udp dport {}", range(ports)),
        Traffic::Icmp6(messages) => match messages {
            IcmpMatch::Any => " meta l4proto ipv6-icmp".to_owned(),
            IcmpMatch::Type(kind) => format!(" icmpv6 type {kind}"),
            IcmpMatch::Code(kind, code) => format!(" icmpv6 type {kind} icmpv6 code {code}"),
        },
        Traffic::Icmp(_) => " meta l4proto icmp".to_owned(),
        Traffic::Protocol(number) => format!(" meta l4proto {number}"),
    }
}

fn range(ports: Ports) -> String {
    if ports.first() == ports.last() {
        ports.first().to_string()
    } else {
        format!("{}-{}", ports.first(), ports.last())
    }
}

fn named(estate: &Estate, id: &HostId) -> String {
    estate.hosts.get(id).map_or(id.to_string(), of_host)
}

fn of_host(host: &Host) -> String {
    if host.name.is_empty() {
        host.id.to_string()
    } else {
        format!("{} ({})", host.id, host.name)
    }
}
