//! Plans to write: the guide's estate, and one with a step of every kind.

use std::fs;
use std::net::Ipv6Addr;
use std::path::Path;

use sixward_assess::{Assessment, Decisions};
use sixward_estate::intent::Intent;
use sixward_estate::*;
use sixward_net::{IpNet, Ipv6Net, Traffic};
use sixward_plan::{
    AddressPlan, Change, Cost, Downtime, NetworkRow, Plan, Risk, Stage, Step, Symbols,
};

/// The estate of the provider's migration guide, as its owner's dump says it.
pub(crate) fn two_tier() -> Estate {
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/aws-two-tier/given"))
}

/// The estate of a folder of dumps.
pub(crate) fn read(folder: &Path) -> Estate {
    let mut reader = sixward_ingest::aws::Reader::new();
    let files = fs::read_dir(folder.join("us-east-1")).unwrap();
    let mut files: Vec<_> = files.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files {
        let name = file.strip_prefix(folder).unwrap().to_str().unwrap();
        reader.read(name, &fs::read(&file).unwrap()).unwrap();
    }
    reader.finish().estate
}

/// A plan of these changes for this estate, one wave for each.
pub(crate) fn plan_of(before: Estate, changes: Vec<Change>) -> Plan {
    let unknown = before.networks.iter().map(|network| (&network.id, 56));
    let symbols = Symbols::new(unknown);
    let mut addresses = AddressPlan::default();
    for network in &before.networks {
        let symbol = symbols.of(&network.id).unwrap();
        let row = NetworkRow {
            block: provider_block(symbol.placeholder),
            existing: false,
        };
        addresses.networks.insert(symbol.network.clone(), row);
    }
    let steps = changes.into_iter().zip(1..).map(|(change, number)| Step {
        number,
        wave: number,
        stage: Stage::Blocks,
        side_effects: change.side_effects(&before),
        undo: change.undo(&before),
        change,
        reason: "it is wanted".into(),
        risk: Risk::Low,
        downtime: Downtime::None,
        cost: Cost::None,
        loses: SmolStr::default(),
    });
    Plan {
        intent: Intent::default(),
        assessment: Assessment {
            findings: Vec::new(),
            decisions: Decisions::default(),
        },
        addresses,
        symbols,
        steps: steps.collect(),
        before,
    }
}

pub(crate) fn provider_block(net: Ipv6Net) -> Block6 {
    let border_group = SmolStr::default();
    Block6 {
        net,
        source: BlockSource::Provider { border_group },
    }
}

/// An address in the unknown block of a network.
pub(crate) fn within(before: &Estate, network: &NetworkId, offset: u128) -> Ipv6Addr {
    let symbols = Symbols::new(before.networks.iter().map(|network| (&network.id, 56)));
    let base = symbols.of(network).unwrap().placeholder.network();
    Ipv6Addr::from(u128::from(base) | offset)
}

/// A rule as a person would have written it.
pub(crate) fn rule(direction: Direction, order: Option<u32>, traffic: &str, remote: IpNet) -> Rule {
    Rule {
        direction,
        order,
        action: Action::Allow,
        traffic: traffic.parse::<Traffic>().unwrap(),
        remote: Remote::Net(remote),
        note: SmolStr::default(),
    }
}
