//! Clients of the internet in a rehearsal: what each found under the names, and who is worse off.

use std::net::IpAddr;

use serde::Serialize;

/// What clients found who went to names.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Clients {
    /// Whether the real `curl` is here and was among them.
    pub curl: bool,
    /// The names that were gone to.
    pub names: Vec<NameRow>,
    /// So many others were not.
    pub more: usize,
    /// What each found in the first state, and when it found something else.
    pub visits: Vec<VisitRow>,
    /// Who is worse off than before the plan, by seconds or altogether.
    pub harms: Vec<HarmRow>,
}

/// A name that was gone to.
#[derive(Debug, Clone, Serialize)]
pub struct NameRow {
    /// The name.
    pub name: String,
    /// At which TCP port.
    pub port: u16,
}

/// What a client found.
#[derive(Debug, Clone, Serialize)]
pub struct VisitRow {
    /// In which state.
    pub after: usize,
    /// The name.
    pub name: String,
    /// The TCP port.
    pub port: u16,
    /// The families that the client has.
    pub reach: String,
    /// What it does with several addresses.
    pub client: String,
    /// The address it has a connection to.
    pub address: Option<IpAddr>,
    /// What that cost, or that there is none, in whole seconds.
    pub seconds: u64,
    /// In words.
    pub told: String,
}

/// A client that is worse off.
#[derive(Debug, Clone, Serialize)]
pub struct HarmRow {
    /// What it found before the plan.
    pub was: String,
    /// What it finds now.
    pub now: VisitRow,
}

impl VisitRow {
    /// Whether such a client finds the same in the same state, under whatever name.
    pub(crate) fn is_alike(&self, other: &Self) -> bool {
        (self.after, &self.reach, &self.client, &self.told)
            == (other.after, &other.reach, &other.client, &other.told)
    }

    /// Whether the same client finds the same, in whatever state.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let who = |it: &Self| {
            (
                it.name.clone(),
                it.port,
                it.reach.clone(),
                it.client.clone(),
            )
        };
        who(self) == who(other) && self.told == other.told
    }
}

impl HarmRow {
    /// Whether the same happens to another client of the same kind of connection.
    pub(crate) fn is_alike(&self, other: &Self) -> bool {
        let to = |it: &Self| (it.now.after, it.now.name.clone(), it.now.port);
        let what = |it: &Self| (it.now.reach.clone(), it.was.clone(), it.now.told.clone());
        to(self) == to(other) && what(self) == what(other)
    }
}
