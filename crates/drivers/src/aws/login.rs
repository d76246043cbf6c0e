//! The user's own way into AWS for others than discovery: the same credentials, settings and TLS.

use std::fmt;
use std::time::Duration;

use aws_config::BehaviorVersion;
use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use aws_smithy_types::date_time::{DateTime, Format};
use bytes::Bytes;

use super::session::{Session, http_client};
use super::{Account, DiscoverError, endpoint};

/// Where no setting names a region.
const REGION: &str = "us-east-1";
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A way in.
#[derive(Debug)]
pub struct Login {
    session: Session,
}

/// What signs a request. It has no `Debug`: it is never to be text.
#[expect(missing_debug_implementations, reason = "these are secrets")]
pub struct Keys {
    /// The access key's id.
    pub id: String,
    /// The secret key.
    pub secret: String,
    /// The session's token, where there is a session.
    pub token: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// All of it.
    pub response: http::Response<Bytes>,
    /// The service's clock, in seconds since 1970.
    pub date: Option<i64>,
}

/// Nothing came back.
#[derive(Debug, thiserror::Error)]
#[error("{why}")]
pub struct Unsent {
    /// It took too long.
    pub timeout: bool,
    /// What broke.
    pub why: String,
}

impl Login {
    /// The region is the one that the user's settings name.
    pub async fn open(profile: Option<&str>) -> Result<Self, DiscoverError> {
        let mut loader =
            aws_config::defaults(BehaviorVersion::v2026_01_12()).http_client(http_client());
        if let Some(profile) = profile {
            loader = loader.profile_name(profile);
        }
        let config = loader.load().await;
        let region = config.region();
        let region = region.map_or_else(|| REGION.to_owned(), ToString::to_string);
        let profile = profile.map(str::to_owned);
        let account = Account {
            region,
            profile,
            endpoint: None,
        };
        let session = Session::open(&account).await?;
        Ok(Self { session })
    }

    /// `us-east-1`.
    pub fn region(&self) -> &str {
        &self.session.region
    }

    /// Where buckets are: by the user's settings, else AWS's own.
    pub fn buckets(&self) -> String {
        let named = self.session.configured("S3");
        let own = || endpoint::buckets(&self.session.region, self.session.flavour());
        let url = named.unwrap_or_else(own);
        url.trim_end_matches('/').to_owned()
    }

    /// What signs, renewed when it is about to end.
    pub async fn keys(&self) -> Result<Keys, CredentialsError> {
        let credentials = self.session.credentials().await?;
        Ok(Keys {
            id: credentials.access_key_id().to_owned(),
            secret: credentials.secret_access_key().to_owned(),
            token: credentials.session_token().map(str::to_owned),
        })
    }

    /// Sends a request that is signed already.
    pub async fn send(&self, request: http::Request<Bytes>) -> Result<Answer, Unsent> {
        let request = HttpRequest::try_from(request.map(SdkBody::from)).map_err(unsent)?;
        let answer = tokio::time::timeout(PATIENCE, self.exchange(request)).await;
        answer.unwrap_or_else(|_| {
            let why = format!("no answer in {} seconds", PATIENCE.as_secs());
            Err(Unsent { timeout: true, why })
        })
    }

    async fn exchange(&self, request: HttpRequest) -> Result<Answer, Unsent> {
        let called = self.session.connector.call(request).await;
        let response = called.map_err(|error| Unsent {
            timeout: error.is_timeout(),
            why: error.to_string(),
        })?;
        let date = response.headers().get("date");
        let date = date.and_then(|date| DateTime::from_str(date, Format::HttpDate).ok());
        let (parts, body) = response.try_into_http1x().map_err(unsent)?.into_parts();
        let body = ByteStream::new(body).collect().await.map_err(unsent)?;
        Ok(Answer {
            response: http::Response::from_parts(parts, body.into_bytes()),
            date: date.map(|date| date.secs()),
        })
    }
}

fn unsent(error: impl fmt::Display) -> Unsent {
    Unsent {
        timeout: false,
        why: error.to_string(),
    }
}
