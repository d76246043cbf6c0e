//! Programs that tests meet and that we did not write: another Teredo, a dissector, a NAT. They are Debian's
//! packages, unpacked under the tools and not installed: a package of a daemon would start it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;
use crate::process;

/// Makes what is missing. `wanted` is a list of packages, one a line; `hash` says which.
pub(super) fn ensure(wanted: &str, hash: &str, folder: &Path) -> Result<(), Failure> {
    let stamp = folder.join("packages.stamp");
    if fs::read_to_string(&stamp).is_ok_and(|made| made == hash) {
        return Ok(());
    }
    let packages: Vec<&str> = wanted.split_whitespace().collect();
    eprintln!("tools: unpacking {}", packages.join(", "));
    let io = |what, path: &Path, cause: &_| Failure::io(what, path.display(), cause);
    let _ = fs::remove_dir_all(folder);
    let cache = folder.join("archives");
    fs::create_dir_all(cache.join("partial")).map_err(|cause| io("make", &cache, &cause))?;
    // A list of packages as old as the image may name what is not there any more.
    if download(&packages, &cache).is_err() {
        process::quiet(Command::new("apt-get").args(["-qq", "update"]))?;
        download(&packages, &cache)?;
    }
    for archive in archives(&cache)? {
        process::quiet(Command::new("dpkg").arg("-x").arg(&archive).arg(folder))?;
    }
    fs::remove_dir_all(&cache).map_err(|cause| io("remove", &cache, &cause))?;
    // Last, so that an interrupted run is done again.
    fs::write(&stamp, hash).map_err(|cause| io("write", &stamp, &cause))
}

/// The packages and what they need that is not on this system.
fn download(packages: &[&str], cache: &Path) -> Result<(), Failure> {
    let mut apt = Command::new("apt-get");
    apt.args(["-qq", "-y", "--no-install-recommends", "--download-only"]);
    apt.args(["-o", "Debug::NoLocking=1", "-o"]);
    apt.arg(format!("Dir::Cache::archives={}", cache.display()));
    apt.arg("install").args(packages);
    let done = process::quiet(apt.env("DEBIAN_FRONTEND", "noninteractive"));
    done.map(drop).map_err(|cause| {
        let text = format!("{cause}\nthe tests need Debian's {}", packages.join(", "));
        Failure::new(text, "run them on Debian or Ubuntu, once with the network")
    })
}

/// What came, without the service manager that one of them recommends itself to: nobody starts anything here.
fn archives(cache: &Path) -> Result<Vec<PathBuf>, Failure> {
    let read = fs::read_dir(cache).map_err(|cause| Failure::io("read", cache.display(), &cause))?;
    let name = |path: &PathBuf| {
        path.file_name()
            .map(|name| name.to_string_lossy().into_owned())
    };
    let mut found: Vec<_> = read
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "deb"))
        .filter(|path| {
            let name = name(path).unwrap_or_default();
            !["systemd", "udev", "libpam", "libnss"]
                .iter()
                .any(|part| name.starts_with(part))
        })
        .collect();
    found.sort();
    Ok(found)
}
