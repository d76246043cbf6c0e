//! The first `intent.toml` of a migration: the defaults, and every open decision as an answer to
//! uncomment.

use std::fmt::Write as _;

use sixward_assess::Decision;
use sixward_estate::intent::Profile;

use crate::text::{capital, wrap};

const HEAD: &str = "\
# What is wanted of this migration. sixward made this file once and does not touch it again: it is
# yours. `docs/formats/intent.md` lists what it can say.

# How far IPv6 goes: \"dual-stack\", \"edge-only\" (ends at the load balancers) or
# \"east-west-ipv4\" (public subnets only).
";

const ANSWERS: &str = "
# Answers to decisions. What is not answered is left out of the plan, never guessed. Take the `#`
# away from one answer of each and run `sixward migrate` again.
[answers]
";

/// So many places are told where a decision was seen.
const EVIDENCE: usize = 5;

/// The text of a first `intent.toml`.
pub(crate) fn skeleton(profile: Profile, open: &[Decision]) -> String {
    let mut text = format!("{HEAD}profile = \"{profile}\"\n{ANSWERS}");
    for decision in open {
        text.push('\n');
        said(&mut text, &capital(&decision.question));
        for seen in decision.evidence.iter().take(EVIDENCE) {
            said(&mut text, &format!("Seen in {seen}."));
        }
        said(&mut text, &format!("Until then: {}.", decision.meanwhile));
        for choice in &decision.choices {
            let _ = writeln!(text, "# - {}", choice.meaning);
            let _ = writeln!(text, "#{}", answer_line(&decision.key, &choice.answer));
        }
    }
    text
}

fn said(text: &mut String, words: &str) {
    for line in wrap(words, 96) {
        let _ = writeln!(text, "# {line}");
    }
}

/// The line of `[answers]` that gives an answer.
pub(crate) fn answer_line(key: &str, answer: &str) -> String {
    // TOML's basic strings and JSON's agree on what they escape.
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    format!("{} = {}", quoted(key), quoted(answer))
}
