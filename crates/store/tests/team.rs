//! Journals in a bucket of the test cloud. The way into an account is in the environment, so this
//! program starts the cloud and runs itself again with the cases.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a panic is the report of a test"
)]
#![expect(clippy::print_stdout, reason = "the other process talks to this one")]

use std::collections::BTreeSet;
use std::env;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Barrier;

use serde_json::{Value, json};
use sixward_apply::journal::{Damage, Fact, Journal as _, Way};
use sixward_store::{Held, Kept, Store, StoreError};
use sixward_testkit::{Cloud, tools};

const SECRETS: [(&str, &str); 3] = [
    ("AWS_ACCESS_KEY_ID", "AKIATHEIDOFTHETEST"),
    ("AWS_SECRET_ACCESS_KEY", "the/secret+of/the/test"),
    ("AWS_SESSION_TOKEN", "the/session+of/the/test=="),
];

fn main() {
    let args: Vec<_> = env::args().skip(1).collect();
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    match args[..] {
        ["cases"] => cases(),
        ["lossy"] => lossy(),
        ["write", place] => write_on(place),
        ["error", place] => error(place),
        _ => start(),
    }
}

fn start() {
    let cloud = Cloud::start();
    cloud.aws(&["s3api", "create-bucket", "--bucket", "team"]);
    let mut command = myself();
    command.arg("cases").envs(cloud.env()).envs(SECRETS);
    assert!(command.status().unwrap().success());

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let copied = cloud.aws_output(&["s3", "cp", "--recursive", "s3://team", path]);
    assert!(copied.status.success());
    let found = |text| {
        let mut command = Command::new("grep");
        let output = command.args(["-rlF", text, path]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(found("alice@laptop").contains("entries/0000000001.json"));
    for (_, secret) in SECRETS {
        assert_eq!(found(secret), "", "a secret is written down");
    }
    answers_lost(&cloud);
    refusals();
}

fn cases() {
    goes_on();
    damaged();
    of_many_one_works();
    fenced();
    lock_taken_away();
    killed();
    asleep();
    no_bucket();
}

fn goes_on() {
    let store = store("s3://team/goes/on");
    assert_eq!(store.read().unwrap(), Kept::default());
    let (mut held, kept) = store.hold("apply").unwrap();
    assert_eq!(kept, Kept::default());
    assert_eq!(held.taken_over(), None);
    held.keep_plan("abc", b"the plan").unwrap();
    assert_eq!(
        write(&mut held, &[began("abc"), undone(1), undone(2)]),
        [1, 2, 3]
    );

    let error = store.hold("rollback").unwrap_err();
    let said = error.to_string();
    let want = format!(
        "is held by {}, process {}, `sixward apply`",
        sixward_store::who(),
        std::process::id()
    );
    assert!(said.contains(&want), "{said}");

    drop(held);
    let (mut held, kept) = store.hold("rollback").unwrap();
    assert_eq!(held.taken_over(), None, "it was given back");
    assert_eq!(kept.plan.as_deref(), Some(&b"the plan"[..]));
    assert_eq!(write(&mut held, &[undone(3)]), [4]);
    let kept = store.read().unwrap();
    let facts: Vec<_> = kept.entries.into_iter().map(|entry| entry.fact).collect();
    assert_eq!(facts, [began("abc"), undone(1), undone(2), undone(3)]);
}

fn damaged() {
    let store = store("s3://team/damaged");
    let (mut held, _) = store.hold("apply").unwrap();
    let facts = [began("abc"), undone(1), undone(2), undone(3), undone(4)];
    write(&mut held, &facts);
    drop(held);
    put("damaged/entries/0000000002.json", b"1234 cut o");
    aws(&["delete-object", "--key", "damaged/entries/0000000004.json"]);
    put("damaged/entries/0000000005.json", b"");
    put("damaged/entries/notes.txt", b"not ours");

    let (mut held, kept) = store.hold("apply").unwrap();
    let said: Vec<_> = kept.damage.iter().map(Damage::to_string).collect();
    let want = [
        "line 2 is not what was written: it does not begin with a checksum",
        "entries 2 to 2 are missing before line 3",
        "line 4 is not what was written: it is too short",
    ];
    assert_eq!(said, want);
    assert_eq!(numbers(&kept), [1, 3]);
    // A number that is in use is not given again, whatever it holds.
    assert_eq!(write(&mut held, &[undone(9)]), [6]);
    assert_eq!(numbers(&store.read().unwrap()), [1, 3, 6]);
}

fn of_many_one_works() {
    let store = store("s3://team/many");
    for round in 1..=3 {
        let (go, stop) = (Barrier::new(6), Barrier::new(6));
        let work = || {
            go.wait();
            let held = store.hold("apply");
            stop.wait();
            match held {
                Ok((mut held, _)) => write(&mut held, &[undone(1)]).len(),
                Err(StoreError::Held { .. }) => 0,
                Err(error) => panic!("{error}"),
            }
        };
        let worked = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..6).map(|_| scope.spawn(work)).collect();
            threads
                .into_iter()
                .map(|it| it.join().unwrap())
                .sum::<usize>()
        });
        assert_eq!(worked, 1);
        assert_eq!(
            numbers(&store.read().unwrap()),
            (1..=round).collect::<Vec<_>>()
        );
    }
}

fn fenced() {
    let store = store("s3://team/fenced");
    let (mut held, _) = store.hold("apply").unwrap();
    write(&mut held, &[began("abc")]);
    put("fenced/entries/0000000003.json", b"another's");
    held.append(&undone(1)).unwrap();
    held.append(&undone(2)).unwrap();
    let error = held.sync().unwrap_err();
    assert_eq!(
        error.0.to_string(),
        "somebody else wrote entry 3 of the journal `s3://team/fenced`"
    );
    assert!(
        sixward_store::hint(&error)
            .unwrap()
            .contains("sixward journal")
    );
    assert!(held.append(&undone(3)).is_err(), "nothing follows");
}

fn lock_taken_away() {
    let store = store("s3://team/taken").lease(1);
    let (mut held, _) = store.hold("apply").unwrap();
    let other =
        json!({"user": "bob", "machine": "desk", "pid": 7, "since": "then", "verb": "apply"});
    let said = json!({"holder": other, "seconds": 60, "token": "bob's", "beat": 0});
    put("taken/lock", said.to_string().as_bytes());
    let error = loop {
        held.append(&undone(1)).unwrap();
        if let Err(error) = held.sync() {
            break error.0.to_string();
        }
    };
    assert_eq!(
        error,
        "the lock of the journal `s3://team/taken` was taken over by bob@desk, process 7, \
         `sixward apply` since then"
    );
    // It is not given back for him.
    drop(held);
    let error = store.hold("apply").unwrap_err().to_string();
    assert!(error.contains("bob@desk"), "{error}");
    // A lock that was not renewed in time is over.
    let over = json!({"holder": other, "seconds": 0, "token": "bob's", "beat": 0});
    put("taken/lock", over.to_string().as_bytes());
    let held = patiently(&store);
    assert_eq!(held.taken_over().unwrap().user, "bob");
}

fn killed() {
    let place = "s3://team/killed";
    let store = store(place).lease(1);
    let mut child = another(place);
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    let last = said
        .by_ref()
        .take(3)
        .map(|it| it.unwrap().parse().unwrap())
        .last();
    let last: usize = last.unwrap();
    let error = store.hold("rollback").unwrap_err();
    assert!(
        error
            .to_string()
            .contains(&format!("process {}", child.id())),
        "{error}"
    );
    child.kill().unwrap();
    child.wait().unwrap();
    let held = patiently(&store);
    assert_eq!(held.taken_over().unwrap().pid, child.id());
    let kept = store.read().unwrap();
    assert!(kept.entries.len() >= last);
    assert_eq!(kept.damage, []);
}

/// A machine that sleeps does not know that its lock is over.
fn asleep() {
    let place = "s3://team/asleep";
    let store = store(place).lease(1);
    let mut child = another(place);
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    said.next().unwrap().unwrap();
    signal(&child, "-STOP");
    let mut held = patiently(&store);
    assert_eq!(held.taken_over().unwrap().pid, child.id());
    let ours = write(&mut held, &[undone(70), undone(71), undone(72)]);
    signal(&child, "-CONT");
    let last = said.map(Result::unwrap).last().unwrap();
    child.wait().unwrap();
    let stopped = ["was taken over by", "somebody else wrote entry"];
    assert!(stopped.iter().any(|why| last.contains(why)), "{last}");
    let more = write(&mut held, &[undone(73)]);
    let kept = store.read().unwrap();
    assert_eq!(kept.damage, []);
    for (n, step) in ours.iter().chain(&more).zip(70..) {
        let entry = kept.entries.iter().find(|entry| entry.n == *n).unwrap();
        assert_eq!(entry.fact, undone(step));
    }
}

fn no_bucket() {
    let store = store("s3://nobodys/journal");
    let error = store.hold("apply").unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot lock `s3://nobodys/journal`: NoSuchBucket: The specified bucket does not exist"
    );
    assert!(error.hint().contains("make the bucket first"));
    assert!(store.read().is_err(), "no bucket is not an empty journal");
}

/// Of everything that is put the first answer is lost. It is done once all the same.
fn answers_lost(cloud: &Cloud) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = format!("http://{}", listener.local_addr().unwrap());
    let server = cloud.endpoint().trim_start_matches("http://").to_owned();
    std::thread::spawn(move || {
        let mut put = BTreeSet::new();
        for client in listener.incoming() {
            let mut client = client.unwrap();
            let Some(request) = request(&mut client) else {
                continue;
            };
            let mut upstream = TcpStream::connect(&server).unwrap();
            upstream.write_all(&request).unwrap();
            let mut answer = Vec::new();
            upstream.read_to_end(&mut answer).unwrap();
            let lose = request.starts_with(b"PUT") && put.insert(request_line_and_body(&request));
            if !lose {
                let _ = client.write_all(&answer);
            }
        }
    });
    let mut command = myself();
    command
        .arg("lossy")
        .envs(cloud.env())
        .envs(SECRETS)
        .env("AWS_ENDPOINT_URL", proxy);
    assert!(command.status().unwrap().success());
}

fn lossy() {
    let store = store("s3://team/lossy");
    let (mut held, _) = store.hold("apply").unwrap();
    assert_eq!(
        write(&mut held, &[began("abc"), undone(1), undone(2)]),
        [1, 2, 3]
    );
    assert_eq!(write(&mut held, &[undone(3)]), [4]);
    drop(held);
    let (held, kept) = store.hold("rollback").unwrap();
    assert_eq!(held.taken_over(), None, "it was given back");
    assert_eq!(numbers(&kept), [1, 2, 3, 4]);
    assert_eq!(kept.damage, []);
}

/// All of a request, made to be the only one of its connection.
fn request(client: &mut TcpStream) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let read = client.read(&mut piece).ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&piece[..read]);
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let length = length.map_or(0, |length| length.parse().unwrap());
        if bytes.len() == end + 4 + length {
            let body = bytes.split_off(end);
            bytes.extend_from_slice(b"\r\nConnection: close");
            bytes.extend(body);
            return Some(bytes);
        }
    }
}

fn request_line_and_body(request: &[u8]) -> String {
    let text = String::from_utf8_lossy(request);
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    format!("{} {body}", head.lines().next().unwrap())
}

/// What a refusal repeats of the credentials goes nowhere.
fn refusals() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let body = format!(
            "<Error><Code>InvalidToken</Code><Message>The provided token is malformed.</Message>\
             <Token-0>{}</Token-0><AWSAccessKeyId>{}</AWSAccessKeyId></Error>",
            SECRETS[2].1, SECRETS[0].1
        );
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let length = body.len();
            let _ = write!(
                stream,
                "HTTP/1.1 400 Bad Request\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            );
        }
    });
    let files = [
        ("AWS_CONFIG_FILE", "/dev/null"),
        ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
    ];
    let run = |secrets: &[(&str, &str)]| {
        let mut command = myself();
        command.args(["error", "s3://team/x"]).env_clear();
        command
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_ENDPOINT_URL_S3", &endpoint);
        command.envs(files).envs(secrets.iter().copied());
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    let said = run(&SECRETS);
    let want = "cannot lock `s3://team/x`: InvalidToken: The provided token is malformed.";
    assert!(said.starts_with(want), "{said}");
    assert!(
        SECRETS.iter().all(|(_, secret)| !said.contains(secret)),
        "{said}"
    );
    let said = run(&[]);
    assert!(said.contains("credential"), "{said}");
}

/// Says how taking the lock fails, in every way that a log might.
fn error(place: &str) {
    let error =
        match Store::open(place.parse().unwrap()).and_then(|it| it.hold("apply").map(|_| ())) {
            Ok(()) => panic!("it was held"),
            Err(error) => error,
        };
    println!("{error}\n{}\n{error:?}", error.hint());
}

/// The other process: writes entries and says each number when it is synced, until it cannot.
fn write_on(place: &str) {
    let (mut held, _) = store(place).lease(1).hold("apply").unwrap();
    loop {
        let appended = held.append(&undone(1));
        match appended.and_then(|n| held.sync().map(|()| n)) {
            Ok(n) => println!("{n}"),
            Err(error) => return println!("{}", error.0),
        }
    }
}

/// The lock, once it is over.
fn patiently(store: &Store) -> Held {
    let mut tries = (0..5000).map(|_| store.hold("rollback"));
    let held = tries.find_map(|tried| match tried {
        Ok((held, _)) => Some(held),
        Err(StoreError::Held { .. }) => None,
        Err(error) => panic!("{error}"),
    });
    held.unwrap()
}

fn store(place: &str) -> Store {
    Store::open(place.parse().unwrap()).unwrap()
}

fn write(held: &mut Held, facts: &[Fact]) -> Vec<u64> {
    let numbers = facts.iter().map(|fact| held.append(fact).unwrap());
    let numbers = numbers.collect();
    held.sync().unwrap();
    numbers
}

fn numbers(kept: &Kept) -> Vec<u64> {
    kept.entries.iter().map(|entry| entry.n).collect()
}

fn began(plan: &str) -> Fact {
    Fact::Began {
        way: Way::Forward,
        plan: plan.into(),
        by: "alice@laptop".into(),
        version: "0".into(),
    }
}

fn undone(step: u32) -> Fact {
    Fact::Undone { step }
}

fn myself() -> Command {
    Command::new(env::current_exe().unwrap())
}

fn another(place: &str) -> Child {
    let mut command = myself();
    command.args(["write", place]).stdout(Stdio::piped());
    command.spawn().unwrap()
}

fn signal(child: &Child, signal: &str) {
    let pid = child.id().to_string();
    assert!(
        Command::new("kill")
            .args([signal, &pid])
            .status()
            .unwrap()
            .success()
    );
}

fn put(key: &str, body: &[u8]) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(body).unwrap();
    let path = file.path().to_str().unwrap();
    aws(&["put-object", "--key", key, "--body", path]);
}

fn aws(args: &[&str]) -> Value {
    let mut command = Command::new(tools::program("aws"));
    let endpoint = env::var("AWS_ENDPOINT_URL").unwrap();
    command.args(["--endpoint-url", &endpoint, "--output", "json", "s3api"]);
    let output = command
        .args(args)
        .args(["--bucket", "team"])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap_or_default()
}
