//! What a journal comes to: how far each step is, and what the world is expected to be.

use std::collections::{BTreeMap, BTreeSet};

use sixward_estate::{Estate, SmolStr};
use sixward_plan::{Bindings, Change, Plan};

use super::{Entry, Fact, Part, Way};
use crate::Scope;
use crate::engine::step;

/// What was done so far.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// The digest of the plan that was begun; none when nothing was.
    pub plan: Option<SmolStr>,
    /// What the provider chose.
    pub bindings: Bindings,
    steps: BTreeMap<u32, Status>,
    /// Changes of ways back that are done.
    back: BTreeSet<Part>,
    open: BTreeMap<Part, Open>,
    /// What was done, in order.
    seen: Vec<Seen>,
    last: u64,
}

/// How far a step is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// A call was made, or was about to be, and what came of it is not known.
    Open,
    /// Done; with what the provider did by itself.
    Done {
        /// That.
        by_itself: Vec<Change>,
    },
}

/// Something that is done, forward or back.
#[derive(Debug, Clone)]
struct Seen {
    part: Part,
    /// What was done; none when the entry that says so is lost.
    change: Option<Change>,
    /// What it is about, as it was read after.
    after: Option<Estate>,
}

/// A call that may have been made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// Its token, to be used again.
    pub token: SmolStr,
    /// What was to be done.
    pub change: Change,
    /// What it is about, as it was before.
    pub before: Estate,
    /// It was taken on.
    pub taken: bool,
}

impl History {
    /// What some entries come to.
    pub fn of(entries: &[Entry]) -> Self {
        let mut history = Self::default();
        for entry in entries {
            history.take(entry.n, &entry.fact);
        }
        history
    }

    /// Takes in one more fact.
    pub fn take(&mut self, n: u64, fact: &Fact) {
        self.last = n;
        match fact {
            Fact::Began { plan, .. } => self.plan = Some(plan.clone()),
            Fact::Intent {
                part,
                token,
                change,
                before,
            } => {
                self.open.insert(
                    *part,
                    Open {
                        token: token.clone(),
                        change: change.clone(),
                        before: before.clone(),
                        taken: false,
                    },
                );
                if part.way == Way::Forward {
                    self.steps.insert(part.step, Status::Open);
                }
            }
            Fact::Done {
                part,
                bound,
                by_itself,
                after,
            } => {
                let open = self.open.remove(part);
                self.bindings.extend(bound.clone());
                self.seen.push(Seen {
                    part: *part,
                    change: open.map(|open| open.change),
                    after: after.clone(),
                });
                self.done(*part, by_itself);
            }
            Fact::Told { part, .. } => self.done(*part, &[]),
            Fact::Undone { step } => {
                self.steps.remove(step);
                let all = Part::forward(*step)..=Part::back(*step, u16::MAX);
                let back: Vec<_> = self.back.range(all.clone()).copied().collect();
                let open: Vec<_> = self.open.range(all).map(|(part, _)| *part).collect();
                for part in back {
                    self.back.remove(&part);
                }
                for part in open {
                    self.open.remove(&part);
                }
                if self.steps.is_empty() {
                    self.bindings = Bindings::default();
                }
            }
            Fact::Answer { part, fault } => {
                if let Some(open) = self.open.get_mut(part) {
                    open.taken |= fault.is_none();
                }
            }
            // What failed stays open, and is tried again with its token. But where the provider has
            // taken it on and it is not there, that token is used up.
            Fact::Failed { part, .. } => {
                if self.open.get(part).is_some_and(|open| open.taken) {
                    self.open.remove(part);
                }
            }
            Fact::Guarded { .. } | Fact::Ended { .. } => {}
        }
    }

    fn done(&mut self, part: Part, by_itself: &[Change]) {
        match part.way {
            Way::Forward => {
                let by_itself = by_itself.to_vec();
                self.steps.insert(part.step, Status::Done { by_itself });
            }
            Way::Back => {
                self.back.insert(part);
            }
        }
    }

    /// Begins anew for another plan, which knows by itself what the estate is.
    pub(crate) fn forget(&mut self) {
        let last = self.last;
        *self = Self {
            last,
            ..Self::default()
        };
    }

    /// How far a step is; none when it was not begun, or was undone.
    pub fn status(&self, step: u32) -> Option<&Status> {
        self.steps.get(&step)
    }

    /// Whether a step is done and stays so.
    pub fn is_done(&self, step: u32) -> bool {
        matches!(self.steps.get(&step), Some(Status::Done { .. }))
    }

    /// Steps that were begun, and are not undone.
    pub fn begun(&self) -> impl Iterator<Item = u32> {
        self.steps.keys().copied()
    }

    /// Whether a change of a way back is done.
    pub fn is_back(&self, part: Part) -> bool {
        self.back.contains(&part)
    }

    /// Whether some step is on its way back.
    pub fn goes_back(&self) -> bool {
        !self.back.is_empty() || self.open.keys().any(|part| part.way == Way::Back)
    }

    /// The call for a part that may have been made.
    pub fn open(&self, part: Part) -> Option<&Open> {
        self.open.get(&part)
    }

    /// All calls that may have been made.
    pub fn all_open(&self) -> impl Iterator<Item = (Part, &Open)> {
        self.open.iter().map(|(part, open)| (*part, open))
    }

    /// The number of the last entry.
    pub fn last(&self) -> u64 {
        self.last
    }

    /// The world as it was last seen: the estate before the plan, what was done to it, and over that
    /// what was read back.
    pub fn expected(&self, plan: &Plan) -> Estate {
        let mut estate = plan.before.clone();
        for seen in &self.seen {
            let planned = || planned(plan, seen.part).map(|it| it.bound(&self.bindings));
            let Some(change) = seen.change.clone().or_else(planned) else {
                continue;
            };
            // A change reaches further than what is read back after it: hubs learn. Where it was
            // found done already, it does not fit any more.
            let _ = change.effect(&mut estate);
            if let Some(after) = &seen.after {
                Scope::of([&change]).paste(after, &mut estate);
            }
        }
        estate
    }
}

fn planned(plan: &Plan, part: Part) -> Option<&Change> {
    let step = step(plan, part.step)?;
    match part.way {
        Way::Forward => Some(&step.change),
        Way::Back => step.undo.get(usize::from(part.part)),
    }
}
