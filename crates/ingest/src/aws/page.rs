//! Pages: a listing whose end is missing, and files that are not listings at all.
//!
//! `aws --no-paginate`, `--max-items` and API clients leave a token behind where a listing goes on. The
//! next page does not repeat that token, so a chain of pages has an end when some file of the same
//! folder with the same keys has no token.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::{IgnoredAny, MapAccess};
use sixward_estate::{Finding, Severity, SmolStr, Subject};

use super::file::Facts;
use super::stock::Intake;
use super::value::Text;
use crate::code;
use crate::report::Report;

/// Listings of one object each: every one has an end of its own.
const BY_NAME: [&str; 5] = [
    "Routes",
    "Associations",
    "TransitGatewayRouteTablePropagations",
    "Entries",
    "TargetHealthDescriptions",
];

/// Answers that say nothing about addresses, routes or filters, and so are not missed.
const BESIDE: [&str; 26] = [
    "Arn",
    "Buckets",
    "CustomerGateways",
    "DhcpOptions",
    "FlowLogs",
    "IsTruncated",
    "Ipv6Pools",
    "KeyPairs",
    "LaunchTemplates",
    "LoadBalancerAttributes",
    "MaxResults",
    "MaxItems",
    "Policies",
    "Regions",
    "RequestId",
    "ResponseMetadata",
    "ServiceDetails",
    "ServiceNames",
    "Snapshots",
    "TagDescriptions",
    "Tags",
    "UserId",
    "Volumes",
    "collector_version",
    "config-file-git-sha1",
    "provider",
];

/// Reads tokens, and passes over what is not missed.
pub(super) fn read_key<'de, A: MapAccess<'de>>(
    intake: &mut Intake,
    key: &str,
    map: &mut A,
) -> Result<Option<&'static str>, A::Error> {
    match key {
        "NextToken" | "nextToken" | "NextMarker" | "Marker" => {
            intake.facts.continues |= !map.next_value::<Text<'de>>()?.is_empty();
            Ok(Some("NextToken"))
        }
        "AdditionalRoutesAvailable" => {
            intake.facts.continues |= map.next_value::<Option<bool>>()? == Some(true);
            Ok(Some("NextToken"))
        }
        _ => {
            map.next_value::<IgnoredAny>()?;
            Ok(BESIDE.into_iter().find(|known| *known == key))
        }
    }
}

/// Says what the files are that gave no estate, and which listings are cut.
pub(super) fn tell(files: &BTreeMap<SmolStr, Facts>, report: &mut Report) {
    for (path, facts) in files {
        tell_content(path, facts, report);
        for (what, count) in &facts.incomplete {
            tell_incomplete(path, what, *count, report);
        }
    }
    tell_cut(files, report);
}

fn tell_content(path: &str, facts: &Facts, report: &mut Report) {
    let subject = Subject::new("file", path, "");
    let finding =
        |code, text: &str| Finding::new(Severity::Note, code, subject.clone(), text.to_owned());
    if !facts.content {
        report.add("are empty", finding(code::EMPTY_FILE, "the file is empty"));
    } else if facts.bare {
        let text = "the file is a list without its name, as `--query` prints it";
        let found = Finding::new(
            Severity::Warning,
            code::UNKNOWN_FILE,
            subject,
            text.to_owned(),
        )
        .help("use the plain output of the command, without `--query`");
        report.add(
            "are lists without their names, as `--query` prints them",
            found,
        );
    } else if facts.known.is_empty() {
        let found = finding(code::UNKNOWN_FILE, "the file is no answer that is read")
            .help("leave it out if it is not about the network");
        report.add("are no answers that are read", with_keys(found, facts));
    } else if !facts.unknown.is_empty() {
        let found = finding(code::UNKNOWN_KEY, "some keys of the file are not read");
        report.add("have keys that are not read", with_keys(found, facts));
    }
}

fn with_keys(mut finding: Finding, facts: &Facts) -> Finding {
    const SHOWN: usize = 10;
    for key in facts.unknown.iter().take(SHOWN) {
        finding = finding.evidence(format!("`{}`", shorten(key)));
    }
    match facts.unknown.len().saturating_sub(SHOWN) {
        0 => finding,
        more => finding.evidence(format!("and {more} more")),
    }
}

fn shorten(key: &str) -> String {
    key.chars().take(60).collect()
}

fn tell_incomplete(path: &str, what: &str, count: usize, report: &mut Report) {
    let text = format!("{count} of its {what} are incomplete and were left out");
    let subject = Subject::new("file", path, "");
    let finding = Finding::new(Severity::Warning, code::INCOMPLETE_ITEM, subject, text)
        .help("use the plain output of the command, without `--query`");
    report.add("hold items that are incomplete and were left out", finding);
}

fn tell_cut(files: &BTreeMap<SmolStr, Facts>, report: &mut Report) {
    let mut ends = BTreeSet::new();
    for (path, facts) in files.iter().filter(|(_, facts)| !facts.continues) {
        ends.extend(facts.known.iter().map(|key| chain(path, key)));
    }
    for (path, facts) in files.iter().filter(|(_, facts)| facts.continues) {
        let mut keys = facts.known.iter().filter(|key| **key != "NextToken");
        if keys.all(|key| ends.contains(&chain(path, key))) {
            continue;
        }
        let text = "the listing goes on, and no file holds the rest".to_owned();
        let subject = Subject::new("file", path, "");
        let finding = Finding::new(Severity::Warning, code::TRUNCATED_LISTING, subject, text)
            .help("run the command without `--max-items` and `--no-paginate`");
        report.add(
            "are listings that go on, and no file holds the rest",
            finding,
        );
    }
}

/// Files of one chain: those of one folder, or the one file where each lists one object.
fn chain<'a>(path: &'a str, key: &'static str) -> (&'a str, &'static str) {
    let folder = path
        .rsplit_once(['/', '\\'])
        .map_or("", |(folder, _)| folder);
    if BY_NAME.contains(&key) {
        (path, key)
    } else {
        (folder, key)
    }
}
