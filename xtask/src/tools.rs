//! `tools`: what the tests need besides Rust, made once and then found in milliseconds.
//! It is a Python environment with the in-memory cloud and the real `aws` command, so
//! that drivers and scripts are tested against programs that we did not write, and the
//! real `curl`, `dhclient` and `systemd-networkd`, which are put into a lab's namespaces; and for the same reason another
//! Teredo, a dissector and a maker of NATs, unpacked.

mod debian;
mod packages;

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::failure::Failure;
use crate::{process, workspace};

/// Lists what goes into the environment; kept beside the tests that use it.
const REQUIREMENTS: &str = "crates/testkit/cloud/requirements.txt";
/// Lists Debian's packages that tests find unpacked; kept beside those tests.
const UNPACKED: &str = "crates/teredod/tests/debian.txt";

/// Tells the tests (and this module) where the tools are.
pub(crate) const FOLDER: &str = "SIXWARD_TOOLS";

/// The verb.
pub(crate) fn run() -> Result<ExitCode, Failure> {
    ensure()?;
    println!("tools ready in {}", workspace::shown(&folder()));
    Ok(ExitCode::SUCCESS)
}

/// Makes what is missing and says so; silent when all is there.
pub(crate) fn ensure() -> Result<(), Failure> {
    packages::ensure()?;
    if let Ok(wanted) = fs::read_to_string(workspace::root().join(UNPACKED)) {
        debian::ensure(&wanted, &hash_of(&wanted), &folder().join("debian"))?;
    }
    let requirements = workspace::root().join(REQUIREMENTS);
    let Ok(wanted) = fs::read_to_string(&requirements) else {
        return Ok(());
    };
    let stamp = venv().join("requirements.stamp");
    let hash = hash_of(&wanted);
    if fs::read_to_string(&stamp).is_ok_and(|made| made == hash) && works(&python()) {
        return Ok(());
    }
    make_venv()?;
    eprintln!(
        "tools: installing {}",
        wanted.split_whitespace().collect::<Vec<_>>().join(", ")
    );
    install(&requirements)?;
    // Last, so that an interrupted run is done again.
    fs::write(&stamp, hash).map_err(|cause| Failure::io("write", stamp.display(), &cause))
}

/// Where the tools are.
pub(crate) fn folder() -> PathBuf {
    let usual = || workspace::root().join("target/tools");
    std::env::var_os(FOLDER).map_or_else(usual, PathBuf::from)
}

/// The environment's interpreter.
pub(crate) fn python() -> PathBuf {
    venv().join("bin/python")
}

fn venv() -> PathBuf {
    folder().join("venv")
}

fn hash_of(wanted: &str) -> String {
    let mut hasher = DefaultHasher::new();
    wanted.hash(&mut hasher);
    format!("{:016x}\n", hasher.finish())
}

fn works(python: &Path) -> bool {
    Command::new(python)
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success())
}

fn make_venv() -> Result<(), Failure> {
    if works(&python()) {
        return Ok(());
    }
    ensure_system_python()?;
    let venv = venv();
    eprintln!("tools: making {}", workspace::shown(&venv));
    process::quiet(
        Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&venv),
    )
    .map(drop)
}

fn install(requirements: &Path) -> Result<(), Failure> {
    let mut pip = Command::new(python());
    pip.args([
        "-m",
        "pip",
        "--quiet",
        "--disable-pip-version-check",
        "--no-input",
        "install",
        "-r",
    ]);
    process::quiet(pip.arg(requirements)).map(drop)
}

/// Python may be absent, and Debian ships it without the module that makes environments.
fn ensure_system_python() -> Result<(), Failure> {
    if has_venv_module() {
        return Ok(());
    }
    if may_install() {
        packages::install(&["python3", "python3-venv"])?;
    }
    if has_venv_module() {
        return Ok(());
    }
    Err(Failure::new(
        "the tests need python3 with its `venv` module, and it is not here",
        "install it (Debian, Ubuntu: `apt-get install python3 python3-venv`) and run this again",
    ))
}

fn has_venv_module() -> bool {
    let probe = Command::new("python3")
        .args(["-c", "import venv, ensurepip"])
        .output();
    probe.is_ok_and(|output| output.status.success())
}

/// Root on a system with apt; anyone else is told what to install.
pub(super) fn may_install() -> bool {
    let root = Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|id| id.stdout == b"0\n");
    root && Command::new("apt-get")
        .arg("--version")
        .output()
        .is_ok_and(|o| o.status.success())
}

#[cfg(test)]
mod tests {
    use super::hash_of;

    #[test]
    fn a_changed_requirement_changes_the_stamp() {
        assert_eq!(hash_of("moto==5\n"), hash_of("moto==5\n"));
        assert_ne!(hash_of("moto==5\n"), hash_of("moto==6\n"));
    }
}
