//! The form of a source file: it says what it is for, it has a name that says what is in
//! it, and it is short enough to be read.

use super::Violation;

const LONGEST: usize = 500;

/// Names that say nothing, so that everything ends up in them.
const EMPTY_NAMES: [&str; 4] = ["utils.rs", "common.rs", "misc.rs", "helpers.rs"];

pub(super) fn check(path: &str, text: &str) -> Vec<Violation> {
    [header(path, text), name(path), length(path, text)]
        .into_iter()
        .flatten()
        .collect()
}

/// Whether the file holds tests only.
pub(super) fn is_test(path: &str) -> bool {
    path.split('/')
        .any(|part| matches!(part, "tests" | "benches" | "tests.rs"))
}

fn header(path: &str, text: &str) -> Option<Violation> {
    let missing = !text.starts_with("//!");
    missing.then(|| Violation::new(path, 1, "does not start with `//!` and what it is for"))
}

fn name(path: &str) -> Option<Violation> {
    let name = path.rsplit('/').next().unwrap_or_default();
    if name == "mod.rs" {
        return Some(Violation::new(
            path,
            1,
            "`mod.rs` is called `<folder>.rs` here, beside the folder",
        ));
    }
    let empty = EMPTY_NAMES.contains(&name);
    empty.then(|| {
        Violation::new(
            path,
            1,
            "a name that says nothing about what is in the file",
        )
    })
}

fn length(path: &str, text: &str) -> Option<Violation> {
    let lines = text.lines().count();
    // What a program wrote is read in its generator.
    let generated = text
        .lines()
        .take_while(|line| line.starts_with("//"))
        .any(|line| line.contains("@generated"));
    let long = lines > LONGEST && !is_test(path) && !generated;
    long.then(|| {
        Violation::new(
            path,
            lines,
            format!("{lines} lines; split it before it passes {LONGEST}"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(path: &str, text: &str) -> Vec<String> {
        check(path, text).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_file_that_says_what_it_is_for_passes() {
        assert_eq!(told("crates/plan/src/route.rs", "//! Routes.\n"), [""; 0]);
    }

    #[test]
    fn a_file_without_header_or_name_does_not() {
        assert_eq!(
            told("crates/plan/src/utils.rs", "use x;\n"),
            [
                "crates/plan/src/utils.rs:1: does not start with `//!` and what it is for",
                "crates/plan/src/utils.rs:1: a name that says nothing about what is in the file",
            ]
        );
        assert_eq!(told("crates/plan/tests/it/mod.rs", "//! x").len(), 1);
    }

    #[test]
    fn length_counts_where_people_read() {
        let long = "//! x\n".repeat(501);
        assert_eq!(told("crates/a/src/b.rs", &long).len(), 1);
        assert_eq!(told("crates/a/src/b.rs", &"//! x\n".repeat(500)), [""; 0]);
        assert_eq!(told("crates/a/tests/b.rs", &long), [""; 0]);
        assert_eq!(
            told("crates/a/src/b.rs", &format!("//! @generated\n{long}")),
            [""; 0]
        );
    }
}
