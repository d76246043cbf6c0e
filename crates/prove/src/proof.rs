//! The promises, shown on every state that an estate passes through.
//!
//! It is fed states and believes nobody about what a step changes. What it finds broken comes with a
//! packet as witness, the packet's way, what decides it, and what would mend it. What touches
//! something that is not modelled is undetermined and says what that is.

pub(crate) mod breach;
pub(crate) mod mend;
mod mistake;
mod promise;
mod serve;
pub(crate) mod twin;

use std::collections::{BTreeMap, BTreeSet};
use std::mem;
use std::net::{IpAddr, Ipv6Addr};
use std::rc::Rc;

use sixward_estate::{Estate, InterfaceId, Subject};
use sixward_net::{Family, Ipv4Net, Ipv6Net, Traffic};

pub use breach::{Breach, Kind};
pub use mistake::Hazards;
pub use promise::{Outcome, Promise, Verdict};

use crate::set::TrafficSet;
use crate::symbolic::Analysis;
use crate::symbolic::compare::{Comparison, Ends, Excess, Question, View, Watch};
use breach::Bench;
use mistake::Mistakes;

/// What people agreed on, by which IPv6 is measured.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    /// The state before the first step, without what is left out of IPv6 on purpose.
    pub wanted: Estate,
    /// The state before the first step, without what keeps IPv4 out and is not to keep IPv6 out.
    pub measure: Estate,
    /// Outside prefixes that mean the same in both families.
    pub twins: Vec<(Ipv4Net, Ipv6Net)>,
    /// What these addresses of the internet may begin with an interface over IPv6 although they cannot
    /// over IPv4.
    pub accepted: Vec<(InterfaceId, Ipv6Net, Traffic)>,
    /// What an interface may begin with the internet over IPv6 although it cannot over IPv4.
    pub outward: Vec<(InterfaceId, Traffic)>,
    /// What others of the estate may begin with an interface over IPv6 although they cannot over IPv4.
    pub within: Vec<(InterfaceId, Traffic)>,
}

/// The promises of one course of states.
#[derive(Debug)]
pub struct Proof<'a> {
    base: &'a Estate,
    first: Analysis,
    /// Whose IPv4 nothing may exceed.
    measure: Analysis,
    wanted: Analysis,
    now: Analysis,
    /// The state before that.
    before: Analysis,
    watch: Watch,
    state: Estate,
    terms: Terms,
    mistakes: Mistakes<'a>,
    /// What stands broken or undetermined, by promise.
    standing: Standing,
}

/// The comparisons of the state before.
#[derive(Debug, Default)]
struct Standing {
    lost: Comparison,
    gained: Comparison,
    exposed: Comparison,
    /// Once it was asked for.
    missing: Option<Rc<Comparison>>,
}

impl<'a> Proof<'a> {
    /// Begins with the state before the first step.
    pub fn begin(base: &'a Estate, terms: Terms) -> Self {
        let first = Analysis::new(base);
        let measure = first.next(&terms.measure);
        Self {
            wanted: first.next(&terms.wanted),
            now: first.next(base),
            before: first.next(base),
            watch: Watch::new(&first, &measure),
            first,
            measure,
            base,
            state: base.clone(),
            terms,
            mistakes: Mistakes::new(base),
            standing: Standing::default(),
        }
    }

    /// The factors of the state that was fed last.
    pub fn analysis(&self) -> &Analysis {
        &self.now
    }

    /// The factors of the state before the first step.
    pub fn first(&self) -> &Analysis {
        &self.first
    }

    /// Goes on to the next state, and says of the promises that hold at every moment whether they do:
    /// IPv4 is as it was, nothing is newly exposed.
    pub fn next(&mut self, state: &Estate) -> Vec<Verdict> {
        let next = self.now.next(state);
        let same4 = next.shares(&self.now, Family::V4);
        let same6 = next.shares(&self.now, Family::V6);
        if !same6 {
            self.standing.missing = None;
            self.mistakes.stale();
        }
        self.before = mem::replace(&mut self.now, next);
        self.state = state.clone();
        vec![self.as_it_was(same4), self.exposed(same6)]
    }

    /// P1: equal IPv4, before and after.
    fn as_it_was(&mut self, same: bool) -> Verdict {
        let (mut lost, mut gained) = (Comparison::default(), Comparison::default());
        if same {
            lost.clone_from(&self.standing.lost);
            gained.clone_from(&self.standing.gained);
        } else if !self.now.shares(&self.first, Family::V4) {
            lost = self.ask(&self.first, Family::V4, &self.now, Family::V4);
            gained = self.ask(&self.now, Family::V4, &self.first, Family::V4);
        }
        let bench = Bench::new(self.base, &self.state, &self.terms.twins);
        let breaches = bench.breaches(Kind::Lost, &lost, &self.standing.lost);
        let others = bench.breaches(Kind::Gained, &gained, &self.standing.gained);
        let breaches = breaches.into_iter().chain(others).collect();
        let verdict = Verdict::of(Promise::Ipv4AsItWas, &[&lost, &gained], breaches);
        self.standing.lost = lost;
        self.standing.gained = gained;
        verdict
    }

    /// P3: IPv6 within the image of the first state's IPv4, but for what IPv6 did already.
    fn exposed(&mut self, same: bool) -> Verdict {
        let exposed = if same {
            self.standing.exposed.clone()
        } else {
            let twins = &self.terms.twins;
            let measure = (&self.first, &self.measure);
            let mut exposed = self.watch.next(measure, &self.before, &self.now, twins);
            exposed.excess = self.unaccepted(exposed.excess);
            exposed
        };
        let bench = Bench::new(self.base, &self.state, &self.terms.twins);
        let breaches = bench.breaches(Kind::Exposed, &exposed, &self.standing.exposed);
        let verdict = Verdict::of(Promise::NothingExposed, &[&exposed], breaches);
        self.standing.exposed = exposed;
        verdict
    }

    /// The hazards of the state that was fed last, and with them P6. A pass over the whole estate.
    pub fn hazards(&mut self) -> Hazards {
        self.mistakes.look(&self.state)
    }

    /// P4: every address that names are to answer with is there, and has over IPv6 what its interface
    /// has over IPv4, as far as it is wanted; and a balancer's reaches a target.
    pub fn names(
        &mut self,
        subject: &Subject,
        interfaces: &[InterfaceId],
        addresses: &[Ipv6Addr],
    ) -> Verdict {
        let own = interfaces
            .iter()
            .filter_map(|id| self.state.interfaces.get(id));
        let own: Vec<_> = own.flat_map(|interface| &interface.addresses6).collect();
        let absent = addresses.iter().find(|address| !own.contains(address));
        if addresses.is_empty() || absent.is_some() {
            let what = absent.map_or("no address".to_owned(), ToString::to_string);
            let breach = Breach {
                decided_by: Some(subject.clone()),
                decision: format!("it does not have {what} in this state"),
                mend: "publish the names after the address is assigned".to_owned(),
                ..Breach::bare(Kind::Unserved)
            };
            return Verdict {
                outcome: Outcome::Broken,
                breaches: vec![breach],
                ..Verdict::held(Promise::NamesServe)
            };
        }
        let ids: BTreeSet<_> = interfaces.iter().collect();
        let missing = self.missing();
        let unserved = missing.excess.iter();
        let unserved = unserved.filter(|it| match &it.to {
            Ends::Interfaces(to) => to.iter().any(|id| ids.contains(id)),
            Ends::Internet(_) | Ends::Far(..) => false,
        });
        let unserved = Comparison {
            excess: unserved.cloned().collect(),
            more: missing.more,
        };
        let bench = Bench::new(self.base, &self.state, &self.terms.twins);
        let breaches = bench.breaches(Kind::Unserved, &unserved, &Comparison::default());
        let mut verdict = Verdict::of(Promise::NamesServe, &[&unserved], breaches);
        if let Some(breach) = serve::unserved(&self.state, &self.now, subject, interfaces) {
            verdict.outcome = verdict.outcome.max(breach.outcome);
            verdict.breaches.push(breach);
        }
        verdict
    }

    /// P2, on the last state: IPv6 has what IPv4 had, as far as it is wanted and both ends have IPv6.
    pub fn end(&mut self) -> Verdict {
        let missing = self.missing();
        let bench = Bench::new(self.base, &self.state, &self.terms.twins);
        let breaches = bench.breaches(Kind::Missing, &missing, &Comparison::default());
        Verdict::of(Promise::Ipv6AsIpv4, &[&missing], breaches)
    }

    /// The flows that nobody accepted.
    fn unaccepted(&self, excess: Vec<Excess>) -> Vec<Excess> {
        let outward = by_interface(&self.terms.outward);
        let within = by_interface(&self.terms.within);
        let address = |id: &InterfaceId| {
            let interface = self.state.interfaces.get(id)?;
            interface.addresses6.first().map(|own| (*own).into())
        };
        let split = excess.into_iter();
        let split = split.flat_map(|it| match (&it.from, &it.to) {
            (Ends::Internet(_) | Ends::Far(..), _) => self.uninvited(it, address),
            (_, Ends::Internet(_) | Ends::Far(..)) => it.without(&outward, address),
            _ => it.without(&within, address),
        });
        split.collect()
    }

    /// The same of a box from out of the estate: who comes from where decides.
    fn uninvited(
        &self,
        excess: Excess,
        address: impl Fn(&InterfaceId) -> Option<IpAddr>,
    ) -> Vec<Excess> {
        let accepted = &self.terms.accepted;
        let nets: BTreeSet<_> = accepted.iter().map(|(_, net, _)| *net).collect();
        let parts = excess.apart(&nets).into_iter();
        let parts = parts.flat_map(|part| {
            let invited = accepted.iter().filter(|(_, net, _)| part.comes_from(*net));
            let invited = invited.map(|(interface, _, traffic)| (interface.clone(), *traffic));
            let invited: Vec<_> = invited.collect();
            part.without(&by_interface(&invited), &address)
        });
        parts.collect()
    }

    /// What of the IPv4 that is wanted IPv6 does not have in this state.
    fn missing(&mut self) -> Rc<Comparison> {
        if let Some(known) = &self.standing.missing {
            return Rc::clone(known);
        }
        let missing = Rc::new(self.ask(&self.wanted, Family::V4, &self.now, Family::V6));
        self.standing.missing = Some(Rc::clone(&missing));
        missing
    }

    fn ask(&self, of: &Analysis, family: Family, beyond: &Analysis, other: Family) -> Comparison {
        self.question(of, family, beyond, other).answer()
    }

    fn question<'q>(
        &'q self,
        of: &'q Analysis,
        family: Family,
        beyond: &'q Analysis,
        other: Family,
    ) -> Question<'q> {
        let view = |analysis, family| View { analysis, family };
        Question {
            of: view(of, family),
            beyond: view(beyond, other),
            nor: None,
            twins: &self.terms.twins,
        }
    }
}

fn by_interface(accepted: &[(InterfaceId, Traffic)]) -> BTreeMap<&InterfaceId, TrafficSet> {
    let mut sets: BTreeMap<&InterfaceId, TrafficSet> = BTreeMap::new();
    for (interface, traffic) in accepted {
        let known = sets.entry(interface).or_insert_with(TrafficSet::empty);
        *known = known.union(&TrafficSet::of(*traffic));
    }
    sets
}
