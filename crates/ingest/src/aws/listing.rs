//! Listings that do not say whose they are: routes of a transit table, entries of a prefix list,
//! targets of a group. Their answer holds no id, so the file's name has to.

use std::collections::{BTreeMap, BTreeSet};

use sixward_estate::{Finding, Severity, SmolStr, Subject};

use crate::code;
use crate::report::Report;

/// What was listed, by the id of its owner or, as long as that is not known, by the file.
#[derive(Debug)]
pub(super) struct Listing<T> {
    by_id: BTreeMap<SmolStr, BTreeSet<T>>,
    by_file: BTreeMap<SmolStr, BTreeSet<T>>,
}

impl<T> Default for Listing<T> {
    fn default() -> Self {
        Self {
            by_id: BTreeMap::new(),
            by_file: BTreeMap::new(),
        }
    }
}

impl<T: Ord> Listing<T> {
    pub(super) fn of_id(&mut self, id: impl AsRef<str>) -> &mut BTreeSet<T> {
        self.by_id.entry(SmolStr::new(id)).or_default()
    }

    pub(super) fn of_file(&mut self, path: &SmolStr) -> &mut BTreeSet<T> {
        self.by_file.entry(path.clone()).or_default()
    }

    pub(super) fn absorb(&mut self, other: Self) {
        for (id, items) in other.by_id {
            self.by_id.entry(id).or_default().extend(items);
        }
        for (path, items) in other.by_file {
            self.by_file.entry(path).or_default().extend(items);
        }
    }

    /// Gives each file's listing to the owner that the file's name names.
    pub(super) fn settle<'a>(
        mut self,
        what: &'static str,
        owners: impl Iterator<Item = &'a str>,
        report: &mut Report,
    ) -> BTreeMap<SmolStr, BTreeSet<T>> {
        let names: Vec<Owner<'_>> = owners.map(Owner::new).collect();
        for (path, items) in self.by_file {
            match owner(&names, &path) {
                Some(id) => self
                    .by_id
                    .entry(SmolStr::new(id))
                    .or_default()
                    .extend(items),
                None if items.is_empty() => {}
                None => tell(report, what, &path),
            }
        }
        self.by_id
    }
}

struct Owner<'a> {
    id: &'a str,
    /// Ways to say it in a file's name, the longest first.
    names: Vec<String>,
}

impl<'a> Owner<'a> {
    /// The id itself; of an ARN also what follows the account, its tail, and the hash at its end.
    fn new(id: &'a str) -> Self {
        let mut names = vec![plain(id)];
        if let Some(tail) = super::place::arn(id).map(|arn| arn.resource) {
            let mut rest = tail;
            names.push(plain(rest));
            while let Some((_, shorter)) = rest.split_once('/') {
                names.push(plain(shorter));
                rest = shorter;
            }
        }
        Self { id, names }
    }
}

/// The owner whose longest name is in the path; none when two are named at equal length.
fn owner<'a>(owners: &[Owner<'a>], path: &str) -> Option<&'a str> {
    let path = plain(&decode(path));
    let named = owners.iter().filter_map(|owner| {
        let name = owner.names.iter().find(|name| holds(&path, name))?;
        Some((name.len(), owner.id))
    });
    let named: BTreeSet<(usize, &str)> = named.collect();
    let mut longest = named.into_iter().rev();
    let (length, id) = longest.next()?;
    longest
        .next()
        .is_none_or(|(other, _)| other < length)
        .then_some(id)
}

/// Whether the text holds the name as a whole, not as a part of a longer word.
fn holds(text: &str, name: &str) -> bool {
    let is_edge = |byte: Option<&u8>| byte.is_none_or(|byte| !byte.is_ascii_alphanumeric());
    !name.is_empty()
        && text.match_indices(name).any(|(at, _)| {
            let before = at.checked_sub(1).and_then(|at| text.as_bytes().get(at));
            is_edge(before) && is_edge(text.as_bytes().get(at + name.len()))
        })
}

/// Separators are whatever the file system allowed.
fn plain(text: &str) -> String {
    let plain = |letter: char| {
        if letter.is_alphanumeric() {
            letter
        } else {
            '-'
        }
    };
    text.chars().map(plain).collect()
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let code = after
            .get(..2)
            .and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(decoded) if byte == b'%' => {
                bytes.push(decoded);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn tell(report: &mut Report, what: &'static str, path: &str) {
    let text = format!("the file lists {what} and its name does not say of which");
    let finding = Finding::new(
        Severity::Warning,
        code::UNNAMED_LISTING,
        Subject::new("file", path, ""),
        text,
    )
    .help("put the id that the command was given into the file's name");
    report.add("listings do not say whose they are", finding);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_names_the_owner() {
        let arn =
            |tail: &str| format!("arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/{tail}");
        let groups = [arn("web/0123456789abcdef"), arn("web-2/fedcba9876543210")];
        let owners: Vec<Owner<'_>> = groups.iter().map(|id| Owner::new(id)).collect();
        for (path, which) in [
            ("health-web_0123456789abcdef.json", Some(0)),
            (
                "arn%3Aaws%3Aelasticloadbalancing%3Aus-east-1%3A1%3Atargetgroup%2Fweb-2%2Ffedcba9876543210",
                Some(1),
            ),
            ("targets/fedcba9876543210.json", Some(1)),
            ("targetgroup-web-0123456789abcdef-fedcba9876543210", Some(0)),
            ("health-0123456789abcdef0.json", None),
            ("health.json", None),
        ] {
            let found = owner(&owners, path);
            assert_eq!(found, which.map(|at: usize| groups[at].as_str()), "{path}");
        }
    }
}
