//! People on the internet who go to the estate's names, state by state: which address each takes, and what it costs.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sixward_estate::{Action, Direction, Estate, HostId, Remote};
use sixward_lab::{
    Answerer, Carries, Cost, Flow, Habit, Lab, Layout, Named, Names, NodeId, Prober, Reach, Seen,
    Services, Visit, Visited, has_curl, visit,
};
use sixward_net::{Family, Ports, Traffic};
use sixward_plan::{Change, Plan};

use crate::RehearseError;
use crate::report::rehearsal::{Clients, HarmRow, NameRow, VisitRow};

/// So many names are gone to; those that the plan publishes come first.
const MOST: usize = 8;
/// What somebody goes to where more than one port is open to everyone.
const USUAL: [u16; 2] = [443, 80];

/// The addresses of the names, for each kind of connection, and what gets through to each.
type Situation = Vec<(Reach, IpAddr, u16, Through)>;

/// What gets through to an address and back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Through {
    Nothing,
    Connections,
    Much,
}

/// Goes to names, and keeps what became of it.
pub(super) struct People {
    names: Arc<Answerer>,
    lab: Arc<Mutex<Lab>>,
    doors: Vec<(NodeId, u16)>,
    visits: Vec<Visit>,
    /// What each found at the beginning, and last.
    first: BTreeMap<Visit, Visited>,
    latest: BTreeMap<Visit, Visited>,
    /// The lab and the names when they were last gone to.
    seen: Option<(Layout, Names)>,
    /// What was found where the same addresses were told and the same of them answered: it is found again.
    found: BTreeMap<Situation, Vec<Visited>>,
    looks: usize,
    row: Clients,
}

impl People {
    /// Those who go to the names of a plan's estate.
    pub(super) fn new(plan: &Plan, names: Arc<Answerer>, lab: Arc<Mutex<Lab>>) -> Self {
        let curl = has_curl();
        let all = goals(plan, &names.names());
        let (mut doors, mut visits, mut rows) = (Vec::new(), Vec::new(), Vec::new());
        for (name, host, port) in all.iter().take(MOST) {
            doors.push((NodeId::Host(host.clone()), *port));
            rows.push(NameRow {
                name: name.clone(),
                port: *port,
            });
            for reach in Reach::ALL {
                let habits = Habit::ALL.into_iter();
                let habits = habits.filter(|habit| curl || *habit != Habit::Curl);
                visits.extend(habits.map(|habit| Visit {
                    reach,
                    habit,
                    name: name.clone(),
                    port: *port,
                }));
            }
        }
        Self {
            names,
            lab,
            doors,
            visits,
            first: BTreeMap::new(),
            latest: BTreeMap::new(),
            seen: None,
            found: BTreeMap::new(),
            looks: 0,
            row: Clients {
                curl,
                more: all.len() - rows.len(),
                names: rows,
                ..Clients::default()
            },
        }
    }

    /// Goes to the names as the lab is now. Where neither it nor the names changed, nothing is different.
    pub(super) fn look(&mut self, prober: &mut Prober) -> Result<(), RehearseError> {
        let after = self.looks;
        self.looks += 1;
        if self.visits.is_empty() {
            return Ok(());
        }
        let now = (self.lab().layout().clone(), self.names.names());
        if self.seen.as_ref() == Some(&now) {
            return Ok(());
        }
        let situation = self.situation(&now.1, prober)?;
        self.seen = Some(now);
        let visited = match self.found.get(&situation) {
            Some(found) => found.clone(),
            None => self.go()?,
        };
        self.found.insert(situation, visited.clone());
        for (visit, now) in self.visits.iter().zip(visited) {
            let before = self.latest.insert(visit.clone(), now);
            let first = *self.first.entry(visit.clone()).or_insert(now);
            if before == Some(now) {
                continue;
            }
            self.row.visits.push(row(after, visit, now));
            let harm = HarmRow {
                was: told(first),
                now: row(after, visit, now),
            };
            let known = |it: &HarmRow| it.now.is_same(&harm.now);
            if is_worse(first, now) && !self.row.harms.iter().any(known) {
                self.row.harms.push(harm);
            }
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Clients {
        self.row
    }

    fn lab(&self) -> MutexGuard<'_, Lab> {
        self.lab.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everybody goes to every name.
    fn go(&self) -> Result<Vec<Visited>, RehearseError> {
        let lab = self.lab();
        self.forget(&lab)?;
        let services = Services::open(&lab, &self.doors).map_err(RehearseError::Lab)?;
        let visited = visit(&lab, &self.visits).map_err(RehearseError::Lab);
        drop(services);
        visited
    }

    /// What was learned of ways before does not help who comes now.
    fn forget(&self, lab: &Lab) -> Result<(), RehearseError> {
        for (node, _) in &self.doors {
            lab.forget_ways(node).map_err(RehearseError::Lab)?;
        }
        Ok(())
    }

    fn situation(&self, names: &Names, prober: &mut Prober) -> Result<Situation, RehearseError> {
        let mut situation = Vec::new();
        for name in &self.row.names {
            let told = names.addresses(&name.name).into_iter().flatten();
            for (address, reach) in told.flat_map(|it| Reach::ALL.map(|reach| (*it, reach))) {
                self.forget(&self.lab())?;
                let through = through(prober, reach, address, name.port)?;
                situation.push((reach, address, name.port, through));
            }
        }
        // They listen where the services do.
        prober.rest();
        Ok(situation)
    }
}

fn through(
    prober: &mut Prober,
    reach: Reach,
    address: IpAddr,
    port: u16,
) -> Result<Through, RehearseError> {
    let Some(source) = reach.address(family(address)) else {
        return Ok(Through::Nothing);
    };
    let mut passes = |carries| {
        let seen = prober.try_flow(&Flow {
            from: NodeId::Client(reach),
            source,
            destination: address,
            carries,
        });
        seen.map(|seen| matches!(seen, Seen::Answered(_)))
            .map_err(RehearseError::Probe)
    };
    Ok(if !passes(Carries::Tcp(None, port))? {
        Through::Nothing
    } else if passes(Carries::Large(None, port))? {
        Through::Much
    } else {
        Through::Connections
    })
}

/// Names with the host and the port that is gone to: those that the plan publishes come first.
fn goals(plan: &Plan, names: &Names) -> Vec<(String, HostId, u16)> {
    let published: BTreeSet<_> = plan
        .steps
        .iter()
        .filter_map(|step| match &step.change {
            Change::PublishNames { subject, .. } => Some(subject.id.as_str()),
            _ => None,
        })
        .collect();
    let mut goals: Vec<_> = names
        .iter()
        .filter_map(|(name, record)| {
            let Named::Host(host) = &record.of else {
                return None;
            };
            let port = open_to_all(&plan.before, host)?;
            Some((name.to_owned(), host.clone(), port))
        })
        .collect();
    goals.sort_by_key(|(name, host, _)| (!published.contains(host.as_str()), name.clone()));
    goals
}

/// The port at which a host serves everyone over IPv4, as its firewalls say.
fn open_to_all(estate: &Estate, host: &HostId) -> Option<u16> {
    let own = estate.interfaces.iter();
    let own = own.filter(|interface| interface.host() == Some(host));
    let firewalls = own.flat_map(|interface| &interface.firewalls);
    let firewalls = firewalls.filter_map(|id| estate.firewalls.get(id));
    let rules = firewalls.flat_map(|firewall| firewall.rules(Direction::Ingress));
    let all = |remote: &Remote| matches!(remote, Remote::Net(net) if net.addr().is_ipv4() && net.prefix_len() == 0);
    let ports: Vec<_> = rules
        .filter(|rule| rule.action == Action::Allow && all(&rule.remote))
        .filter_map(|rule| match rule.traffic {
            Traffic::Tcp(ports) => Some(ports),
            _ => None,
        })
        .collect();
    let usual = USUAL.into_iter();
    let mut usual = usual.filter(|port| {
        let port = Ports::one(*port);
        ports.iter().any(|ports| ports.contains(port))
    });
    let least = || ports.iter().map(|ports| ports.first().max(1)).min();
    usual.next().or_else(least)
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

fn row(after: usize, visit: &Visit, visited: Visited) -> VisitRow {
    let (address, seconds) = match visited {
        Visited::Reached(address, cost) => (Some(address), seconds(cost)),
        Visited::Stalled(address, cost) => (Some(address), seconds(cost)),
        Visited::Lost(cost) => (None, seconds(cost)),
        Visited::NoAddress => (None, 0),
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

fn told(visited: Visited) -> String {
    match visited {
        Visited::Reached(address, cost) => {
            let family = family(address);
            match cost {
                Cost::Nothing => format!("{family} at once"),
                Cost::Tries => format!("{family} after a try that failed"),
                Cost::Seconds(seconds) => format!("{family} after {seconds} s"),
            }
        }
        Visited::Stalled(address, cost) => {
            let (family, seconds) = (family(address), seconds(cost));
            format!("{family} connects, and no page comes in {seconds} s")
        }
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
