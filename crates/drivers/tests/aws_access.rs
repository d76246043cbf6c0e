//! Who calls, and whether anybody answers: credentials, clocks, profiles and endpoints, and
//! what is said when there is nothing to discover with.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a panic is a test's report"
)]

#[path = "support/child.rs"]
mod child;
#[path = "support/region.rs"]
mod region;

use child::{environment, run};
use region::{Region, Reply, ec2_error, query_error};
use sixward_drivers::Account;

fn account(region: &Region) -> Account {
    Account {
        region: "us-east-1".into(),
        profile: None,
        endpoint: Some(region.endpoint()),
    }
}

#[test]
fn a_clock_that_is_off_is_corrected() {
    let region = Region::start(|action, nth| match (action, nth) {
        ("GetCallerIdentity", 1) => Reply::Dated(
            "Fri, 01 Jan 2100 00:00:00 GMT",
            query_error("RequestExpired"),
        ),
        _ => Reply::Empty,
    });
    let outcome = run(&account(&region), &environment());
    assert_eq!(outcome.result["account_id"], "123456789012");
    assert_eq!(region.calls("GetCallerIdentity"), 2);
    assert!(region.dates("GetCallerIdentity")[1].starts_with("2100010"));
}

#[test]
fn refused_credentials_are_the_end() {
    let region = Region::start(|_, _| {
        let quoted = format!(
            "signature for {} with x-amz-security-token:{}",
            child::KEY_ID,
            child::TOKEN
        );
        Reply::Answer(
            403,
            query_error("SignatureDoesNotMatch").replace("It says so.", &quoted),
        )
    });
    let outcome = run(&account(&region), &environment());
    let error = outcome.result["error"].as_str().unwrap();
    assert!(
        error.starts_with("AWS refused the credentials: SignatureDoesNotMatch: signature for"),
        "{error}"
    );
    assert!(error.contains("(withheld)"));
    assert!(
        outcome.result["hint"]
            .as_str()
            .unwrap()
            .starts_with("renew the credentials")
    );
    outcome.assert_keeps_secrets();
    assert_eq!(region.total(), 1);
}

#[test]
fn nothing_but_refusals_is_an_error() {
    let region = Region::start(|action, _| match action {
        "GetCallerIdentity" => Reply::Empty,
        _ => Reply::Answer(403, ec2_error("UnauthorizedOperation")),
    });
    let outcome = run(&account(&region), &environment());
    let error = outcome.result["error"].as_str().unwrap();
    assert!(
        error.starts_with("all 33 calls were refused, ec2:DescribeAddresses with: Unauth"),
        "{error}"
    );
    assert!(
        outcome.result["hint"]
            .as_str()
            .unwrap()
            .contains("ReadOnlyAccess")
    );
}

#[test]
fn nobody_there_and_nobody_to_be() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let nowhere = Account {
        region: "us-east-1".into(),
        profile: None,
        endpoint: Some(format!("http://{closed}")),
    };
    let error = |account: &Account, environment| {
        run(account, &environment).result["error"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let unreachable = error(&nowhere, environment());
    assert!(
        unreachable.starts_with(&format!("cannot reach http://{closed}/: ")),
        "{unreachable}"
    );

    let mut nobody = environment();
    nobody.retain(|name, _| !name.contains("KEY") && !name.contains("TOKEN"));
    assert_eq!(error(&nowhere, nobody), "no usable AWS credentials");

    let evil = Account {
        region: "evil.example/#".into(),
        ..nowhere.clone()
    };
    assert_eq!(
        error(&evil, environment()),
        "\"evil.example/#\" is not the name of an AWS region"
    );
    let bare = Account {
        endpoint: Some("localhost".into()),
        ..nowhere
    };
    assert_eq!(
        error(&bare, environment()),
        "\"localhost\" is not an endpoint"
    );
}

#[test]
fn the_users_own_settings_hold() {
    let region = Region::start(|_, _| Reply::Empty);
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config");
    let profile = format!(
        "[profile ops]\naws_access_key_id = {}\naws_secret_access_key = {}\nendpoint_url = {}\n",
        child::KEY_ID,
        child::SECRET,
        region.endpoint()
    );
    std::fs::write(&config, profile).unwrap();
    let mut environment = environment();
    environment.retain(|name, _| !name.contains("KEY") && !name.contains("TOKEN"));
    environment.insert("AWS_CONFIG_FILE".into(), config.to_str().unwrap().into());

    let ops = Account {
        region: "eu-west-1".into(),
        profile: Some("ops".into()),
        endpoint: None,
    };
    let outcome = run(&ops, &environment);
    assert_eq!(
        outcome.result["account_id"], "123456789012",
        "{:#}",
        outcome.result
    );
    assert!(
        outcome
            .paths()
            .iter()
            .all(|path| path.starts_with("eu-west-1/"))
    );
    outcome.assert_keeps_secrets();

    let gone = Account {
        profile: Some("gone".into()),
        ..ops
    };
    let outcome = run(&gone, &environment);
    assert_eq!(outcome.result["error"], "no usable AWS credentials");
    assert!(
        outcome.result["hint"]
            .as_str()
            .unwrap()
            .contains("--profile gone")
    );
}

/// The chain's own calls go through the same HTTP stack.
#[test]
fn a_role_is_assumed() {
    let region = Region::start(|action, _| {
        match action {
        "AssumeRole" => Reply::Answer(
            200,
            "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAROLE</AccessKeyId>\
             <SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>\
             <Expiration>2100-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"
                .into(),
        ),
        _ => Reply::Empty,
    }
    });
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config");
    let profile = "[profile audit]\nrole_arn = arn:aws:iam::123456789012:role/audit\ncredential_source = Environment\n";
    std::fs::write(&config, profile).unwrap();
    let mut environment = environment();
    environment.insert("AWS_CONFIG_FILE".into(), config.to_str().unwrap().into());
    environment.insert("AWS_ENDPOINT_URL".into(), region.endpoint());

    let audit = Account {
        region: "us-east-1".into(),
        profile: Some("audit".into()),
        endpoint: None,
    };
    let outcome = run(&audit, &environment);
    assert_eq!(
        outcome.result["account_id"], "123456789012",
        "{:#}",
        outcome.result
    );
    assert!(region.signers("AssumeRole")[0].contains(child::KEY_ID));
    assert!(region.signers("DescribeVpcs")[0].contains("Credential=ASIAROLE/"));
    outcome.assert_keeps_secrets();
}
