//! Lists around NAT gateways.
//!
//! What leaves through a NAT gateway passes the list of the gateway's subnet, in and out, and its
//! answers do (Amazon VPC: NAT gateways, network ACLs). IPv6 leaves by an egress-only gateway and
//! meets the sender's own list only. Where the gateway's list could drop what the sender's does not, a
//! person must say whether that is a filter that is meant.

use sixward_estate::{
    Action, Direction, Firewall, FirewallKind, GatewayKind, Remote, Route, RouteTable,
    RouteTableId, RouteTarget, Rule, SmolStr, Subject, Subnet,
};
use sixward_net::{ANY4, IcmpMatch, IpNet, Ipv4Net, Ports, Traffic};

use super::FILTERED;
use crate::Decision;
use crate::question::{egress_only, leave_out};
use crate::report::Lines;
use crate::survey::Survey;
use crate::twin::is_public;

/// The ports from which a NAT gateway speaks (Amazon VPC: NAT gateway basics).
const NAT_PORTS: (u16, u16) = (1024, 65535);

/// The list that may drop some of what leaves by a route to a NAT gateway.
pub(super) fn by<'a>(
    survey: &Survey<'a>,
    table: &RouteTable,
    route: &Route,
) -> Option<&'a Firewall> {
    let RouteTarget::Gateway(id) = &route.target else {
        return None;
    };
    let estate = survey.estate();
    let GatewayKind::Nat { subnet, .. } = &estate.gateways.get(id)?.kind else {
        return None;
    };
    let list_of = |subnet: &Subnet| {
        let list = estate.firewalls.get(subnet.firewall.as_ref()?)?;
        (list.kind == FirewallKind::List).then_some(list)
    };
    let list = list_of(estate.subnets.get(subnet)?)?;
    let senders = survey.index.subnets_of_table(&table.id).iter();
    let mut senders = senders
        .filter(|sender| sender.id != *subnet && survey.selection.subnet(&sender.id))
        .filter_map(|sender| Some((sender.block4?, list_of(sender))));
    senders
        .any(|(block, own)| drops(list, own, block))
        .then_some(list)
}

/// The decision about the default route of `table` to a NAT gateway behind `list`.
pub(crate) fn decision(
    survey: &Survey<'_>,
    key: &SmolStr,
    (table, list): (&str, &str),
    seen: Lines,
) -> Decision {
    let tables = &survey.estate().route_tables;
    let known = tables.get(&RouteTableId::new(table));
    let name = known.map_or("", |table| table.name.as_str());
    let lists = &survey.estate().firewalls;
    let known = lists.get(&sixward_estate::FirewallId::new(list));
    let list = Subject::new("firewall", list, known.map_or("", |it| it.name.as_str()));
    Decision {
        key: key.clone(),
        code: FILTERED,
        subject: Subject::new("route-table", table, name),
        question: format!(
            "how does IPv6 leave? (IPv4 leaves through a NAT gateway, past the list of its subnet, \
                 {list}: whatever that drops, IPv6 by an egress-only gateway escapes)"
        ),
        choices: vec![leave_out(), egress_only()],
        meanwhile: "0.0.0.0/0 has no IPv6 route in this table".to_owned(),
        evidence: seen.into_vec(),
    }
}

/// Whether a list drops some of what leaves a subnet and comes back, that the subnet's own does not.
fn drops(list: &Firewall, own: Option<&Firewall>, block: Ipv4Net) -> bool {
    let out = allowed(own, Direction::Egress);
    let back = allowed(own, Direction::Ingress);
    let passes = |direction, traffic, remote| {
        let excuse = own.filter(|_| remote != block).map(|own| (own, block));
        passes(list, direction, (traffic, remote), excuse)
    };
    let leaves = out.iter().all(|(traffic, to)| {
        passes(Direction::Ingress, *traffic, block) && passes(Direction::Egress, *traffic, *to)
    });
    let answered = answers(&out).all(|traffic| passes(Direction::Ingress, traffic, ANY4));
    let mut back = back.iter();
    let returns = back.all(|(traffic, _)| passes(Direction::Egress, *traffic, block));
    !(leaves && answered && returns)
}

/// What the subnet's own list lets pass to and from the outside, of the protocols that NAT translates.
fn allowed(own: Option<&Firewall>, direction: Direction) -> Vec<(Traffic, Ipv4Net)> {
    let all = |net| translated().map(|traffic| (traffic, net)).to_vec();
    let Some(own) = own else {
        return all(ANY4);
    };
    let allows = own.rules(direction).flat_map(|rule| match rule.remote {
        Remote::Net(IpNet::V4(net)) if rule.action == Action::Allow && is_public(net) => {
            match rule.traffic {
                Traffic::All => all(net),
                Traffic::Icmp6(_) | Traffic::Protocol(_) => Vec::new(),
                traffic => vec![(traffic, net)],
            }
        }
        _ => Vec::new(),
    });
    allows.collect()
}

fn translated() -> [Traffic; 3] {
    [
        Traffic::Tcp(Ports::ALL),
        Traffic::Udp(Ports::ALL),
        Traffic::Icmp(IcmpMatch::Any),
    ]
}

/// What comes back to the gateway from the internet.
fn answers(out: &[(Traffic, Ipv4Net)]) -> impl Iterator<Item = Traffic> {
    let ports = Ports::new(NAT_PORTS.0, NAT_PORTS.1).unwrap_or(Ports::ALL);
    let [tcp, udp, icmp] = translated();
    let answers = [
        (tcp, Traffic::Tcp(ports)),
        (udp, Traffic::Udp(ports)),
        (icmp, icmp),
    ];
    let answers = answers.map(|(sent, answer)| {
        let sent = out.iter().any(|(traffic, _)| traffic.overlaps(sent));
        sent.then_some(answer)
    });
    answers.into_iter().flatten()
}

/// Whether a list lets all of something pass. A deny that the sender's own list has as well takes
/// nothing more, if it is not about the sender itself.
fn passes(
    list: &Firewall,
    direction: Direction,
    (traffic, remote): (Traffic, Ipv4Net),
    excuse: Option<(&Firewall, Ipv4Net)>,
) -> bool {
    for rule in list.rules(direction) {
        let Remote::Net(IpNet::V4(net)) = &rule.remote else {
            continue;
        };
        let net = *net;
        match rule.action {
            Action::Allow if net.contains(&remote) && rule.traffic.contains(traffic) => {
                return true;
            }
            Action::Deny if meet(net, remote) && rule.traffic.overlaps(traffic) => {
                let excused =
                    excuse.is_some_and(|(own, block)| !meet(net, block) && denies_first(own, rule));
                if !excused {
                    return false;
                }
            }
            _ => {}
        }
    }
    false
}

/// Whether a list denies the same before it allows any of it.
fn denies_first(own: &Firewall, deny: &Rule) -> bool {
    let Remote::Net(IpNet::V4(net)) = &deny.remote else {
        return false;
    };
    let first = own.rules(deny.direction).find(|rule| match &rule.remote {
        Remote::Net(IpNet::V4(other)) => meet(*net, *other) && rule.traffic.overlaps(deny.traffic),
        _ => false,
    });
    first.is_some_and(|rule| {
        let within = matches!(&rule.remote, Remote::Net(IpNet::V4(other)) if other.contains(net));
        rule.action == Action::Deny && within && rule.traffic.contains(deny.traffic)
    })
}

fn meet(one: Ipv4Net, other: Ipv4Net) -> bool {
    one.contains(&other) || other.contains(&one)
}
