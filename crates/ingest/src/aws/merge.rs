//! The same thing read more than once: pages that overlap, listings taken twice, listings that differ.
//!
//! Equal content is one item. Different content is a conflict: all versions are kept until the end,
//! and the one of the first path is used. So nothing depends on the order in which files are read.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::str::FromStr;
use std::sync::Arc;

use sixward_estate::{Code, Finding, Item, Severity, SmolStr};
use sixward_net::{Ipv4Net, Ipv6Net};

use super::place::Hint;
use crate::code;
use crate::report::Report;
use crate::subject::Noun;

/// A file.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) path: SmolStr,
    pub(super) hint: Hint,
}

/// What could not be read of an item, one sentence each.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Trouble(Vec<(Code, SmolStr)>);

/// Items by id, every version of each.
#[derive(Debug)]
pub(super) struct Gathered<T: Item>(BTreeMap<T::Id, Versions<T>>);

/// The version of the first path, and those that differ from it.
#[derive(Debug)]
struct Versions<T> {
    first: Version<T>,
    others: Vec<Version<T>>,
}

#[derive(Debug)]
struct Version<T> {
    source: Arc<Source>,
    item: T,
    trouble: Trouble,
}

impl Source {
    pub(super) fn new(path: &str) -> Arc<Self> {
        Arc::new(Self {
            path: SmolStr::new(path),
            hint: Hint::of_path(path),
        })
    }
}

impl Trouble {
    /// A value that cannot be read.
    pub(super) fn add(&mut self, text: impl AsRef<str>) {
        self.0.push((code::BAD_VALUE, SmolStr::new(text)));
    }

    /// A rule that cannot be read.
    pub(super) fn rule(&mut self, text: impl AsRef<str>) {
        self.0.push((code::BAD_RULE, SmolStr::new(text)));
    }

    /// Something that is not modelled.
    pub(super) fn unmodelled(&mut self, text: impl AsRef<str>) {
        self.0.push((code::NOT_MODELLED, SmolStr::new(text)));
    }

    /// Reads a value; nothing when it is absent, and trouble when it cannot be read.
    pub(super) fn read<T: FromStr>(&mut self, what: &str, text: &str) -> Option<T> {
        if text.is_empty() {
            return None;
        }
        let value = text.parse().ok();
        if value.is_none() {
            self.add(format!("its {what} `{text}` cannot be read"));
        }
        value
    }

    /// Reads an IPv4 block, without the bits of hosts.
    pub(super) fn net4(&mut self, what: &str, text: &str) -> Option<Ipv4Net> {
        self.read(what, text).map(|net: Ipv4Net| net.trunc())
    }

    /// Reads an IPv6 block, without the bits of hosts.
    pub(super) fn net6(&mut self, what: &str, text: &str) -> Option<Ipv6Net> {
        self.read(what, text).map(|net: Ipv6Net| net.trunc())
    }
}

impl<T: Item> Default for Gathered<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T: Noun + PartialEq> Gathered<T> {
    pub(super) fn insert(&mut self, source: &Arc<Source>, item: T, trouble: Trouble) {
        self.add(Version {
            source: Arc::clone(source),
            item,
            trouble,
        });
    }

    /// Takes everything of another.
    pub(super) fn absorb(&mut self, other: Self) {
        if self.0.is_empty() {
            self.0 = other.0;
            return;
        }
        for versions in other.0.into_values() {
            self.add(versions.first);
            versions
                .others
                .into_iter()
                .for_each(|version| self.add(version));
        }
    }

    fn add(&mut self, version: Version<T>) {
        use std::collections::btree_map::Entry;
        match self.0.entry(version.item.id().clone()) {
            Entry::Vacant(entry) => {
                entry.insert(Versions {
                    first: version,
                    others: Vec::new(),
                });
            }
            Entry::Occupied(mut entry) => entry.get_mut().add(version),
        }
    }

    /// Takes of another what is not here at all.
    pub(super) fn complete(&mut self, other: Self) {
        for (id, versions) in other.0 {
            self.0.entry(id).or_insert(versions);
        }
    }
}

impl<T: Noun + PartialEq> Gathered<T> {
    /// One version of each, in the order of their ids; `fill` may use what the file's path says.
    pub(super) fn settle(self, report: &mut Report, fill: impl Fn(&Hint, &mut T)) -> Vec<T> {
        let mut items = Vec::with_capacity(self.0.len());
        for versions in self.0.into_values() {
            versions.tell(report);
            let Version {
                source,
                mut item,
                trouble,
            } = versions.first;
            for (code, text) in trouble.0 {
                tell(report, &item, &source, code, &text);
            }
            fill(&source.hint, &mut item);
            items.push(item);
        }
        items
    }
}

impl<T: Noun + PartialEq> Versions<T> {
    fn add(&mut self, mut version: Version<T>) {
        if self.first.is_same(&mut version) {
            return self.first.merge(version);
        }
        match self
            .others
            .iter_mut()
            .find_map(|other| other.is_same(&mut version).then_some(other))
        {
            Some(other) => other.merge(version),
            None => self.others.push(version),
        }
        for other in &mut self.others {
            if other.source.path < self.first.source.path {
                std::mem::swap(other, &mut self.first);
            }
        }
    }
}

impl<T: Noun + PartialEq> Version<T> {
    /// Whether both say the same, names aside: tags are seen by their own account only, so that two
    /// accounts give different names to what they share.
    fn is_same(&mut self, other: &mut Self) -> bool {
        let names = (self.take_name(), other.take_name());
        let same = self.item == other.item && self.trouble == other.trouble;
        self.set_name(names.0);
        other.set_name(names.1);
        same
    }

    /// Takes the earlier path, and the lesser of two names.
    fn merge(&mut self, mut other: Self) {
        if other.source.path < self.source.path {
            self.source = other.source.clone();
        }
        let (own, name) = (self.take_name(), other.take_name());
        let keep = name.is_empty() || (!own.is_empty() && own <= name);
        self.set_name(if keep { own } else { name });
    }

    fn take_name(&mut self) -> SmolStr {
        self.item.name_mut().map(std::mem::take).unwrap_or_default()
    }

    fn set_name(&mut self, name: SmolStr) {
        if let Some(place) = self.item.name_mut() {
            *place = name;
        }
    }
}

impl<T: Noun> Versions<T> {
    fn tell(&self, report: &mut Report) {
        if self.others.is_empty() {
            return;
        }
        let versions = std::iter::once(&self.first).chain(&self.others);
        let paths: BTreeSet<&SmolStr> = versions.map(|version| &version.source.path).collect();
        let text = format!(
            "the input holds {} different descriptions of it; the first is used",
            self.others.len() + 1
        );
        let mut finding = Finding::new(
            Severity::Warning,
            code::CONFLICT,
            self.first.item.subject(),
            text,
        )
        .help("take all listings anew, at one time");
        for path in paths {
            finding = finding.evidence(path.as_str());
        }
        report.add(
            "are described in different ways; the first description is used",
            finding,
        );
    }
}

fn tell<T: Noun>(report: &mut Report, item: &T, source: &Source, code: Code, text: &str) {
    let subject = item.subject();
    report.gap(subject.clone(), text);
    let finding = Finding::new(Severity::Warning, code, subject, text.to_owned())
        .help("nothing is proved about flows that it touches")
        .evidence(source.path.as_str());
    report.add("things could not be read or are not modelled", finding);
}
