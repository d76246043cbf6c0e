//! Starting other programs: in view of the user, or quietly with their output kept for
//! the case that something goes wrong.

use std::process::{Command, Output};

use crate::failure::Failure;

/// What a program said and whether it was content.
pub(crate) struct Said {
    pub(crate) ok: bool,
    /// Its exit code; none when a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs in view of the user; a program that fails is a failure of the verb.
pub(crate) fn show(command: &mut Command) -> Result<(), Failure> {
    let status = command
        .status()
        .map_err(|cause| not_started(command, &cause))?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(
        format!("`{}` failed", line(command)),
        "its own message is above",
    ))
}

/// Runs quietly.
pub(crate) fn listen(command: &mut Command) -> Result<Said, Failure> {
    let output = command
        .output()
        .map_err(|cause| not_started(command, &cause))?;
    let Output {
        status,
        stdout,
        stderr,
    } = output;
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ok(Said {
        ok: status.success(),
        code: status.code(),
        out: text(stdout),
        err: text(stderr),
    })
}

/// Runs quietly, but a program that fails is a failure of the verb, told in its own words.
pub(crate) fn quiet(command: &mut Command) -> Result<String, Failure> {
    let said = listen(command)?;
    if said.ok {
        return Ok(said.out);
    }
    let words = said.err.trim_end();
    Err(Failure::new(
        format!("`{}` failed\n{words}", line(command)),
        "run that command by hand",
    ))
}

pub(crate) fn not_started(command: &Command, cause: &std::io::Error) -> Failure {
    let program = command.get_program().to_string_lossy();
    Failure::new(
        format!("cannot start `{program}`: {cause}"),
        format!("is `{program}` installed?"),
    )
}

fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}
