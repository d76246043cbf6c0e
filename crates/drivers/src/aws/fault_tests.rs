//! Error answers as the services send them, and as proxies do.

use super::*;

fn ec2(code: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><Response><Errors><Error><Code>{code}</Code><Message>It says so.</Message>\
         </Error></Errors><RequestID>r</RequestID></Response>"
    )
}

fn query(code: &str) -> String {
    format!(
        "<ErrorResponse xmlns=\"u\"><Error><Type>Sender</Type><Code>{code}</Code><Message>It says so.</Message>\
         </Error><RequestId>r</RequestId></ErrorResponse>"
    )
}

#[test]
fn the_code_decides_and_then_the_status() {
    for (status, code, want) in [
        (403, "UnauthorizedOperation", ErrorClass::Denied),
        (403, "AccessDenied", ErrorClass::Denied),
        (401, "AuthFailure", ErrorClass::Credentials),
        (400, "ExpiredToken", ErrorClass::Credentials),
        (503, "RequestLimitExceeded", ErrorClass::Throttled),
        (503, "Client.RequestLimitExceeded", ErrorClass::Throttled),
        (400, "Throttling", ErrorClass::Throttled),
        (400, "InvalidAction", ErrorClass::NotImplemented),
        (400, "InvalidParameterValue", ErrorClass::Invalid),
        (400, "InternalError", ErrorClass::Server),
        (503, "NeverHeardOf", ErrorClass::Server),
    ] {
        assert_eq!(Fault::answered(status, &ec2(code)).class, want, "{code}");
        assert_eq!(Fault::answered(status, &query(code)).class, want, "{code}");
    }
    let fault = Fault::answered(403, &ec2("UnauthorizedOperation"));
    assert_eq!(fault.reason, "UnauthorizedOperation: It says so.");
}

#[test]
fn without_an_error_the_status_decides() {
    let page = "<!doctype html>\n<title>500 Internal Server Error</title>";
    let fault = Fault::answered(500, page);
    assert_eq!((fault.class, fault.code), (ErrorClass::Server, None));
    assert_eq!(fault.reason, "HTTP 500 without an AWS error in it");
    assert_eq!(Fault::answered(429, "").class, ErrorClass::Throttled);
    assert_eq!(Fault::answered(501, "").class, ErrorClass::NotImplemented);
    assert_eq!(Fault::answered(302, "").class, ErrorClass::Garbled);
}

#[test]
fn a_reason_is_one_short_line_without_secrets() {
    let body = query("SignatureDoesNotMatch").replace(
        "It says so.",
        &format!(
            "The Canonical String should have been\n'POST\nx-amz-security-token:TOKEN\n{}'",
            "é".repeat(400)
        ),
    );
    let reason = Fault::answered(403, &blotted(body, &["TOKEN", ""])).reason;
    assert!(reason.contains("x-amz-security-token:(withheld)") && !reason.contains('\n'));
    assert!(reason.chars().count() < 320);
}

#[test]
fn causes_are_told_once() {
    #[derive(Debug, thiserror::Error)]
    #[error("{text}")]
    struct Layer {
        text: &'static str,
        source: Option<Box<Layer>>,
    }
    let layer = |text, source: Option<Layer>| Layer {
        text,
        source: source.map(Box::new),
    };
    let error = layer(
        "io error",
        Some(layer("connect: refused", Some(layer("refused", None)))),
    );
    assert_eq!(causes(&error), "connect: refused");
    assert_eq!(causes(&layer("io error", None)), "io error");
}
