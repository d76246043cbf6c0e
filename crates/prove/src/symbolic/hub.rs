//! By a transit hub from a subnet to an address in another network.

use sixward_estate::{Attachment, LinkId, SmolStr, SubnetId, TransitId};

use super::Analysis;
use super::address::Address;
use super::ground::Ground;
use super::leg::Leg;
use super::route::{Hop, Way};
use super::unknown::subject;

/// The subnets by which packets get onto a hub and off it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Crossing<'a> {
    pub(super) entry: &'a Ground,
    pub(super) landing: Landing<'a>,
}

/// Where packets come off a hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Landing<'a> {
    /// In the receiver's own subnet: past no list, and by no route.
    Beside,
    /// In another subnet of the receiver's network.
    In(&'a Ground),
}

/// The subnets by which hubs are entered and left.
pub(super) fn ports(analysis: &Analysis) -> impl Iterator<Item = &SubnetId> {
    let attachments = analysis.estate.links.iter();
    let attachments = attachments.filter_map(|link| link.attachment());
    attachments.flat_map(|attachment| &attachment.subnets)
}

/// A hub routes what an attachment sends by that attachment's table, and reaches only zones in which
/// the attachment has a subnet (Amazon VPC: How transit gateways work).
pub(super) fn transit<'a, A: Address>(
    analysis: &'a Analysis,
    hub: &TransitId,
    from: &Ground,
    to: &Ground,
    destination: A,
) -> Leg<'a> {
    let Some((link, attachment)) = analysis.attachment(hub, &from.network) else {
        return Leg::Undetermined(subject("transit", hub));
    };
    let not_known = |link: &LinkId| Leg::Undetermined(subject("link", link));
    if analysis.gaps.find("link", link).is_some() || attachment.subnets.is_empty() {
        return not_known(link);
    }
    let Some(entry) = entry(analysis, attachment, from) else {
        return if reaches_zone(analysis, attachment, from) {
            not_known(link)
        } else {
            Leg::Nowhere
        };
    };
    let Some(table) = &attachment.table else {
        return not_known(link);
    };
    let Some(hops) = A::half(analysis).hops.get(table) else {
        return Leg::Undetermined(subject("transit-table", table));
    };
    match hops.get(destination) {
        Hop::Nowhere => Leg::Nowhere,
        Hop::Undetermined(subject) => Leg::Undetermined(subject.clone()),
        Hop::Link(next) => {
            let target = analysis
                .estate
                .links
                .get(next)
                .and_then(|link| link.attachment());
            match target {
                Some(target) if analysis.gaps.find("link", next).is_none() => {
                    if target.network.as_ref() == Some(&to.network) {
                        let landing = landing(analysis, target, Some(&entry.zone), to, destination);
                        landing.map_or_else(
                            || not_known(next),
                            |landing| Leg::Transit(next.clone(), Crossing { entry, landing }),
                        )
                    } else {
                        onward(analysis, from, (next, target), destination)
                    }
                }
                _ => not_known(next),
            }
        }
    }
}

/// Off a hub in the network of `to`: in the zone that packets come from where it has a subnet there,
/// else in one that nobody promises (AWS transit gateways: How transit gateways work). Nothing when
/// that matters, or they may not arrive.
pub(super) fn landing<'a, A: Address>(
    analysis: &'a Analysis,
    target: &'a Attachment,
    zone: Option<&SmolStr>,
    to: &Ground,
    destination: A,
) -> Option<Landing<'a>> {
    let half = A::half(analysis);
    let all: Vec<_> = grounds(analysis, target).collect();
    let is_known =
        all.len() == target.subnets.len() && all.iter().all(|ground| ground.unknown.is_empty());
    let mut likely = all.clone();
    likely.retain(|ground| Some(&ground.zone) == zone);
    let likely = if likely.is_empty() { all } else { likely };
    let is_own = |ground: &Ground| ground.subnet == to.subnet;
    let arrives = |ground: &&Ground| {
        let routes = half.routes(ground);
        let local = *routes.ways.get(destination) == Way::Local;
        is_own(ground) || (local && routes.anywhere.is_empty())
    };
    let (first, others) = likely.split_first()?;
    let alike = |other: &&Ground| other.list == first.list && is_own(other) == is_own(first);
    let decided = others.iter().all(alike) || likely.iter().all(|it| half.edge(it).is_open());
    (is_known && decided && likely.iter().all(arrives)).then(|| {
        if is_own(first) {
            Landing::Beside
        } else {
            Landing::In(first)
        }
    })
}

/// Into another network, whose routes may lead on: over a peering only what began there.
fn onward<A: Address>(
    analysis: &Analysis,
    from: &Ground,
    (link, target): (&LinkId, &Attachment),
    destination: A,
) -> Leg<'static> {
    let half = A::half(analysis);
    let own = target.network.as_ref() == Some(&from.network);
    let ends = target.subnets.iter().all(|id| {
        let ground = analysis.grounds.get(id);
        ground.is_some_and(|ground| {
            let routes = half.routes(ground);
            let stops = match routes.ways.get(destination) {
                Way::Nowhere | Way::Local => true,
                Way::Peering(_) => !own,
                _ => false,
            };
            stops && routes.anywhere.is_empty()
        })
    });
    if target.network.is_some() && !target.subnets.is_empty() && ends {
        return Leg::Nowhere;
    }
    Leg::Undetermined(subject("link", link))
}

/// The grounds by which a hub's attachment is entered and left.
fn grounds<'a>(
    analysis: &'a Analysis,
    attachment: &'a Attachment,
) -> impl Iterator<Item = &'a Ground> {
    let subnets = attachment.subnets.iter();
    subnets.filter_map(|id| analysis.grounds.get(id))
}

/// The ground by which packets from another get onto a hub, when all about it is known.
fn entry<'a>(
    analysis: &'a Analysis,
    attachment: &'a Attachment,
    from: &Ground,
) -> Option<&'a Ground> {
    let mut near = grounds(analysis, attachment).filter(|ground| ground.zone == from.zone);
    near.next().filter(|ground| ground.unknown.is_empty())
}

/// Whether an attachment may have a subnet in the zone of this one.
fn reaches_zone(analysis: &Analysis, attachment: &Attachment, from: &Ground) -> bool {
    let mut subnets = attachment.subnets.iter();
    subnets.any(|id| {
        let subnet = analysis.estate.subnets.get(id);
        subnet.is_none_or(|subnet| subnet.zone == from.zone)
    })
}
