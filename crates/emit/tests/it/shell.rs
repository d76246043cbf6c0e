//! Bash, as a user has it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sixward_plan::Plan;
use tempfile::TempDir;

/// The files of a plan in a folder of their own.
pub(crate) struct Written {
    folder: TempDir,
}

impl Written {
    pub(crate) fn new(plan: &Plan) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for file in sixward_emit::emit(plan).files {
            fs::write(folder.path().join(file.name), file.text).unwrap();
        }
        Self { folder }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs a script that must not need a cloud: there is no aws in its PATH.
    pub(crate) fn run(&self, name: &str, args: &[&str]) -> Output {
        Command::new("bash")
            .arg(self.path(name))
            .args(args)
            .env_remove("AWS_ENDPOINT_URL")
            .output()
            .unwrap()
    }
}

/// What a command said, which must have gone well.
pub(crate) fn said(output: &Output) -> String {
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{}\n{out}{err}", output.status);
    out.into_owned()
}

/// Whether bash can read a script at all.
pub(crate) fn parses(path: &Path) {
    said(&Command::new("bash").arg("-n").arg(path).output().unwrap());
}

/// What a script prints.
pub(crate) fn bash(script: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("script.sh");
    fs::write(&file, script).unwrap();
    said(&Command::new("bash").arg(file).output().unwrap())
}
