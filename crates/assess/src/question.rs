//! Questions that rules and routes wait for, each asked once however many wait for it.

use std::collections::{BTreeMap, BTreeSet};

use sixward_estate::{FirewallId, NetworkId, PrefixListId, SmolStr, Subject, TransitTableId};

use crate::report::{Lines, count};
use crate::survey::Survey;
use crate::twin::{EGRESS_ONLY, KNOWN, LEAVE_OUT, MIRROR, SAME_TARGET, Span, Wait, Why};
use crate::{Choice, Decision, PREFIX_LIST, PREFIXES, firewall, link, route};

/// Questions by their keys.
#[derive(Debug, Default)]
pub(crate) struct Questions(BTreeMap<SmolStr, Question>);

#[derive(Debug)]
struct Question {
    why: Why,
    /// What the answer `known` stands for, in any of the networks that ask.
    proposal: BTreeSet<Span>,
    asked_in: BTreeSet<NetworkId>,
    /// Some rule that waits denies: without an answer to it nobody is kept out.
    denies: bool,
    seen: Lines,
}

impl Questions {
    /// Asks on behalf of something in a network; `seen` says what waits.
    pub(crate) fn ask(&mut self, wait: &Wait, network: &NetworkId, seen: impl FnOnce() -> String) {
        let question = self.0.entry(wait.key.clone()).or_insert_with(|| Question {
            why: wait.why.clone(),
            proposal: BTreeSet::new(),
            asked_in: BTreeSet::new(),
            denies: false,
            seen: Lines::default(),
        });
        question.seen.push(seen);
        if question.asked_in.contains(network) {
            return;
        }
        question.asked_in.insert(network.clone());
        let proposal = wait.why.proposal().unwrap_or_default();
        question.proposal.extend(proposal.iter().cloned());
        if rank(&wait.why) < rank(&question.why) {
            question.why = wait.why.clone();
        }
    }

    /// A rule that denies waits for this question.
    pub(crate) fn denies(&mut self, key: &SmolStr) {
        if let Some(question) = self.0.get_mut(key) {
            question.denies = true;
        }
    }

    /// One decision for each.
    pub(crate) fn into_decisions(self, survey: &Survey<'_>) -> Vec<Decision> {
        let questions = self.0.into_iter();
        questions
            .map(|(key, question)| question.decision(survey, &key))
            .collect()
    }
}

/// Where networks disagree on why it must be asked, the one that proposes something speaks.
fn rank(why: &Why) -> u8 {
    match why {
        Why::Part(_) => 0,
        Why::Wider(_) => 1,
        Why::OwnPublic(_) => 2,
        _ => 3,
    }
}

impl Question {
    fn decision(self, survey: &Survey<'_>, key: &SmolStr) -> Decision {
        let about = key.split_once(':').map_or("", |(_, about)| about);
        match &self.why {
            Why::Public | Why::OwnPublic(_) | Why::Unknown | Why::Wider(_) | Why::Part(_) => {
                self.address(survey, key, about)
            }
            Why::List => self.prefix_list(survey, key, about),
            Why::Exposes(_) => self.expose(survey, key, about),
            Why::Middle(_) => self.middle(survey, key, about),
            Why::Filtered(_) => self.filtered(survey, key, about),
        }
    }

    fn address(self, survey: &Survey<'_>, key: &SmolStr, prefix: &str) -> Decision {
        let (code, what) = match &self.why {
            Why::OwnPublic(_) => (
                firewall::OWN_ADDRESS_SOURCE,
                "it is a public address of this estate, and over IPv6 what is behind it \
                     comes with its own addresses",
            ),
            Why::Wider(_) => (
                firewall::WIDER_THAN_ESTATE,
                "it covers networks of this estate and more that is not known",
            ),
            Why::Part(_) => (
                firewall::PART_OF_SUBNET,
                "it covers a part of a subnet, and a part has no IPv6 prefix of its own",
            ),
            Why::Public => (firewall::PUBLIC_SOURCE, "it belongs to somebody else"),
            _ => (
                firewall::UNKNOWN_PRIVATE,
                "it is private and no network of this estate has it",
            ),
        };
        let mut choices = vec![self.left_out()];
        if !self.proposal.is_empty() {
            let spans: Lines = self
                .proposal
                .iter()
                .map(|span| named(survey, span))
                .collect();
            choices.push(Choice::new(
                KNOWN,
                format!("what is known of it: {}", spans.joined()),
            ));
        }
        choices.push(prefixes());
        choices.push(Choice::new(
            PREFIX_LIST,
            "the id of a list of IPv6 prefixes in this estate",
        ));
        Decision {
            key: key.clone(),
            code,
            subject: Subject::new("address", prefix, ""),
            question: format!("what is {prefix} in IPv6? ({what})"),
            choices,
            meanwhile: format!("{} over IPv6", closed(self.seen.count())),
            evidence: self.seen.into_vec(),
        }
    }

    /// To leave a deny out is to let in.
    fn left_out(&self) -> Choice {
        if self.denies {
            let meaning =
                "nobody is denied for it over IPv6, and what its deny holds back is allowed";
            return Choice::new(LEAVE_OUT, meaning);
        }
        leave_out()
    }

    fn prefix_list(self, survey: &Survey<'_>, key: &SmolStr, id: &str) -> Decision {
        let list = survey.estate().prefix_lists.get(&PrefixListId::new(id));
        let name = list.map_or("", |list| list.name.as_str());
        let called = if name.is_empty() {
            String::new()
        } else {
            format!(" ({name})")
        };
        Decision {
            key: key.clone(),
            code: firewall::PREFIX_LIST_SOURCE,
            subject: Subject::new("prefix-list", id, name),
            question: format!("what is the list {id}{called} of IPv4 prefixes in IPv6?"),
            choices: vec![
                self.left_out(),
                prefixes(),
                Choice::new(
                    PREFIX_LIST,
                    "the id of a list of IPv6 prefixes in this estate that says the same",
                ),
            ],
            meanwhile: format!("{} over IPv6", closed(self.seen.count())),
            evidence: self.seen.into_vec(),
        }
    }

    fn expose(self, survey: &Survey<'_>, key: &SmolStr, id: &str) -> Decision {
        let firewall = survey.estate().firewalls.get(&FirewallId::new(id));
        let name = firewall.map_or("", |firewall| firewall.name.as_str());
        let exposed = match &self.why {
            Why::Exposes(interfaces) => interfaces.as_slice(),
            _ => &[],
        };
        let who: Lines = exposed
            .iter()
            .map(|id| named(survey, &Span::Interface(id.clone())))
            .collect();
        Decision {
            key: key.clone(),
            code: firewall::EXPOSES,
            subject: Subject::new("firewall", id, name),
            question: format!(
                "may the internet reach {} over IPv6? (rules admit it, and \
                     over IPv4 only the lack of a public address hides {}: {})",
                count(exposed.len(), "interface", "interfaces"),
                if exposed.len() == 1 { "it" } else { "them" },
                who.joined(),
            ),
            choices: vec![
                leave_out(),
                Choice::new(
                    MIRROR,
                    "open the same to everyone over IPv6: they become reachable from the internet",
                ),
                Choice::new(PREFIXES, "open it to these IPv6 prefixes only"),
                Choice::new(
                    PREFIX_LIST,
                    "open it to a list of IPv6 prefixes in this estate only",
                ),
            ],
            meanwhile:
                "rules that admit the internet stay IPv4 only for all that is under this firewall"
                    .to_owned(),
            evidence: self.seen.into_vec(),
        }
    }

    fn middle(self, survey: &Survey<'_>, key: &SmolStr, about: &str) -> Decision {
        let (table, destination) = about.split_once(':').unwrap_or((about, ""));
        let through = match &self.why {
            Why::Middle(through) => through.as_str(),
            _ => "",
        };
        let hubs = &survey.estate().transit_tables;
        let hub = hubs.contains(&TransitTableId::new(table));
        if hub {
            return link::decision(key, table, destination, through, self.seen);
        }
        route::decision(survey, key, (table, destination, through), self.seen)
    }

    fn filtered(self, survey: &Survey<'_>, key: &SmolStr, about: &str) -> Decision {
        let (table, _) = about.split_once(':').unwrap_or((about, ""));
        let list = match &self.why {
            Why::Filtered(list) => list.as_str(),
            _ => "",
        };
        route::filtered(survey, key, (table, list), self.seen)
    }
}

pub(crate) fn leave_out() -> Choice {
    Choice::new(LEAVE_OUT, "it stays IPv4 only")
}

pub(crate) fn prefixes() -> Choice {
    Choice::new(PREFIXES, "these IPv6 prefixes, such as \"2001:db8::7/128\"")
}

pub(crate) fn same_target(meaning: &str) -> Choice {
    Choice::new(SAME_TARGET, meaning)
}

pub(crate) fn egress_only() -> Choice {
    Choice::new(
        EGRESS_ONLY,
        "IPv6 leaves by an egress-only gateway: nobody outside can begin, and \
             nothing in between inspects it",
    )
}

fn closed(waiting: usize) -> String {
    if waiting == 1 {
        "what waits for it is left out".to_owned()
    } else {
        format!("all {waiting} that wait for it are left out")
    }
}

/// A thing by its noun, id and name.
pub(crate) fn named(survey: &Survey<'_>, span: &Span) -> String {
    let estate = survey.estate();
    match span {
        Span::Network(id) => {
            let name = estate
                .networks
                .get(id)
                .map_or("", |network| network.name.as_str());
            Subject::new("network", id.as_str(), name).to_string()
        }
        Span::Subnet(id) => {
            let name = estate
                .subnets
                .get(id)
                .map_or("", |subnet| subnet.name.as_str());
            Subject::new("subnet", id.as_str(), name).to_string()
        }
        Span::Interface(id) => {
            let host = estate
                .interfaces
                .get(id)
                .and_then(|interface| interface.host());
            match host {
                Some(host) => {
                    let name = estate.hosts.get(host).map_or("", |host| host.name.as_str());
                    Subject::new("host", host.as_str(), name).to_string()
                }
                None => Subject::new("interface", id.as_str(), "").to_string(),
            }
        }
    }
}
