//! Reads input and shows what came of it as compact text.

use std::collections::BTreeMap;
use std::fmt::Write;

use sixward_estate::{Estate, Finding, Item, Table};
use sixward_ingest::{Ingested, ReadDumpError, aws};

/// Reads files in the order given.
pub(crate) fn read<'a>(
    files: impl IntoIterator<Item = (&'a str, &'a [u8])>,
) -> Result<Ingested, ReadDumpError> {
    let mut reader = aws::Reader::new();
    for (path, bytes) in files {
        reader.read(path, bytes)?;
    }
    Ok(reader.finish())
}

/// Everything, one line for each item, without the quotes of JSON.
pub(crate) fn show(ingested: &Ingested) -> String {
    let Ingested { estate, findings } = ingested;
    let mut text = String::new();
    let shown = serde_json::to_value(estate).unwrap();
    for (noun, items) in shown.as_object().unwrap() {
        for item in items.as_array().unwrap() {
            writeln!(text, "{noun} {}", item.to_string().replace('"', "")).unwrap();
        }
    }
    for finding in findings {
        writeln!(text, "{}", show_finding(finding)).unwrap();
    }
    text
}

pub(crate) fn show_finding(finding: &Finding) -> String {
    let Finding {
        severity,
        code,
        subject,
        message,
        evidence,
        ..
    } = finding;
    format!(
        "{severity} {code} {subject}: {message} [{}]",
        evidence.join(", ")
    )
}

/// How many there are of each noun, and of each code.
pub(crate) fn count(ingested: &Ingested) -> String {
    let Ingested { estate, findings } = ingested;
    let mut text = String::new();
    for (noun, items) in nouns(estate) {
        if items > 0 {
            write!(text, "{noun} {items}, ").unwrap();
        }
    }
    let mut text = text.trim_end_matches(", ").to_owned();
    text.push('\n');
    let mut codes: BTreeMap<String, usize> = BTreeMap::new();
    for finding in findings {
        *codes
            .entry(format!("{} {}", finding.severity, finding.code))
            .or_default() += 1;
    }
    for (code, count) in codes {
        writeln!(text, "  {code} {count}").unwrap();
    }
    text
}

fn nouns(estate: &Estate) -> Vec<(&'static str, usize)> {
    fn len<T: Item>(table: &Table<T>) -> usize {
        table.len()
    }
    let rules = estate
        .firewalls
        .iter()
        .map(|firewall| firewall.rules.len())
        .sum();
    let routes = estate
        .route_tables
        .iter()
        .map(|table| table.routes.len())
        .sum();
    vec![
        ("networks", len(&estate.networks)),
        ("locks", estate.public_access.len()),
        ("subnets", len(&estate.subnets)),
        ("route tables", len(&estate.route_tables)),
        ("routes", routes),
        ("gateways", len(&estate.gateways)),
        ("addresses", len(&estate.addresses)),
        ("links", len(&estate.links)),
        ("transits", len(&estate.transits)),
        ("transit tables", len(&estate.transit_tables)),
        ("endpoints", len(&estate.endpoints)),
        ("firewalls", len(&estate.firewalls)),
        ("rules", rules),
        ("prefix lists", len(&estate.prefix_lists)),
        ("interfaces", len(&estate.interfaces)),
        ("hosts", len(&estate.hosts)),
        ("machine types", len(&estate.machine_types)),
        ("balancers", len(&estate.balancers)),
        ("target groups", len(&estate.target_groups)),
        ("services", len(&estate.services)),
        ("gaps", estate.gaps.len()),
    ]
}

/// Reads files and shows everything that came of them.
pub(crate) fn shown(files: &[(&str, &str)]) -> String {
    let files = files.iter().map(|(path, text)| (*path, text.as_bytes()));
    read(files).map_or_else(|error| error.to_string(), |ingested| show(&ingested))
}
