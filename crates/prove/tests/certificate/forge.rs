//! A forger: changes a certificate.

use proptest::sample::Index;
use serde_json::{Value, json};

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
    let parts = parts.map(|part| format!("/{}", part.replace('~', "~0").replace('/', "~1")));
    parts.collect()
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
pub(crate) fn pick(paths: &[Path], index: Index) -> Path {
    index.get(paths).clone()
}
