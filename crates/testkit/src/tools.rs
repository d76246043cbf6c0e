//! Where the tools that tests use are installed.
//!
//! `cargo xtask tools` makes a Python environment with moto and the aws CLI in it, at the
//! versions of `cloud/requirements.txt`; boto3, botocore and werkzeug come with them and are
//! pinned because the cloud's rules reach into them. A test that needs the tools fails
//! without them: one that skipped itself would look like one that passed.

use std::env;
use std::path::{Path, PathBuf};

/// The Python environment with moto and the aws CLI: `venv` in `target/tools`, or in the
/// folder that `SIXWARD_TOOLS` names (as `cargo xtask test` does).
///
/// # Panics
///
/// If it is not there.
pub fn venv() -> PathBuf {
    let path = env::var_os("SIXWARD_TOOLS")
        .map_or_else(|| workspace().join("target/tools"), PathBuf::from)
        .join("venv");
    assert!(
        path.join("bin/python").exists(),
        "test tools are not installed: run `cargo xtask tools` (looked in {})",
        path.display()
    );
    path
}

/// A program of the environment, such as `aws` or `python`.
///
/// # Panics
///
/// If the environment is not there.
pub fn program(name: &str) -> PathBuf {
    venv().join("bin").join(name)
}

/// The root of the workspace.
///
/// # Panics
///
/// If this crate has left the workspace.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("crates/testkit is two levels below the workspace root")
        .to_path_buf()
}

/// The folder with the cloud's Python parts.
pub(crate) fn cloud_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cloud")
}
