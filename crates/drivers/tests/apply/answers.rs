//! What the driver makes of each kind of answer, and how often it calls.

use std::net::TcpListener;

use sixward_apply::{Driver as _, Fault, FaultClass, Flow, Order};
use sixward_estate::{Estate, SubnetId};
use sixward_plan::Change;

use crate::course::open;
use crate::region::{Region, Reply, ec2_error};
use crate::{assert_keeps_secrets, inside};

const MODIFY: &str = "ModifySubnetAttribute";

#[test]
fn a_code_says_what_is_known() {
    if !inside("answers::a_code_says_what_is_known") {
        return;
    }
    for (status, code, class, calls) in [
        (503, "RequestLimitExceeded", FaultClass::Throttled, 4),
        (400, "Throttling", FaultClass::Throttled, 4),
        (400, "DependencyViolation", FaultClass::Busy, 1),
        (400, "InvalidCidrBlock.InUse", FaultClass::Busy, 1),
        (400, "IncorrectInstanceState", FaultClass::Busy, 1),
        (403, "UnauthorizedOperation", FaultClass::Denied, 1),
        (400, "RequestExpired", FaultClass::Denied, 1),
        (400, "InvalidParameterValue", FaultClass::Refused, 1),
        (500, "InternalError", FaultClass::Unknown, 1),
        (503, "Unavailable", FaultClass::Unknown, 1),
    ] {
        let region = Region::start(move |_, _| Reply::Answer(status, ec2_error(code)));
        let fault = made(&region.endpoint()).unwrap_err();
        assert_eq!(
            (fault.class, fault.code.as_str()),
            (class, code),
            "{fault:?}"
        );
        assert_eq!(region.calls(MODIFY), calls, "{code}");
        assert_keeps_secrets(&format!("{fault:?}"));
    }
}

#[test]
fn without_a_code_nothing_is_known() {
    if !inside("answers::without_a_code_nothing_is_known") {
        return;
    }
    for (what, reply) in [
        ("cut", None),
        ("a login page", Some((200, "<html>sign in</html>"))),
        ("a gateway's", Some((502, "<html>bad gateway</html>"))),
        ("torn", Some((200, "<ModifySubnetAttributeResponse><ret"))),
    ] {
        let region = Region::start(move |_, _| match reply {
            Some((status, body)) => Reply::Answer(status, body.to_owned()),
            None => Reply::Lost,
        });
        let fault = made(&region.endpoint()).unwrap_err();
        assert_eq!(fault.class, FaultClass::Unknown, "{what}: {fault:?}");
        assert_eq!(region.calls(MODIFY), 1, "{what}: nothing is made twice");
        assert_keeps_secrets(&format!("{fault:?}"));
    }
}

#[test]
fn a_throttled_call_is_made_again() {
    if !inside("answers::a_throttled_call_is_made_again") {
        return;
    }
    let region = Region::start(|action, nth| match nth {
        1 | 2 => Reply::Answer(503, ec2_error("RequestLimitExceeded")),
        _ => Reply::Answer(200, format!("<{action}Response/>")),
    });
    assert_eq!(made(&region.endpoint()), Ok(()));
    assert_eq!(region.calls(MODIFY), 3);
}

/// Nothing left this machine: nothing can have been done.
#[test]
fn without_a_connection_nothing_was_done() {
    if !inside("answers::without_a_connection_nothing_was_done") {
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let fault = made(&endpoint).unwrap_err();
    assert_eq!(fault.class, FaultClass::Throttled, "{fault:?}");
}

/// What is not seen would pass for what is not there.
#[test]
fn half_an_estate_is_none() {
    if !inside("answers::half_an_estate_is_none") {
        return;
    }
    let denied = || Reply::Answer(403, ec2_error("UnauthorizedOperation"));
    let region = Region::start(move |action, _| match action {
        "DescribeRouteTables" => denied(),
        _ => Reply::Empty,
    });
    let fault = open(&region.endpoint()).discover().unwrap_err();
    assert_eq!(fault.class, FaultClass::Denied);
    assert!(fault.message.contains("ec2:DescribeRouteTables"), "{fault}");

    let region = Region::start(move |action, _| match action {
        "DescribeAvailabilityZones" | "DescribeIpv6Pools" | "GetCallerIdentity" => denied(),
        _ => Reply::Empty,
    });
    assert_eq!(open(&region.endpoint()).discover(), Ok(Estate::default()));
}

/// What was in flight is told of; what was not begun is not.
#[test]
fn after_a_stop_nothing_more_is_begun() {
    if !inside("answers::after_a_stop_nothing_more_is_begun") {
        return;
    }
    let region = Region::start(|action, _| Reply::Answer(200, format!("<{action}Response/>")));
    let orders: Vec<_> = (0..20).map(order).collect();
    let mut told = Vec::new();
    open(&region.endpoint()).make(&orders, &mut |at, answer| {
        assert_eq!(answer, Ok(()));
        told.push(at);
        Flow::Stop
    });
    told.sort_unstable();
    assert_eq!(
        told,
        [0, 1, 2, 3, 4, 5, 6, 7],
        "the first eight, and no more"
    );
    assert_eq!(region.calls(MODIFY), 8);
}

fn order(n: usize) -> Order {
    Order {
        token: "token".into(),
        change: Change::SetAutoAssign {
            subnet: SubnetId::new(format!("subnet-{n}")),
            on: true,
        },
        before: Estate::default(),
    }
}

fn made(endpoint: &str) -> Result<(), Fault> {
    let mut answers = Vec::new();
    open(endpoint).make(&[order(1)], &mut |at, answer| {
        assert_eq!(at, 0);
        answers.push(answer);
        Flow::Go
    });
    assert_eq!(answers.len(), 1);
    answers.remove(0)
}
