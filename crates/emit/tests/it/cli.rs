//! An `aws` for scripts under test: the real CLI, loaded once for all of a test's calls, and able to
//! lose answers.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use sixward_testkit::{Cloud, tools};
use tempfile::TempDir;

/// A folder with an `aws` in it, to be the first in `PATH`.
pub(crate) struct Cli {
    folder: TempDir,
    server: Child,
}

impl Cli {
    pub(crate) fn new(cloud: &Cloud) -> Self {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/cli.py");
        let mut server = Command::new(tools::program("python"))
            .arg(program)
            .envs(cloud.env())
            // Held open by this process: however it ends, the server ends with it.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut port = String::new();
        BufReader::new(server.stdout.take().unwrap())
            .read_line(&mut port)
            .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let text = format!(
            "exec 3<>/dev/tcp/127.0.0.1/{}\n\
             {{ printf '%d\\n' $#; printf '%s\\0' \"$@\"; }} >&3\n\
             IFS= read -r code <&3\n\
             IFS= read -r -d '' out <&3\n\
             IFS= read -r -d '' err <&3\n\
             printf %s \"$err\" >&2\n\
             printf %s \"$out\"\n\
             exit \"$code\"\n",
            port.trim()
        );
        program_in(folder.path(), "aws", &text);
        Self { folder, server }
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The same, but the answer to each change is lost the first time that it is asked for.
    pub(crate) fn losing_answers(&self) -> Faults {
        let folder = tempfile::tempdir().unwrap();
        let text = format!(
            "out=$('{}/aws' \"$@\") || exit\n\
             case \" $* \" in *' describe-'* | *' get-'*) printf '%s\\n' \"$out\"; exit ;; esac\n\
             mark='{}'/lost-$(printf %s \"$*\" | cksum | tr ' ' -)\n\
             if [[ -e $mark ]]; then printf '%s\\n' \"$out\"; exit; fi\n\
             touch \"$mark\"\n\
             echo 'Connection was closed before we received a valid response' >&2\n\
             exit 255\n",
            self.folder.path().display(),
            folder.path().display(),
        );
        program_in(folder.path(), "aws", &text);
        Faults { folder }
    }
}

impl Drop for Cli {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// An `aws` that loses answers.
pub(crate) struct Faults {
    folder: TempDir,
}

impl Faults {
    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// How many answers were lost.
    pub(crate) fn lost(&self) -> usize {
        let files = fs::read_dir(self.folder.path()).unwrap();
        let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.starts_with("lost-")).count()
    }
}

fn program_in(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::write(&path, format!("#!/usr/bin/env bash\n{text}")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
}
