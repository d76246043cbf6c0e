//! Whatever the estate, a layout speaks of nothing that it does not have: the kernel would refuse it.

use std::collections::BTreeSet;

use proptest::prelude::*;
use sixward_lab::{
    ChainName, Filter, Hop, Layout, Match, NodeId, Port, Set, SetName, Translation, Verdict,
};

use crate::spec::{Kind, specs};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(100) })]

    #[test]
    fn a_layout_speaks_of_nothing_that_it_does_not_have(spec in specs(Kind::Mixed)) {
        let estate = spec.estate(|family| family);
        let layout = Layout::rehearsed(&estate);
        for (id, node) in &layout.nodes {
            let ports = ports(&layout, id);
            let routes = node.routes.values().filter_map(|hop| match hop {
                Hop::Over(port) => Some(port),
                Hop::Here => None,
            });
            let policies = node.policies.iter().filter_map(|policy| policy.from.as_ref());
            for port in routes.chain(policies).chain(node.addresses.keys()) {
                prop_assert!(ports.contains(port), "{port} of {id}");
            }
            let missing = missing(&node.filter);
            prop_assert!(missing.is_empty(), "{missing:?} of {id}");
        }
        prop_assert_eq!(&layout, &Layout::rehearsed(&estate));
    }
}

fn ports(layout: &Layout, id: &NodeId) -> BTreeSet<Port> {
    let wires = layout.wires.iter();
    let ends = wires.flat_map(|(end, wire)| [end, &wire.to]);
    ends.filter(|end| end.node == *id)
        .map(|end| end.port.clone())
        .chain([Port::own()])
        .collect()
}

/// Chains and sets that a filter names and does not have.
fn missing(filter: &Filter) -> Vec<String> {
    let mut missing = Vec::new();
    let mut chain = |name: &ChainName| {
        if !filter.chains.contains_key(name) {
            missing.push(name.0.to_string());
        }
    };
    let mut sets: Vec<&SetName> = Vec::new();
    for rule in filter.chains.values().flat_map(|chain| &chain.rules) {
        for condition in &rule.matches {
            if let Match::SourceIn(set, _)
            | Match::SourceNotIn(set, _)
            | Match::DestinationIn(set, _) = condition
            {
                sets.push(set);
            }
        }
        match &rule.verdict {
            Verdict::Jump(name) => chain(name),
            Verdict::JumpByIn(set) | Verdict::JumpByOut(set) | Verdict::Zone(_, set) => {
                sets.push(set);
            }
            Verdict::Translate(
                Translation::Destination(set)
                | Translation::Source(set)
                | Translation::RewriteDestination(set)
                | Translation::RewriteSource(set),
            ) => sets.push(set),
            _ => {}
        }
    }
    for set in filter.sets.values() {
        if let Set::Chains(map) = set {
            map.values().for_each(&mut chain);
        }
    }
    let sets = sets
        .into_iter()
        .filter(|set| !filter.sets.contains_key(set));
    missing.extend(sets.map(|set| set.0.to_string()));
    missing
}
