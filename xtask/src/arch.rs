//! `arch`: the promises of ARCHITECTURE.md that a machine can check. A rule that is only
//! written down is broken within a month; one that names the file and the line is not.
//! Every rule is a pure function in a file of its own.

mod arrow;
mod block;
mod code;
mod finding;
mod lint;
mod member;
mod source;
mod weight;
mod word;

use std::fmt;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use crate::failure::Failure;
use crate::workspace;
use block::Drawn;
use member::Member;

const DOCUMENT: &str = "ARCHITECTURE.md";
const FINDINGS: &str = "docs/reference/findings.md";

/// The verb.
pub(crate) fn run() -> Result<ExitCode, Failure> {
    let document = fs::read_to_string(workspace::root().join(DOCUMENT)).unwrap_or_default();
    let members = member::read()?;
    let sources = sources()?;
    let (drawn, mut violations) = block::parse(DOCUMENT, &document);
    violations.extend(of_crates(&drawn, &members));
    violations.extend(of_sources(&sources));
    let findings = fs::read_to_string(workspace::root().join(FINDINGS)).unwrap_or_default();
    violations.extend(finding::check(FINDINGS, &findings, &sources));
    for violation in &violations {
        println!("{violation}");
    }
    if !violations.is_empty() {
        return Err(broken(violations.len()));
    }
    let arrows: usize = drawn.arrows.values().map(|arrow| arrow.to.len()).sum();
    let (crates, files) = (members.len(), sources.len());
    println!("arch: {crates} crates, {arrows} arrows, {files} files, all as drawn");
    Ok(ExitCode::SUCCESS)
}

fn of_crates(drawn: &Drawn, members: &[Member]) -> Vec<Violation> {
    let mut violations: Vec<_> = members.iter().filter_map(lint::check).collect();
    // Without the list every arrow is wrong, and one line says that better than forty.
    if !drawn.arrows.is_empty() {
        violations.extend(arrow::check(DOCUMENT, drawn, members));
        violations.extend(weight::check(drawn, members));
    }
    violations
}

fn of_sources(sources: &[(String, String)]) -> Vec<Violation> {
    let rules = [source::check, word::check];
    let checked = |(path, text): &(String, String)| rules.map(|rule| rule(path, text)).concat();
    sources.iter().flat_map(checked).collect()
}

fn broken(count: usize) -> Failure {
    let violations = if count == 1 {
        "violation"
    } else {
        "violations"
    };
    Failure::new(
        format!("{count} {violations} of the rules in {DOCUMENT}"),
        "move the code to where the rule wants it; changing the rule is a decision of its own",
    )
}

/// Where a rule is broken, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Violation {
    file: String,
    line: usize,
    message: String,
}

impl Violation {
    fn new(file: &str, line: usize, message: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line,
            message: message.into(),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)
    }
}

/// Every Rust file of ours with its text, in the order of the paths.
fn sources() -> Result<Vec<(String, String)>, Failure> {
    let mut sources = Vec::new();
    for folder in ["crates", "xtask"] {
        collect(&workspace::root().join(folder), &mut sources)?;
    }
    sources.sort();
    Ok(sources)
}

fn collect(folder: &Path, sources: &mut Vec<(String, String)>) -> Result<(), Failure> {
    let unreadable = |cause| Failure::io("read", workspace::shown(folder), &cause);
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.is_dir() {
            if path.file_name().is_none_or(|name| name != "target") {
                collect(&path, sources)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let shown = workspace::shown(&path);
            let text = fs::read_to_string(&path);
            let text = text.map_err(|cause| Failure::io("read", &shown, &cause))?;
            sources.push((shown, text));
        }
    }
    Ok(())
}
