//! How `object_store` calls and signs: through the connector and the credentials that discovery has.
//!
//! A refusal's text may repeat what signed the request (`InvalidToken` repeats the token), so nothing of
//! it comes in but its code and its message.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use object_store::aws::AwsCredential;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
};
use object_store::{ClientOptions, CredentialProvider};
use sixward_drivers::Login;

use super::error::inner;

/// The way to the bucket.
#[derive(Clone)]
pub(super) struct Wire {
    login: Arc<Login>,
    /// The service's clock at its last answer.
    date: Arc<AtomicI64>,
}

impl Wire {
    pub(super) fn new(login: Login) -> Self {
        Self {
            login: Arc::new(login),
            date: Arc::default(),
        }
    }

    pub(super) fn region(&self) -> &str {
        self.login.region()
    }

    pub(super) fn buckets(&self) -> String {
        self.login.buckets()
    }

    /// The service's time at its last answer, in seconds since 1970: what a lock's age is measured with.
    pub(super) fn date(&self) -> i64 {
        self.date.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl HttpService for Wire {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (parts, body) = request.into_parts();
        let body = bytes_of(body).await?;
        let request = http::Request::from_parts(parts, body);
        let answer = self.login.send(request).await.map_err(|error| {
            // Whether it arrived is not known in either case.
            let kind = if error.timeout {
                HttpErrorKind::Timeout
            } else {
                HttpErrorKind::Interrupted
            };
            HttpError::new(kind, error)
        })?;
        if let Some(date) = answer.date {
            self.date.store(date, Ordering::Relaxed);
        }
        let response = answer.response;
        let refused = response.status().is_client_error() || response.status().is_server_error();
        let told = |body: Bytes| if refused { plain(&body) } else { body };
        Ok(response.map(|body| told(body).into()))
    }
}

async fn bytes_of(body: object_store::client::HttpRequestBody) -> Result<Bytes, HttpError> {
    use http_body_util::BodyExt as _;
    Ok(body.collect().await?.to_bytes())
}

/// The code and the message of a refusal, and nothing else.
fn plain(body: &[u8]) -> Bytes {
    let body = String::from_utf8_lossy(body);
    let of = |name| inner(&body, name).unwrap_or_default();
    let (code, message) = (of("Code"), of("Message"));
    format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>").into()
}

impl HttpConnector for Wire {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

#[async_trait]
impl CredentialProvider for Wire {
    type Credential = AwsCredential;

    async fn get_credential(&self) -> object_store::Result<Arc<AwsCredential>> {
        let keys = self.login.keys().await;
        let keys = keys.map_err(|error| object_store::Error::Unauthenticated {
            path: String::new(),
            source: Box::new(error),
        })?;
        Ok(Arc::new(AwsCredential {
            key_id: keys.id,
            secret_key: keys.secret,
            token: keys.token,
        }))
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire")
            .field("region", &self.region())
            .finish_non_exhaustive()
    }
}
