//! `gen`: sources that are written by a program are written anew, and what changed is
//! told. What a generator reads (the models of the real `aws` command) is among the tools.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, ExitCode};

use crate::failure::Failure;
use crate::{process, tools, workspace};

const GENERATORS: [&str; 1] = ["crates/drivers/gen/aws_shapes.py"];

/// The verb.
pub(crate) fn run() -> Result<ExitCode, Failure> {
    tools::ensure()?;
    let before = files()?;
    for generator in GENERATORS {
        if workspace::root().join(generator).is_file() {
            println!("{generator}");
            process::show(
                Command::new(tools::python())
                    .arg(generator)
                    .current_dir(workspace::root()),
            )?;
        } else {
            println!("{generator}: not there, skipped");
        }
    }
    let changes = changes(&before, &files()?);
    for change in &changes {
        println!("{change}");
    }
    if changes.is_empty() {
        println!("gen: nothing changed");
    }
    Ok(ExitCode::SUCCESS)
}

type Files = BTreeMap<String, Vec<u8>>;

/// Every file that git knows or would take, with its content.
fn files() -> Result<Files, Failure> {
    let mut git = Command::new("git");
    git.args([
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
        "crates",
        "docs",
    ]);
    let list = process::quiet(git.current_dir(workspace::root()))?;
    let read = |path: &str| {
        Some((
            path.to_owned(),
            fs::read(workspace::root().join(path)).ok()?,
        ))
    };
    Ok(list.lines().filter_map(read).collect())
}

fn changes(before: &Files, after: &Files) -> Vec<String> {
    let written = after
        .iter()
        .filter_map(|(path, now)| match before.get(path) {
            None => Some(format!("  new      {path}")),
            Some(old) if old != now => Some(format!("  changed  {path}")),
            Some(_) => None,
        });
    let gone = before.keys().filter(|path| !after.contains_key(*path));
    written
        .chain(gone.map(|path| format!("  gone     {path}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_told_by_kind() {
        let files = |list: &[(&str, &str)]| -> Files {
            list.iter()
                .map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()))
                .collect()
        };
        let before = files(&[("a", "1"), ("b", "1"), ("c", "1")]);
        let after = files(&[("a", "1"), ("b", "2"), ("d", "1")]);
        assert_eq!(
            changes(&before, &after),
            ["  changed  b", "  new      d", "  gone     c"]
        );
        assert_eq!(changes(&before, &before), [""; 0]);
    }
}
