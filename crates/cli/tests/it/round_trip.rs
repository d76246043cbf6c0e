//! The main job against a cloud that is as strict as AWS, with the real aws CLI.
//!
//! Read live and from files, migrate, run the emitted script twice, read live again, go back twice.
//! The cloud is moto with the provider's rules (`crates/testkit/cloud`), on 127.0.0.1.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sixward_testkit::{Cloud, TwoTier};
use tempfile::TempDir;

#[test]
fn the_two_tier_estate_there_and_back() {
    let journey = Journey::begin();
    let start = journey.estate("start.json");
    assert_eq!(
        journey.estate_of_files(),
        start,
        "live and from files are one estate"
    );

    let folder = journey.migrate();
    let there = journey.run(&folder.join("apply.sh"));
    assert!(there.contains("done"), "{there}");
    journey.expect_dual_stack();
    assert_eq!(
        journey.steps_left(),
        0,
        "planning what is planned plans nothing"
    );

    let arrived = journey.estate("arrived.json");
    let again = journey.run(&folder.join("apply.sh"));
    assert_eq!(
        journey.estate("again.json"),
        arrived,
        "run twice, it changes nothing\n{again}"
    );

    let back = journey.run(&folder.join("undo.sh"));
    same(&back, &start, &journey.estate("back.json"));
    let back = journey.run(&folder.join("undo.sh"));
    same(&back, &start, &journey.estate("back-twice.json"));
}

/// Byte for byte; what differs is shown, not the whole.
fn same(what: &str, one: &str, other: &str) {
    let differs = one
        .lines()
        .zip(other.lines())
        .find(|(one, other)| one != other);
    assert!(one == other, "{what}: {differs:?}");
}

/// A cloud with the guide's estate, and a folder to work in.
struct Journey {
    cloud: Cloud,
    estate: TwoTier,
    folder: TempDir,
}

impl Journey {
    fn begin() -> Self {
        let cloud = Cloud::start();
        let estate = cloud.two_tier();
        let folder = tempfile::tempdir().unwrap();
        let consent = format!("[answers]\n\"restart:{}\" = \"yes\"\n", estate.db_instance);
        fs::write(folder.path().join("intent.toml"), consent).unwrap();
        Self {
            cloud,
            estate,
            folder,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The live estate as a snapshot.
    fn estate(&self, name: &str) -> String {
        let out = self.path(name);
        self.sixward(&["discover", "aws:us-east-1", "-o", out.to_str().unwrap()]);
        fs::read_to_string(out).unwrap()
    }

    /// The same estate from what the real CLI prints.
    fn estate_of_files(&self) -> String {
        let dumps = self.path("dumps");
        self.cloud.dump(&dumps);
        // What live discovery asks besides: the machine types in use, and the entries of each list.
        let write = |name: &str, command: &[&str]| {
            let answer = self.cloud.aws(command).to_string();
            fs::write(dumps.join("us-east-1").join(name), answer).unwrap();
        };
        let types = [
            "ec2",
            "describe-instance-types",
            "--instance-types",
            "m3.large",
            "t2.medium",
        ];
        write("types.json", &types);
        let lists = self.cloud.aws(&["ec2", "describe-managed-prefix-lists"]);
        for list in lists["PrefixLists"].as_array().unwrap() {
            let id = list["PrefixListId"].as_str().unwrap();
            let command = [
                "ec2",
                "get-managed-prefix-list-entries",
                "--prefix-list-id",
                id,
            ];
            write(&format!("entries-of-{id}.json"), &command);
        }
        let out = self.path("files.json");
        let folder = dumps.to_str().unwrap();
        self.sixward(&["discover", folder, "-o", out.to_str().unwrap()]);
        fs::read_to_string(out).unwrap()
    }

    fn migrate(&self) -> PathBuf {
        let (out, intent) = (self.path("migration"), self.path("intent.toml"));
        let (out_text, intent) = (out.to_str().unwrap(), intent.to_str().unwrap());
        self.sixward(&[
            "migrate",
            "aws:us-east-1",
            "--intent",
            intent,
            "-o",
            out_text,
        ]);
        out
    }

    fn steps_left(&self) -> usize {
        let intent = self.path("intent.toml");
        let intent = intent.to_str().unwrap();
        let run = self.sixward(&["plan", "aws:us-east-1", "--intent", intent, "--json"]);
        let report: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
        report["steps"].as_array().map_or(0, Vec::len)
    }

    /// What the guide's second picture shows, asked of the cloud itself.
    fn expect_dual_stack(&self) {
        let interface = |id: &str| {
            let args = [
                "ec2",
                "describe-network-interfaces",
                "--network-interface-ids",
                id,
            ];
            let answer = self.cloud.aws(&args);
            answer["NetworkInterfaces"][0]["Ipv6Addresses"][0]["Ipv6Address"].clone()
        };
        let (web, db) = (
            interface(&self.estate.web_interface),
            interface(&self.estate.db_interface),
        );
        assert!(web.as_str().unwrap().contains("00::a00:"), "{web}");
        assert!(db.as_str().unwrap().contains("44::a00:"), "{db}");
        let host = self.cloud.aws(&[
            "ec2",
            "describe-instances",
            "--instance-ids",
            &self.estate.db_instance,
        ]);
        let host = &host["Reservations"][0]["Instances"][0];
        assert_eq!(host["InstanceType"], "m4.large");
        assert_eq!(host["State"]["Name"], "running");
        let group = self.cloud.aws(&[
            "ec2",
            "describe-security-groups",
            "--group-ids",
            &self.estate.web_group,
        ]);
        let group = group["SecurityGroups"][0]["IpPermissions"].to_string();
        assert_eq!(
            group.matches("::/0").count(),
            2,
            "80 and 443, and not 22: {group}"
        );
    }

    fn run(&self, script: &Path) -> String {
        let run = self.cloud.run_script::<&str>(script, &[]);
        let text = String::from_utf8_lossy(&run.stdout).into_owned();
        let errors = String::from_utf8_lossy(&run.stderr).into_owned();
        assert!(
            run.status.success(),
            "{}\n{text}\n{errors}",
            script.display()
        );
        text
    }

    fn sixward(&self, args: &[&str]) -> Output {
        let run = Command::new(env!("CARGO_BIN_EXE_sixward"))
            .args(args)
            .args(["--endpoint-url", self.cloud.endpoint()])
            .envs(self.cloud.env())
            .current_dir(self.folder.path())
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&run.stderr);
        assert!(run.status.success(), "sixward {args:?}\n{errors}");
        run
    }
}
