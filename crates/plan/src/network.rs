//! Blocks of networks, and what the provider opens by itself when a network gets one.

use sixward_assess::Survey;
use sixward_estate::{
    Action, Block6, BlockSource, Destination, Direction, Estate, Firewall, FirewallKind, Network,
    NetworkId, Provider, Remote, Route, RouteOrigin, RouteState, RouteTarget, Rule, SmolStr,
    Subject,
};
use sixward_net::{ANY6, Traffic};

use crate::address::AddressPlan;
use crate::change::{Change, ChangeError};
use crate::draft::{About, Draft};
use crate::link;

/// The order of the rule that AWS adds to an untouched default network ACL (Amazon VPC, Default
/// network ACL: "rule 101").
const DEFAULT_LIST_ORDER: u32 = 101;

pub(crate) fn steps(survey: &Survey<'_>, addresses: &AddressPlan, draft: &mut Draft) {
    for (id, row) in &addresses.networks {
        if row.existing {
            continue;
        }
        let about = About::quiet("every subnet takes its prefix from the network's block");
        let about = match row.block.source {
            BlockSource::Provider { .. } => {
                about.loses("the block itself: the provider gives another one next time")
            }
            _ => about,
        };
        let _ = survey;
        let change = Change::AddNetworkBlock {
            network: id.clone(),
            block: row.block.clone(),
        };
        draft.step(change, about);
    }
}

pub(crate) fn add_block(
    estate: &mut Estate,
    id: &NetworkId,
    block: &Block6,
) -> Result<(), ChangeError> {
    let opened = opened_firewalls(estate, id);
    let network = find(estate, id)?;
    if network.blocks6.iter().any(|other| other.net == block.net) {
        return Err(ChangeError::Exists(subject(network), block.net.to_string()));
    }
    network.blocks6.push(block.clone());
    network.blocks6.sort();
    estate.route_tables.change_where(
        |table| table.network == *id,
        |table| table.add(local_route(block)),
    );
    link::announce(estate, id, block.net, true);
    opened.iter().try_for_each(|change| change.effect(estate))
}

pub(crate) fn remove_block(
    estate: &mut Estate,
    id: &NetworkId,
    block: &Block6,
) -> Result<(), ChangeError> {
    let used = estate.subnets.iter().any(|subnet| {
        subnet.block6.is_some_and(|net| block.net.contains(&net)) && subnet.network == *id
    });
    let network = find(estate, id)?;
    if !network.blocks6.contains(block) {
        return Err(ChangeError::Absent(subject(network), block.net.to_string()));
    }
    if used {
        return Err(ChangeError::InUse(subject(network), block.net.to_string()));
    }
    network.blocks6.retain(|other| other != block);
    let local = local_route(block);
    estate.route_tables.change_where(
        |table| table.network == *id,
        |table| table.routes.retain(|route| *route != local),
    );
    link::announce(estate, id, block.net, false);
    Ok(())
}

/// What AWS opens by itself when a network gets an IPv6 block: for each direction the default
/// network ACL when its rules were not changed, and the egress of security groups whose egress was
/// not changed (Amazon VPC, Migrating to IPv6, step 3).
pub(crate) fn opened_firewalls(before: &Estate, id: &NetworkId) -> Vec<Change> {
    let network = before.networks.get(id);
    if network.is_none_or(|network| network.place.provider != Provider::Aws) {
        return Vec::new();
    }
    let inside = before
        .firewalls
        .iter()
        .filter(|firewall| firewall.network == *id);
    inside.flat_map(opened_rules).collect()
}

fn opened_rules(firewall: &Firewall) -> impl Iterator<Item = Change> + '_ {
    [Direction::Ingress, Direction::Egress]
        .into_iter()
        .filter_map(|direction| {
            let order = match firewall.kind {
                FirewallKind::Group => None,
                FirewallKind::List => Some(DEFAULT_LIST_ORDER),
                FirewallKind::Ordered => return None,
            };
            let rule = Rule {
                direction,
                order,
                action: Action::Allow,
                traffic: Traffic::All,
                remote: Remote::from(ANY6),
                note: SmolStr::default(),
            };
            let opens = firewall.is_untouched(direction) && !firewall.has(&rule);
            opens.then(|| Change::AddRule {
                firewall: firewall.id.clone(),
                rule,
            })
        })
}

fn local_route(block: &Block6) -> Route {
    Route {
        destination: Destination::from(block.net),
        target: RouteTarget::Local,
        origin: RouteOrigin::Local,
        state: RouteState::Active,
    }
}

fn find<'a>(estate: &'a mut Estate, id: &NetworkId) -> Result<&'a mut Network, ChangeError> {
    let missing = || ChangeError::Missing(Subject::new("network", id.as_str(), ""));
    estate.networks.get_mut(id).ok_or_else(missing)
}

fn subject(network: &Network) -> Subject {
    Subject::new("network", network.id.as_str(), &network.name)
}
