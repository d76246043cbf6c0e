//! What is there and is not modelled, or could not be read: nothing is proved about it.

use std::collections::BTreeMap;

use sixward_estate::{Code, Gap, Subject};

use crate::report::{Explain, Lines, Report, SHOWN};
use crate::survey::Survey;

/// Something of the input is not modelled.
pub const NOT_MODELLED: Code = Code::new("input/not-modelled");

const HELP: &str = "nothing is proved about flows that touch it: check them by hand";

pub(crate) fn find(survey: &Survey<'_>, report: &mut Report) {
    let mut by_reason: BTreeMap<&str, Vec<&Gap>> = BTreeMap::new();
    for gap in &survey.estate().gaps {
        by_reason.entry(&gap.reason).or_default().push(gap);
    }
    for (reason, gaps) in by_reason {
        if gaps.len() <= SHOWN {
            for gap in gaps {
                report
                    .warning(NOT_MODELLED, gap.subject.clone(), reason.to_owned())
                    .way_out(HELP);
            }
        } else {
            let lines: Lines = gaps.iter().map(|gap| gap.subject.to_string()).collect();
            report
                .warning(
                    NOT_MODELLED,
                    Subject::new("input", "", ""),
                    format!("{} times: {reason}", gaps.len()),
                )
                .way_out(HELP)
                .seen_in(lines);
        }
    }
}
