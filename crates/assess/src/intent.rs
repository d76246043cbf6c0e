//! What the intent says that the estate does not understand.

use std::collections::BTreeSet;

use sixward_estate::intent::Answer;
use sixward_estate::{Code, SmolStr, Subject};

use crate::report::{Explain, Lines, Report, count};
use crate::survey::Survey;
use crate::{Decision, Decisions};

/// An answer to a question that nobody asks.
pub const UNKNOWN_ANSWER: Code = Code::new("intent/unknown-answer");
/// An answer that is not one of the choices.
pub const ANSWER_NOT_UNDERSTOOD: Code = Code::new("intent/answer-not-understood");
/// An answer that says nothing to some that wait for it.
pub const ANSWERED_IN_PART: Code = Code::new("intent/answered-in-part");
/// An id that is not in the estate.
pub const UNKNOWN_ID: Code = Code::new("intent/unknown-id");

pub(crate) fn find(survey: &Survey<'_>, decisions: &Decisions, report: &mut Report) {
    answers(survey, decisions, report);
    ids(survey, report);
}

fn answers(survey: &Survey<'_>, decisions: &Decisions, report: &mut Report) {
    let intent = survey.intent;
    let entry = |decision: &Decision| intent.answering(&decision.key).map(|(key, _)| key);
    let understood: BTreeSet<_> = decisions.answered.iter().filter_map(entry).collect();
    for decision in &decisions.answered {
        let waiting = report.still_waiting.remove(&decision.key);
        if let (Some(lines), Some((key, answer))) = (waiting, intent.answering(&decision.key)) {
            in_part(key, answer, lines, report);
        }
    }
    for (key, answer) in &intent.answers {
        if understood.contains(key) {
            continue;
        }
        match decisions
            .open
            .iter()
            .find(|decision| entry(decision) == Some(key))
        {
            Some(decision) => {
                let words = answer.words().join("\", \"");
                let message = format!("the answer \"{words}\" is not one of the choices");
                report
                    .warning(ANSWER_NOT_UNDERSTOOD, subject(key), message)
                    .way_out(format!(
                        "answer with {}{}",
                        choices(decision),
                        prefixes(answer)
                    ));
            }
            None => {
                report
                    .warning(UNKNOWN_ANSWER, subject(key), "nothing asks this")
                    .way_out("take the answer out of the intent, or correct its key");
            }
        }
    }
}

fn in_part(key: &SmolStr, answer: &Answer, lines: Lines, report: &mut Report) {
    let words = answer.words().join("\", \"");
    let wait = count(
        lines.count(),
        "rule or route waits",
        "rules and routes wait",
    );
    report
        .warning(
            ANSWERED_IN_PART,
            subject(key),
            format!("the answer \"{words}\" says nothing in some networks, so that {wait} still"),
        )
        .way_out("answer with prefixes, or with leave-out; until then these are left out")
        .seen_in(lines);
}

/// What prefixes are that look like some and are none.
fn prefixes(answer: &Answer) -> &'static str {
    if answer
        .words()
        .iter()
        .any(|word| word.contains(':') && word.contains('/'))
    {
        "; a prefix has no bits behind its length, and ::/0 would be everyone"
    } else {
        ""
    }
}

fn choices(decision: &Decision) -> String {
    let words: Vec<_> = decision
        .choices
        .iter()
        .map(|choice| choice.answer.as_str())
        .collect();
    words.join(", ")
}

fn ids(survey: &Survey<'_>, report: &mut Report) {
    let (intent, estate) = (survey.intent, survey.estate());
    let mut unknown: BTreeSet<(&str, &str, &str)> = BTreeSet::new();
    let networks = [
        ("include", intent.include.iter().collect::<Vec<_>>()),
        ("exclude", intent.exclude.iter().collect()),
        ("networks", intent.networks.keys().collect()),
    ];
    for (place, ids) in networks {
        let missing = ids.into_iter().filter(|id| !estate.networks.contains(id));
        unknown.extend(missing.map(|id| (place, "network", id.as_str())));
    }
    let subnets = intent
        .subnets
        .keys()
        .filter(|id| !estate.subnets.contains(id));
    unknown.extend(subnets.map(|id| ("subnets", "subnet", id.as_str())));
    let hosts = intent.hosts.keys().filter(|id| !estate.hosts.contains(id));
    unknown.extend(hosts.map(|id| ("hosts", "host", id.as_str())));
    for (place, noun, id) in unknown {
        report
            .warning(
                UNKNOWN_ID,
                Subject::new("intent", format!("{place}.{id}"), ""),
                format!("there is no {noun} {id} in the estate"),
            )
            .way_out("correct the id or take it out of the intent");
    }
}

fn subject(key: &SmolStr) -> Subject {
    Subject::new("intent", format!("answers.{key}"), "")
}
