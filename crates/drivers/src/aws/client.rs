//! One call, from its parameters to its merged JSON: sent, retried, read, page by page.

use std::time::Duration;

use aws_credential_types::Credentials;

use super::clock::Clock;
use super::fault::{Fault, blotted};
use super::json::Json;
use super::page::Merge;
use super::query::Call;
use super::session::Session;
use super::shapes::{Entry, Table};
use super::wire::{self, Letter};
use super::{DiscoverError, ErrorClass, Progress, answer, retry};

/// For one attempt, from the first byte sent to the last one read.
const PATIENCE: Duration = Duration::from_mins(1);
/// How often a call that writes is made as long as it is throttled, which is the one fault that says
/// for certain that nothing was done and that it will be taken later.
const WRITES: u32 = 4;

#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) table: Table,
    pub(crate) session: Session,
    pub(crate) pace: Pace,
    clock: Clock,
}

/// How long it is waited: for an answer, and before another try.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    pub(crate) patience: Duration,
    /// The first pause; further ones double.
    pub(crate) first: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            patience: PATIENCE,
            first: retry::FIRST,
        }
    }
}

/// What one attempt came to, if not a fault.
enum Attempt {
    Answer(Json),
    /// Refused by a clock that differs from ours, which is corrected now.
    Skewed(Fault),
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
            pace: Pace::default(),
            clock: Clock::default(),
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

    /// Makes a call that writes. Whoever asked for it decides whether it is made again: after a lost
    /// answer it may be done.
    pub(crate) async fn write(&self, call: &Call) -> Result<Json, Fault> {
        let entry = self.entry(call)?;
        let body = call.body(entry, &Vec::new(), None);
        let mut corrected = false;
        for made in 1_u32.. {
            let fault = match self.attempt(entry, &body).await {
                Ok(Attempt::Answer(answer)) => return Ok(answer),
                Ok(Attempt::Skewed(_)) if !corrected => {
                    corrected = true;
                    continue;
                }
                Ok(Attempt::Skewed(fault)) | Err(fault) => fault,
            };
            if fault.class != ErrorClass::Throttled || made >= WRITES {
                return Err(fault);
            }
            tokio::time::sleep(self.pace.pause(made).max(fault.after)).await;
        }
        Err(Fault::new(ErrorClass::Server, "no attempt was made"))
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
            let pause = retry::pause(fault.class, made, fastrand::f64()).max(fault.after);
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
        let letter = Letter {
            url: &self.session.url(entry.service),
            body,
            region: &self.session.region,
            service: &entry.service.signing,
            time: self.clock.now(),
        };
        let sending = wire::send(&self.session.connector, letter.signed(&credentials)?);
        let patience = self.pace.patience;
        let sent = tokio::time::timeout(patience, sending).await;
        let late = |_| {
            Fault::new(
                ErrorClass::Timeout,
                format!("no answer within {patience:?}"),
            )
        };
        let reply = sent.map_err(late)??;
        if (200..300).contains(&reply.status) {
            let answer = answer::read(entry, &reply.body).map(Attempt::Answer);
            return answer.map_err(|error| Fault::caused(ErrorClass::Garbled, &error));
        }
        let said = blotted(reply.body, &secrets(&credentials));
        let fault = Fault::answered(reply.status, &said).after(reply.retry_after);
        match reply
            .date
            .filter(|_| fault.class == ErrorClass::Credentials)
        {
            Some(date) if self.clock.corrected_by(date) => Ok(Attempt::Skewed(fault)),
            _ => Err(fault),
        }
    }
}

impl Pace {
    /// The pause before the next try, after `made` of them; a part of it is chance.
    pub(crate) fn pause(self, made: u32) -> Duration {
        retry::doubled(self.first, made).mul_f64(0.5 + fastrand::f64() / 2.0)
    }
}

fn secrets(credentials: &Credentials) -> [&str; 3] {
    [
        credentials.secret_access_key(),
        credentials.session_token().unwrap_or_default(),
        credentials.access_key_id(),
    ]
}
