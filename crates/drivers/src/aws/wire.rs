//! One request on the wire: signed, sent, and what came back.
//!
//! Source: Signature Version 4, as `aws-sigv4` has it; the HTTP stack is the one that
//! `aws-config` fetches credentials with.

use std::error::Error;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::http::{HttpConnector as _, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use aws_smithy_types::date_time::{DateTime, Format};

use super::ErrorClass;
use super::fault::Fault;

const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";
const AGENT: &str = concat!("sixward/", env!("CARGO_PKG_VERSION"));

/// A service that asks for more patience than this many seconds is asked again all the same.
const LONGEST: u64 = 60;

/// What a signature covers, and whose it is.
#[derive(Debug)]
pub(crate) struct Letter<'a> {
    pub(crate) url: &'a str,
    pub(crate) body: &'a str,
    pub(crate) region: &'a str,
    pub(crate) service: &'a str,
    pub(crate) time: SystemTime,
}

/// What came back, whatever it says.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// The service's clock, in seconds since 1970.
    pub(crate) date: Option<i64>,
    /// How long the service asks to wait.
    pub(crate) retry_after: Duration,
    pub(crate) body: String,
}

impl Letter<'_> {
    pub(crate) fn signed(&self, credentials: &Credentials) -> Result<HttpRequest, Fault> {
        let sealed = self.seal(credentials);
        sealed.map_err(|error| Fault::caused(ErrorClass::Invalid, &*error))
    }

    fn seal(&self, credentials: &Credentials) -> Result<HttpRequest, Box<dyn Error + Send + Sync>> {
        let identity = credentials.clone().into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name(self.service)
            .time(self.time)
            .settings(SigningSettings::default())
            .build()?
            .into();
        let headers = [("content-type", FORM)].into_iter();
        let body = SignableBody::Bytes(self.body.as_bytes());
        let signature = sign(
            SignableRequest::new("POST", self.url, headers, body)?,
            &parameters,
        )?;

        let mut request = HttpRequest::new(SdkBody::from(self.body));
        request.set_method("POST")?;
        request.set_uri(self.url)?;
        let fixed = [("content-type", FORM), ("user-agent", AGENT)];
        for (name, value) in signature.output().headers().chain(fixed) {
            request
                .headers_mut()
                .try_insert(name.to_owned(), value.to_owned())?;
        }
        Ok(request)
    }
}

pub(crate) async fn send(
    connector: &SharedHttpConnector,
    request: HttpRequest,
) -> Result<Reply, Fault> {
    let response = connector
        .call(request)
        .await
        .map_err(|error| unsent(&error))?;
    let date = response.headers().get("date");
    let date = date.and_then(|date| DateTime::from_str(date, Format::HttpDate).ok());
    let after = response.headers().get("retry-after");
    let after = after.and_then(|seconds| seconds.parse().ok());
    let status = response.status().as_u16();
    let body = ByteStream::new(response.into_body()).collect().await;
    let body = body
        .map_err(|error| Fault::caused(ErrorClass::Connection, &error))?
        .to_vec();
    let body =
        String::from_utf8(body).map_err(|error| Fault::caused(ErrorClass::Garbled, &error))?;
    Ok(Reply {
        status,
        date: date.map(|date| date.secs()),
        retry_after: Duration::from_secs(after.unwrap_or(0).min(LONGEST)),
        body,
    })
}

fn unsent(error: &ConnectorError) -> Fault {
    let class = match error {
        error if error.is_timeout() => ErrorClass::Timeout,
        error if error.is_user() => ErrorClass::Invalid,
        _ => ErrorClass::Connection,
    };
    Fault::connection(class, error)
}
