//! Prefix lists: the owner's and the provider's.
//!
//! `describe-managed-prefix-lists` knows family and size, `describe-prefix-lists` the provider's entries,
//! `get-managed-prefix-list-entries` the entries of one list, which the file's name has to name.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use sixward_estate::{PrefixList, PrefixListId, SmolStr};
use sixward_net::{Family, IpNet};

use super::file::Raw;
use super::gateway::is_gone;
use super::merge::Trouble;
use super::place;
use super::stock::{Intake, Stock};
use super::value::{List, Number, Text};
use crate::report::Report;
use crate::subject::found;

/// A prefix list, by either of two commands.
#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "a prefix list",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawPrefixList<'a> {
    prefix_list_id: Text<'a>,
    prefix_list_name: Text<'a>,
    prefix_list_arn: Text<'a>,
    address_family: Text<'a>,
    max_entries: Number,
    owner_id: Text<'a>,
    state: Text<'a>,
    cidrs: List<Text<'a>>,
}

/// An entry of a prefix list.
#[derive(Debug, Default, Deserialize)]
#[serde(
    default,
    rename_all = "PascalCase",
    expecting = "an entry",
    bound(deserialize = "'de: 'a")
)]
pub(super) struct RawEntry<'a> {
    cidr: Text<'a>,
}

/// A prefix list whose entries are listed elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FoundList {
    list: PrefixList,
}

found! { FoundList { list: PrefixList } }

impl<'de> Raw<'de> for RawPrefixList<'de> {
    fn take(self, intake: &mut Intake) {
        if is_gone(&self.state) {
            return;
        }
        if self.prefix_list_id.is_empty() {
            return intake.incomplete("prefix lists");
        }
        let mut trouble = Trouble::default();
        let nets: Vec<IpNet> = self
            .cidrs
            .iter()
            .filter_map(|net| trouble.read::<IpNet>("entry", net))
            .map(|net| net.trunc())
            .collect();
        let first6 = nets.first().is_some_and(|net| matches!(net, IpNet::V6(_)));
        let list = FoundList {
            list: self.list(first6),
        };
        if self.address_family.is_empty() {
            intake
                .stock
                .entries
                .of_id(&*self.prefix_list_id)
                .extend(nets);
            intake
                .stock
                .provider_lists
                .insert(&intake.source, list, trouble);
        } else {
            intake
                .stock
                .prefix_lists
                .insert(&intake.source, list, trouble);
        }
    }
}

impl RawPrefixList<'_> {
    fn list(&self, first6: bool) -> PrefixList {
        let mut place = place::of_arn(&self.prefix_list_arn);
        // The provider's lists are named `com.amazonaws.us-east-1.s3`.
        if place.region.is_empty() {
            let region = self
                .prefix_list_name
                .split('.')
                .find(|part| place::is_region(part));
            place.region = SmolStr::new(region.unwrap_or_default());
        }
        let managed = self.address_family.is_empty() || &*self.owner_id == "AWS";
        if !managed && place.account.is_empty() {
            place.account = self.owner_id.small();
        }
        PrefixList {
            id: PrefixListId::new(self.prefix_list_id.small()),
            name: self.prefix_list_name.small(),
            place,
            family: if first6 || &*self.address_family == "IPv6" {
                Family::V6
            } else {
                Family::V4
            },
            managed,
            max_entries: self.max_entries.0.and_then(|max| u32::try_from(max).ok()),
            entries: None,
        }
    }
}

impl<'de> Raw<'de> for RawEntry<'de> {
    fn take(self, intake: &mut Intake) {
        match self.cidr.parse::<IpNet>() {
            Ok(net) => {
                intake
                    .stock
                    .entries
                    .of_file(&intake.source.path)
                    .insert(net.trunc());
            }
            Err(_) => intake.incomplete("prefix list entries"),
        }
    }

    fn open(intake: &mut Intake) {
        intake.stock.entries.of_file(&intake.source.path);
    }
}

/// Puts the prefix lists together with their entries.
pub(super) fn lists(stock: &mut Stock, report: &mut Report) -> Vec<PrefixList> {
    let fill = |hint: &place::Hint, found: &mut FoundList| hint.fill(&mut found.list.place);
    let managed = std::mem::take(&mut stock.prefix_lists).settle(report, fill);
    let provider = std::mem::take(&mut stock.provider_lists).settle(report, fill);
    let known: BTreeSet<PrefixListId> = managed.iter().map(|found| found.list.id.clone()).collect();
    let mut lists: Vec<PrefixList> = managed.into_iter().map(|found| found.list).collect();
    let others = provider
        .into_iter()
        .filter(|found| !known.contains(&found.list.id));
    lists.extend(others.map(|found| found.list));
    let owners = lists.iter().map(|list| list.id.as_str());
    let mut entries: BTreeMap<SmolStr, BTreeSet<IpNet>> =
        std::mem::take(&mut stock.entries).settle("entries of a prefix list", owners, report);
    for list in &mut lists {
        list.entries = entries
            .remove(list.id.as_str())
            .map(|nets| nets.into_iter().collect());
    }
    lists
}
