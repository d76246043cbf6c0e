//! The script's arithmetic against Rust's: the same prefixes, and the same text of each.

use std::fmt::Write as _;
use std::net::Ipv6Addr;
use std::path::Path;

use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use sixward_net::Ipv6Net;

use crate::shell::bash;

/// A block, a place in it, a host part, and a prefix length.
type Case = (u128, u8, u64, u64, Option<u8>);

/// Bash starts once for all cases: what is measured is arithmetic, not processes.
#[test]
fn a_prefix_is_put_onto_a_block_as_rust_does() {
    let mut runner = TestRunner::new(Config::default());
    let cases: Vec<_> = (0..2_000).map(|number| case(&mut runner, number)).collect();
    let mut script = sources();
    let mut wanted = String::new();
    for (block, digits, suffix, whole) in &cases {
        let _ = writeln!(
            script,
            "in_block {block} '{digits}{suffix}'; echo \"$REPLY\""
        );
        let _ = writeln!(wanted, "{whole}{suffix}");
    }
    assert_eq!(bash(&script), wanted);
}

#[test]
fn addresses_are_written_as_rust_writes_them() {
    let mut script = sources();
    let mut wanted = String::new();
    for address in [
        "::",
        "::1",
        "1::",
        "2001:db8::1",
        "1:0:0:2:0:0:0:3",
        "1:0:0:2:0:0:3:4",
        "1:0:2:3:4:5:6:7",
        "0:0:1::",
        "fe80::1:0:0:1",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "0:1:0:1:0:1:0:1",
    ] {
        let address: Ipv6Addr = address.parse().unwrap();
        let groups = address.segments().map(|group| format!("{group:04x}"));
        let _ = writeln!(
            script,
            "hextets {}; address_of; echo \"$REPLY\"",
            groups.join(":")
        );
        let _ = writeln!(script, "hextets {address}; address_of; echo \"$REPLY\"");
        let _ = writeln!(wanted, "{address}\n{address}");
    }
    assert_eq!(bash(&script), wanted);
}

/// The block, the digits and host as the script is given them, the suffix, and the whole.
fn case(runner: &mut TestRunner, number: usize) -> (Ipv6Net, String, String, Ipv6Addr) {
    let (base, length, place, host, suffix): Case = numbers(runner, number);
    let length = 44 + length % 5 * 4;
    let bits = 64 - u32::from(length);
    let block = Ipv6Net::new(Ipv6Addr::from(base), length).unwrap().trunc();
    let place = u128::from(place) & ((1 << bits) - 1);
    let whole = Ipv6Addr::from(u128::from(block.network()) | place << 64 | u128::from(host));
    let digits = format!("{place:0width$x}", width = (bits / 4) as usize);
    let digits = match digits.split_at_checked(digits.len().wrapping_sub(4)) {
        Some((high, low)) => format!("{high}:{low}"),
        None => digits,
    };
    let groups = Ipv6Addr::from(u128::from(host)).segments();
    let groups = groups.iter().skip_while(|group| **group == 0);
    let groups: Vec<_> = groups.map(|group| format!("{group:x}")).collect();
    let suffix = suffix
        .map(|length| format!("/{length}"))
        .unwrap_or_default();
    (
        block,
        format!("{digits}::{}", groups.join(":")),
        suffix,
        whole,
    )
}

/// Random numbers, with every length and many zeros among them.
fn numbers(runner: &mut TestRunner, number: usize) -> Case {
    let length = u8::try_from(number % 5).unwrap();
    let sparse = any::<u64>().prop_map(|n| n & 0xffff_0000_ffff);
    let host = prop_oneof![Just(0_u64), any::<u64>(), sparse];
    let sparse = any::<u128>().prop_map(|n| n & !(0xffff_ffff << 72));
    let base = prop_oneof![any::<u128>(), sparse];
    let suffix = proptest::option::of(0_u8..=128);
    let tree = (base, Just(length), any::<u64>(), host, suffix).new_tree(runner);
    tree.unwrap().current()
}

fn sources() -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/aws/sh/prefix.sh");
    format!(
        "set -euo pipefail\n{}\n",
        std::fs::read_to_string(file).unwrap()
    )
}
