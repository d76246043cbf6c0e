//! The whole discovery: first a knock on the door, then everything, a few calls at a time.

use futures_util::stream::{self, StreamExt as _};

use super::client::Client;
use super::fault::{Fault, causes};
use super::inventory;
use super::json::Json;
use super::query::Call;
use super::session::Session;
use super::{Account, DiscoverError, Discovery, Dump, ErrorClass, Progress, Unread};

/// Calls under way at once: well under what EC2's request buckets refill.
const ABREAST: usize = 8;

/// A client for an account whose settings and credentials can be used.
pub(crate) async fn open(account: &Account) -> Result<Client, DiscoverError> {
    let client = Client::new(Session::open(account).await?)?;
    check_endpoint(account)?;
    check_credentials(&client, account).await?;
    Ok(client)
}

/// Reads everything.
pub(crate) async fn survey(
    client: &Client,
    progress: &dyn Progress,
) -> Result<Discovery, DiscoverError> {
    progress.begin(1);
    let identity = make(client, inventory::identity(), progress).await;
    check_door(client, &identity, progress).await?;
    let mut found = Findings {
        account_id: identity.account_id(),
        ..Findings::default()
    };
    found.missed(client, &identity);
    let roots = inventory::roots().collect();
    ask(client, roots, inventory::follow_ups, &mut found, progress).await?;
    found.finish()
}

/// Reads what some calls give, and those that their answers give cause for.
pub(crate) async fn part(
    client: &Client,
    calls: Vec<Call>,
    follow_ups: impl Fn(&Call, &Json) -> Vec<Call>,
) -> Result<Discovery, DiscoverError> {
    let mut found = Findings::default();
    ask(client, calls, follow_ups, &mut found, &()).await?;
    Ok(found.sorted())
}

async fn ask(
    client: &Client,
    mut calls: Vec<Call>,
    follow_ups: impl Fn(&Call, &Json) -> Vec<Call>,
    found: &mut Findings,
    progress: &dyn Progress,
) -> Result<(), DiscoverError> {
    while !calls.is_empty() {
        progress.begin(calls.len());
        let made = stream::iter(calls).map(|call| make(client, call, progress));
        let made: Vec<Made> = made.buffer_unordered(ABREAST).collect().await;
        let answered = made
            .iter()
            .filter_map(|made| Some((&made.call, made.outcome.as_ref().ok()?)));
        calls = answered
            .flat_map(|(call, answer)| follow_ups(call, answer))
            .collect();
        for made in &made {
            found.add(client, made)?;
        }
    }
    Ok(())
}

fn check_endpoint(account: &Account) -> Result<(), DiscoverError> {
    match account.endpoint.as_deref() {
        Some(endpoint) if !endpoint.starts_with("http://") && !endpoint.starts_with("https://") => {
            Err(DiscoverError::Endpoint {
                endpoint: endpoint.to_owned(),
            })
        }
        _ => Ok(()),
    }
}

async fn check_credentials(client: &Client, account: &Account) -> Result<(), DiscoverError> {
    let credentials = client.session.credentials().await;
    credentials
        .map(drop)
        .map_err(|error| DiscoverError::NoCredentials {
            profile: account.profile.clone(),
            source: causes(&error).into(),
        })
}

/// Every account may ask who it is; so what stops this call stops all of them. Except that
/// a private network may reach EC2 and not STS: then EC2 decides.
async fn check_door(
    client: &Client,
    identity: &Made,
    progress: &dyn Progress,
) -> Result<(), DiscoverError> {
    let Err(fault) = &identity.outcome else {
        return Ok(());
    };
    match fault.class {
        ErrorClass::Credentials => Err(DiscoverError::CredentialsRefused {
            reason: fault.reason.clone(),
        }),
        ErrorClass::Connection | ErrorClass::Timeout => {
            progress.begin(1);
            let second = make(client, Call::new("ec2", "DescribeVpcs"), progress).await;
            match second.outcome {
                Err(Fault {
                    class: ErrorClass::Connection | ErrorClass::Timeout,
                    reason,
                    ..
                }) => {
                    let service = client.entry(&second.call).map(|entry| entry.service);
                    let endpoint = service
                        .map_or_else(|_| String::new(), |service| client.session.url(service));
                    Err(DiscoverError::Unreachable { endpoint, reason })
                }
                _ => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

/// A call and how it ended.
struct Made {
    call: Call,
    outcome: Result<Json, Fault>,
}

async fn make(client: &Client, call: Call, progress: &dyn Progress) -> Made {
    let outcome = client.call(&call, progress).await;
    if let Ok(entry) = client.entry(&call) {
        progress.done(&call.title(entry));
    }
    Made { call, outcome }
}

impl Made {
    fn account_id(&self) -> Option<String> {
        self.outcome
            .as_ref()
            .ok()?
            .text("Account")
            .map(str::to_owned)
    }
}

/// What the calls have brought in so far.
#[derive(Default)]
struct Findings {
    account_id: Option<String>,
    dumps: Vec<Dump>,
    unread: Vec<Unread>,
}

impl Findings {
    fn add(&mut self, client: &Client, made: &Made) -> Result<(), DiscoverError> {
        self.missed(client, made);
        if let (Ok(answer), Ok(entry)) = (&made.outcome, client.entry(&made.call)) {
            let json = answer.print().map_err(|source| DiscoverError::Setup {
                what: "an answer cannot be printed",
                source: source.into(),
            })?;
            self.dumps.push(Dump {
                path: made.call.path(entry, &client.session.region),
                json,
            });
        }
        Ok(())
    }

    fn missed(&mut self, client: &Client, made: &Made) {
        if let (Err(fault), Ok(entry)) = (&made.outcome, client.entry(&made.call)) {
            self.unread.push(Unread {
                path: made.call.path(entry, &client.session.region),
                operation: made.call.title(entry),
                reason: fault.reason.clone(),
                class: fault.class,
            });
        }
    }

    fn finish(self) -> Result<Discovery, DiscoverError> {
        match self.unread.first() {
            Some(first) if self.dumps.is_empty() => Err(DiscoverError::AllRefused {
                calls: self.unread.len(),
                operation: first.operation.clone(),
                reason: first.reason.clone(),
            }),
            _ => Ok(self.sorted()),
        }
    }

    fn sorted(mut self) -> Discovery {
        self.dumps.sort();
        self.unread.sort();
        Discovery {
            account_id: self.account_id,
            dumps: self.dumps,
            unread: self.unread,
        }
    }
}
