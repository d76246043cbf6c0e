//! The shell functions that scripts are made of, and words that a shell takes as they are.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The nouns with functions of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Noun {
    Network,
    Subnet,
    Gateway,
    Route,
    Link,
    Firewall,
    Host,
    Interface,
    Balancer,
    Service,
    Endpoint,
}

/// The functions that the nouns need, with those that every script has.
pub(super) fn functions(nouns: &BTreeSet<Noun>) -> String {
    let mut nouns = nouns.clone();
    // Every prefix is read from its network's block; a route may lead to a gateway that is new.
    nouns.insert(Noun::Network);
    if nouns.contains(&Noun::Route) {
        nouns.insert(Noun::Gateway);
    }
    let frame = [include_str!("sh/frame.sh"), include_str!("sh/prefix.sh")];
    let parts: Vec<_> = frame
        .into_iter()
        .chain(nouns.into_iter().map(source))
        .collect();
    parts.join("\n")
}

/// A word as the shell reads it back, quoted only where it must be.
pub(super) fn quote(word: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_./:=,@%+-".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        Cow::Borrowed(word)
    } else {
        Cow::Owned(format!("'{}'", word.replace('\'', r"'\''")))
    }
}

/// Text as it stands inside the quotes of a JSON string, in ASCII.
pub(super) fn json(text: &str) -> String {
    let mut units = [0; 2];
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '\\' => escaped.extend(['\\', c]),
            ' '..='~' => escaped.push(c),
            _ => {
                for unit in c.encode_utf16(&mut units) {
                    let _ = write!(escaped, "\\u{unit:04x}");
                }
            }
        }
    }
    escaped
}

fn source(noun: Noun) -> &'static str {
    match noun {
        Noun::Network => include_str!("sh/network.sh"),
        Noun::Subnet => include_str!("sh/subnet.sh"),
        Noun::Gateway => include_str!("sh/gateway.sh"),
        Noun::Route => include_str!("sh/route.sh"),
        Noun::Link => include_str!("sh/link.sh"),
        Noun::Firewall => include_str!("sh/firewall.sh"),
        Noun::Host => include_str!("sh/host.sh"),
        Noun::Interface => include_str!("sh/interface.sh"),
        Noun::Balancer => include_str!("sh/balancer.sh"),
        Noun::Service => include_str!("sh/service.sh"),
        Noun::Endpoint => include_str!("sh/endpoint.sh"),
    }
}
