//! A plan carried out and taken back in an account: the real binary against a cloud as strict as AWS, with a
//! proxy between them that kills the binary at any call.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use sixward_testkit::{Cloud, Proxy, Trouble};

use crate::here::{Here, Run};

/// Credentials that are found again wherever they should not be.
const SECRETS: [(&str, &str); 3] = [
    ("AWS_ACCESS_KEY_ID", "AKIASHOULDNEVERBESEEN"),
    ("AWS_SECRET_ACCESS_KEY", "secretthatshouldneverbeseen"),
    ("AWS_SESSION_TOKEN", "tokenthatshouldneverbeseen"),
];

#[test]
fn there_with_two_hands_and_back() {
    let account = Account::begin();
    let start = account.discover("start.json");

    let run = account.run(&["apply", "plan"]);
    assert_eq!(run.code, 2, "guests are left to a person\n{}", run.text());
    let guests = left(&account, &["apply", "plan", "--json"]);
    let run = account.run(&["apply", "plan", "--done", &guests]);
    assert_eq!(run.code, 2, "and then names\n{}", run.text());
    let names = left(&account, &["apply", "plan", "--json"]);
    let run = account.run(&["apply", "plan", "--done", &names]);
    assert_eq!(run.code, 0, "{}", run.text());
    let verified = account.run(&["verify", "plan"]);
    assert_eq!(verified.code, 0, "{}", verified.text());
    let arrived = account.discover("arrived.json");
    assert!(arrived != start);
    assert_eq!(
        account.run(&["apply", "plan"]).code,
        0,
        "there is nothing left to do"
    );
    assert_eq!(account.discover("again.json"), arrived);

    let run = account.run(&["rollback", "plan"]);
    assert_eq!(run.code, 2, "names first\n{}", run.text());
    let run = account.run(&["rollback", "plan", "--done", &names]);
    assert_eq!(run.code, 2, "then guests\n{}", run.text());
    let run = account.run(&["rollback", "plan", "--done", &guests]);
    assert_eq!(run.code, 0, "{}", run.text());
    assert!(account.discover("back.json") == start, "it is as it was");
    assert_eq!(account.run(&["rollback", "plan"]).code, 0);
    assert!(account.discover("twice.json") == start);
}

#[test]
fn killed_at_every_call_and_then_on_and_back() {
    let account = Account::begin();
    let start = account.discover("start.json");
    assert_eq!(account.run(&["apply", "plan"]).code, 2);
    let calls = account.proxy.writes().len();
    let arrived = shape(&account.discover("arrived.json"));
    account.proxy.clear();
    assert_eq!(account.run(&["rollback", "plan"]).code, 0);
    let calls_back = account.proxy.writes().len();
    assert!(account.discover("back.json") == start);

    for nth in 1..=calls {
        for trouble in [Trouble::KillBefore, Trouble::KillAfter] {
            account.killed(&["apply", "plan"], nth, trouble);
            // Every other time straight back.
            if nth % 2 == 0 {
                let on = account.run(&["apply", "plan"]);
                assert_eq!(on.code, 2, "{trouble:?} {nth}\n{}", on.text());
                let there = shape(&account.discover("there.json"));
                assert!(
                    there == arrived,
                    "{trouble:?} {nth}: it arrives where it should"
                );
            }
            let back = account.run(&["rollback", "plan"]);
            assert_eq!(back.code, 0, "{trouble:?} {nth}\n{}", back.text());
            assert!(
                account.discover("back.json") == start,
                "{trouble:?} {nth}: it is as it was"
            );
        }
    }
    for nth in 1..=calls_back {
        account.proxy.clear();
        assert_eq!(account.run(&["apply", "plan"]).code, 2);
        let trouble = [Trouble::KillBefore, Trouble::KillAfter][nth % 2];
        account.killed(&["rollback", "plan"], nth, trouble);
        let on = account.run(&["apply", "plan"]);
        assert_eq!(on.code, 1, "a rollback is under way\n{}", on.text());
        let back = account.run(&["rollback", "plan"]);
        assert_eq!(back.code, 0, "{trouble:?} {nth} back\n{}", back.text());
        assert!(
            account.discover("back.json") == start,
            "{trouble:?} {nth} back: it is as it was"
        );
    }
}

#[test]
fn of_two_at_once_one_works_and_the_other_is_told_who_does() {
    let account = Account::begin();
    // Its first call hangs: the answer never comes while the other tries.
    account.proxy.trouble(1, Trouble::Silent);
    let mut first = account.spawn(&["apply", "plan"]);
    while account.proxy.writes().is_empty() {
        assert!(first.try_wait().unwrap().is_none(), "the first has ended");
        std::thread::yield_now();
    }
    let second = account.run(&["apply", "plan"]);
    assert_eq!(second.code, 1, "{}", second.text());
    assert!(second.stderr.contains("apply"), "{}", second.text());
    assert!(
        second.stderr.contains(&first.id().to_string()),
        "{}",
        second.text()
    );
    assert!(second.stderr.contains("hint: "), "{}", second.text());
    first.kill().unwrap();
    first.wait().unwrap();
    assert_eq!(
        account.run(&["rollback", "plan"]).code,
        0,
        "the lock went with its holder"
    );
}

#[test]
fn ctrl_c_stops_after_the_calls_in_flight_and_says_how_to_go_on() {
    let account = Account::begin();
    let mut command = account.here.command(&["apply", "plan"]);
    command.envs(account.env()).stdout(Stdio::piped());
    let child = command.spawn().unwrap();
    while account.proxy.writes().is_empty() {
        std::thread::yield_now();
    }
    let interrupted = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(interrupted.unwrap().success());
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("Stopped as you asked"), "{said}");
    assert!(said.contains("sixward apply plan"), "{said}");
    let on = account.run(&["apply", "plan"]);
    assert_eq!(on.code, 2, "on to the guests\n{}", on.text());
}

#[test]
fn an_account_that_somebody_changed_is_refused() {
    let account = Account::begin();
    let groups = account.cloud.aws(&["ec2", "describe-security-groups"]);
    let group = groups["SecurityGroups"][0]["GroupId"].as_str().unwrap();
    let command =
        "ec2 authorize-security-group-ingress --protocol tcp --port 2222 --cidr 198.51.100.0/24";
    let words: Vec<_> = command.split(' ').chain(["--group-id", group]).collect();
    account.cloud.aws(&words);
    let run = account.run(&["apply", "plan"]);
    assert_eq!(run.code, 1, "{}", run.text());
    assert!(
        run.stderr.contains(group) && run.stderr.contains("2222"),
        "{}",
        run.text()
    );
    assert_eq!(
        account.proxy.writes(),
        Vec::<String>::new(),
        "nothing was changed"
    );
}

/// The two-tier estate in a cloud of its own, planned, behind a proxy.
struct Account {
    cloud: Cloud,
    proxy: Proxy,
    here: Here,
}

impl Account {
    fn begin() -> Self {
        let cloud = Cloud::start();
        let estate = cloud.two_tier();
        let proxy = Proxy::start(cloud.endpoint());
        let here = Here::new();
        let consent = format!("[answers]\n\"restart:{}\" = \"yes\"\n", estate.db_instance);
        here.write("intent.toml", &consent);
        let account = Self { cloud, proxy, here };
        let run = account.run(&[
            "migrate",
            "aws:us-east-1",
            "--intent",
            "intent.toml",
            "-o",
            "plan",
        ]);
        assert_eq!(run.code, 0, "{}", run.text());
        account
    }

    fn env(&self) -> Vec<(String, String)> {
        let mut env = self.proxy.env(&self.cloud);
        for (name, secret) in SECRETS {
            env.retain(|(other, _)| other != name);
            env.push((name.to_owned(), secret.to_owned()));
        }
        env.retain(|(name, _)| name != "SIXWARD_POLL");
        env.push(("SIXWARD_POLL".to_owned(), "0.01".to_owned()));
        env
    }

    fn run(&self, arguments: &[&str]) -> Run {
        let run = self.here.run_with(arguments, self.env());
        self.keeps_secrets(&run);
        run
    }

    fn spawn(&self, arguments: &[&str]) -> Child {
        let mut command = self.here.command(arguments);
        command
            .envs(self.env())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.spawn().unwrap()
    }

    /// Runs it and has it killed at a call.
    fn killed(&self, arguments: &[&str], nth: usize, trouble: Trouble) {
        self.proxy.clear();
        self.proxy.trouble(nth, trouble);
        let mut child = self.spawn(arguments);
        self.proxy.victim(child.id());
        let status = child.wait().unwrap();
        assert!(
            status.code().is_none(),
            "{trouble:?} {nth}: it was not killed: {status}"
        );
        self.proxy.clear();
    }

    fn discover(&self, name: &str) -> String {
        let run = self.run(&["discover", "aws:us-east-1", "-o", name]);
        assert_eq!(run.code, 0, "{}", run.text());
        fs::read_to_string(self.here.path(name)).unwrap()
    }

    /// No credential is in what was printed, nor in any file that was written.
    fn keeps_secrets(&self, run: &Run) {
        let mut texts = vec![("its output".to_owned(), run.text().into_bytes())];
        files(&self.here.path("plan"), &mut texts);
        for (what, text) in texts {
            let text = String::from_utf8_lossy(&text);
            for (name, secret) in SECRETS {
                assert!(!text.contains(secret), "{name} is in {what}");
            }
        }
    }
}

fn files(folder: &Path, texts: &mut Vec<(String, Vec<u8>)>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, texts);
        } else {
            texts.push((path.display().to_string(), fs::read(&path).unwrap()));
        }
    }
}

/// The steps that are left to a person.
fn left(account: &Account, arguments: &[&str]) -> String {
    let run = account.run(arguments);
    let report: Value = serde_json::from_str(run.stdout.lines().last().unwrap()).unwrap();
    let left = report["walk"]["left"].as_array().unwrap();
    let steps: Vec<_> = left.iter().map(|row| row["step"].to_string()).collect();
    assert!(!steps.is_empty(), "{}", run.text());
    steps.join(",")
}

/// An estate without what the provider chooses anew each time: its blocks and the ids of gateways.
fn shape(snapshot: &str) -> String {
    let lines = snapshot.lines().map(|line| {
        let v6 = line.contains("::") && !line.contains("\"::/0\"");
        let id = line.contains("\"eigw-") || line.contains("{\"gateway\"");
        if v6 || id {
            line.split(':').next().unwrap_or_default()
        } else {
            line
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}
