//! Where the workspace is, and what cargo knows about it.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::failure::Failure;
use crate::process;

/// The folder of the root `Cargo.toml`.
pub(crate) fn root() -> PathBuf {
    // Cargo sets the variable at run time too, so a moved checkout is found.
    let here = std::env::var("CARGO_MANIFEST_DIR");
    let here = here.unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").to_owned());
    Path::new(&here)
        .parent()
        .map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// A cargo command in the root folder, with the cargo that started us.
pub(crate) fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root());
    cargo
}

/// `cargo metadata` of the workspace's own packages.
pub(crate) fn metadata() -> Result<Value, Failure> {
    let text = process::quiet(cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
    serde_json::from_str(&text).map_err(|cause| {
        Failure::new(
            format!("cannot read `cargo metadata`: {cause}"),
            "try another toolchain",
        )
    })
}

/// A path as reports show it: from the root, with `/`.
pub(crate) fn shown(path: &Path) -> String {
    let root = root();
    let inside = path.strip_prefix(&root).unwrap_or(path);
    inside.to_string_lossy().replace('\\', "/")
}
