//! np-guard's text: who may begin what with whom, and what comes without an answer.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use sixward_net::{IcmpMatch, Ports, Traffic};
use sixward_prove::set::TrafficSet;

/// All lines between two ends of one network, by their names.
pub(crate) type Matrix = BTreeMap<(String, String), Cell>;

/// What one end may begin with the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    /// What is answered.
    pub(crate) answered: TrafficSet,
    /// TCP whose answer is dropped: lines that end in a star.
    pub(crate) unanswered: TrafficSet,
}

impl Cell {
    pub(crate) fn empty() -> Self {
        Self {
            answered: TrafficSet::empty(),
            unanswered: TrafficSet::empty(),
        }
    }
}

/// The matrix in a file, without the lines of the internet: those rest on `MapPublicIpOnLaunch`.
pub(crate) fn matrix(file: &str) -> Matrix {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/npguard");
    let text = fs::read_to_string(folder.join(file)).unwrap();
    let mut matrix = Matrix::new();
    for line in text.lines() {
        let Some((from, rest)) = line.split_once(" => ") else {
            let other = [
                "connectivity for VPC",
                "<nothing to report>",
                "marked with *",
            ];
            assert!(
                line.is_empty() || other.iter().any(|words| line.contains(words)),
                "{line}"
            );
            continue;
        };
        let (to, traffic) = rest.split_once(" : ").unwrap();
        if [from, to]
            .iter()
            .any(|end| end.starts_with("Public Internet"))
        {
            continue;
        }
        let ends = (from.to_owned(), to.to_owned());
        let cell = matrix.entry(ends).or_insert_with(Cell::empty);
        let (traffic, half) = match traffic.trim_end().strip_suffix(" *") {
            Some(traffic) => (traffic, &mut cell.unanswered),
            None => (traffic.trim_end(), &mut cell.answered),
        };
        *half = half.union(&set(traffic));
    }
    matrix
}

/// All packets that np-guard knows: TCP and UDP without port 0, and ICMP.
pub(crate) fn universe() -> TrafficSet {
    ["tcp", "udp", "icmp"]
        .map(protocol)
        .iter()
        .fold(TrafficSet::empty(), |sum, set| sum.union(set))
}

/// `All Connections`, or protocols with ports.
fn set(text: &str) -> TrafficSet {
    if text == "All Connections" {
        return universe();
    }
    let sets = text.split("; ").map(|part| {
        let mut fields = part.split(' ');
        assert_eq!(fields.next(), Some("protocol:"), "{part}");
        let name = fields.next().unwrap().to_lowercase();
        let mut set = protocol(&name);
        while let Some(field) = fields.next() {
            let ports = numbers(&name, fields.next().unwrap());
            set = set.intersection(&match field {
                "dst-ports:" => ports,
                "src-ports:" => ports.answered(),
                _ => panic!("{part}"),
            });
        }
        set
    });
    sets.fold(TrafficSet::empty(), |sum, set| sum.union(&set))
}

fn protocol(name: &str) -> TrafficSet {
    match name {
        "icmp" => TrafficSet::of(Traffic::Icmp(IcmpMatch::Any)),
        name => {
            let ports = numbers(name, "1-65535");
            ports.intersection(&ports.answered())
        }
    }
}

/// `1-9079,9081-65535` as destination ports.
fn numbers(protocol: &str, text: &str) -> TrafficSet {
    let sets = text.split(',').map(|range| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let ports = Ports::new(first.parse().unwrap(), last.parse().unwrap()).unwrap();
        TrafficSet::of(match protocol {
            "tcp" => Traffic::Tcp(ports),
            "udp" => Traffic::Udp(ports),
            _ => panic!("{protocol} has no ports"),
        })
    });
    sets.fold(TrafficSet::empty(), |sum, set| sum.union(&set))
}
