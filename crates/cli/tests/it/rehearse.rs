//! `rehearse` as a user runs it; what it says of whole scenarios lies beside them (`want/rehearse.txt`).

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use expect_test::expect;

use crate::here::Here;

#[test]
fn packets_are_written_for_wireshark() {
    let here = Here::new();
    here.copy_example("dumps");
    let run = here.run(&["rehearse", "dumps", "--pcap", "packets"]);
    assert_eq!(run.code, 0, "{}", run.text());
    expect![[r"
        wrote packets/i-0a11a11a11a11a11a-eth0.pcap
        wrote packets/i-0b22b22b22b22b22b-eth0.pcap
    "]]
    .assert_eq(&run.stderr);
    let mut families = Vec::new();
    let bytes = fs::read(here.path("packets/i-0a11a11a11a11a11a-eth0.pcap")).unwrap();
    assert_eq!(&bytes[..4], &0xa1b2_3c4d_u32.to_le_bytes());
    let mut rest = &bytes[24..];
    while let [header @ .., _] = &rest[..16.min(rest.len())]
        && header.len() == 15
    {
        let length = u32::from_le_bytes(rest[8..12].try_into().unwrap()) as usize;
        families.push([rest[28], rest[29]]);
        rest = &rest[16 + length..];
    }
    assert!(rest.is_empty(), "the last packet is whole");
    for family in [[0x08, 0x00], [0x86, 0xdd]] {
        let count = families.iter().filter(|it| **it == family).count();
        assert!(count > 50, "{family:x?}: {count} of {}", families.len());
    }
}

#[test]
fn a_shell_stands_on_a_host_as_the_plan_leaves_it() {
    let here = Here::new();
    here.copy_example("dumps");
    let mut command = here.command(&["rehearse", "dumps", "--shell", "web", "--keep"]);
    command.env("SHELL", "/bin/sh").stdin(Stdio::piped());
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input
        .write_all(b"read -r address rest < /proc/net/if_inet6\nexec cat /proc/net/if_inet6\n")
        .unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    let (said, shown) = (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    );
    assert!(output.status.success(), "{said}{shown}");
    assert!(said.contains("26001f183951df00000000000a00000a"), "{said}");
    assert!(said.contains("EVERY PACKET WENT AS PROVED"), "{said}");
    let host = shown
        .lines()
        .find(|line| line.starts_with("i-0a11a11a11a11a11a "))
        .unwrap();
    assert!(
        host.contains("nsenter -t ") && host.contains(" --net=/proc/"),
        "{host}"
    );
    assert!(
        shown.ends_with("the lab stands as the plan leaves it; Enter goes on\n"),
        "{shown}"
    );
}

#[test]
fn without_curl_it_says_so() {
    let here = Here::new();
    here.copy_example("dumps");
    let mut command = here.command(&["rehearse", "dumps"]);
    let output = command.env("PATH", "/nowhere").output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    let told = "  `curl` is not here: how it takes to the names was not rehearsed\n";
    assert!(said.contains(told), "{said}");
    let clients = "  13  dual-stack  all  IPv6 at once\n";
    assert!(said.contains(clients), "the others go all the same: {said}");
}

#[test]
fn first_mistakes() {
    let here = Here::new();
    here.copy_example("dumps");
    expect![[r#"
        exit 1
        --- stderr
        error: `aws:us-east-1` cannot be read from inside the lab

        hint: write it down first with `sixward discover aws:us-east-1`, and rehearse what that wrote
    "#]]
    .assert_eq(&here.run(&["rehearse", "aws:us-east-1"]).text());
    expect![[r#"
        exit 1
        --- stderr
        error: nothing here is called `wbe`

        hint: near to it: `web`
    "#]]
    .assert_eq(&here.run(&["rehearse", "dumps", "--shell", "wbe"]).text());
}

#[test]
fn what_it_says_does_not_depend_on_the_run() {
    let here = Here::new();
    here.copy_example("dumps");
    let first = here.run(&["rehearse", "dumps", "--json"]);
    let mut states: serde_json::Value = serde_json::from_str(&first.stdout).unwrap();
    let again = here.run(&["rehearse", "dumps", "--json"]);
    assert_eq!(first.stdout, again.stdout);
    let states = states["rehearsal"]["states"].take();
    let tried = |state: &serde_json::Value| state["ipv6"]["tried"].as_u64().unwrap();
    let tried: Vec<_> = states.as_array().unwrap().iter().map(tried).collect();
    assert_eq!(
        (tried[0], tried.last()),
        (0, Some(&0)),
        "IPv6 comes and goes"
    );
    assert!(tried.iter().any(|count| *count > 5), "{tried:?}");
}
