//! Programs of the distribution that tests run: installed by root, and else named.

use std::path::Path;
use std::process::Command;

use super::may_install;
use crate::failure::Failure;
use crate::process;

/// A program, where it may be, and the package that has it on Debian and Ubuntu.
const PROGRAMS: [(&str, &str); 3] = [
    ("curl", "curl"),
    ("dhclient", "isc-dhcp-client"),
    ("systemd-networkd", "systemd"),
];
const FOLDERS: [&str; 5] = ["/usr/bin", "/usr/sbin", "/bin", "/sbin", "/lib/systemd"];

/// Makes what is missing and says so; silent when all is there.
pub(super) fn ensure() -> Result<(), Failure> {
    let missing = missing();
    if missing.is_empty() {
        return Ok(());
    }
    if may_install() {
        install(&missing)?;
    }
    let missing = self::missing();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        format!("the tests need what is not here: {}", missing.join(", ")),
        format!(
            "install it (Debian, Ubuntu: `apt-get install {}`) and run this again",
            missing.join(" ")
        ),
    ))
}

/// Installs packages of the distribution.
pub(super) fn install(packages: &[&str]) -> Result<(), Failure> {
    eprintln!("tools: installing {}", packages.join(", "));
    process::quiet(Command::new("apt-get").arg("update"))?;
    let mut install = Command::new("apt-get");
    install
        .args(["install", "-y", "--no-install-recommends"])
        .args(packages)
        .env("DEBIAN_FRONTEND", "noninteractive");
    process::quiet(&mut install).map(drop)
}

fn missing() -> Vec<&'static str> {
    let here = |program: &str| {
        let at = |folder: &&str| Path::new(folder).join(program).exists();
        FOLDERS.iter().any(at)
    };
    let missing = PROGRAMS.iter().filter(|(program, _)| !here(program));
    missing.map(|(_, package)| *package).collect()
}
