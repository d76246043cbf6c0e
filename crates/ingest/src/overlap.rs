//! Networks of one place that share IPv4 addresses: they can never be linked, and names of hosts by
//! private address are ambiguous.

use sixward_estate::{Estate, Finding, Network, Severity};
use sixward_net::Ipv4Net;

use crate::code;
use crate::report::Report;
use crate::subject::Noun;

/// Says which networks of one place overlap.
pub(crate) fn tell(estate: &Estate, report: &mut Report) {
    let mut blocks: Vec<(Ipv4Net, &Network)> = estate
        .networks
        .iter()
        .flat_map(|network| network.blocks4.iter().map(move |block| (*block, network)))
        .collect();
    // By first address, the wider block first: whatever a block holds follows it.
    blocks.sort_by_key(|(block, network)| {
        (
            network.place.clone(),
            block.network(),
            block.prefix_len(),
            network.id.clone(),
        )
    });
    let mut around: Vec<(Ipv4Net, &Network)> = Vec::new();
    for (block, network) in blocks {
        around.retain(|(outer, other)| outer.contains(&block) && other.place == network.place);
        for (outer, other) in around.iter().filter(|(_, other)| other.id != network.id) {
            let text = format!("its block {block} lies within {outer} of another network");
            let finding = Finding::new(Severity::Note, code::OVERLAP, network.subject(), text)
                .help("IPv4 traffic between the two is impossible; IPv6 blocks do not overlap")
                .evidence(other.subject().to_string());
            report.add("share IPv4 addresses with another network", finding);
        }
        // A hundred copies of one block are told of against the first few, not pair by pair.
        if around.len() < 4 {
            around.push((block, network));
        }
    }
}
