//! A lab touches nothing outside.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use sixward_lab::{Lab, Layout, NodeId, Outside};

use crate::given;

pub(crate) fn nothing(outside: &Outside) {
    let before = outside.state().unwrap();
    assert!(before.len() > 3, "a machine has links, routes and rules");
    let lab = Lab::make(Layout::of(&given::estate("aws-two-tier"))).unwrap();
    assert_eq!(outside.state().unwrap(), before, "while it stands");
    drop(lab);
    assert_eq!(outside.state().unwrap(), before, "afterwards");
}

/// Who sets up a machine of the lab writes into files of its own, and what it leaves running ends with it.
pub(crate) fn no_file_and_no_process() {
    let lab = Lab::make(Layout::of(&given::estate("aws-two-tier"))).unwrap();
    let mounts = fs::read("/proc/self/mountinfo").unwrap();
    let resolver = fs::read("/etc/resolv.conf").unwrap_or_default();
    let script = "echo nobody > /etc/resolv.conf && echo here > /run/sixward-was-here
        sleep 7301 <&- >&- 2>&- &
        cat /etc/resolv.conf /run/sixward-was-here";
    let mut command = Command::new("sh");
    command.args(["-c", script]).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let output = lab.run_apart(&NodeId::Internet, &mut command).unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "nobody\nhere\n");
    assert!(!Path::new("/run/sixward-was-here").exists());
    assert_eq!(fs::read("/etc/resolv.conf").unwrap_or_default(), resolver);
    assert_eq!(fs::read("/proc/self/mountinfo").unwrap(), mounts);
    let sleeps = |process: fs::DirEntry| {
        let line = fs::read(process.path().join("cmdline")).unwrap_or_default();
        line.starts_with(b"sleep\x007301")
    };
    let mut all = fs::read_dir("/proc").unwrap().map(Result::unwrap);
    assert!(!all.any(sleeps), "a process was left behind");
}
