//! The world that a plan is carried out in.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sixward_apply::{Driver, Fault, FaultClass, Flow, Order, Scope};
use sixward_drivers::Account;
use sixward_drivers::aws::Cloud;
use sixward_estate::{Estate, Provider};
use sixward_plan::{Change, Plan};
use sixward_sim::{Sim, read_sim, write_sim};

use crate::project::write_file;
use crate::{Error, WorldError};

/// The cloud in memory gives the same blocks each time.
const SEED: u64 = 6;

/// Where a plan is carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum World {
    /// A cloud in memory that refuses and does by itself what the provider does; kept in a file beside
    /// its journal.
    Simulation,
    /// The account that the estate was read from; what is not said is taken from the plan.
    Live {
        /// `aws:us-east-1`, `aws:us-east-1,PROFILE`; from the plan when nothing is said.
        account: Option<Account>,
        /// Called in place of the provider.
        endpoint: Option<String>,
        /// The first pause before something is looked at again; the driver's own unless said.
        pace: Option<Duration>,
    },
}

impl World {
    /// The folder of its journal, beside the plan: what was only tried is not mixed with what was done.
    pub(crate) fn journal_folder(&self) -> &'static str {
        match self {
            Self::Simulation => "simulation",
            Self::Live { .. } => "journal",
        }
    }

    pub(crate) fn words(&self) -> Vec<String> {
        match self {
            Self::Simulation => vec!["--sim".to_owned()],
            Self::Live { account, .. } => account
                .iter()
                .flat_map(|account| ["--at".to_owned(), named(account)])
                .collect(),
        }
    }

    /// Opens it, and gives its name.
    pub(crate) fn open(
        &self,
        plan: &Plan,
        folder: &Path,
    ) -> Result<(Box<dyn Driver>, String), Error> {
        match self {
            Self::Simulation => {
                let file = folder.join(self.journal_folder()).join("cloud.json");
                Ok((Box::new(Kept::open(plan, file)?), "simulation".to_owned()))
            }
            Self::Live {
                account,
                endpoint,
                pace,
            } => {
                let mut account = match account {
                    Some(account) => account.clone(),
                    None => of_plan(plan)?,
                };
                account.endpoint = account.endpoint.or_else(|| endpoint.clone());
                let name = named(&account);
                let cloud = Cloud::open(&account).map_err(WorldError::Live)?;
                let cloud = match pace {
                    Some(first) => cloud.pace(*first),
                    None => cloud,
                };
                Ok((Box::new(cloud), name))
            }
        }
    }
}

fn named(account: &Account) -> String {
    match &account.profile {
        Some(profile) => format!("aws:{},{profile}", account.region),
        None => format!("aws:{}", account.region),
    }
}

/// The region that the plan's networks stand in.
fn of_plan(plan: &Plan) -> Result<Account, WorldError> {
    let places = plan.before.networks.iter().map(|network| &network.place);
    let mut regions: Vec<_> = places
        .map(|place| match place.provider {
            Provider::Aws => Ok(place.region.to_string()),
            _ => Err(WorldError::Nowhere),
        })
        .collect::<Result<_, _>>()?;
    regions.sort();
    regions.dedup();
    match regions.as_slice() {
        [region] if !region.is_empty() => Ok(Account {
            region: region.clone(),
            ..Account::default()
        }),
        [] | [_] => Err(WorldError::Nowhere),
        several => Err(WorldError::Regions(several.to_vec())),
    }
}

/// The cloud in memory, written into its file after each change: a process that ends takes nothing with it.
struct Kept {
    sim: Sim,
    file: PathBuf,
}

impl Kept {
    fn open(plan: &Plan, file: PathBuf) -> Result<Self, Error> {
        let sim = match fs::read(&file) {
            Ok(bytes) => read_sim(&bytes).map_err(|source| WorldError::Kept {
                path: file.clone(),
                source,
            })?,
            Err(_) => Sim::new(plan.before.clone(), SEED),
        };
        Ok(Self { sim, file })
    }

    fn keep(&self) -> Result<(), Fault> {
        let written = write_file(&self.file, |out| out.write_all(&write_sim(&self.sim)?));
        written.map_err(|error| Fault::new(FaultClass::Unknown, error.to_string()))
    }
}

impl Driver for Kept {
    fn by_hand(&self, change: &Change) -> Option<&'static str> {
        self.sim.by_hand(change)
    }

    fn discover(&mut self) -> Result<Estate, Fault> {
        self.sim.discover()
    }

    fn read(&mut self, scope: &Scope) -> Result<Estate, Fault> {
        self.sim.read(scope)
    }

    fn make(&mut self, orders: &[Order], told: &mut dyn FnMut(usize, Result<(), Fault>) -> Flow) {
        let mut answers = Vec::new();
        self.sim.make(orders, &mut |at, answer| {
            answers.push((at, answer));
            Flow::Go
        });
        // Once for all of a round: a big estate is a big file.
        let kept = self.keep();
        for (at, answer) in answers {
            if told(at, answer.and(kept.clone())) == Flow::Stop {
                return;
            }
        }
    }

    fn pause(&mut self, attempt: u32) {
        self.sim.pause(attempt);
    }
}
