//! Provider words stop at the border: below it a gateway is a gateway, whoever sells it.
//! Only names in code count; what a text says to people may use the provider's word.

use std::collections::BTreeSet;

use super::Violation;
use super::code::code_only;
use super::source::is_test;

const WORDS: [&str; 5] = ["igw", "eni", "nsg", "vpc", "eigw"];

/// The crates that know no provider.
const NEUTRAL: [&str; 6] = ["net", "estate", "assess", "plan", "prove", "apply"];

/// Files and folders of these names are on the other side of the border.
const PROVIDERS: [&str; 2] = ["aws", "azure"];

pub(super) fn check(path: &str, text: &str) -> Vec<Violation> {
    if !is_neutral(path) {
        return Vec::new();
    }
    let code = code_only(text);
    let lines = code.lines().zip(1..);
    lines
        .flat_map(|(line, number)| {
            names(line)
                .into_iter()
                .filter_map(move |name| tell(path, number, name))
        })
        .collect()
}

fn is_neutral(path: &str) -> bool {
    let mut parts = path.split(['/', '.']);
    let neutral =
        parts.next() == Some("crates") && parts.next().is_some_and(|name| NEUTRAL.contains(&name));
    neutral && !is_test(path) && !parts.any(|part| PROVIDERS.contains(&part))
}

fn tell(path: &str, line: usize, name: &str) -> Option<Violation> {
    let parts = parts(name);
    let word = WORDS
        .iter()
        .find(|word| parts.iter().any(|part| part == *word))?;
    Some(Violation::new(
        path,
        line,
        format!("`{name}`: `{word}` is a provider's word; use the estate's noun"),
    ))
}

/// The identifiers of a line, each once.
fn names(line: &str) -> BTreeSet<&str> {
    let words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.filter(|word| !word.is_empty()).collect()
}

/// The words that an identifier is made of: `VpcId2` is `vpc`, `id`, `2`.
fn parts(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut parts = vec![String::new()];
    for (at, &letter) in letters.iter().enumerate() {
        let before = at
            .checked_sub(1)
            .and_then(|at| letters.get(at))
            .copied()
            .unwrap_or('_');
        if starts_word(before, letter, letters.get(at + 1).copied()) {
            parts.push(String::new());
        }
        if let (Some(part), true) = (parts.last_mut(), letter != '_') {
            part.extend(letter.to_lowercase());
        }
    }
    parts
}

fn starts_word(before: char, letter: char, after: Option<char>) -> bool {
    let camel = letter.is_uppercase() && before.is_lowercase();
    // The last capital of a run belongs to what follows: `VPCId` is `vpc`, `id`.
    let run =
        letter.is_uppercase() && before.is_uppercase() && after.is_some_and(char::is_lowercase);
    before == '_' || camel || run || before.is_numeric() != letter.is_numeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(path: &str, text: &str) -> Vec<String> {
        check(path, text).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_word_is_found_as_a_part_of_a_name() {
        let bad = [
            "vpc", "vpc_id", "VpcId", "my_eni2", "VPCId", "toNsg", "IGW", "_eigw",
        ];
        for name in bad {
            let text = format!("let {name} = 1;");
            assert_eq!(told("crates/plan/src/route.rs", &text).len(), 1, "{name}");
        }
    }

    #[test]
    fn parts_of_words_are_no_words() {
        for name in [
            "denied",
            "genius",
            "Denial",
            "seniority",
            "vpcs_",
            "signs",
            "enigma",
        ] {
            let text = format!("let {name} = 1;");
            assert_eq!(told("crates/plan/src/route.rs", &text), [""; 0], "{name}");
        }
    }

    #[test]
    fn text_for_people_is_free() {
        let text = "//! the vpc\nlet a = \"vpc-1\"; // eni\n/* nsg */ let b = 'v';";
        assert_eq!(told("crates/estate/src/network.rs", text), [""; 0]);
    }

    #[test]
    fn beyond_the_border_the_word_is_right() {
        let text = "let vpc = 1;";
        let inside = "crates/plan/src/network.rs:1: `vpc`: `vpc` is a provider's word; use the estate's noun";
        assert_eq!(told("crates/plan/src/network.rs", text), [inside]);
        for path in [
            "crates/ingest/src/network.rs",
            "crates/plan/src/aws.rs",
            "crates/plan/src/aws/route.rs",
            "crates/plan/tests/route.rs",
            "xtask/src/main.rs",
        ] {
            assert_eq!(told(path, text), [""; 0], "{path}");
        }
    }
}
