//! Runs a discovery in a process of its own, with exactly the environment that is given.
//!
//! Credentials come from the environment, and a test must not change that of the process
//! it shares with other tests. So the test binary runs itself again: `discover_as_told`
//! does nothing in an ordinary run, and the discovery in the child.
#![allow(dead_code, reason = "shared: each test uses a part of it")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use sixward_drivers::{Account, Progress, discover};

const TOLD: &str = "SIXWARD_TEST_ACCOUNT";
/// What the child's caller reads of it.
const WRITES: &str = "SIXWARD_TEST_RESULT";
pub(crate) const KEY_ID: &str = "AKIASIXWARDTESTKEYID";
pub(crate) const SECRET: &str = "sixward/secret+that/nobody/may/see";
pub(crate) const TOKEN: &str = "sixward//session+token==";

/// How a discovery ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// `{"account_id", "dumps": {path: text}, "unread": [..], "notes": [..]}` or `{"error", "hint", "debug"}`.
    pub(crate) result: Value,
    /// Everything that the process wrote or returned.
    pub(crate) all_text: String,
}

impl Outcome {
    pub(crate) fn dump(&self, path: &str) -> Value {
        let text = self
            .text(path)
            .unwrap_or_else(|| panic!("no {path} in {:#}", self.result));
        serde_json::from_str(text).unwrap()
    }

    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.result["dumps"][path].as_str()
    }

    pub(crate) fn paths(&self) -> Vec<&str> {
        self.result["dumps"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect()
    }

    /// Class and reason of the unread dump at `path`.
    pub(crate) fn unread(&self, path: &str) -> Option<(&str, &str)> {
        let unread = self.result["unread"]
            .as_array()?
            .iter()
            .find(|unread| unread["path"] == path)?;
        Some((unread["class"].as_str()?, unread["reason"].as_str()?))
    }

    pub(crate) fn assert_keeps_secrets(&self) {
        for secret in [KEY_ID, SECRET, TOKEN] {
            assert!(
                !self.all_text.contains(secret),
                "{secret} in {}",
                self.all_text
            );
        }
    }
}

/// Environment with credentials, and none of the machine's own AWS settings.
pub(crate) fn environment() -> BTreeMap<String, String> {
    [
        ("AWS_ACCESS_KEY_ID", KEY_ID),
        ("AWS_SECRET_ACCESS_KEY", SECRET),
        ("AWS_SESSION_TOKEN", TOKEN),
        ("AWS_CONFIG_FILE", "/dev/null"),
        ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

pub(crate) fn run(account: &Account, environment: &BTreeMap<String, String>) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let result = folder.path().join("result.json");
    let told =
        json!({"region": account.region, "profile": account.profile, "endpoint": account.endpoint});
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["child::discover_as_told", "--exact", "--nocapture"])
        .env_clear()
        .envs(environment)
        .env(TOLD, told.to_string())
        .env(WRITES, &result)
        .output()
        .unwrap();
    let written = std::fs::read_to_string(&result).unwrap_or_else(|_| panic!("{output:?}"));
    let all_text = [output.stdout, output.stderr].concat();
    Outcome {
        result: serde_json::from_str(&written).unwrap(),
        all_text: String::from_utf8_lossy(&all_text).into_owned() + &written,
    }
}

#[test]
fn discover_as_told() {
    let (Ok(told), Ok(result)) = (std::env::var(TOLD), std::env::var(WRITES)) else {
        return;
    };
    let told: Value = serde_json::from_str(&told).unwrap();
    let field = |name: &str| told[name].as_str().map(str::to_owned);
    let account = Account {
        region: field("region").unwrap_or_default(),
        profile: field("profile"),
        endpoint: field("endpoint"),
    };
    std::fs::write(Path::new(&result), discovered(&account).to_string()).unwrap();
}

fn discovered(account: &Account) -> Value {
    match discover(account, &Printed) {
        Ok(found) => {
            let text = |json: &[u8]| String::from_utf8(json.to_vec()).unwrap();
            let sorted = found.dumps.is_sorted();
            let dumps: BTreeMap<_, _> = found
                .dumps
                .iter()
                .map(|dump| (&dump.path, text(&dump.json)))
                .collect();
            let unread = found.unread.iter().map(|unread| {
                json!({"path": unread.path, "operation": unread.operation, "reason": unread.reason,
                       "class": format!("{:?}", unread.class)})
            });
            json!({"account_id": found.account_id, "dumps": dumps, "sorted": sorted,
                   "unread": unread.collect::<Vec<_>>()})
        }
        Err(error) => {
            json!({"error": error.to_string(), "hint": error.hint(), "debug": format!("{error:?}")})
        }
    }
}

/// Everything that a progress display would be told, so that it is searched for secrets too.
struct Printed;

impl Progress for Printed {
    fn begin(&self, calls: usize) {
        println!("begin {calls}");
    }

    fn done(&self, operation: &str) {
        println!("done {operation}");
    }

    fn note(&self, text: &str) {
        println!("note {text}");
    }
}
