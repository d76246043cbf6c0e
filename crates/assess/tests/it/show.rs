//! An assessment as text.

use std::fmt::Write as _;

use expect_test::Expect;
use sixward_assess::{Assessment, Decision, Survey, assess};
use sixward_estate::{Code, intent::Intent};

use crate::build::Build;

/// What the assessment says under codes that begin with one of `codes`.
#[expect(
    clippy::needless_pass_by_value,
    reason = "estates are built for one check"
)]
pub(crate) fn check(build: Build, intent: &str, codes: &[&str], expect: &Expect) {
    let intent = Intent::parse(intent).unwrap();
    let assessment = assess(&Survey::new(&build.0, &intent));
    expect.assert_eq(&show(&assessment, codes));
}

fn show(assessment: &Assessment, codes: &[&str]) -> String {
    let wanted = |code: &Code| codes.iter().any(|start| code.as_str().starts_with(start));
    let mut text = String::new();
    for finding in assessment
        .findings
        .iter()
        .filter(|finding| wanted(&finding.code))
    {
        let (severity, code, subject) = (finding.severity, &finding.code, &finding.subject);
        writeln!(text, "{severity} {code} {subject}: {}", finding.message).unwrap();
        writeln!(text, "    help: {}", finding.help).unwrap();
        for line in &finding.evidence {
            writeln!(text, "    - {line}").unwrap();
        }
    }
    let decisions = &assessment.decisions;
    for (state, list) in [("open", &decisions.open), ("answered", &decisions.answered)] {
        for decision in list.iter().filter(|decision| wanted(&decision.code)) {
            show_decision(&mut text, state, decision);
        }
    }
    text
}

fn show_decision(text: &mut String, state: &str, decision: &Decision) {
    let (key, code, subject) = (&decision.key, &decision.code, &decision.subject);
    writeln!(
        text,
        "{state} {key} {code} {subject}: {}",
        decision.question
    )
    .unwrap();
    for choice in &decision.choices {
        writeln!(text, "    {}: {}", choice.answer, choice.meaning).unwrap();
    }
    writeln!(text, "    meanwhile: {}", decision.meanwhile).unwrap();
    for line in &decision.evidence {
        writeln!(text, "    - {line}").unwrap();
    }
}
