//! AWS: one region of one account, read through its API.
//!
//! The parts, in the order of a call: `inventory` says which calls to make, `survey` makes
//! them a few at a time, `client` makes one with all its pages and retries, `wire` signs and
//! sends a request (`session` has the user's credentials and settings; `endpoint`, `query`,
//! `clock`, `fault` and `retry` the rules), `xml` and `answer` turn the reply into `json` by
//! the table in `shapes`, `page` merges pages.
//!
//! A [`Cloud`] is the same account as a world that changes are made in: `look` says which calls read a
//! part of the estate, `write` which calls a change takes, `known` what is known after a fault.

mod answer;
mod client;
mod clock;
mod cloud;
mod endpoint;
mod error;
mod fault;
mod inventory;
mod json;
mod known;
mod login;
mod look;
mod page;
mod query;
mod retry;
mod session;
mod shapes;
mod survey;
mod timestamp;
mod wire;
mod write;
mod xml;

pub use cloud::Cloud;
pub use error::{DiscoverError, ErrorClass};
pub use login::{Answer, Keys, Login, Unsent};

use sixward_ingest::Ingested;
use sixward_ingest::aws::Reader;
use tokio::runtime::Runtime;

/// What to read, and as whom.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Account {
    /// `us-east-1`.
    pub region: String,
    /// A profile of the user's AWS configuration; the default chain without one.
    pub profile: Option<String>,
    /// Called in place of AWS, whatever the service: a test server. Without one, the
    /// user's `AWS_ENDPOINT_URL` and `endpoint_url` settings hold.
    pub endpoint: Option<String>,
}

/// One file as the aws CLI would have printed it.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Dump {
    /// `us-east-1/ec2-describe-vpcs.json`.
    pub path: String,
    /// The output of `aws ec2 describe-vpcs --output json`, to the byte.
    pub json: Vec<u8>,
}

/// A call that gave no answer: what it would have shown is unknown, not absent.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Unread {
    /// The dump that is missing for it.
    pub path: String,
    /// The action as a policy names it, with the object where there is one:
    /// `ec2:SearchTransitGatewayRoutes tgw-rtb-0123`.
    pub operation: String,
    /// One line: the service's code and message, or what broke.
    pub reason: String,
    /// What kind of refusal it was.
    pub class: ErrorClass,
}

/// What an account was found to hold.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Discovery {
    /// The twelve digits, unless that call was refused.
    pub account_id: Option<String>,
    /// Sorted by path.
    pub dumps: Vec<Dump>,
    /// Sorted by path.
    pub unread: Vec<Unread>,
}

impl Discovery {
    /// Gives every dump to `take`, with the path that says whose it is, and puts the estate together.
    pub fn read<E>(
        &self,
        mut take: impl FnMut(&mut Reader, &str, &[u8]) -> Result<(), E>,
    ) -> Result<Ingested, E> {
        let mut reader = Reader::new();
        for dump in &self.dumps {
            // An account number in the path says whose it is where the answer does not.
            let shown = match &self.account_id {
                Some(account) => format!("{account}/{}", dump.path),
                None => dump.path.clone(),
            };
            take(&mut reader, &shown, &dump.json)?;
        }
        Ok(reader.finish())
    }
}

/// Told how the work goes. `()` is the silent one.
pub trait Progress: Sync {
    /// `calls` more calls will be made; told again whenever an answer gives cause for more.
    fn begin(&self, calls: usize);
    /// One call is over, answered or not.
    fn done(&self, operation: &str);
    /// Something worth a line: a further page, a pause before trying again.
    fn note(&self, text: &str);
}

impl Progress for () {
    fn begin(&self, _: usize) {}
    fn done(&self, _: &str) {}
    fn note(&self, _: &str) {}
}

/// Reads all that a migration needs to know of `account`. Blocks until done.
///
/// A refused call becomes an [`Unread`]; an error means that nothing could be read.
pub fn discover(account: &Account, progress: &dyn Progress) -> Result<Discovery, DiscoverError> {
    runtime()?.block_on(async {
        let client = survey::open(account).await?;
        survey::survey(&client, progress).await
    })
}

fn runtime() -> Result<Runtime, DiscoverError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.map_err(|source| DiscoverError::Setup {
        what: "no async runtime",
        source: source.into(),
    })
}
