//! People on the internet who go to the estate's names, state by state: which address each takes, and what it costs.

mod goal;
mod situation;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sixward_lab::{
    Answerer, Cost, Habit, Lab, Layout, Names, Prober, Reach, Services, Visit, Visited, has_curl,
    visit,
};
use sixward_net::Family;
use sixward_plan::Plan;

use crate::RehearseError;
use crate::report::rehearsal::{Clients, HarmRow, NameRow, VisitRow};
use goal::{Goal, goals};
use situation::{Choices, Situation, Through, ways};

/// So many names are gone to; those that the plan publishes come first.
const MOST: usize = 8;

/// What each client found under a name, where that can be known.
type Found = Vec<(Visit, Option<Visited>)>;

/// Goes to names, and keeps what became of it.
pub(super) struct People {
    names: Arc<Answerer>,
    lab: Arc<Mutex<Lab>>,
    goals: Vec<Goal>,
    /// What each found at the beginning, and last.
    first: BTreeMap<Visit, Option<Visited>>,
    latest: BTreeMap<Visit, Option<Visited>>,
    /// The lab and the names when they were last gone to.
    seen: Option<(Layout, Names)>,
    /// What was found under a name where the same got through to the same addresses: it is found again.
    found: BTreeMap<(String, Situation), Found>,
    choices: Choices,
    looks: usize,
    row: Clients,
}

impl People {
    /// Those who go to the names of a plan's estate.
    pub(super) fn new(plan: &Plan, names: Arc<Answerer>, lab: Arc<Mutex<Lab>>) -> Self {
        let known = lab.lock().unwrap_or_else(PoisonError::into_inner);
        let mut goals = goals(plan, &names.names(), known.layout());
        drop(known);
        let more = goals.len().saturating_sub(MOST);
        goals.truncate(MOST);
        let rows = goals.iter().map(|goal| NameRow {
            name: goal.name.clone(),
            port: goal.port,
        });
        let row = Clients {
            curl: has_curl(),
            more,
            names: rows.collect(),
            ..Clients::default()
        };
        Self {
            names,
            lab,
            goals,
            first: BTreeMap::new(),
            latest: BTreeMap::new(),
            seen: None,
            found: BTreeMap::new(),
            choices: Choices::default(),
            looks: 0,
            row,
        }
    }

    /// Goes to the names as the lab is now. Where neither it nor the names changed, nothing is different.
    pub(super) fn look(&mut self, prober: &mut Prober) -> Result<(), RehearseError> {
        let after = self.looks;
        self.looks += 1;
        let now = (self.lab().layout().clone(), self.names.names());
        if self.goals.is_empty() || self.seen.as_ref() == Some(&now) {
            return Ok(());
        }
        let situations = self.situations(&now.1, prober)?;
        self.seen = Some(now);
        self.go(&situations)?;
        for key in situations {
            for (visit, now) in self.found.get(&key).cloned().unwrap_or_default() {
                self.keep(after, &visit, now);
            }
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Clients {
        self.row
    }

    fn keep(&mut self, after: usize, visit: &Visit, now: Option<Visited>) {
        let before = self.latest.insert(visit.clone(), now);
        let first = *self.first.entry(visit.clone()).or_insert(now);
        if before == Some(now) {
            return;
        }
        self.row.visits.push(row(after, visit, now));
        let harm = HarmRow {
            was: told(first),
            now: row(after, visit, now),
        };
        let known = |it: &HarmRow| it.now.is_same(&harm.now);
        let worse = first
            .zip(now)
            .is_some_and(|(first, now)| is_worse(first, now));
        if worse && !self.row.harms.iter().any(known) {
            self.row.harms.push(harm);
        }
    }

    fn lab(&self) -> MutexGuard<'_, Lab> {
        self.lab.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What decides about the clients of each name now.
    fn situations(
        &mut self,
        names: &Names,
        prober: &mut Prober,
    ) -> Result<Vec<(String, Situation)>, RehearseError> {
        let mut all = Vec::new();
        self.forget(&self.lab())?;
        for goal in &self.goals {
            let ways = ways(goal, names, prober, &mut self.choices)?;
            all.push((goal.name.clone(), ways));
        }
        // It listens where the services do.
        prober.rest();
        Ok(all)
    }

    /// Everybody goes where something is new to be found, all at the same time.
    fn go(&mut self, situations: &[(String, Situation)]) -> Result<(), RehearseError> {
        let all = self.goals.iter().zip(situations);
        let new: Vec<_> = all
            .filter(|(_, key)| !self.found.contains_key(*key))
            .collect();
        let mut visits = Vec::new();
        for (goal, (_, ways)) in &new {
            let unknown = |visit: &Visit| {
                let mut own = ways.iter().filter(|way| way.reach == visit.reach);
                own.any(|way| way.through == Through::Unknown)
            };
            visits.extend(clients(goal, self.row.curl).filter(|visit| !unknown(visit)));
        }
        let lab = self.lab();
        self.forget(&lab)?;
        let doors = new.iter().flat_map(|(goal, _)| goal.doors.iter().cloned());
        let doors: BTreeSet<_> = doors.collect();
        let doors: Vec<_> = doors.into_iter().collect();
        let services = Services::open(&lab, &doors).map_err(RehearseError::Lab)?;
        let visited = visit(&lab, &visits).map_err(RehearseError::Lab)?;
        drop((services, lab));
        let visited: BTreeMap<_, _> = visits.into_iter().zip(visited).collect();
        let found: Vec<_> = new
            .into_iter()
            .map(|(goal, key)| {
                let all = clients(goal, self.row.curl);
                let found = all.map(|visit| {
                    let now = visited.get(&visit).copied();
                    (visit, now)
                });
                (key.clone(), found.collect())
            })
            .collect();
        self.found.extend(found);
        Ok(())
    }

    /// What was learned of ways before does not help who comes now.
    fn forget(&self, lab: &Lab) -> Result<(), RehearseError> {
        for (node, _) in self.goals.iter().flat_map(|goal| &goal.doors) {
            lab.forget_ways(node).map_err(RehearseError::Lab)?;
        }
        Ok(())
    }
}

/// Those who go to a name.
fn clients(goal: &Goal, curl: bool) -> impl Iterator<Item = Visit> {
    let each = Reach::ALL.into_iter();
    let each = each.flat_map(|reach| Habit::ALL.map(|habit| (reach, habit)));
    let each = each.filter(move |(_, habit)| curl || *habit != Habit::Curl);
    each.map(|(reach, habit)| Visit {
        reach,
        habit,
        name: goal.name.clone(),
        port: goal.port,
        large: goal.large,
    })
}

/// Whether somebody is worse off who has come all the way at the beginning. Who never came is not.
fn is_worse(first: Visited, now: Visited) -> bool {
    match (first, now) {
        (Visited::Reached(_, before), Visited::Reached(_, cost)) => {
            cost > before && matches!(cost, Cost::Seconds(_))
        }
        (Visited::Reached(..), _) => true,
        _ => false,
    }
}

fn row(after: usize, visit: &Visit, visited: Option<Visited>) -> VisitRow {
    let (address, seconds) = match visited {
        Some(Visited::Reached(address, cost) | Visited::Stalled(address, cost)) => {
            (Some(address), seconds(cost))
        }
        Some(Visited::Lost(cost)) => (None, seconds(cost)),
        Some(Visited::NoAddress) | None => (None, 0),
    };
    VisitRow {
        after,
        name: visit.name.clone(),
        port: visit.port,
        reach: visit.reach.to_string(),
        client: visit.habit.to_string(),
        address,
        seconds,
        told: told(visited),
    }
}

fn seconds(cost: Cost) -> u64 {
    match cost {
        Cost::Seconds(seconds) => seconds,
        Cost::Nothing | Cost::Tries => 0,
    }
}

fn told(visited: Option<Visited>) -> String {
    let Some(visited) = visited else {
        return "not known: it hangs on the target, or on what is not built".to_owned();
    };
    match visited {
        Visited::Reached(address, cost) => {
            let family = family(address);
            match cost {
                Cost::Nothing => format!("{family} at once"),
                Cost::Tries => format!("{family} after a try that failed"),
                Cost::Seconds(seconds) => format!("{family} after {seconds} s"),
            }
        }
        Visited::Stalled(address, cost) => match (family(address), cost) {
            (family, Cost::Seconds(seconds)) => {
                format!("{family} connects, and no page comes in {seconds} s")
            }
            (family, _) => format!("{family} connects, and the connection breaks"),
        },
        Visited::Lost(Cost::Seconds(seconds)) => format!("not reached in {seconds} s"),
        Visited::Lost(_) => "not reached".to_owned(),
        Visited::NoAddress => "no such name".to_owned(),
    }
}

fn family(address: IpAddr) -> Family {
    if address.is_ipv4() {
        Family::V4
    } else {
        Family::V6
    }
}
