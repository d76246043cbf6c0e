//! An account as a world that changes are made in.

use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt as _};
use sixward_apply::{Driver, Fault, FaultClass, Flow, Order, Scope};
use sixward_estate::Estate;
use sixward_ingest::ReadDumpError;
use sixward_ingest::aws::Reader;
use sixward_plan::Change;
use tokio::runtime::Runtime;

use super::client::Client;
use super::{Account, DiscoverError, Discovery, Dump, inventory, known, look, survey, write};

/// Changes under way at once: well under what EC2's request buckets for writing calls refill.
const AT_ONCE: usize = 8;

/// How often something that is under way is looked at again: with pauses up to 20 s about five minutes.
pub(super) const LOOKS: u32 = 20;

/// One region of one account, to be read and changed.
#[derive(Debug)]
pub struct Cloud {
    runtime: Runtime,
    client: Client,
    /// The twelve digits, once they were asked for; empty when nobody says.
    account_id: Option<String>,
}

impl Cloud {
    /// Opens an account whose settings and credentials can be used. Nothing is called yet.
    pub fn open(account: &Account) -> Result<Self, DiscoverError> {
        let runtime = super::runtime()?;
        let client = runtime.block_on(survey::open(account))?;
        Ok(Self {
            runtime,
            client,
            account_id: None,
        })
    }

    /// The first pause before something is looked at or tried again; further ones double, up to 20 s.
    /// Without this it is half a second.
    #[must_use]
    pub fn pace(mut self, first: Duration) -> Self {
        self.client.pace.first = first;
        self
    }

    /// How long an answer is waited for. Without this it is a minute.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.client.pace.patience = patience;
        self
    }

    fn look(&self, scope: &Scope) -> Result<Discovery, Fault> {
        let part = survey::part(&self.client, look::calls(scope), look::follow_ups);
        let discovery = self.runtime.block_on(part);
        discovery.map_err(|error| known::of_discovery(&error))
    }

    /// Whose account it is: places of what does not say it itself depend on it.
    fn account_id(&mut self) -> String {
        if self.account_id.is_none() {
            let call = inventory::identity();
            let answer = self.runtime.block_on(self.client.call(&call, &())).ok();
            let said = answer.and_then(|it| it.text("Account").map(str::to_owned));
            self.account_id = Some(said.unwrap_or_default());
        }
        self.account_id.clone().unwrap_or_default()
    }
}

impl Driver for Cloud {
    fn by_hand(&self, change: &Change) -> Option<&'static str> {
        write::task(change, "").err()
    }

    fn discover(&mut self) -> Result<Estate, Fault> {
        let survey = survey::survey(&self.client, &());
        let discovery = self.runtime.block_on(survey);
        let discovery = discovery.map_err(|error| known::of_discovery(&error))?;
        self.account_id.clone_from(&discovery.account_id);
        read(&discovery)
    }

    fn read(&mut self, scope: &Scope) -> Result<Estate, Fault> {
        let mut discovery = self.look(scope)?;
        // A block that is being associated is the network's, and no subnet can have a part of it yet; a
        // database takes minutes to change. Looks of the engine are not for that.
        for attempt in 1..=LOOKS {
            if !discovery.dumps.iter().any(is_under_way) {
                break;
            }
            self.pause(attempt);
            discovery = self.look(scope)?;
        }
        discovery.account_id = Some(self.account_id()).filter(|id| !id.is_empty());
        read(&discovery)
    }

    fn make(&mut self, orders: &[Order], told: &mut dyn FnMut(usize, Result<(), Fault>) -> Flow) {
        let client = &self.client;
        self.runtime.block_on(async {
            let mut left = orders.iter().enumerate();
            let mut under_way = FuturesUnordered::new();
            let mut flow = Flow::Go;
            loop {
                while flow == Flow::Go && under_way.len() < AT_ONCE {
                    let Some((at, order)) = left.next() else {
                        break;
                    };
                    under_way.push(async move { (at, write::make(client, order).await) });
                }
                let Some((at, answer)) = under_way.next().await else {
                    break;
                };
                if told(at, answer) == Flow::Stop {
                    flow = Flow::Stop;
                }
            }
        });
    }

    fn pause(&mut self, attempt: u32) {
        std::thread::sleep(self.client.pace.pause(attempt));
    }
}

/// How dumps say that something is under way: blocks, attachments, databases (instances, clusters), load
/// balancers. Until it is over they show what was, or what no further call can be built upon.
const UNDER_WAY: [&str; 5] = [
    "\"State\": \"associating\"",
    "\"State\": \"modifying\"",
    "\"DBInstanceStatus\": \"modifying\"",
    "\"Status\": \"modifying\"",
    "\"Code\": \"provisioning\"",
];

fn is_under_way(dump: &Dump) -> bool {
    let text = String::from_utf8_lossy(&dump.json);
    UNDER_WAY.iter().any(|state| text.contains(state))
}

/// The estate of what was read, all of which must have been.
fn read(discovery: &Discovery) -> Result<Estate, Fault> {
    known::of_unread(discovery)?;
    let ingested = discovery.read(Reader::read);
    let unreadable = |error: ReadDumpError| Fault::new(FaultClass::Refused, error.to_string());
    Ok(ingested.map_err(unreadable)?.estate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_under_way_is_seen_in_a_dump() {
        let dump = |json: &str| Dump {
            path: String::new(),
            json: json.into(),
        };
        assert!(is_under_way(&dump("{\"State\": \"associating\"}")));
        assert!(is_under_way(&dump("{\"DBInstanceStatus\": \"modifying\"}")));
        assert!(!is_under_way(&dump("{\"State\": \"associated\"}")));
        assert!(!is_under_way(&dump("{\"Description\": \"modifying\"}")));
    }
}
