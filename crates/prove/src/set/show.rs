//! Traffic sets as text: `tcp 22, 443; udp 53 from 1024-65535; icmpv6 128`.

use std::fmt;

use super::traffic::Grid;
use super::{Intervals, Point, TrafficSet};

/// More parts than this say no more to a reader.
const MOST: usize = 6;

impl fmt::Display for TrafficSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::all() {
            return f.pad("all traffic");
        }
        if self.is_empty() {
            return f.pad("nothing");
        }
        let mut parts = Vec::new();
        ports("tcp", &self.tcp, &mut parts);
        ports("udp", &self.udp, &mut parts);
        messages("icmp", &self.icmp, &mut parts);
        messages("icmpv6", &self.icmp6, &mut parts);
        if !self.other.is_empty() {
            let every = Self::all().other;
            parts.push(if self.other == every {
                "all other protocols".to_owned()
            } else {
                format!("protocols {}", list(&self.other))
            });
        }
        let rest = parts.len().saturating_sub(MOST);
        parts.truncate(MOST);
        if rest > 0 {
            parts.push(format!("and {rest} more"));
        }
        f.pad(&parts.join("; "))
    }
}

fn ports(name: &str, grid: &Grid<u16>, parts: &mut Vec<String>) {
    for (first, last, destinations) in grid.runs() {
        if destinations.is_empty() {
            continue;
        }
        let to = if *destinations == Intervals::all() {
            name.to_owned()
        } else {
            format!("{name} {}", list(destinations))
        };
        parts.push(match (first, last) {
            (0, u16::MAX) => to,
            (first, last) => format!("{to} from {}", range(first, last)),
        });
    }
}

fn messages(name: &str, grid: &Grid<u8>, parts: &mut Vec<String>) {
    for (first, last, codes) in grid.runs() {
        if codes.is_empty() {
            continue;
        }
        let kinds = match (first, last) {
            (0, u8::MAX) => name.to_owned(),
            (first, last) => format!("{name} {}", range(first, last)),
        };
        parts.push(if *codes == Intervals::all() {
            kinds
        } else {
            format!("{kinds} code {}", list(codes))
        });
    }
}

fn list<P: Point + fmt::Display>(set: &Intervals<P>) -> String {
    let ranges = set.iter().map(|(first, last)| range(first, last));
    ranges.collect::<Vec<_>>().join(", ")
}

fn range<P: Point + fmt::Display>(first: P, last: P) -> String {
    if first == last {
        first.to_string()
    } else {
        format!("{first}-{last}")
    }
}
