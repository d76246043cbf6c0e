//! Reads the list of arrows out of ARCHITECTURE.md. It is a fenced block, so that the
//! list that people read and the list that is checked are one:
//!
//! ````text
//! ```arrows
//! edge: cli xtask
//! net ->
//! plan -> estate net
//! plan (dev) -> testkit      # what only its tests use
//! ```
//! ````

use std::collections::{BTreeMap, BTreeSet};

use super::Violation;

const FENCE: &str = "```arrows";

/// What the document draws.
#[derive(Debug, Default)]
pub(super) struct Drawn {
    /// The crates that may hold a heavy dependency.
    pub(super) edge: BTreeSet<String>,
    /// By crate, and whether it is the line for its tests.
    pub(super) arrows: BTreeMap<(String, bool), Arrow>,
    /// Where the block starts, for what is missing in it.
    pub(super) line: usize,
}

/// One line of the list.
#[derive(Debug)]
pub(super) struct Arrow {
    pub(super) line: usize,
    pub(super) to: BTreeSet<String>,
}

pub(super) fn parse(file: &str, document: &str) -> (Drawn, Vec<Violation>) {
    let mut drawn = Drawn {
        line: 1,
        ..Drawn::default()
    };
    let mut violations = Vec::new();
    let mut lines = document
        .lines()
        .zip(1..)
        .skip_while(|(line, _)| line.trim() != FENCE);
    let Some((_, start)) = lines.next() else {
        violations.push(Violation::new(
            file,
            1,
            "no fenced block `arrows`: the crates are not drawn",
        ));
        return (drawn, violations);
    };
    drawn.line = start;
    for (text, line) in lines.take_while(|(line, _)| !line.trim().starts_with("```")) {
        let rule = text.split('#').next().unwrap_or_default().trim();
        if let Err(message) = read(&mut drawn, rule, line) {
            violations.push(Violation::new(file, line, message));
        }
    }
    (drawn, violations)
}

fn read(drawn: &mut Drawn, rule: &str, line: usize) -> Result<(), String> {
    if rule.is_empty() {
        return Ok(());
    }
    if let Some(edge) = rule.strip_prefix("edge:") {
        drawn.edge.extend(names(edge));
        return Ok(());
    }
    let (from, to) = rule
        .split_once("->")
        .ok_or_else(|| format!("`{rule}` is neither `crate -> crates` nor `edge: crates`"))?;
    let from = from.trim();
    let (name, dev) = match from.strip_suffix("(dev)") {
        Some(name) => (name.trim_end(), true),
        None => (from, false),
    };
    let arrow = Arrow {
        line,
        to: names(to).collect(),
    };
    match drawn.arrows.insert((name.to_owned(), dev), arrow) {
        Some(earlier) => Err(format!("`{from}` is already on line {}", earlier.line)),
        None => Ok(()),
    }
}

fn names(list: &str) -> impl Iterator<Item = String> {
    list.split_whitespace().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_block_is_read_and_the_rest_of_the_document_is_not() {
        let document = "# T\na -> b\n```arrows\nedge: cli\n\nnet ->\nplan -> net  # why\nplan (dev) -> kit\n```\nc -> d";
        let (drawn, violations) = parse("A.md", document);
        assert_eq!(violations, []);
        assert_eq!(drawn.edge, BTreeSet::from(["cli".to_owned()]));
        let lines: Vec<_> = drawn
            .arrows
            .iter()
            .map(|((from, dev), to)| (from.as_str(), *dev, to.line, to.to.len()))
            .collect();
        assert_eq!(
            lines,
            [
                ("net", false, 6, 0),
                ("plan", false, 7, 1),
                ("plan", true, 8, 1)
            ]
        );
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_line() {
        let (_, violations) = parse("A.md", "```arrows\nnet ->\nnet -> x\nplan\n```");
        let told: Vec<_> = violations.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "A.md:3: `net` is already on line 2",
                "A.md:4: `plan` is neither `crate -> crates` nor `edge: crates`"
            ]
        );
    }

    #[test]
    fn a_document_without_the_block_is_a_violation() {
        let (_, violations) = parse("A.md", "text");
        assert_eq!(violations.len(), 1);
    }
}
