//! `bench teredo`: how fast the tunnels are, the matrix of NATs, and what it takes to recover, beside miredo's in the
//! same run. The tables are the daemon's own tests', which have the namespaces; they take some twenty minutes.
//! `bench teredo-speed` is how fast alone.

use std::process::{Command, ExitCode};

use super::{build, example};
use crate::failure::Failure;
use crate::{process, tools, workspace};

pub(super) fn run() -> Result<ExitCode, Failure> {
    let mut cargo = workspace::cargo();
    cargo.args(["test", "--release", "--package", "sixward-teredod"]);
    cargo.args(["--test", "wires", "--", "tables"]);
    process::show(cargo.env(tools::FOLDER, tools::folder()))?;
    speed()
}

/// By root, in namespaces of its own, where miredo and its hook are where it looks for them.
pub(super) fn speed() -> Result<ExitCode, Failure> {
    tools::ensure()?;
    let program = build(&["-p", "sixward-teredod"], &["sixward-teredo"])?;
    let speed = example("sixward-teredod", "speed")?;
    let debian = tools::folder().join("debian");
    let mut space = Command::new("unshare");
    space.args(["--mount", "--net", "--", "sh", "-c", IN_ITS_PLACE, "sh"]);
    process::show(space.arg(debian).arg(speed).arg(program))?;
    Ok(ExitCode::SUCCESS)
}

const IN_ITS_PLACE: &str = r#"
tools=$1; shift
mount --make-rprivate /
for folder in usr etc; do
    mount -t overlay overlay -o "lowerdir=$tools/$folder:/$folder" "/$folder"
done
exec "$@"
"#;
