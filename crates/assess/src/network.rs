//! What stands in the way in a whole network: its blocks, and locks on public access.

use sixward_estate::{
    BlockSource, Code, Network, Provider, PublicAccess, PublicAccessMode, Subject,
};
use sixward_net::{scope::Scope, symbol};

use crate::report::{Explain, Report};
use crate::survey::Survey;

/// The network has no IPv4 block, so that there is nothing to mirror.
pub const NO_V4: Code = Code::new("network/no-v4");
/// The network has an IPv6 block already.
pub const HAS_V6: Code = Code::new("network/has-v6");
/// A lock keeps the network from the internet, in both directions.
pub const PUBLIC_ACCESS_BLOCKED: Code = Code::new("network/public-access-blocked");
/// A lock keeps the internet from the network.
pub const PUBLIC_INGRESS_BLOCKED: Code = Code::new("network/public-ingress-blocked");
/// The network's IPv6 block is of a kind that the internet does not route.
pub const BLOCK_SCOPE: Code = Code::new("network/block-scope");

pub(crate) fn find(survey: &Survey<'_>, report: &mut Report) {
    for network in &survey.estate().networks {
        if survey.selection.network(&network.id) {
            blocks(survey, network, report);
            locks(survey, network, report);
        }
    }
}

/// A kind of address in words that follow "is".
pub(crate) fn describe(scope: Scope) -> &'static str {
    match scope {
        Scope::Global => "global",
        Scope::UniqueLocal => "unique local (RFC 4193): the internet does not route it",
        Scope::LinkLocal => "link-local: nobody beyond the link can reach it",
        Scope::SixToFour => "6to4 (2002::/16), which is deprecated (RFC 7526)",
        Scope::Teredo => "Teredo (2001::/32): a tunnel over IPv4, not IPv6 of the network",
        Scope::Nat64 => "for NAT64 (RFC 6052): it stands for IPv4 addresses",
        Scope::Documentation => "for documentation (RFC 3849, RFC 9637): nobody routes it",
        Scope::SiteLocal => "site-local, which is deprecated (RFC 3879)",
        Scope::Other => "not assigned to anybody: nobody routes it",
    }
}

fn subject(network: &Network) -> Subject {
    Subject::new("network", network.id.as_str(), &network.name)
}

fn blocks(survey: &Survey<'_>, network: &Network, report: &mut Report) {
    if network.blocks4.is_empty() {
        report
            .warning(
                NO_V4,
                subject(network),
                "it has no IPv4 block, so that there is nothing to do as IPv4 does",
            )
            .way_out("leave it out by the intent's exclude, or check that the input is whole");
    }
    let real = || {
        network
            .blocks6
            .iter()
            .filter(|block| !symbol::is_symbolic(block.net))
    };
    if real().next().is_some() {
        report
            .note(HAS_V6, subject(network), "it has an IPv6 block already")
            .way_out("nothing: its subnets get their prefixes from that")
            .seen_in(
                real()
                    .map(|block| block.net.to_string())
                    .collect::<crate::report::Lines>(),
            );
    }
    for block in real() {
        let scope = Scope::of(block.net.network());
        // Elsewhere than on AWS the owner chooses, and private blocks are behind the provider's NAT.
        let chosen = survey.provider(&network.id) != Some(Provider::Aws)
            && block.source == BlockSource::Own
            && scope == Scope::UniqueLocal;
        if scope != Scope::Global && !chosen {
            report
                .warning(
                    BLOCK_SCOPE,
                    subject(network),
                    format!("its IPv6 block is {}", describe(scope)),
                )
                .way_out("get a global block beside it for whatever the internet is to reach")
                .seen_in(block.net.to_string());
        }
    }
}

fn locks(survey: &Survey<'_>, network: &Network, report: &mut Report) {
    let here = |lock: &&PublicAccess| {
        let (lock, network) = (&lock.place, &network.place);
        lock.provider == network.provider
            && lock.region == network.region
            && (lock.account == network.account
                || lock.account.is_empty()
                || network.account.is_empty())
    };
    let Some(lock) = survey.estate().public_access.iter().find(here) else {
        return;
    };
    let excluded = lock
        .excluded_networks
        .iter()
        .find(|(id, _)| *id == network.id);
    let open: Vec<_> = lock
        .excluded_subnets
        .iter()
        .map(|(id, _)| format!("not for {id}"))
        .collect();
    let lines = crate::report::Lines::from_iter(open);
    match excluded.map_or(lock.mode, |(_, mode)| *mode) {
        PublicAccessMode::Off => {}
        PublicAccessMode::BlockBidirectional => {
            report
                .blocker(
                    PUBLIC_ACCESS_BLOCKED,
                    subject(network),
                    "a lock (VPC Block Public Access) keeps it from the internet in both \
                         directions, over IPv6 too",
                )
                .way_out(
                    "nothing if that is meant: IPv6 works inside; else make an exclusion for \
                     the network",
                )
                .seen_in(lines);
        }
        PublicAccessMode::BlockIngress => {
            report
                .warning(
                    PUBLIC_INGRESS_BLOCKED,
                    subject(network),
                    "a lock (VPC Block Public Access) keeps the internet from it, over IPv6 \
                         too: only what begins inside and leaves by NAT or an egress-only \
                         gateway passes",
                )
                .way_out("nothing if that is meant; else make an exclusion for the network")
                .seen_in(lines);
        }
    }
}
