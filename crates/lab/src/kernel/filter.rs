//! A node's filter, changed in one transaction: what is the same stays, with its connections
//! (linux/netfilter/nf_tables.h).

use std::collections::BTreeMap;

use super::expression::{self, Indices};
use super::message::{APPEND, Attributes, Batch, CREATE};
use crate::layout::{Chain, ChainName, Filter, Hook, Point, Set, SetName};

/// The name of the table: one a namespace.
const TABLE: &str = "sixward";

const SUBSYSTEM: u16 = 10 << 8;
const NEW_TABLE: u16 = SUBSYSTEM;
const DELETE_TABLE: u16 = SUBSYSTEM + 2;
const NEW_CHAIN: u16 = SUBSYSTEM + 3;
const DELETE_CHAIN: u16 = SUBSYSTEM + 5;
const NEW_RULE: u16 = SUBSYSTEM + 6;
const DELETE_RULE: u16 = SUBSYSTEM + 8;
const NEW_SET: u16 = SUBSYSTEM + 9;
const DELETE_SET: u16 = SUBSYSTEM + 11;
const NEW_ELEMENT: u16 = SUBSYSTEM + 12;
const DELETE_ELEMENT: u16 = SUBSYSTEM + 14;
const BEGIN: u16 = 16;
const END: u16 = 17;

/// Tables of both families.
const HEADER: [u8; 4] = [1, 0, 0, 0];
/// The transaction's own messages name the subsystem.
const BATCH: [u8; 4] = [0, 0, 0, 10];
/// An attribute of all elements of a message is at most 64 KiB long.
const ELEMENTS: usize = 1000;

/// An element of a set, by its bytes.
type Elements = BTreeMap<Vec<u8>, Value>;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    None,
    Bytes(Vec<u8>),
    Chain(ChainName),
}

/// Turns one filter into another.
pub(crate) fn change(batch: &mut Batch, old: &Filter, new: &Filter, indices: Indices<'_>) {
    if old == new {
        return;
    }
    batch.add(BEGIN, 0, &BATCH, "transaction", |_| {});
    if new.chains.is_empty() {
        batch.add(DELETE_TABLE, 0, &HEADER, "table", |m| m.text(1, TABLE));
    } else {
        if old.chains.is_empty() {
            batch.add(NEW_TABLE, CREATE, &HEADER, "table", |m| m.text(1, TABLE));
        }
        rules_away(batch, old, new);
        for (name, chain) in &new.chains {
            if !old.chains.contains_key(name) {
                new_chain(batch, name, chain);
            }
        }
        sets(batch, old, new, indices);
        new_rules(batch, old, new, indices);
        for name in old.sets.keys().filter(|name| !new.sets.contains_key(*name)) {
            batch.add(DELETE_SET, 0, &HEADER, format!("set {}", name.0), |m| {
                m.text(1, TABLE);
                m.text(2, &name.0);
            });
        }
        for name in old
            .chains
            .keys()
            .filter(|name| !new.chains.contains_key(*name))
        {
            batch.add(DELETE_CHAIN, 0, &HEADER, format!("chain {}", name.0), |m| {
                m.text(1, TABLE);
                m.text(3, &name.0);
            });
        }
    }
    batch.add(END, 0, &BATCH, "transaction", |_| {});
}

fn rules_away(batch: &mut Batch, old: &Filter, new: &Filter) {
    for (name, chain) in &old.chains {
        if !chain.rules.is_empty() && new.chains.get(name) != Some(chain) {
            batch.add(
                DELETE_RULE,
                0,
                &HEADER,
                format!("rules of {}", name.0),
                |m| {
                    m.text(1, TABLE);
                    m.text(2, &name.0);
                },
            );
        }
    }
}

fn new_chain(batch: &mut Batch, name: &ChainName, chain: &Chain) {
    batch.add(
        NEW_CHAIN,
        CREATE,
        &HEADER,
        format!("chain {}", name.0),
        |m| {
            m.text(1, TABLE);
            m.text(3, &name.0);
            let Some(hook) = chain.hook else {
                return;
            };
            let (kind, point, priority) = match hook {
                Hook::Filter(Point::Arriving, priority) => ("filter", 0, priority),
                Hook::Filter(Point::Here, priority) => ("filter", 1, priority),
                Hook::Filter(Point::Through, priority) => ("filter", 2, priority),
                Hook::Filter(Point::Own, priority) => ("filter", 3, priority),
                Hook::Filter(Point::Leaving, priority) => ("filter", 4, priority),
                Hook::Destination => ("nat", 0, -100),
                Hook::Source => ("nat", 4, 100),
            };
            m.nest(4, |hook| {
                hook.be32(1, point);
                hook.be32(2, priority.cast_unsigned());
            });
            m.be32(5, 1); // what comes to the end passes
            m.text(7, kind);
        },
    );
}

fn new_rules(batch: &mut Batch, old: &Filter, new: &Filter, indices: Indices<'_>) {
    for (name, chain) in &new.chains {
        if old.chains.get(name) == Some(chain) {
            continue;
        }
        for (n, rule) in chain.rules.iter().enumerate() {
            let what = format!("rule {n} of {}", name.0);
            batch.add(NEW_RULE, CREATE | APPEND, &HEADER, what, |m| {
                m.text(1, TABLE);
                m.text(2, &name.0);
                m.nest(4, |list| expression::rule(list, rule, indices));
            });
        }
    }
}

fn sets(batch: &mut Batch, old: &Filter, new: &Filter, indices: Indices<'_>) {
    for (number, (name, set)) in (1..).zip(&new.sets) {
        let there = old.sets.get(name);
        if there == Some(set) {
            continue;
        }
        if there.is_none() {
            new_set(batch, number, name, set);
        }
        let before = there.map_or_else(BTreeMap::new, |set| elements(set, indices));
        let after = elements(set, indices);
        let differs = |a: &Elements, b: &Elements| -> Vec<(Vec<u8>, Value)> {
            a.iter()
                .filter(|(key, value)| b.get(*key) != Some(value))
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect()
        };
        write(batch, DELETE_ELEMENT, 0, name, &differs(&before, &after));
        write(batch, NEW_ELEMENT, CREATE, name, &differs(&after, &before));
    }
}

fn new_set(batch: &mut Batch, number: u32, name: &SetName, set: &Set) {
    const MAP: u32 = 8;
    const VERDICTS: u32 = 0xffff_ff00;
    // Types are for those who list the table: addresses, ports, zones.
    let (key, key_length, data) = match set {
        Set::Addresses4(_) => (7, 4, None),
        Set::Addresses6(_) => (8, 16, None),
        Set::Translations(_) => (7, 4, Some((7, Some(4)))),
        Set::ZoneOfPort(_) => (20, 4, Some((0, Some(2)))),
        Set::ZoneOf4(_) => (7, 4, Some((0, Some(2)))),
        Set::ZoneOf6(_) => (8, 16, Some((0, Some(2)))),
        Set::Chains(_) => (20, 4, Some((VERDICTS, None))),
    };
    batch.add(NEW_SET, CREATE, &HEADER, format!("set {}", name.0), |m| {
        m.text(1, TABLE);
        m.text(2, &name.0);
        m.be32(3, if data.is_some() { MAP } else { 0 });
        m.be32(4, key);
        m.be32(5, key_length);
        if let Some((kind, length)) = data {
            m.be32(6, kind);
            if let Some(length) = length {
                m.be32(7, length);
            }
        }
        m.be32(10, number);
    });
}

fn write(batch: &mut Batch, kind: u16, flags: u16, name: &SetName, list: &[(Vec<u8>, Value)]) {
    for part in list.chunks(ELEMENTS) {
        batch.add(
            kind,
            flags,
            &HEADER,
            format!("elements of {}", name.0),
            |m| {
                m.text(1, TABLE);
                m.text(2, &name.0);
                m.nest(3, |elements| {
                    for (key, value) in part {
                        elements.nest(1, |element| {
                            element.nest(1, |data| data.bytes(1, key));
                            write_value(element, value);
                        });
                    }
                });
            },
        );
    }
}

fn write_value(element: &mut Attributes<'_>, value: &Value) {
    const JUMP: i32 = -3;
    match value {
        Value::None => {}
        Value::Bytes(bytes) => element.nest(2, |data| data.bytes(1, bytes)),
        Value::Chain(chain) => {
            element.nest(2, |data| expression::decision(data, JUMP, Some(chain)));
        }
    }
}

fn elements(set: &Set, indices: Indices<'_>) -> Elements {
    let zone = |zone: &u16| Value::Bytes(zone.to_ne_bytes().to_vec());
    match set {
        Set::Addresses4(set) => set
            .iter()
            .map(|key| (key.octets().to_vec(), Value::None))
            .collect(),
        Set::Addresses6(set) => set
            .iter()
            .map(|key| (key.octets().to_vec(), Value::None))
            .collect(),
        Set::Translations(map) => map
            .iter()
            .map(|(key, to)| (key.octets().to_vec(), Value::Bytes(to.octets().to_vec())))
            .collect(),
        Set::ZoneOfPort(map) => map
            .iter()
            .map(|(port, to)| (indices(port).to_ne_bytes().to_vec(), zone(to)))
            .collect(),
        Set::ZoneOf4(map) => map
            .iter()
            .map(|(key, to)| (key.octets().to_vec(), zone(to)))
            .collect(),
        Set::ZoneOf6(map) => map
            .iter()
            .map(|(key, to)| (key.octets().to_vec(), zone(to)))
            .collect(),
        Set::Chains(map) => map
            .iter()
            .map(|(port, chain)| {
                let key = indices(port).to_ne_bytes().to_vec();
                (key, Value::Chain(chain.clone()))
            })
            .collect(),
    }
}
