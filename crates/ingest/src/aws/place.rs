//! Where things stand: accounts and regions, from what a resource says of itself.
//!
//! In this order: the resource's own words (owner, region, ARN), the zones of a network's subnets, a
//! component of the file's path such as `us-east-1` or an account number, and last the only region or
//! account that the whole input names. File names themselves never get into the estate.

use std::collections::{BTreeMap, BTreeSet};

use sixward_estate::{Estate, LinkKind, NetworkId, PeerSide, Place, Provider, SmolStr};

/// What a file's path says about everything in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Hint {
    account: SmolStr,
    region: SmolStr,
}

/// What the input says of itself as a whole.
#[derive(Debug, Default)]
pub(super) struct Named {
    /// Accounts that asked (`sts get-caller-identity`).
    pub(super) accounts: BTreeSet<SmolStr>,
    /// Regions whose zones were listed.
    pub(super) regions: BTreeSet<SmolStr>,
}

/// The parts of an ARN that matter here.
pub(super) struct Arn<'a> {
    pub(super) region: &'a str,
    pub(super) account: &'a str,
    pub(super) resource: &'a str,
}

impl Hint {
    pub(super) fn of_path(path: &str) -> Self {
        let words = || path.split(['/', '\\', '=', '_', '.']);
        let find = |test: fn(&str) -> bool| words().rfind(|word| test(word)).map(SmolStr::new);
        Self {
            account: find(is_account).unwrap_or_default(),
            region: find(is_region).unwrap_or_default(),
        }
    }

    /// Fills what a place leaves open.
    pub(super) fn fill(&self, place: &mut Place) {
        fill(&mut place.account, &self.account);
        fill(&mut place.region, &self.region);
    }
}

/// A place in AWS; either part may be empty.
pub(super) fn place(account: impl AsRef<str>, region: impl AsRef<str>) -> Place {
    Place {
        provider: Provider::Aws,
        account: SmolStr::new(account),
        region: SmolStr::new(region),
    }
}

/// The place that an ARN names; nowhere in particular when it is none.
pub(super) fn of_arn(text: &str) -> Place {
    // What is the provider's own has `aws` for an account.
    let account = |arn: &Arn<'_>| {
        if is_account(arn.account) {
            arn.account.to_owned()
        } else {
            String::new()
        }
    };
    arn(text).map_or_else(|| place("", ""), |arn| place(account(&arn), arn.region))
}

/// Takes an ARN apart: `arn:aws:ec2:us-east-1:123456789012:vpc/vpc-1`.
pub(super) fn arn(text: &str) -> Option<Arn<'_>> {
    let mut parts = text.strip_prefix("arn:")?.splitn(5, ':').skip(2);
    Some(Arn {
        region: parts.next()?,
        account: parts.next()?,
        resource: parts.next()?,
    })
}

/// The region that a zone (`us-west-2-lax-1a`) or a border group belongs to; empty when none.
pub(super) fn region_of(zone: &str) -> &str {
    region_length(zone)
        .and_then(|length| zone.get(..length))
        .unwrap_or_default()
}

/// Whether this is a region's name and not a zone's.
pub(super) fn is_region(text: &str) -> bool {
    region_length(text) == Some(text.len())
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Two letters, words for a part of the world, one number.
fn region_length(text: &str) -> Option<usize> {
    const PARTS: [&str; 9] = [
        "central",
        "north",
        "south",
        "east",
        "west",
        "northeast",
        "southeast",
        "northwest",
        "southwest",
    ];
    let mut parts = text.split('-');
    let country = parts.next()?;
    let mut part = parts.next()?;
    let mut length = country.len() + 1 + part.len();
    if part == "gov" || part.starts_with("iso") {
        part = parts.next()?;
        length += 1 + part.len();
    }
    let number = parts.next()?;
    let digits = number.bytes().take_while(u8::is_ascii_digit).count();
    let letters = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_lowercase());
    (letters && PARTS.contains(&part) && digits > 0).then_some(length + 1 + digits)
}

/// The regions of networks, by the zones of their subnets.
pub(super) fn regions(estate: &Estate) -> BTreeMap<NetworkId, SmolStr> {
    let mut regions = BTreeMap::new();
    for subnet in &estate.subnets {
        let region = region_of(&subnet.zone);
        if !region.is_empty() {
            regions
                .entry(subnet.network.clone())
                .or_insert_with(|| SmolStr::new(region));
        }
    }
    regions
}

/// Fills a region that is still open.
pub(super) fn fill_region(place: &mut Place, region: Option<&SmolStr>) {
    fill(&mut place.region, region.map_or("", SmolStr::as_str));
}

/// Fills the places that are still open, networks first since others take theirs from them.
pub(super) fn fill_estate(estate: &mut Estate, named: &Named) {
    let only = only_place(estate, named);
    let networks = &mut estate.networks;
    networks.for_each_mut(|network| fill_place(&mut network.place, &only));
    fill_by_network(estate);
    fill_open(estate, &only);
}

/// The account and region that the whole input names, where it names only one.
fn only_place(estate: &Estate, named: &Named) -> Place {
    let networks = || estate.networks.iter().map(|network| &network.place);
    let accounts = networks()
        .map(|place| &place.account)
        .chain(&named.accounts);
    let regions = networks().map(|place| &place.region).chain(&named.regions);
    place(only(accounts), only(regions))
}

fn only<'a>(words: impl Iterator<Item = &'a SmolStr>) -> SmolStr {
    let words: BTreeSet<&SmolStr> = words.filter(|word| !word.is_empty()).collect();
    match words.first() {
        Some(word) if words.len() == 1 => (*word).clone(),
        _ => SmolStr::default(),
    }
}

/// Services and far sides of peerings stand where their network stands.
fn fill_by_network(estate: &mut Estate) {
    let networks = &estate.networks;
    estate.services.for_each_mut(|service| {
        if let Some(network) = service.network.as_ref().and_then(|id| networks.get(id)) {
            fill_place(&mut service.place, &network.place);
        }
    });
    estate.links.for_each_mut(|link| {
        if let LinkKind::Peering {
            requester,
            accepter,
        } = &mut link.kind
        {
            for side in [requester, accepter] {
                let PeerSide { network, place, .. } = side;
                if let Some(network) = networks.get(network) {
                    fill_place(place, &network.place);
                }
            }
        }
    });
}

/// Fills every place that may still be open and is no far side's.
fn fill_open(estate: &mut Estate, only: &Place) {
    let fill = |place: &mut Place| fill_place(place, only);
    let locks = estate.public_access.iter_mut();
    locks.for_each(|lock| fill(&mut lock.place));
    estate.addresses.for_each_mut(|it| fill(&mut it.place));
    estate.transits.for_each_mut(|it| fill(&mut it.place));
    estate.prefix_lists.for_each_mut(|it| fill(&mut it.place));
    estate.machine_types.for_each_mut(|it| fill(&mut it.place));
    estate.services.for_each_mut(|it| fill(&mut it.place));
}

fn fill_place(place: &mut Place, from: &Place) {
    fill(&mut place.account, &from.account);
    fill(&mut place.region, &from.region);
}

fn fill(part: &mut SmolStr, from: &str) {
    if part.is_empty() {
        *part = SmolStr::new(from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_names_its_region() {
        for (zone, region) in [
            ("us-east-1a", "us-east-1"),
            ("us-west-2-lax-1a", "us-west-2"),
            ("us-gov-west-1b", "us-gov-west-1"),
            ("ap-southeast-2", "ap-southeast-2"),
            ("us-isob-east-1a", "us-isob-east-1"),
            ("my-folder-1", ""),
            ("aws-east-1", ""),
            ("", ""),
        ] {
            assert_eq!(region_of(zone), region, "{zone}");
        }
    }

    #[test]
    fn a_path_hints_at_a_place() {
        let mut place = place("", "");
        Hint::of_path("123456789012/us-east-1/vpcs.json").fill(&mut place);
        assert_eq!(place.to_string(), "aws/123456789012/us-east-1");
    }
}
