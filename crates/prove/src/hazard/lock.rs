//! Public access locked for a whole region, and what is excluded from it (AWS, VPC Block Public
//! Access).

use std::collections::BTreeMap;

use sixward_estate::{
    Finding, NetworkId, Place, PublicAccess, PublicAccessMode, Severity, Subject, Subnet, SubnetId,
};

use super::scene::{Scene, Side, has_v6};
use super::{admit, report};

/// What the lock of its place means for a subnet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hold<'a> {
    /// There is none.
    None,
    /// It stops what comes from the internet.
    Holds,
    /// It stops nothing here: the subnet or its network is excluded.
    Excluded(Exclusion<'a>),
}

/// Who is excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Exclusion<'a> {
    Subnet(&'a SubnetId),
    Network(&'a NetworkId),
}

impl Hold<'_> {
    /// Whether the internet may begin.
    pub(super) fn is_open(self) -> bool {
        self != Self::Holds
    }
}

/// The lock that holds for a subnet.
pub(super) fn of<'a>(side: &Side<'a>, subnet: &Subnet) -> Hold<'a> {
    let Some(network) = side.estate.networks.get(&subnet.network) else {
        return Hold::None;
    };
    let mut locks = side.estate.public_access.iter();
    let Some(lock) = locks.find(|lock| is_in(&network.place, &lock.place)) else {
        return Hold::None;
    };
    if lock.mode == PublicAccessMode::Off {
        return Hold::None;
    }
    exclusion(lock, subnet).map_or(Hold::Holds, Hold::Excluded)
}

/// The exclusion in both directions; one for egress lets nobody in.
fn exclusion<'a>(lock: &'a PublicAccess, subnet: &Subnet) -> Option<Exclusion<'a>> {
    let mut subnets = lock.excluded_subnets.iter();
    if let Some((id, mode)) = subnets.find(|(id, _)| *id == subnet.id) {
        return (*mode == PublicAccessMode::Off).then_some(Exclusion::Subnet(id));
    }
    let mut networks = lock.excluded_networks.iter();
    let (id, mode) = networks.find(|(id, _)| *id == subnet.network)?;
    (*mode == PublicAccessMode::Off).then_some(Exclusion::Network(id))
}

/// An input may not say the account or the region.
fn is_in(place: &Place, lock: &Place) -> bool {
    let same = |one: &str, other: &str| one.is_empty() || other.is_empty() || one == other;
    place.provider == lock.provider
        && same(&place.account, &lock.account)
        && same(&place.region, &lock.region)
}

/// X9: exclusions by which IPv6 comes in to hosts that IPv4 does not reach.
pub(super) fn find(scene: &Scene<'_>, found: &mut Vec<Finding>) {
    let mut let_in: BTreeMap<Exclusion<'_>, (bool, Vec<String>)> = BTreeMap::new();
    for subnet in scene.now.subnets6() {
        let Hold::Excluded(exclusion) = of(&scene.now, subnet) else {
            continue;
        };
        if !scene.finds6(subnet) {
            continue;
        }
        for interface in scene.now.index.interfaces_of_subnet(&subnet.id) {
            if !has_v6(interface) || scene.found4(interface) {
                continue;
            }
            let admitted = admit::from_internet6(scene, interface, subnet);
            let (any, seen) = let_in.entry(exclusion).or_default();
            *any |= admitted;
            if admitted {
                seen.push(report::interface(scene.now.estate, interface).to_string());
            }
        }
    }
    found.extend(
        let_in
            .into_iter()
            .map(|(exclusion, (any, seen))| tell(exclusion, any, seen)),
    );
}

fn tell(exclusion: Exclusion<'_>, admitted: bool, seen: Vec<String>) -> Finding {
    let subject = match exclusion {
        Exclusion::Subnet(id) => Subject::new("subnet", id.as_str(), ""),
        Exclusion::Network(id) => Subject::new("network", id.as_str(), ""),
    };
    let (severity, message) = if admitted {
        (
            Severity::Blocker,
            "it is excluded from the lock on public access, and the internet comes in over IPv6 to \
             hosts that it does not reach over IPv4",
        )
    } else {
        (
            Severity::Note,
            "it is excluded from the lock on public access: over IPv6 only firewalls stand between \
             the internet and its hosts",
        )
    };
    let finding = Finding::new(severity, super::LOCK_EXCLUSION, subject, message.to_owned()).help(
        "exclude it for egress only, or lead ::/0 to an egress-only gateway, or end the exclusion",
    );
    report::seen(finding, seen)
}
