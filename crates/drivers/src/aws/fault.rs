//! A call's failure: its class and what the service said about it.
//!
//! Sources: the error answers of the EC2 and Query protocols (botocore/parsers.py,
//! `_do_error_parse`); the codes of "Common errors" in each service's API reference and
//! of botocore's `retries/standard.py`.

use std::time::Duration;

use super::error::ErrorClass;
use super::xml::Element;

/// Why one attempt, or a call after its last attempt, failed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fault {
    pub(crate) class: ErrorClass,
    /// The service's code, where the service said anything.
    pub(crate) code: Option<String>,
    pub(crate) reason: String,
    /// The request did not leave: nothing can have been done.
    pub(crate) unsent: bool,
    /// How long the service asks to wait.
    pub(crate) after: Duration,
}

impl Fault {
    pub(crate) fn new(class: ErrorClass, reason: impl Into<String>) -> Self {
        Self {
            class,
            code: None,
            reason: reason.into(),
            unsent: false,
            after: Duration::ZERO,
        }
    }

    pub(crate) fn after(self, after: Duration) -> Self {
        Self { after, ..self }
    }

    /// A connection that did not come about, or one that broke.
    pub(crate) fn connection(class: ErrorClass, error: &dyn std::error::Error) -> Self {
        let mut chain = std::iter::successors(Some(error), |error| error.source());
        let unsent = chain.any(|cause| UNSENT.contains(&cause.to_string().as_str()));
        Self {
            unsent,
            ..Self::caused(class, error)
        }
    }

    /// With the causes of `error` in the reason, outermost first.
    pub(crate) fn caused(class: ErrorClass, error: &dyn std::error::Error) -> Self {
        Self::new(class, causes(error))
    }

    /// An answer whose status is not a success.
    pub(crate) fn answered(status: u16, body: &str) -> Self {
        match Element::parse(body).ok().as_ref().and_then(said) {
            Some((code, message)) => Self {
                class: by_code(&code).unwrap_or_else(|| by_status(status)),
                reason: brief(&format!("{code}: {message}")),
                code: Some(code),
                unsent: false,
                after: Duration::ZERO,
            },
            None => Self::new(
                by_status(status),
                format!("HTTP {status} without an AWS error in it"),
            ),
        }
    }
}

/// `text` with every one of `secrets` blotted out: some services quote the signed request.
pub(crate) fn blotted(text: String, secrets: &[&str]) -> String {
    let secrets = secrets.iter().filter(|secret| !secret.is_empty());
    secrets.fold(text, |text, secret| text.replace(secret, "(withheld)"))
}

/// The messages of `error` and of what it came from, each once, in the words of the one
/// that knows most. A text and no more: the SDK's errors hold whole answers.
pub(crate) fn causes(error: &dyn std::error::Error) -> String {
    let chain = std::iter::successors(Some(error), |error| error.source());
    let mut said: Vec<String> = Vec::new();
    for text in chain.map(ToString::to_string) {
        if !said.iter().any(|before| before.contains(&text)) {
            said.push(text);
        }
    }
    let telling = |text: &&String| !LAYERS.contains(&text.as_str());
    let told: Vec<&str> = said.iter().filter(telling).map(String::as_str).collect();
    brief(&if told.is_empty() {
        said.join(": ")
    } else {
        told.join(": ")
    })
}

/// How the HTTP stack says that there never was a connection.
const UNSENT: [&str; 1] = ["client error (Connect)"];

/// What the layers of the HTTP stack put in front of the cause.
const LAYERS: [&str; 5] = [
    "io error",
    "other",
    "dispatch failure",
    "client error (Connect)",
    "client error (SendRequest)",
];

/// EC2: `Response/Errors/Error`; the others: `ErrorResponse/Error`.
fn said(root: &Element) -> Option<(String, String)> {
    let error = root.child("Errors").unwrap_or(root).child("Error")?;
    let code = error.child("Code")?.text.trim();
    let message = error
        .child("Message")
        .map_or("", |message| message.text.trim());
    Some((
        code.strip_prefix("Client.").unwrap_or(code).to_owned(),
        message.to_owned(),
    ))
}

fn by_code(code: &str) -> Option<ErrorClass> {
    Some(match code {
        "AccessDenied"
        | "AccessDeniedException"
        | "AuthorizationError"
        | "UnauthorizedOperation" => ErrorClass::Denied,
        "AuthFailure"
        | "Blocked"
        | "ExpiredToken"
        | "ExpiredTokenException"
        | "IncompleteSignature"
        | "InvalidAccessKeyId"
        | "InvalidClientTokenId"
        | "InvalidSignatureException"
        | "MissingAuthenticationToken"
        | "OptInRequired"
        | "PendingVerification"
        | "RequestExpired"
        | "RequestInTheFuture"
        | "RequestTimeTooSkewed"
        | "SignatureDoesNotMatch"
        | "UnrecognizedClientException" => ErrorClass::Credentials,
        "InvalidAction" | "NotImplemented" | "UnknownOperation" | "UnsupportedOperation" => {
            ErrorClass::NotImplemented
        }
        "BandwidthLimitExceeded"
        | "EC2ThrottledException"
        | "LimitExceededException"
        | "PriorRequestNotComplete"
        | "RequestLimitExceeded"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "SlowDown"
        | "Throttling"
        | "ThrottledException"
        | "ThrottlingException"
        | "TooManyRequestsException" => ErrorClass::Throttled,
        "InternalError" | "InternalFailure" | "ServiceUnavailable" | "Unavailable" => {
            ErrorClass::Server
        }
        "RequestTimeout" | "RequestTimeoutException" => ErrorClass::Timeout,
        _ => return None,
    })
}

fn by_status(status: u16) -> ErrorClass {
    match status {
        401 | 403 => ErrorClass::Denied,
        408 | 504 => ErrorClass::Timeout,
        429 => ErrorClass::Throttled,
        501 => ErrorClass::NotImplemented,
        400..=499 => ErrorClass::Invalid,
        500..=599 => ErrorClass::Server,
        _ => ErrorClass::Garbled,
    }
}

/// One line that fits a table; encoded authorization messages run to kilobytes.
fn brief(text: &str) -> String {
    let line: Vec<&str> = text.split_whitespace().collect();
    let line = line.join(" ");
    match line.char_indices().nth(300) {
        Some((end, _)) => format!("{}...", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
#[path = "fault_tests.rs"]
mod tests;
