//! `check`: all that must hold before a change lands, in the order of what fails fastest.
//! One line per stage; the output of a stage is shown only if it fails.

use std::io::Write;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use crate::failure::Failure;
use crate::{process, workspace};

/// The verb.
pub(crate) fn run() -> Result<ExitCode, Failure> {
    for (name, mut command) in stages()? {
        stage(name, &mut command)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn stages() -> Result<[(&'static str, Command); 5], Failure> {
    let cargo = |args: &[&str]| {
        let mut cargo = workspace::cargo();
        cargo.args(args);
        cargo
    };
    let mut doc = cargo(&["doc", "--workspace", "--no-deps", "--quiet"]);
    doc.env("RUSTDOCFLAGS", "-D warnings");
    Ok([
        ("fmt", cargo(&["fmt", "--all", "--check"])),
        (
            "clippy",
            cargo(&[
                "clippy",
                "--workspace",
                "--all-targets",
                "--quiet",
                "--",
                "-D",
                "warnings",
            ]),
        ),
        ("arch", xtask("arch")?),
        ("test", xtask("test")?),
        ("doc", doc),
    ])
}

/// A verb of ours as a program, so that its output can be kept like any other's.
fn xtask(verb: &str) -> Result<Command, Failure> {
    let here = std::env::current_exe().map_err(|cause| Failure::io("find", "xtask", &cause))?;
    let mut xtask = Command::new(here);
    xtask.arg(verb).current_dir(workspace::root());
    Ok(xtask)
}

fn stage(name: &str, command: &mut Command) -> Result<(), Failure> {
    print!("{name:<8}");
    // Without a flush the name shows only with the time; a missing terminal is no reason to stop.
    let _ = std::io::stdout().flush();
    let start = Instant::now();
    let said = process::listen(command.stdin(Stdio::null()))?;
    let seconds = start.elapsed().as_secs_f64();
    if said.ok {
        let last = said.out.trim_end().lines().next_back().unwrap_or_default();
        let note = if name == "test" { last } else { "ok" };
        println!("{seconds:>7.1} s  {note}");
        return Ok(());
    }
    println!("{seconds:>7.1} s  failed\n\n{}{}", said.out, said.err);
    Err(Failure::new(format!("`{name}` failed"), hint(name)))
}

fn hint(name: &str) -> String {
    match name {
        "fmt" => "`cargo fmt --all` puts it right".to_owned(),
        "arch" | "test" => format!("`cargo xtask {name}` runs this stage alone"),
        _ => format!("`cargo {name}` runs this stage alone"),
    }
}
