//! One call, from its parameters to its merged JSON: signed, sent, retried, read.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use aws_smithy_types::date_time::{DateTime, Format};

use super::fault::{Fault, blotted};
use super::json::Json;
use super::page::Merge;
use super::query::Call;
use super::session::Session;
use super::shapes::{Entry, Table};
use super::{DiscoverError, ErrorClass, Progress, answer, retry};

/// For one attempt, from the first byte sent to the last one read.
const ANSWER: Duration = Duration::from_mins(1);
/// AWS takes signatures five minutes old: a clock further off than this needs correcting.
const SKEW: i64 = 240;
const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";
const AGENT: &str = concat!("sixward/", env!("CARGO_PKG_VERSION"));

#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) table: Table,
    pub(crate) session: Session,
    /// Seconds by which AWS's clock is ahead of ours.
    skew: AtomicI64,
}

/// What came back, whatever it says.
struct Reply {
    status: u16,
    date: Option<i64>,
    body: String,
}

impl Client {
    pub(crate) fn new(session: Session) -> Result<Self, DiscoverError> {
        let table = Table::embedded().map_err(|source| DiscoverError::Setup {
            what: "the shape table is damaged",
            source: source.into(),
        })?;
        Ok(Self {
            table,
            session,
            skew: AtomicI64::new(0),
        })
    }

    /// Makes `call` with all its pages.
    pub(crate) async fn call(&self, call: &Call, progress: &dyn Progress) -> Result<Json, Fault> {
        let entry = self.entry(call)?;
        let mut merge = Merge::new(entry.operation.pages.as_ref());
        for batch in &call.batches {
            for page in 2_u32.. {
                let body = call.body(entry, batch, merge.next());
                let answer = self.persist(entry, &body, progress).await?;
                merge
                    .add(answer)
                    .map_err(|error| Fault::caused(ErrorClass::CutShort, &error))?;
                if merge.next().is_none() {
                    break;
                }
                progress.note(&format!("{}: page {page}", call.title(entry)));
            }
        }
        Ok(merge.whole())
    }

    pub(crate) fn entry(&self, call: &Call) -> Result<Entry<'_>, Fault> {
        let unknown = || Fault::new(ErrorClass::NotImplemented, "not in the shape table");
        self.table
            .entry(call.service, call.operation)
            .ok_or_else(unknown)
    }

    /// One page, tried as often as its failures deserve.
    async fn persist(
        &self,
        entry: Entry<'_>,
        body: &str,
        progress: &dyn Progress,
    ) -> Result<Json, Fault> {
        let mut corrected = false;
        for made in 1_u32.. {
            let fault = match self.attempt(entry, body).await {
                Ok(Attempt::Answer(answer)) => return Ok(answer),
                Ok(Attempt::Skewed(_)) if !corrected => {
                    corrected = true;
                    progress.note("this computer's clock is off; signing by AWS's");
                    continue;
                }
                Ok(Attempt::Skewed(fault)) | Err(fault) => fault,
            };
            if made >= retry::attempts(&fault) {
                return Err(fault);
            }
            let pause = retry::pause(fault.class, made, fastrand::f64());
            progress.note(&format!(
                "{}: {}; trying again",
                entry.action(),
                fault.class
            ));
            tokio::time::sleep(pause).await;
        }
        Err(Fault::new(ErrorClass::Server, "no attempt was made"))
    }

    async fn attempt(&self, entry: Entry<'_>, body: &str) -> Result<Attempt, Fault> {
        let credentials = self.session.credentials().await;
        let credentials =
            credentials.map_err(|error| Fault::caused(ErrorClass::Credentials, &error))?;
        let request = self.signed(entry, body, &credentials)?;
        let sent = tokio::time::timeout(ANSWER, self.send(request)).await;
        let reply =
            sent.map_err(|_| Fault::new(ErrorClass::Timeout, "no answer within a minute"))??;
        if (200..300).contains(&reply.status) {
            let answer = answer::read(entry, &reply.body);
            return answer
                .map(Attempt::Answer)
                .map_err(|error| Fault::caused(ErrorClass::Garbled, &error));
        }
        let fault = Fault::answered(reply.status, &blotted(reply.body, &secrets(&credentials)));
        match reply
            .date
            .filter(|_| fault.class == ErrorClass::Credentials)
        {
            Some(date) if self.corrects(date) => Ok(Attempt::Skewed(fault)),
            _ => Err(fault),
        }
    }

    fn signed(
        &self,
        entry: Entry<'_>,
        body: &str,
        credentials: &Credentials,
    ) -> Result<HttpRequest, Fault> {
        let invalid = |error: &dyn std::error::Error| Fault::caused(ErrorClass::Invalid, error);
        let url = self.session.url(entry.service);
        let identity = credentials.clone().into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.session.region)
            .name(&entry.service.signing)
            .time(self.now())
            .settings(SigningSettings::default())
            .build()
            .map_err(|error| invalid(&error))?
            .into();
        let headers = [("content-type", FORM)].into_iter();
        let signable =
            SignableRequest::new("POST", &url, headers, SignableBody::Bytes(body.as_bytes()))
                .map_err(|error| invalid(&error))?;
        let signature = sign(signable, &parameters).map_err(|error| invalid(&error))?;

        let mut request = HttpRequest::new(SdkBody::from(body));
        request
            .set_method("POST")
            .map_err(|error| invalid(&error))?;
        request.set_uri(url).map_err(|error| invalid(&error))?;
        let fixed = [("content-type", FORM), ("user-agent", AGENT)];
        for (name, value) in signature.output().headers().chain(fixed) {
            let inserted = request
                .headers_mut()
                .try_insert(name.to_owned(), value.to_owned());
            inserted.map_err(|error| invalid(&error))?;
        }
        Ok(request)
    }

    async fn send(&self, request: HttpRequest) -> Result<Reply, Fault> {
        use aws_smithy_runtime_api::client::http::HttpConnector as _;
        let response = self
            .session
            .connector
            .call(request)
            .await
            .map_err(|error| unsent(&error))?;
        let date = response.headers().get("date");
        let date = date.and_then(|date| DateTime::from_str(date, Format::HttpDate).ok());
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
            body,
        })
    }

    fn now(&self) -> SystemTime {
        let skew = self.skew.load(Ordering::Relaxed);
        let by = Duration::from_secs(skew.unsigned_abs());
        if skew < 0 {
            SystemTime::now() - by
        } else {
            SystemTime::now() + by
        }
    }

    /// Whether AWS's `date` shows that what was signed with is too far off; then it is put right.
    fn corrects(&self, date: i64) -> bool {
        let now = DateTime::from(SystemTime::now()).secs();
        let skew = date.saturating_sub(now);
        let off = skew.abs_diff(self.skew.load(Ordering::Relaxed)) > SKEW.unsigned_abs();
        if off {
            self.skew.store(skew, Ordering::Relaxed);
        }
        off
    }
}

enum Attempt {
    Answer(Json),
    /// Refused by a clock that differs from ours, which is corrected now.
    Skewed(Fault),
}

fn unsent(error: &ConnectorError) -> Fault {
    let class = match error {
        error if error.is_timeout() => ErrorClass::Timeout,
        error if error.is_user() => ErrorClass::Invalid,
        _ => ErrorClass::Connection,
    };
    Fault::caused(class, error)
}

fn secrets(credentials: &Credentials) -> [&str; 3] {
    [
        credentials.secret_access_key(),
        credentials.session_token().unwrap_or_default(),
        credentials.access_key_id(),
    ]
}
