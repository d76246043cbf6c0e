//! The scripts against the strict cloud, run by bash with the real aws CLI.

#![expect(clippy::unwrap_used, reason = "a panic in a test is its report")]
#![expect(clippy::disallowed_methods, reason = "tests read and write files")]

use std::fs;
use std::path::Path;
use std::time::Instant;

use serde_json::Value;
use sixward_estate::intent::Intent;
use sixward_estate::Estate;
use sixward_testkit::Cloud;

fn discover(cloud: &Cloud) -> Estate {
    let folder = tempfile::tempdir().unwrap();
    cloud.dump(folder.path());
    let mut reader = sixward_ingest::aws::Reader::new();
    let region = folder.path().join("us-east-1");
    let mut files: Vec<_> = fs::read_dir(&region).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    for file in files {
        let name = format!("us-east-1/{}", file.file_name().unwrap().to_str().unwrap());
        reader.read(&name, &fs::read(&file).unwrap()).unwrap();
    }
    reader.finish().estate
}

#[test]
fn there_and_back() {
    let cloud = Cloud::start();
    let ids = cloud.two_tier();
    let estate = discover(&cloud);
    let plan = sixward_plan::plan(estate, Intent::default());
    let emitted = sixward_emit::emit(&plan);
    let folder = Path::new("/tmp/emit-out");
    fs::create_dir_all(folder).unwrap();
    for file in emitted.files {
        fs::write(folder.join(file.name), file.text).unwrap();
    }
    for (script, args) in [("apply.sh", vec!["--plan"]), ("apply.sh", vec![]), ("apply.sh", vec![]), ("undo.sh", vec![]), ("undo.sh", vec![]), ("apply.sh", vec![])] {
        let from = Instant::now();
        let out = cloud.run_script(&folder.join(script), &args);
        println!("== {script} {args:?} {:?} {}\n{}\n--\n{}", from.elapsed(), out.status, String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    }
    let _: Value = cloud.aws(&["ec2", "describe-vpcs"]);
    let _ = ids;
}
