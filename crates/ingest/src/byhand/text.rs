//! Rules and routes as short text: `allow tcp/443 from ::/0`, `0.0.0.0/0 via edge`.

use std::collections::BTreeSet;
use std::net::IpAddr;

use sixward_estate::{
    Action, Destination, Direction, FirewallId, GatewayId, InterfaceId, Remote, Route, RouteOrigin,
    RouteState, RouteTarget, Rule, SmolStr,
};
use sixward_net::{ANY4, ANY6, IpNet, Traffic};

/// What a rule's text says; `any` is one rule for each family.
pub(super) fn rules(
    text: &str,
    order: Option<u32>,
    policies: &BTreeSet<SmolStr>,
) -> Result<Vec<Rule>, String> {
    let (text, note) = text.split_once('#').unwrap_or((text, ""));
    let words: Vec<&str> = text.split_whitespace().collect();
    let [action, traffic, word, remote] = words.as_slice() else {
        return Err(format!("rule `{}` is not of four words", text.trim()));
    };
    let action = match *action {
        "allow" => Action::Allow,
        "deny" => Action::Deny,
        other => return Err(format!("`{other}` is neither `allow` nor `deny`")),
    };
    let direction = match *word {
        "from" => Direction::Ingress,
        "to" => Direction::Egress,
        other => return Err(format!("`{other}` is neither `from` nor `to`")),
    };
    let traffic: Traffic = traffic.parse().map_err(|error| format!("{error}"))?;
    let rule = |remote| Rule {
        direction,
        order,
        action,
        traffic,
        remote,
        note: SmolStr::new(note.trim()),
    };
    Ok(remotes(remote, policies)?.into_iter().map(rule).collect())
}

fn remotes(text: &str, policies: &BTreeSet<SmolStr>) -> Result<Vec<Remote>, String> {
    if text == "any" {
        return Ok(vec![ANY4.into(), ANY6.into()]);
    }
    if let Some(net) = net(text) {
        return Ok(vec![Remote::Net(net)]);
    }
    if policies.contains(text) {
        return Ok(vec![Remote::Firewall(FirewallId::new(text))]);
    }
    Err(format!(
        "`{text}` is neither an address, a prefix, `any` nor a policy of this file"
    ))
}

/// A prefix without the bits of hosts, or one address.
fn net(text: &str) -> Option<IpNet> {
    let address = || text.parse::<IpAddr>().ok().map(IpNet::from);
    text.parse::<IpNet>()
        .ok()
        .map(|net| net.trunc())
        .or_else(address)
}

/// What a route's text says.
pub(super) fn route(
    text: &str,
    gateways: &BTreeSet<SmolStr>,
    servers: &BTreeSet<SmolStr>,
) -> Result<Route, String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (destination, target) = match words.as_slice() {
        [destination, "local"] => (destination, RouteTarget::Local),
        [destination, "nowhere"] => (destination, RouteTarget::Nowhere),
        [destination, "via", id] if gateways.contains(*id) => {
            (destination, RouteTarget::Gateway(GatewayId::new(*id)))
        }
        [destination, "via", id] if servers.contains(*id) => {
            (destination, RouteTarget::Interface(interface(id)))
        }
        [_, "via", id] => {
            return Err(format!(
                "`{id}` is neither a gateway nor a server of this file"
            ));
        }
        _ => return Err(format!("route `{text}` is not of the form `PREFIX via ID`")),
    };
    let net = net(destination).ok_or_else(|| format!("`{destination}` is no prefix"))?;
    let origin = match target {
        RouteTarget::Local => RouteOrigin::Local,
        _ => RouteOrigin::Static,
    };
    Ok(Route {
        destination: Destination::Net(net),
        target,
        origin,
        state: RouteState::Active,
    })
}

/// The only interface of a server.
pub(super) fn interface(server: &str) -> InterfaceId {
    InterfaceId::new(format!("{server}/0"))
}
