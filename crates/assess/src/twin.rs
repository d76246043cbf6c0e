//! What an IPv4 prefix is in IPv6.
//!
//! `0.0.0.0/0` is `::/0`; the prefix of something known is that thing's own IPv6 prefix; anything
//! else only a person knows. A prefix is never widened: what is known only in part is asked for, with
//! the known part as the proposal.

use std::net::{IpAddr, Ipv6Addr};

use sixward_estate::{
    FirewallId, InterfaceId, InterfaceOwner, Network, NetworkId, PrefixListId, SmolStr, SubnetId,
    TransitId, intent::Answer,
};
use sixward_net::{ANY4, ANY6, Family, Ipv4Net, Ipv6Net};

use crate::survey::Survey;

/// Something whose IPv6 prefix the address plan knows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Span {
    /// All of a network's block.
    Network(NetworkId),
    /// A subnet's block.
    Subnet(SubnetId),
    /// The addresses of one interface.
    Interface(InterfaceId),
}

/// What a thing of IPv4 is in IPv6.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Twin {
    /// Everything: `::/0`.
    Any,
    /// Exactly these; those that get no IPv6 count for nothing.
    Spans(Vec<Span>),
    /// Prefixes that a person named.
    Nets(Vec<Ipv6Net>),
    /// A prefix list that a person named.
    List(PrefixListId),
    /// It speaks for both families already.
    Itself,
    /// Nothing, because a person said so or because there is no such thing in IPv6.
    Nothing,
    /// Not known until a person answers.
    Waits(Wait),
}

/// A question that something waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// The decision's key.
    pub key: SmolStr,
    /// Why it must be asked.
    pub why: Why,
}

/// Why a prefix cannot be translated without a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// A public prefix of somebody else.
    Public,
    /// A public address of this estate: what is behind it is known.
    OwnPublic(Vec<Span>),
    /// A private prefix that no network of the estate has: a site, a partner.
    Unknown,
    /// It covers networks of the estate and more.
    Wider(Vec<Span>),
    /// It covers a part of a subnet.
    Part(Vec<Span>),
    /// A list of IPv4 prefixes.
    List,
    /// Opening `::/0` would expose interfaces that only the lack of a public IPv4 address hides.
    Exposes(Vec<InterfaceId>),
    /// The IPv4 traffic goes through something that has no IPv6 side, or that might inspect it.
    Middle(SmolStr),
    /// The IPv4 traffic leaves through a gateway behind this list, which may drop some of it, and IPv6
    /// would not meet it.
    Filtered(FirewallId),
}

/// The answer that takes the proposal.
pub const KNOWN: &str = "known";
/// The answer that leaves the thing IPv4-only.
pub const LEAVE_OUT: &str = "leave-out";
/// The answer that opens `::/0` although it exposes something.
pub const MIRROR: &str = "mirror";
/// The answer that lets interfaces begin flows with the internet.
pub const ALLOW: &str = "allow";
/// The answer that lets IPv6 out by an egress-only gateway instead of an appliance.
pub const EGRESS_ONLY: &str = "egress-only";
/// The answer that sends IPv6 to the target that IPv4 has.
pub const SAME_TARGET: &str = "same-target";

/// Where an IPv4 prefix is looked up: networks that share one are told apart by the way to them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Realm {
    /// As it is meant in a network: there first, then in all that it sees.
    Of(NetworkId),
    /// On the other side of a peering.
    Peer(NetworkId),
    /// In the networks on a transit hub.
    Hub(TransitId),
}

/// The twin of an IPv4 prefix in a realm.
pub fn of_net(survey: &Survey<'_>, realm: Realm, net: Ipv4Net) -> Twin {
    if net == ANY4 {
        return Twin::Any;
    }
    match survey.remember(realm, net, |realm| known_spans(survey, realm, net)) {
        Ok(spans) => Twin::Spans(spans),
        Err(why) => answered(survey, format!("address:{net}").into(), why),
    }
}

/// The twin of a prefix list: only a person knows which IPv6 list says the same.
pub fn of_list(survey: &Survey<'_>, list: &PrefixListId) -> Twin {
    let known = survey.estate().prefix_lists.get(list);
    if known.is_some_and(|list| list.family == Family::V6) {
        return Twin::Itself;
    }
    answered(survey, format!("prefix-list:{list}").into(), Why::List)
}

/// What a decision's answer makes of a question; a question stays when the answer says nothing
/// that is understood.
pub(crate) fn answered(survey: &Survey<'_>, key: SmolStr, why: Why) -> Twin {
    let answer = survey.intent.answering(&key).map(|(_, answer)| answer);
    let twin = answer.and_then(|answer| understand(survey, answer, &why));
    twin.unwrap_or(Twin::Waits(Wait { key, why }))
}

fn understand(survey: &Survey<'_>, answer: &Answer, why: &Why) -> Option<Twin> {
    match answer.words() {
        [word] if word == LEAVE_OUT => Some(Twin::Nothing),
        [word] if word == MIRROR && matches!(why, Why::Exposes(_)) => Some(Twin::Any),
        [word] if word == KNOWN => why.proposal().map(|spans| Twin::Spans(spans.to_vec())),
        [word]
            if survey
                .estate()
                .prefix_lists
                .contains(&PrefixListId::new(word.clone())) =>
        {
            Some(Twin::List(PrefixListId::new(word.clone())))
        }
        words => {
            let nets = words
                .iter()
                .map(|word| parse_net(word))
                .collect::<Option<Vec<_>>>()?;
            // Everyone is never what somebody is in IPv6; a default route may lead everywhere.
            let everyone = nets.contains(&ANY6) && !matches!(why, Why::Middle(_));
            (!nets.is_empty() && !everyone).then_some(Twin::Nets(nets))
        }
    }
}

/// A prefix, or an address alone.
pub(crate) fn parse_net(word: &str) -> Option<Ipv6Net> {
    let address = || word.parse::<Ipv6Addr>().ok().map(Ipv6Net::from);
    // `2001:db8::7/64` is a slip: the address, or all of its subnet?
    let net = word.parse::<Ipv6Net>().ok();
    net.filter(|net| net.trunc() == *net).or_else(address)
}

/// The known things that a prefix covers exactly, or why it does not.
fn known_spans(survey: &Survey<'_>, realm: &Realm, net: Ipv4Net) -> Result<Vec<Span>, Why> {
    let ids = survey.networks_of(realm);
    let seen: Vec<_> = ids
        .into_iter()
        .filter_map(|id| survey.estate().networks.get(id))
        .collect();
    let around = |network: &Network| network.blocks4.iter().any(|block| block.contains(&net));
    match realm {
        // What is local is never elsewhere.
        Realm::Of(own) if seen.iter().any(|n| n.id == *own && around(n)) => {
            return within_network(survey, own, net);
        }
        _ => {}
    }
    let holders: Vec<_> = seen.iter().filter(|network| around(network)).collect();
    if !holders.is_empty() {
        return within_any(survey, &holders, net);
    }
    let mut spans = Vec::new();
    let mut covered = Vec::new();
    for network in seen {
        let blocks = network.blocks4.iter();
        let inside: Vec<_> = blocks.filter(|block| net.contains(*block)).collect();
        covered.extend(inside.iter().copied().copied());
        if !inside.is_empty() && inside.len() == network.blocks4.len() {
            spans.push(Span::Network(network.id.clone()));
        } else {
            spans.extend(subnets_within(survey, &network.id, net));
        }
    }
    if spans.is_empty() {
        return Err(outside(survey, net));
    }
    // Several networks can fill a prefix between them without a gap.
    if Ipv4Net::aggregate(&covered) == [net] {
        Ok(spans)
    } else {
        Err(Why::Wider(spans))
    }
}

/// What several networks with the same block have in a prefix: to a filter each of them is meant.
fn within_any(survey: &Survey<'_>, holders: &[&&Network], net: Ipv4Net) -> Result<Vec<Span>, Why> {
    let mut spans = Vec::new();
    let mut exact = true;
    for network in holders {
        match within_network(survey, &network.id, net) {
            Ok(known) => spans.extend(known),
            Err(Why::Part(known)) => {
                exact &= known.is_empty();
                spans.extend(known);
            }
            Err(why) => return Err(why),
        }
    }
    if exact && !spans.is_empty() {
        Ok(spans)
    } else {
        Err(Why::Part(spans))
    }
}

fn within_network(survey: &Survey<'_>, id: &NetworkId, net: Ipv4Net) -> Result<Vec<Span>, Why> {
    let network = survey.estate().networks.get(id);
    if network.is_some_and(|network| network.blocks4 == [net]) {
        return Ok(vec![Span::Network(id.clone())]);
    }
    let subnets: Vec<_> = subnets_within(survey, id, net).collect();
    if !subnets.is_empty() {
        return Ok(subnets);
    }
    let address = (net.prefix_len() == 32).then(|| IpAddr::V4(net.addr()));
    let interfaces = address.map_or(&[][..], |address| {
        survey.index.interfaces_of_address(address)
    });
    let here = interfaces.iter().find(|interface| interface.network == *id);
    match here {
        Some(interface) => Ok(vec![Span::Interface(interface.id.clone())]),
        None => Err(Why::Part(interfaces_within(survey, id, net))),
    }
}

fn subnets_within<'a>(
    survey: &'a Survey<'_>,
    id: &NetworkId,
    net: Ipv4Net,
) -> impl Iterator<Item = Span> + 'a {
    let subnets = survey.index.subnets_of_network(id);
    let inside = subnets
        .iter()
        .filter(move |s| s.block4.is_some_and(|block| net.contains(&block)));
    inside.map(|subnet| Span::Subnet(subnet.id.clone()))
}

fn interfaces_within(survey: &Survey<'_>, id: &NetworkId, net: Ipv4Net) -> Vec<Span> {
    let subnets = survey.index.subnets_of_network(id);
    let around = subnets
        .iter()
        .filter(|s| s.block4.is_some_and(|block| block.contains(&net)));
    around
        .flat_map(|subnet| survey.index.interfaces_of_subnet(&subnet.id))
        .filter(|interface| {
            interface
                .addresses4
                .iter()
                .any(|a| net.contains(&a.address))
        })
        .map(|interface| Span::Interface(interface.id.clone()))
        .collect()
}

/// Why a prefix is not understood that no visible network has.
fn outside(survey: &Survey<'_>, net: Ipv4Net) -> Why {
    let own = if net.prefix_len() == 32 {
        behind_public(survey, IpAddr::V4(net.addr()))
    } else {
        Vec::new()
    };
    if !own.is_empty() {
        Why::OwnPublic(own)
    } else if is_public(net) {
        Why::Public
    } else {
        Why::Unknown
    }
}

/// What stands behind a public address of the estate: a host, or the subnets that a NAT gateway
/// speaks for. Over IPv6 they come with their own addresses.
fn behind_public(survey: &Survey<'_>, address: IpAddr) -> Vec<Span> {
    let mut spans = Vec::new();
    for interface in survey.index.interfaces_of_address(address) {
        match &interface.owner {
            InterfaceOwner::Gateway(gateway) => {
                let tables = survey.index.tables_of_network(&interface.network);
                let through = tables.iter().filter(|table| {
                    table.routes.iter().any(|route| {
                        matches!(&route.target, sixward_estate::RouteTarget::Gateway(id) if id == gateway)
                    })
                });
                let subnets = through.flat_map(|t| survey.index.subnets_of_table(&t.id));
                spans.extend(subnets.map(|subnet| Span::Subnet(subnet.id.clone())));
            }
            _ => spans.push(Span::Interface(interface.id.clone())),
        }
    }
    spans.sort();
    spans.dedup();
    spans
}

/// Whether an IPv4 prefix is used on the public internet: not private (RFC 1918), shared (RFC 6598),
/// loopback or link-local.
pub(crate) fn is_public(net: Ipv4Net) -> bool {
    const SHARED: Ipv4Net = Ipv4Net::new_assert(std::net::Ipv4Addr::new(100, 64, 0, 0), 10);
    let address = net.network();
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || SHARED.contains(&address))
}

impl Why {
    /// What the answer `known` stands for.
    pub fn proposal(&self) -> Option<&[Span]> {
        match self {
            Self::OwnPublic(spans) | Self::Wider(spans) | Self::Part(spans) => {
                (!spans.is_empty()).then_some(spans)
            }
            _ => None,
        }
    }
}
