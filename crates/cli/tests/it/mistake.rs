//! The first mistakes that a user makes, and what the real binary says to each.

#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]

use std::fs;

use crate::here::Here;
use expect_test::expect;

#[test]
fn no_arguments_ask_for_help() {
    let run = Here::new().run(&[]);
    assert_eq!(run.code, 0);
    assert!(
        run.stdout.starts_with("Takes a running IPv4 estate"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.lines().count() <= 34, "more than one screen");
    assert_eq!(run.stderr, "");
}

#[test]
fn an_unknown_verb() {
    let want = expect![[r#"
        exit 1
        --- stderr
        error: unrecognized subcommand 'migrat'

          tip: some similar subcommands exist: 'emit', 'migrate'

        Usage: sixward [OPTIONS] <COMMAND>

        For more information, try '--help'.
    "#]];
    want.assert_eq(&Here::new().run(&["migrat"]).text());
}

#[test]
fn no_source() {
    let want = expect![[r#"
        exit 1
        --- stderr
        error: the following required arguments were not provided:
          <SOURCE>

        Usage: sixward assess <SOURCE>

        For more information, try '--help'.
    "#]];
    want.assert_eq(&Here::new().run(&["assess"]).text());
}

#[test]
fn a_folder_that_is_not_there() {
    let want = expect![[r#"
        exit 1
        --- stderr
        error: cannot open `dumps`
          caused by: no such file or directory

        hint: SOURCE is a folder of dumps, an `estate.json`, or `aws:REGION` for a live account
    "#]];
    want.assert_eq(&Here::new().run(&["migrate", "dumps"]).text());
}

#[test]
fn a_region_without_the_word_aws() {
    let want = expect![[r#"
        exit 1
        --- stderr
        error: cannot open `us-east-1`
          caused by: no such file or directory

        hint: to read the region `us-east-1` of your account, say `aws:us-east-1`
    "#]];
    want.assert_eq(&Here::new().run(&["migrate", "us-east-1"]).text());
}

#[test]
fn aws_without_a_region() {
    let want = expect![[r#"
        exit 1
        --- stderr
        error: `aws:` names no region

        hint: say `aws:us-east-1`, or `aws:us-east-1,PROFILE` for a profile of your AWS configuration
    "#]];
    want.assert_eq(&Here::new().run(&["migrate", "aws:"]).text());
}

#[test]
fn a_region_that_is_none() {
    let want = expect![[r#"
        exit 1
        --- stderr
        error: "US_EAST" is not the name of an AWS region

        hint: give a region such as eu-west-1
    "#]];
    want.assert_eq(&Here::new().run(&["migrate", "aws:US_EAST"]).text());
}

#[test]
fn an_account_that_does_not_answer() {
    let keys = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
    let env = keys.map(|key| (key.to_owned(), "testing".to_owned()));
    let arguments = [
        "discover",
        "aws:us-east-1",
        "--endpoint-url",
        "http://127.0.0.1:9",
    ];
    let want = expect![[r#"
        exit 1
        --- stderr
        error: cannot reach http://127.0.0.1:9/: tcp connect error: Connection refused

        hint: check the region's name, the network, HTTPS_PROXY, SSL_CERT_FILE and AWS_ENDPOINT_URL
    "#]];
    want.assert_eq(&Here::new().run_with(&arguments, env).text());
}

#[test]
fn an_empty_folder() {
    let here = Here::new();
    here.folder("dumps");
    let want = expect![[r#"
        exit 1
        --- stderr
        error: no dumps in `dumps`: it holds no JSON file

        hint: fill it with what `aws ec2 describe-vpcs --output json` and its like print, or read a live account with `aws:REGION`
    "#]];
    want.assert_eq(&here.run(&["migrate", "dumps"]).text());
}

#[test]
fn a_folder_without_dumps() {
    let here = Here::new();
    here.write("dumps/package.json", "{\"name\": \"something-else\"}");
    here.write("dumps/notes.txt", "hello");
    let want = expect![[r#"
        exit 1
        --- stderr
        error: no estate in `dumps`: 1 file was read, and nothing in it is a dump

        hint: fill it with what `aws ec2 describe-vpcs --output json` and its like print, or read a live account with `aws:REGION`
    "#]];
    want.assert_eq(&here.run(&["migrate", "dumps"]).text());
}

#[test]
fn a_file_of_another_kind() {
    let here = Here::new();
    here.write("vpcs.csv", "a,b");
    let want = expect![[r#"
        exit 1
        --- stderr
        error: `vpcs.csv` is not something to start from

        hint: SOURCE is a folder of dumps, an `estate.json`, a `plan.json` or an `estate.toml`
    "#]];
    want.assert_eq(&here.run(&["migrate", "vpcs.csv"]).text());
}

#[test]
fn a_dump_that_was_cut_off() {
    let here = Here::new();
    here.write(
        "dumps/vpcs.json",
        "{\n    \"Vpcs\": [\n        {\"VpcId\": \"vpc-1\", \"Cidr",
    );
    let want = expect![[r#"
        exit 1
        --- stderr
        error: cannot read `dumps/vpcs.json`: the file ends in the middle at line 3 column 32

          3 |         {"VpcId": "vpc-1", "Cidr
            |                                ^

        hint: the command was interrupted or the disk was full; run it again
    "#]];
    want.assert_eq(&here.run(&["migrate", "dumps"]).text());
}

#[test]
fn a_dump_of_wrong_types() {
    let here = Here::new();
    here.write("dumps/vpcs.json", "{\n    \"Vpcs\": {\"VpcId\": 7}\n}");
    let want = expect![[r#"
        exit 1
        --- stderr
        error: cannot read `dumps/vpcs.json`: `Vpcs` is wrong at line 2 column 13: found map, expected a list

          2 |     "Vpcs": {"VpcId": 7}
            |             ^

        hint: use the plain output of the command, without `--query`
    "#]];
    want.assert_eq(&here.run(&["migrate", "dumps"]).text());
}

#[test]
fn a_dump_that_is_not_json() {
    let here = Here::new();
    here.write(
        "dumps/vpcs.json",
        "An error occurred (UnauthorizedOperation)\n",
    );
    let want = expect![[r#"
        exit 1
        --- stderr
        error: cannot read `dumps/vpcs.json`: expected value at line 1 column 1

          1 | An error occurred (UnauthorizedOperation)
            | ^

        hint: use `--output json`, or leave the file out
    "#]];
    want.assert_eq(&here.run(&["migrate", "dumps"]).text());
}

#[test]
fn a_file_that_cannot_be_read() {
    let here = Here::new();
    here.folder("dumps");
    // The superuser may read everything; a link to nothing is beyond him too.
    std::os::unix::fs::symlink("nowhere", here.path("dumps/vpcs.json")).unwrap();
    let want = expect![[r#"
        exit 1
        --- stderr
        error: cannot read `dumps/vpcs.json`
          caused by: no such file or directory

        hint: what cannot be read would be missing from the plan: make it readable, or move it away
    "#]];
    want.assert_eq(&here.run(&["migrate", "dumps"]).text());
}

#[test]
fn a_folder_that_is_named_like_a_file_is_looked_into() {
    let here = Here::new();
    here.folder("vpcs.json");
    let want = expect![[r#"
        exit 1
        --- stderr
        error: no dumps in `vpcs.json`: it holds no JSON file

        hint: fill it with what `aws ec2 describe-vpcs --output json` and its like print, or read a live account with `aws:REGION`
    "#]];
    want.assert_eq(&here.run(&["migrate", "vpcs.json"]).text());
}

#[test]
fn a_folder_that_links_to_itself_is_read_once() {
    let here = Here::new();
    here.copy_example("dumps");
    std::os::unix::fs::symlink(".", here.path("dumps/again")).unwrap();
    let run = here.run(&["assess", "dumps"]);
    assert_eq!(run.code, 0, "{}", run.text());
    assert!(run.stdout.contains("1 VPC · 2 subnets"), "{}", run.stdout);
}

#[test]
fn a_snapshot_of_another_version() {
    let here = Here::new();
    here.write(
        "estate.json",
        "{\"format\": \"sixward-estate\", \"version\": 9, \"estate\": {}}",
    );
    let want = expect![[r#"
        exit 1
        --- stderr
        error: cannot read `estate.json`
          caused by: snapshot version 9 is not known; this sixward reads version 1

        hint: make it again with `sixward discover SOURCE -o DIR`
    "#]];
    want.assert_eq(&here.run(&["assess", "estate.json"]).text());
}

#[test]
fn a_dump_given_as_a_snapshot() {
    let here = Here::new();
    here.write("vpcs.json", "{\"Vpcs\": []}");
    let want = expect![[r#"
        exit 1
        --- stderr
        error: cannot read `vpcs.json`
          caused by: not a readable estate snapshot
          caused by: missing field `format` at line 1 column 12

          1 | {"Vpcs": []}
            |            ^

        hint: an `estate.json` is what `sixward discover SOURCE` writes; dumps are given as a folder
    "#]];
    want.assert_eq(&here.run(&["assess", "vpcs.json"]).text());
}

#[test]
fn an_unknown_key_in_the_intent() {
    let want = expect![[r#"
        exit 1
        --- stderr
        error: cannot read the intent `dumps/intent.toml`
          caused by: unknown key `network`, expected one of `profile`, `include`, `exclude`, `addresses`, `auto-assign`, `block`, `networks`, `subnets`, `hosts`, `tunnels`, `answers` at line 3 column 2

          3 | [network]
            |  ^^^^^^^

        hint: `docs/formats/intent.md` lists what an intent can say
    "#]];
    want.assert_eq(&with_intent("[answers]\n\n[network]\nx = 1\n"));
}

#[test]
fn a_wrong_type_in_the_intent() {
    let want = expect![[r#"
        exit 1
        --- stderr
        error: cannot read the intent `dumps/intent.toml`
          caused by: wanted string or table at line 1 column 11

          1 | profile = 6
            |           ^

        hint: `docs/formats/intent.md` lists what an intent can say
    "#]];
    want.assert_eq(&with_intent("profile = 6\n"));
}

#[test]
fn a_profile_that_is_none() {
    let want = expect![[r#"
        exit 1
        --- stderr
        error: cannot read the intent `dumps/intent.toml`
          caused by: unknown word `ipv6-only`, expected one of `dual-stack`, `edge-only`, `east-west-ipv4` at line 1 column 11

          1 | profile = "ipv6-only"
            |           ^^^^^^^^^^^

        hint: `docs/formats/intent.md` lists what an intent can say
    "#]];
    want.assert_eq(&with_intent("profile = \"ipv6-only\"\n"));
}

#[test]
fn an_answer_without_quotes() {
    let want = expect![[r#"
        exit 1
        --- stderr
        error: cannot read the intent `dumps/intent.toml`
          caused by: string values must be quoted, expected literal string at line 2 column 17

          2 | "restart:i-1" = yes
            |                 ^^^

        hint: `docs/formats/intent.md` lists what an intent can say
    "#]];
    want.assert_eq(&with_intent("[answers]\n\"restart:i-1\" = yes\n"));
}

#[test]
fn an_answer_that_is_a_number() {
    let want = expect![[r#"
        exit 1
        --- stderr
        error: cannot read the intent `dumps/intent.toml`
          caused by: an answer is a word or a prefix in quotes, or a list of them at line 2 column 17

          2 | "restart:i-1" = 1
            |                 ^

        hint: `docs/formats/intent.md` lists what an intent can say
    "#]];
    want.assert_eq(&with_intent("[answers]\n\"restart:i-1\" = 1\n"));
}

#[test]
fn an_intent_that_is_not_there() {
    let here = Here::new();
    here.copy_example("dumps");
    let want = expect![[r#"
        exit 1
        --- stderr
        error: cannot read the intent `mine.toml`
          caused by: no such file or directory

        hint: name another file with `--intent FILE`
    "#]];
    want.assert_eq(&here.run(&["plan", "dumps", "--intent", "mine.toml"]).text());
}

#[test]
fn an_output_folder_that_cannot_be() {
    let here = Here::new();
    here.copy_example("dumps");
    here.write("taken", "a file");
    let want = expect![[r#"
        exit 1
        --- stderr
        error: cannot write `taken/out`
          caused by: not a directory

        hint: name another folder with `--out DIR`
    "#]];
    want.assert_eq(&here.run(&["migrate", "dumps", "-o", "taken/out"]).text());
    assert_eq!(fs::read_to_string(here.path("taken")).unwrap(), "a file");
}

fn with_intent(intent: &str) -> String {
    let here = Here::new();
    here.copy_example("dumps");
    here.write("dumps/intent.toml", intent);
    here.run(&["plan", "dumps"]).text()
}

#[test]
fn a_list_without_its_name() {
    let here = Here::new();
    here.write(
        "dumps/vpcs.json",
        "[{\"VpcId\": \"vpc-1\", \"CidrBlock\": \"10.0.0.0/16\"}]",
    );
    let want = expect![[r#"
        exit 1
        --- stderr
        error: no estate in `dumps`: 1 file was read, and nothing in it is a dump

        hint: `dumps/vpcs.json`: the file is a list without its name, as `--query` prints it; use the plain output of the command, without `--query`
    "#]];
    want.assert_eq(&here.run(&["migrate", "dumps"]).text());
}

#[test]
fn one_listing_of_many() {
    let here = Here::new();
    here.write(
        "dumps/vpcs.json",
        "{\"Vpcs\": [{\"VpcId\": \"vpc-1\", \"CidrBlock\": \"10.0.0.0/16\", \"State\": \"available\"}]}",
    );
    let want = expect![[r#"
        exit 0
        --- stdout
        sixward migrate  dumps
          AWS
          1 VPC
          Nothing can be planned: no subnet was read.
    "#]];
    want.assert_eq(&here.run(&["migrate", "dumps"]).text());
}

#[test]
fn a_file_of_somebody_else_in_the_way() {
    let here = Here::new();
    here.copy_example("two-tier");
    here.write("out/plan.json", "{\"mine\": true}");
    let want = expect![[r#"
        exit 1
        --- stderr
        error: cannot write `out/plan.json`
          caused by: it is there already, and sixward did not write it

        hint: name another folder with `--out DIR`
    "#]];
    want.assert_eq(&here.run(&["migrate", "two-tier", "-o", "out"]).text());
}

fn explain(arguments: &[&str]) -> String {
    let here = Here::new();
    here.copy_example("dumps");
    let all: Vec<_> = ["explain", "dumps"]
        .iter()
        .chain(arguments)
        .copied()
        .collect();
    here.run(&all).text()
}

#[test]
fn a_flow_without_a_port() {
    let want = expect![[r#"
        exit 1
        --- stderr
        error: `--to web` names no port

        hint: say `web:443` for TCP, `web:udp/53`, `web:icmp` or `web:proto/47`
    "#]];
    want.assert_eq(&explain(&["--from", "internet", "--to", "web"]));
}

#[test]
fn a_port_at_the_sender() {
    let want = expect![[r#"
        exit 1
        --- stderr
        error: `--from web:443` names a port

        hint: say it with `--from-port PORT`
    "#]];
    want.assert_eq(&explain(&["--from", "web:443", "--to", "db:22"]));
}

#[test]
fn a_name_that_fits_nothing() {
    let want = expect![[r#"
        exit 1
        --- stderr
        error: nothing here is called `wbe`

        hint: near to it: `web`
    "#]];
    want.assert_eq(&explain(&["--from", "internet", "--to", "wbe:443"]));
}

#[test]
fn a_name_that_is_near_to_nothing() {
    let want = expect![[r#"
        exit 1
        --- stderr
        error: nothing here is called `mailserver`

        hint: an end is `internet`, the name or id of a host, an interface, a balancer, an endpoint or a service, an address of one, `site/LINK` or `foreign/NETWORK`
    "#]];
    want.assert_eq(&explain(&["--from", "internet", "--to", "mailserver:25"]));
}

#[test]
fn an_address_of_nobody() {
    let want = expect![[r#"
        exit 1
        --- stderr
        error: no interface here has the address 2001:db8::1

        hint: an address outside is `internet/[2001:db8::1]`
    "#]];
    want.assert_eq(&explain(&["--from", "web", "--to", "[2001:db8::1]:443"]));
}

#[test]
fn an_address_of_the_other_family() {
    let want = expect![[r#"
        exit 1
        --- stderr
        error: 10.0.1.10 is an IPv4 address, and another family is asked for

        hint: leave out `--family`, or name an end of that family
    "#]];
    let arguments = ["--from", "web", "--to", "10.0.1.10:22", "--family", "v6"];
    want.assert_eq(&explain(&arguments));
}

#[test]
fn a_step_that_is_not_there() {
    let want = expect![[r#"
        exit 1
        --- stderr
        error: there is no step 99: the plan has 13

        hint: say a step from 0 to 13, or `end`
    "#]];
    let arguments = ["--from", "web", "--to", "db:22", "--after", "99"];
    want.assert_eq(&explain(&arguments));
}

#[test]
fn a_step_that_is_no_number() {
    let want = expect![[r#"
        exit 1
        --- stderr
        error: invalid value 'last' for '--after <STEP|end>': say the number of a step, or `end`

        For more information, try '--help'.
    "#]];
    let arguments = ["--from", "web", "--to", "db:22", "--after", "last"];
    want.assert_eq(&explain(&arguments));
}

#[test]
fn a_flow_outside() {
    let want = expect![[r#"
        exit 1
        --- stderr
        error: neither end is in the estate

        hint: name a host, or an address of the estate, at one end
    "#]];
    want.assert_eq(&explain(&["--from", "internet", "--to", "internet:443"]));
}

#[test]
fn a_flow_to_itself() {
    let want = expect![[r#"
        exit 1
        --- stderr
        error: both ends are `web`

        hint: name two different ends
    "#]];
    want.assert_eq(&explain(&["--from", "web", "--to", "web:443"]));
}

#[test]
fn a_site_that_is_not_there() {
    let want = expect![[r#"
        exit 1
        --- stderr
        error: nothing here is called `vpn-1`

        hint: an end is `internet`, the name or id of a host, an interface, a balancer, an endpoint or a service, an address of one, `site/LINK` or `foreign/NETWORK`
    "#]];
    want.assert_eq(&explain(&["--from", "site/vpn-1", "--to", "web:443"]));
}

#[test]
fn a_name_of_two() {
    let here = Here::new();
    here.copy_example("dumps");
    let file = "dumps/us-east-1/ec2-describe-instances.json";
    let text = fs::read_to_string(here.path(file)).unwrap();
    here.write(
        file,
        &text.replace("\"Value\": \"db\"", "\"Value\": \"web\""),
    );
    let want = expect![[r#"
        exit 1
        --- stderr
        error: `web` can be 2 things: i-0a11a11a11a11a11a, i-0b22b22b22b22b22b

        hint: name one by its id
    "#]];
    let run = here.run(&["explain", "dumps", "--from", "internet", "--to", "web:443"]);
    want.assert_eq(&run.text());
}

#[test]
fn a_plan_that_was_changed_by_hand() {
    let here = Here::new();
    here.copy_example("dumps");
    here.run(&["plan", "dumps", "-o", "plan.json"]);
    let text = fs::read_to_string(here.path("plan.json")).unwrap();
    let (head, before) = text.split_once("\"before\"").unwrap();
    let head = head.replace("\"subnet\": \"subnet-0bb1", "\"subnet\": \"subnet-0bb9");
    here.write("plan.json", &format!("{head}\"before\"{before}"));
    let want = expect![[r#"
        exit 1
        --- stderr
        error: step 2 of the plan does not fit the state before it
          caused by: `subnet/subnet-0bb91bb11bb11bb11` is not in the estate

        hint: plan anew with `--replan`
    "#]];
    let arguments = ["explain", "dumps", "--plan", "plan.json"];
    let flow = ["--from", "web", "--to", "db:22"];
    let all: Vec<_> = arguments.into_iter().chain(flow).collect();
    want.assert_eq(&here.run(&all).text());
}

#[test]
fn a_plan_that_is_not_there() {
    let want = expect![[r#"
        exit 1
        --- stderr
        error: cannot open the plan `plan.json`
          caused by: no such file or directory

        hint: make one with `sixward migrate SOURCE -o DIR`
    "#]];
    let arguments = ["--from", "web", "--to", "db:22", "--plan", "plan.json"];
    want.assert_eq(&explain(&arguments));
}

#[test]
fn an_address_without_brackets() {
    let want = expect![[r#"
        exit 1
        --- stderr
        error: where the address in `--to internet/2001:db8::7:443` ends is not clear

        hint: put it in brackets: `[2001:db8::7]:PORT`
    "#]];
    want.assert_eq(&explain(&[
        "--from",
        "web",
        "--to",
        "internet/2001:db8::7:443",
    ]));
}

fn prove(here: &Here, arguments: &[&str]) -> String {
    here.copy_example("dumps");
    let all: Vec<_> = ["prove", "dumps"]
        .iter()
        .chain(arguments)
        .copied()
        .collect();
    here.run(&all).text()
}

#[test]
fn a_certificate_that_is_not_there() {
    let want = expect![[r#"
        exit 1
        --- stderr
        error: cannot open the certificate `proof.json`
          caused by: no such file or directory

        hint: make one with `sixward prove SOURCE --certificate FILE`
    "#]];
    want.assert_eq(&prove(&Here::new(), &["--check", "proof.json"]));
}

#[test]
fn a_plan_given_as_a_certificate() {
    let here = Here::new();
    here.copy_example("dumps");
    here.run(&["plan", "dumps", "-o", "plan.json"]);
    let want = expect![[r#"
        exit 2
        --- stdout
        sixward prove --check  plan.json against dumps, planned now
          REFUSED
            at          the file
            it says     unknown field `intent`, expected one of `format`, `version`, `states`, `traffic`,
                        `verdicts` at line 4 column 10
            the estate  a certificate
          → it was made for another state of the estate or another plan, or it was changed: make it anew
            with `--certificate`
    "#]];
    want.assert_eq(&prove(&here, &["--check", "plan.json"]));
}

#[test]
fn a_certificate_over_somebody_s_file() {
    let here = Here::new();
    here.write("notes.json", "{\"mine\": true}\n");
    let text = prove(&here, &["--certificate", "notes.json"]);
    let error = text.split("--- stderr").nth(1).unwrap_or_default();
    let want = expect![[r#"

        error: cannot write `notes.json`
          caused by: it is there already, and sixward did not write it

        hint: name another file with `--certificate FILE`
    "#]];
    want.assert_eq(error);
}

#[test]
fn a_certificate_made_and_checked_at_once() {
    let want = expect![[r#"
        exit 1
        --- stderr
        error: the argument '--certificate <FILE>' cannot be used with '--check <FILE>'

        Usage: sixward prove --certificate <FILE> <SOURCE>

        For more information, try '--help'.
    "#]];
    want.assert_eq(&prove(
        &Here::new(),
        &["--certificate", "a.json", "--check", "a.json"],
    ));
}

#[test]
fn nobody_to_ask_about_teredo() {
    let want = expect![[r#"
        exit 1
        --- stderr
        error: cannot ask for the status at `/run/sixward/not-here/status.sock`: No such file or directory (os error 2)

        hint: is a client or a relay running, and with the same `--interface`?
    "#]];
    let run = Here::new().run(&["teredo", "status", "--interface", "not-here"]);
    want.assert_eq(&run.text());
}
