//! Every code of a finding has its row in the reference, and every row has its code: a user who
//! looks a finding up must find it.

use std::collections::BTreeMap;

use super::{Violation, source};

const CONSTRUCTOR: &str = "Code::new(\"";

/// Compares the codes in the sources with the rows of the reference.
pub(super) fn check(page: &str, reference: &str, sources: &[(String, String)]) -> Vec<Violation> {
    let codes = codes(sources);
    let rows: BTreeMap<&str, usize> = reference
        .lines()
        .zip(1..)
        .filter_map(|(text, line)| Some((row(text)?, line)))
        .collect();
    let missing = codes
        .iter()
        .filter(|(code, _)| !rows.contains_key(**code))
        .map(|(code, (file, line))| {
            Violation::new(file, *line, format!("`{code}` has no row in {page}"))
        });
    let unused = rows.iter().filter(|(code, _)| !codes.contains_key(*code));
    let unused = unused.map(|(code, line)| {
        Violation::new(page, *line, format!("`{code}` is no code of a finding"))
    });
    missing.chain(unused).collect()
}

/// Each code with the first place that makes it.
fn codes(sources: &[(String, String)]) -> BTreeMap<&str, (&str, usize)> {
    let mut codes = BTreeMap::new();
    for (path, text) in sources.iter().filter(|(path, _)| is_product(path)) {
        for (text, line) in text.lines().zip(1..) {
            for rest in text.split(CONSTRUCTOR).skip(1) {
                let code = rest.split('"').next().unwrap_or_default();
                codes.entry(code).or_insert((path.as_str(), line));
            }
        }
    }
    codes
}

fn is_product(path: &str) -> bool {
    path.starts_with("crates/") && !source::is_test(path)
}

/// The code of a table's row: what stands first, in backticks.
fn row(text: &str) -> Option<&str> {
    let code = text.strip_prefix("| `")?.split('`').next()?;
    code.contains('/').then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(reference: &str, source: &str) -> Vec<String> {
        let sources = [("crates/plan/src/route.rs".to_owned(), source.to_owned())];
        let violations = check("findings.md", reference, &sources);
        violations.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_code_with_its_row_is_well() {
        let reference = "| code | severity |\n|---|---|\n| `route/blackhole` | warning |";
        assert!(found(reference, "const B: Code = Code::new(\"route/blackhole\");").is_empty());
    }

    #[test]
    fn what_stands_on_one_side_only_is_named() {
        assert_eq!(
            found("| `route/gone` | note |", "\nCode::new(\"route/new\")"),
            [
                "crates/plan/src/route.rs:2: `route/new` has no row in findings.md",
                "findings.md:1: `route/gone` is no code of a finding",
            ]
        );
    }
}
