//! The address plan: per network a table of its subnets.

use sixward_assess::Tier;
use sixward_estate::BlockSource;

use super::page::{Ink, Page};
use super::table::{Cell, Table};
use super::words;
use crate::report::{NetworkAddresses, SubnetAddresses};

/// More rows are for the runbook.
const ROWS: usize = 12;
/// From so many networks on they have one row each.
const NETWORKS: usize = 3;

/// All networks, or as many as fit a screen.
pub(crate) fn write(networks: &[NetworkAddresses], page: &mut Page) {
    let subnets = networks
        .iter()
        .map(|network| network.subnets.len())
        .sum::<usize>();
    let beside = format!("{} subnets", words::number(subnets));
    page.heading(
        "ADDRESSES",
        Ink::Plain,
        if subnets == 1 { "1 subnet" } else { &beside },
    );
    if networks.len() > NETWORKS {
        overview(networks, page);
        return;
    }
    for network in networks {
        head(network, page);
        let table = table(&network.subnets, false);
        let narrow = table.width() + 4 > page.look().width;
        let table = if narrow {
            self::table(&network.subnets, true)
        } else {
            table
        };
        page.table(4, &table);
        rest(network.subnets.len(), ROWS, "subnets", page);
    }
}

fn head(network: &NetworkAddresses, page: &mut Page) {
    let provider = network.place.provider;
    let noun = words::noun(provider, "network", 1);
    let ipv4 = joined(network);
    let ipv6 = match (network.existing, network.chosen_later) {
        (true, _) => format!("has {}", network.ipv6),
        (false, true) => format!("gets {}, {{…}} until it is known", ipv6(network)),
        (false, false) => format!("gets {}", network.ipv6),
    };
    let name = if network.name.is_empty() {
        String::new()
    } else {
        format!(" ({})", network.name)
    };
    page.spans(
        2,
        &[
            (&format!("{noun} "), Ink::Plain),
            (&network.network, Ink::Bold),
            (&name, Ink::Bold),
            (&format!("  {ipv4}  {ipv6}"), Ink::Plain),
        ],
    );
}

fn joined(network: &NetworkAddresses) -> String {
    let blocks = network.ipv4.iter().map(ToString::to_string);
    blocks.collect::<Vec<_>>().join(", ")
}

/// The block, or what is known of it: `a /56 from AWS`.
fn ipv6(network: &NetworkAddresses) -> String {
    if !network.chosen_later {
        return network.ipv6.clone();
    }
    let from = source(&network.from, words::provider(network.place.provider));
    format!("a /{} {from}", length(&network.ipv6))
}

fn source(from: &BlockSource, provider: &str) -> String {
    match from {
        BlockSource::Provider { border_group } if border_group.is_empty() => {
            format!("from {provider}")
        }
        BlockSource::Provider { border_group } => format!("from {provider} in {border_group}"),
        BlockSource::Pool(pool) | BlockSource::Ipam(pool) => format!("from {pool}"),
        BlockSource::Own => "of your own".to_owned(),
    }
}

fn length(net: &str) -> &str {
    net.rsplit('/').next().unwrap_or_default()
}

fn table(subnets: &[SubnetAddresses], narrow: bool) -> Table {
    let mut table = Table::new([1]);
    for subnet in subnets.iter().take(ROWS) {
        table.row(vec![
            Cell::new(&subnet.subnet, Ink::Dim),
            Cell::new(&subnet.name, Ink::Bold),
            Cell::new(tier(subnet.tier), Ink::Plain),
            Cell::new(&subnet.zone, Ink::Plain),
            Cell::new(
                subnet.ipv4.map(|net| net.to_string()).unwrap_or_default(),
                Ink::Plain,
            ),
            Cell::new(&subnet.pair, Ink::Plain),
            Cell::new(
                if narrow {
                    short(&subnet.ipv6)
                } else {
                    subnet.ipv6.clone()
                },
                Ink::Plain,
            ),
            Cell::new(if subnet.existing { "there" } else { "" }, Ink::Dim),
        ]);
    }
    table
}

/// `{vpc-1}1a::/64` without the id, which the line above has.
fn short(net: &str) -> String {
    match net.split_once('}') {
        Some((_, digits)) if net.starts_with('{') => format!("{{…}}{digits}"),
        _ => net.to_owned(),
    }
}

fn overview(networks: &[NetworkAddresses], page: &mut Page) {
    let mut table = Table::new([1]);
    for network in networks.iter().take(ROWS) {
        let of = |wanted: Tier| network.subnets.iter().filter(|s| s.tier == wanted).count();
        let mut row = vec![
            Cell::new(&network.network, Ink::Dim),
            Cell::new(&network.name, Ink::Bold),
            Cell::new(joined(network), Ink::Plain),
            Cell::new(ipv6(network), Ink::Plain),
        ];
        let tiers = [Tier::Public, Tier::Private, Tier::Isolated];
        row.extend(tiers.map(|tier| match of(tier) {
            0 => Cell::default(),
            count => Cell::number(format!("{count} {}", self::tier(tier)), Ink::Plain),
        }));
        table.row(row);
    }
    page.table(2, &table);
    rest(networks.len(), ROWS, "networks", page);
}

fn rest(count: usize, shown: usize, noun: &str, page: &mut Page) {
    if count > shown {
        let more = words::number(count - shown);
        page.line(
            2,
            &format!("and {more} more {noun}: see runbook.md"),
            Ink::Dim,
        );
    }
}

fn tier(tier: Tier) -> &'static str {
    match tier {
        Tier::Public => "public",
        Tier::Private => "private",
        Tier::Isolated => "isolated",
    }
}
