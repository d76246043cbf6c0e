//! A folder to stand in, and the binary run from there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A folder of its own for a test.
pub(crate) struct Here(TempDir);

/// What a run left.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Here {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn folder(&self, name: &str) {
        fs::create_dir_all(self.path(name)).unwrap();
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// The dumps of the two-tier example.
    pub(crate) fn copy_example(&self, name: &str) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        self.folder(&format!("{name}/us-east-1"));
        for file in fs::read_dir(root.join("scenarios/aws-two-tier/given/us-east-1")).unwrap() {
            let file = file.unwrap();
            let to = self.path(name).join("us-east-1").join(file.file_name());
            fs::copy(file.path(), to).unwrap();
        }
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sixward"));
        command
            .args(arguments)
            .current_dir(self.0.path())
            .stdin(Stdio::null());
        command.env_clear().env("HOME", self.0.path());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.run_with(arguments, [])
    }

    pub(crate) fn run_with(
        &self,
        arguments: &[&str],
        env: impl IntoIterator<Item = (String, String)>,
    ) -> Run {
        let output = self.command(arguments).envs(env).output().unwrap();
        Run {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Run {
    /// All of it, for a snapshot.
    pub(crate) fn text(&self) -> String {
        let Self {
            code,
            stdout,
            stderr,
        } = self;
        let part = |name: &str, text: &str| match text {
            "" => String::new(),
            _ => format!("--- {name}\n{text}"),
        };
        format!(
            "exit {code}\n{}{}",
            part("stdout", stdout),
            part("stderr", stderr)
        )
    }
}
