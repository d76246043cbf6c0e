//! A forger: changes a certificate and gives it the digests that it would have, had it been made so.

use proptest::sample::Index;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// What a forger can lay hands on, each by a path into the text.
pub(crate) type Path = Vec<String>;

/// All places at which a value stands that is no object and no list.
pub(crate) fn leaves(value: &Value, path: &mut Path, into: &mut Vec<Path>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map.iter().filter(|(key, _)| *key != "verdicts") {
                path.push(key.clone());
                leaves(value, path, into);
                path.pop();
            }
        }
        Value::Array(items) => {
            for (at, value) in items.iter().enumerate() {
                path.push(at.to_string());
                leaves(value, path, into);
                path.pop();
            }
        }
        _ => into.push(path.clone()),
    }
}

/// All places from which something can be taken out.
pub(crate) fn items(value: &Value, path: &mut Path, into: &mut Vec<Path>) {
    let parts: Vec<(String, &Value)> = match value {
        Value::Object(map) => map.iter().map(|(key, it)| (key.clone(), it)).collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(at, it)| (at.to_string(), it))
            .collect(),
        _ => return,
    };
    for (key, value) in parts.into_iter().filter(|(key, _)| key != "verdicts") {
        path.push(key);
        into.push(path.clone());
        items(value, path, into);
        path.pop();
    }
}

pub(crate) fn pointer(path: &[String]) -> String {
    let parts = path.iter();
    let parts: Vec<_> = parts
        .map(|part| part.replace('~', "~0").replace('/', "~1"))
        .collect();
    format!("/{}", parts.join("/"))
}

/// Writes something else in a place: the next number or another letter.
pub(crate) fn alter(certificate: &mut Value, path: &[String]) {
    let value = certificate.pointer_mut(&pointer(path)).unwrap();
    *value = match value {
        Value::Number(number) => match number.as_u64().unwrap() {
            0 => json!(1),
            other => json!(other - 1),
        },
        Value::String(text) => json!(altered(text)),
        _ => json!("null"),
    };
}

/// The address before or after this one, or another word.
fn altered(text: &str) -> String {
    use std::net::{Ipv4Addr, Ipv6Addr};
    if let Ok(address) = text.parse::<Ipv4Addr>() {
        return Ipv4Addr::from(u32::from(address) ^ 1).to_string();
    }
    if let Ok(address) = text.parse::<Ipv6Addr>() {
        return Ipv6Addr::from(u128::from(address) ^ 1).to_string();
    }
    format!("{text}0")
}

/// Takes something out.
pub(crate) fn take(certificate: &mut Value, path: &[String]) {
    let (last, above) = path.split_last().unwrap();
    match certificate.pointer_mut(&pointer(above)).unwrap() {
        Value::Object(map) => drop(map.remove(last)),
        Value::Array(items) => drop(items.remove(last.parse().unwrap())),
        _ => unreachable!("it has parts"),
    }
}

/// One of them.
pub(crate) fn pick(paths: Vec<Path>, index: Index, fits: impl Fn(&Path) -> bool) -> Option<Path> {
    let fitting: Vec<_> = paths.into_iter().filter(|path| fits(path)).collect();
    (!fitting.is_empty()).then(|| index.get(&fitting).clone())
}

fn sha256(value: &Value) -> String {
    digest(&serde_json::to_vec(value).unwrap())
}

/// The set as the digest has it: members in the order in which they are written.
fn set_digest(set: &Value) -> String {
    let members = ["tcp", "udp", "icmp", "icmpv6", "protocols"];
    let members = members.map(|name| format!("\"{name}\":{}", set[name]));
    digest(format!("{{{}}}", members.join(",")).as_bytes())
}

fn digest(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let bytes: Vec<_> = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    bytes.concat()
}

/// Gives every table, sheet and family the digest that it should have.
pub(crate) fn sign(certificate: &mut Value) {
    let sets = certificate["traffic"].as_array().unwrap();
    let sets: Vec<_> = sets.iter().map(set_digest).collect();
    for family in ["ipv4", "ipv6"] {
        let mut sheets = vec![std::collections::BTreeMap::new(); 256];
        for state in certificate["states"].as_array_mut().unwrap() {
            let Some(half) = state.get_mut(family) else {
                continue;
            };
            for key in half["gone"].as_array().unwrap() {
                let text = key.to_string();
                sheets[sheet(key)].remove(&text);
            }
            for table in half["tables"].as_array_mut().unwrap() {
                let mut columns = table["columns"].clone();
                for (_, runs) in columns.as_object_mut().unwrap() {
                    for run in runs.as_array_mut().unwrap() {
                        if let Some(number) = run[1].as_u64() {
                            let number = usize::try_from(number).unwrap();
                            run[1] = sets.get(number).map_or(Value::Null, |set| json!(set));
                        }
                    }
                }
                let digest = sha256(&json!([table["kind"], table["id"], columns]));
                table["digest"] = json!(digest);
                let key = json!([table["kind"], table["id"]]);
                let line = json!([table["kind"], table["id"], digest]);
                sheets[sheet(&key)].insert(key.to_string(), line);
            }
            let digests = sheets
                .iter()
                .map(|sheet| sha256(&sheet.values().cloned().collect()));
            half["digest"] = json!(sha256(&digests.collect()));
        }
    }
}

fn sheet(key: &Value) -> usize {
    usize::from_str_radix(&sha256(key)[..2], 16).unwrap()
}
