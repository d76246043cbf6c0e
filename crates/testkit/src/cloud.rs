//! A running cloud: started on a free port of 127.0.0.1, gone when it is dropped.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::tools;

/// The only Region of the test cloud that the helpers use.
pub const REGION: &str = "us-east-1";

/// How long a start may take. It is two seconds of CPU; the rest is for a busy machine (a
/// server that fails to start is noticed at once).
const PATIENCE: Duration = Duration::from_mins(1);

/// The strict cloud, serving.
#[derive(Debug)]
pub struct Cloud {
    server: Child,
    endpoint: String,
}

/// The ids of the provider's worked example (`cloud/two_tier.py`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    missing_docs,
    reason = "each field is the id of what it is named after"
)]
pub struct TwoTier {
    pub vpc: String,
    pub public_subnet: String,
    pub private_subnet: String,
    pub internet_gateway: String,
    pub nat_gateway: String,
    pub nat_address: String,
    pub web_address: String,
    pub public_route_table: String,
    pub private_route_table: String,
    pub web_group: String,
    pub db_group: String,
    pub web_instance: String,
    pub web_interface: String,
    pub db_instance: String,
    pub db_interface: String,
}

impl Cloud {
    /// Starts a cloud of its own for the caller and waits until it answers.
    ///
    /// # Panics
    ///
    /// If the tools are not installed or the server does not come up.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// A cloud that takes its time: what is done is seen a few looks later, states pass through others.
    ///
    /// # Panics
    ///
    /// As [`Cloud::start`].
    pub fn start_slow() -> Self {
        Self::start_with(&["--slow"])
    }

    fn start_with(args: &[&str]) -> Self {
        let mut server = Command::new(tools::program("python"))
            .args(["-m", "strict_moto", "--until-stdin-closes"])
            .args(args)
            .current_dir(tools::cloud_dir())
            .env("PYTHONDONTWRITEBYTECODE", "1")
            // Held open by this process: however it ends, the server ends with it.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // It says nothing there but the trace of a call that it could not answer.
            .stderr(Stdio::inherit())
            .spawn()
            .expect("the tools' python starts");
        let stdout = server.stdout.take().expect("stdout is piped");
        let (told, hear) = mpsc::channel();
        thread::spawn(move || {
            let mut line = String::new();
            // The server says its address once it listens, and nothing after that.
            let _ = BufReader::new(stdout).read_line(&mut line);
            let _ = told.send(line);
        });
        let endpoint = hear.recv_timeout(PATIENCE).unwrap_or_default();
        let endpoint = endpoint.trim().to_owned();
        if !endpoint.starts_with("http://") {
            let _ = server.kill();
            let _ = server.wait();
            panic!(
                "the test cloud did not start: try `python -m strict_moto` in crates/testkit/cloud with the tools' python"
            );
        }
        Self { server, endpoint }
    }

    /// `http://127.0.0.1:<port>`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Back to an empty account (with its default VPC).
    ///
    /// # Panics
    ///
    /// If the cloud does not answer.
    pub fn reset(&self) {
        let host = self.endpoint.trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).expect("the test cloud answers");
        write!(
            stream,
            "POST /moto-api/reset HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        )
        .expect("the request goes out");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer comes");
        assert!(answer.contains(" 200 "), "reset failed: {answer}");
    }

    /// What a script or another program needs to work against this cloud: the endpoint,
    /// credentials that mean nothing, no file of the user's, and the tools first in `PATH`.
    pub fn env(&self) -> Vec<(String, String)> {
        let path = std::env::var("PATH").unwrap_or_default();
        let tools = tools::venv().join("bin");
        [
            ("AWS_ENDPOINT_URL", self.endpoint.clone()),
            ("AWS_DEFAULT_REGION", REGION.to_owned()),
            ("AWS_REGION", REGION.to_owned()),
            ("AWS_ACCESS_KEY_ID", "testing".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "testing".to_owned()),
            ("AWS_SESSION_TOKEN", "testing".to_owned()),
            ("AWS_CONFIG_FILE", "/dev/null".to_owned()),
            ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null".to_owned()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
            // An answer of no is an answer: repeating it only costs time.
            ("AWS_MAX_ATTEMPTS", "1".to_owned()),
            ("AWS_PAGER", String::new()),
            // The cloud does everything at once: our scripts need not wait between two looks.
            ("SIXWARD_POLL", "0.2".to_owned()),
            ("SIXWARD_SETTLE", "0".to_owned()),
            ("PYTHONDONTWRITEBYTECODE", "1".to_owned()),
            ("PATH", format!("{}:{path}", tools.display())),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }

    /// Runs the real aws CLI and gives its output, whatever it was.
    ///
    /// # Panics
    ///
    /// If the CLI cannot be started.
    pub fn aws_output(&self, args: &[&str]) -> Output {
        // AWS_ENDPOINT_URL alone does not do: this CLI ignores it for rds.
        self.command(&tools::program("aws"))
            .args(["--endpoint-url", &self.endpoint, "--output", "json"])
            .args(args)
            .output()
            .expect("the tools' aws starts")
    }

    /// Runs the real aws CLI, which must succeed, and gives what it printed (`Null` where it
    /// prints nothing).
    ///
    /// # Panics
    ///
    /// If the command fails; with what it said.
    pub fn aws(&self, args: &[&str]) -> Value {
        json(&succeeded(
            &format!("aws {}", args.join(" ")),
            &self.aws_output(args),
        ))
    }

    /// Runs the real aws CLI, which must be refused, and gives the error's code, such as
    /// `InvalidCidrBlock.InUse`.
    ///
    /// # Panics
    ///
    /// If the command succeeds or fails in another way.
    pub fn aws_refused(&self, args: &[&str]) -> String {
        let output = self.aws_output(args);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "aws {} was done", args.join(" "));
        said.split_once("An error occurred (")
            .and_then(|(_, rest)| rest.split_once(')'))
            .map_or_else(|| panic!("no refusal: {said}"), |(code, _)| code.to_owned())
    }

    /// Runs a script in its own folder with [`env`](Self::env); a `.sh` goes to bash, so that
    /// it need not be executable.
    ///
    /// # Panics
    ///
    /// If it cannot be started.
    pub fn run_script<A: AsRef<OsStr>>(&self, path: &Path, args: &[A]) -> Output {
        let path =
            fs::canonicalize(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut command = if path.extension() == Some(OsStr::new("sh")) {
            let mut bash = self.command(Path::new("bash"));
            bash.arg(&path);
            bash
        } else {
            self.command(&path)
        };
        if let Some(folder) = path.parent() {
            command.current_dir(folder);
        }
        command
            .args(args)
            .output()
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Writes what the CLI prints for every call that the product reads, as
    /// `us-east-1/<service>-<operation>[--<id>].json` below `dir`.
    ///
    /// # Panics
    ///
    /// If one of the calls fails.
    pub fn dump(&self, dir: &Path) {
        self.python("dump.py", &[dir.as_os_str()]);
    }

    /// Builds the estate of the provider's migration guide: a web server in a public subnet
    /// and a database in a private one, IPv4 only. The default VPC is removed.
    ///
    /// # Panics
    ///
    /// If it cannot be built.
    pub fn two_tier(&self) -> TwoTier {
        let printed = self.python::<&str>("two_tier.py", &[]);
        serde_json::from_slice(&printed).expect("two_tier.py prints the ids")
    }

    fn python<A: AsRef<OsStr>>(&self, script: &str, args: &[A]) -> Vec<u8> {
        let output = self
            .command(&tools::program("python"))
            .arg(tools::cloud_dir().join(script))
            .args(args)
            .output()
            .expect("the tools' python starts");
        succeeded(script, &output)
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.envs(self.env()).stdin(Stdio::null());
        command
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn succeeded(what: &str, output: &Output) -> Vec<u8> {
    assert!(
        output.status.success(),
        "{what} failed: {}{}",
        String::from_utf8_lossy(&output.stderr),
        String::from_utf8_lossy(&output.stdout)
    );
    output.stdout.clone()
}

fn json(printed: &[u8]) -> Value {
    if printed.trim_ascii().is_empty() {
        return Value::Null;
    }
    serde_json::from_slice(printed).expect("the CLI prints JSON")
}
